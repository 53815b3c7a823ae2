"""DOCX → `Draft`, by its XML (ECMA-376 part 1, chapter 17).

Text that was inserted while changes were tracked, content controls and text boxes count; what was deleted
does not, nor the table of contents, headers and footers. Footnotes follow at the end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.documents.blocks import TITLE, Block, Draft, Heading, Item, Paragraph, Table
from assistant.documents.packages import Package

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

    from assistant.documents.limits import Limits

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_SKIPPED = frozenset(
    {
        f"{_W}{name}"
        for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sectPr", "txbxContent")
    }
    | {_MC_FALLBACK}
)
_SPACES = frozenset({f"{_W}{name}" for name in ("tab", "br", "cr", "ptab")})
_NOTES = {f"{_W}footnoteReference": "footnote", f"{_W}endnoteReference": "endnote"}
_BASED_ON_DEPTH = 20
_OUTLINE_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _Style:
    name: str = ""
    based_on: str = ""
    outline: int | None = None
    numbering: str = ""
    level: int = 0


@dataclass(slots=True)
class _Reader:
    """The styles and lists of a document, and how far its lists have counted."""

    styles: Mapping[str, _Style]
    formats: Mapping[tuple[str, int], tuple[str, int]]
    counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def blocks(self, parent: _Element) -> Iterator[Block]:
        for element in parent:
            if element.tag == f"{_W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{_W}tbl":
                yield from self._table(element)
            elif element.tag == f"{_W}sdt":
                gallery = element.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
                content = element.find(f"{_W}sdtContent")
                if content is not None and (
                    gallery is None or gallery.get(f"{_W}val") != "Table of Contents"
                ):
                    yield from self.blocks(content)
            elif element.tag in {f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag"}:
                yield from self.blocks(element)

    def _paragraph(self, element: _Element) -> Iterator[Block]:
        words = self.words(element)
        style = self._style(element)
        if words.strip() and not style.name.startswith(("toc ", "table of figures")):
            yield self._block(element, style, words)
        for box in element.iter(f"{_W}txbxContent"):
            if not any(parent.tag == _MC_FALLBACK for parent in box.iterancestors()):
                yield from self.blocks(box)

    def _block(self, element: _Element, style: _Style, words: str) -> Block:
        outline = _number(element.find(f"{_W}pPr/{_W}outlineLvl"))
        level = style.outline if outline is None else outline
        if style.name == "title":
            return Heading(words, TITLE)
        if level is not None and level < _OUTLINE_LEVELS:
            return Heading(words, level + 1)
        numbering, depth = self._numbering(element, style)
        form, start = self.formats.get((numbering, depth), ("", 1))
        if not numbering or numbering == "0" or not form or form == "none":
            return Paragraph(words)
        if form == "bullet":
            return Item(words, "-", depth)
        self.counts[numbering, depth] += 1
        for deeper in [key for key in self.counts if key[0] == numbering and key[1] > depth]:
            del self.counts[deeper]
        return Item(words, f"{start + self.counts[numbering, depth] - 1}.", depth)

    def _numbering(self, element: _Element, style: _Style) -> tuple[str, int]:
        own = element.find(f"{_W}pPr/{_W}numPr")
        if own is None:
            return style.numbering, style.level
        number = own.find(f"{_W}numId")
        depth = _number(own.find(f"{_W}ilvl"))
        numbering = number.get(f"{_W}val", "") if number is not None else style.numbering
        return numbering, style.level if depth is None else min(max(depth, 0), 8)

    def _style(self, element: _Element) -> _Style:
        """The style of a paragraph, with what it takes over from those it is based on."""
        reference = element.find(f"{_W}pPr/{_W}pStyle")
        key = reference.get(f"{_W}val", "") if reference is not None else ""
        found = style = self.styles.get(key, _Style())
        for _ in range(_BASED_ON_DEPTH):
            if found.outline is not None and found.numbering:
                break
            style = self.styles.get(style.based_on, _Style())
            outline = style.outline if found.outline is None else found.outline
            numbering, level = (
                (found.numbering, found.level) if found.numbering else (style.numbering, style.level)
            )
            found = _Style(found.name, found.based_on, outline, numbering, level)
        return found

    def _table(self, element: _Element) -> Iterator[Block]:
        rows = [list(_cells(row)) for row in _through(element, f"{_W}tr")]
        if len(rows) == 1 or all(len(row) < 2 for row in rows):
            for row in rows:
                for cell in row:
                    yield from self.blocks(cell)
            return
        yield Table(tuple(tuple(self._row(row)) for row in rows))

    def _row(self, row: list[_Element]) -> Iterator[str]:
        for cell in row:
            yield " ".join(filter(None, (self.words(paragraph).strip() for paragraph in cell.iter(f"{_W}p"))))
            span = _number(cell.find(f"{_W}tcPr/{_W}gridSpan")) or 1
            yield from [""] * (min(span, 100) - 1)

    def words(self, element: _Element) -> str:
        """The visible text of a paragraph, without that of text boxes in it."""
        parts: list[str] = []
        waiting = list(reversed(element))
        while waiting:
            child = waiting.pop()
            if child.tag in _SKIPPED:
                continue
            if child.tag in {f"{_W}t", _MATH_TEXT}:
                parts.append(child.text or "")
            elif child.tag in _SPACES:
                parts.append(" ")
            elif child.tag == f"{_W}noBreakHyphen":
                parts.append("-")
            elif child.tag in _NOTES:
                self.notes.append((_NOTES[child.tag], child.get(f"{_W}id", "")))
                parts.append(f"[{len(self.notes)}]")
            else:
                waiting.extend(reversed(child))
        return "".join(parts)


def read(data: bytes, limits: Limits) -> Draft:
    """The blocks of a Word document and its properties."""
    package = Package(data)
    main = package.main_part("word")
    relations = dict(package.relations(main).values())
    reader = _Reader(_styles(package, relations), _formats(package, relations))
    body = package.tree(main).find(f"{_W}body")
    blocks = list(reader.blocks(body)) if body is not None else []
    told = package.core()
    return Draft(
        blocks=(*blocks, *_notes(package, relations, reader)),
        title=told["title"],
        authors=(told["creator"],),
        publisher=told["publisher"],
        date=told["created"],
        language=told["language"],
    )


def _notes(package: Package, relations: Mapping[str, str], reader: _Reader) -> Iterator[Block]:
    """The footnotes and endnotes that the text refers to, in that order, each with its number."""
    texts: dict[tuple[str, str], str] = {}
    wanted = list(reader.notes)
    for kind in ("footnote", "endnote"):
        tree = package.optional(relations.get(f"{kind}s", "")) if wanted else None
        for note in tree if tree is not None else ():
            texts[kind, note.get(f"{_W}id", "")] = " ".join(map(reader.words, note.iter(f"{_W}p")))
    for number, key in enumerate(wanted, start=1):
        if texts.get(key, "").strip():
            yield Paragraph(f"[{number}] {texts[key].strip()}")


def _styles(package: Package, relations: Mapping[str, str]) -> dict[str, _Style]:
    tree = package.optional(relations.get("styles", ""))
    return dict(map(_named, tree.iter(f"{_W}style"))) if tree is not None else {}


def _named(style: _Element) -> tuple[str, _Style]:
    name = style.find(f"{_W}name")
    based_on = style.find(f"{_W}basedOn")
    number = style.find(f"{_W}pPr/{_W}numPr/{_W}numId")
    words = name.get(f"{_W}val", "").lower() if name is not None else ""
    outline = _number(style.find(f"{_W}pPr/{_W}outlineLvl"))
    if outline is None and words.startswith("heading ") and words[8:].isdecimal():
        outline = int(words[8:]) - 1
    return style.get(f"{_W}styleId", ""), _Style(
        words,
        based_on.get(f"{_W}val", "") if based_on is not None else "",
        outline,
        number.get(f"{_W}val", "") if number is not None else "",
        min(_number(style.find(f"{_W}pPr/{_W}numPr/{_W}ilvl")) or 0, 8),
    )


def _formats(package: Package, relations: Mapping[str, str]) -> dict[tuple[str, int], tuple[str, int]]:
    """(list, level) → (how it is numbered, the number it begins with)."""
    tree = package.optional(relations.get("numbering", ""))
    if tree is None:
        return {}
    patterns = {pattern.get(f"{_W}abstractNumId"): pattern for pattern in tree.iter(f"{_W}abstractNum")}
    found: dict[tuple[str, int], tuple[str, int]] = {}
    for number in tree.iter(f"{_W}num"):
        reference = number.find(f"{_W}abstractNumId")
        pattern = patterns.get(reference.get(f"{_W}val")) if reference is not None else None
        for level in pattern.iter(f"{_W}lvl") if pattern is not None else ():
            form = level.find(f"{_W}numFmt")
            start = _number(level.find(f"{_W}start"))
            key = number.get(f"{_W}numId", ""), int(level.get(f"{_W}ilvl", "0"))
            found[key] = (
                form.get(f"{_W}val", "") if form is not None else "decimal",
                1 if start is None else start,
            )
    return found


def _cells(row: _Element) -> Iterator[_Element]:
    yield from _through(row, f"{_W}tc")


def _through(parent: _Element, tag: str) -> Iterator[_Element]:
    """The children of that tag, content controls and tracked insertions being looked through."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"}:
            yield from _through(child, tag)


def _number(element: _Element | None) -> int | None:
    value = element.get(f"{_W}val", "") if element is not None else ""
    return int(value) if value.removeprefix("-").isdecimal() else None
