"""PPTX → `Draft`, by its XML (ECMA-376 part 1, chapters 19 and 21): a heading per slide, its notes below it.

Shapes are read from top to bottom and from left to right; page numbers, dates and footers are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.documents.blocks import Block, Draft, Heading, Item, Paragraph, Table, place
from assistant.documents.packages import Package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from assistant.documents.limits import Limits

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TITLES = frozenset({"title", "ctrTitle"})
_FRAME = frozenset({"dt", "ftr", "sldNum", "hdr", "sldImg"})
_LISTS = frozenset({"body", "obj", ""})
"""Placeholders whose paragraphs have bullets by the slide's layout, unless they say otherwise."""
_ROW = 400_000
"""Shapes whose tops differ less stand side by side (English metric units; 1.1 cm)."""
_NO_PLACEHOLDER = "-"
_MAX_GROUPS = 50


def read(data: bytes, limits: Limits) -> Draft:
    """The slides of a presentation in their order, and its properties."""
    package = Package(data)
    main = package.main_part("ppt")
    relations = package.relations(main)
    blocks: list[Block] = []
    order = package.tree(main).iter(f"{_P}sldId")
    for number, reference in enumerate(order, start=1):
        _, part = relations.get(reference.get(f"{_R}id", ""), ("", ""))
        tree = package.optional(part)
        blocks.append(Paragraph(place("slide", str(number))))
        if tree is not None:
            blocks += [*_slide(package, part, tree)]
    told = package.core()
    return Draft(
        blocks=tuple(blocks),
        title=told["title"],
        authors=(told["creator"],),
        publisher=told["publisher"],
        date=told["created"],
        language=told["language"],
    )


def _slide(package: Package, part: str, tree: _Element) -> Iterator[Block]:
    shapes = list(_shapes(tree.find(f"{_P}cSld/{_P}spTree")))
    titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
    for shape in titles:
        yield Heading(" ".join(_words(line) for line in shape.iter(f"{_A}p")), 2)
    for shape in sorted((shape for shape in shapes if shape not in titles), key=_position):
        yield from _shape(shape)
    for kind, other in package.relations(part).values():
        if kind == "diagramData":
            yield from _lines(package.optional(other))
        elif kind == "notesSlide":
            yield from _notes(package.optional(other))


def _notes(tree: _Element | None) -> Iterator[Block]:
    for shape in _shapes(tree.find(f"{_P}cSld/{_P}spTree") if tree is not None else None):
        if _placeholder(shape) == "body":
            yield from _lines(shape)


def _shapes(parent: _Element | None, depth: int = 0) -> Iterator[_Element]:
    for child in parent if parent is not None else ():
        if child.tag == f"{_P}grpSp" and depth < _MAX_GROUPS:
            yield from _shapes(child, depth + 1)
        elif child.tag in {f"{_P}sp", f"{_P}graphicFrame"}:
            yield child


def _shape(shape: _Element) -> Iterator[Block]:
    kind = _placeholder(shape)
    if kind in _FRAME:
        return
    for table in shape.iter(f"{_A}tbl"):
        yield Table(
            tuple(
                tuple(" ".join(_words(line) for line in cell.iter(f"{_A}p")) for cell in row.iter(f"{_A}tc"))
                for row in table.iter(f"{_A}tr")
            )
        )
    body = shape.find(f"{_P}txBody")
    lines = [line for line in body.iter(f"{_A}p") if _words(line).strip()] if body is not None else []
    listed = kind in _LISTS and len(lines) > 1
    count = 0
    for line in lines:
        block = _line(line, listed=listed, number=count + 1)
        count = count + 1 if isinstance(block, Item) and block.marker != "-" else 0
        yield block


def _lines(tree: _Element | None) -> Iterator[Block]:
    for line in tree.iter(f"{_A}p") if tree is not None else ():
        yield _line(line, listed=False, number=1)


def _line(line: _Element, *, listed: bool, number: int) -> Block:
    properties = line.find(f"{_A}pPr")
    words = _words(line)
    if properties is None:
        return Item(words) if listed else Paragraph(words)
    level = properties.get("lvl", "0")
    depth = int(level) if level in set("012345678") else 0
    if properties.find(f"{_A}buAutoNum") is not None:
        return Item(words, f"{number}.", depth)
    bullet = properties.find(f"{_A}buChar") is not None or properties.find(f"{_A}buBlip") is not None
    if bullet or (listed and properties.find(f"{_A}buNone") is None):
        return Item(words, "-", depth)
    return Paragraph(words)


def _words(line: _Element) -> str:
    parts: list[str] = []
    for child in line.iter(f"{_A}t", f"{_A}br", f"{_A}tab"):
        parts.append(child.text or "" if child.tag == f"{_A}t" else " ")
    return "".join(parts)


def _placeholder(shape: _Element) -> str:
    """The kind of placeholder a shape fills, "" for one without kind; `_NO_PLACEHOLDER` for another shape."""
    found = next(shape.iter(f"{_P}ph"), None)
    return _NO_PLACEHOLDER if found is None else str(found.get("type", ""))


def _position(shape: _Element) -> tuple[int, int]:
    """Where a shape stands; one that leaves it to the layout comes first, where the body of a slide is."""
    offset = next(shape.iter(f"{_A}off"), None)
    if offset is None:
        return (-1, 0)
    x, y = offset.get("x", "0"), offset.get("y", "0")
    down = int(y) if y.removeprefix("-").isdecimal() else 0
    return (down // _ROW, int(x) if x.removeprefix("-").isdecimal() else 0)
