"""Dutch numbers, dates, amounts and shares → values that can be compared, however they are written.

"een kwart" is 25 %, "ruim 2.000" is 2,000 or a little more, "€ 4,5 mln" is an amount of 4,500,000 and "twaalf
dagen" is less than "twee weken". A value matches another when it says the same, or says it more coarsely
("ruim twee vijfde" for 44 %); a number that is as precise and differs does not.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import permutations, zip_longest
from typing import TYPE_CHECKING, Literal

from assistant.dutch import fold, stem, stop_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Kind = Literal["count", "share", "money", "year", "month", "day", "duration", "ordinal"]
Bound = Literal["", "about", "over", "under", "least", "most", "several", "many"]
"""What stands before a number: "ongeveer", "ruim", "bijna", "minstens" or "hooguit", each with its likes; or
that it is a word for several or many of them: "honderden", "duizenden"."""

DATES: frozenset[Kind] = frozenset({"year", "month", "day"})
"""The kinds that tell when."""
MAX_CHARACTERS = 20_000
"""What stands beyond this is not read: a bound on hostile texts."""

_TOKEN = re.compile(
    r"[^\W\d_]+\d\w*|\d{1,3}(?:[.,]\d{3})+(?:,\d+)?(?!\d)|\d{1,15}(?:[.,]\d{1,9})?|[^\W\d_]+(?:['’][^\W\d_]+)*"
    r"|[%€–/:;,()+-]"
)
_LASTED = {"jarig": "jaar", "maands": "maanden", "weeks": "weken", "daags": "dagen"}
_LASTING = re.compile(rf"(?<![\w,.-])(\d{{1,3}}|[^\W\d_]{{3,20}}?)-?({'|'.join(_LASTED)})e?(?!\w)")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?:,\d+)?")
_UNITS = (
    "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien "
    "zeventien achttien negentien"
)
_SMALL = {word: place for place, word in enumerate(_UNITS.split())}
_TENS = {
    word: 20 + 10 * place
    for place, word in enumerate(
        ["twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"]
    )
}
_HALVES = {"anderhalf": 1.5, "anderhalve": 1.5, "tweeenhalf": 2.5, "tweeenhalve": 2.5, "drieenhalf": 3.5}
_TIMES = {"honderd": 1e2, "duizend": 1e3, "miljoen": 1e6, "mln": 1e6, "miljard": 1e9, "mld": 1e9}
_CROWDS: dict[str, tuple[float, Bound]] = {
    "tientallen": (1e1, "several"),
    "honderden": (1e2, "several"),
    "duizenden": (1e3, "many"),
    "tienduizenden": (1e4, "several"),
    "miljoenen": (1e6, "many"),
}
_ORDINALS = {
    "eerste": 1,
    "tweede": 2,
    "derde": 3,
    "vierde": 4,
    "vijfde": 5,
    "zesde": 6,
    "zevende": 7,
    "achtste": 8,
    "negende": 9,
    "tiende": 10,
    "elfde": 11,
    "twaalfde": 12,
    "dertiende": 13,
    "veertiende": 14,
    "vijftiende": 15,
    "twintigste": 20,
    "honderdste": 100,
}
_MONTHS = {
    name: place
    for place, names in enumerate(
        [
            "januari jan",
            "februari feb",
            "maart mrt",
            "april apr",
            "mei",
            "juni jun",
            "juli jul",
            "augustus aug",
            "september sept",
            "oktober okt",
            "november nov",
            "december dec",
        ],
        start=1,
    )
    for name in names.split()
}
_DAYS = {
    "seconde": 1 / 86400,
    "minuut": 1 / 1440,
    "uur": 1 / 24,
    "dag": 1,
    "werkdag": 1,
    "week": 7,
    "maand": 30.4,
    "kwartaal": 91.3,
    "jaar": 365.25,
    "eeuw": 36525,
}
_DURATIONS = {stem(fold(word)): days for word, days in _DAYS.items()} | {
    stem(word): _DAYS[one]
    for word, one in {
        "seconden": "seconde",
        "minuten": "minuut",
        "uren": "uur",
        "dagen": "dag",
        "werkdagen": "werkdag",
        "weken": "week",
        "maanden": "maand",
        "kwartalen": "kwartaal",
        "jaren": "jaar",
        "eeuwen": "eeuw",
    }.items()
}
_PERCENT = {"%", "procent", "percent", "procentpunt", "pct"}
_EURO = {"€", "euro", "euros", "eur", "euro's"}
_BOUNDS: dict[Bound, str] = {
    "about": "ongeveer|circa|ca|zo'n|zo’n|rond|rondom|grofweg|pakweg|naar schatting|om en nabij|zowat",
    "over": "ruim|meer dan|na|later dan|boven|over|hoger dan|groter dan|langer dan|dik",
    "under": "bijna|krap|vóór|eerder dan|nog geen|net geen|minder dan|onder|lager dan|korter dan|haast",
    "least": "minstens|ten minste|tenminste|minimaal|vanaf|op zijn minst|niet minder dan|zeker",
    "most": "hooguit|hoogstens|maximaal|ten hoogste|tot|niet meer dan|uiterlijk|tot maximaal|binnen",
}
_BEFORE = [
    (phrase.split(), bound)
    for bound, phrases in _BOUNDS.items()
    for phrase in sorted(phrases.split("|"), key=lambda each: -len(each.split()))
]
_BEFORE.sort(key=lambda each: -len(each[0]))
_FACTORS: dict[Bound, tuple[float, float]] = {
    "": (1, 1),
    "about": (0.9, 1.1),
    "over": (1, 1.15),
    "under": (0.8, 1),
    "least": (1, math.inf),
    "most": (0, 1),
    "several": (2, 10),
    "many": (2, 1000),
}
_LIMITS = {"least", "most", "over", "under"}
_SKIPPED = {"de", "het", "een", "zo", "€"}
_OF = {"van", "deel", "daarvan", "ervan", "minder", "meer", "lager", "hoger", "zijn", "kleiner", "groter"}
_NO_UNIT = {"keer", "maal"}
_ACUTE = {"één", "eén"}
_TOLERANCE = 1e-6
_COARSE_SHARE = 0.02
"""How far a bare "een kwart" may be from a percentage."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text with what it counts.

    `value` is a plain number for a count, year (2024), month (1-12), day or ordinal; a part of one for a
    share (0.25), euros for money, days for a duration. `unit` is the stem of what is counted, or "". `digits`
    is how precise it is: its significant digits, 1 for what is said in a word like "kwart". `place` is the
    number of the word that it begins with.
    """

    text: str
    kind: Kind
    value: float
    bound: Bound
    unit: str
    digits: int
    place: int

    @property
    def range(self) -> tuple[float, float]:
        """The least and the most that it may stand for."""
        low, high = _FACTORS[self.bound]
        return self.value * low, self.value * high


@dataclass(frozen=True, slots=True)
class _Number:
    """A value at a place among the words, which goes on to `end`."""

    value: float
    digits: int
    start: int
    end: int
    kind: Kind = "count"


@lru_cache(maxsize=4_096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a plain text (no Markdown) in order; of a hostile one the first MAX_CHARACTERS."""
    tokens = _TOKEN.findall(_LASTING.sub(_lasting, text[:MAX_CHARACTERS].casefold()))
    found: list[Quantity] = []
    place = 0
    while place < len(tokens):
        number = _number(tokens, place)
        if number is None:
            place += 1
            continue
        found.append(_quantity(tokens, number))
        place = max(number.end, place + 1)
    return tuple(_with_shared_units(tokens, found))


def _lasting(found: re.Match[str]) -> str:
    """A number of years or the like in one word: "driejarig" is "drie jaar"; what is no number stays."""
    return found[0] if _value(found[1]) is None else f"{found[1]} {_LASTED[found[2]]}"


@lru_cache(maxsize=16_384)
def is_number(word: str) -> bool:
    """Whether one folded word is a number: digits, a number in words, or a word like "kwart"."""
    if word in _PERCENT | _EURO | _TIMES.keys():
        return True
    return (
        word[0].isdecimal()
        or word in _SHARES
        or word in _CROWDS
        or word in _ORDINALS
        or _value(word) is not None
    )


def equal(claim: Quantity, source: Quantity) -> bool:
    """Whether two quantities have the same value of the same kind."""
    return _comparable(claim, source) and _is_value(claim, source)


def same(claim: Quantity, source: Quantity) -> bool:
    """Whether a claimed quantity says what a quantity of the source says, perhaps more coarsely."""
    if not _comparable(claim, source):
        return False
    exact = DATES | {"ordinal"}
    return _is_value(claim, source) or (not {claim.kind, source.kind} & exact and _coarser(claim, source))


def within(claim: Quantity, source: Quantity) -> bool:
    """Whether a bare claimed value lies within a limit that the source gives: 45.000 in "tot 60.000 euro"."""
    if claim.bound or source.bound not in _LIMITS or claim.kind != source.kind:
        return False
    if claim.kind not in {"money", "share", "duration"}:
        return False
    if source.bound in {"most", "under"}:
        return 0.1 * source.value <= claim.value <= source.value
    return source.value <= claim.value <= 10 * source.value


def paired(claim: Sequence[Quantity], source: Sequence[Quantity]) -> dict[int, int]:
    """Place of a claimed quantity → place of the one of the source that it repeats; each is used once.

    Equal values of one kind go first, then equal ones of another kind ("blok 2", "het tweede blok"), then
    coarser ones.
    """
    found: dict[int, int] = {}
    tests = (lambda one, other: one.kind == other.kind and equal(one, other), equal, same)
    for test in tests:
        for place, each in enumerate(claim):
            free = (at for at in range(len(source)) if at not in found.values() and test(each, source[at]))
            other = None if place in found else next(free, None)
            if other is not None:
                found[place] = other
    return found


def _is_value(claim: Quantity, source: Quantity) -> bool:
    if claim.kind == source.kind == "year" and (claim.bound, source.bound) == ("least", "over"):
        return claim.value in {source.value, source.value + 1}
    return math.isclose(claim.value, source.value, rel_tol=_TOLERANCE)


def opposed(claim: Quantity, source: Quantity) -> bool:
    """Whether the same value is a lower bound in one and an upper bound in the other."""
    low, high = {"over", "least"}, {"under", "most"}
    return (claim.bound in low and source.bound in high) or (claim.bound in high and source.bound in low)


def derived(claim: Quantity, sources: Sequence[Quantity]) -> bool:
    """Whether a claimed quantity follows from two of the source: a part of a whole, or what is left of it."""
    counts = [each for each in sources if each.kind in {"count", "money"}][:8]
    for first, second in permutations(counts, 2):
        if first.value > second.value or not second.value:
            continue
        part = replace(first, kind="share", value=first.value / second.value, digits=3, bound="", unit="%")
        if first.kind == second.kind and claim.kind == "share" and same(claim, part):
            return True
        if claim.kind == first.kind == second.kind and _is_rest(claim, first, second):
            return True
    return False


def _is_rest(claim: Quantity, part: Quantity, whole: Quantity) -> bool:
    """337 of 342 leaves 5; only where the words say that one is part of the other."""
    return part.unit in {"", "van", whole.unit} and math.isclose(claim.value, whole.value - part.value)


def _comparable(claim: Quantity, source: Quantity) -> bool:
    if claim.kind == source.kind:
        return True
    kinds = {claim.kind, source.kind}
    if kinds == {"count", "money"}:
        return "" in (claim.unit, source.unit)
    return kinds in ({"count", "ordinal"}, {"count", "year"}) or (
        kinds == {"share", "count"} and (claim.unit in _NO_UNIT or source.unit in _NO_UNIT)
    )


def _coarser(claim: Quantity, source: Quantity) -> bool:
    """Whether the claim gives a rougher figure within which the source's lies."""
    crowd = claim.bound in {"several", "many"} and claim.bound != source.bound
    years = claim.unit != source.unit and claim.kind == "duration"
    rougher = claim.digits < source.digits or crowd or years
    if not rougher:
        return False
    low, high = claim.range
    if claim.bound in {"least", "most"}:
        low, high = claim.value * 0.8, claim.value * 1.25
        low, high = (claim.value, high) if claim.bound == "least" else (low, claim.value)
    if not claim.bound:
        slack = _COARSE_SHARE if claim.kind == "share" and claim.digits == 1 else 0.0
        low, high = claim.value - slack, claim.value + slack
    if claim.digits >= 2 and math.isclose(_rounded(source.value, claim.digits), claim.value, rel_tol=1e-9):
        return True
    source_low, source_high = source.range if source.bound == "about" else (source.value, source.value)
    return source_low <= high and source_high >= low


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}") if math.isfinite(value) else value


def _digits(written: str) -> int:
    """Significant digits: 2.000 has one, 2.012 four, 12,5 three."""
    bare = re.sub(r"\D", "", written).lstrip("0")
    decimals = "," in written and not _THOUSANDS.fullmatch(written)
    return len(bare if decimals else bare.rstrip("0") or bare[:1]) or 1


def _number(tokens: Sequence[str], place: int) -> _Number | None:
    """The number that begins at a place, with fractions and multipliers that belong to it."""
    for read in (_fraction, _month, _ordinal, _plain):
        found = read(tokens, place)
        if found is not None:
            return found
    return None


def _at(tokens: Sequence[str], place: int) -> str:
    return tokens[place] if 0 <= place < len(tokens) else ""


_SHARES = {
    "helft": 0.5,
    "kwart": 0.25,
    "driekwart": 0.75,
    "tweederde": 2 / 3,
    "eenderde": 1 / 3,
    "viervijfde": 0.8,
}


def _fraction(tokens: Sequence[str], place: int) -> _Number | None:
    """Such as "een kwart", "de helft", "twee derde", "1 op de 10"."""
    word = fold(tokens[place])
    if word in _SHARES:
        return _Number(_SHARES[word], 1, place, place + 1, "share")
    top = 1.0 if word == "een" else _value(tokens[place])
    if top is None:
        return None
    after = fold(_at(tokens, place + 1))
    if after in {"kwart", "derde"} or (after in _ORDINALS and after not in {"eerste", "tweede"}):
        bottom = 4 if after == "kwart" else _ORDINALS[after]
        whole = top >= 2 or after == "kwart" or _at(tokens, place + 2) in _OF | {""}
        return _Number(top / bottom, 1, place, place + 2, "share") if whole and top < bottom else None
    return _ratio(tokens, place, top)


def _ratio(tokens: Sequence[str], place: int, top: float) -> _Number | None:
    if _at(tokens, place + 1) != "op":
        return None
    at = place + 2 + (_at(tokens, place + 2) in {"de", "elke", "iedere"})
    bottom = _value(_at(tokens, at))
    if not bottom or bottom < top or not (at > place + 2 or bottom <= 100):
        return None
    return _Number(top / bottom, 1, place, at + 1, "share")


def _month(tokens: Sequence[str], place: int) -> _Number | None:
    month = _MONTHS.get(tokens[place])
    short = len(tokens[place]) <= 4 and tokens[place] not in {"mei", "juni", "juli"}
    if month is None or (short and not _at(tokens, place + 1).isdecimal()):
        return None
    return _Number(month, 2, place, place + 1, "month")


def _ordinal(tokens: Sequence[str], place: int) -> _Number | None:
    word = fold(tokens[place])
    if word in _ORDINALS:
        return _Number(_ORDINALS[word], 2, place, place + 1, "ordinal")
    if word.isdecimal() and _at(tokens, place + 1) in {"e", "de", "ste"} and len(word) < 4:
        nearby = _at(tokens, place + 1)
        return _Number(float(word), 2, place, place + 2, "ordinal") if nearby != "de" else None
    return None


def _plain(tokens: Sequence[str], place: int) -> _Number | None:
    """A number in digits or words with its multipliers: "12,5 miljoen", "anderhalf", "tienduizend"."""
    token = tokens[place]
    if token in _CROWDS:
        return _Number(_CROWDS[token][0], 1, place, place + 1)
    value = _value(token)
    if value is None and token in {"half", "halve"} and _at(tokens, place + 1) in _TIMES:
        value = 0.5
    if value is None:
        half = token in {"half", "halve"} and stem(_at(tokens, place + 1)) in _DURATIONS
        return _Number(0.5, 1, place, place + 1) if half else None
    digits = _digits(token) if token[0].isdecimal() else _digits(f"{value:.10g}")
    end = place + 1
    while _at(tokens, end) in _TIMES:
        value *= _TIMES[tokens[end]]
        end += 1
    return _Number(value, digits, place, end)


def _value(token: str) -> float | None:
    """The value of one word or figure, None where it is no number ("een" is an article, "één" is 1)."""
    if token in _ACUTE:
        return 1.0
    if token and token[0].isdecimal():
        return _figure(token)
    if token == "een" or not token.isalpha() or len(token) > 60:
        return None
    return _spelled(fold(token))


def _figure(token: str) -> float:
    if _THOUSANDS.fullmatch(token):
        whole, _, part = token.partition(",") if "." in token else (token.replace(",", ""), "", "")
        return float(f"{whole.replace('.', '')}.{part or 0}")
    return float(token.replace(",", "."))


@lru_cache(maxsize=16_384)
def _spelled(word: str) -> float | None:
    """The value of "tweehonderdvijftig"; None for what is no number in words."""
    if word in _HALVES:
        return _HALVES[word]
    if word.endswith("voudig") and len(word) > 8:
        return _spelled(word.removesuffix("voudig"))
    if word in _TIMES:
        return _TIMES[word]
    for name, times in (("duizend", 1000), ("honderd", 100)):
        left, found, right = word.partition(name)
        if found:
            before = _spelled(left) if left else 1.0
            after = _spelled(right.removeprefix("en")) if right else 0.0
            return None if before is None or after is None else before * times + after
    return _below_hundred(word)


def _below_hundred(word: str) -> float | None:
    if word in _SMALL or word in _TENS:
        return float((_SMALL | _TENS)[word])
    for tens, value in _TENS.items():
        head = word.removesuffix(tens)
        if head != word and head.endswith("en") and head[:-2] in _SMALL:
            return float(value + _SMALL[head[:-2]])
    return None


def _quantity(tokens: Sequence[str], number: _Number) -> Quantity:
    """The number with its bound, its kind and what it counts."""
    kind, value, unit = _measured(tokens, number)
    start, bound = _bound(tokens, number.start)
    bound = _CROWDS.get(tokens[number.start], (0, bound))[1]
    text = " ".join([*tokens[number.start : number.end], *(["procent"] if unit == "%" else [])])
    return Quantity(text, kind, value, bound, unit, number.digits, start)


def _measured(tokens: Sequence[str], number: _Number) -> tuple[Kind, float, str]:
    after = _at(tokens, number.end)
    days = _DURATIONS.get(stem(fold(after)))
    if number.kind == "share" and days is not None:  # "een kwart eeuw"
        return "duration", number.value * days, stem(fold(after))
    if number.kind != "count":
        return number.kind, number.value, _unit(tokens, number.end)
    if after in _PERCENT:
        return "share", number.value / 100, "%"
    if after in _EURO or _at(tokens, number.start - 1) == "€":
        return "money", number.value, "€"
    if after in _NO_UNIT and (
        number.value != int(number.value) or _at(tokens, number.end + 1) in {"zo", "het", "de"}
    ):
        return "share", number.value, "keer"
    return _when(tokens, number)


def _when(tokens: Sequence[str], number: _Number) -> tuple[Kind, float, str]:
    after = _at(tokens, number.end)
    days = _DURATIONS.get(stem(fold(after)))
    if days is not None and number.value < 1900:
        return "duration", number.value * days, stem(fold(after))
    token = tokens[number.start]
    if after in _MONTHS and token.isdecimal() and number.value <= 31:
        return "day", number.value, ""
    unit = _unit(tokens, number.end)
    if (
        number.end == number.start + 1
        and token.isdecimal()
        and len(token) == 4
        and 1800 <= number.value <= 2100
    ):
        counted = unit and _at(tokens, number.start - 1) in {
            "ruim",
            "ongeveer",
            "circa",
            "bijna",
            "dan",
            "zo'n",
        }
        if not counted:
            return "year", number.value, ""
    return "count", number.value, unit


def _unit(tokens: Sequence[str], place: int) -> str:
    """The stem of what is counted: the next word, or the one after it where that is an adjective in -e."""
    word = _at(tokens, place)
    if word == "van":
        return "van"
    if not word.isalpha() or fold(word) in stop_words():
        return ""
    after = _at(tokens, place + 1)
    if word.endswith("e") and after.isalpha() and fold(after) not in stop_words() and len(after) > 3:
        return stem(fold(after))
    return stem(fold(word))


def _bound(tokens: Sequence[str], place: int) -> tuple[int, Bound]:
    """Where a quantity begins with what bounds it, and that bound."""
    at = place
    while at and tokens[at - 1] in _SKIPPED:
        at -= 1
    for end in dict.fromkeys((place, at)):
        for phrase, bound in _BEFORE:
            start = end - len(phrase)
            if start >= 0 and list(tokens[start:end]) == phrase:
                after_number = phrase == ["tot"] and start and _value(tokens[start - 1]) is not None
                return (place, "") if after_number else (start, bound)
    return place, ""


def _with_shared_units(tokens: Sequence[str], found: Sequence[Quantity]) -> Iterator[Quantity]:
    """In "10 tot 15 procent" the first number is a percentage too."""
    for each, following in zip_longest(found, found[1:]):
        bare = each.kind == "count" and each.unit in {"", "en", "tot"}
        if (
            following is None
            or not bare
            or following.kind not in {"share", "money", "duration"}
            or following.unit == ""
        ):
            yield each
            continue
        between = following.place - each.place
        linked = between <= 3 and set(tokens[each.place : following.place]) & {
            "tot",
            "en",
            "-",
            "–",
            "à",
            "of",
            "naar",
        }
        yield _as(each, following) if linked else each


def _as(each: Quantity, model: Quantity) -> Quantity:
    factor = {"share": 0.01 if model.unit == "%" else 1.0, "duration": _DURATIONS.get(model.unit, 1)}.get(
        model.kind, 1.0
    )
    return replace(each, kind=model.kind, value=each.value * factor, unit=model.unit)
