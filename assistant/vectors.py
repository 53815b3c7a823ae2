"""The vectors of a generation in two plain files: a matrix, and the key of what each row embeds.

The keys let the next ingest take over what did not change. Rows are written in place, one by one: a full disk
is then an error of `write`, where writing to a memory map would kill the process.
"""

from __future__ import annotations

import hashlib
import json
from tokenize import TokenError
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from assistant.errors import IndexError_

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from assistant.datatypes import EncoderIdentity

Role = Literal["passage", "query"]
"""How a text was embedded: models put different prompts before questions and passages."""

KEY_BYTES = 32
_VECTORS = "vectors.npy"
_KEYS = "keys.npy"


def key(identity: EncoderIdentity, role: Role, text: str) -> bytes:
    """SHA-256 of everything that a vector depends on: the model, the role and the text."""
    parts = [identity.name, identity.revision, identity.dimension, identity.normalised, role, text]
    return hashlib.sha256(json.dumps(parts).encode("ascii")).digest()


class VectorWriter:
    """Writes the matrix of a new generation, shape (len(keys), dimension); every row must be written once."""

    def __init__(self, folder: Path, keys: Sequence[bytes], dimension: int) -> None:
        """Make both files in `folder`; the rows follow.

        Raises:
            OSError: a file cannot be written.
        """
        np.save(folder / _KEYS, np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, KEY_BYTES))
        self._row_bytes = dimension * np.dtype(np.float32).itemsize
        self._file = (folder / _VECTORS).open("wb")
        header = {"descr": "<f4", "fortran_order": False, "shape": (len(keys), dimension)}
        np.lib.format.write_array_header_1_0(self._file, header)
        self._start = self._file.tell()

    def write(self, rows: Iterable[int], vector: NDArray[np.float32]) -> None:
        """Put one vector, shape (dimension,), in each of `rows`; raises OSError."""
        for row in rows:
            self._file.seek(self._start + row * self._row_bytes)
            self._file.write(vector.astype("<f4").tobytes())

    def close(self) -> None:
        """Write what is buffered; raises OSError."""
        self._file.close()


def read_vectors(folder: Path) -> NDArray[np.float32]:
    """The matrix in `folder`, memory-mapped, read-only.

    Raises:
        IndexError_: the file is missing or damaged.
    """
    return _read(folder / _VECTORS)


class KnownVectors:
    """The vectors of an earlier generation, found by key."""

    def __init__(self, folder: Path) -> None:
        """Open the files in `folder`.

        Raises:
            IndexError_: a file is missing or damaged.
        """
        self._matrix = read_vectors(folder)
        keys: NDArray[np.uint8] = _read(folder / _KEYS)
        if keys.shape != (len(self._matrix), KEY_BYTES):
            raise IndexError_(f"The keys in {folder} do not belong to its vectors.")
        self._keys = np.ascontiguousarray(keys).view(f"S{KEY_BYTES}").ravel()
        self._order = np.argsort(self._keys, kind="stable")

    def are_whole(self) -> bool:
        """Whether every vector is of unit length: a power cut may leave zeros where rows were to be."""
        return bool(np.allclose(np.linalg.norm(self._matrix, axis=1), 1.0, atol=1e-3))

    def find(self, keys: Sequence[bytes]) -> list[NDArray[np.float32] | None]:
        """The vector of each key, shape (d,), None where it is not known."""
        if not len(self._keys) or not keys:
            return [None] * len(keys)
        asked = np.array(keys, dtype=f"S{KEY_BYTES}")
        places = np.searchsorted(self._keys, asked, sorter=self._order)
        rows = self._order[np.minimum(places, len(self._order) - 1)]
        return [
            self._matrix[row] if known else None
            for row, known in zip(rows, self._keys[rows] == asked, strict=True)
        ]


def _read(path: Path) -> NDArray[Any]:
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    # NumPy reads the head of a file as Python; one with zeros in it is no Python.
    except (OSError, ValueError, EOFError, SyntaxError, TokenError) as error:
        raise IndexError_(f"{path} cannot be read: {error}.") from error
