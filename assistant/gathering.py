"""Lists over notes: "Welke gemeenten hebben een fixbrigade?", "Voorbeelden van wijkbedrijven".

No single note answers these. From each note that is about what is asked comes the statement that most likely
answers, with the sentence that names its place; together they are the list, best note first. A question that
names a place itself, or says much more than its topic, is answered as any other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.answering import COUNTRY, MAX_LIST_WORDS, points_back, says_something
from assistant.citations import Chosen
from assistant.conversation import strict_coverage
from assistant.dutch import content_words, fold, named_in
from assistant.passages import note_title, statement_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from assistant.answering import Candidate

NOTES = 16
"""How many notes are looked at."""
MAX_TOPIC = 4
"""With more content words than this a question describes one case."""
_COVERED, _SAID = 0.75, 0.5
"""How much of the topic a passage with its title must hold, and the statement with title and heading."""
_CLOSE = 0.4
"""How well a note must be found, against the best."""
_MAX_WORDS = 60
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
    r"\b(?:voorbeelden|examples)\b|"
    r"^\W*(?:waar|where) (?:zijn|is|worden|wordt|werden|werd|hebben|bestaan|lopen|loopt|are|were|was)\b"
)
_ASKING = re.compile(
    rf"(?:{_KINDS}|voorbeelden|examples?|noem|geef|list|give|enkele|paar|alle|ken|zoek|hebben|bestaan|lopen|loopt)"
)


def topic(question: str, places: Collection[str]) -> str:
    """What a list over notes is asked about; "" where none is asked.

    Args:
        question: as understood.
        places: the places that the material knows.
    """
    if not _ASKED.search(fold(question)) or set(named_in(question, places)) - {COUNTRY}:
        return ""
    found = [word for word in content_words(question) if not _ASKING.fullmatch(word)]
    return " ".join(found) if len(found) <= MAX_TOPIC else ""


def gathered(about: str, found: Sequence[Candidate]) -> tuple[Chosen, ...]:
    """One statement of each note about a topic, with its place; none where fewer than two notes are.

    Args:
        about: from `topic`.
        found: from `answering.candidates`, of NOTES notes.
    """
    by_note: dict[str, list[Candidate]] = {}
    for item in found:
        by_note.setdefault(item.source.id, []).append(item)
    parts = [_of_note(about, own) for own in by_note.values()]
    listed: list[Candidate] = []
    notes = 0
    for part in parts:
        if part and sum(item.words for item in [*listed, *part]) <= MAX_LIST_WORDS:
            listed += part
            notes += 1
    return tuple(Chosen(item.source, item.passage, item.units) for item in listed) if notes > 1 else ()


def _of_note(about: str, own: Sequence[Candidate]) -> list[Candidate]:
    """The statement of a note about a topic that most likely answers, after the one that names its place."""
    source = own[0].source
    if own[0].feature("note") < _CLOSE or not set(source.places) - {COUNTRY}:
        return []
    able = [item for item in own if _able(item)]
    telling = [item for item in able if _is_about(about, item)]
    if not telling:
        return []
    best = max(telling, key=lambda item: (_held(about, _shown(item)), _names(item), item.chance))
    naming = [item for item in able if _names(item)]
    if _names(best) or not naming:
        return [best]
    return sorted([min(naming, key=_place), best], key=_place)


def _able(item: Candidate) -> bool:
    """Whether a statement can stand by itself."""
    alone = item.units[0].kind in {"sentence", "item"} and says_something(item)
    return alone and item.words <= _MAX_WORDS and not points_back(item) and not _shown(item)[0].islower()


def _is_about(about: str, item: Candidate) -> bool:
    title = note_title(item.source)
    passage = item.source.text[item.passage.start : item.passage.end]
    near = " ".join((title, *item.passage.heading, _shown(item)))
    return _held(about, near) >= _SAID and _held(about, f"{title} {passage}") >= _COVERED


def _held(about: str, text: str) -> float:
    return strict_coverage(about, text, lambda _: 1.0)


def _names(item: Candidate) -> bool:
    """Whether a statement names a place of its note, or says how many municipalities or areas there are."""
    shown = _shown(item)
    return bool(named_in(shown, item.source.places) or _COUNTS.search(fold(shown)))


def _place(item: Candidate) -> int:
    return item.units[0].start


def _shown(item: Candidate) -> str:
    return statement_text(item.source, item.units)
