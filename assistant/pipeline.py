"""The read path, and the one place where its parts are put together: question and filters in, Answer out."""

from __future__ import annotations

import random
from dataclasses import dataclass
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING

from assistant import answering, citations, filters, grounding, retrieval
from assistant.datatypes import Answer, Filters, Nearest, Timings
from assistant.dutch import content_words, language_of
from assistant.encoder import open_encoder
from assistant.errors import BadUseError
from assistant.generations import live_generation
from assistant.index import open_live
from assistant.passages import note_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from assistant.answering import Candidate
    from assistant.citations import Chosen
    from assistant.datatypes import Encoder, Hit, Language, Passage, Source
    from assistant.index import Index
    from assistant.retrieval import Query
    from assistant.settings import Settings

MAX_QUESTION_CHARACTERS = 2_000
NEAREST = 3
EXAMPLES = 6
FOLLOW_UPS = 3

_NOT_FOUND: Mapping[Language, str] = {
    "nl": "Niet gevonden in het materiaal. De notities hieronder komen het dichtst in de buurt, "
    "maar geven geen antwoord.",
    "en": "Not found in the material. The notes below come nearest, but they do not answer the question.",
}
_NO_NOTE: Mapping[Language, str] = {
    "nl": "Niet gevonden: geen enkele notitie past bij de gekozen filters.",
    "en": "Not found: no note passes the chosen filters.",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage to read in its note, with the ids of the passages before and after it."""

    source: Source
    passage: Passage
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Facets:
    """What the material can be filtered on, each sorted; the years of the oldest and newest dated note."""

    places: tuple[str, ...]
    themes: tuple[str, ...]
    kinds: tuple[str, ...]
    year_min: int
    year_max: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for a question, before anything is chosen from it."""

    query: Query
    hits: Sequence[Hit]
    candidates: Sequence[Candidate]
    signals: tuple[float, ...]


def open_assistant(settings: Settings) -> Assistant:
    """The assistant for these settings; loads nothing yet.

    Raises:
        EncoderError: there can be no such encoder.
    """
    return Assistant(open_encoder(settings.encoder, settings.data_dir), settings.data_dir)


class Assistant:
    """Answers questions from the live index, a new one as soon as it goes live. Threads may share it."""

    def __init__(self, encoder: Encoder, data_dir: Path) -> None:
        """Take an encoder and the folder of the index; nothing is opened yet."""
        self._encoder = encoder
        self._data_dir = data_dir
        self._index: Index | None = None
        self._lock = Lock()

    def warm_up(self) -> None:
        """Load the model and open the index, so that the first question is as fast as the others.

        Raises:
            AssistantError: either cannot be done; the message says what to do.
        """
        index = self._live()
        retrieval.search(index, retrieval.read("warmtetransitie", self._encoder), 1)

    def ask(self, question: str, chosen: Filters | None = None) -> Answer:
        """The answer from the notes that pass the filters, or an abstention with the nearest notes.

        Raises:
            BadUseError: the question is empty or too long.
            AssistantError: the index or the encoder cannot be used.
        """
        started = perf_counter()
        index = self._live()
        applied = chosen or Filters()
        evidence = self._evidence(index, question, applied)
        retrieved = perf_counter()
        chance = grounding.answerable(evidence.signals) if evidence.candidates else 0.0
        abstained = chance < grounding.threshold() or not evidence.candidates
        picked = () if abstained else answering.compose(evidence.query, evidence.candidates)
        statements, sources = citations.number(picked)
        nearest = _nearest(index, evidence.hits) if abstained else ()
        text = (_NOT_FOUND if nearest else _NO_NOTE)[evidence.query.language]
        follow_ups = _follow_ups(question, picked)
        done = perf_counter()
        return Answer(
            question=question,
            language=evidence.query.language,
            abstained=abstained,
            text=text if abstained else citations.markdown(statements),
            statements=statements,
            sources=sources,
            filters=applied,
            follow_ups=follow_ups,
            nearest=nearest,
            timings=Timings((retrieved - started) * 1e3, (done - retrieved) * 1e3, (done - started) * 1e3),
        )

    def search(self, question: str, chosen: Filters, k: int) -> list[tuple[Hit, Source]]:
        """The `k` best passages with their notes, best first.

        Raises:
            BadUseError: the question is empty or too long.
            AssistantError: the index or the encoder cannot be used.
        """
        index = self._live()
        query = retrieval.read(_checked(question), self._encoder)
        hits = retrieval.search(index, query, k, _allowed(index, chosen))
        return [(hit, index.sources[hit.passage.source_id]) for hit in hits]

    def matching(self, chosen: Filters) -> list[str]:
        """The ids of all notes that pass the filters, sorted."""
        return sorted(
            source.id for source in self._live().sources.values() if filters.matches(source, chosen)
        )

    def evidence(self, question: str, chosen: Filters | None = None) -> Evidence:
        """What `ask` decides on; for fitting and explaining.

        Raises:
            BadUseError: the question is empty or too long.
            AssistantError: the index or the encoder cannot be used.
        """
        return self._evidence(self._live(), question, chosen or Filters())

    def read(self, passage_id: str) -> Reading:
        """A passage in its note.

        Raises:
            BadUseError: the passage is not in the index (any more).
        """
        index = self._live()
        note = passage_id.rpartition("#")[0]
        ids = index.passage_ids.get(note, ())
        if passage_id not in ids:
            raise BadUseError(f"Passage {passage_id} is not in the index any more; ask the question again.")
        place = list(ids).index(passage_id)
        return Reading(
            source=index.sources[note],
            passage=index.passages([passage_id])[0],
            previous=ids[place - 1] if place > 0 else None,
            next=ids[place + 1] if place + 1 < len(ids) else None,
        )

    def facets(self) -> Facets:
        """What the notes can be filtered on."""
        sources = self._live().sources.values()
        years = [int(source.date[:4]) for source in sources if source.date] or [0]
        return Facets(
            places=tuple(sorted({place for source in sources for place in source.places}, key=str.casefold)),
            themes=tuple(sorted({theme for source in sources for theme in source.themes})),
            kinds=tuple(sorted({source.kind for source in sources})),
            year_min=min(years),
            year_max=max(years),
        )

    def examples(self, theme: str | None = None, role: str | None = None) -> tuple[str, ...]:
        """Up to EXAMPLES questions that the material answers, each from another note; the same each time."""
        sources = [
            source
            for source in self._live().sources.values()
            if source.questions
            and (theme is None or theme in source.themes)
            and (role is None or role in source.audience)
        ]
        draw = random.Random(f"{theme} {role}")
        draw.shuffle(sources)
        return tuple(draw.choice(_asked_in_own_language(source)) for source in sources[:EXAMPLES])

    def _evidence(self, index: Index, question: str, chosen: Filters) -> Evidence:
        query = retrieval.read(_checked(question), self._encoder)
        allowed = _allowed(index, chosen)
        hits = retrieval.search(index, query, retrieval.DEPTH, allowed)
        found = answering.candidates(index, query, hits)
        return Evidence(query, hits, found, grounding.features(index, query, found, allowed))

    def _live(self) -> Index:
        with self._lock:
            if self._index is None or self._index.generation != live_generation(self._data_dir):
                self._index = open_live(self._data_dir, self._encoder.identity)
            return self._index


def _checked(question: str) -> str:
    if not question.strip():
        raise BadUseError("The question is empty; type a question.")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise BadUseError(
            f"The question has {len(question):,} characters; ask it in at most {MAX_QUESTION_CHARACTERS:,}."
        )
    return question.strip()


def _allowed(index: Index, chosen: Filters) -> set[str] | None:
    if not chosen:
        return None
    return {source.id for source in index.sources.values() if filters.matches(source, chosen)}


def _nearest(index: Index, hits: Sequence[Hit]) -> tuple[Nearest, ...]:
    notes = dict.fromkeys(hit.passage.source_id for hit in hits)
    return tuple(Nearest(note, note_title(index.sources[note])) for note in list(notes)[:NEAREST])


def _asked_in_own_language(source: Source) -> list[str]:
    """The note's questions in its own language; editors add one in English."""
    own = [question for question in source.questions if language_of(question) == source.language]
    return own or list(source.questions)


def _follow_ups(question: str, picked: Sequence[Chosen]) -> tuple[str, ...]:
    """Other questions that the note cited first answers, those least like what was asked first."""
    asked = set(content_words(question))
    notes = list(dict.fromkeys(choice.source for choice in picked))
    offered = [
        each
        for source in notes[:1]
        for each in _asked_in_own_language(source)
        if set(content_words(each)) != asked
    ]
    fresh = sorted(offered, key=lambda each: len(asked & set(content_words(each))))
    return tuple(fresh[:FOLLOW_UPS])
