"""Markdown → `Draft`: it is text already; only its front matter, if any, is taken off and read leniently."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import yaml
from markdown_it import MarkdownIt

from assistant.documents.blocks import Block, Draft, Heading, Item, Paragraph, Table
from assistant.documents.decoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it.token import Token

    from assistant.documents.limits import Limits

_FENCE = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_MAX_FRONT_MATTER = 100_000
"""Characters; reading YAML takes about a second for as many."""
_MARK = re.compile(r"\[\^([^\]\s]+)\]:?")


def read(data: bytes, limits: Limits) -> Draft:
    """The blocks of a Markdown file and what its front matter tells, where that is of the right type."""
    text = decode(data)
    fence = _FENCE.match(text)
    known = _front_matter(fence[1]) if fence and len(fence[1]) <= _MAX_FRONT_MATTER else None
    # What stands between two rules and is no front matter is text like any other.
    body = text if fence is None else ("" if known is not None else fence[1] + "\n") + text[fence.end() :]
    known = known or {}
    return Draft(
        blocks=tuple(_blocks(body)),
        title=_text(known, "title", "titel"),
        authors=_names(known, "authors", "author", "auteurs", "auteur"),
        publisher=_text(known, "publisher", "site", "sitename", "organisation", "uitgever"),
        date=_text(known, "date", "datum", "published"),
        url=_text(known, "url", "link", "source", "bron"),
        language=_text(known, "language", "lang", "taal"),
    )


def _front_matter(block: str) -> Mapping[str, Any] | None:
    """The fields, None where the block is no front matter but text between two rules."""
    try:
        found = yaml.safe_load(block) if "&" not in block else None
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _text(known: Mapping[str, Any], *names: str) -> str:
    values = (known.get(name) for name in names)
    return next((str(value) for value in values if isinstance(value, (str, date))), "")


def _names(known: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    for value in (known.get(name) for name in names):
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list):
            return tuple(name for name in value if isinstance(name, str))
    return ()


def _blocks(body: str) -> Iterator[Block]:
    """The blocks of a Markdown text; signs of emphasis, links and HTML are taken off, words stay."""
    markdown = MarkdownIt("commonmark").enable("table")
    return _Walk().blocks(markdown.parse(_MARK.sub(r"[\1]", body)))


@dataclass(slots=True)
class _Walk:
    """Where a walk over the tokens of a Markdown text is: in which lists, in which table."""

    markers: list[str] = field(default_factory=list)
    item: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    heading: int = 0

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        for token in tokens:
            if self.item and token.type in _ITEM_ENDS:
                yield Item(" ".join(self.item), self.markers[-1], len(self.markers) - 1)
                self.item = []
            if token.type == "table_close":
                yield Table(tuple(tuple(row) for row in self.rows))
                self.rows = []
            elif token.type == "inline" or token.type in _LITERAL:
                yield from self._text(_words(token))
            else:
                self._enter(token)

    def _enter(self, token: Token) -> None:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            self.markers.append("-")
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self.markers.pop()
        elif token.type == "list_item_open":
            self.markers[-1] = f"{token.info}." if token.info else "-"
        elif token.type == "tr_open":
            self.rows.append([])
        elif token.type == "heading_open":
            self.heading = int(token.tag[1:])

    def _text(self, words: str) -> Iterator[Block]:
        if self.rows:
            self.rows[-1].append(words)
        elif self.heading:
            yield Heading(words, self.heading)
            self.heading = 0
        elif self.markers:
            self.item.append(words)
        else:
            yield Paragraph(words)


_ITEM_ENDS = frozenset(
    {
        "list_item_open",
        "list_item_close",
        "bullet_list_open",
        "ordered_list_open",
        "table_open",
        "heading_open",
    }
)
_LITERAL = frozenset({"fence", "code_block", "html_block"})
_HTML = re.compile(r"<!--.*?-->|<[A-Za-z/!?][^<>]*>", re.DOTALL)


def _words(token: Token) -> str:
    if token.type in _LITERAL:
        return _HTML.sub(" ", token.content) if token.type == "html_block" else token.content
    return "".join(
        " "
        if child.type in {"softbreak", "hardbreak"}
        else ""
        if child.type == "html_inline"
        else child.content
        for child in token.children or ()
    )
