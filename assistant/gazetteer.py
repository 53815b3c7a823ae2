"""The municipalities of the Netherlands, and countries: what is a place, however it is typed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
_ALSO_WORDS = frozenset(
    {"Assen", "Beek", "Bergen", "Best", "Borne", "Buren", "Delft", "Dongen", "Duiven", "Ede", "Epe", "Goes"}
    | {"Heerde", "Hoorn", "Houten", "Huizen", "Hulst", "Kampen", "Kapelle", "Laren", "Leiden", "Lisse"}
    | {"Losser", "Meppel", "Oss", "Putten", "Sluis", "Soest", "Stein", "Tiel", "Veere", "Voorst", "Weert"}
    | {"Waterland", "Westland", "Wierden"}
)
"""Names that are words too, or read like them: as places only where they are written with a capital."""


@cache
def municipalities() -> tuple[str, ...]:
    """The names of all municipalities, and the names by which some are better known."""
    return _listed("municipalities.txt")


@cache
def unmistakable() -> tuple[str, ...]:
    """The names, of countries too, that are no words, so that they are places in lower case too."""
    towns = (name for name in municipalities() if name not in _ALSO_WORDS)
    return (*towns, *countries())


@cache
def countries() -> tuple[str, ...]:
    """The names of other countries, in Dutch and in English."""
    return _listed("countries.txt")


def _listed(file: str) -> tuple[str, ...]:
    lines = (_DATA / file).read_text(encoding="utf-8").splitlines()
    return tuple(name.strip() for line in lines if not line.startswith("#") for name in line.split(","))
