"""Fragments of a page → its lines in reading order: columns one after the other, between what spans them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.documents.pdf_glyphs import Fragment

_MAX_DEPTH = 3
_MIN_LINES = 4
"""Lines that a column has at least."""
_COLUMN_CHARACTERS = 16
"""Mean length of a fragment from which it can be a line of running text, not a cell."""
_EDGE = 3.0
"""Points within which two left edges are the same."""
_MAX_CANDIDATES = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a column: its cells from left to right, on which page, and the edges of its column."""

    cells: tuple[Fragment, ...]
    page: int
    column: int
    left: float
    right: float
    page_height: float

    @property
    def text(self) -> str:
        """The words of the line."""
        return " ".join(cell.text for cell in self.cells)

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.cells[0].x0

    @property
    def x1(self) -> float:
        """Right edge."""
        return self.cells[-1].x1

    @property
    def top(self) -> float:
        """Upper edge, in points from the top of the page."""
        return min(cell.top for cell in self.cells)

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return max(cell.bottom for cell in self.cells)

    @property
    def size(self) -> float:
        """Size of most of its characters."""
        return max(self.cells, key=lambda cell: len(cell.text)).size

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(cell.bold for cell in self.cells)


def lines(fragments: Sequence[Fragment], page: int, page_height: float) -> list[Line]:
    """The lines of a page in reading order."""
    found: list[Line] = []
    for column, region in enumerate(_regions(list(fragments), 0)):
        left = min(fragment.x0 for fragment in region)
        right = max(fragment.x1 for fragment in region)
        found += [Line(row, page, column, left, right, page_height) for row in _rows(region)]
    return found


def _regions(fragments: list[Fragment], depth: int) -> Iterator[list[Fragment]]:
    gutter = _gutter(fragments) if depth < _MAX_DEPTH else None
    if gutter is None:
        if fragments:
            yield fragments
        return
    whole: list[Fragment] = []
    for spanning, band in _bands(fragments, gutter):
        sides = [
            [fragment for fragment in band if fragment.x0 < gutter],
            [fragment for fragment in band if fragment.x0 >= gutter],
        ]
        if spanning or min(len(side) for side in sides) < 2:
            whole += band
            continue
        if whole:
            yield whole
            whole = []
        for side in sides:
            yield from _regions(side, depth + 1)
    if whole:
        yield whole


def _bands(fragments: list[Fragment], gutter: float) -> Iterator[tuple[bool, list[Fragment]]]:
    """From top to bottom: stretches that cross the gutter (true), and stretches on both sides of it."""
    band: list[Fragment] = []
    spanning = False
    for fragment in sorted(fragments, key=lambda fragment: fragment.top):
        crosses = _crosses(fragment, gutter)
        if band and crosses != spanning:
            yield spanning, band
            band = []
        band.append(fragment)
        spanning = crosses
    if band:
        yield spanning, band


def _crosses(fragment: Fragment, gutter: float) -> bool:
    return fragment.x0 < gutter - _EDGE and fragment.x1 > gutter + _EDGE


def _gutter(fragments: list[Fragment]) -> float | None:
    """Where a right-hand column begins, if there is running text on both sides of it."""
    if len(fragments) < 2 * _MIN_LINES:
        return None
    first = min(fragment.x0 for fragment in fragments)
    edges = Counter(round(fragment.x0 / _EDGE) for fragment in fragments)
    candidates = [
        edge * _EDGE - _EDGE
        for edge, count in edges.most_common(_MAX_CANDIDATES)
        if count >= _MIN_LINES - 1 and edge * _EDGE > first + 4 * _EDGE
    ]
    scored = [(score, gutter) for gutter in candidates if (score := _score(fragments, gutter)) > 0]
    return max(scored)[1] if scored else None


def _score(fragments: list[Fragment], gutter: float) -> float:
    """How much text the smaller side holds beyond what crosses; 0 where the sides are no columns of text."""
    crossing = [fragment for fragment in fragments if _crosses(fragment, gutter)]
    left = [fragment for fragment in fragments if fragment.x1 <= gutter + _EDGE]
    right = [fragment for fragment in fragments if fragment.x0 >= gutter - _EDGE]
    if min(len(left), len(right)) < _MIN_LINES or not _side_by_side(left, right):
        return 0.0
    amounts = [sum(len(fragment.text) for fragment in side) for side in (left, right)]
    if any(
        amount < _COLUMN_CHARACTERS * len(side) for amount, side in zip(amounts, (left, right), strict=True)
    ):
        return 0.0
    return max(0.0, min(amounts) - 0.5 * sum(len(fragment.text) for fragment in crossing))


def _side_by_side(left: list[Fragment], right: list[Fragment]) -> bool:
    """Whether the two stand at the same height for at least a third of the shorter."""
    spans = [(min(item.top for item in side), max(item.bottom for item in side)) for side in (left, right)]
    overlap = min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0])
    return overlap > min(high - low for low, high in spans) / 3


def _rows(region: list[Fragment]) -> Iterator[tuple[Fragment, ...]]:
    """What stands at one height, from left to right."""
    row: list[Fragment] = []
    for fragment in sorted(region, key=lambda fragment: (fragment.middle, fragment.x0)):
        if row and not _same_row(row, fragment):
            yield tuple(sorted(row, key=lambda cell: cell.x0))
            row = []
        row.append(fragment)
    if row:
        yield tuple(sorted(row, key=lambda cell: cell.x0))


def _same_row(row: list[Fragment], fragment: Fragment) -> bool:
    tallest = max(row, key=lambda cell: cell.bottom - cell.top)
    overlap = min(tallest.bottom, fragment.bottom) - max(tallest.top, fragment.top)
    return overlap > 0.5 * min(tallest.bottom - tallest.top, fragment.bottom - fragment.top)
