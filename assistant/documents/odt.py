"""ODT → `Draft`, by its XML (OpenDocument 1.3 part 3).

Text boxes count; the table of contents, tracked deletions, comments, headers and footers do not. Footnotes
follow at the end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.documents.blocks import TITLE, Block, Draft, Heading, Item, Paragraph, Table
from assistant.documents.packages import Package
from assistant.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

    from assistant.documents.limits import Limits

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TEXT, _TABLE = f"{{{_NS}office:1.0}}", f"{{{_NS}text:1.0}}", f"{{{_NS}table:1.0}}"
_STYLE, _DRAW, _META = f"{{{_NS}style:1.0}}", f"{{{_NS}drawing:1.0}}", f"{{{_NS}meta:1.0}}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_SKIPPED = frozenset(
    {
        f"{_OFFICE}annotation",
        f"{_OFFICE}annotation-end",
        f"{_TEXT}note",
        f"{_TEXT}tracked-changes",
        f"{_TEXT}table-of-content",
        f"{_TEXT}ruby-text",
        f"{_DRAW}frame",
        f"{_DRAW}object",
    }
)
_MAX_REPEATS = 200
"""Cells and spaces can be written once with a count, which in a hostile file is of any size."""
_MAX_DEPTH = 9


@dataclass(slots=True)
class _Reader:
    """Which styles are titles, which lists are numbered; footnotes as they are met."""

    titles: frozenset[str]
    numbered: Mapping[tuple[str, int], bool]
    notes: list[str] = field(default_factory=list)
    counts: Counter[tuple[str, int]] = field(default_factory=Counter)

    def blocks(self, parent: _Element) -> Iterator[Block]:
        for element in parent:
            if element.tag in _SKIPPED and element.tag != f"{_DRAW}frame":
                continue
            if element.tag == f"{_TEXT}h":
                yield Heading(self.words(element), _count(element, f"{_TEXT}outline-level", 1))
                yield from self._boxes(element)
            elif element.tag == f"{_TEXT}p":
                title = element.get(f"{_TEXT}style-name", "") in self.titles
                words = self.words(element)
                yield Heading(words, TITLE) if title and words.strip() else Paragraph(words)
                yield from self._boxes(element)
            elif element.tag == f"{_TEXT}list":
                yield from self._list(element, element.get(f"{_TEXT}style-name", ""), 0)
            elif element.tag == f"{_TABLE}table":
                yield from self._table(element)
            elif isinstance(element.tag, str):
                yield from self.blocks(element)

    def _boxes(self, element: _Element) -> Iterator[Block]:
        for box in element.iter(f"{_DRAW}text-box"):
            yield from self.blocks(box)

    def _list(self, element: _Element, style: str, depth: int) -> Iterator[Block]:
        if element.get(f"{_TEXT}continue-numbering") != "true":
            self.counts[style, depth] = 0
        for item in element:
            if item.tag in {f"{_TEXT}list-item", f"{_TEXT}list-header"}:
                yield from self._item(item, style, depth)

    def _item(self, item: _Element, style: str, depth: int) -> Iterator[Block]:
        """The words of an item, and the lists and tables in it; a numbered heading can be an item too."""
        own = [child for child in item if child.tag in {f"{_TEXT}p", f"{_TEXT}h"}]
        words = " ".join(filter(None, (self.words(paragraph).strip() for paragraph in own)))
        if any(paragraph.tag == f"{_TEXT}h" for paragraph in own):
            yield Heading(words, _count(own[0], f"{_TEXT}outline-level", 1))
        elif words:
            yield Item(words, self._marker(style, depth), depth)
        for child in item:
            if child.tag == f"{_TEXT}list":
                inner = child.get(f"{_TEXT}style-name", "") or style
                yield from self._list(child, inner, min(depth + 1, _MAX_DEPTH))
            elif child.tag == f"{_TABLE}table":
                yield from self._table(child)

    def _marker(self, style: str, depth: int) -> str:
        if not self.numbered.get((style, depth), False):
            return "-"
        self.counts[style, depth] += 1
        return f"{self.counts[style, depth]}."

    def _table(self, element: _Element) -> Iterator[Block]:
        rows = [list(_cells(row)) for row in _rows(element)]
        if len(rows) == 1 or all(len(row) < 2 for row in rows):
            for row in rows:
                for cell, _ in row:
                    if cell is not None:
                        yield from self.blocks(cell)
            return
        yield Table(tuple(tuple(self._texts(row)) for row in rows))

    def _texts(self, row: list[tuple[_Element | None, int]]) -> Iterator[str]:
        for cell, times in row:
            paragraphs = cell.iter(f"{_TEXT}p", f"{_TEXT}h") if cell is not None else ()
            words = " ".join(filter(None, (self.words(paragraph).strip() for paragraph in paragraphs)))
            yield from [words] * times

    def words(self, element: _Element) -> str:
        """The visible text of a paragraph, without that of text boxes in it; footnotes become numbers."""
        parts = [element.text or ""]
        for child in element:
            if child.tag == f"{_TEXT}note":
                body = child.find(f"{_TEXT}note-body")
                self.notes.append("")
                place = len(self.notes)
                parts.append(f"[{place}]")
                inner = body.iter(f"{_TEXT}p") if body is not None else ()
                self.notes[place - 1] = " ".join(self.words(paragraph).strip() for paragraph in inner)
            elif child.tag == f"{_TEXT}s" or child.tag in {f"{_TEXT}tab", f"{_TEXT}line-break"}:
                parts.append(" ")
            elif isinstance(child.tag, str) and child.tag not in _SKIPPED:
                parts.append(self.words(child))
            parts.append(child.tail or "")
        return "".join(parts)


def read(data: bytes, limits: Limits) -> Draft:
    """The blocks of an OpenDocument text and its properties."""
    package = Package(data)
    if package.kind != "ODT":
        raise RefusedError(*(("corrupt",) if package.kind == "ZIP" else ("wrong_format", package.kind)))
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise RefusedError("encrypted")
    content = package.tree("content.xml")
    trees = [tree for tree in (content, package.optional("styles.xml")) if tree is not None]
    reader = _Reader(_titles(trees), _numbered(trees))
    body = content.find(f"{_OFFICE}body/{_OFFICE}text")
    blocks = list(reader.blocks(body)) if body is not None else []
    notes = [Paragraph(f"[{number}] {words}") for number, words in enumerate(reader.notes, start=1) if words]
    return _told(package, (*blocks, *notes))


def _told(package: Package, blocks: tuple[Block, ...]) -> Draft:
    tree = package.optional("meta.xml")
    meta = tree.find(f"{_OFFICE}meta") if tree is not None else None
    if meta is None:
        return Draft(blocks)
    return Draft(
        blocks,
        title=meta.findtext(f"{_DC}title") or "",
        authors=(meta.findtext(f"{_META}initial-creator") or meta.findtext(f"{_DC}creator") or "",),
        publisher=meta.findtext(f"{_DC}publisher") or "",
        date=meta.findtext(f"{_META}creation-date") or meta.findtext(f"{_DC}date") or "",
        language=meta.findtext(f"{_DC}language") or "",
    )


def _titles(trees: list[_Element]) -> frozenset[str]:
    """The names of the styles that are "Title" or made from it."""
    names = {"Title"}
    for tree in trees:
        for style in tree.iter(f"{_STYLE}style"):
            if style.get(f"{_STYLE}parent-style-name") == "Title":
                names.add(style.get(f"{_STYLE}name", ""))
    return frozenset(names)


def _numbered(trees: list[_Element]) -> dict[tuple[str, int], bool]:
    """(style of list, depth) → whether it is numbered."""
    found: dict[tuple[str, int], bool] = {}
    for tree in trees:
        for style in tree.iter(f"{_TEXT}list-style"):
            for level in style:
                key = style.get(f"{_STYLE}name", ""), _count(level, f"{_TEXT}level", 1) - 1
                form = level.get(f"{_STYLE}num-format", "")
                found[key] = level.tag == f"{_TEXT}list-level-style-number" and bool(form)
    return found


def _rows(table: _Element) -> Iterator[_Element]:
    for child in table:
        if child.tag == f"{_TABLE}table-row":
            yield child
        elif child.tag in {f"{_TABLE}table-header-rows", f"{_TABLE}table-rows", f"{_TABLE}table-row-group"}:
            yield from _rows(child)


def _cells(row: _Element) -> Iterator[tuple[_Element | None, int]]:
    """The cells of a row with how often they are repeated; None for one that another covers."""
    for cell in row:
        times = min(_count(cell, f"{_TABLE}number-columns-repeated", 1), _MAX_REPEATS)
        if cell.tag == f"{_TABLE}table-cell":
            yield cell, times
        elif cell.tag == f"{_TABLE}covered-table-cell":
            yield None, times


def _count(element: _Element, name: str, otherwise: int) -> int:
    value = element.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 9 else otherwise
