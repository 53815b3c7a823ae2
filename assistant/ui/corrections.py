"""The form with the metadata of a document → the corrected fields, or what is wrong with them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.edits import FIELDS
from assistant.errors import BadUseError
from assistant.sources import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.datatypes import Source

LISTS = ("authors", "places", "themes")
MAX_CHARACTERS = 1_000
"""Of one field."""
_DUTCH_DAY = re.compile(r"(?:([0-9]{1,2})[-/.])?([0-9]{1,2})[-/.]([0-9]{4})")


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was sent: `values` of the fields as texts (lists with one value a line).

    `fields` are those to correct, as `assistant.edits` takes them; `wrong` names the fields that are not
    right.
    """

    values: Mapping[str, str]
    fields: Mapping[str, Any]
    wrong: tuple[str, ...]


def values_of(source: Source) -> dict[str, str]:
    """What the fields of the form hold at first."""
    return {
        name: "\n".join(getattr(source, name)) if name in LISTS else str(getattr(source, name))
        for name in FIELDS
    }


def filled(told: Mapping[str, str], source: Source) -> Filled:
    """Read the form for a document; what it does not tell is as it was.

    A field is corrected when it was changed, or when it was suggested and is now said to be right (`right`
    names those, one a line).
    """
    before = values_of(source)
    values = {name: told.get(name, before[name]) for name in FIELDS}
    right = set(told.get("right", "").split("\n"))
    fields: dict[str, Any] = {}
    wrong: list[str] = []
    for name, text in values.items():
        value = _value(name, text)
        if value == _value(name, before[name]) and not (name in right and name in source.suggested):
            continue
        if _is_wrong(name, text, value):
            wrong.append(name)
        else:
            fields[name] = value
    return Filled(values, fields, tuple(wrong))


def _value(name: str, text: str) -> Any:  # noqa: ANN401 - a text or a list of texts
    if name in LISTS:
        return list(dict.fromkeys(flat for line in text.splitlines() if (flat := " ".join(line.split()))))
    flat = " ".join(text.split())
    return _iso(flat) if name == "date" else flat


def _is_wrong(name: str, text: str, value: object) -> bool:
    if len(text) > MAX_CHARACTERS or (name == "title" and not value):
        return True
    try:
        checked({name: value})
    except BadUseError:
        return True
    return False


def _iso(text: str) -> str:
    """A date as people type it (1-7-2020, 7-2020) as the front matter has it; anything else as it is."""
    found = _DUTCH_DAY.fullmatch(text)
    if found is None:
        return text
    day, month, year = found.groups()
    return f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
