"""What an ingest has done so far, so that one that is stopped goes on where it was: texts read, vectors made.

    <data_dir>/unfinished/texts/<digest>.json     what was read from a document
    <data_dir>/unfinished/vectors/<number>/       the vectors of some texts, as in a generation

Nothing here is needed to answer: an ingest that ends well removes all of it, and a damaged part is made anew.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from assistant.datatypes import Extracted, Location
from assistant.errors import IndexError_
from assistant.vectors import KnownVectors, VectorWriter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_FOLDER = "unfinished"


def text(data_dir: Path, digest: str) -> Extracted | None:
    """What an earlier, stopped ingest read from the file with that digest; None where there is nothing."""
    try:
        raw = json.loads(_text(data_dir, digest).read_text(encoding="utf-8"))
        locations = tuple(Location(**location) for location in raw.pop("locations"))
        return Extracted(**raw | {"authors": tuple(raw["authors"]), "locations": locations})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_text(data_dir: Path, digest: str, extracted: Extracted) -> None:
    """Keep what was read from the file with that digest; a disk that is full does not stop the reading."""
    with suppress(OSError):
        path = _text(data_dir, digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(extracted)), encoding="utf-8")


def vectors(data_dir: Path) -> Iterator[KnownVectors]:
    """The vectors that an earlier, stopped ingest made."""
    for folder in sorted((data_dir / _FOLDER / "vectors").glob("*")):
        with suppress(IndexError_):
            known = KnownVectors(folder)
            if known.are_whole():
                yield known


def keep_vectors(data_dir: Path, keys: Sequence[bytes], made: NDArray[np.float32]) -> None:
    """Keep vectors, shape (len(keys), d), until the ingest is done; a full disk does not stop it here."""
    root = data_dir / _FOLDER / "vectors"
    with suppress(OSError):
        root.mkdir(parents=True, exist_ok=True)
        folder = root / f"{sum(1 for _ in root.iterdir()):06d}"
        folder.mkdir()
        writer = VectorWriter(folder, keys, made.shape[1])
        try:
            for row, vector in enumerate(made):
                writer.write([row], vector)
        finally:
            writer.close()


def clear(data_dir: Path) -> None:
    """Remove all of it."""
    shutil.rmtree(data_dir / _FOLDER, ignore_errors=True)


def _text(data_dir: Path, digest: str) -> Path:
    return data_dir / _FOLDER / "texts" / f"{digest}.json"
