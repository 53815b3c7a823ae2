"""What to ask next: questions of the editors that the cited notes answer, and this answer does not yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assistant.dutch import content_words, language_of, stem
from assistant.passages import statements as statements_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.datatypes import Language, Source, Statement
    from assistant.index import Index

FOLLOW_UPS = 3


def follow_ups(
    index: Index,
    asked: Sequence[str],
    said: Sequence[Statement],
    beside: Sequence[str] = (),
    *,
    language: Language = "nl",
) -> tuple[str, ...]:
    """Up to FOLLOW_UPS questions: of the note cited first, then of the next, then of those found beside them.

    Left out is what was asked before, and what is answered by a sentence that the answer shows. Of a note the
    questions least like the latest one come first; of one that is not cited only those with a word of it.
    Whoever asks in English gets the questions in English, of which a note has few; whoever asks in Dutch gets
    those in the language of the note.

    Args:
        index: the generation that the answer is from.
        asked: the questions of the conversation, the latest first.
        said: the statements of the answer; none gives no questions.
        beside: ids of other notes that come near the question, nearest first.
        language: in which the latest question was asked.
    """
    before = [set(content_words(question)) for question in asked]
    topic = {stem(word) for word in before[0]}
    quotes = [quote for statement in said for quote in statement.quotes]
    cited = {quote.note for quote in quotes}
    found: list[str] = []
    for note in dict.fromkeys([*(quote.note for quote in quotes), *beside]) if quotes else ():
        if note in index.sources and len(found) < FOLLOW_UPS:
            shown = {(quote.start, quote.end) for quote in quotes if quote.note == note}
            fresh = [
                each
                for each in _unsaid(index, note, shown, language)
                if set(content_words(each)) not in before
                and (note in cited or topic & {stem(word) for word in content_words(each)})
            ]
            found += sorted(fresh, key=lambda each: len(before[0] & set(content_words(each))))
    return tuple(dict.fromkeys(found))[:FOLLOW_UPS]


def in_language(source: Source, language: str) -> list[str]:
    """The note's questions in a language; all of them where it is the note's own and none is told to be."""
    found = [question for question in source.questions if language_of(question) == language]
    return found or (list(source.questions) if language == source.language else [])


def _unsaid(index: Index, note: str, shown: set[tuple[int, int]], language: Language) -> list[str]:
    """The questions of a note whose likeliest answer is no statement that is shown."""
    source = index.sources[note]
    wanted = set(in_language(source, "en" if language == "en" else source.language))
    spans: list[tuple[int, int]] = []
    vectors: list[NDArray[np.float32]] = []
    for passage in index.passages(index.passage_ids[note]):
        spans += [(units[0].start, units[0].end) for units in statements_of(passage)]
        vectors.append(index.statement_vectors(passage.id))
    if not spans:
        return [question for question in source.questions if question in wanted]
    nearest = (index.question_vectors(note) @ np.concatenate(vectors).T).argmax(axis=1)
    return [
        question
        for question, place in zip(source.questions, nearest, strict=True)
        if question in wanted and spans[place] not in shown
    ]
