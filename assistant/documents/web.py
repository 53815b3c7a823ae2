"""HTML and saved pages → `Draft`: the main text only, by trafilatura."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from assistant.documents.blocks import Block, Draft, Heading, Item, Paragraph, Table
from assistant.documents.decoding import decode
from assistant.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from assistant.documents.limits import Limits

_DECLARED = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEAD = 4096
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def read(data: bytes, limits: Limits) -> Draft:  # noqa: ARG001 - one signature for all readers
    """The main text of a page and what its head tells."""
    declared = _DECLARED.search(data[:_HEAD])
    text = decode(data, declared[1].decode("ascii") if declared else "")
    return page(_XML_DECLARATION.sub("", text))


def page(text: str) -> Draft:
    from trafilatura import bare_extraction

    found: Any = bare_extraction(
        text,
        include_comments=False,
        include_tables=True,
        favor_recall=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
        with_metadata=True,
    )
    if found is None:
        raise RefusedError("no_text")
    return Draft(
        blocks=tuple(_blocks(found.body)),
        title=found.title or "",
        authors=(found.author,) if found.author else (),
        publisher=found.sitename or "",
        date=found.date or "",
        url=found.url or "",
        language=found.language or "",
    )


def _blocks(body: _Element) -> Iterator[Block]:
    for element in body:
        words = " ".join("".join(element.itertext()).split())
        if element.tag == "head":
            yield Heading(words, int(element.get("rend", "h2")[1:]))
        elif element.tag == "list":
            for item in element:
                yield Item(" ".join("".join(item.itertext()).split()))
        elif element.tag == "table":
            yield Table(tuple(tuple("".join(cell.itertext()) for cell in row) for row in element.iter("row")))
        else:
            yield Paragraph(words)
