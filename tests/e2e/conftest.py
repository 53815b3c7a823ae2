"""The app as a process of its own, and a real browser that looks at it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.steps import ROOT, Open, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator

WORK = ROOT / "test-results"
"""Ignored by git. The index is kept here between runs, so that only the first run makes it whole."""
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test below this folder drives a browser, and the first one may wait for a whole ingest."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """A data folder into which the real ingest read the shipped corpus with the real model."""
    folder = WORK / "e2e-data"
    done = subprocess.run(
        [sys.executable, "ingest.py"],
        cwd=ROOT,
        env=os.environ | {"ASSISTANT_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def app_address(data_dir: Path) -> Iterator[str]:
    """The product itself, on the shipped corpus."""
    port = free_port()
    with running(["app.py"], port, ASSISTANT_DATA_DIR=str(data_dir), ASSISTANT_PORT=str(port)) as address:
        yield address


@pytest.fixture(scope="session")
def fake_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app on a fake assistant keeps what is reported."""
    return tmp_path_factory.mktemp("fake")


@pytest.fixture(scope="session")
def fake_address(fake_data_dir: Path) -> Iterator[str]:
    """The pages on a fake assistant with three small notes."""
    port = free_port()
    with running(["-m", "tests.e2e.fake_app", str(fake_data_dir), str(port)], port) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium from PATH; what is expected of a page may take a while on a busy machine."""
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens an address in a fresh profile; afterwards: no request left the machine, no script failed."""
    contexts: list[BrowserContext] = []
    requests: list[str] = []
    faults: list[str] = []

    def open_one(
        address: str, *, width: int = 1280, height: int = 860, locale: str = "nl-NL", **options: Any
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale=locale, **options)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        page.goto(address)
        page.locator("#question textarea").wait_for()
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [url for url in requests if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))] == []
    assert faults == []


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots go."""
    folder = WORK / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
