"""The names in a sentence (places, organisations, persons), and whether two of them are the same.

A name is a run of words with a capital, "van" and "de" between them allowed. The first word of a sentence
counts only where it can be nothing else. Names meet by their words, by adjectives ("Leeuwarder" for
Leeuwarden), by abbreviations ("TRCA") and by the synonyms of this field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from assistant.dutch import fold, same_as, stop_words, words
from assistant.gazetteer import municipalities
from assistant.spelling import dictionary

if TYPE_CHECKING:
    from collections.abc import Iterator


def _table(listed: str) -> dict[str, str]:
    """Each `a = b` of a list parted by semicolons, as a → b."""
    parted = (each.partition(" = ") for each in " ".join(listed.split()).split("; "))
    return {key: value for key, _, value in parted}


_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’&+-]*|[a-z]{1,3}[A-Z][\w-]*|(?<![\w-])[\w-]{1,40}\.(?:nl|net|com|org|eu)\b"
_BETWEEN = r"van|der|den|de|het|en|aan|op|in|ter|voor|'s|&|and|of|the|for"
_RUN = re.compile(rf"(?:{_CAPITAL})(?:(?:\s+(?:{_BETWEEN})){{0,3}}\s+(?:{_CAPITAL}))*")
_ENDS = re.compile(r"(?:\A|[.!?:;•|]|[\"“„'‘(])\s*$")
_JOINING = {
    "van",
    "der",
    "den",
    "de",
    "het",
    "en",
    "aan",
    "op",
    "in",
    "ter",
    "voor",
    "and",
    "of",
    "the",
    "for",
    "s",
}
_ADJECTIVE = re.compile(r"(?:enaren|enaar|aren|aar|ers|er|se|s|e)$")
_ALSO = _table(
    """
    weense = wenen; weens = wenen; haagse = haag; haags = haag; parijse = parijs; duitse = duitsland; deense
    = denemarken; franse = frankrijk; belgische = belgie; britse = engeland; engelse = engeland; gelderse =
    gelderland; friese = fryslan; brabantse = brabant; limburgse = limburg; zeeuwse = zeeland; hollandse =
    holland; overijsselse = overijssel; drentse = drenthe;
    europese = europa; zweedse = zweden; noorse = noorwegen; finse = finland; zwitserse = zwitserland;
    oostenrijkse = oostenrijk; italiaanse = italie; spaanse = spanje; poolse = polen; ierse = ierland; schotse
    = schotland; canadese = canada; amerikaanse = amerika; chinese = china; vlaamse = vlaanderen
    """
)
_NOT_NAMES = frozenset(
    {
        "april",
        "augustus",
        "co2",
        "december",
        "euro",
        "europa",
        "europese",
        "februari",
        "i",
        "ii",
        "januari",
        "juli",
        "juni",
        "maart",
        "mei",
        "nederland",
        "nederlander",
        "nederlanders",
        "nederlandse",
        "november",
        "oktober",
        "rijk",
        "september",
    }
)
_BEFORE = 40
_STEM = 4
"""Letters that an adjective and its place must share at least."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written, its folded words that matter, whether it is a municipality, and the word before it.

    `others` are the synonyms of this field for it, each as a set of stems.
    """

    text: str
    words: tuple[str, ...]
    place: bool
    before: str
    others: tuple[frozenset[str], ...] = ()


@lru_cache(maxsize=4_096)
def names(text: str) -> tuple[Name, ...]:
    """The names of a plain text, in order."""
    found: list[Name] = []
    for match in _RUN.finditer(text):
        for part in _parts(match[0], first=_begins(text, match.start(), match.end())):
            before = words(text[max(0, match.start() - 40) : match.start()])
            found.append(
                Name(part, _matter(part), is_place(part), before[-1] if before else "", _others(part))
            )
    return tuple(name for name in found if name.words and not set(name.words) <= _NOT_NAMES)


def _begins(text: str, start: int, end: int) -> bool:
    """Whether a run of capitals begins a sentence, so that its first capital says nothing."""
    label = text[end : end + 1] == ":" or text[end : end + 2] == " ("
    return not label and bool(_ENDS.search(text[max(0, start - _BEFORE) : start]))


def is_place(name: str) -> bool:
    """Whether a name is that of a municipality, region or country, or its adjective."""
    return fold(name) in _municipalities() or _place_in(fold(name)) in _ALSO.values()


def holds(known: frozenset[str], joined: str, name: Name) -> bool:
    """Whether a text names this: `known` are its folded words, `joined` its `initials`."""
    if all(_known(word, known) for word in name.words):
        return True
    if any(other <= known for other in name.others):
        return True
    return _is_abbreviation(name, joined)


@lru_cache(maxsize=4_096)
def _others(name: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(phrase.split()) for phrase in same_as(name))


def initials(text: str) -> str:
    """The first letters of all names of a text, run together: in them abbreviations are found."""
    letters = ("".join(word[0] for word in words(match[0])) for match in _RUN.finditer(text))
    small = (
        "".join(word[0] for word in words(match[0]) if word not in _JOINING) for match in _RUN.finditer(text)
    )
    return f" {' '.join([*letters, *small])} "


def _is_abbreviation(name: Name, joined: str) -> bool:
    written = name.text.replace(".", "")
    return len(name.words) == 1 and len(written) > 2 and written.isupper() and fold(written) in joined


def _known(word: str, known: frozenset[str]) -> bool:
    if word in known or _place_in(word) in known:
        return True
    if word in _ALSO.values() and any(_place_in(other) == word for other in known):
        return True
    base = _base(word)
    return len(base) >= _STEM and any(
        _same_base(base, other) for other in known if other[:_STEM] == base[:_STEM]
    )


def _place_in(word: str) -> str:
    """The place that an adjective is made of ("Deens", "Deense"); the word itself where it is none."""
    return _ALSO.get(word) or _ALSO.get(f"{word}e", word)


def _same_base(base: str, other: str) -> bool:
    if other.startswith(base) and len(other) - len(base) <= _STEM:
        return True
    own = _base(other)
    return base.startswith(own) and len(own) >= max(_STEM, len(base) - 2)


@lru_cache(maxsize=16_384)
def _base(word: str) -> str:
    """A word without the ending of an adjective made of a place: leeuward(er)."""
    return _ADJECTIVE.sub("", word)


def _matter(name: str) -> tuple[str, ...]:
    return tuple(word for word in words(name) if word not in _JOINING and len(word) > 1)


def _parts(run: str, *, first: bool) -> Iterator[str]:
    """The names in a run of capitals: a word that only begins the sentence is dropped, "A en B" are two."""
    if first:
        head, _, rest = run.partition(" ")
        if _common(head) and not is_place(run):
            run = re.sub(r"^(?:(?:van|der|den|de|het|en|aan|op|in|ter|voor|of)\s+)+", "", rest)
    for part in re.split(r"\s+(?:en|of|and|in|op|voor|aan)\s+", run) if not is_place(run) else (run,):
        if part and part[0] != "'":
            yield part


@lru_cache(maxsize=16_384)
def _common(word: str) -> bool:
    """Whether a word with a capital may be an ordinary word that begins a sentence."""
    if (not word[1:].islower() and len(word) > 1) or any(map(str.isdigit, word)):
        return False
    lower = word.casefold()
    if fold(lower) in stop_words():
        return True
    return not is_place(word) and (lower in dictionary("nl") or len(lower) > 9 or "-" in lower)


@cache
def _municipalities() -> frozenset[str]:
    return frozenset(fold(name) for name in municipalities())
