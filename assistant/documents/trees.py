"""XML and HTML → trees, without entities, external files or network, and not nested without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from assistant.errors import RefusedError

if TYPE_CHECKING:
    from lxml.etree import _Element

_BOMB_SIGNS = ("amplification", "entity", "depth", "huge")
"""Words of libxml2's messages when it stops at one of its own limits."""


def parse_xml(data: bytes) -> _Element:
    """The root of an XML document.

    Raises:
        RefusedError: `bomb`, it declares entities or is nested deeper than 256; `corrupt`, it is not XML, or
            part of it is to be taken from another file.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        message = str(error).lower()
        if "memory" in message:
            raise MemoryError from error
        raise RefusedError("bomb" if any(sign in message for sign in _BOMB_SIGNS) else "corrupt") from error
    declared = root.getroottree().docinfo.internalDTD
    for entity in declared.iterentities() if declared is not None else ():
        # One that stands for a text can grow; one that stands for another file is never looked up.
        raise RefusedError("bomb" if entity.content is not None else "corrupt")
    return root
