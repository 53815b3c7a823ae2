"""The themes of the collection, by the words that tell of them (assistant/data/themes.txt, for editors).

A document that names no themes itself gets those whose words it uses often; a question asks about a theme by
one of the names of it, Dutch or English, which stand before the first semicolon and after the second.
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
    """The themes that a question calls by what they are called, each with the stems that it does so by.

    A name that is a part of a longer one does not count: a homeowners' association is no homeowner.
    """
    rest = stemmed(question)
    named = [(name, theme) for theme, (names, _) in _listed().items() for name in names]
    found: dict[str, frozenset[str]] = {}
    for name, theme in sorted(named, key=lambda pair: -len(pair[0])):
        if f" {name} " in rest:
            rest = rest.replace(f" {name} ", "  ")
            found[theme] = found.get(theme, frozenset()) | set(name.split())
    return found


@cache
def told() -> Mapping[str, tuple[str, ...]]:
    """Theme → all that tells of it: the stems of words and phrases, those of a phrase parted by spaces."""
    return {theme: tuple(dict.fromkeys((*names, *others))) for theme, (names, others) in _listed().items()}


@cache
def _listed() -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Theme → its names and the other words that tell of it, as stems."""
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    named = (line.split(":") for line in lines if line.strip() and not line.startswith("#"))
    return {
        theme.strip(): (_stems(f"{names},{english}"), _stems(others))
        for theme, told in named
        for names, others, english in [told.split(";")]
    }


def _stems(phrases: str) -> tuple[str, ...]:
    stems = (
        " ".join(stem(word) for word in words(phrase)) for phrase in phrases.split(",") if phrase.strip()
    )
    return tuple(dict.fromkeys(stems))
