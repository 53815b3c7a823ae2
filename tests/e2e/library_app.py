"""Starts the product with its library on a fake encoder: python -m tests.e2e.library_app DATA_DIR PORT."""

from __future__ import annotations

import sys
from pathlib import Path

import app
from assistant.documents import Limits
from assistant.library import Library
from assistant.pipeline import Assistant
from assistant.settings import Settings
from tests.fakes import NarrowEncoder

MAX_BYTES = 1_000_000


def main(data_dir: str, port: str) -> None:
    """Serve until interrupted; files of more than a million bytes are refused."""
    settings = Settings.from_env({"ASSISTANT_DATA_DIR": data_dir, "ASSISTANT_PORT": port}, Path(data_dir))
    encoder = NarrowEncoder()
    library = Library(settings.data_dir, encoder, Limits(max_bytes=MAX_BYTES))
    with app.listen(settings.host, settings.port) as listening:
        app.serve(Assistant(encoder, settings.data_dir), settings, listening, library)


if __name__ == "__main__":
    main(*sys.argv[1:])
