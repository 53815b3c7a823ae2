"""The cells of a sheet or a CSV file → blocks that can be read and quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.documents.blocks import Block, Item, Paragraph, Table, clean
from assistant.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_WIDE = 12
"""More columns than this are no table to a reader any more; each row then names its columns."""
_LONG_ROW = 600
"""Characters of an average row from which the same goes."""


def grid_blocks(rows: Iterable[Sequence[str]], max_characters: int) -> Iterator[Block]:
    """The blocks of a grid: what stands above the table as paragraphs, then the table or its rows as items.

    The header is the first row that fills at least half of the columns.

    Raises:
        RefusedError: `too_long`, as soon as the cells hold more than `max_characters`.
    """
    grid = _bounded(rows, max_characters)
    width = max((len(row) for row in grid), default=0)
    kept = [column for column in range(width) if any(len(row) > column and row[column] for row in grid)]
    cells = [tuple(row[column] if column < len(row) else "" for column in kept) for row in grid]
    head = next((place for place, row in enumerate(cells) if 2 * _filled(row) >= len(kept) > 1), len(cells))
    for row in cells[:head]:
        yield Paragraph(" ".join(cell for cell in row if cell))
    table = cells[head:]
    characters = sum(len(cell) for row in table for cell in row)
    if len(kept) > _WIDE or characters > _LONG_ROW * max(len(table), 1):
        yield from _records(table)
    elif table:
        yield Table(tuple(table))


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell) for cell in row)


def _bounded(rows: Iterable[Sequence[str]], max_characters: int) -> list[list[str]]:
    grid: list[list[str]] = []
    characters = 0
    for row in rows:
        cells = [clean(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        characters += sum(len(cell) + 3 for cell in cells)
        if characters > max_characters:
            raise RefusedError("too_long", f"> {max_characters:,}")
        if cells:
            grid.append(cells)
    return grid


def _records(table: Sequence[Sequence[str]]) -> Iterator[Block]:
    names = table[0]
    for row in table[1:]:
        pairs = zip(names, row, strict=True)
        yield Item("; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell))
