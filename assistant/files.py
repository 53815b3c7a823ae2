"""Files that are replaced in one step that survives a power cut."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def replace(path: Path, content: str | bytes) -> None:
    """Put a new file, a text in UTF-8, in the place of `path`; raises OSError, and then the old one stays."""
    written = draft(path)
    with written.open("wb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    written.replace(path)
    sync(path.parent)


def draft(path: Path) -> Path:
    """Where the new content of `path` is written before it takes its place."""
    return path.with_name(path.name + ".new")


def sync(path: Path) -> None:
    """Force a file or folder to disk; raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
