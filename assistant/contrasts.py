"""Where a sentence and its source differ in one small word: denials, opposites, and how far they reach.

The words stand in assistant/data/meaning/, for an editor to extend. All of them are compared as stems, and
only where the two texts speak of the same things: a denial in another clause says nothing about this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from assistant.dutch import fold, stem, stop_words, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

SCOPES = ("all", "some", "only", "also", "may", "must")
_DATA = files("assistant") / "data" / "meaning"
_CLAUSE = re.compile(r"[,;:()–]|\b(?:maar|omdat|doordat|terwijl|zodat|want|en|of|die|dat|waardoor|als|om)\b")
_STRONG = frozenset({"niet", "geen", "nooit", "niemand", "niets", "nergens", "zonder", "nauwelijks", "amper"})
_NEAR = 5
"""How many content words on either side a denial is taken to be about."""
_FAR = 30
_Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cues:
    """What a text denies and how far it reaches.

    `denials` holds, per denying word, the stems of the content words around it in its clause; `scopes` the
    kinds of SCOPES that occur, each with the stems that follow; `sides` the (line, side) of every word in the
    lists of opposites and of others, with the word as written.
    """

    denials: tuple[tuple[str, frozenset[str]], ...]
    scopes: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]
    opposites: Mapping[int, Mapping[int, str]]
    others: Mapping[int, Mapping[int, str]]


@lru_cache(maxsize=4_096)
def cues(text: str) -> Cues:
    """The cues of a plain text."""
    folded = words(text)
    stems = tuple(stem(word) for word in folded)
    denials: list[tuple[str, frozenset[str]]] = []
    for clause in _CLAUSE.split(fold(text)):
        denials += _denials(tuple(words(clause)))
    return Cues(
        tuple(denials),
        {kind: found for kind in SCOPES if (found := tuple(_scoped(folded, stems, kind)))},
        _sides(stems, folded, "opposites.txt"),
        _sides(stems, folded, "others.txt"),
    )


def _denials(clause: tuple[str, ...]) -> Iterator[tuple[str, frozenset[str]]]:
    denying, not_denying = _negations()
    for place, word in enumerate(clause):
        if word not in denying or any(_stands(clause, place, phrase) for phrase in not_denying):
            continue
        before, after = clause[max(0, place - _FAR) : place], clause[place + 1 : place + 1 + _FAR]
        yield word, frozenset([*_content(before)[-_NEAR:], *_content(after)[:_NEAR]])


def _content(found: Sequence[str]) -> list[str]:
    return [stem(word) for word in found if word not in stop_words()]


def _stands(clause: Sequence[str], place: int, phrase: _Phrase) -> bool:
    """Whether a phrase with the word at this place stands around it."""
    return any(
        clause[place - offset : place - offset + len(phrase)] == phrase
        for offset in range(min(len(phrase), place + 1))
    )


def _scoped(folded: Sequence[str], stems: Sequence[str], kind: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The words of one kind of scope with the next two content stems."""
    masked = _masked(folded)
    begins = {phrase[0] for phrase in _scopes()[kind]}
    for place in range(len(folded)):
        for phrase in _scopes()[kind] if folded[place] in begins else ():
            if tuple(folded[place : place + len(phrase)]) == phrase and _counts(folded, place, kind, masked):
                rest = range(place + len(phrase), len(folded))
                following = [stems[at] for at in rest if folded[at] not in stop_words()]
                yield " ".join(phrase), tuple(following[:2])
                break


def _counts(folded: Sequence[str], place: int, kind: str, masked: Collection[int]) -> bool:
    """Whether a word of a scope counts where it stands: "niet alleen" restricts nothing."""
    return place not in masked and not (kind == "only" and place and folded[place - 1] == "niet")


def _masked(folded: Sequence[str]) -> set[int]:
    """The places of phrases such as "in elk geval", which look like a scope and are none."""
    found: set[int] = set()
    begins = {phrase[0] for phrase in _scopes()["none"]}
    for place in range(len(folded)):
        for phrase in _scopes()["none"] if folded[place] in begins else ():
            if tuple(folded[place : place + len(phrase)]) == phrase:
                found |= set(range(place, place + len(phrase)))
    return found


def _sides(stems: Sequence[str], folded: Sequence[str], name: str) -> dict[int, dict[int, str]]:
    """Line → side → the words of the text that stand on it."""
    found: dict[int, dict[int, str]] = {}
    index = _lists(name)
    for place in range(len(stems)):
        for length in (1, 2):
            for line, side in (
                index.get(tuple(stems[place : place + length]), ()) if place + length <= len(stems) else ()
            ):
                found.setdefault(line, {})[side] = " ".join(folded[place : place + length])
    return found


def turned(
    claim: Mapping[int, Mapping[int, str]], source: Mapping[int, Mapping[int, str]]
) -> list[tuple[str, str]]:
    """(word of the claim, word of the source): the source has another side of a line and not the claim's."""
    found = []
    for line, sides in claim.items():
        theirs = source.get(line, {})
        for side, word in sides.items():
            replaced = [other for at, other in theirs.items() if at not in sides]
            if side not in theirs and replaced:
                found.append((word, replaced[0]))
    return found


def exchanged(claim: str, source: str) -> bool:
    """Whether two words that stand in each other's place say something else: opposites, or "on-" before one.

    Both are folded words; the lines with ~ count too.
    """
    if claim == f"on{source}" or source == f"on{claim}":
        return True
    ours, theirs = (_in_place().get(stem(word), ()) for word in (claim, source))
    if any(one == other for one in ours for other in theirs):
        return False
    return any(line == other for line, _ in ours for other, _ in theirs)


def denies(word: str) -> bool:
    """Whether a folded word turns a sentence around wherever it stands."""
    return word in _STRONG


def matters(word: str) -> bool:
    """Whether a function word may change what a sentence says."""
    return stem(word) in _in_place() or word in _negations()[0]


def denied(claim: Cues, source: Cues, shared: Collection[str]) -> list[str]:
    """The denying words that only one of the two has, about words that both have (`shared` stems)."""
    ours = [word for word, about in claim.denials if not about or about & set(shared)]
    theirs = [word for word, about in source.denials if len(about & set(shared)) * 2 >= len(about)]
    if not claim.denials:
        return theirs
    return ours if not source.denials else []


@cache
def causes() -> frozenset[str]:
    """The folded words that give a cause or an effect."""
    return frozenset(fold(word.strip()) for line in _every_line("causes.txt") for word in line.split(","))


def same_words() -> list[tuple[str, ...]]:
    """The groups of words that mean about the same, as stems: everyday words, and the sides of both lists."""
    sides = [
        side for name in ("opposites.txt", "others.txt") for line in _lines(name) for side in line.split("|")
    ]
    found = []
    for group in [*_lines("same.txt"), *sides]:
        members = (words(member) for member in group.split(","))
        found.append(tuple(stem(member[0]) for member in members if len(member) == 1))
    return found


@cache
def _negations() -> tuple[frozenset[str], tuple[_Phrase, ...]]:
    lines = list(_lines("negations.txt"))
    border = lines.index("not:")
    return frozenset(fold(line) for line in lines[:border]), tuple(
        tuple(words(line)) for line in lines[border + 1 :]
    )


@cache
def _scopes() -> dict[str, tuple[_Phrase, ...]]:
    parted = (line.partition(":") for line in _lines("scope.txt"))
    return {
        kind: tuple(sorted((tuple(words(each)) for each in rest.split(",")), key=len, reverse=True))
        for kind, _, rest in parted
    }


@cache
def _in_place() -> dict[str, tuple[tuple[str, int], ...]]:
    """Stem → the (line, side) pairs of all lists on which it stands, those for words in place included."""
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for name in ("opposites.txt", "others.txt"):
        for line in _every_line(name):
            for side, members in enumerate(line.removeprefix("~").split("|")):
                for own in (words(member) for member in members.split(",")):
                    if len(own) == 1:
                        found[stem(own[0])] = (*found.get(stem(own[0]), ()), (line, side))
    return found


@cache
def _lists(name: str) -> dict[_Phrase, tuple[tuple[int, int], ...]]:
    """Stems of a word or phrase → the (line, side) pairs on which it stands."""
    found: dict[_Phrase, tuple[tuple[int, int], ...]] = {}
    for line, sides in enumerate(_lines(name)):
        for side, members in enumerate(sides.split("|")):
            for member in members.split(","):
                key = tuple(stem(word) for word in words(member))
                if (line, side) not in found.get(key, ()):
                    found[key] = (*found.get(key, ()), (line, side))
    return found


def _lines(name: str) -> Iterator[str]:
    return (line for line in _every_line(name) if not line.startswith("~"))


def _every_line(name: str) -> Iterator[str]:
    for line in (_DATA / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()
