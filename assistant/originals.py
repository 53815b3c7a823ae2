"""The files that documents were read from, kept in the data directory so that a citation can be opened.

Each is stored under the digest of its bytes with its own name, so that a generation refers to exactly what it
was made from; what no source refers to any more is removed.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from assistant import files
from assistant.errors import IndexError_

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_FOLDER = "originals"
_DIGITS = 16


def name_of(path: Path, digest: str) -> str:
    """Under which name the file at `path` with that SHA-256 is stored, relative to the stored originals."""
    return f"{digest[:_DIGITS]}/{path.name}"


def locate(data_dir: Path, name: str) -> Path:
    """Where the stored original of that name is."""
    return data_dir / _FOLDER / name


def store(data_dir: Path, path: Path, name: str) -> None:
    """Keep a copy of the file at `path` under that name; nothing is done where it is there already.

    Raises:
        IndexError_: it cannot be written.
    """
    kept = locate(data_dir, name)
    draft = files.draft(kept)  # there is one writer at a time; what a killed one left is written over
    try:
        if kept.is_file() and kept.stat().st_size == path.stat().st_size:
            return
        kept.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as given, draft.open("wb") as copy:
            shutil.copyfileobj(given, copy)
            copy.flush()
            os.fsync(copy.fileno())
        draft.replace(kept)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise IndexError_(f"{path} cannot be kept in {data_dir}: {error.strerror}.") from error


def prune(data_dir: Path, names: Collection[str]) -> None:
    """Remove all stored originals but those of `names`; raises OSError."""
    kept = {name.partition("/")[0] for name in names}
    root = data_dir / _FOLDER
    if not root.is_dir():
        return
    for folder in root.iterdir():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    if not kept:
        with suppress(OSError):  # somebody else's file may lie in it
            root.rmdir()
