"""Starts the real pages on a `FakeAssistant`: python -m tests.e2e.fake_app DATA_DIR PORT [GATE].

With GATE, a path, the "model" is loaded when a file of that name appears.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import app
from assistant.settings import Settings
from tests.fakes import FakeAssistant


def _open_when(path: Path, gate: threading.Event) -> None:
    while not path.exists():
        time.sleep(0.05)
    gate.set()


def main(data_dir: str, port: str, gate_path: str = "") -> None:
    """Serve until interrupted."""
    gate = threading.Event()
    if gate_path:
        threading.Thread(target=_open_when, args=(Path(gate_path), gate), daemon=True).start()
    settings = Settings.from_env({"ASSISTANT_DATA_DIR": data_dir, "ASSISTANT_PORT": port}, Path(data_dir))
    assistant = FakeAssistant(gate=gate if gate_path else None)
    with app.listen(settings.host, settings.port) as listening:
        app.serve(assistant, settings, listening)


if __name__ == "__main__":
    main(*sys.argv[1:])
