"""Nothing leaves the machine: the guard of these tests works, and answering tries nothing to begin with."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_socket import SocketConnectBlockedError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
ELSEWHERE = "192.0.2.1"
"""An address that belongs to nobody (RFC 5737)."""


@contextmanager
def proxy() -> Iterator[socket.socket]:
    """A port of this machine that stands for the way out: who obeys the environment's proxies comes here."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(0.2)
        yield listening


def was_called(listening: socket.socket) -> bool:
    try:
        listening.accept()[0].close()
    except TimeoutError:
        return False
    return True


def run_cut_off(folder: Path, data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command whose ways out are watched: Python's sockets by an audit hook, other clients by proxies."""
    with proxy() as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        names = ("http_proxy", "https_proxy", "all_proxy")
        proxies = {name: address for each in names for name in (each, each.upper())} | {"no_proxy": ""}
        environment = os.environ | proxies | {"PYTHONPATH": str(ROOT), "ASSISTANT_DATA_DIR": str(data_dir)}
        done = subprocess.run(
            [sys.executable, "-m", "tests.fake_cli", *arguments],
            cwd=folder,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert not was_called(listening)
    return done


def test_tests_cannot_reach_another_machine() -> None:
    blocked = pytest.raises(SocketConnectBlockedError)
    with socket.socket() as outward, pytest.warns(UserWarning, match=ELSEWHERE), blocked:
        outward.connect((ELSEWHERE, 80))


def test_the_watch_sees_who_tries(tmp_path: Path) -> None:
    code = (
        "import runpy, socket, sys; sys.argv = ['x', '--help']\n"
        "try: runpy.run_module('tests.fake_cli', run_name='__main__')\n"
        "except SystemExit: pass\n"
        f"s = socket.socket(); s.settimeout(0.01)\ntry: s.connect(('{ELSEWHERE}', 80))\nexcept OSError: pass"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, env=environment
    )
    assert f"network: socket.connect (('{ELSEWHERE}', 80),)" in done.stderr


def test_an_answer_tries_no_network(tmp_path: Path, corpus_data: Path) -> None:
    done = run_cut_off(
        tmp_path, corpus_data, "ask", "Wat doet de sociaal projectleider in Transvaal?", "--json"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not json.loads(done.stdout)["abstained"]
