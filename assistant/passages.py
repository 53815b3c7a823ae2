"""A source → its passages: stretches that follow the structure of the note, with the exact spans that may be quoted.

Markdown is read by markdown-it-py and sentences by sentencex; this module only keeps account of where things stand in the
text, so that `source.text[start:end]` is what is shown. It does not know what a passage is used for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from sentencex import segment

from assistant.datatypes import Passage, Unit
from assistant.sources import MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markdown_it.token import Token

    from assistant.datatypes import Source, UnitKind

TARGET_TOKENS = 180
"""A passage grows until it would pass this; notes/retrieval: anything from 80 to 150 words does about as well."""
LIMIT_TOKENS = 360
"""A list or paragraph may pass the target up to this before it is cut; with title and headings it stays below 512."""
_PREFIX_CHARACTERS = 400
_UNIT_CHARACTERS = 1_200
"""A "sentence" longer than this (a table dump, a text without full stops) is cut at a space, so that no passage overflows."""

_MARKS = re.compile(r"(?:\[\^\d+\])+")
_MARKER = re.compile(r"[\s>]*([-*+]|\d+[.)])(?:\s+|$)")
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|\*|__|_)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_SENTENCE_END = (".", "!", "?", ":", ";", "…", '"', "”", "’", "'", ")")
_LANGUAGE = "nl"


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading, paragraph, list item or table row with its span; `number` is the same for all items of a list."""

    start: int
    end: int
    kind: UnitKind
    number: int
    level: int = 0
    marker: str = ""


def split(source: Source, count_tokens: Callable[[Sequence[str]], list[int]]) -> tuple[Passage, ...]:
    """The passages of a source, in order; together their spans cover `source.text` without gaps.

    A section is cut into passages of about TARGET_TOKENS at the borders of paragraphs, lists and tables; a list or table stays
    with the sentence that introduces it. Only what passes LIMIT_TOKENS is cut inside.

    Args:
        source: the note; a text without one quotable unit gives no passages.
        count_tokens: tokens per text, as `Encoder.count_tokens`.
    """
    sections = list(_sections(source.text))
    units = [unit for _, section in sections for unit in section if unit.kind != "heading"]
    if not units:
        return ()
    sizes = dict(zip(units, count_tokens([plain(source.text[unit.start : unit.end]) for unit in units]), strict=True))
    cuts: list[tuple[tuple[str, ...], list[Unit]]] = []
    for path, section in sections:
        cuts += [(path, chunk) for chunk in _chunks(section, sizes)]
    cuts = _without_bare_headings(cuts)
    starts = [0, *(chunk[0].start - _marker_width(source.text, chunk[0]) for _, chunk in cuts[1:]), len(source.text)]
    return tuple(
        Passage(f"{source.id}#{place}", source.id, path, starts[place - 1], starts[place], tuple(chunk))
        for place, (path, chunk) in enumerate(cuts, start=1)
    )


def note_title(source: Source) -> str:
    """The heading of the note itself (its first level-1 heading), else the title of the originating document."""
    match = re.search(r"^# +(.+?)\s*$", source.text, re.MULTILINE)
    return plain(match[1]) if match else source.title


def embedded_text(source: Source, passage: Passage) -> str:
    """What is embedded for a passage: title, heading path and the body without marks and Markdown signs."""
    return f"{_context(source, passage)}\n{plain(source.text[passage.start : passage.end])}"


def statements(passage: Passage) -> tuple[tuple[Unit, ...], ...]:
    """The units of a passage by statement (one sentence, list item or table row each), headings left out."""
    quotable = (unit for unit in passage.units if unit.kind != "heading")
    return tuple(tuple(group) for _, group in groupby(quotable, key=lambda unit: unit.group))


def statement_texts(source: Source, passage: Passage) -> tuple[str, ...]:
    """What is embedded per statement, in the order of `statements`: its plain text after the title and heading path.

    A sentence often leaves unsaid what it is about; with its headings in front, the best sentence found the right note for
    more of the dev questions than without (docs/decisions/0006).
    """
    context = _context(source, passage)
    return tuple(f"{context}: {statement_text(source, units)}" for units in statements(passage))


def statement_text(source: Source, units: Sequence[Unit]) -> str:
    """The plain words of one statement."""
    return plain(" ".join(source.text[unit.start : unit.end] for unit in units))


def _context(source: Source, passage: Passage) -> str:
    return " > ".join((note_title(source), *passage.heading))[:_PREFIX_CHARACTERS]


def plain(text: str) -> str:
    """Text without footnote marks, heading and emphasis signs and table bars, white space collapsed."""
    text = re.sub(r"(?m)^\s*(#+|>|\|?(\s*:?-{3,}:?\s*\|)+)\s*", "", MARK.sub("", text))
    text = _EMPHASIS.sub(r"\2", text)
    return re.sub(r"\s*\|\s*", " | ", re.sub(r"\s+", " ", text)).strip(" |")


def _without_bare_headings(cuts: list[tuple[tuple[str, ...], list[Unit]]]) -> list[tuple[tuple[str, ...], list[Unit]]]:
    """Put a chunk that is only headings in front of the next one: a heading alone says nothing."""
    whole: list[tuple[tuple[str, ...], list[Unit]]] = []
    waiting: list[Unit] = []
    for path, chunk in cuts:
        if all(unit.kind == "heading" for unit in chunk):
            waiting += chunk
        else:
            whole.append((path, waiting + chunk))
            waiting = []
    if waiting:
        path, last = whole[-1]
        whole[-1] = (path, last + waiting)
    return whole


def _marker_width(text: str, unit: Unit) -> int:
    """How far before the unit its line begins (list marker and indent), so that a passage begins with a whole line."""
    line_start = text.rfind("\n", 0, unit.start) + 1
    head = text[line_start : unit.start]
    return len(head) if not head.strip() or _MARKER.fullmatch(head) or set(head) <= set("# >") else 0


def _chunks(section: Sequence[Unit], sizes: dict[Unit, int]) -> Iterator[list[Unit]]:
    """Cut one section: pieces that belong together are packed up to the target."""
    chunk: list[Unit] = []
    filled = 0
    for piece in _pieces(section, sizes):
        size = sum(sizes.get(unit, 0) for unit in piece)
        if chunk and filled + size > TARGET_TOKENS and any(unit.kind != "heading" for unit in chunk):
            yield chunk
            chunk, filled = [], 0
        chunk = chunk + piece
        filled += size
    if chunk:
        yield chunk


def _pieces(section: Sequence[Unit], sizes: dict[Unit, int]) -> Iterator[list[Unit]]:
    """Paragraphs, and lists or tables with their lead-in; a piece over the limit falls apart into statements."""
    piece: list[Unit] = []
    for _, members in groupby(section, key=lambda unit: unit.block):
        block = list(members)
        if piece and piece[-1].kind == "lead_in" and block[0].kind in {"item", "header_row", "row"}:
            piece += block
            continue
        yield from _bounded(piece, sizes)
        piece = block
    yield from _bounded(piece, sizes)


def _bounded(piece: list[Unit], sizes: dict[Unit, int]) -> Iterator[list[Unit]]:
    if sum(sizes.get(unit, 0) for unit in piece) <= LIMIT_TOKENS:
        if piece:
            yield piece
        return
    for _, members in groupby(piece, key=lambda unit: unit.group):
        statement = list(members)
        if sum(sizes.get(unit, 0) for unit in statement) <= LIMIT_TOKENS:
            yield statement
        else:
            yield from ([unit] for unit in statement)


def _sections(text: str) -> Iterator[tuple[tuple[str, ...], list[Unit]]]:
    """(heading path without the note's title, units) per section; the heading is the first unit of its section."""
    path: list[tuple[int, str]] = []
    section: list[Unit] = []
    group = 0
    blocks = list(_blocks(text))
    for place, block in enumerate(blocks):
        if block.kind == "heading":
            if section:
                yield tuple(title for _, title in path), section
            title = plain(text[block.start : block.end])
            path = [(level, name) for level, name in path if level < block.level]
            path += [(block.level, title)] if block.level > 1 else []
            section = [Unit(block.start, block.end, "heading", group, block.number)]
            group += 1
            continue
        introduces = place + 1 < len(blocks) and blocks[place + 1].kind in {"item", "header_row"}
        units = _units(text, block, group, introduces=introduces and blocks[place + 1].number != block.number)
        section += units
        group = units[-1].group + 1 if units else group
    if section:
        yield tuple(title for _, title in path), section


def _units(text: str, block: _Block, group: int, *, introduces: bool) -> list[Unit]:
    """The quotable spans of one block: whole sentences, cut at footnote marks, each with the entries its marks name."""
    found: list[Unit] = []
    whole = block.kind in {"item", "header_row", "row"}
    position = block.start
    for marks in [*_MARKS.finditer(text, block.start, block.end), None]:
        stop = marks.start() if marks else block.end
        entries = tuple(dict.fromkeys(int(mark[1]) for mark in MARK.finditer(marks[0]))) if marks else ()
        spans = [span for span in _sentences(text, position, stop, cut=block.kind != "row") if _has_words(text, span)]
        for place, (start, end) in enumerate(spans):
            own = entries if place == len(spans) - 1 and entries else (1,)
            found.append(Unit(start, end, block.kind, group, block.number, own, block.marker))
            if not whole and text[start:end].endswith(_SENTENCE_END):
                group += 1
        position = marks.end() if marks else stop
    if introduces and found and text[found[-1].start : found[-1].end].endswith(":"):
        last = found[-1]
        found[-1] = Unit(last.start, last.end, "lead_in", last.group, last.block, last.entries)
    return found


def _has_words(text: str, span: tuple[int, int]) -> bool:
    return any(character.isalnum() for character in text[span[0] : span[1]])


def _sentences(text: str, start: int, end: int, *, cut: bool) -> Iterator[tuple[int, int]]:
    """Spans of the sentences in text[start:end], white space trimmed; one span when `cut` is false."""
    borders = [start, *(_borders(text[start:end], start) if cut else ()), end]
    for left, right in zip(borders, borders[1:], strict=False):
        for low, high in _short(text, left, right):
            body = text[low:high]
            begin, stop = low + len(body) - len(body.lstrip()), high - (len(body) - len(body.rstrip()))
            if begin < stop:
                yield begin, stop


def _borders(stretch: str, offset: int) -> Iterator[int]:
    """Where sentencex sees a new sentence, unless Markdown signs or a missing space show that it goes on."""
    position = 0
    for sentence in _segment(stretch):
        found = stretch.find(sentence.strip(), position)
        if found > 0 and stretch[found - 1].isspace() and stretch[found] not in "*_)":
            yield offset + found
        position = max(found, position) + len(sentence.strip())


@lru_cache(maxsize=4096)
def _segment(stretch: str) -> tuple[str, ...]:
    return tuple(piece for piece in segment(_LANGUAGE, stretch) if piece.strip())


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is too long for a sentence at a space, else anywhere."""
    while end - start > _UNIT_CHARACTERS:
        space = text.rfind(" ", start + _UNIT_CHARACTERS // 2, start + _UNIT_CHARACTERS)
        middle = space + 1 if space > 0 else start + _UNIT_CHARACTERS
        yield start, middle
        start = middle
    yield start, end


def _blocks(text: str) -> Iterator[_Block]:
    """The headings, paragraphs, list items and table rows of a Markdown text, in order."""
    lines = [0]
    for line in text.split("\n"):
        lines.append(lines[-1] + len(line) + 1)
    lines[-1] = len(text)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    number = 0
    depth = 0
    item: Token | None = None
    header = False
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            number += depth == 0
            depth += 1
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            depth -= 1
            item = None
        elif token.type == "list_item_open":
            item = token
        elif token.type == "table_open":
            number += 1
        elif token.type in {"thead_open", "tbody_open"}:
            header = token.type == "thead_open"
        elif token.type == "tr_open" and token.map:
            yield _Block(*_span(text, lines, token.map), "header_row" if header else "row", number)
        elif token.type in _LEAVES and token.map:
            number += depth == 0
            yield _leaf(text, lines, token, number, item if depth else None)
            item = None


_LEAVES = {"heading_open", "paragraph_open", "fence", "code_block", "html_block"}


def _leaf(text: str, lines: list[int], token: Token, number: int, item: Token | None) -> _Block:
    assert token.map is not None  # noqa: S101 - the caller asked; this is for the type checker
    start, end = _span(text, lines, token.map)
    if token.type == "heading_open":
        title = re.match(r"#{1,6}\s+", text[start:end])
        return _Block(start + (title.end() if title else 0), end, "heading", number, level=int(token.tag[1]))
    if item is None:
        return _Block(start, end, "sentence", number)
    marker = _MARKER.match(text, start, end)
    return _Block(marker.end() if marker else start, end, "item", number, marker=marker[1] if marker else "")


def _span(text: str, lines: list[int], rows: Sequence[int]) -> tuple[int, int]:
    """The characters of a range of lines, white space at both ends left out."""
    start, end = lines[rows[0]], lines[rows[1]]
    body = text[start:end]
    return start + len(body) - len(body.lstrip()), end - (len(body) - len(body.rstrip()))
