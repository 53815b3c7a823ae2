"""Lists over notes: "Welke gemeenten hebben een fixbrigade?", "Voorbeelden van werk en opleiding".

No single note answers these. Where the question names themes of the collection, the notes that have them are
looked at, else what the search found. Each that is about what is asked gives its title and the statement that
most likely answers; together they are the list, best note first. A question that names a place itself, or
says much more than its topic, is answered as any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant import themes
from assistant.answering import COUNTRY, MAX_LIST_WORDS, points_back, says_something
from assistant.citations import Chosen
from assistant.conversation import strict_coverage
from assistant.dutch import content_words, fold, named_in, stem, stemmed
from assistant.gazetteer import countries
from assistant.passages import note_title, statement_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from assistant.answering import Candidate
    from assistant.datatypes import Passage, Source

NOTES = 16
"""How many notes are looked at."""
MAX_TOPIC = 4
"""With more content words than this a question describes one case."""
_COVERED, _SAID = 0.75, 0.5
"""How much of the topic a passage with title and themes must hold, and a statement with title and heading."""
_CLOSE = 0.3
"""How well a note must be found, against the best, where no theme says that it is about the topic."""
_MAX_WORDS, _TELLING_WORDS = 60, 8
_PRACTICE = "praktijkvoorbeeld"
_KINDS = (
    r"gemeenten|steden|wijken|buurten|plaatsen|dorpen|straten|regios|provincies|landen|projecten|initiatieven|"
    r"municipalities|cities|neighbou?rhoods|districts|towns|places|villages|countries|projects|initiatives"
)
_COUNTS = re.compile(
    r"\b(?:\d+|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|tientallen) "
    r"(?:gemeenten|steden|wijken|buurten)\b"
)
_ASKED = re.compile(
    rf"\b(?:welke|which|noem|list|alle|enkele|paar|some) (?:\w+ )?(?:{_KINDS})\b|"
    r"\b(?:(?:praktijk)?voorbeelden|vbn?|examples)\b|"
    r"^\W*(?:waar|where) (?:zijn|is|worden|wordt|werden|werd|hebben|bestaan|lopen|loopt|are|were|was)\b"
)
_ASKING = re.compile(
    rf"(?:{_KINDS}|(?:praktijk)?voorbeelden|vbn?|examples?|noem|geef|list|give|enkele|paar|alle|ken|zoek|hebben|bestaan|"
    r"lopen|loopt|werken|doen|good|goede|mooie|leuke|bekende|geslaagde|succesvolle|inspirerende|concrete|"
    r"andere|soortgelijke|vergelijkba\w+|show|something|working|great|successful|inspiring|similar|other)"
)
_WORK_ON = re.compile(r"\bworks? on\b", re.IGNORECASE)
"""Only asks, as "werken" does; "work" by itself is a topic."""
_ABROAD = re.compile(r"buitenland\w*|internationale?|abroad|foreign|international")
_EVERYWHERE = re.compile(
    r"aanpak|aardgasvrije?|bij|buurt|buurten|combineren|doelen|energietransitie|koppelen|koppelkans|koppelkansen|kwetsbare?|opgaven|"
    r"sociaal|sociale|thema|verbinden|verduurzamen|verduurzaming|warmtetransitie|wijk|wijken|wijkaanpak|"
    r"approach|combin(?:e|ed|ing)|free|gas|goals|heat|link(?:ed|ing)?|neighbou?rhood|social|sustainable|transition|vulnerable"
)
"""What the whole collection is about tells no note from another."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a list over notes is asked about: its words, the themes that stems of these call, and where."""

    words: tuple[str, ...]
    themes: Mapping[str, frozenset[str]]
    abroad: bool = False

    @property
    def of_notes(self) -> bool:
        """Whether what people wrote of a note says that it is about this."""
        return bool(self.themes) or self.abroad

    @property
    def whole(self) -> bool:
        """Whether that is all that is asked, so that no word of it needs to be found in a note."""
        calling = {each for stems in self.themes.values() for each in stems}
        return self.of_notes and all(stem(word) in calling for word in self.words)


def topic(question: str, places: Collection[str]) -> Topic | None:
    """What a list over notes is asked about; None where none is asked.

    Args:
        question: as understood.
        places: the places that the material knows.
    """
    if not _ASKED.search(fold(question)) or set(named_in(question, places)) - {COUNTRY}:
        return None
    every = [word for word in content_words(_WORK_ON.sub(" ", question)) if not _ASKING.fullmatch(word)]
    found = [word for word in every if not _ABROAD.fullmatch(word)]
    telling = [word for word in found if not _EVERYWHERE.fullmatch(word)]
    if not every or len(found) > MAX_TOPIC:
        return None
    return Topic(tuple(telling or found), themes.called(question), abroad=found != every)


def only_abroad(question: str) -> bool:
    """Whether a question only asks the one before it of other countries: "En in het buitenland?"."""
    said = [word for word in content_words(question) if not _ASKING.fullmatch(word)]
    return bool(said) and all(_ABROAD.fullmatch(word) for word in said)


def from_abroad(sources: Iterable[Source]) -> list[Source]:
    """The notes on places in other countries."""
    elsewhere = set(countries())
    return [source for source in sources if elsewhere & set(source.places)]


def notes_on(about: Topic, sources: Iterable[Source]) -> frozenset[str]:
    """The notes that have all themes that are asked about, or any where that is but one note; from abroad."""
    if about.abroad:
        sources = from_abroad(sources)
    having = {source.id: set(source.themes) & set(about.themes) for source in sources}
    every = {note for note, own in having.items() if len(own) == len(about.themes)}
    return frozenset(every if len(every) > 1 else {note for note, own in having.items() if own})


def gathered(
    about: Topic, found: Sequence[Candidate], opening: Callable[[str], Passage]
) -> tuple[Chosen, ...]:
    """The title and one statement of each note about a topic; none where fewer than two notes are.

    Args:
        about: from `topic`.
        found: from `answering.candidates`, of NOTES notes.
        opening: the first passage of a note.
    """
    by_note: dict[str, list[Candidate]] = {}
    # Of the notes on a theme those that tell of practice come first.
    practice = sorted(found, key=lambda item: about.of_notes and item.source.kind != _PRACTICE)
    for item in practice:
        by_note.setdefault(item.source.id, []).append(item)
    listed: list[Chosen] = []
    words = notes = 0
    for own in by_note.values():
        best = _of_note(about, own)
        if best:
            chosen = [
                *_title(best.source, opening(best.source.id)),
                Chosen(best.source, best.passage, best.units),
            ]
            more = sum(len(each.source.text[u.start : u.end].split()) for each in chosen for u in each.units)
            if words + more <= MAX_LIST_WORDS:
                listed += chosen
                words += more
                notes += 1
    return tuple(listed) if notes > 1 else ()


def _title(source: Source, passage: Passage) -> Iterator[Chosen]:
    """The title of a note, where it has one of its own."""
    for unit in passage.units[:1]:
        if unit.kind == "heading" and source.text.startswith("# ", passage.start):
            yield Chosen(source, passage, (unit,))


def _of_note(about: Topic, own: Sequence[Candidate]) -> Candidate | None:
    """The statement of a note about a topic that most likely answers."""
    source = own[0].source
    close = about.of_notes or own[0].feature("note") >= _CLOSE
    if not close or not set(source.places) - {COUNTRY}:
        return None
    telling = [item for item in own if _able(item) and _is_about(about, item)]
    return max(
        telling, key=lambda item: (_held(about, _shown(item)), _leads(about, item), item.chance), default=None
    )


def _leads(about: Topic, item: Candidate) -> bool:
    """Whether a statement goes before others that hold as much of the topic.

    A note on a theme says in its opening what it does about it; of any other topic the places are asked.
    """
    if about.of_notes:
        return item.passage.start == 0 and item.words >= _TELLING_WORDS
    shown = _shown(item)
    return bool(named_in(shown, item.source.places) or _COUNTS.search(fold(shown)))


def _able(item: Candidate) -> bool:
    """Whether a statement can stand by itself."""
    alone = item.units[0].kind in {"sentence", "item"} and says_something(item)
    return alone and item.words <= _MAX_WORDS and not points_back(item) and not _shown(item)[0].islower()


def _is_about(about: Topic, item: Candidate) -> bool:
    if not about.words:
        return True
    title = note_title(item.source)
    passage = item.source.text[item.passage.start : item.passage.end]
    near = " ".join((title, *item.passage.heading, _shown(item)))
    own = " ".join(item.source.themes).replace("-", " ")
    return _held(about, near) >= _SAID and _held(about, f"{title} {own} {passage}") >= _COVERED


def _held(about: Topic, text: str) -> float:
    """The part of a topic's words that a text holds; one that calls a theme by any word of that theme."""
    return sum(_holds(word, about, text) for word in about.words) / (len(about.words) or 1)


def _holds(word: str, about: Topic, text: str) -> float:
    own = [theme for theme, stems in about.themes.items() if stem(word) in stems]
    if not own:
        return strict_coverage(word, text, lambda _: 1.0)
    joined = _stemmed(text)
    return float(any(f" {phrase} " in joined for theme in own for phrase in themes.told()[theme]))


@lru_cache(maxsize=4096)
def _stemmed(text: str) -> str:
    return stemmed(text)


def _shown(item: Candidate) -> str:
    return statement_text(item.source, item.units)
