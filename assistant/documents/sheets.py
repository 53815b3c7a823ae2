"""XLSX → `Draft`, by openpyxl: a heading and a table per sheet, cells as they are shown."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from assistant.documents.blocks import Block, Draft, Heading, Paragraph, place
from assistant.documents.grids import grid_blocks
from assistant.documents.packages import Package
from assistant.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.documents.limits import Limits

_DAMAGED = (
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, EOFError, OSError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What openpyxl raises on a workbook that is not whole; both XML parsers raise kinds of SyntaxError."""
_MAX_COLUMNS = 500
_MAX_EMPTY = 2_000
"""Empty rows after which nothing more is expected; a stray cell in the last row makes a million of them."""
_DECIMALS = re.compile(r"\.(0+)")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def read(data: bytes, limits: Limits) -> Draft:
    """The sheets of a workbook; of formulas the value that was last calculated."""
    package = Package(data)
    package.main_part("xl")
    package.check_entities()
    told = package.core()
    return Draft(
        blocks=tuple(_blocks(data, limits.max_characters)),
        title=told["title"],
        authors=(told["creator"],),
        publisher=told["publisher"],
        date=told["created"],
        language=told["language"],
    )


def _blocks(data: bytes, max_characters: int) -> Iterator[Block]:
    # Imported here: 0.7 s, for workbooks only.
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            for sheet in book.worksheets:
                blocks = list(grid_blocks(_rows(sheet), max_characters))
                if blocks:
                    yield Paragraph(place("sheet", sheet.title))
                    yield Heading(sheet.title, 2)
                    yield from blocks
    except _DAMAGED as error:
        raise RefusedError("corrupt") from error


def _rows(sheet: Any) -> Iterator[list[str]]:  # noqa: ANN401 - openpyxl ships no types
    # What a file says of its own size is often wrong, and in a hostile one of any size.
    sheet.reset_dimensions()
    empty = 0
    for row in sheet.iter_rows():
        cells = [
            _shown(cell.value, cell.number_format) if cell.value is not None else ""
            for cell in row[:_MAX_COLUMNS]
        ]
        empty = 0 if any(cells) else empty + 1
        if empty > _MAX_EMPTY:
            return
        yield cells


def _shown(value: object, form: str) -> str:
    """A value as its cell shows it, with a point for decimals; dates as YYYY-MM-DD."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, timedelta):
        return str(value)
    return _number(value, form) if isinstance(value, (int, float)) else str(value)


def _number(value: float, form: str) -> str:
    pattern = _LITERAL.sub("", form.partition(";")[0])
    decimals = _DECIMALS.search(pattern)
    places = len(decimals[1]) if decimals else 0
    if "%" in pattern:
        return f"{value * 100:.{places}f}%"
    if decimals or pattern in {"0", "#,##0"}:
        return f"{value:.{places}f}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"
