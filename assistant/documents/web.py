"""HTML and saved pages → `Draft`: the main text, which trafilatura finds, and what the head of it tells.

Only what a page says in its own marks counts as metadata; trafilatura also guesses authors and site names.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from lxml import etree, html

from assistant.documents.blocks import Block, Draft, Heading, Item, Paragraph, Table
from assistant.documents.decoding import decode
from assistant.documents.telling import tidy_date
from assistant.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from assistant.documents.limits import Limits

_DECLARED = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_HEAD_BYTES = 4096
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")
_MAX_DEPTH = 200
"""Elements within elements; what walks over a tree does so by recursion."""
_INLINE = """
abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark nobr q s samp small span strong
sub sup tt u var
"""
_SILENT = (
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "math",
    "iframe",
    "object",
    "form",
    "nav",
    "footer",
    "aside",
)
_PERMALINKS = frozenset("#¶§🔗")
_SHORT = 300
"""Characters of main text below which the page is looked at again as a whole."""
_LITTLE, _NEARLY_ALL = 0.25, 0.9
"""Shares of the page between which a short main text is believed: below, text is lost; above, structure."""
_TIMES = "//time[@pubdate or contains(@class, 'publi') or contains(@class, 'date')]/@datetime"
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BREAKS = frozenset(
    {
        "lb",
        "br",
        "p",
        "item",
        "li",
        "cell",
        "td",
        "th",
        "head",
        "row",
        "tr",
        "div",
        "dt",
        "dd",
        "list",
        "quote",
    }
)
_LEAVES = frozenset({"p", "pre", "blockquote", "dt", "dd", "figcaption", "caption", "address", "summary"})


def read(data: bytes, limits: Limits) -> Draft:
    """The main text of a page and what its head tells."""
    declared = _DECLARED.search(data[:_HEAD_BYTES])
    return page(decode(data, declared[1].decode("ascii") if declared else ""))


def page(text: str, url: str = "") -> Draft:
    """The main text of a page that is decoded already; `url` is where it was saved from, if that is known.

    Raises:
        RefusedError: `bomb`, nested too deeply; `no_text`, there is nothing in it.
    """
    tree = _tree(text)
    told = _Told(tree)
    saved_from = _SAVED_FROM.search(text[:_HEAD_BYTES])
    site = told.first("og:site_name", "application-name", "dc.publisher", "dcterms.publisher", "publisher")
    return Draft(
        blocks=tuple(_main_blocks(tree)),
        title=_title(told, site),
        authors=told.authors(),
        publisher=site or told.linked("publisher"),
        date=told.date(),
        url=told.address() or url or (saved_from[1] if saved_from else ""),
        language=told.language(),
    )


def _tree(text: str) -> HtmlElement:
    parser = html.HTMLParser(no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(_XML_DECLARATION.sub("", text).replace("\0", ""), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise RefusedError("no_text") from error
    depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _MAX_DEPTH:
            raise RefusedError("bomb")
    return tree


def _main_blocks(tree: HtmlElement) -> list[Block]:
    for element in tree.xpath("//h1//a | //h2//a | //h3//a | //h4//a | //h5//a | //h6//a"):
        if (element.text_content() or "").strip() in _PERMALINKS:
            element.drop_tree()
    # What inline elements hold is part of the sentence around them; trafilatura sometimes puts it elsewhere.
    etree.strip_tags(tree, *_INLINE.split())
    whole = _body_blocks(tree)
    found = _extracted(tree)
    size = _characters(found)
    share = size / max(_characters(whole), 1)
    return whole if size < _SHORT and not _LITTLE <= share <= _NEARLY_ALL else found


def _extracted(tree: HtmlElement) -> list[Block]:
    # Imported here: more than half a second, for pages only.
    from trafilatura import bare_extraction

    found: Any = bare_extraction(tree, include_comments=False, include_tables=True, favor_recall=True)
    return list(_blocks(found.body)) if found is not None and found.body is not None else []


def _blocks(body: Any) -> Iterator[Block]:  # noqa: ANN401 - an lxml element
    for element in body:
        if element.tag == "head":
            yield Heading(_words(element), _HEADINGS.get(element.get("rend", ""), 2))
        elif element.tag == "list":
            yield from _items(element, "item", "list", 0)
        elif element.tag == "table":
            yield Table(tuple(tuple(map(_words, row.iter("cell"))) for row in element.iter("row")))
        else:
            yield Paragraph(_words(element))


def _items(element: Any, item_tag: str, list_tags: str, level: int) -> Iterator[Block]:  # noqa: ANN401
    numbered = element.tag == "ol" or element.get("rend") == "ol"
    for number, item in enumerate((child for child in element if child.tag == item_tag), start=1):
        inner = [child for child in item.iter(*list_tags.split()) if child is not item]
        yield Item(_words(item, skip=frozenset(list_tags.split())), f"{number}." if numbered else "-", level)
        for child in inner:
            if _nearest(child, item_tag) is item:
                yield from _items(child, item_tag, list_tags, level + 1)


def _nearest(element: Any, tag: str) -> Any:  # noqa: ANN401 - lxml elements
    return next(element.iterancestors(tag), None)


def _body_blocks(tree: HtmlElement) -> list[Block]:
    """All of the page but scripts, forms and navigation, for pages in which no main text stands out."""
    body = tree.find("body")
    return list(_walk(body)) if body is not None else []


def _walk(parent: Any) -> Iterator[Block]:  # noqa: ANN401 - an lxml element
    loose: list[str] = [parent.text or ""]
    for child in parent:
        blocks = list(_element(child)) if isinstance(child.tag, str) else []
        if child.tag in {"a", "label", "br", "wbr"}:
            loose.append(" " if child.tag == "br" else _words(child))
        elif blocks:
            yield Paragraph("".join(loose))
            loose = []
            yield from blocks
        loose.append(child.tail or "")
    yield Paragraph("".join(loose))


def _element(child: Any) -> Iterator[Block]:  # noqa: ANN401 - an lxml element
    if child.tag in _SILENT or child.tag in {"a", "label", "br", "wbr", "head"}:
        return
    if child.tag in _HEADINGS:
        yield Heading(_words(child), _HEADINGS[child.tag])
    elif child.tag in {"ul", "ol"}:
        yield from _items(child, "li", "ul ol", 0)
    elif child.tag == "table" and not child.xpath(".//table"):
        yield Table(tuple(tuple(map(_words, row.iter("td", "th"))) for row in child.iter("tr")))
    elif child.tag in _LEAVES:
        yield Paragraph(_words(child))
    else:
        yield from _walk(child)


def _words(element: Any, skip: frozenset[str] = frozenset()) -> str:  # noqa: ANN401 - an lxml element
    """The text of an element, with a space where a block or a line ends; not that of elements in `skip`."""
    parts: list[str] = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in skip and child.tag not in _SILENT:
            gap = " " * (child.tag in _BREAKS)
            parts += [gap, _words(child, skip), gap]
        parts.append(child.tail or "")
    return "".join(parts)


def _characters(blocks: list[Block]) -> int:
    return sum(
        sum(len(cell) for row in block.rows for cell in row)
        if isinstance(block, Table)
        else len(block.text.strip())
        for block in blocks
    )


def _title(told: _Told, site: str) -> str:
    """The title without what stands behind it, if that is the name of the site or the rest is the heading."""
    title = told.first("og:title", "citation_title", "dc.title", "dcterms.title") or told.text("//title")
    heading = told.text("//h1").casefold()
    for sign in (" | ", " - ", " – ", " — ", " · ", " :: "):
        head, found, tail = title.rpartition(sign)
        known = (
            site and tail.strip().casefold() == site.strip().casefold()
        ) or head.strip().casefold() == heading
        if found and head.strip() and known:
            return head
    return title


class _Told:
    """What the marks in a page say: meta elements, links, and JSON-LD of schema.org."""

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree
        self.meta: dict[str, list[str]] = {}
        for element in tree.iter("meta"):
            name = (element.get("property") or element.get("name") or element.get("http-equiv") or "").lower()
            value = (element.get("content") or "").strip()
            if name and value:
                self.meta.setdefault(name, []).append(value)
        self.things = list(_things(tree))

    def first(self, *names: str) -> str:
        return next((self.meta[name][0] for name in names if name in self.meta), "")

    def text(self, path: str) -> str:
        return next((" ".join(element.text_content().split()) for element in self.tree.xpath(path)), "")

    def authors(self) -> tuple[str, ...]:
        for name in ("author", "citation_author", "dc.creator", "dcterms.creator", "article:author"):
            if name in self.meta:
                return tuple(value for value in self.meta[name] if not value.startswith("http"))
        return tuple(name for thing in self.things for name in _names(thing.get("author")))

    def linked(self, key: str) -> str:
        return next((name for thing in self.things for name in _names(thing.get(key))), "")

    def date(self) -> str:
        names = (
            "article:published_time",
            "citation_publication_date",
            "dcterms.issued",
            "dc.date.issued",
            "dcterms.created",
        )
        told = [self.first(*names), *(str(thing.get("datePublished", "")) for thing in self.things)]
        told += self.tree.xpath(
            "//*[@itemprop='datePublished']/@datetime | //*[@itemprop='datePublished']/@content"
        )
        told += [
            self.first("date", "dc.date", "dcterms.date", "pubdate"),
            *self.tree.xpath(_TIMES),
        ]
        return next((date for date in map(tidy_date, map(str, told)) if date), "")

    def address(self) -> str:
        links = self.tree.xpath("//link[@rel='canonical']/@href")
        return next((str(link) for link in links), "") or self.first("og:url")

    def language(self) -> str:
        own = (
            self.tree.get("lang")
            or self.tree.get("{http://www.w3.org/XML/1998/namespace}lang")
            or self.tree.get("xml:lang")
        )
        return own or self.first("content-language", "dc.language", "dcterms.language", "og:locale")


def _things(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The objects of JSON-LD in a page, one level deep or in a graph."""
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() != "application/ld+json":
            continue
        try:
            found = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        listed = found if isinstance(found, list) else [found]
        for thing in listed:
            if isinstance(thing, dict):
                graph = thing.get("@graph")
                yield from (
                    item for item in (graph if isinstance(graph, list) else [thing]) if isinstance(item, dict)
                )


def _names(value: object) -> list[str]:
    if isinstance(value, list):
        return [name for item in value for name in _names(item)]
    if isinstance(value, dict):
        return _names(value.get("name"))
    return [value] if isinstance(value, str) and not value.startswith("http") else []
