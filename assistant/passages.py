"""A source → its passages: stretches that follow its structure, with the exact spans that may be quoted.

Markdown is read by markdown-it-py and sentences by sentencex; this module only keeps account of where things
stand in the text, so that `source.text[start:end]` is what is shown. It does not know what passages are for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, groupby, pairwise
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from sentencex import segment

from assistant.datatypes import Passage, Unit
from assistant.sources import MARK, MARKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markdown_it.token import Token

    from assistant.datatypes import Source, UnitKind

TARGET_TOKENS = 180
"""A passage grows until it would pass this; anything from 80 to 150 words was found about as well."""
LIMIT_TOKENS = 360
"""A list or paragraph may pass the target up to this; with title and headings it then stays below 512."""
_PREFIX_CHARACTERS = 400
_PREFIX_WORDS = 40
"""Bounds of the title and heading path that are embedded, and of the headings inside a passage."""
_UNIT_CHARACTERS = 1_200
"""A "sentence" longer than this (a table dump, a text without full stops) is cut at a space."""
_PARAGRAPH_CHARACTERS = 10_000
"""A longer stretch is given to sentencex in parts: its time grows with the square of the quotation signs."""
_TITLE_CHARACTERS = 300
"""A longer "heading" is a paragraph that begins with the wrong sign."""

_MARKER = re.compile(r"[\s>]*([-*+]|\d+[.)])(?:\s+|$)")
_BLOCK_SIGNS = re.compile(r"(?m)^[^\S\n]*+(#+|>|\|?([^\S\n]*+:?-{3,}+:?[^\S\n]*+\|)+)[^\S\n]*+")
_EMPHASIS = re.compile(
    r"(?<!\w)(\*{1,3})(?=\S)(.{1,300}?)(?<=\S)\1|(?<!\w)(_{1,2})(?=\S)(.{1,300}?)(?<=\S)\3(?!\w)", re.DOTALL
)
_OTHER_SPACE = re.compile(r"[^\S\n]")
_SENTENCE_END = (".", "!", "?", ":", ";", "…", '"', "”", "’", "'", ")")
_LANGUAGE = "nl"
_Section = tuple[tuple[str, ...], list["Unit"]]
"""A heading path with the units below it, or those of one passage."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading, paragraph, list item or table row with its span; items of one list share a `number`."""

    start: int
    end: int
    kind: UnitKind
    number: int
    level: int = 0
    marker: str = ""


def split(source: Source, count_tokens: Callable[[Sequence[str]], list[int]]) -> tuple[Passage, ...]:
    """The passages of a source, in order; together their spans cover `source.text` without gaps.

    A section is cut into passages of about TARGET_TOKENS at the borders of paragraphs, lists and tables; a
    list or table stays with the sentence that introduces it. Only what passes LIMIT_TOKENS is cut inside.

    Args:
        source: the note; a text without one quotable unit gives no passages.
        count_tokens: tokens per text, as `Encoder.count_tokens`.
    """
    sections = list(_sections(source.text))
    if all(unit.kind == "heading" for _, section in sections for unit in section):
        return ()
    sections, sizes = _sized(source.text, sections, count_tokens)
    cuts: list[_Section] = []
    for path, section in sections:
        cuts += [(path, chunk) for chunk in _chunks(section, sizes)]
    cuts = _without_bare_headings(cuts)
    starts = [0, len(source.text)]
    starts[1:1] = [
        _line_head(source.text, left[-1].end, right[0].start) for (_, left), (_, right) in pairwise(cuts)
    ]
    return tuple(
        Passage(f"{source.id}#{place}", source.id, path, starts[place - 1], starts[place], tuple(chunk))
        for place, (path, chunk) in enumerate(cuts, start=1)
    )


def note_title(source: Source) -> str:
    """The first level-1 heading of the note itself, else the title of the originating document."""
    return _first_heading(source.text) or without_emphasis(source.title)


@lru_cache(maxsize=16)
def _first_heading(text: str) -> str:
    """The words of the first level-1 heading, "" where there is none; asked for every passage of a note."""
    start = 0 if text.startswith("# ") else text.find("\n# ") + 1
    end = text.find("\n", start)
    line = text[start : end if end >= 0 else None]
    return plain(line[: _TITLE_CHARACTERS + len("# ")]) if line.startswith("# ") else ""


def embedded_text(source: Source, passage: Passage) -> str:
    """What is embedded for a passage: title, heading path and the body without marks and Markdown signs.

    Stretches without a quotable word (rows of signs, rules) and headings beyond a few lines are left out, so
    that they do not crowd out what can be quoted.
    """
    room = _PREFIX_WORDS
    parts: list[str] = []
    position = passage.start
    for unit in passage.units:
        before, words = source.text[position : unit.start], source.text[unit.start : unit.end]
        position = unit.end
        room -= len(words.split()) if unit.kind == "heading" else 0
        if unit.kind != "heading" or room >= 0:
            parts += [before if len(MARKS.sub("", before).split()) <= 1 else "\n", words]
    return f"{_context(source, passage)}\n{plain(''.join(parts))}"


def statements(passage: Passage) -> tuple[tuple[Unit, ...], ...]:
    """The units of a passage by statement (one sentence, list item or table row each), headings left out."""
    quotable = (unit for unit in passage.units if unit.kind != "heading")
    return tuple(tuple(group) for _, group in groupby(quotable, key=lambda unit: unit.group))


def statement_texts(source: Source, passage: Passage) -> tuple[str, ...]:
    """What is embedded per statement, in the order of `statements`: its plain text after title and headings.

    A sentence often leaves unsaid what it is about; with its headings in front, the best sentence found the
    right note for more of the dev questions than without (docs/decisions/0006).
    """
    context = _context(source, passage)
    return tuple(f"{context}: {statement_text(source, units)}" for units in statements(passage))


def statement_text(source: Source, units: Sequence[Unit]) -> str:
    """The plain words of one statement."""
    return plain(" ".join(source.text[unit.start : unit.end] for unit in units))


def tells(source: Source, units: Sequence[Unit]) -> bool:
    """Whether a statement says something by itself: not a question, nor what introduces a list or table."""
    return units[0].kind not in {"lead_in", "header_row"} and not statement_text(source, units).endswith("?")


def _context(source: Source, passage: Passage) -> str:
    path = " > ".join((note_title(source), *passage.heading))[:_PREFIX_CHARACTERS]
    return " ".join(path.split()[:_PREFIX_WORDS])


def plain(text: str) -> str:
    """Text without footnote marks, heading and emphasis signs and table bars, white space collapsed."""
    text = _BLOCK_SIGNS.sub("", MARKS.sub("", text))
    text = without_emphasis(text)
    return " ".join(text.replace("|", " | ").split()).strip(" |")


def without_emphasis(text: str) -> str:
    """Text without the signs of emphasis around words: "door te *doen*"; those inside a word stay."""
    return _EMPHASIS.sub(lambda match: match[2] or match[4], text)


def _sized(
    text: str, sections: list[_Section], count_tokens: Callable[[Sequence[str]], list[int]]
) -> tuple[list[_Section], dict[Unit, int]]:
    """The sections with every unit that passes LIMIT_TOKENS cut in halves until none does, and all sizes."""
    sizes: dict[Unit, int] = {}
    while True:
        units = (unit for _, section in sections for unit in section if unit.kind != "heading")
        new = [unit for unit in units if unit not in sizes]
        if not new:
            return sections, sizes
        counts = count_tokens([plain(text[unit.start : unit.end]) for unit in new])
        sizes.update(zip(new, counts, strict=True))
        if max(counts) > LIMIT_TOKENS:
            sections = [
                (path, [part for unit in section for part in _parts(text, unit, sizes)])
                for path, section in sections
            ]


def _parts(text: str, unit: Unit, sizes: dict[Unit, int]) -> Iterator[Unit]:
    if sizes.get(unit, 0) <= LIMIT_TOKENS or unit.end - unit.start < 2:
        yield unit
        return
    middle = (unit.start + unit.end) // 2
    space = text.rfind(" ", unit.start + 1, middle)
    middle = space if space > 0 else middle
    for span in (_trimmed(text, unit.start, middle), _trimmed(text, middle, unit.end)):
        if _has_words(text, span):
            yield replace(unit, start=span[0], end=span[1])


def _without_bare_headings(cuts: list[_Section]) -> list[_Section]:
    """Put a chunk that is only headings in front of the next one: a heading alone says nothing."""
    whole: list[_Section] = []
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


def _line_head(text: str, end: int, start: int) -> int:
    """Where the passage begins whose first unit is at `start`, the unit before it ending at `end`.

    That is the start of the line, if nothing but a list marker or the like stands before the unit there.
    """
    line_start = text.rfind("\n", end, start) + 1
    head = text[line_start:start]
    whole = line_start > 0 and (not head.strip() or _MARKER.fullmatch(head) or set(head) <= set("# >"))
    return line_start if whole else start


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
    """Paragraphs, and lists or tables with their lead-in; what is too long falls apart into statements."""
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


def _sections(text: str) -> Iterator[_Section]:
    """(heading path without the note's title, units) per section; a section begins with its heading."""
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
            path += [(block.level, title)] if block.level > 1 and title else []
            section = _units(text, block, group, introduces=False)[:1]
            group += 1
            continue
        introduces = place + 1 < len(blocks) and blocks[place + 1].kind in {"item", "header_row"}
        units = _units(text, block, group, introduces=introduces and blocks[place + 1].number != block.number)
        section += units
        group = units[-1].group + 1 if units else group
    if section:
        yield tuple(title for _, title in path), section


def _units(text: str, block: _Block, group: int, *, introduces: bool) -> list[Unit]:
    """The quotable spans of one block: sentences, cut at footnote marks, with the entries of the marks."""
    found: list[Unit] = []
    whole = block.kind != "sentence"
    position = block.start
    for marks in [*MARKS.finditer(text, block.start, block.end), None]:
        stop = marks.start() if marks else block.end
        entries = tuple(dict.fromkeys(int(mark[1]) for mark in MARK.finditer(marks[0]))) if marks else ()
        spans = [span for span in _sentences(text, block.kind, position, stop) if _has_words(text, span)]
        for place, span in enumerate(spans):
            own = entries if place == len(spans) - 1 and entries else (1,)
            for start, end in _short(text, *span):
                found.append(Unit(start, end, block.kind, group, block.number, own, block.marker))
            if not whole and text[span[0] : span[1]].endswith(_SENTENCE_END):
                group += 1
        position = marks.end() if marks else stop
    if introduces and found and text[found[-1].start : found[-1].end].endswith(":"):
        last = found[-1]
        found[-1] = Unit(last.start, last.end, "lead_in", last.group, last.block, last.entries)
    return found


def _has_words(text: str, span: tuple[int, int]) -> bool:
    return any(character.isalnum() for character in text[span[0] : span[1]])


def _sentences(text: str, kind: UnitKind, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the sentences in text[start:end], white space trimmed; a row or heading is one span."""
    whole = kind in {"heading", "header_row", "row"}
    borders = [start, *(() if whole else _borders(text[start:end], start)), end]
    for left, right in pairwise(borders):
        yield _trimmed(text, left, right)


def _borders(stretch: str, offset: int) -> Iterator[int]:
    """Where sentencex sees a new sentence, unless signs or a missing space show that it goes on.

    What stands between brackets after a sentence, "(stand maart 2020)", belongs to it.
    """
    position = 0
    emphasised = iter(_EMPHASIS.finditer(stretch))
    inside = next(emphasised, None)
    for sentence in _segment(stretch):
        found = position + len(sentence) - len(sentence.lstrip())
        position += len(sentence)
        while inside and inside.end() <= found:
            inside = next(emphasised, None)
        goes_on = (inside and inside.start() < found) or stretch[found : found + 1] in {"*", "_", ")", "("}
        if 0 < found < position and stretch[found - 1].isspace() and not goes_on:
            yield offset + found


def _segment(stretch: str) -> tuple[str, ...]:
    """The sentences of a stretch; joined, they are as long as the stretch.

    sentencex 1.0 panics where an initial stands after a space of more than one byte ("\u00a0J. de Vries").
    """
    flat = _OTHER_SPACE.sub(" ", stretch)
    windows = _cut(flat, 0, len(flat), _PARAGRAPH_CHARACTERS)
    return tuple(sentence for start, end in windows for sentence in segment(_LANGUAGE, flat[start:end]))


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span, or what is too long for a sentence in parts."""
    for part in _cut(text, start, end, _UNIT_CHARACTERS):
        span = _trimmed(text, *part)
        if _has_words(text, span):
            yield span


def _cut(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    """Adjoining spans of at most `limit` characters, cut at a space if there is one, else anywhere."""
    while end - start > limit:
        space = text.rfind(" ", start + limit // 2, start + limit)
        middle = space + 1 if space > 0 else start + limit
        yield start, middle
        start = middle
    yield start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at its ends."""
    body = text[start:end]
    return start + len(body) - len(body.lstrip()), start + len(body.rstrip())


def _blocks(text: str) -> Iterator[_Block]:
    """The headings, paragraphs, list items and table rows of a Markdown text, in order."""
    # Only "\n" ends a line here, as in a loaded note. What stands within a line is not needed, but slow.
    markdown = MarkdownIt("commonmark").enable("table").disable("inline")
    tokens = markdown.parse(text.replace("\r", " "))
    lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    number = 0
    depth = 0
    item = False
    kind: UnitKind = "row"
    for token in tokens:
        if token.type in _LISTS:
            depth += token.nesting
            number += depth == token.nesting == 1
            item = False
        elif token.type == "list_item_open":
            item = True
        elif token.type in _TABLE_PARTS:
            number += token.type == "table_open"
            kind = "header_row" if token.type == "thead_open" else "row"
        elif token.map and token.type == "tr_open":
            yield _Block(*_lines(text, lines, token.map), kind, number)
        elif token.map and token.type in _LEAVES:
            number += depth == 0
            yield _leaf(text, token, _lines(text, lines, token.map), number, item=item)
            item = False


_LISTS = {"bullet_list_open", "ordered_list_open", "bullet_list_close", "ordered_list_close"}
_TABLE_PARTS = {"table_open", "thead_open", "tbody_open"}
_LEAVES = {"heading_open", "paragraph_open", "fence", "code_block", "html_block"}


def _leaf(text: str, token: Token, span: tuple[int, int], number: int, *, item: bool) -> _Block:
    start, end = span
    if token.type == "heading_open":
        start, end = _title(text, token, start, end)
        kind: UnitKind = "heading" if end - start <= _TITLE_CHARACTERS else "sentence"
        return _Block(start, end, kind, number, level=int(token.tag[1]))
    if not item:
        return _Block(start, end, "sentence", number)
    marker = _MARKER.match(text, start, end)
    return _Block(marker.end() if marker else start, end, "item", number, marker=marker[1] if marker else "")


def _title(text: str, token: Token, start: int, end: int) -> tuple[int, int]:
    """The words of a heading without its signs: "## " before (and "##" after), or a line below."""
    if token.markup in {"=", "-"}:
        return _trimmed(text, start, max(start, text.rfind("\n", start, end)))
    start, end = _trimmed(text, text.index(token.markup, start) + len(token.markup), end)
    bare = text[start:end].rstrip("#")
    return (start, end) if bare and not bare[-1].isspace() else _trimmed(text, start, start + len(bare))


def _lines(text: str, lines: list[int], rows: Sequence[int]) -> tuple[int, int]:
    """The characters of a range of lines, white space at both ends left out."""
    return _trimmed(text, lines[rows[0]], lines[rows[1]])
