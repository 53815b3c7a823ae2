"""The rules that the passages of any text obey, checked without the code that makes them."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.passages import embedded_text, statement_texts, statements
from tests.fakes import NOTES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.datatypes import Passage, Source, Unit

MARK = re.compile(r"\[\^([0-9]{1,4})\]")
MARKS = re.compile(r"\[\^[0-9]{1,4}\](?:[ \t]*\[\^[0-9]{1,4}\])*")
ENCODER_TOKENS = 512
SHORTEST_CUT = 200
"""Characters; no shorter sentence is cut for its length, by a counter of one to two tokens a word."""


def source_of(text: str) -> Source:
    """A source with this text, which rests on one document."""
    return replace(NOTES[0], id="note", text=text)


def check_passages(source: Source, passages: Sequence[Passage]) -> None:
    """Passages cover the text in order; their units lie inside, apart from each other and from every mark."""
    if not passages:
        return
    text = source.text
    assert [passage.start for passage in passages] == [0, *(passage.end for passage in passages[:-1])]
    assert passages[-1].end == len(text)
    assert [passage.id for passage in passages] == [f"{source.id}#{n}" for n in range(1, len(passages) + 1)]
    for passage in passages:
        assert passage.source_id == source.id
        assert passage.start <= passage.units[0].start
        assert passage.units[-1].end <= passage.end
        assert any(unit.kind != "heading" for unit in passage.units)
        assert tuple(unit for group in statements(passage) for unit in group) == tuple(
            unit for unit in passage.units if unit.kind != "heading"
        )
    units = [unit for passage in passages for unit in passage.units]
    for left, right in pairwise(units):
        assert left.end <= right.start
        assert left.group <= right.group
        assert left.block <= right.block
    for unit in units:
        words = text[unit.start : unit.end]
        assert unit.start < unit.end
        assert words == words.strip()
        assert any(character.isalnum() for character in words)
        assert not MARK.search(words)


def check_entries(source: Source, passages: Sequence[Passage]) -> None:
    """A unit rests on the entries of the marks right after it, in their order; without a mark on the first.

    Two cases are left open: a mark on a later line, which may belong to another block; and a sentence that
    is so long that it was cut, whose parts all rest on what its end rests on.
    """
    units = [unit for passage in passages for unit in passage.units]
    for unit, following in pairwise([*units, None]):
        assert unit is not None
        between = source.text[unit.end : following.start if following else None]
        marked = MARKS.search(between)
        if marked is None:
            assert unit.entries == (1,) or _goes_on(unit, following)
        elif "\n" not in between[: marked.start()]:
            entries = [int(mark[1]) for mark in MARK.finditer(marked[0])]
            assert unit.entries == tuple(dict.fromkeys(entries))


def check_sizes(
    source: Source, passages: Sequence[Passage], count_tokens: Callable[[Sequence[str]], list[int]]
) -> None:
    """The encoder reads every passage and every statement whole."""
    for passage in passages:
        texts = [embedded_text(source, passage), *statement_texts(source, passage)]
        assert max(count_tokens(texts)) < ENCODER_TOKENS


def quotable(source: Source, passages: Sequence[Passage]) -> str:
    """All that can be quoted, headings included, in order."""
    return " ".join(source.text[unit.start : unit.end] for passage in passages for unit in passage.units)


def _goes_on(unit: Unit, following: Unit | None) -> bool:
    return (
        following is not None
        and (unit.group, unit.entries) == (following.group, following.entries)
        and following.end - unit.start > SHORTEST_CUT
    )
