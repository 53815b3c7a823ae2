"""What to ask next: questions of the editors that the cited notes answer, and this answer does not yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assistant.dutch import content_words, language_of, stem
from assistant.passages import statements as statements_of
from assistant.passages import tells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.datatypes import Language, Source, Statement
    from assistant.index import Index

FOLLOW_UPS = 3
NEAR = 0.01
"""A statement this near (cosine) to the one nearest to a question answers it as well as that.

Of 1350 pairs of questions on one note, with the answer that the first got: where it answers the second, .91
are seen so, and .36 of the others are taken for it; by the nearest statement alone .74 and .17. What is left
out by mistake costs little, for a note has more questions than are shown."""
SAME = 0.92
"""Questions this near (cosine) ask the same: of different questions on one note 1 in 1000 are."""


def follow_ups(
    index: Index,
    asked: Sequence[str],
    said: Sequence[Statement],
    beside: Sequence[str] = (),
    *,
    language: Language = "nl",
    earlier: Sequence[Statement] = (),
    like: NDArray[np.float32] | None = None,
) -> tuple[str, ...]:
    """Up to FOLLOW_UPS questions: of the note cited first, then of the next, then of those found beside them.

    Left out is what was asked before or is like what was asked now, and what is answered by a statement that
    this answer or an earlier one shows. Of a note the questions least like the latest one come first; of one
    that is not cited only those with a word of it. Whoever asks in English gets the questions in English, of
    which a note has few; whoever asks in Dutch gets those in the language of the note.

    Args:
        index: the generation that the answer is from.
        asked: the questions of the conversation, the latest first.
        said: the statements of the answer; none gives no questions.
        beside: ids of other notes that come near the question, nearest first.
        language: in which the latest question was asked.
        earlier: the statements of the answers before it.
        like: the vector of the latest question; None where it asks nothing of the material.
    """
    before = [set(content_words(question)) for question in asked]
    topic = {stem(word) for word in before[0]}
    quotes = [quote for statement in said for quote in statement.quotes]
    known = [*quotes, *(quote for statement in earlier for quote in statement.quotes)]
    cited = {quote.note for quote in quotes}
    found: list[str] = []
    for note in dict.fromkeys([*(quote.note for quote in quotes), *beside]) if quotes else ():
        if note in index.sources and len(found) < FOLLOW_UPS:
            shown = {(quote.start, quote.end) for quote in known if quote.note == note}
            fresh = [
                each
                for each in _unsaid(index, note, shown, language, like)
                if set(content_words(each)) not in before
                and (note in cited or topic & {stem(word) for word in content_words(each)})
            ]
            found += sorted(fresh, key=lambda each: len(before[0] & set(content_words(each))))
    return tuple(dict.fromkeys(found))[:FOLLOW_UPS]


def in_language(source: Source, language: str) -> list[str]:
    """The note's questions in a language; all of them where it is the note's own and none is told to be."""
    found = [question for question in source.questions if language_of(question) == language]
    return found or (list(source.questions) if language == source.language else [])


def _unsaid(
    index: Index,
    note: str,
    shown: set[tuple[int, int]],
    language: Language,
    like: NDArray[np.float32] | None,
) -> list[str]:
    """The questions of a note, unlike the one asked, that no statement which is shown answers."""
    source = index.sources[note]
    wanted = set(in_language(source, "en" if language == "en" else source.language))
    asking = index.question_vectors(note)
    able = np.ones(len(source.questions), dtype=bool) if like is None else asking @ like < SAME
    spans: list[tuple[int, int]] = []
    vectors: list[NDArray[np.float32]] = []
    for passage in index.passages(index.passage_ids[note]):
        for units, vector in zip(statements_of(passage), index.statement_vectors(passage.id), strict=True):
            if tells(source, units):
                spans.append((units[0].start, units[0].end))
                vectors.append(vector)
    if spans:
        alike = asking @ np.array(vectors).T
        said = np.array([span in shown for span in spans])
        able &= ~((alike >= alike.max(axis=1, keepdims=True) - NEAR) & said).any(axis=1)
    return [each for each, fresh in zip(source.questions, able, strict=True) if fresh and each in wanted]
