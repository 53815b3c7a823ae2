"""Dutch compounds → their parts: warmtetransitie → warmte, transitie.

A word is cut into as few known parts as possible, and between equal cuts into the commonest ones; a linking s
between parts belongs to neither. The parts come from OpenTaal's word list, reduced to the words that
compounds are made of, and from a list of this field's own words that an editor can extend. It is the method
of Koehn & Knight (2003, "Empirical methods for compound splitting"), with the number of parts first.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "data" / "compounds"
PARTS = _FOLDER / "parts.txt"
FIELD = _FOLDER / "field.txt"
FILES = (PARTS, FIELD)
LINKS = ("s",)
"""What may stand between two parts; the list holds plurals, so that -en- needs no rule."""
MIN_WORD = 7
"""Shorter words are left whole: what looks like parts in them mostly is not."""
MAX_WORD = 60
_MIN_PART = 3
_FIELD_COUNT = 1_000

_Cut = tuple[int, float, tuple[str, ...]]


@lru_cache(maxsize=65_536)
def parts(word: str) -> tuple[str, ...]:
    """The parts of a folded word in order, at least two; empty for a word that is no compound of known parts.

    A part that is itself made of parts stays whole where the list knows it: wijkuitvoeringsplan gives wijk,
    uitvoeringsplan only where the latter is listed.
    """
    if not MIN_WORD <= len(word) <= MAX_WORD or not word.isalpha() or word in _field():
        return ()
    # best[i]: the best cut of the letters from i on, whose parts are all known
    best: list[_Cut | None] = [None] * len(word) + [(0, 0.0, ())]
    for start in range(len(word) - _MIN_PART, -1, -1):
        cuts = [
            cut for end in range(start + _MIN_PART, len(word) + 1) for cut in _cuts(word, start, end, best)
        ]
        best[start] = min(cuts, key=lambda cut: cut[:2], default=None)
    return best[0][2] if best[0] is not None and best[0][0] > 1 else ()


def _cuts(word: str, start: int, end: int, best: list[_Cut | None]) -> list[_Cut]:
    """The cuts that begin with the letters from `start` to `end`, a linking letter at their end left out."""
    rest = best[end]
    if rest is None or end - start == len(word):
        return []
    letters = word[start:end]
    heads = [letters] if end == len(word) else [letters, *(letters.removesuffix(link) for link in LINKS)]
    return [
        (rest[0] + 1, rest[1] - math.log(_counts()[head]), (head, *rest[2]))
        for head in dict.fromkeys(heads)
        if head in _counts()
    ]


@cache
def _counts() -> dict[str, int]:
    listed = (line.split() for line in _lines(PARTS))
    return {word: int(count) for word, count in listed} | dict.fromkeys(_field(), _FIELD_COUNT)


@cache
def _field() -> frozenset[str]:
    return frozenset(_lines(FIELD))


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
