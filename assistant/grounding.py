"""Does the material answer this question? A calibrated score over what was found.

Coefficients and threshold stand in assistant/data/grounding.json with the figures of their fit; `python -m
assistant fit` makes the file. Cosines of this encoder are squeezed into a narrow band, so the score also
leans on words that the material, or the note that was found first, does not know, and on names and numbers
that were asked for and are not in the best note.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from assistant import asking
from assistant.dutch import bases, content_words, fold, named_in, same_as, stem, stemmed, words
from assistant.gazetteer import unmistakable
from assistant.passages import note_title, statement_text
from assistant.quantities import equal, quantities
from assistant.retrieval import idf, occurs

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from assistant.answering import Candidate
    from assistant.datatypes import Source
    from assistant.index import Index
    from assistant.quantities import Kind, Quantity
    from assistant.retrieval import Query

FEATURES = (
    "similarity",
    "question_similarity",
    "unknown",
    "names_missing",
    "asked_for",
)
_NAME = re.compile(r"(?<=[\w,;:)] )[A-ZÀ-Ý][\w'’-]+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SIMILAR, _SAME_QUESTION = 0.4, 1.0
"""More similar than this says nothing: a question that the material nearly answers is as similar."""
_ROLE_ASKED = re.compile(r"^\W*(?:wie|who) (?:is|was|zijn|waren|heet|are|were)\b(.*)")
_NAMED = re.compile(r"\W*\w+ \w+ [A-ZÀ-Ý]")
"""Who somebody is, is no question for a role: "Wie is Lot van Hooijdonk?"."""
_ROLE_WORDS = 3
_NO_ROLE = {"betrokken", "eigen", "eigenlijk", "local", "main", "new", "precies", "verantwoordelijk"}
_READ = 3
"""How many of the likeliest statements tell of a year."""
_LEAST = 1e-9
_FARTHEST = 1.5
"""A statement that is so much less likely than the likeliest, as log-odds, does not answer."""


def features(
    index: Index, query: Query, found: Sequence[Candidate], source_ids: Collection[str] | None
) -> tuple[float, ...]:
    """The signals of FEATURES for one question; all zero when nothing was found.

    Args:
        index: the generation that was searched.
        query: the question.
        found: from `answering.candidates`.
        source_ids: the notes whose questions could be near; None for all.
    """
    if not found:
        return (0.0,) * len(FEATURES)
    best = max(found, key=lambda item: item.fitted).source
    note = _whole_text(best)
    return (
        min(max(item.feature("similarity") for item in found), _SIMILAR),
        min(_nearest_question(index, query, source_ids), _SAME_QUESTION),
        _unknown(index, query, found[0].source.id),
        # Who wrote what the note is asked for knew it: "Friesland", where it says "Leeuwarden".
        _missing_name(index, query.text, " ".join((note, *best.questions, *best.also_asked))),
        -_FARTHEST if _role_absent(index, query, note) else _behind(query, found),
    )


def tells_years(text: str, found: Sequence[Candidate]) -> bool:
    """Whether the likeliest statements tell of every year in a text, by themselves, headings or date."""
    likeliest = sorted(found, key=lambda item: -item.chance)[:_READ]
    told = " ".join(map(_told_of, likeliest))
    return all(year in told for year in _YEAR.findall(text))


def _told_of(item: Candidate) -> str:
    """A statement with what says when it holds: titles, headings, the dates of the documents it rests on."""
    source, entries = item.source, {entry for unit in item.units for entry in unit.entries}
    dates = [source.entries[entry - 1].date for entry in sorted(entries)]
    return " ".join((note_title(source), source.title, *item.passage.heading, _text(item), *dates))


def answerable(values: Sequence[float]) -> float:
    """The chance (0 to 1) that the material answers, from the signals of `features`."""
    model = _model()
    weights = np.array([model[name] for name in FEATURES])
    return float(1 / (1 + np.exp(-(np.array(values) @ weights + model["intercept"]))))


def threshold() -> float:
    """Below this chance the assistant says that the material does not answer."""
    return _model()["threshold"]


def above(values: Sequence[float]) -> float:
    """How far that chance is above the threshold, as log-odds: what fits alike can be compared by this."""
    return _log_odds(answerable(values)) - _log_odds(threshold())


def _nearest_question(index: Index, query: Query, source_ids: Collection[str] | None) -> float:
    """How near the nearest of the editors' questions is, on the scale of the statements' similarity."""
    return (max(index.questions(query.vector, source_ids).values(), default=0.85) - 0.85) * 20


def _unknown(index: Index, query: Query, first: str) -> float:
    """The part of the question's content, by rarity, that is not known; half of it counts by one note.

    That is the note that was found `first`: "Ik ben mijn portemonnee kwijt in Zoetermeer" has no word that is
    not known at large, and none but the place that this note knows. A word is known where a passage, question
    or wording holds its stem, that of the verb it may be a form of, or another word that means the same.
    """
    forms: dict[str, set[str]] = {}
    for word in content_words(query.text):
        others = (each for each in same_as(word) if " " not in each)
        forms.setdefault(stem(word), set()).update(map(stem, (word, *bases(word))), others)
    weights = {each: idf(index, "body", each) for each in forms}
    unseen = sum(
        weights[each] * (1 - sum(_holds(index, meant, notes) for notes in (None, {first})) / 2)
        for each, meant in forms.items()
    )
    return unseen / (sum(weights.values()) or 1.0)


def _holds(index: Index, stems: Collection[str], source_ids: Collection[str] | None) -> bool:
    """Whether these notes (None for all) hold any of these stems."""
    return any(occurs(index, each, source_ids, wordings=True) for each in stems)


def _behind(query: Query, found: Sequence[Candidate]) -> float:
    """How much less likely than the likeliest statement those of its note are that give what is asked for.

    That is a figure of the kind, and not one of the question itself, told of the year or one of the years. As
    log-odds, from 0 where the likeliest gives it, or nothing of the sort is asked, down to -_FARTHEST.
    """
    kinds, years = asking.figure(query.text), _YEAR.findall(query.text)
    if not kinds and not years:
        return 0.0
    best = max(found, key=lambda item: item.fitted)
    said = quantities(query.text)
    giving = [
        item.fitted
        for item in found
        if item.source is best.source
        and (not years or any(year in _told_of(item) for year in years))
        and (not kinds or _gives(item, kinds, said))
    ]
    return max(_log_odds(max(giving)) - _log_odds(best.fitted), -_FARTHEST) if giving else -_FARTHEST


def _gives(item: Candidate, kinds: Collection[Kind], said: Sequence[Quantity]) -> bool:
    """Whether a statement has a quantity of one of the kinds that is not among those `said`."""
    own = (each for each in quantities(_text(item)) if each.kind in kinds)
    return any(not any(equal(each, known) for known in said) for each in own)


def _log_odds(chance: float) -> float:
    return math.log(max(chance, _LEAST) / max(1 - chance, _LEAST))


def _role_absent(index: Index, query: Query, note: str) -> bool:
    """Whether it is asked who has a role ("Wie is de wethouder …?") that the best note does not speak of."""
    asked = _ROLE_ASKED.match(fold(query.text))
    if not asked or _NAMED.match(query.text):
        return False
    towns = {word for town in named_in(query.text, places(index)) for word in words(town)}
    role = [word for word in content_words(asked[1]) if word not in towns]
    # An adjective says nothing of the role: "de nieuwe wethouder".
    telling = [word for word in role[:_ROLE_WORDS] if not word.endswith("e") and word not in _NO_ROLE]
    head = next(iter([*telling, *role]), "")
    spoken_of = stemmed(note)
    return bool(head) and not any(f" {each} " in spoken_of for each in (stem(head), *same_as(head)))


def places(index: Index) -> tuple[str, ...]:
    """The names that count as places however they are typed: those of the notes, and unmistakable ones."""
    return tuple(dict.fromkeys((*index.places, *unmistakable())))


def _missing_name(index: Index, text: str, note: str) -> float:
    """How telling the most telling name is that the note does not hold: 1 for a place, or one never seen.

    A word that many notes write with a capital ("het Rijk") says little by being absent.
    """
    towns = named_in(text, places(index))
    if _missing(towns, note):
        return 1.0
    names = [name for name in _NAME.findall(text) if content_words(name) and name not in towns]
    rarest = idf(index, "body", "")  # no passage holds an empty word
    return max(
        (idf(index, "body", stem(word)) / rarest for name in _missing(names, note) for word in words(name)),
        default=0.0,
    )


def _missing(asked: Sequence[str], note: str) -> list[str]:
    """The asked names or numbers that the note does not hold, not even by a whole synonym."""
    known, stems = set(words(note)), stemmed(note)
    return [
        name
        for name in asked
        if not set(words(name)) <= known and not any(f" {phrase} " in stems for phrase in same_as(name))
    ]


def _text(item: Candidate) -> str:
    return statement_text(item.source, item.units)


def _whole_text(source: Source) -> str:
    return " ".join(
        (note_title(source), source.title, source.publisher, *source.places, *source.authors, source.text)
    )


@cache
def _model() -> Mapping[str, float]:
    stored = json.loads((files("assistant") / "data" / "grounding.json").read_text(encoding="utf-8"))
    coefficients: dict[str, float] = stored["coefficients"]
    return coefficients | {"threshold": stored["threshold"]}
