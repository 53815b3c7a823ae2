"""Tables among the lines of a PDF: rows of cells that stand under each other, with cells of several lines."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.documents.pdf_glyphs import Fragment
    from assistant.documents.pdf_lines import Line

_ROWS = 3
"""Rows of more than one cell that a table has at least."""
_COLUMN_GAP = 4.0
"""Points of empty space between columns."""
_MAX_COLUMNS = 30
_FILLED = 0.5
_LONE = 3
"""Lines of one cell that may follow each other within a table."""
_STEP = 3.0
"""Distance of two lines in sizes beyond which a table ends."""
_ROW_STEP = 0.92
"""Distance, against the usual one between rows, below which two lines are of one row."""
_USUAL_STEP = 1.5
_MARKER = re.compile(r"\W|\(?[\da-z]{1,3}[.)]")


def tables(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """(first, one past the last) of the lines that form tables."""
    start = 0
    while start < len(lines):
        end = _end(lines, start)
        if end is not None:
            yield start, end
        start = end if end is not None else start + 1


def grid(rows: Sequence[Line]) -> Iterator[tuple[str, ...]]:
    """The rows of a table with the words of each cell; lines that belong to one row are put together."""
    columns = _columns([row for row in rows if len(row.cells) > 1])
    for group in _groups(rows):
        cells: list[list[str]] = [[] for _ in columns]
        for row in group:
            for cell in row.cells:
                cells[_column(cell, columns)].append(cell.text)
        yield tuple(" ".join(words) for words in cells)


def _end(lines: Sequence[Line], start: int) -> int | None:
    """One past the last line of the table that begins at `start`, None where there is none."""
    if not _is_row(lines[start]):
        return None
    end = last = start + 1
    while end < len(lines) and end - last <= _LONE and _is_near(lines[end - 1], lines[end]):
        if _is_row(lines[end]):
            last = end + 1
        end += 1
    rows = [line for line in lines[start:last] if _is_row(line)]
    columns = _columns(rows)
    last += _more_of_last_row(lines[start:end], last - start, columns)
    filled = sum(len(row.cells) for row in rows)
    if len(rows) < _ROWS or not 2 <= len(columns) <= _MAX_COLUMNS:
        return None
    if filled < _FILLED * len(columns) * len(rows) or not all(
        _fits(line, columns) for line in lines[start:last]
    ):
        return None
    return last


def _more_of_last_row(lines: Sequence[Line], last: int, columns: Sequence[tuple[float, float]]) -> int:
    """How many lines of one cell after the last row belong to it: those nearer than rows are."""
    usual = _usual_step(lines[:last])
    count = 0
    for above, below in pairwise(lines[last - 1 :]):
        if below.top - above.top >= _ROW_STEP * usual or not _fits(below, columns):
            break
        count += 1
    return count


def _usual_step(rows: Sequence[Line]) -> float:
    """Distance of rows that follow each other without lines of one cell between them."""
    steps = [below.top - above.top for above, below in pairwise(rows) if _is_row(above) and _is_row(below)]
    return median(steps) if len(steps) > 1 else _USUAL_STEP * rows[0].size


def _is_row(line: Line) -> bool:
    """Whether a line has more than one cell; the bullet or number of a list item is none."""
    return len(line.cells) > 2 or (len(line.cells) == 2 and not _MARKER.fullmatch(line.cells[0].text))


def _is_near(above: Line, below: Line) -> bool:
    same = above.page == below.page and above.column == below.column
    return same and 0 <= below.top - above.top < _STEP * max(above.size, 1.0)


def _fits(line: Line, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether no cell lies across two columns."""
    return all(sum(cell.x0 < right and cell.x1 > left for left, right in columns) <= 1 for cell in line.cells)


def _columns(rows: Sequence[Line]) -> list[tuple[float, float]]:
    """Left and right edges of what stands under each other."""
    found: list[tuple[float, float]] = []
    for left, right in sorted((cell.x0, cell.x1) for row in rows for cell in row.cells):
        if found and left < found[-1][1] + _COLUMN_GAP:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return found


def _column(cell: Fragment, columns: Sequence[tuple[float, float]]) -> int:
    """The column whose middle is nearest."""
    middle = (cell.x0 + cell.x1) / 2
    inside = [number for number, (left, right) in enumerate(columns) if cell.x0 < right and cell.x1 > left]
    return min(inside or range(len(columns)), key=lambda number: abs(middle - sum(columns[number]) / 2))


def _groups(rows: Sequence[Line]) -> list[list[Line]]:
    """The lines of each row: one of one cell goes with the nearest row, if that is nearer than rows are."""
    usual = _usual_step(rows)
    groups: list[list[Line]] = []
    waiting: list[Line] = []
    for place, row in enumerate(rows):
        before = row.top - rows[place - 1].top if place else float("inf")
        after = rows[place + 1].top - row.top if place + 1 < len(rows) else float("inf")
        near = min(before, after) < _ROW_STEP * usual
        if _is_row(row) or not near:
            groups.append([*waiting, row])
            waiting = []
        elif before <= after and groups and not waiting:
            groups[-1].append(row)
        else:
            waiting.append(row)
    return groups if not waiting else [*groups, waiting]
