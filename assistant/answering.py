"""Citaten: passages that were found → the statements of an answer, word for word from the material.

A logistic score says how likely each sentence, list item or table row is to hold the answer; its coefficients
were fitted on the dev questions by `python -m assistant fit` (assistant/data/ranker.json, with
cross-validated figures). What is chosen keeps what it needs to be understood: the sentence that introduces a
list, the header of a table, the place that a case is about.

This module does not decide whether the material answers at all; `assistant.grounding` does.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant import asking
from assistant.citations import Chosen
from assistant.dutch import analyse, fold, named_in, same_as, stemmed
from assistant.passages import note_title, statement_text, statements, tells
from assistant.retrieval import idf

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from assistant.datatypes import Hit, Passage, Source, Unit
    from assistant.index import Index
    from assistant.retrieval import Query

    Floats = NDArray[np.float64]
    Lists = Mapping[tuple[str, int], list["Candidate"]]

NOTES = 4
"""How many notes an answer may draw on."""
MAX_WORDS, MAX_LISTED_WORDS, MAX_LIST_WORDS = 140, 155, 280
"""Of running text, of an answer that holds a list, and where a list is asked for. What headings and the line
that names years take comes on top of it, within the 150 and 300 words that were agreed."""
_TRIES = 4
"""So often is less chosen, where what a statement brings along makes an answer longer than that."""
LIKELY, LIKELY_LIST, LIKELY_BESIDE_LIST, LIKELY_ELSEWHERE = 0.6, 0.4, 0.7, 0.35
"""How likely against the likeliest: a statement beyond `Room.enough`, the best of a list, one beside it, the
best of a further note."""
A_NOTE = 180
"""The words of a short note. In an answer from a shorter text, such as a letter, there is less room: what
stands around the sentence that answers would be nearly all of it."""
ANNOUNCED = 1.0
"""How much likelier a list is, over its own chance, whose heading and introduction hold all that is asked."""
NUMBERED = 0.6
"""How much likelier a numbered list is where steps, phases or an order are asked for."""
ALIKE, MANY = 0.8, 5
"""Where this many statements are at least ALIKE as likely as the best, the answer may be any of them."""
AGAIN = 2
"""So many statements that a conversation said before may be said again, where they are LIKELY."""
OPENING = -0.8
"""What the opening of a further note counts less than what else that says, as log-odds."""
POINTERS = 2
"""How many sentences may be added in front of one that cannot be understood without them."""
SHORT_LIST_WORDS = 60
"""A list up to this length is shown whole as soon as two of its items are chosen: half a list misleads."""
COUNTED_LIST_WORDS = 90
"""The same, as soon as one is chosen, of a list that is one sentence or is introduced with its number."""

COUNTRY = "Nederland"
"""A place that says nothing of which case a note is about."""

FEATURES = (
    "similarity",
    "similarity_in_note",
    "similarity_gap",
    "coverage",
    "coverage_in_note",
    "passage",
    "passage_in_note",
    "best_in_passage",
    "neighbour",
    "number_asked",
    "name_asked",
    "names",
    "item",
    "item_of_list_asked",
    "row",
    "introduces",
    "asks",
    "length",
    "first_passage",
    "note",
    "note_first",
)

_NUMBER_QUESTION = re.compile(
    r"\b(hoeveel|hoe (vaak|lang|hoog|groot|vroeg|oud|duur)|how (many|much|long|often|old)|percentage|aandeel|"
    r"bedrag|welk deel|tot welk|wanneer|when|deadline|welk jaar|what year)\b"
)
_NAME_QUESTION = re.compile(r"\b(wie|who|whose|waar|where|welke|welk|which|noem|voorbeelden?|example)\b")
_LIST_QUESTION = re.compile(
    r"\b(alle|allemaal|som|opsomming|lijst|noem|geef|list|name the|welke|which|wat zijn|what are|"
    r"fasen|fases|fasering|volgorde|stappen|punten|lessen|redenen|voorwaarden|thema'?s|onderdelen|tips|phases|steps|lessons)\b"
)
_WHOLE_LIST_QUESTION = re.compile(
    r"\b(alle|allemaal|allebei|som|opsomming|lijst|list all|"
    r"(de|welke|which|the|wat zijn de|what are the) (\w+ )?(twee|drie|vier|vijf|zes|zeven|acht|negen|tien|"
    r"\d+|two|three|four|five|six|seven|eight|nine|ten)|welke \w+(en|s|ies)\b|which \w+s\b|wat zijn de|"
    r"what are the|factoren|fasen|fases|fasering|volgorde|stappen|punten|lessen|phases|steps|lessons)\b"
)
_ORDER_QUESTION = re.compile(r"\b(fasen?|fases|fasering|volgorde|stap(pen|penplan)?|phases?|steps?|order)\b")
_NUMBER = re.compile(
    r"\d|\b(twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|twintig|dertig|honderd|duizend|miljoen|miljard|kwart|derde|"
    r"helft|tientallen|honderden)\b"
)
_POINTS_BACK = re.compile(
    r"(die|dat|dit|deze|zij|ze|hij|hen|hun|beide|daarom|daardoor|daarvoor|daarmee|daarbij|daarna|daarnaast|"
    r"daarin|daarvan|daar|hier\w*|ook|toch|maar|zo|zo'n|zulke|dezelfde|dan|tegelijk|intussen|anderen|sommigen|"
    r"een van (hen|de)|(de |het )?(eerste|tweede|derde|laatste)|"
    r"het (lijkt|gaat|is|was|wordt|werd|kan|heeft|kwam|won))\b",
    re.IGNORECASE,
)
_FIRST_WORDS = r"(?:[\w'’&.-]+ ){1,4}"
_POINTS_WITHIN = re.compile(
    r"(?:en|later|haar|zijn)\b(?! (?:de|het|er|een)\b)|(?:als|toen|omdat|wat|hoe) (?:hij|zij|ze)\b|"
    r"(?:alleen|juist|pas|vooral) (?:samen met )?(?:dat|die|deze|dit|daar\w*)\b|"
    r"(?:in|bij|op|na|met|voor|van|uit|tijdens|door|sinds|naast) (?:een (?:\w+ )?deel van )?"
    r"(?:deze|die|dat|dit|dezelfde)\b(?! jaar\b)|"
    rf"{_FIRST_WORDS}(?:daar(?:van|over|mee|voor|door|bij|om|naast)?|hier(?:voor|mee|over)?)\b|"
    rf"(?:{_FIRST_WORDS})?volgens (?:haar|hem|hen|henzelf)\b|"
    rf"{_FIRST_WORDS}(?:van|met|bij|aan|voor|helpt|helpen|nam|neemt|nemen) (?:hem|hen)\b|"
    rf"{_FIRST_WORDS}(?<!dat )(?<!hoe )(?<!die )(?<!wat )(?<!waar )(?<!wie )(?<!als )(?<!of )(?<!om )(?<!en )"
    r"(?:hij|zij|ze)\b|"
    rf"{_FIRST_WORDS}(?:(?:schreef|schrijft|zag|zagen|zien) dit|(?:noem\w*|ziet|doe\w*|deed|deden|was|waren|"
    r"werd\w*|word\w*|kon\w*|kan|kwam\w*|moet\w*|hoor\w*|gebruik\w*|pakt|pakken|probeert|zou) "
    r"(?:dit|dat|deze|die))\b"
)
"""Points back further on in its first words, where nothing before it in the sentence can be meant: "Juist
daar", "Bewoners hoorden dat laat". For a text whose first letter is made small."""
_NEEDS_ANTECEDENT = re.compile(
    r"(die|dat|zij|ze|hij|hen|hun|beide|daarom|daardoor|daarvoor|daarmee|daarbij|daarna|daarin|daarvan|hierdoor|"
    r"hiervoor|hiermee|hierbij|dezelfde|zulke)\b(?! (wijk|buurt|woningen|huizen|gemeente)\b)|"
    r".*\bdeze (twee|drie|vier|vijf|zes|zeven|acht|negen|tien)\b",
    re.IGNORECASE,
)
"""Says nothing under a heading alone, unlike "Dit is een training" or "Het is gelukt"."""
_SEEMS = re.compile(r"(?:het|dat|dit) (?:klinkt|klonk|lijkt|leek)\b|in theorie\b|op papier\b", re.IGNORECASE)
_OTHERWISE = re.compile(r"(?:maar|toch|echter|alleen|in de praktijk)\b", re.IGNORECASE)
"""What begins so limits the sentence before it, which without it may say the opposite."""
_ELSEWHERE = re.compile(r"\b(?:ander|andere|behalve|buiten|elders|besides|elsewhere|except|other|outside)\b")
_NAME = re.compile(r"(?<=[^.:!?] )[A-ZÀ-Ý][\w'’-]+")


@dataclass(frozen=True, slots=True)
class Room:
    """The words of an answer: it goes on to `enough`, and to `most` with statements that are likely enough.

    `wider` is the limit with a statement of each further note that scores `close` of the best.
    """

    enough: int
    most: int
    wider: int
    close: float


SHORT, LONG = Room(80, 100, 150, 0.55), Room(100, 120, 170, 0.5)
SIDE = Room(60, 90, 90, math.inf)
"""Of one place among two or three that are asked about together: nothing beside the best notes on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A statement that an answer may show, with its FEATURES and the chance (0 to 1) that it answers.

    `kind` is what `assistant.asking` says of it, as log-odds: a part of the chance, not of what is fitted.
    `said` is whether the conversation said it before.
    """

    source: Source
    passage: Passage
    units: tuple[Unit, ...]
    features: Floats
    chance: float
    kind: float = 0.0
    said: bool = False

    def feature(self, name: str) -> float:
        """One of FEATURES."""
        return float(self.features[FEATURES.index(name)])

    @property
    def fitted(self) -> float:
        """The chance without what its kind adds."""
        return of_kind(self.chance, -self.kind)

    @property
    def words(self) -> int:
        """Length in words as shown."""
        return sum(len(self.source.text[unit.start : unit.end].split()) for unit in self.units)


def candidates(index: Index, query: Query, hits: Sequence[Hit], notes: int = NOTES) -> list[Candidate]:
    """All statements of the passages found in the best notes, in order of note, passage and place.

    Args:
        index: the generation the hits come from.
        query: the question.
        hits: from `retrieval.search`, best first.
        notes: how many notes at most.
    """
    by_note: dict[str, list[Hit]] = {}
    for hit in hits:
        by_note.setdefault(hit.passage.source_id, []).append(hit)
    weights = {gram: idf(index, "grams", gram) for gram in set(query.analysis.grams)}
    found: list[Candidate] = []
    for place, (note, own) in enumerate(list(by_note.items())[:notes]):
        in_order = sorted(own, key=lambda hit: hit.passage.start)
        found += _of_note(
            index, query, weights, index.sources[note], in_order, hits[0].score, first=place == 0
        )
    return found


def compose(query: Query, found: Sequence[Candidate], room: Room | None = None) -> tuple[Chosen, ...]:
    """The statements of the answer in the order to show them: best note first, its text in order.

    Args:
        query: the question.
        found: from `candidates`; none gives an empty answer.
        room: for how many words there is room; None leaves that to the question and what was found.
    """
    found = _local(query, found)
    if not found:
        return ()
    lists = _lists(found)
    whole = _whole_list(query, found, lists) if _WHOLE_LIST_QUESTION.search(fold(query.text)) else []
    room = room or _fitting(_room(query, found), found)
    asked = bool(whole or _LIST_QUESTION.search(fold(query.text)))
    for _ in range(_TRIES):
        picked = _picked(found, lists, whole, room)
        placed = _place(query, found, picked)
        over = _words(_after(placed, picked)) - _longest(picked, asked=asked)
        if over <= 0:
            break
        # What is chosen brought more along than there was room for.
        room = Room(room.enough - over, room.most - over, room.wider - over, room.close)
    in_order = _after(placed, _in_order(picked))
    introduced = {
        id(item) for members in lists.values() if members[0].units[0].kind == "lead_in" for item in members
    }
    return tuple(_with_headings(in_order, introduced))


def _local(query: Query, found: Sequence[Candidate]) -> Sequence[Candidate]:
    """Of a question that names a place, what notes on that place and on none say, and passages that name it.

    What is said of another place would be read as said of this one. Passages stay whole, for a statement is
    understood from the ones beside it. A question for other places is left alone.
    """
    every = {place for item in found for place in item.source.places} - {COUNTRY}
    named = named_in(query.text, every)
    if not named or _ELSEWHERE.search(fold(query.text)):
        return found
    also = [each for name in named for each in same_as(name)]

    def names(text: str) -> bool:
        joined = stemmed(text) if also else ""
        return bool(named_in(text, named)) or any(f" {each} " in joined for each in also)

    heads = {item.source: " ".join((note_title(item.source), *item.source.places)) for item in found}
    about = {each for each, head in heads.items() if not set(each.places) - {COUNTRY} or names(head)}
    telling = {item.passage.id for item in found if item.source not in about and names(_text(item))}
    return [item for item in found if item.source in about or item.passage.id in telling]


def _picked(
    found: Sequence[Candidate], lists: Lists, whole: Sequence[Candidate], room: Room
) -> list[Candidate]:
    """The statements of an answer, with what they need to be understood."""
    picked = _fill(found, lists, whole, room)
    if not whole:
        picked = _of_other_years(found, lists, _wider(found, lists, picked, room), room)
        picked = _with_between(found, picked, room)
    return _with_led(found, picked)


def _after(placed: Sequence[Candidate], picked: Sequence[Candidate]) -> list[Candidate]:
    """What names the place of a case, and then all else."""
    return [*placed, *(item for item in picked if item not in placed)]


def _longest(picked: Sequence[Candidate], *, asked: bool) -> int:
    """How many words these may have together; `asked` says whether a list is asked for."""
    if asked:
        return MAX_LIST_WORDS
    return MAX_LISTED_WORDS if any(item.units[0].kind in {"item", "row"} for item in picked) else MAX_WORDS


def _room(query: Query, found: Sequence[Candidate]) -> Room:
    """Short where one statement stands out; long for more than one question, or where none stands out."""
    best = max(found, key=lambda item: item.chance)
    alike = sum(item.chance >= ALIKE * best.chance for item in found if says_something(item))
    room = LONG if alike >= MANY or asking.several(query.text) else SHORT
    # What answers is known: it is said again by itself, and nothing is added to fill the answer up.
    return replace(room, enough=0) if best.said else room


def _fitting(room: Room, found: Sequence[Candidate]) -> Room:
    """The room for an answer that is mostly from the likeliest text: less of one that is short.

    It shrinks with the square, so that of half a note a quarter of that room is left, half of the share.
    """
    words = len(max(found, key=lambda item: item.chance).source.text.split())
    part = min(1.0, words / A_NOTE) ** 2
    return Room(round(part * room.enough), round(part * room.most), room.wider, room.close)


def _fill(
    found: Sequence[Candidate], lists: Lists, start: Sequence[Candidate], room: Room
) -> list[Candidate]:
    """Add the likeliest statements, each with what it needs to be understood, while there is room."""
    picked = list(start)
    enough, likely = (0, LIKELY_BESIDE_LIST) if start else (room.enough, LIKELY)
    ranked = sorted(found, key=lambda item: -item.chance)
    alone = [item for item in ranked if says_something(item)] or ranked
    for item in _not_again(alone):
        if item in picked or (item.chance < likely * ranked[0].chance and _words(picked) >= enough):
            continue
        led = [*_led_up_to(found, item), *_taken_back(found, item)]
        led = [each for each in led if each not in picked]
        wider = _with_needed(lists, [*picked, *led])
        if not _dangles(found, item) and (not picked or _words(wider) <= room.most):
            picked = wider
    return picked or _with_needed(lists, alone[:1])


def _not_again(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The statements without those that were said before, but for the few that most likely answer this."""
    likely = [item for item in ranked if item.said and item.chance >= LIKELY * ranked[0].chance]
    return [item for item in ranked if not item.said or item in likely[:AGAIN]]


def _wider(
    found: Sequence[Candidate], lists: Lists, start: Sequence[Candidate], room: Room
) -> list[Candidate]:
    """Add the likeliest statement of each further note that was found nearly as well, if it may answer."""
    picked = list(start)
    cited = {item.source.id for item in picked}
    likely = LIKELY_ELSEWHERE * max(item.chance for item in found)
    close = [item for item in found if item.source.id not in cited and item.feature("note") >= room.close]
    for note in dict.fromkeys(item.source.id for item in close):
        own = [item for item in close if item.source.id == note and _is_new(item)]
        best = max(own, key=_beside, default=None)
        if best and _beside(best) >= likely:
            picked = _widened(found, lists, picked, best, room)
    return picked


def _beside(item: Candidate) -> float:
    """The chance of a statement of a further note.

    How a note opens says what it is about, which is like every question about that, and no answer.
    """
    return of_kind(item.chance, OPENING * (item.passage.start == 0))


def _of_other_years(
    found: Sequence[Candidate], lists: Lists, start: Sequence[Candidate], room: Room
) -> list[Candidate]:
    """Add the likeliest statement of each likely note on the same place from another year: things change."""
    picked = list(start)
    lead = _in_order(picked)[0].source
    likely = LIKELY * max(item.chance for item in found)
    cited = {item.source.id for item in picked}
    for source in dict.fromkeys(item.source for item in found):
        own = [item for item in found if item.source is source and _is_new(item)]
        best = max(own, key=lambda item: item.chance, default=None)
        if best and best.chance >= likely and source.id not in cited and _differ_in_time(lead, source):
            picked = _widened(found, lists, picked, best, room)
    return picked


def _with_between(found: Sequence[Candidate], picked: Sequence[Candidate], room: Room) -> list[Candidate]:
    """Add a sentence that alone is left out between two of its passage, as far as there is room."""
    chosen = list(picked)
    for before, item, after in zip(found, found[1:], found[2:], strict=False):
        left_out = before in chosen and after in chosen and item not in chosen and not item.said
        told = before.passage is item.passage is after.passage
        sentences = {each.units[0].kind for each in (before, item, after)} == {"sentence"}
        if left_out and told and sentences and _words(chosen) + item.words <= room.wider:
            chosen.append(item)
    return chosen


def _widened(
    found: Sequence[Candidate], lists: Lists, picked: list[Candidate], item: Candidate, room: Room
) -> list[Candidate]:
    """What is picked with one more statement and what that needs, as far as there is room."""
    wider = _with_needed(lists, [*picked, *_led_up_to(found, item)])
    return wider if _words(wider) <= room.wider else picked


def _differ_in_time(first: Source, second: Source) -> bool:
    """Whether two notes are about the same place, in other years."""
    places = set(first.places) - {COUNTRY}
    dated = first.date and second.date and first.date[:4] != second.date[:4]
    return bool(dated and places) and places == set(second.places) - {COUNTRY}


def years(chosen: Sequence[Chosen]) -> tuple[int, ...]:
    """The years of what is cited of the notes on the place that an answer begins with; none where it is one.

    Newest first where the newest is cited first, else oldest first.
    """
    sources = list(dict.fromkeys(choice.source for choice in chosen))
    found: list[set[int]] = []
    for source in sources:
        if source is sources[0] or _differ_in_time(sources[0], source):
            entries = {
                e for choice in chosen if choice.source is source for u in choice.units for e in u.entries
            }
            dates = [source.entries[entry - 1].date for entry in sorted(entries)]
            found.append({int(date[:4]) for date in dates if date})
    every = set().union(*found)
    if len(found) < 2 or len(every) < 2:
        return ()
    return tuple(sorted(every, reverse=max(every) in found[0]))


def _led_up_to(found: Sequence[Candidate], item: Candidate) -> list[Candidate]:
    """A statement with the ones that it points back to ("Die", "Daarom", "Ook"), at most POINTERS of them."""
    led = [item]
    place = found.index(item)
    while place > 0 and len(led) <= POINTERS and points_back(led[0]):
        before = found[place - 1]
        if before.passage is not item.passage or not _goes_on(before, led[0]):
            break
        led.insert(0, before)
        place -= 1
    return led


def _taken_back(found: Sequence[Candidate], item: Candidate) -> list[Candidate]:
    """What comes after a sentence and says that it is otherwise: "Het klinkt handig.", "Maar …"."""
    place = found.index(item) + 1
    after = found[place] if place < len(found) else item
    kinds = {item.units[0].kind, after.units[0].kind}
    if after is item or after.passage is not item.passage or kinds != {"sentence"}:
        return []
    return [after] if _SEEMS.match(_text(item)) or _OTHERWISE.match(_text(after)) else []


def _goes_on(before: Candidate, item: Candidate) -> bool:
    """Whether a statement is about what the one before it says: of two list items only where it must be."""
    first, second = before.units[0], item.units[0]
    if second.kind == "item":
        return first.kind == "item" and first.block == second.block and needs_antecedent(item)
    return first.kind == "sentence" and second.kind in {"sentence", "lead_in"}


def points_back(item: Candidate) -> bool:
    """Whether a statement has, in its first words, one for what was said before it."""
    text = _text(item)
    within = item.units[0].kind == "sentence" and _POINTS_WITHIN.match(text[:1].lower() + text[1:])
    return bool(within or _POINTS_BACK.match(text)) or needs_antecedent(item)


def leans(item: Candidate) -> bool:
    """Whether a statement is told with the one before it: an item of a list only where it must be."""
    return needs_antecedent(item) if item.units[0].kind == "item" else points_back(item)


def needs_antecedent(item: Candidate) -> bool:
    """Whether a statement says nothing without the one before it: "Daarom", "Zij", "deze vier"."""
    return bool(_NEEDS_ANTECEDENT.match(_text(item)))


def _dangles(found: Sequence[Candidate], item: Candidate) -> bool:
    """Whether a sentence or item needs what is said before it, and nothing before it can come along."""
    alone = item.units[0].kind in {"sentence", "item"} and needs_antecedent(item)
    return alone and _led_up_to(found, item) == [item]


def says_something(item: Candidate) -> bool:
    """Whether a statement does so by itself; see `passages.tells`."""
    return tells(item.source, item.units)


def _is_new(item: Candidate) -> bool:
    """Whether a statement says something that the conversation did not say before."""
    return says_something(item) and not item.said


def _whole_list(query: Query, found: Sequence[Candidate], lists: Lists) -> list[Candidate]:
    """The list or table that most likely answers, unless it is all far less likely than the best of all."""
    lists = {key: members for key, members in lists.items() if not all(item.said for item in members)}
    if not lists:
        return []
    best = max(lists.values(), key=lambda members: _likely_list(query, members))
    if max(item.chance for item in best) < LIKELY_LIST * max(item.chance for item in found):
        return []
    picked: list[Candidate] = []
    for item in best:
        if _words([*picked, item]) > MAX_LIST_WORDS:
            break
        picked.append(item)
    return picked


def _likely_list(query: Query, members: Sequence[Candidate]) -> float:
    """How likely a list answers: by its likeliest items, what of the question stands above, and numbers."""
    first, asked = members[0], set(query.analysis.grams)
    above = " ".join((*first.passage.heading[-1:], _text(first) if first.units[0].kind == "lead_in" else ""))
    announced = len(asked & _grams(above)) / (len(asked) or 1)
    numbered = members[-1].units[0].marker[:1].isdigit() and bool(_ORDER_QUESTION.search(fold(query.text)))
    likeliest = sorted((item.chance for item in members), reverse=True)[:3]
    return sum(likeliest) * (1 + ANNOUNCED * announced) * (1 + NUMBERED * numbered)


def _lists(found: Sequence[Candidate]) -> Lists:
    """The statements of each list or table, in order; a lead-in belongs to what it introduces."""
    lists: dict[tuple[str, int], list[Candidate]] = {}
    waiting: list[Candidate] = []
    for item in found:
        kind = item.units[0].kind
        if kind == "lead_in":
            waiting = [item]
        elif kind != "sentence":
            own = [lead for lead in waiting if lead.passage is item.passage]
            lists.setdefault((item.source.id, item.units[0].block), own).append(item)
            waiting = []
    return lists


def _with_needed(lists: Lists, picked: Sequence[Candidate]) -> list[Candidate]:
    """Add what chosen items and rows need to be understood: lead-in, header row, the rest of a short list."""
    chosen = list(picked)
    for members in lists.values():
        own = [item for item in members if item in chosen]
        if own:
            # Of a list that the conversation showed before a part may be said.
            seen = all(item.said for item in members)
            counted = (_announces_number(members[0]) and not seen) or any(map(_is_fragment, own))
            short = COUNTED_LIST_WORDS if counted else SHORT_LIST_WORDS
            whole = (counted or (len(own) > 1 and not seen)) and _words(members) <= short
            needed = [item for item in members if whole or item.units[0].kind in {"lead_in", "header_row"}]
            chosen += [item for item in needed if item not in chosen]
    return chosen


def _is_fragment(item: Candidate) -> bool:
    """Whether a list item is a part of the sentence that introduces it: "leefbaarheid;"."""
    return item.units[0].kind == "item" and _text(item).endswith((";", ","))


def _with_led(found: Sequence[Candidate], picked: Sequence[Candidate]) -> list[Candidate]:
    """Add what the sentences that introduce lists point back to: "Zij zegt:" over a list says not who.

    "Dit helpt:" points to the list.
    """
    leads = [item for item in picked if item.units[0].kind == "lead_in" and needs_antecedent(item)]
    return [*picked, *(led for item in leads for led in _led_up_to(found, item) if led not in picked)]


def _announces_number(first: Candidate) -> bool:
    """Whether a list is introduced as so many: "drie voorbeelden:"; fewer would mislead."""
    above = _text(first) if first.units[0].kind == "lead_in" else "".join(first.passage.heading[-1:])
    return asking.announces_number(above)


def _words(items: Iterable[Candidate]) -> int:
    return sum(item.words for item in items)


def _place(query: Query, found: Sequence[Candidate], picked: Sequence[Candidate]) -> list[Candidate]:
    """The sentence that names the place of a case, where neither question nor answer does."""
    lead = _in_order(picked)[0].source
    text = " ".join([query.text, *(_text(item) for item in picked if item.source is lead)])
    if named_in(text, lead.places):
        return []
    naming = [item for item in found if item.source is lead and named_in(_text(item), lead.places)]
    first = [item for item in naming if item.units[0].kind == "sentence"][:1]
    return [item for item in first if not item.said]


def _with_headings(items: Sequence[Candidate], introduced: Container[int]) -> Iterator[Chosen]:
    """The statements with, above a list that no sentence introduces, the heading that does, once."""
    previous: Candidate | None = None
    shown: set[tuple[str, int]] = set()
    for item in items:
        first = item.units[0]
        begins = (
            previous is None or previous.passage is not item.passage or previous.units[0].block != first.block
        )
        # A heading has no mark, so it rests on the first entry; above a list that does not, it would mislead.
        bare = first.kind in {"item", "row", "header_row"} and id(item) not in introduced
        if begins and bare and 1 in first.entries:
            above = [
                unit for unit in item.passage.units if unit.kind == "heading" and unit.start < first.start
            ]
            if above and (item.source.id, above[-1].start) not in shown:
                shown.add((item.source.id, above[-1].start))
                yield Chosen(item.source, item.passage, (above[-1],))
        yield Chosen(item.source, item.passage, item.units)
        previous = item


def _in_order(picked: Iterable[Candidate]) -> list[Candidate]:
    """Notes as the search found them; within a note passages by their likeliest statement, as it stands.

    Notes on the same place as the first, from other years, stand newest first where they are about as likely
    to answer: what is newer and beside the point is no news.
    """
    chosen = list(picked)
    notes: dict[Source, tuple[float, float]] = {}
    passages: dict[str, float] = {}
    for item in chosen:
        _, chances = notes.get(item.source, (0.0, 0.0))
        notes[item.source] = item.feature("note"), chances + item.chance
        passages[item.passage.id] = max(passages.get(item.passage.id, 0.0), item.chance)
    order = sorted(notes, key=lambda source: (*(-value for value in notes[source]), source.id))
    lead = order[0]
    alike = ALIKE * max(item.chance for item in chosen)
    able = {item.source for item in chosen if item.chance >= alike}
    dated = [each for each in order if each in able and _differ_in_time(lead, each)]
    if dated:
        newest = sorted([lead, *dated], key=lambda source: source.date, reverse=True)
        order = [*newest, *(source for source in order if source not in newest)]
    return sorted(
        chosen,
        key=lambda item: (order.index(item.source), -passages[item.passage.id], item.units[0].start),
    )


def _of_note(
    index: Index,
    query: Query,
    weights: Mapping[str, float],
    source: Source,
    hits: Sequence[Hit],
    best_score: float,
    *,
    first: bool,
) -> list[Candidate]:
    groups = [(hit, units) for hit in hits for units in statements(hit.passage)]
    if not groups:
        return []
    similar = np.concatenate([index.statement_vectors(hit.passage.id) for hit in hits]) @ query.vector
    texts = [statement_text(source, units) for _, units in groups]
    total = sum(weights.values()) or 1.0
    covered = (
        np.array([sum(weights[gram] for gram in weights.keys() & _grams(text)) for text in texts]) / total
    )
    fused = np.array([hit.score for hit, _ in groups])
    place = np.array([hits.index(hit) for hit, _ in groups])
    table = np.column_stack(
        [
            (similar - 0.85) * 20,
            _standard(similar),
            (similar.max() - similar) * 20,
            covered,
            _standard(covered),
            fused / best_score,
            _standard(fused),
            np.array([_standard(similar)[place == own].max() for own in place]),
            _neighbour(_standard(similar), place),
            *_kinds(query, texts, [units[0] for _, units in groups]),
            np.array([float(hit.passage.start == 0) for hit, _ in groups]),
            np.full(len(groups), fused.max() / best_score),
            np.full(len(groups), float(first)),
        ]
    )
    asked = asking.read(query.text)
    kinds = [
        # Of other notes a heading says little: most have one that is called "Knelpunten".
        asking.fits(asked, " > ".join(hit.passage.heading) if first else "", text)
        for (hit, _), text in zip(groups, texts, strict=True)
    ]
    chances = _chances(table)
    return [
        Candidate(
            source, hit.passage, units, table[row], of_kind(float(chances[row]), kinds[row]), kinds[row]
        )
        for row, (hit, units) in enumerate(groups)
    ]


def of_kind(chance: float, kind: float) -> float:
    """The fitted chance of a statement, with what its kind adds in log-odds."""
    odds = chance * math.exp(kind)
    return odds / (odds + 1 - chance)


def _kinds(query: Query, texts: Sequence[str], units: Sequence[Unit]) -> list[Floats]:
    """What kind of statement each is, and whether that kind was asked for."""
    asked = fold(query.text)
    number = np.array([float(bool(_NUMBER.search(text.lower()))) for text in texts])
    name = np.array([float(bool(_NAME.search(text))) for text in texts])
    item = np.array([float(unit.kind == "item") for unit in units])
    return [
        number * bool(_NUMBER_QUESTION.search(asked)),
        name * bool(_NAME_QUESTION.search(asked)),
        name,
        item,
        item * bool(_LIST_QUESTION.search(asked)),
        np.array([float(unit.kind in {"row", "header_row"}) for unit in units]),
        np.array([float(unit.kind == "lead_in") for unit in units]),
        np.array([float(text.endswith("?")) for text in texts]),
        np.log1p([len(text.split()) for text in texts]),
    ]


def _standard(values: NDArray[np.floating[Any]]) -> Floats:
    return np.asarray((values - values.mean()) / (values.std() + 1e-6), dtype=np.float64)


def _neighbour(values: Floats, place: NDArray[np.intp]) -> Floats:
    """Per statement the better of the two statements beside it in its passage."""
    low = float(values.min())
    before = np.where(np.r_[False, place[1:] == place[:-1]], np.r_[low, values[:-1]], low)
    after = np.where(np.r_[place[1:] == place[:-1], False], np.r_[values[1:], low], low)
    return np.asarray(np.maximum(before, after), dtype=np.float64)


def _chances(table: Floats) -> Floats:
    model = ranker()
    weights = np.array([model.get(name, 0.0) for name in FEATURES])
    return np.asarray(1 / (1 + np.exp(-(table @ weights + model.get("intercept", 0.0)))), dtype=np.float64)


@cache
def ranker() -> Mapping[str, float]:
    """The fitted coefficients by feature, and the intercept."""
    stored = json.loads((files("assistant") / "data" / "ranker.json").read_text(encoding="utf-8"))
    coefficients: dict[str, float] = stored["coefficients"]
    return coefficients


@lru_cache(maxsize=8192)
def _grams(text: str) -> frozenset[str]:
    return frozenset(analyse(text).grams)


def _text(item: Candidate) -> str:
    return statement_text(item.source, item.units)
