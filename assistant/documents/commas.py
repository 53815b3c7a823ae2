"""CSV → `Draft`: one table, its encoding and separator found out."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from assistant.documents.blocks import Draft
from assistant.documents.decoding import decode
from assistant.documents.grids import grid_blocks
from assistant.errors import RefusedError

if TYPE_CHECKING:
    from assistant.documents.limits import Limits

_SEPARATORS = ",;\t|"
_SAMPLE_LINES = 50


def read(data: bytes, limits: Limits) -> Draft:
    """The table in a CSV file, its first row taken for the header."""
    text = decode(data)
    csv.field_size_limit(limits.max_characters)
    try:
        rows = list(csv.reader(io.StringIO(_without_hint(text)), delimiter=_separator(text), strict=False))
    except csv.Error as error:
        raise RefusedError("corrupt") from error
    return Draft(blocks=grid_blocks(rows, limits.max_characters))


def _without_hint(text: str) -> str:
    """Excel writes the separator in a first line `sep=;`."""
    head, _, rest = text.partition("\n")
    return rest if head.lower().startswith("sep=") else text


def _separator(text: str) -> str:
    """The sign that cuts most lines into the same number of cells, more than one."""
    head = text.partition("\n")[0]
    if head.lower().startswith("sep=") and len(head.rstrip()) == len("sep=") + 1:
        return head.rstrip()[-1]
    lines = "\n".join([line for line in text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES] if line.strip()])
    return max(_SEPARATORS, key=lambda sign: _agreement(lines, sign))


def _agreement(lines: str, sign: str) -> float:
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(lines), delimiter=sign) if row]
    except csv.Error:
        return 0.0
    usual = max(set(widths), key=widths.count, default=1)
    return widths.count(usual) / len(widths) + min(usual, 9) / 100 if usual > 1 else 0.0
