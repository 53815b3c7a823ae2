"""Words of documents → safe HTML: text is escaped, and only emphasis of Markdown means anything.

The text of a document is data. No link, image, HTML tag, address or footnote mark in it becomes anything but
text, so nothing in a document can make a browser run or fetch something.
"""

from __future__ import annotations

import re
from html import escape

from markdown_it import MarkdownIt

from assistant.sources import MARKS

_EMPHASIS_ONLY = MarkdownIt("zero", {"html": False, "linkify": False}).enable(
    ["emphasis", "escape", "balance_pairs"]
)
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
"""Control characters, and those that reorder text: they could make a sentence look like another one."""
_CELL_BORDER = re.compile(r"(?<!\\)\|")


def inline_html(text: str) -> str:
    """One sentence, item or cell as HTML with at most <strong> and <em>."""
    flat = " ".join(_CONTROLS.sub("", MARKS.sub("", text)).split())
    return str(_EMPHASIS_ONLY.renderInline(flat))


def plain_html(text: str) -> str:
    """Text that is not Markdown (a title, a question) as HTML; line breaks stay."""
    return escape(_CONTROLS.sub("", text), quote=True)


def cells(row: str) -> list[str]:
    """The cells of a raw table row, with or without its outer bars."""
    inner = MARKS.sub("", row).strip().removeprefix("|")
    parts = _CELL_BORDER.split(inner)
    if len(parts) > 1 and not parts[-1].strip():
        parts.pop()
    return [part.replace("\\|", "|").strip() for part in parts]
