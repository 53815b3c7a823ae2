r"""What every format is read into: headings, paragraphs, list items, tables; and how those become Markdown.

The text of a block may hold places (`place`): "from here on it is page 7". They are set between form feeds,
which `clean` takes out of everything that comes from a file, and become `Location` records at the end.

Each block is one line of Markdown (a table one line per row), so nothing in a document can begin a new line.
Words at the start of a line that would be read as Markdown get a backslash, which is how Markdown itself
writes them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from assistant.datatypes import Location
from assistant.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Kind = Literal["page", "slide", "sheet"]


TITLE = 0
"""The level of a heading that the file itself calls the title."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6, or `TITLE`."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; line breaks in it mean nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list: `marker` is "-" or a number with a full stop; `level` counts from 0."""

    text: str
    marker: str = "-"
    level: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the first row being the header; rows may be of unequal length."""

    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Item | Table


@dataclass(frozen=True, slots=True)
class Draft:
    """What a format's reader makes of a file: blocks in reading order, and what the file tells of itself."""

    blocks: Iterable[Block]
    title: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    date: str = ""
    url: str = ""
    language: str = ""


_PLACE = re.compile("\f(page|slide|sheet):([^\f]*)\f")
_LEAD = re.compile(f"(?:{_PLACE.pattern})+")
_SPACES = re.compile(r"\s+")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,40})\]")
_BLOCK_START = re.compile(
    r"#{1,6}(?=\s|$)|[-+*](?=\s|$)|>|={1,}\s*$|`{3}|~{3}|([-_*])(?:\s*\1){2,}\s*$|\[[^\]]{1,999}\]:"
)
_NUMBER_START = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_CLOSING = re.compile(r"(?<=\s)(#+)$")
_DROPPED = dict.fromkeys(
    [
        *(code for code in range(0x20) if chr(code) not in "\t\n\r\v\f"),
        *range(0x7F, 0xA0),
        0xAD,  # soft hyphen
        0x200B,  # spaces without width, and marks that turn the reading direction
        *range(0x200E, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
        *range(0xFFF9, 0xFFFC),
        *range(0xE0000, 0xE0080),
        *range(0xD800, 0xE000),  # halves of surrogate pairs
        *range(0xFDD0, 0xFDF0),
        0xFFFE,
        0xFFFF,
    ]
)
_DROPPED[0x85] = 0x20


def place(kind: Kind, label: str) -> str:
    """What is put into the text of a block to say that from here on it stands on `label`."""
    return f"\f{kind}:{clean(label)}\f"


def clean(text: str) -> str:
    """One line in NFC, white space collapsed: no control characters, halves of characters, footnote marks."""
    line = _SPACES.sub(" ", text.translate(_DROPPED)).strip()
    return unicodedata.normalize("NFC", _FOOTNOTE.sub(r"[\1]", line))


def render(blocks: Iterable[Block], max_characters: int) -> tuple[str, tuple[Location, ...]]:
    """The Markdown of the blocks, and where each place begins in it.

    Raises:
        RefusedError: `too_long`, the text has more than `max_characters`.
    """
    marked = _assembled(blocks, max_characters)
    parts: list[str] = []
    found: list[Location] = []
    length = end = 0
    for mark in _PLACE.finditer(marked):
        parts.append(marked[end : mark.start()])
        length += mark.start() - end
        end = mark.end()
        kind: Kind = mark[1]  # type: ignore[assignment] # the pattern names the three
        found.append(Location(length, kind, mark[2]))
    parts.append(marked[end:])
    text = "".join(parts)
    return text, tuple(_distinct(found, len(text)))


def levelled(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with one heading of level 1 at most, which comes before all others, and no level left out.

    A text has one title; where a file gives its chapters that level too, all headings but the title go down.
    """
    levels = [block.level for block in blocks if isinstance(block, Heading)]
    top = min(levels, default=1)
    title = levels[:1] == [top] and top <= 1 and (top == TITLE or levels.count(top) == 1)
    ranks = {level: min(rank, 6) for rank, level in enumerate(sorted(set(levels[title:])), start=2)}
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            found.append(replace(block, level=1 if title else ranks[block.level]))
            title = False
        else:
            found.append(block)
    return found


def first_heading(blocks: Iterable[Block]) -> str:
    """The words of the first heading, "" where there is none."""
    return next((bare(block.text) for block in blocks if isinstance(block, Heading)), "")


def bare(text: str) -> str:
    """The words of a block or cell, without the places in it."""
    return clean(_PLACE.sub("", text))


def _distinct(found: list[Location], length: int) -> Iterator[Location]:
    """Of the places that begin at the same character the last: the others have no text."""
    for location, following in zip_longest(found, found[1:]):
        if location.start < length and (following is None or following.start > location.start):
            yield location


@dataclass(slots=True)
class _Writer:
    """Blocks one after the other, as lines; `indents` are the columns at which open list items have text."""

    lines: list[str] = field(default_factory=list)
    indents: list[int] = field(default_factory=list)
    waiting: str = ""
    """Places without text of their own: they are where the next block begins."""

    def add(self, block: Block) -> None:
        if isinstance(block, Table):
            self._table(block)
            return
        text = _cleaned(block.text)
        if not _PLACE.sub("", text).strip():
            self.waiting += "".join(mark[0] for mark in _PLACE.finditer(text))
        elif isinstance(block, Item):
            self._item(block, text)
        elif isinstance(block, Heading):
            level = min(max(block.level, 1), 6)
            title = _CLOSING.sub(r"\\\1", text)
            self._line(f"{'#' * level} {title}")
        else:
            self._line(_literal(text))

    def _line(self, line: str) -> None:
        if self.lines:
            self.lines.append("")
        self.lines.append(self.waiting + line)
        self.waiting = ""
        self.indents = []

    def _item(self, block: Item, text: str) -> None:
        if self.lines and not self.indents:
            self.lines.append("")
        del self.indents[block.level :]
        column = self.indents[-1] if self.indents else 0
        self.indents.append(column + len(block.marker) + 1)
        self.lines.append(f"{self.waiting}{' ' * column}{block.marker} {_literal(text)}")
        self.waiting = ""

    def _table(self, table: Table) -> None:
        rows = [[_cleaned(cell) for cell in row] for row in table.rows]
        rows = [row for row in rows if any(row)]
        width = max((len(row) for row in rows), default=0)
        rows = [row + [""] * (width - len(row)) for row in rows]
        kept = [column for column in range(width) if any(row[column] for row in rows)]
        if len(kept) < 2 or len(rows) < 2:
            for cell in (row[column] for row in rows for column in kept):
                self.add(Paragraph(cell))
            return
        lines = [_row([row[column] for column in kept]) for row in rows]
        self._line(lines[0])
        self.lines += ["|" + " --- |" * len(kept), *lines[1:]]


def _assembled(blocks: Iterable[Block], max_characters: int) -> str:
    writer = _Writer()
    length = counted = 0
    for block in blocks:
        writer.add(block)
        length += sum(len(line) + 1 for line in writer.lines[counted:])
        counted = len(writer.lines)
        if length > max_characters:
            raise RefusedError("too_long", f"> {max_characters:,}")
    return "\n".join(writer.lines) + "\n" if writer.lines else ""


def _cleaned(text: str) -> str:
    """`clean`, with the places left in."""
    if "\f" not in text:
        return clean(text)
    parts: list[str] = []
    end = 0
    for mark in _PLACE.finditer(text):
        parts += [_piece(text[end : mark.start()]), mark[0]]
        end = mark.end()
    return "".join([*parts, _piece(text[end:])]).strip(" ")  # a form feed is white space too


def _piece(text: str) -> str:
    body = clean(text)
    if not body:
        return " " if text else ""
    return f"{' ' * text[0].isspace()}{body}{' ' * text[-1].isspace()}"


def _literal(text: str) -> str:
    """The line with backslashes where it would be read as something else than words."""
    text = _TAG.sub(r"\\<", text)
    lead = _LEAD.match(text)
    head, text = (lead[0], text[lead.end() :]) if lead else ("", text)
    if _BLOCK_START.match(text):
        return f"{head}\\{text}"
    return head + _NUMBER_START.sub(r"\1\\\2", text, count=1) if _NUMBER_START.match(text) else head + text


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(_TAG.sub(r"\\<", cell.replace("|", r"\|")) for cell in cells) + " |"
