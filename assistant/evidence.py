"""Evidence in Markdown → the stretches that a claim is compared with, with their exact spans.

A stretch is a sentence (also one of a list item), a table row, or such with its neighbour or with what
introduces its list; a sentence often needs the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from assistant.datatypes import Entry, Source
from assistant.passages import plain, split, statement_text, statements
from assistant.readings import Reading, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_CHARACTERS, MAX_SENTENCES = 20_000, 400
"""Of a passage no more characters are read, of all passages together no more sentences."""
Span = tuple[int, int, int]
"""The index of an evidence text, and where the words begin and end in it."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage or a table row: span, plain words, what it is, number of its statement."""

    start: int
    end: int
    text: str
    kind: str
    group: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sentences that a claim is compared with, and the passage of `around` sentences in which they stand."""

    span: Span
    sentences: tuple[str, ...]
    reading: Reading
    passage: Reading
    around: int


@lru_cache(maxsize=1_024)
def sentences(passage: str) -> tuple[Sentence, ...]:
    """The sentences of a passage in Markdown, in order; without headings and what is beyond the bounds."""
    text = passage[:MAX_CHARACTERS].replace("\x00", " ")
    source = Source(
        "", "", False, "", (), "", "", "", (), (), 0, (), "nl", (), (Entry("", "", "", ""),), text, ""
    )
    found = []
    for part in split(source, lambda texts: [1] * len(texts)):
        for units in statements(part):
            for own in [(unit,) for unit in units] if units[0].kind == "item" else [units]:
                words = statement_text(source, own)
                found.append(Sentence(own[0].start, own[-1].end, words, own[0].kind, own[0].group))
    return tuple(found[:MAX_SENTENCES])


def stretches(evidence: Sequence[str]) -> Iterator[Stretch]:
    """Everything in the evidence that a claim is compared with, passage by passage, up to MAX_SENTENCES."""
    room = MAX_SENTENCES
    for place, passage in enumerate(evidence):
        if room <= 0:
            return
        for (start, end), texts, reading, whole, around in _stretches(passage):
            yield Stretch((place, start, end), texts, reading, whole, around)
        room -= len(sentences(passage))


_Found = tuple[tuple[int, int], tuple[str, ...], Reading, Reading, int]


@lru_cache(maxsize=1_024)
def _stretches(passage: str) -> tuple[_Found, ...]:
    own = sentences(passage)
    whole = read(plain(passage[:MAX_CHARACTERS].replace("\x00", " ")))
    found = []
    for run in _runs(own):
        texts = tuple(each.text for each in run)
        found.append(((run[0].start, run[-1].end), texts, read(" ".join(texts)), whole, len(own)))
    return tuple(found)


def literal(claim: Reading, evidence: Sequence[str]) -> Span | None:
    """Where whole sentences of the evidence, in a row, have exactly the words and values of the claim."""
    for place, passage in enumerate(evidence):
        own = sentences(passage)
        for number, first in enumerate(own):
            said: tuple[str, ...] = ()
            for last in own[number:]:
                said += read(last.text).order
                if said != claim.order[: len(said)]:
                    break
                if len(said) == len(claim.order) and _same_values(claim, own[number:], last):
                    return place, first.start, last.end
    return None


def _same_values(claim: Reading, own: Sequence[Sentence], last: Sentence) -> bool:
    """Whether the numbers are of the same kinds too: 40 % and € 40 have the same word."""
    text = " ".join(each.text for each in own[: own.index(last) + 1])
    ours, theirs = (
        [(each.kind, each.value) for each in reading.quantities] for reading in (claim, read(text))
    )
    return ours == theirs


def _runs(own: Sequence[Sentence]) -> Iterator[tuple[Sentence, ...]]:
    """The sentences that are compared alone and together."""
    for number, sentence in enumerate(own):
        yield (sentence,)
        if number + 1 < len(own):
            yield (sentence, own[number + 1])
        introducing = _introduction(own, number)
        if introducing is not None:
            yield (introducing, sentence)
    for _, members in groupby(own, key=lambda each: each.group):
        item = tuple(members)
        if len(item) > 2:
            yield item


def _introduction(own: Sequence[Sentence], number: int) -> Sentence | None:
    """What introduces the list of an item, or the header of a table, unless it is the sentence before."""
    kind = own[number].kind
    if kind not in {"item", "row"}:
        return None
    for place in range(number - 1, -1, -1):
        if own[place].kind in {"lead_in", "header_row"}:
            return own[place] if place < number - 1 else None
        if own[place].kind != kind:
            break
    return None
