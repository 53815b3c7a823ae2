"""Exact choice of notes by their front matter: parsing what a user gives, and matching a source against it.

Values of one field are alternatives, fields combine; a match is exact after case folding, against any value
of a list field. Years look at the note's own date, bounds included; an undated note matches no year filter.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.datatypes import Filters
from assistant.errors import BadUseError
from assistant.sources import THEMES

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from assistant.datatypes import Source

FIELDS = (
    "id",
    "title",
    "title_exact",
    "publisher",
    "authors",
    "date",
    "url",
    "kind",
    "places",
    "themes",
    "workstream",
    "audience",
    "language",
    "questions",
    "also_asked",
)
YEARS = ("year_from", "year_to")


def parse(given: Mapping[str, object]) -> Filters:
    """Filters from a mapping of field names to a value or a list of values, as JSON or the screen gives them.

    Raises:
        BadUseError: an unknown field or theme, or a year that is not a whole number.
    """
    values: dict[str, tuple[str, ...]] = {}
    years: dict[str, int] = {}
    for name, value in given.items():
        if name in YEARS:
            years[name] = _year(name, value)
        elif name in FIELDS:
            values[name] = tuple(_texts(name, value))
        else:
            raise BadUseError(f"Unknown filter {name!r}; known are {', '.join((*FIELDS, *YEARS))}.")
    unknown = [theme for theme in values.get("themes", ()) if theme.casefold() not in THEMES]
    if unknown:
        raise BadUseError(f"Unknown theme {unknown[0]!r}; known are {', '.join(THEMES)}.")
    return Filters(values, years.get("year_from"), years.get("year_to"))


def as_json(filters: Filters) -> dict[str, list[str] | int]:
    """The filters as a mapping that `parse` reads back."""
    found: dict[str, list[str] | int] = {name: list(values) for name, values in filters.values.items()}
    found |= {name: year for name in YEARS if (year := getattr(filters, name)) is not None}
    return found


def parse_pairs(pairs: Iterable[str]) -> Filters:
    """Filters from `name=value` texts; a name may be repeated, a value may be a JSON list.

    Raises:
        BadUseError: as `parse`, or a text without `=`.
    """
    given: dict[str, list[object]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadUseError(f"A filter is written name=value, for example places=Tilburg; not {pair!r}.")
        try:
            listed = json.loads(value) if value.strip().startswith("[") else [value]
        except (ValueError, RecursionError) as error:
            raise BadUseError(
                f"The value of filter {name.strip()!r} is not a valid JSON list: {value!r}."
            ) from error
        given.setdefault(name.strip(), []).extend(listed)
    return parse({name: values[-1:] if name in YEARS else values for name, values in given.items()})


def passing(sources: Iterable[Source], filters: Filters) -> frozenset[str]:
    """The ids of the sources that pass every filter."""
    wanted = {
        name: frozenset(value.casefold() for value in values) for name, values in filters.values.items()
    }
    return frozenset(
        source.id
        for source in sources
        if _in_years(source.date, filters)
        and not any(values.isdisjoint(_folded(getattr(source, name))) for name, values in wanted.items())
    )


def _in_years(date: str, filters: Filters) -> bool:
    if filters.year_from is None and filters.year_to is None:
        return True
    if not date:
        return False
    year = int(date[:4])
    return (filters.year_from is None or year >= filters.year_from) and (
        filters.year_to is None or year <= filters.year_to
    )


@lru_cache(maxsize=4_096, typed=True)  # the same few values come back in every source
def _folded(value: Hashable) -> frozenset[str]:
    values = value if isinstance(value, tuple) else (value,)
    return frozenset(_text(item).casefold() for item in values)


def _texts(name: str, value: object) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    if any(not isinstance(item, str | int | float) for item in values):
        raise BadUseError(f"Filter {name!r} takes texts or numbers, not {value!r}.")
    return [_text(item) for item in values]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def _year(name: str, value: object) -> int:
    value = value[0] if isinstance(value, list | tuple) and len(value) == 1 else value
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise BadUseError(f"Filter {name} must be a year such as 2022, not {value!r}.")
    return int(text)
