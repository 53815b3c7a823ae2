"""Numbering of citations, both ways, and the Markdown of an answer. Pure: records in, records and text out.

One number per (note, entry), in the order of first use. A quote is a span of the note, so it never holds a
footnote mark; a unit that rests on two entries is two citations of the same span.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from assistant.datatypes import CitedSource, Quote, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assistant.datatypes import Answer, Passage, Source, Unit

_NUMBER = re.compile(r"(?<!\\)\[([0-9]{1,6})\]")
_LITERAL_NUMBER = re.compile(r"\[([0-9]{1,6})\]")
_CELL_BAR = re.compile(r"(?<!\\)\|")
_FINAL_BAR = re.compile(r"(?<!\\)\|$")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One statement of the material that an answer shows: the units of a sentence, list item or table row.

    `side` is the place that it tells of, where places were asked about side by side.
    """

    source: Source
    passage: Passage
    units: tuple[Unit, ...]
    side: str = ""


def number(chosen: Iterable[Chosen]) -> tuple[tuple[Statement, ...], tuple[CitedSource, ...]]:
    """Statements with numbered citations, and the originating documents under those numbers."""
    numbers: dict[tuple[str, int], int] = {}
    sources: list[CitedSource] = []
    statements: list[Statement] = []
    for choice in chosen:
        quotes: list[Quote] = []
        for unit in choice.units:
            for entry in unit.entries:
                key = (choice.source.id, entry)
                if key not in numbers:
                    numbers[key] = len(numbers) + 1
                    sources.append(_cited(choice.source, entry, numbers[key]))
                text = choice.source.text[unit.start : unit.end]
                quotes.append(
                    Quote(
                        numbers[key],
                        choice.source.id,
                        choice.passage.id,
                        unit.start,
                        unit.end,
                        text,
                        choice.source.location(unit.start),
                    )
                )
        statements.append(_statement(choice, tuple(quotes)))
    return counted(statements), tuple(sources)


def counted(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements; where steps of a numbered list are left out, or one stands alone, they get a dash.

    Markdown would number them anew: steps 1, 3 and 4 would read as 1, 2 and 3.
    """
    runs: list[list[Statement]] = []
    for statement in statements:
        last = _place_of(runs[-1][-1]) if runs else 0
        if last and _place_of(statement) > last:
            runs[-1].append(statement)
        else:
            runs.append([statement])
    return tuple(statement for run in runs for statement in _as_counted(run))


def markdown(statements: Sequence[Statement]) -> str:
    """The answer as Markdown: paragraphs, lists and tables, each statement directly followed by its `[n]`.

    A number between square brackets that stands in the material itself is escaped, so that `parse` finds
    citations only.
    """
    text = ""
    previous: Statement | None = None
    for statement in statements:
        if previous is not None:
            text += (
                "\n\n" if not _flows(previous, statement) else " " if statement.kind == "sentence" else "\n"
            )
        if begins_side(previous, statement):
            text += f"### {statement.side}\n\n"
        text += "\n".join(_lines(statement))
        previous = statement
    return text


def is_title(statement: Statement) -> bool:
    """Whether a statement is the title of its document: in a list over documents it is cited as any other."""
    return statement.kind == "heading" and statement.quotes[0].start <= len("# ")


def bare(statements: Sequence[Statement]) -> frozenset[int]:
    """The places of those statements that are shown to people without their numbers.

    A heading within a document and the header of a table claim nothing of themselves, and what stands below
    them is cited. A header that rests on more than its rows do keeps its numbers.
    """
    return frozenset(
        place
        for place, statement in enumerate(statements)
        if (statement.kind == "heading" and not is_title(statement))
        or (statement.kind == "header_row" and set(statement.citations) <= _cited_below(statements, place))
    )


def begins_side(previous: Statement | None, statement: Statement) -> bool:
    """Whether a statement is the first on its place, so that the name of that place goes above it."""
    return bool(statement.side) and (previous is None or previous.side != statement.side)


def prose(statements: Sequence[Statement]) -> str:
    """What of an answer is supported, as Markdown: sentences flow on, list items have lines of their own."""
    text = ""
    previous: Statement | None = None
    for each in statements:
        if not each.supported:
            continue
        listed = each.kind == "item"
        if previous is not None:
            text += "\n" if listed and previous.kind == "item" else "\n\n" if listed else " "
            text += "\n" if previous.kind == "item" and not listed else ""
        said = re.sub(r"([\[\]\\`<])", r"\\\1", each.text)
        text += f"{each.marker or '-'} {said}" if listed else said
        text += "".join(f"[{number}]" for number in each.citations)
        previous = each
    return text


def preface(answer: Answer) -> str:
    """What an answer says of its sources, from their metadata, before its statements; mostly nothing.

    Plain text, in which a number between brackets is no citation.
    """
    said = prose(answer.statements) if answer.mode == "schrijven" else markdown(answer.statements)
    before = answer.text.removesuffix(said).strip() if said and answer.text.endswith(said) else ""
    return re.sub(r"\\([\[\]])", r"\1", before)


def parse(text: str) -> list[int]:
    """The citation numbers in a Markdown answer, in order, with repeats."""
    return [int(match[1]) for match in _NUMBER.finditer(text)]


def _cited(source: Source, entry: int, place: int) -> CitedSource:
    origin = source.entries[entry - 1]
    return CitedSource(
        number=place,
        note=source.id,
        entry=entry,
        wording=source.wording,
        title=origin.title,
        publisher=origin.publisher,
        date=origin.date,
        url=origin.url,
        kind=source.kind,
    )


def _statement(choice: Chosen, quotes: tuple[Quote, ...]) -> Statement:
    spans = dict.fromkeys((quote.start, quote.text) for quote in quotes)
    first = choice.units[0]
    return Statement(
        text=" ".join(text for _, text in spans),
        citations=tuple(dict.fromkeys(quote.citation for quote in quotes)),
        quotes=quotes,
        kind=first.kind,
        marker=first.marker,
        side=choice.side,
    )


def _place_of(statement: Statement) -> int:
    """The number of a list item; 0 where it has none, or one as long as that of a year."""
    number = statement.marker.rstrip(".)")
    return int(number) if statement.kind == "item" and number.isdecimal() and len(number) < 3 else 0


def _as_counted(run: Sequence[Statement]) -> Sequence[Statement]:
    numbers = [_place_of(statement) for statement in run]
    in_a_row = numbers == list(range(numbers[0], numbers[0] + len(run)))
    if not numbers[0] or (in_a_row and (len(run) > 1 or numbers == [1])):
        return run
    return [replace(statement, marker="-") for statement in run]


def _flows(previous: Statement, statement: Statement) -> bool:
    """Whether a statement goes on in the same paragraph, list or table as the one before it."""
    if previous.quotes[0].passage != statement.quotes[0].passage or previous.side != statement.side:
        return False
    if previous.kind == "header_row":
        return statement.kind == "row"
    return previous.kind == statement.kind and statement.kind in {"sentence", "item", "row"}


def _cited_below(statements: Sequence[Statement], header: int) -> set[int]:
    """What the rows of a table cite."""
    rows = takewhile(lambda each: each.kind == "row", statements[header + 1 :])
    return {citation for row in rows for citation in row.citations}


def _lines(statement: Statement) -> Iterator[str]:
    text = _LITERAL_NUMBER.sub(r"\\[\1\\]", statement.text)
    marks = "".join(f"[{citation}]" for citation in statement.citations)
    if statement.kind in {"header_row", "row"}:
        body = _FINAL_BAR.sub("", text.strip()).rstrip()
        body = body if body.startswith("|") else f"| {body}"
        yield f"{_unescaping(body)}{marks} |"
        if statement.kind == "header_row":
            yield "| " + " | ".join(["---"] * (len(_CELL_BAR.findall(body)))) + " |"
    else:
        marker = f"{statement.marker or '-'} " if statement.kind == "item" else ""
        yield f"**{text}**{marks}" if statement.kind == "heading" else f"{marker}{_unescaping(text)}{marks}"


def _unescaping(text: str) -> str:
    """The text such that a sign after it is not escaped."""
    return f"{text} " if text.endswith("\\") else text
