"""A sentence read for comparison: its words, stems, numbers, names, denials; and how far one says another.

Nothing here knows what is a claim and what is a source, or what follows from a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant import contrasts, names
from assistant.compounds import parts
from assistant.dutch import alternatives, stem, stop_words, words
from assistant.quantities import Quantity, is_number, quantities

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_SYNONYM, _PART, _HEAD = 0.85, 0.8, 0.5
"""What a synonym counts for, a part of a compound, and a word that begins alike; the word itself counts 1."""
_HEAD_LETTERS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A plain text with everything that is compared.

    `order` holds all folded words, `content` the stems of those that carry meaning, no numbers. `known` holds
    stems, also those of parts of compounds, and marks of groups of synonyms; `heads` how long stems begin.
    """

    text: str
    order: tuple[str, ...]
    words: frozenset[str]
    content: tuple[str, ...]
    known: frozenset[str]
    heads: frozenset[str]
    quantities: tuple[Quantity, ...]
    names: tuple[names.Name, ...]
    initials: str
    cues: contrasts.Cues


@lru_cache(maxsize=8_192)
def read(text: str) -> Reading:
    """Read a plain text (no Markdown)."""
    order = tuple(words(text))
    meaning = [word for word in order if word not in stop_words()]
    own = {part for word in meaning for part in parts_of(word)}
    grouped = {f"={group}" for word in order for group in _groups().get(stem(word), ())}
    synonyms = {f"~{part}" for phrase in alternatives(text) for part in phrase.split()}
    return Reading(
        text,
        order,
        frozenset(order),
        tuple(stem(word) for word in meaning if not is_number(word)),
        frozenset(own | grouped | synonyms),
        frozenset(each[:_HEAD_LETTERS] for each in own if len(each) > _HEAD_LETTERS),
        quantities(text),
        names.names(text),
        names.initials(text),
        contrasts.cues(text),
    )


@lru_cache(maxsize=65_536)
def parts_of(word: str) -> frozenset[str]:
    """The stems of a folded word and of the parts that it is made of."""
    return frozenset({stem(word), *(stem(part) for part in parts(word))})


def covered(claim: Reading, source: Reading) -> list[float]:
    """Per content word of the claim how far the source says it, 0 to 1."""
    return [covers(word, source) for word in claim.content]


def coverage(claim: Reading, source: Reading) -> float:
    """How much of the claim's content the source says, 0 to 1; 0 for a claim without content words."""
    return mean(covered(claim, source))


def covers(word: str, source: Reading) -> float:
    """How far a source says a stem: 1 if it has it, less for a synonym, a part, or one that begins alike."""
    if word in source.known:
        return 1.0
    marks, own = _forms(word)
    if not marks.isdisjoint(source.known):
        return _SYNONYM
    if own:
        return _PART * len(own & source.known) / len(own)
    return _HEAD if len(word) > _HEAD_LETTERS and word[:_HEAD_LETTERS] in source.heads else 0.0


@lru_cache(maxsize=65_536)
def _forms(word: str) -> tuple[frozenset[str], frozenset[str]]:
    """The marks of the groups of synonyms that a stem stands in, and the stems of its parts."""
    return frozenset({f"~{word}", *(f"={group}" for group in _groups().get(word, ()))}), parts_of(word) - {
        word
    }


def copied(claim: Reading, source: Reading) -> float:
    """The part of the claim's pairs of neighbouring words that stand so in the source, 0 to 1."""
    ours = set(pairwise(claim.order))
    return len(ours & set(pairwise(source.order))) / (len(ours) or 1)


def alike(first: str, second: str) -> bool:
    """Whether two stems are the same, synonyms, or share a part of a compound."""
    if set(_groups().get(first, ())) & set(_groups().get(second, ())):
        return True
    return first.endswith(second) or second.endswith(first) or bool(parts_of(first) & parts_of(second))


def mean(values: Collection[float] | Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


@cache
def _groups() -> Mapping[str, tuple[int, ...]]:
    """Stem → the numbers of the groups of words that mean about the same."""
    found: dict[str, tuple[int, ...]] = {}
    for group, members in enumerate(contrasts.same_words()):
        for member in members:
            found[member] = (*found.get(member, ()), group)
    return found
