"""Passages with their vectors in embedded Chroma: one collection in a folder, written once, then only read.

The only importer of chromadb: its exceptions, its distances and its life cycle end here. The collection holds
the text of a passage as document and its span, headings and units as metadata, in a cosine space, so that
other users of Chroma can read it.
"""

from __future__ import annotations

import json
import os
import struct
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import chromadb
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError

from assistant.datatypes import Passage, Unit
from assistant.errors import IndexError_

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from numpy.typing import NDArray

COLLECTION = "passages"

_BATCH = 1_000
_FAULTS = (ChromaError, OSError, RuntimeError, ValueError)
# Chroma shares one system per path between its clients and counts them without a lock of its own.
_clients = Lock()
_HEADER = struct.Struct("<i4Q")
"""The head of a graph: version, two places, the number of elements, the bytes of each."""
_LENGTH_BYTES = 4


def build(folder: Path, passages: Sequence[tuple[Passage, str]], vectors: NDArray[np.float32]) -> None:
    """Write a collection of `passages`, each with its text, into `folder`.

    Args:
        folder: is made.
        passages: in the order of the vectors.
        vectors: shape (len(passages), d), of unit length.

    Raises:
        IndexError_: the files cannot be written.
    """
    with _translated(f"The vectors could not be written to {folder}"):
        client = _open(folder)
        try:
            collection = client.create_collection(
                COLLECTION, embedding_function=None, configuration={"hnsw": _graph(len(passages))}
            )
            for start in range(0, len(passages), _BATCH):
                batch = passages[start : start + _BATCH]
                collection.add(
                    ids=[passage.id for passage, _ in batch],
                    embeddings=vectors[start : start + _BATCH],
                    documents=[text for _, text in batch],
                    metadatas=[_metadata(passage) for passage, _ in batch],
                )
        finally:
            _close(client)
        _clear_unused(folder)


def _clear_unused(folder: Path) -> None:
    """Overwrite what lies in the files of the graph beyond its last element.

    Chroma writes the memory of a graph to disk as it is, also what holds no element: there stood what this
    process had read before, such as a document that is being removed. The layout is that of hnswlib's index,
    version 1.

    Raises:
        OSError: a file cannot be written.
        ValueError: the files are laid out in another way.
    """
    for header in folder.glob("*/header.bin"):
        version, _, _, count, row_bytes = _HEADER.unpack(header.read_bytes()[: _HEADER.size])
        if version != 1:
            raise ValueError(f"the graph is of version {version}, which this program cannot clear")
        for name, size in (("data_level0.bin", row_bytes), ("length.bin", _LENGTH_BYTES)):
            with (header.parent / name).open("r+b") as file:
                end = file.seek(0, os.SEEK_END)
                file.seek(min(count * size, end))
                file.write(bytes(end - file.tell()))


class PassageStore:
    """A collection that `build` wrote, read-only; safe to use from several threads, until `close`."""

    def __init__(self, folder: Path) -> None:
        """Open the collection in `folder`.

        Raises:
            IndexError_: there is none, it is damaged, or its folder cannot be written (SQLite wants that even
                to read).
        """
        self._what = f"The vectors in {folder} cannot be read"
        with _translated(self._what):
            self._client = _open(folder)
            try:
                self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
            except BaseException:
                _close(self._client)
                raise

    def __len__(self) -> int:
        """How many passages it holds."""
        with _translated(self._what):
            return int(self._collection.count())

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """About the `k` nearest passages as (id, cosine similarity from -1 to 1), nearest first.

        An approximate search: it may miss one, and gives fewer than `k` where the graph does not reach all.

        Args:
            vector: shape (d,), of unit length.
            k: how many, at least 1.

        Raises:
            IndexError_: the search failed.
        """
        with _translated(self._what):
            found = self._collection.query(
                query_embeddings=cast("Any", [vector]), n_results=k, include=["distances"]
            )
        distances = found["distances"] or [[]]
        return [
            (id_, 1.0 - float(distance)) for id_, distance in zip(found["ids"][0], distances[0], strict=True)
        ]

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages of `ids`, in that order.

        Raises:
            KeyError: there is no passage of that id.
            IndexError_: the files cannot be read.
        """
        if not ids:
            return []
        with _translated(self._what):
            found = self._collection.get(ids=sorted(set(ids)), include=["metadatas"])
        known = {
            id_: _passage(id_, meta) for id_, meta in zip(found["ids"], found["metadatas"] or [], strict=True)
        }
        return [known[id_] for id_ in ids]

    def close(self) -> None:
        """Release files and memory; a second call does nothing."""
        _close(self._client)


def _graph(count: int) -> CreateHNSWConfiguration:
    """A dense graph, searched widely: the recall is near 1, at a few milliseconds per search.

    It goes to disk once, when all vectors are in: what is not in the graph is replayed at every open.
    """
    # With fewer vectors than a batch nothing would go into the graph, and every open would write it anew.
    batch = max(1, min(100, count))
    return {
        "space": "cosine",
        "ef_construction": 200,
        "ef_search": 400,
        "max_neighbors": 32,
        "batch_size": batch,
        "sync_threshold": max(count, batch),
    }


def _open(folder: Path) -> Client:
    with _clients:
        # Without _env_file Chroma would take settings from any .env in the working directory.
        settings = Settings(anonymized_telemetry=False, _env_file=None)  # type: ignore[call-arg]
        try:
            return cast("Client", chromadb.PersistentClient(path=folder, settings=settings))
        except BaseException:
            # Chroma keeps a system that failed to start, and would give it to the next client of this path.
            if str(folder) not in SharedSystemClient._identifier_to_refcount:
                SharedSystemClient._identifier_to_system.pop(str(folder), None)
            raise


def _close(client: Client) -> None:
    with _clients:
        client.close()


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except _FAULTS as error:
        raise IndexError_(f"{what}: {error}.") from error


def _metadata(passage: Passage) -> dict[str, Any]:
    units = [(u.start, u.end, u.kind, u.group, u.block, u.entries, u.marker) for u in passage.units]
    return {
        "source": passage.source_id,
        "start": passage.start,
        "end": passage.end,
        "heading": json.dumps(passage.heading, ensure_ascii=False),
        "units": json.dumps(units, ensure_ascii=False),
    }


def _passage(id_: str, meta: Any) -> Passage:  # noqa: ANN401 - Chroma's own type is a union of everything
    units = (
        Unit(start, end, kind, group, block, tuple(entries), marker)
        for start, end, kind, group, block, entries, marker in json.loads(meta["units"])
    )
    heading = tuple(json.loads(meta["heading"]))
    return Passage(id_, meta["source"], heading, int(meta["start"]), int(meta["end"]), tuple(units))
