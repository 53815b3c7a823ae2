"""What stands on the pages of a PDF but not in its text: running heads and feet, page numbers, contents."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.documents.pdf_lines import Line

_OUTER_LINES = 3
"""Lines at the top and at the bottom of a page among which running heads and feet are looked for."""
_MARGIN = 0.14
"""Share of the page's height, at either end, in which they stand."""
_HEIGHT_STEP = 6.0
_FEW_PAGES = 5
_COUNT = re.compile(r"^\W*\d{1,4}\b|\b\d{1,4}\W*$|\b\d{1,4}\s*(?:van|of|/)\s*\d{1,4}\b")
"""The number of the page at either end of a line, or "3 van 12"."""
_PAGE_NUMBER = re.compile(
    r"\W*(?:pagina|page|pag\.?|p\.|blad|blz\.?)?\s*(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:van|of|/|-)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
_EDGE_NUMBER = re.compile(r"^\W*(\d{1,4})\b|\b(\d{1,4})\W*$")
_LEADERS = re.compile(r"(?:\.\s?){5,}\s*(?:\d{1,4}|[ivxlc]{1,6})?\s*$|(?:…\s?){2,}\s*\d{0,4}\s*$")
_ENTRY = re.compile(r"\s(?:\d{1,4}|[ivxlc]{1,6})$")
_LINE_END = 200
_CONTENTS_LINES = 3
"""Lines with dots that make a table of contents, and the distance from them at which others belong to it."""


def without_frames(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The lines of each page that belong to the text."""
    outer = [_outer(page) for page in pages]
    recurring = _recurring(outer)
    offset = _offset(outer)
    found: list[list[Line]] = []
    for page, at_edge in zip(pages, outer, strict=True):
        contents = _contents(page)
        found.append(
            [
                line
                for place, line in enumerate(page)
                if place not in contents and not (place in at_edge and _is_frame(line, recurring, offset))
            ]
        )
    return found


def _contents(page: Sequence[Line]) -> set[int]:
    """The lines of a table of contents: those with dots before a number, and near them those without dots."""
    led = [place for place, line in enumerate(page) if _LEADERS.search(line.text[-_LINE_END:])]
    if len(led) < _CONTENTS_LINES:
        return set(led)
    around = range(max(led[0] - _CONTENTS_LINES, 0), min(led[-1] + _CONTENTS_LINES + 1, len(page)))
    return {*led, *(place for place in around if _ENTRY.search(page[place].text))}


def _outer(page: Sequence[Line]) -> dict[int, Line]:
    """The outermost lines that stand in the margins, by their place on the page."""
    order = sorted(range(len(page)), key=lambda place: page[place].top)
    chosen = [*order[:_OUTER_LINES], *order[-_OUTER_LINES:]]
    return {place: page[place] for place in chosen if _in_margin(page[place])}


def _in_margin(line: Line) -> bool:
    return line.bottom < _MARGIN * line.page_height or line.top > (1 - _MARGIN) * line.page_height


def _key(line: Line) -> tuple[str, int]:
    return _COUNT.sub("#", line.text.casefold()), round(line.top / _HEIGHT_STEP)


def _recurring(outer: Sequence[dict[int, Line]]) -> set[tuple[str, int]]:
    """What stands at the same height on several pages, page numbers apart."""
    seen: Counter[tuple[str, int]] = Counter()
    for page in outer:
        seen.update({_key(line) for line in page.values()})
    enough = 2 if len(outer) <= _FEW_PAGES else 3
    found = {key for key, count in seen.items() if count >= enough}
    # A line that stands half a step off elsewhere is the same one.
    return found | {(words, height + step) for words, height in found for step in (-1, 1)}


def _offset(outer: Sequence[dict[int, Line]]) -> int | None:
    """Printed page number minus place in the file, where at least three pages agree on it."""
    votes: Counter[int] = Counter()
    for page in outer:
        votes.update({number - line.page for line in page.values() for number in _edge_numbers(line)})
    best = votes.most_common(1)
    return best[0][0] if best and best[0][1] >= max(3, len(outer) // 3) else None


def _edge_numbers(line: Line) -> Iterable[int]:
    return {int(first or second) for first, second in _EDGE_NUMBER.findall(line.text)}


def _is_frame(line: Line, recurring: set[tuple[str, int]], offset: int | None) -> bool:
    if _PAGE_NUMBER.fullmatch(line.text) or _key(line) in recurring:
        return True
    return offset is not None and line.page + offset in _edge_numbers(line) and len(line.text) < 120


def gaps(lines: Sequence[Line]) -> float:
    """The usual distance between the tops of two lines of a paragraph, in their sizes; 1.2 where unknown."""
    found: defaultdict[int, int] = defaultdict(int)
    for above, below in pairwise(lines):
        step = (below.top - above.top) / max(above.size, 1.0)
        if above.page == below.page and above.column == below.column and 0.8 < step < 2.5:
            found[round(step * 20)] += min(len(above.text), len(below.text))
    return max(found, key=lambda step: found[step]) / 20 if found else 1.2
