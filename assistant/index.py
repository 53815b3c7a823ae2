"""The index as retrieval sees it: one immutable generation, read-only.

Everything here speaks of cosine similarity: -1 to 1, higher is better. How a generation comes about is the
matter of `assistant.building`; how one becomes live, of `assistant.generations`.
"""

from __future__ import annotations

import os
import shutil
import weakref
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from assistant import catalogue, generations, spelling
from assistant.chroma import PassageStore
from assistant.dutch import ANALYSIS_VERSION
from assistant.errors import IndexError_, IndexMismatchError, IndexMissingError
from assistant.vectors import read_vectors
from assistant.words import NOTE_FIELDS, WordIndex

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from assistant.catalogue import Listed
    from assistant.datatypes import EncoderIdentity, Passage, Source
    from assistant.spelling import Vocabulary

_GATHER_BELOW = 0.15
"""A choice below this part of the passages is gathered row by row; above it, comparing all is cheaper.

Measured with 100,000 passages on 2 cores: 1 ms for 2 % of them, about 20 ms for all; Chroma with a filter
takes 50 ms where it keeps 2 % and 190 ms where it keeps 75 %, and is not exact.
"""

_ROOM_BYTES = 100_000
"""With less room on the disk than this the database does not open."""


def open_live(data_dir: Path, identity: EncoderIdentity) -> Index:
    """The live generation, for questions embedded by the encoder of that identity.

    Raises:
        IndexMissingError: nothing was ingested yet.
        IndexMismatchError: it was made with another encoder, another format or another analysis of words.
        IndexError_: it is damaged.
    """
    name = generations.live_generation(data_dir)
    if name is None:
        raise IndexMissingError(f"There is no index in {data_dir} yet; run `python ingest.py`.")
    folder = generations.folder(data_dir, name)
    manifest = generations.read_manifest(folder)
    if manifest is None or manifest.recipe.analysis != ANALYSIS_VERSION:
        raise IndexMismatchError(
            f"The index in {data_dir} was made by another version of this program; run `python ingest.py`."
        )
    if manifest.encoder != identity:
        raise IndexMismatchError(
            f"The index in {data_dir} was made with the encoder {_describe(manifest.encoder)}, not with"
            f" {_describe(identity)}; run `python ingest.py`."
        )
    try:
        return Index(folder)
    except IndexError_ as error:
        raise IndexError_(_diagnosis(folder, error)) from error


class Index:
    """One generation, open for reading; safe to use from several threads.

    It closes itself when nobody refers to it any more: whoever takes up a new generation only has to let go
    of the old one, and questions that are still using that one end well.
    """

    generation: str
    """Its name; see `assistant.generations.live_generation`."""
    sources: Mapping[str, Source]
    """Source id → source, in order of id."""
    copies: Mapping[str, Sequence[Source]]
    """Source id → the documents that say the same and are not found themselves; most sources have none."""
    passage_ids: Mapping[str, Sequence[str]]
    """Source id → the ids of its passages, in order of the text."""

    passage_count: int
    """How many passages there are in all."""
    places: tuple[str, ...]
    """The places that any source is about, sorted."""
    vocabulary: Vocabulary
    """The words of the sources; see `assistant.spelling`."""

    def __init__(self, folder: Path) -> None:
        """Open the generation in that folder.

        Raises:
            IndexError_: a part is missing or damaged, or the parts do not belong together.
        """
        self.generation = folder.name
        every = catalogue.read(folder)
        listed = catalogue.found(every)
        self.copies = _copies(every)
        self.sources = {item.source.id: item.source for item in listed}
        self.passage_ids = {item.source.id: tuple(id_ for id_, _ in item.passages) for item in listed}
        self._ids = [id_ for item in listed for id_, _ in item.passages]
        self._rows = {id_: row for row, id_ in enumerate(self._ids)}
        counts = [statements for item in listed for _, statements in item.passages]
        # Rows of the matrix: all passages, the statements of each passage, the questions of each source.
        self._statements = list(accumulate(counts, initial=len(self._ids)))
        questions = [len(item.source.questions) for item in listed]
        self._questions = list(accumulate(questions, initial=self._statements[-1]))
        # One call finds the best question of every source that has any, however many there are.
        self._asked = [item.source.id for item in listed if item.source.questions]
        starts = zip(self._questions, questions, strict=False)
        self._question_starts = [start - self._questions[0] for start, count in starts if count]
        self._starts = list(accumulate((len(item.passages) for item in listed), initial=0))
        self._places = {id_: place for place, id_ in enumerate(self.sources)}
        self.passage_count = len(self._ids)
        self.places = tuple(sorted({place for source in self.sources.values() for place in source.places}))
        self.vocabulary = spelling.read(folder)
        self._matrix = read_vectors(folder)
        self._words = WordIndex(folder / "words")
        self._note_words = WordIndex(folder / "note_words")
        self._store = PassageStore(folder / "chroma")
        self._finalizer = weakref.finalize(self, self._store.close)
        whole = (
            len(self._store) == len(self._ids)
            and len(self._words) == len(self._ids)
            and len(self._note_words) == len(self.sources)
            and len(self._matrix) == self._questions[-1]
        )
        if not whole:
            self.close()
            raise IndexError_("Its parts do not agree.")

    def dense(
        self, vector: NDArray[np.float32], k: int, source_ids: Collection[str] | None
    ) -> list[tuple[str, float]]:
        """The `k` passages most similar to a vector as (id, cosine similarity), best first, ties by id.

        Over all sources Chroma searches (approximately, with a recall near 1); over a choice of sources every
        passage is compared.

        Args:
            vector: shape (d,), of unit length.
            k: how many at most.
            source_ids: passages of these sources only; None for all.

        Raises:
            IndexError_: the files cannot be read any more.
        """
        if k < 1 or not self._ids:
            return []
        if source_ids is not None:
            return self._exact(vector, k, self._passage_rows(source_ids))
        found = self._store.nearest(vector, k)
        # The graph does not always reach all: it fails among many equal vectors.
        if len(found) < min(k, len(self._ids)):
            return self._exact(vector, k, np.arange(len(self._ids)))
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def questions(self, vector: NDArray[np.float32], source_ids: Collection[str] | None) -> dict[str, float]:
        """Source id → the best cosine similarity of a vector to the questions of that source, all compared.

        Args:
            vector: shape (d,), of unit length.
            source_ids: these sources only; None for all. Sources without questions are left out.
        """
        if not self._asked:
            return {}
        similarities = self._matrix[self._questions[0] :] @ vector
        best = np.maximum.reduceat(similarities, self._question_starts).tolist()
        chosen = None if source_ids is None else set(source_ids)
        return {
            id_: score
            for id_, score in zip(self._asked, best, strict=True)
            if chosen is None or id_ in chosen
        }

    def question_vectors(self, source_id: str) -> NDArray[np.float32]:
        """The vectors of a source's questions, shape (n, d), in their order.

        Raises:
            KeyError: there is no such source.
        """
        place = self._places[source_id]
        return np.array(self._matrix[self._questions[place] : self._questions[place + 1]], dtype=np.float32)

    def openings(self, vector: NDArray[np.float32], source_ids: Collection[str]) -> dict[str, float]:
        """Source id → the cosine similarity of a vector to the first passage of that source, all compared.

        Args:
            vector: shape (d,), of unit length.
            source_ids: these sources only.
        """
        ids = [id_ for id_ in source_ids if self.passage_ids[id_]]
        similarities = self._matrix[[self._starts[self._places[id_]] for id_ in ids]] @ vector
        return dict(zip(ids, similarities.tolist(), strict=True))

    def words(
        self, terms: Mapping[str, Mapping[str, float]], k: int, source_ids: Collection[str] | None
    ) -> list[tuple[str, float]]:
        """The `k` passages that hold the terms best, as (passage id, BM25 score); see `WordIndex.search`."""
        return self._words.search(terms, k, source_ids)

    def note_words(
        self, terms: Mapping[str, Mapping[str, float]], k: int, source_ids: Collection[str] | None
    ) -> list[tuple[str, float]]:
        """The `k` notes that hold the terms best in NOTE_FIELDS, as (source id, BM25 score)."""
        return self._note_words.search(terms, k, source_ids)

    def document_frequency(self, field: str, term: str) -> int:
        """In how many passages (of NOTE_FIELDS: notes) `field` holds the token `term`."""
        return (self._note_words if field in NOTE_FIELDS else self._words).document_frequency(field, term)

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages of `ids`, in that order.

        Raises:
            KeyError: there is no passage of that id.
            IndexError_: the files cannot be read any more.
        """
        return self._store.passages(ids)

    def vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of passages, shape (len(ids), d), in the order of `ids`.

        Raises:
            KeyError: there is no passage of that id.
        """
        return np.array(self._matrix[[self._rows[id_] for id_ in ids]], dtype=np.float32)

    def statement_vectors(self, passage_id: str) -> NDArray[np.float32]:
        """The vectors of a passage's statements, shape (n, d), in the order of `passages.statement_texts`.

        Raises:
            KeyError: there is no such passage.
        """
        row = self._rows[passage_id]
        return np.array(self._matrix[self._statements[row] : self._statements[row + 1]], dtype=np.float32)

    def close(self) -> None:
        """Release files and memory at once; nothing else may be using the index, or use it afterwards."""
        self._finalizer()

    def _passage_rows(self, source_ids: Collection[str]) -> NDArray[np.intp]:
        places = sorted({self._places[id_] for id_ in source_ids if id_ in self._places})
        spans = [np.arange(self._starts[place], self._starts[place + 1]) for place in places]
        return np.concatenate(spans) if spans else np.empty(0, dtype=np.intp)

    def _exact(self, vector: NDArray[np.float32], k: int, rows: NDArray[np.intp]) -> list[tuple[str, float]]:
        count = len(self._ids)
        if len(rows) < _GATHER_BELOW * count:
            similarities = self._matrix[rows] @ vector
        else:
            similarities = (self._matrix[:count] @ vector)[rows]
        if (
            len(rows) > k
        ):  # all that tie with the last one stay in, so that the order decides and not the partition
            best = np.flatnonzero(similarities >= np.partition(similarities, -k)[-k])
            rows, similarities = rows[best], similarities[best]
        hits = [(self._ids[row], float(score)) for row, score in zip(rows, similarities, strict=True)]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]


def _copies(listed: Sequence[Listed]) -> dict[str, list[Source]]:
    found: dict[str, list[Source]] = {}
    for item in listed:
        if item.copy_of:
            found.setdefault(item.copy_of, []).append(item.source)
    return found


def _diagnosis(folder: Path, error: IndexError_) -> str:
    """Why a generation does not open, and what to do: Chroma's database writes a little even to read."""
    if not os.access(folder, os.W_OK):
        return f"The index in {folder} cannot be opened because that folder is read-only; make it writable."
    if shutil.disk_usage(folder).free < _ROOM_BYTES:
        return f"The index in {folder} cannot be opened because the disk is full; make room on it."
    return f"The index in {folder} is damaged ({error}); remove that folder and run `python ingest.py`."


def _describe(identity: EncoderIdentity) -> str:
    return f"{identity.name} ({identity.revision[:12] or 'no revision'})"
