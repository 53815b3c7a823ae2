"""What a visitor does, and how the app that they visit is run."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator

ROOT = Path(__file__).parents[2]
START_S = 120.0

Open = Callable[..., Page]
"""Opens an address in a fresh profile: `open_page(address, width=390, locale="nl-NL", …)`."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, **environment: str) -> Iterator[str]:
    """Run a command that serves pages on a port; the address, when it answers."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _wait_for(process, port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _wait_for(process: subprocess.Popen[str], port: int) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    process.kill()
    pytest.fail(f"The app did not start: {process.communicate()[1]}")


def ask(page: Page, question: str) -> Locator:
    """Type a question, send it with Enter, and wait for its complete answer."""
    before = page.locator(".turn").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator(".turn").nth(before)
    turn.locator(".answer > .actions").wait_for(timeout=60_000)
    return turn


def marked(page: Page) -> list[str]:
    """The words that are highlighted in the source panel."""
    return page.locator("#source mark").all_inner_texts()


def focused(page: Page) -> str:
    """A description of what has the focus: its accessible name, or its words."""
    return str(
        page.evaluate(
            "() => { const e = document.activeElement; return e.ariaLabel || e.innerText || e.tagName; }"
        )
    )
