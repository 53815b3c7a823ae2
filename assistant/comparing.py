"""A claim beside one stretch of its evidence: what is wrong by rule, and the signals that a score weighs.

Rules first: a number, date or name that is not the source's is a fault, however alike the rest. The signals
(FEATURES) tell how far the claim is said, how it differs word by word, and where one of the two denies,
restricts, or turns around what the other says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from assistant import contrasts, names
from assistant.dutch import stem, stop_words
from assistant.quantities import (
    DATES,
    Quantity,
    derived,
    is_number,
    opposed,
    paired,
    same,
    within,
)
from assistant.readings import Reading, alike, copied, coverage, covered, covers, read
from assistant.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.evidence import Stretch

FEATURES = (
    "similarity",
    "slight",
    "copied",
    "part",
    "rearranged",
    "altered",
    "exchanged",
    "uneven",
    "cause",
    "caused",
    "denied",
    "opposite",
    "other",
    "all",
    "some",
    "only",
    "also",
    "may",
    "must",
    "bound",
    "elsewhere",
    "swapped",
    "swapped_words",
)
ENOUGH = 3
"""From so many sentences on, evidence names what it is about: a name that it lacks is then a fault."""
COPY = 0.6
"""From here on (`readings.copied`) a claim is a copy with changes rather than a sentence in other words."""
_COMPARED, _MOST_NUMBERS, _MOST_CLAUSES, _MOST_KEYS = 200, 30, 12, 16
"""Bounds on hostile texts: words, numbers, clauses and words that may have changed places."""
_LOCAL = 4
_FEW = 10
"""A claim may count so many things that the source names one by one."""
_SAID = 0.8
_CLEAR = 0.5
_BECAUSE = re.compile(r"\b(?:omdat|doordat|want|dankzij|vanwege|wegens|waardoor|zodat|door|aangezien)\b")
_CLAUSE = re.compile(r"[,;:]|\b(?:maar|omdat|doordat|terwijl|zodat|want|en|waardoor)\b")
_NEAR_SIMILARITY, _SIMILARITY_SCALE = 0.85, 20.0
_CLOSE, _WORDS = 2.0, 3.0
"""A sentence of which fewer content words are said, as a short one must be, has to come closer in meaning."""
_MOST_CAUSES = 2
_SCOPE = ("all", "some", "only", "also", "may", "must")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A claim beside a stretch: `faults` decide against it, `remarks` say what else differs.

    `values` holds the FEATURES but those that need the similarity, and how many content words are said.
    """

    stretch: Stretch
    faults: tuple[Reason, ...]
    remarks: tuple[Reason, ...]
    values: Mapping[str, float]

    def features(self, cosine: float) -> tuple[float, ...]:
        """All FEATURES, with the cosine of the two texts' vectors."""
        signal = (cosine - _NEAR_SIMILARITY) * _SIMILARITY_SCALE
        slight = max(_WORDS - self.values["said"], 0.0) * max(_CLOSE - signal, 0.0)
        values = {"similarity": signal, "slight": slight, **self.values}
        return tuple(values[name] for name in FEATURES)


def compare(claim: Reading, stretch: Stretch) -> Comparison:
    """Compare a claim with one stretch of its evidence."""
    source = stretch.reading
    copy = copied(claim, source)
    numbers = _numbers(claim, stretch)
    named = _named(claim, stretch, copy)
    edits = _edits(claim, source)
    opposite = contrasts.turned(claim.cues.opposites, source.cues.opposites)
    other = contrasts.turned(claim.cues.others, source.cues.others)
    shared = {word for word in claim.content if covers(word, source)}
    denied = contrasts.denied(claim.cues, source.cues, shared)
    values = {
        "said": sum(covered(claim, source)),
        "copied": copy,
        "part": float(not edits.foreign and not edits.moved),
        "rearranged": float(not edits.foreign and edits.moved > 0),
        "altered": min(edits.foreign, 3) * copy,
        "exchanged": float(bool(edits.exchanged)),
        "uneven": _uneven(claim, source),
        "cause": _cause(claim, source),
        "caused": float(min(sum(_is_new_cause(word, source) for word in claim.order), _MOST_CAUSES)),
        "denied": float(bool(denied)) * copy,
        "opposite": float(bool(opposite) and not denied),
        "other": float(bool(other)),
        "bound": float(numbers.opposed),
        "elsewhere": float(min(numbers.elsewhere + named.elsewhere, 3)),
        "swapped": _swapped(claim, source, _keys(claim)),
        "swapped_words": _swapped(claim, source, [word for word in claim.order if word not in stop_words()]),
    } | _scope(claim, source)
    turned = [*edits.exchanged, *opposite, *other]
    remarks = (*named.remarks, *_remarks(denied, turned, edits.foreign, values))
    return Comparison(stretch, (*numbers.faults, *named.faults), remarks, values)


def overlap(claim: Reading, stretch: Stretch) -> float:
    """How many words of a claim a stretch has: a first look that costs next to nothing."""
    shared = len(claim.words & stretch.reading.words) + len(claim.known & stretch.reading.known)
    return shared / (1 + 0.1 * len(stretch.sentences))


def likeness(claim: Reading, stretch: Stretch) -> float:
    """How much of a claim a stretch may say, cheaply, 0 to 1; one of two sentences must say more."""
    source = stretch.reading
    marks = [covers(word, source) for word in claim.content]
    marks += [float(any(same(each, other) for other in source.quantities)) for each in claim.quantities]
    marks += [float(names.holds(source.words, source.initials, each)) for each in claim.names]
    return sum(marks) / (len(marks) or 1) - 0.08 * (len(stretch.sentences) - 1)


def said(claim: Reading, source: Reading) -> float:
    """How many content words and numbers (no dates, no small ones) of a claim a text has."""
    counted = [
        each for each in claim.quantities if each.kind not in DATES | {"ordinal"} and each.value > _FEW
    ]
    return sum(covers(word, source) for word in claim.content) + sum(
        1.0 for each in counted if any(same(each, other) for other in source.quantities)
    )


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What the numbers of a claim say beside those of a stretch."""

    faults: tuple[Reason, ...]
    opposed: bool
    units: bool
    elsewhere: int


def _numbers(claim: Reading, stretch: Stretch) -> _Numbers:
    ours, theirs = claim.quantities[:_MOST_NUMBERS], stretch.reading.quantities[:_MOST_NUMBERS]
    pairs = paired(ours, theirs)
    left = [other for at, other in enumerate(theirs) if at not in pairs.values()]
    faults: list[Reason] = []
    opposing = units = False
    elsewhere = 0
    for place, each in enumerate(ours):
        if place in pairs:
            other = theirs[pairs[place]]
            opposing |= opposed(each, other)
            units |= not _same_unit(each, other)
            if not _same_unit(each, other) and _is_counted(each, theirs):
                faults.append(Reason("number-counted", (each.text,)))
        elif _is_wrong(each, left, stretch):
            faults.append(_number_reason(each))
        elif each.value != 1 and not any(same(each, other) for other in theirs):
            elsewhere += not derived(each, theirs)
    return _Numbers(tuple(faults), opposing, units, elsewhere)


def _is_wrong(each: Quantity, left: Sequence[Quantity], stretch: Stretch) -> bool:
    """Whether a number is not the source's: it has others in its place (`left`), or has it nowhere."""
    rivals = [other for other in left if other.kind == each.kind]
    if rivals:
        return not (len(rivals) == 1 and within(each, rivals[0]))
    loose = each.kind == "ordinal" or (each.kind == "count" and each.value <= _FEW)
    known = (*stretch.passage.quantities, *stretch.reading.quantities)
    return not (
        loose or derived(each, stretch.reading.quantities) or any(same(each, other) for other in known)
    )


def _number_reason(each: Quantity) -> Reason:
    kind = "number" if each.kind not in DATES else "date-year" if each.kind == "year" else "date"
    return Reason(kind, (each.text,))


def _is_counted(claim: Quantity, sources: Sequence[Quantity]) -> bool:
    """Whether the source gives another number for what the claim counts."""
    return any(
        other.kind == claim.kind and other.unit and _same_unit(claim, other) and not same(claim, other)
        for other in sources
    )


def _same_unit(claim: Quantity, source: Quantity) -> bool:
    ours, theirs = claim.unit, source.unit
    if claim.kind != "count" or "" in (ours, theirs) or "van" in (ours, theirs):
        return True
    return alike(ours, theirs)


@dataclass(frozen=True, slots=True)
class _Names:
    """What the names of a claim say beside those of a stretch."""

    faults: tuple[Reason, ...]
    remarks: tuple[Reason, ...]
    missing: int
    elsewhere: int


def _named(claim: Reading, stretch: Stretch, copy: float) -> _Names:
    source = stretch.reading
    faults: list[Reason] = []
    remarks: list[Reason] = []
    elsewhere = 0
    for each in claim.names:
        if names.holds(source.words, source.initials, each):
            continue
        reason = Reason("name", (each.text,))
        known = names.holds(stretch.passage.words, stretch.passage.initials, each)
        rivals = [other for other in source.names if not names.holds(claim.words, claim.initials, other)]
        told = stretch.around >= ENOUGH or copy >= COPY
        if _is_replaced(each, rivals, known=known) or (told and not known):
            faults.append(reason)
        elif known:
            elsewhere += 1
        else:
            remarks.append(reason)
    return _Names(tuple(faults), tuple(remarks), len(remarks), elsewhere)


def _is_replaced(name: names.Name, rivals: Sequence[names.Name], *, known: bool) -> bool:
    """Whether another name stands in the source where this one stands in the claim."""
    if known:
        return any((name.place and other.place) or (name.before == other.before != "") for other in rivals)
    return any(name.place == other.place for other in rivals)


def _scope(claim: Reading, source: Reading) -> dict[str, float]:
    """Per kind of scope 1 where only one of the two texts has it."""
    ours, theirs = claim.cues.scopes, source.cues.scopes
    return {
        "all": float("all" in ours and "all" not in theirs),
        "some": float("some" in ours and "all" in theirs and "some" not in theirs)
        + float("some" in theirs and "some" not in ours and "all" in ours),
        "only": float(("only" in ours) != ("only" in theirs)),
        "also": float("also" in ours and "only" in theirs and "also" not in theirs),
        "may": float("may" in theirs and "may" not in ours and "must" not in theirs),
        "must": float("must" in ours and "must" not in theirs),
    }


@dataclass(frozen=True, slots=True)
class _Edits:
    """How a claim differs from a stretch, word by word.

    `foreign` words stand nowhere in the stretch, `moved` ones elsewhere; `exchanged` are (word of the claim,
    word of the source) in its place that says something else.
    """

    foreign: int
    moved: int
    exchanged: tuple[tuple[str, str], ...]


def _edits(claim: Reading, source: Reading) -> _Edits:
    ours, theirs = claim.order[:_COMPARED], source.order[:_COMPARED]
    matcher = SequenceMatcher(None, theirs, ours, autojunk=False)
    uneven = sum(map(contrasts.denies, ours)) != sum(map(contrasts.denies, theirs))
    foreign = moved = 0
    exchanged: list[tuple[str, str]] = []
    for kind, start, end, begin, until in matcher.get_opcodes():
        if kind in {"replace", "insert"}:
            for word in ours[begin:until]:
                moved += word in source.words
                foreign += _is_foreign(word, source)
        if uneven and kind != "equal" and max(end - start, until - begin) <= _LOCAL:
            exchanged += _denial(ours[begin:until], theirs[start:end])
        if kind == "replace" and max(end - start, until - begin) <= _LOCAL:
            exchanged += [
                (word, other)
                for word in ours[begin:until]
                for other in theirs[start:end]
                if contrasts.exchanged(word, other)
            ]
    return _Edits(foreign, moved, tuple(exchanged))


def _denial(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[str, str]]:
    """A denying word that was put in or taken out, if there is one."""
    added, removed = (next(filter(contrasts.denies, each), "") for each in (ours, theirs))
    return [(added or "…", removed or "…")] if bool(added) != bool(removed) else []


def _is_foreign(word: str, source: Reading) -> bool:
    """Whether a word adds something: not said in the source, no number, no mere function word."""
    if word in source.words or is_number(word):
        return False
    if word in stop_words():
        return contrasts.matters(word)
    return covers(stem(word), source) < _SAID


def _uneven(claim: Reading, source: Reading) -> float:
    """How much less the worst clause of a claim is said than the best one is copied."""
    clauses = [read(part) for part in _CLAUSE.split(claim.text)[:_MOST_CLAUSES]]
    long = [clause for clause in clauses if len(clause.content) >= 2]
    if len(long) < 2:
        return 0.0
    worst = min(coverage(clause, source) for clause in long)
    return max(max(copied(clause, source) for clause in long) - worst, 0.0)


def _cause(claim: Reading, source: Reading) -> float:
    """How much less of what follows "omdat", "doordat", "door" is said than of what stands before it."""
    match = _BECAUSE.search(claim.text)
    if not match:
        return 0.0
    before, after = (read(text) for text in (claim.text[: match.start()], claim.text[match.end() :]))
    return max(coverage(before, source) - coverage(after, source), 0.0) if after.content else 0.0


def _is_new_cause(word: str, source: Reading) -> bool:
    """Whether a word gives a cause or an effect, and the source does not have it."""
    if word not in contrasts.causes() or word in source.words:
        return False
    return word in stop_words() or covers(stem(word), source) < _SAID


def _keys(claim: Reading) -> list[str]:
    """The numbers of a claim and the words of its names."""
    named = {word for name in claim.names for word in name.words}
    return [word for word in claim.order if word[0].isdigit() or word in named]


def _swapped(claim: Reading, source: Reading, keys: Sequence[str]) -> float:
    ours, theirs = _surroundings(claim), _surroundings(source)
    shared = [key for key in dict.fromkeys(keys) if key in theirs][:_MOST_KEYS]
    found = 0
    for first, second in combinations(shared, 2):
        if _coordinated(claim.order, first, second):
            continue
        own = len(ours[first] & theirs[first]) + len(ours[second] & theirs[second])
        crossed = len(ours[first] & theirs[second]) + len(ours[second] & theirs[first])
        both = ours[first] & theirs[second] and ours[second] & theirs[first]
        found = max(found, crossed - own if both else 0)
    return min(found / 4, 1.0) if found >= 2 else 0.0


def _coordinated(order: Sequence[str], first: str, second: str) -> bool:
    """Whether two words are joined by "en" or "of" or stand in one list, so that their order says nothing."""
    places = [place for place, word in enumerate(order) if word in {first, second}]
    return any(
        (later - earlier == 2 and order[earlier + 1] in {"en", "of", "noch"}) or later - earlier == 1
        for earlier, later in pairwise(places)
    )


@lru_cache(maxsize=2_048)
def _surroundings(reading: Reading) -> Mapping[str, set[tuple[int, str]]]:
    """Word → (side, word) of the two words on either side of each of its places."""
    found: dict[str, set[tuple[int, str]]] = {}
    order = reading.order[:_COMPARED]
    for place, word in enumerate(order):
        own = found.setdefault(word, set())
        own |= {(-1, stem(each)) for each in order[max(place - 2, 0) : place]}
        own |= {(1, stem(each)) for each in order[place + 1 : place + 3]}
    return found


def _remarks(
    denied: Sequence[str], turned: Sequence[tuple[str, str]], foreign: int, values: Mapping[str, float]
) -> list[Reason]:
    """What may be wrong with a claim, the clearest first."""
    told: tuple[tuple[bool, str, tuple[str, ...]], ...] = (
        (bool(denied), "negation", tuple(denied[:1])),
        (bool(turned), "contrast", turned[0] if turned else ()),
        (any(values[name] >= 1 for name in _SCOPE), "scope", ()),
        (values["bound"] > 0, "scope-bound", ()),
        (values["cause"] >= _CLEAR or values["caused"] > 0, "cause", ()),
        (max(values["swapped"], values["swapped_words"]) >= _CLEAR, "order", ()),
        (foreign >= 2, "words", ()),
    )
    return [Reason(name, said) for holds, name, said in told if holds]
