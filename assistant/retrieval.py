"""A question and a choice of notes → passages, best first: dense and full-text search, fused.

Scores are fused, not ranks: every signal is scaled per question to (s - s@100) / (max - s@100), clipped at 0,
and then weighted. The recipe and its gains on other Dutch data stand in docs/decisions/0006-retrieval.md; the
weights below were fitted on the dev, described and asked questions (a softmax over notes; judged on notes
that the fit had not seen) and rounded, with a view to two sets of other Dutch texts; see decision 0018.

This module does not choose what is said, and does not know whether the passages answer the question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant import asking
from assistant.datatypes import Hit
from assistant.dutch import analyse, language_of, synonyms
from assistant.words import PASSAGE_FIELDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from assistant.datatypes import Encoder, Language
    from assistant.dutch import Analysis
    from assistant.index import Index

    Floats = NDArray[np.float32]

DEPTH = 100
"""How deep each signal is read; also the rank whose score counts as zero."""
WEIGHTS: Mapping[str, float] = {
    "dense": 0.5,
    "body": 0.1,
    "grams": 0.55,
    "title": 0.2,
    "question": 0.5,
    "opening": 0.5,
    "sentence": 0.6,
    "note": 0.4,
    "note_grams": 0.2,
    "asked": 1.2,
    "asked_grams": 1.0,
}
_SYNONYM_WEIGHT = 0.25
_PART_WEIGHT = 0.3
"""The part of a compound against the whole word."""
_NOTE_SIGNALS = ("note", "note_grams", "asked", "asked_grams")
_WITHOUT_WORDINGS = 1.8
"""Times the score of a document without questions or wordings, which can be found by fewer signals."""
_QUESTION_DEPTH = 20
"""Question vectors are compared per note; the note at this rank counts as zero."""
_NOTE_DEPTH = 40
"""The same for the words of whole notes."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the search reads it: its text, its vector (shape (d,), unit length) and its tokens."""

    text: str
    vector: NDArray[np.float32]
    analysis: Analysis
    synonyms: Mapping[str, int]
    language: Language


def read(question: str, encoder: Encoder) -> Query:
    """The question, embedded and analysed.

    Raises:
        EncoderError: it cannot be embedded.
    """
    vector = encoder.encode_queries([asking.written(question)])[0]
    return Query(question, vector, analyse(question), synonyms(question), language_of(question))


def search(index: Index, query: Query, k: int, source_ids: Collection[str] | None = None) -> list[Hit]:
    """The `k` best passages, best first; ties by passage id.

    Args:
        index: the generation to search.
        query: from `read`.
        k: how many at most.
        source_ids: only passages of these notes; None for all. The choice applies before anything is ranked.

    Raises:
        IndexError_: the index cannot be read.
    """
    dense = dict(index.dense(query.vector, DEPTH, source_ids))
    terms = _terms(query)
    lexical = {name: dict(index.words({name: terms[name]}, DEPTH, source_ids)) for name in PASSAGE_FIELDS}
    notes = {name: dict(index.note_words({name: terms[name]}, DEPTH, source_ids)) for name in _NOTE_SIGNALS}
    asked = index.questions(query.vector, source_ids)
    ids = sorted(
        {
            *dense,
            *(id_ for found in lexical.values() for id_ in found),
            *_of_best(index, asked),
            *_of_best(index, notes["note"]),
            *_of_best(index, notes["asked"]),
        }
    )
    if not ids:
        return []
    similar = dict(zip(ids, (index.vectors(ids) @ query.vector).tolist(), strict=True))
    sentence = {id_: _best_statement(index, id_, query) for id_ in ids}
    signals = {name: _scaled(found, ids, depth=DEPTH, words=True) for name, found in lexical.items()}
    signals["dense"] = _scaled(similar, ids, depth=DEPTH)
    signals["sentence"] = _scaled(sentence, ids, depth=DEPTH)
    of_note = [id_.rpartition("#")[0] for id_ in ids]
    signals["question"] = _scaled(asked, of_note, depth=_QUESTION_DEPTH)
    # How a document opens says what it is about, as the questions of an editor do where there are any.
    opening = _scaled(index.openings(query.vector, sorted(set(of_note))), of_note, depth=DEPTH)
    signals["opening"] = np.where([note in asked for note in of_note], np.float32(0), opening)
    signals |= {name: _scaled(found, of_note, depth=_NOTE_DEPTH, words=True) for name, found in notes.items()}
    fused = sum(
        (WEIGHTS[name] * values for name, values in signals.items()), np.zeros(len(ids), dtype=np.float32)
    )
    noted = [index.sources[note] for note in of_note]
    asked_for = [bool(source.questions or source.also_asked) for source in noted]
    fused *= np.where(asked_for, np.float32(1), np.float32(_WITHOUT_WORDINGS))
    order = np.lexsort((np.arange(len(ids)), -fused))[:k]
    passages = index.passages([ids[row] for row in order])
    return [
        Hit(passage, float(fused[row]), {name: float(values[row]) for name, values in signals.items()})
        for passage, row in zip(passages, order, strict=True)
    ]


def _terms(query: Query) -> dict[str, dict[str, float]]:
    stems = dict.fromkeys(query.analysis.parts, _PART_WEIGHT) | dict.fromkeys(query.analysis.stems, 1.0)
    grams = dict.fromkeys(query.analysis.grams, 1.0)
    wider = dict.fromkeys(query.synonyms, _SYNONYM_WEIGHT) | stems
    return {
        "body": wider,
        "note": wider,
        "asked": stems,
        "grams": grams,
        "title": grams,
        "note_grams": grams,
        "asked_grams": grams,
    }


def _of_best(index: Index, notes: Mapping[str, float]) -> list[str]:
    """The first passages of the best notes."""
    best = sorted(notes, key=lambda note: (-notes[note], note))[:_QUESTION_DEPTH]
    return [id_ for note in best for id_ in index.passage_ids[note][:DEPTH]]


def _scaled(found: Mapping[str, float], ids: Sequence[str], *, depth: int, words: bool = False) -> Floats:
    """The scores of `ids`, scaled to 0..1: the best is 1; the one at rank `depth`, and what is missing, is 0.

    Where fewer were found, zero is the last of them for similarities, and no match at all (0) for words.
    """
    if not found:
        return np.zeros(len(ids), dtype=np.float32)
    ranked = sorted(found.values(), reverse=True)
    floor = ranked[depth - 1] if len(ranked) >= depth else 0.0 if words else ranked[-1]
    values = np.array([found.get(id_, -np.inf) for id_ in ids], dtype=np.float32)
    if ranked[0] <= floor:
        return np.asarray(values >= ranked[0], dtype=np.float32)
    return np.asarray(np.clip((values - floor) / (ranked[0] - floor), 0.0, 1.0), dtype=np.float32)


def _best_statement(index: Index, passage_id: str, query: Query) -> float:
    vectors = index.statement_vectors(passage_id)
    return float((vectors @ query.vector).max()) if len(vectors) else -1.0


def occurs(index: Index, stem: str, source_ids: Collection[str] | None, *, wordings: bool = False) -> bool:
    """Whether a passage or an editor's question of these notes (None for all) holds a word with this stem.

    With `wordings` their other wordings count too: these are words to ask with, not words of the material.
    """
    asked = ("questions", "asked") if wordings else ("questions",)
    if source_ids is None:
        return any(index.document_frequency(name, stem) for name in ("body", *asked))
    wanted = {stem: 1.0}
    return bool(
        index.words({"body": wanted}, 1, source_ids)
        or any(index.note_words({name: wanted}, 1, source_ids) for name in asked)
    )


def idf(index: Index, field: str, term: str) -> float:
    """Inverse document frequency over the passages, as BM25 has it (Robertson & Zaragoza 2009)."""
    count = index.passage_count
    frequency = index.document_frequency(field, term)
    return float(np.log(1 + (count - frequency + 0.5) / (frequency + 0.5)))
