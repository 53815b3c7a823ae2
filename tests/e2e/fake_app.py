"""Starts the real pages on a `FakeAssistant`: python -m tests.e2e.fake_app DATA_DIR PORT [GATE | writing].

With GATE, a path, the "model" is loaded when a file of that name appears. With "writing" there is a language
model, a `FakeWriter`; how each of its answers ended is a line of the file `ended` in DATA_DIR.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import app
from assistant.settings import Settings
from tests.fakes import FakeAssistant, FakeWriter

SENTENCE_S = 0.4


def _open_when(path: Path, gate: threading.Event) -> None:
    while not path.exists():
        time.sleep(0.05)
    gate.set()


def main(data_dir: str, port: str, gate_path: str = "") -> None:
    """Serve until interrupted."""
    gate = threading.Event()
    writing = gate_path == "writing"
    if gate_path and not writing:
        threading.Thread(target=_open_when, args=(Path(gate_path), gate), daemon=True).start()
    settings = Settings.from_env({"ASSISTANT_DATA_DIR": data_dir, "ASSISTANT_PORT": port}, Path(data_dir))
    ended = Path(data_dir) / "ended"

    def done(how: str) -> None:
        with ended.open("a", encoding="utf-8") as lines:
            lines.write(f"{how}\n")

    assistant = (
        FakeWriter(done, lambda: time.sleep(SENTENCE_S))
        if writing
        else FakeAssistant(gate=gate if gate_path else None)
    )
    with app.listen(settings.host, settings.port) as listening:
        app.serve(assistant, settings, listening)


if __name__ == "__main__":
    main(*sys.argv[1:])
