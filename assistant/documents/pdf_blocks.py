"""The lines of a PDF in reading order → blocks, told by size, weight, distance and edges.

Paragraphs go on over the ends of columns and pages.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.documents.blocks import Block, Heading, Item, Paragraph, Table, place
from assistant.documents.joining import join, vocabulary
from assistant.documents.pdf_frames import gaps
from assistant.documents.pdf_tables import grid, tables
from assistant.documents.plain import BULLET, NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.documents.pdf_lines import Line

_LARGER = 1.12
"""Size against that of running text from which a line is a heading."""
_HEADING_CHARACTERS = 160
_HEADING_LINES = 4
_WIDE_GAP = 1.35
"""Distance between lines, against the usual one, from which a paragraph ends."""
_INDENT = 0.8
"""Ems by which the first line of a paragraph is set in."""
_EARLY = 0.6
"""Share of a column's width that a line of running text fills, ragged as it may be."""
_SAME_SIZE = 0.08
_WORD = re.compile(r"[^\W\d_]{3}")
_SENTENCE_END = re.compile(r"[.!?:;…]['\"”’)\]]*$")
_GOES_ON = re.compile(r"[a-zà-ÿ(,;&–]")
_OPEN_END = re.compile(r"[,\-\u2010–]$")
_CAPTION = re.compile(r"(?:figuur|figure|fig\.|tabel|table|afbeelding|foto|bron|source)\b", re.IGNORECASE)
_NUMBERED_HEADING = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[A-Z]\.|(?:hoofdstuk|bijlage|chapter|appendix)\s+\w+)\s"
)


@dataclass(slots=True)
class _Run:
    """Lines that form one paragraph, heading or item."""

    lines: list[Line] = field(default_factory=list)
    marker: str = ""
    indent: float = 0.0

    @property
    def last(self) -> Line:
        return self.lines[-1]


@dataclass(frozen=True, slots=True)
class _Look:
    """What is usual in a document: size of running text, distance of lines, whole words."""

    size: float
    gap: float
    words: frozenset[str]
    heading_sizes: tuple[float, ...]


def blocks(pages: Sequence[Sequence[Line]]) -> Iterator[Block]:
    """The blocks of a document; each place begins where the first words of its page are."""
    lines = [line for page in pages for line in page]
    look = _look(lines)
    page = 0
    for part in _parts(lines, look):
        first = part[0] if isinstance(part, list) else part.lines[0]
        if first.page != page:
            page = first.page
            yield Paragraph(place("page", str(page)))
        if isinstance(part, list):
            yield Table(tuple(grid(part)))
        else:
            yield _block(part, look)
            page = part.last.page


def _look(lines: Sequence[Line]) -> _Look:
    amounts: Counter[float] = Counter()
    for line in lines:
        amounts[round(line.size * 2) / 2] += len(line.text)
    size = amounts.most_common(1)[0][0] if amounts else 10.0
    larger = {round(line.size * 2) / 2 for line in lines if line.size > _LARGER * size and _can_head(line)}
    return _Look(
        size, gaps(lines), vocabulary([line.text for line in lines]), tuple(sorted(larger, reverse=True))
    )


def _can_head(line: Line) -> bool:
    return len(line.text) <= _HEADING_CHARACTERS and _WORD.search(line.text) is not None


def _parts(lines: Sequence[Line], look: _Look) -> Iterator[_Run | list[Line]]:
    """Runs of lines and tables, in order."""
    found = dict(tables(lines))
    run = _Run()
    spot = 0
    while spot < len(lines):
        if spot in found:
            if run.lines:
                yield run
            yield list(lines[spot : found[spot]])
            run, spot = _Run(), found[spot]
            continue
        line = lines[spot]
        following = lines[spot + 1] if spot + 1 < len(lines) else None
        if run.lines and not _joins(run, line, following, look):
            yield run
            run = _Run()
        if not run.lines:
            run.marker, run.indent = _marker(line)
        run.lines.append(line)
        spot += 1
    if run.lines:
        yield run


def _marker(line: Line) -> tuple[str, float]:
    """What stands before a list item, and where its words begin."""
    bullet = BULLET.match(line.text)
    number = NUMBER.match(line.text)
    start = line.cells[1].x0 if len(line.cells) > 1 else line.x0
    if bullet:
        return "-", start
    return (f"{number[1]}.", start) if number else ("", line.x0)


def _joins(run: _Run, line: Line, following: Line | None, look: _Look) -> bool:
    """Whether a line goes on with the run."""
    last = run.last
    if BULLET.match(line.text) or not _same_style(run, line, look):
        return False
    if NUMBER.match(line.text) and (run.marker[:1].isdigit() or _SENTENCE_END.search(last.text) or line.bold):
        return False
    if _is_heading(run, look):
        return line.page == last.page and line.column == last.column and _step(last, line) < 1.6
    if line.page != last.page or line.column != last.column:
        return _joins_over_break(run, line, following)
    if _step(last, line) > _WIDE_GAP * look.gap or line.top < last.top:
        return False
    if run.marker:
        # A line that goes on with an item stands under its words, or at least right of the marker.
        return line.x0 > run.lines[0].x0 + 1 or not (_SENTENCE_END.search(last.text) or _is_short(last, line))
    if _is_indented(line, following) and not _is_indented(last, line):
        return False
    return not _ends(last, line)


def _ends(line: Line, following: Line) -> bool:
    """Whether a line was ended on purpose: at the end of a sentence, or far before the edge of its column."""
    if not _is_short(line, following):
        return False
    early = line.x1 < line.left + _EARLY * (line.right - line.left)
    return bool(_SENTENCE_END.search(line.text)) or (early and not _GOES_ON.match(following.text))


def _step(above: Line, below: Line) -> float:
    """Distance of two lines in sizes."""
    return (below.top - above.top) / max(above.size, 1.0)


def _same_style(run: _Run, line: Line, look: _Look) -> bool:
    size = run.last.size
    if abs(line.size - size) > _SAME_SIZE * max(size, line.size):
        return False
    if run.last.bold == line.bold:
        return True
    # Bold words at the head of a paragraph, or a bold heading right above it?
    return len(run.lines) > 1 or not run.last.bold or not _is_short(run.last, line)


def _is_short(line: Line, following: Line) -> bool:
    """Whether the next word would have fitted on the line, so that the line was ended on purpose."""
    word = len(following.text.split(" ", 1)[0]) + 1
    width = (line.x1 - line.x0) / max(len(line.text), 1)
    return line.x1 + word * width < line.right - 0.5 * line.size


def _is_indented(line: Line, following: Line | None) -> bool:
    """Whether a line is set in against the one below, and so begins a paragraph."""
    if following is None or following.column != line.column or following.page != line.page:
        return False
    return _INDENT < (line.x0 - following.x0) / max(line.size, 1.0) < 6


def _joins_over_break(run: _Run, line: Line, following: Line | None) -> bool:
    """Whether a paragraph goes on in the next column or on the next page."""
    last = run.last
    if _SENTENCE_END.search(last.text) or _is_indented(line, following):
        return False
    if (
        run.marker
        and line.x0 - line.left <= run.lines[0].x0 - last.left + 1
        and not _GOES_ON.match(line.text)
    ):
        return False
    if _GOES_ON.match(line.text) or _OPEN_END.search(last.text):
        return True
    return len(run.lines) > 1 and not line.bold and not NUMBER.match(line.text) and not _is_short(last, line)


def _is_heading(run: _Run, look: _Look) -> bool:
    text = " ".join(line.text for line in run.lines)
    if len(text) > _HEADING_CHARACTERS or len(run.lines) > _HEADING_LINES or run.marker == "-":
        return False
    if _CAPTION.match(text):
        return False
    if not _WORD.search(text) or text[-1] in ",;":
        return False
    if run.last.size > _LARGER * look.size:
        return not (text[-1] == "." and len(run.lines) > 2)
    bold = all(line.bold for line in run.lines) and run.last.size >= 0.9 * look.size
    return (bold and len(run.lines) <= 2 and text[-1] not in ".:" and not run.marker[:1].isdigit()) or (
        bold and bool(_NUMBERED_HEADING.match(text)) and text[-1] not in ".:" and len(run.lines) <= 2
    )


def _block(run: _Run, look: _Look) -> Block:
    words = _joined(run.lines, look.words)
    if _is_heading(run, look):
        size = round(run.last.size * 2) / 2
        larger = [spot for spot, other in enumerate(look.heading_sizes) if other <= size]
        return Heading(words, min((larger[0] if larger else len(look.heading_sizes)) + 1, 4))
    if not run.marker:
        return Paragraph(words)
    pattern = BULLET if run.marker == "-" else NUMBER
    return Item(pattern.sub("", words, count=1), run.marker)


def _joined(lines: Sequence[Line], known: frozenset[str]) -> str:
    """The words of a run, with a place where it goes on on another page."""
    text, page = "", lines[0].page
    for line in lines:
        words = line.text
        if line.page != page:
            page = line.page
            joint = join(text, words, known)
            cut = len(joint) - len(words.lstrip(" "))
            text = joint[:cut] + place("page", str(page)) + joint[cut:]
        else:
            text = join(text, words, known)
    return text
