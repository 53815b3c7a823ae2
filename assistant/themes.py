"""The themes of the collection, by the words that tell of them (assistant/data/themes.txt, for editors).

A document that names no themes gets those whose words it uses often; a question asks about a theme by one
of the names of it, which stand before the semicolon.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.dutch import stem, stemmed, words

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS = Path(__file__).parent / "data" / "themes.txt"


def counted(text: str) -> Mapping[str, int]:
    """How often a text uses the words of each theme."""
    joined = stemmed(text)
    return {
        theme: sum(joined.count(f" {phrase} ") for phrase in phrases) for theme, phrases in told().items()
    }


def called(question: str) -> Mapping[str, frozenset[str]]:
    """The themes that a question calls by what they are called, each with the stems that it does so by."""
    joined = stemmed(question)
    found = {
        theme: frozenset(part for phrase in names if f" {phrase} " in joined for part in phrase.split())
        for theme, (names, _) in _listed().items()
    }
    return {theme: stems for theme, stems in found.items() if stems}


@cache
def told() -> Mapping[str, tuple[str, ...]]:
    """Theme → all that tells of it: the stems of words and phrases, those of a phrase parted by spaces."""
    return {theme: (*names, *others) for theme, (names, others) in _listed().items()}


@cache
def _listed() -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Theme → its names and the other words that tell of it, as stems."""
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    named = (line.split(":") for line in lines if line.strip() and not line.startswith("#"))
    return {
        theme.strip(): (_stems(names), _stems(others))
        for theme, told in named
        for names, _, others in [told.partition(";")]
    }


def _stems(phrases: str) -> tuple[str, ...]:
    return tuple(
        " ".join(stem(word) for word in words(phrase)) for phrase in phrases.split(",") if phrase.strip()
    )
