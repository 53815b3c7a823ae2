"""Which documents the list shows, in which order: search, filters, pages. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from assistant.listing import Item

PER_PAGE = 25
ORDERS = ("title", "newest", "oldest", "publisher", "longest")

State = Literal["document", "note", "copy"]


@dataclass(frozen=True, slots=True)
class Query:
    """What a visitor wants to see of the list; an empty text filters nothing. `page` counts from 1."""

    words: str = ""
    place: str = ""
    theme: str = ""
    kind: str = ""
    year: str = ""
    state: str = ""
    order: str = "title"
    page: int = 1


@dataclass(frozen=True, slots=True)
class Options:
    """What the list can be filtered on: values with their number of documents, each sorted by value."""

    places: tuple[tuple[str, int], ...]
    themes: tuple[tuple[str, int], ...]
    kinds: tuple[tuple[str, int], ...]
    years: tuple[tuple[str, int], ...]
    states: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of the list: its items, how many there are on all pages, which page it is and of how many."""

    items: tuple[Item, ...]
    found: int
    page: int
    pages: int


def state_of(item: Item) -> State:
    """Whether a source is a document, one of our notes, or a document with the text of another one."""
    if item.copy_of:
        return "copy"
    return "note" if item.is_note else "document"


def file_name(path: str) -> str:
    """The name of a file without its folders."""
    return PurePath(path).name


def options(items: Iterable[Item]) -> Options:
    """What these items can be filtered on."""
    every = list(items)
    return Options(
        places=_counted(place for item in every for place in item.source.places),
        themes=_counted(theme for item in every for theme in item.source.themes),
        kinds=_counted(item.source.kind for item in every if item.source.kind),
        years=_counted(item.source.date[:4] for item in every if item.source.date)[::-1],
        states=_counted(state_of(item) for item in every),
    )


def leaf(items: Iterable[Item], query: Query) -> Leaf:
    """The page of the list that is asked for, or the nearest one that there is."""
    words = _folded(query.words).split()
    found = [item for item in items if _passes(item, query) and all(word in _told(item) for word in words)]
    ordered = _ordered(found, query.order)
    pages = max(1, -(-len(ordered) // PER_PAGE))
    page = min(max(1, query.page), pages)
    shown = ordered[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Leaf(tuple(shown), len(ordered), page, pages)


def _passes(item: Item, query: Query) -> bool:
    source = item.source
    return (
        (not query.place or query.place in source.places)
        and (not query.theme or query.theme in source.themes)
        and (not query.kind or query.kind == source.kind)
        and (not query.year or source.date.startswith(query.year))
        and (not query.state or query.state == state_of(item))
    )


def _told(item: Item) -> str:
    source = item.source
    return _folded(
        " ".join(
            (
                source.title,
                source.publisher,
                *source.authors,
                *source.places,
                source.date,
                source.id,
                file_name(item.path),
            )
        )
    )


def _folded(text: str) -> str:
    """Without capitals and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def _ordered(items: Sequence[Item], order: str) -> list[Item]:
    by_title: Callable[[Item], str] = lambda item: _folded(item.source.title)  # noqa: E731
    sorted_ = sorted(items, key=by_title)
    if order == "newest":
        return sorted(sorted_, key=lambda item: item.source.date, reverse=True)
    if order == "oldest":
        return sorted(sorted_, key=lambda item: item.source.date or "9999")
    if order == "publisher":
        return sorted(sorted_, key=lambda item: (not item.source.publisher, _folded(item.source.publisher)))
    return sorted(sorted_, key=lambda item: -item.passages) if order == "longest" else sorted_


def _counted(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(values).items(), key=lambda each: _folded(each[0])))
