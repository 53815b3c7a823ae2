"""The read path, and the one place where its parts are put together: question and filters in, Answer out."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, replace
from itertools import zip_longest
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING

from assistant import (
    answering,
    asking,
    citations,
    conversation,
    filters,
    gathering,
    greeting,
    grounding,
    retrieval,
    rewriting,
    sides,
    spelling,
    suggesting,
    writing,
)
from assistant.datatypes import Answer, Filters, Nearest, Timings
from assistant.dutch import analyse, fold, language_of, named_in, same_as, stem, words
from assistant.encoder import open_encoder
from assistant.errors import BadUseError
from assistant.export import spoken_list
from assistant.generations import live_generation
from assistant.index import open_live
from assistant.judges import CrossEncoderJudge, ModelJudge
from assistant.models import open_model, read_key
from assistant.originals import locate
from assistant.passages import note_title, statement_text
from assistant.verifying import Verifier

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Mapping, Sequence
    from pathlib import Path
    from threading import Event

    from assistant.answering import Candidate
    from assistant.citations import Chosen
    from assistant.conversation import Turn
    from assistant.datatypes import CitedSource, Encoder, Hit, Language, Passage, Source, Statement
    from assistant.gathering import Topic
    from assistant.index import Index
    from assistant.models import ChatModel, Model
    from assistant.prompting import Given
    from assistant.retrieval import Query
    from assistant.settings import Settings
    from assistant.verifying import Judge, Verdict
    from assistant.writing import Writer

MAX_QUESTION_CHARACTERS = 2_000
NEAREST = 3
EXAMPLES = 6
DATED = 3
"""How many of the statements just made that name a year or month come along with the date of the source."""

_NOT_FOUND: Mapping[Language, str] = {
    "nl": "Niet gevonden in het materiaal.",
    "en": "Not found in the material.",
}
_ABSENT: Mapping[Language, str] = {
    "nl": "Over {names} staat niets in het materiaal.",
    "en": "The material says nothing about {names}.",
}
_NEAREST: Mapping[Language, str] = {
    "nl": "Dit komt het dichtst in de buurt, maar het geeft geen antwoord op uw vraag:",
    "en": "This comes nearest, but it does not answer your question:",
}
_NO_NOTE: Mapping[Language, str] = {
    "nl": "Niet gevonden: niets in het materiaal past bij de gekozen filters.",
    "en": "Not found: nothing in the material passes the chosen filters.",
}
_YEARS: Mapping[Language, str] = {
    "nl": "De bronnen over deze plek zijn uit {years}",
    "en": "The sources on this place are from {years}",
}
_NEWEST: Mapping[Language, str] = {"nl": "; de nieuwste staat eerst.", "en": "; the newest comes first."}
_GATHERED: Mapping[Language, str] = {
    "nl": "Dit komt uit {count} teksten in het materiaal. De lijst is misschien niet compleet.",
    "en": "This comes from {count} texts in the material. The list may not be complete.",
}
_PART: Mapping[Language, str] = {
    "nl": "Dit is niet de hele lijst.\n\n",
    "en": "This is not the whole list.\n\n",
}
_NO_SHORTER: Mapping[Language, str] = {
    "nl": "Korter kan niet zonder iets weg te laten.\n\n",
    "en": "It cannot be shorter without leaving something out.\n\n",
}
_AGAIN: Mapping[Language, str] = {
    "nl": "Dit stond al in een eerder antwoord.\n\n",
    "en": "An earlier answer said this.\n\n",
}
_NOTHING_TO_SHORTEN: Mapping[Language, str] = {
    "nl": "Er is nog geen antwoord om korter te maken.",
    "en": "There is no answer yet to make shorter.",
}
_SILENT: Mapping[Language, str] = {
    "nl": "Over {names} is hierover niets gevonden.",
    "en": "Nothing on this was found about {names}.",
}
_OFFERING: frozenset[greeting.Kind] = frozenset({"hello", "about"})
"""Small talk after which some questions are offered."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage to read in its note, with the ids of the passages before and after it.

    `copies` are the documents that say the same.
    """

    source: Source
    passage: Passage
    previous: str | None
    next: str | None
    copies: tuple[Source, ...] = ()


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


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found for a question as understood, and whether that answers it."""

    understood: str
    evidence: Evidence
    answers: bool
    sides: tuple[tuple[str, Evidence], ...] = ()
    """Of a question about places side by side: each place with what answers it for that one."""
    silent: tuple[str, ...] = ()
    """The places among these for which nothing does."""
    among: frozenset[str] | None = None
    """The notes that could be found; None for all."""


@dataclass(frozen=True, slots=True)
class _Said:
    """The parts of an answer; without statements it abstains. `retrieved` is when the search was done.

    `found` are the notes that the search found, best first; `hits` are passages that another answer to the
    same question could be written from. `query` is the question as it was searched; None where none was.
    """

    understood: str
    language: Language
    text: str
    statements: tuple[Statement, ...]
    sources: tuple[CitedSource, ...]
    nearest: tuple[Nearest, ...]
    retrieved: float
    found: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    query: Query | None = None


def open_assistant(settings: Settings) -> Assistant:
    """The assistant for these settings; loads nothing yet but a judge, where one is set.

    Raises:
        AssistantError: there can be no such encoder, language model or judge.
    """
    encoder = open_encoder(settings.encoder, settings.data_dir)
    model = open_llm(settings)
    llm = settings.llm
    bounds = writing.Limits(timeout_s=llm.timeout_s, mark=llm.mark)
    verifier = Verifier(encoder, open_judge(settings))
    writer = writing.Writer(model, verifier, bounds) if model else None
    return Assistant(encoder, settings.data_dir, writer, verifier)


def open_llm(settings: Settings) -> Model | None:
    """The language model that the settings name, None where they name none; connects to nothing yet.

    Raises:
        AssistantError: there can be no such model, or its key cannot be read.
    """
    llm = settings.llm
    if not llm.name:
        return None
    return open_model(
        llm.name,
        base_url=llm.base_url,
        key=llm.key or (read_key(llm.key_file) if llm.key_file else ""),
        timeout_s=llm.timeout_s,
        temperature=llm.temperature,
        context_tokens=llm.context_tokens,
        at_once=llm.at_once,
    )


def open_judge(settings: Settings) -> Judge | None:
    """Who judges the sentences that no rule refuses, None where the settings name nobody.

    Raises:
        AssistantError: there is no such cross-encoder, or there can be no such language model.
    """
    if settings.judge == "llm":
        # A model of its own: the one that writes may be all that is allowed at once.
        model = open_llm(settings)
        return ModelJudge(model) if model else None
    return CrossEncoderJudge(settings.judge.partition(":")[2]) if settings.judge else None


class Assistant:
    """Answers questions from the live index, a new one as soon as it goes live. Threads may share it."""

    def __init__(
        self,
        encoder: Encoder,
        data_dir: Path,
        writer: Writer | None = None,
        verifier: Verifier | None = None,
    ) -> None:
        """Take an encoder, the folder of the index, and who writes, if anyone; nothing is opened yet.

        `verifier` is who judges sentences for `verify`, where that is not one of its own.
        """
        self._encoder = encoder
        self._data_dir = data_dir
        self._writer = writer
        self._verifier = verifier or Verifier(encoder)
        self._index: Index | None = None
        self._lock = Lock()

    @property
    def encoder(self) -> Encoder:
        """What embeds the questions; documents that are added are to be embedded by the same."""
        return self._encoder

    @property
    def writes(self) -> bool:
        """Whether there is a language model to write answers."""
        return self._writer is not None

    def warm_up(self) -> None:
        """Load the model and open the index, so that the first question is as fast as the others.

        Raises:
            AssistantError: either cannot be done; the message says what to do.
        """
        index = self._live()
        for language in ("nl", "en"):
            spelling.dictionary(language)
        retrieval.search(index, retrieval.read("warmtetransitie", self._encoder), 1)

    def ask(
        self,
        question: str,
        chosen: Filters | None = None,
        history: Sequence[Answer] = (),
        *,
        literal: bool = False,
    ) -> Answer:
        """The answer from the notes that pass the filters, or an abstention with the nearest notes.

        Args:
            question: as typed; with a history it may be a part of one ("En in Tilburg?", "Wie schreef dat?").
            chosen: the filters; None for none.
            history: the earlier answers of this conversation, oldest first.
            literal: read the question as it stands, without the history and with its misspelt words.

        Raises:
            BadUseError: the question is empty or too long.
            AssistantError: the index or the encoder cannot be used.
        """
        return self._asked(question, chosen or Filters(), history, literal=literal)[0]

    def write(
        self,
        question: str,
        chosen: Filters | None = None,
        history: Sequence[Answer] = (),
        *,
        literal: bool = False,
        cancelled: Event | None = None,
    ) -> Generator[Answer]:
        """The answer as the language model writes it, each time with a checked sentence more.

        The last one is the answer of `ask`, with a notice why, when the writing failed; and without one where
        there is no model, or nothing to write from. A follow-up is read by the model, where it can do that.

        Args:
            question: as for `ask`.
            chosen: as for `ask`.
            history: as for `ask`.
            literal: as for `ask`.
            cancelled: set by another thread to stop the writing; what was checked by then stands.

        Raises:
            BadUseError: the question is empty or too long.
            AssistantError: the index or the encoder cannot be used.
        """
        model = self._writer.model if self._writer else None
        answer, given = self._asked(
            question, chosen or Filters(), history, literal=literal, model=model, cancelled=cancelled
        )
        if self._writer is None:
            yield answer
        else:
            yield from writing.written(answer, given, self._writer, history, cancelled)

    def _asked(
        self,
        question: str,
        applied: Filters,
        history: Sequence[Answer],
        *,
        literal: bool,
        model: ChatModel | None = None,
        cancelled: Event | None = None,
    ) -> tuple[Answer, list[Given]]:
        """The composed answer, and the passages that one could be written from.

        With a `model`, that reads what follows on earlier questions, until `cancelled` is set.
        """
        started = perf_counter()
        index = self._live()
        asked = _checked(question)
        allowed = _allowed(index, applied)
        held = [_still_held(index, answer, allowed) for answer in _asked_before(history, literal=literal)]
        if not literal and (small := greeting.read(asked, begun=bool(held))):
            return self._greeted(question, small, applied, started), []
        typed = asked if literal else _mended(index, asked)
        turn = conversation.read(typed, held, index.places, lambda word: _occurs(index, word))
        if turn.act == "source" and turn.notes:
            said = _about_sources(index, turn, held)
        elif turn.act == "shorter":
            said = self._shorter(index, turn, held, allowed) if turn.notes else _nothing_to_shorten(asked)
        else:
            found = self._rewritten(index, turn, held, allowed, model, cancelled) if model else None
            found = found or self._found(index, turn, allowed)
            said = _composed(index, _going_on(found, turn, held))
        done = perf_counter()
        answer = Answer(
            question=question,
            language=said.language,
            abstained=not said.statements,
            text=said.text,
            statements=said.statements,
            sources=said.sources,
            filters=applied,
            understood=None if said.understood == asked else said.understood,
            follow_ups=suggesting.follow_ups(
                index,
                [question, *(each.question for each in history)],
                said.statements,
                said.found,
                language=said.language,
                earlier=[statement for each in held for statement in each.statements],
                like=said.query.vector if said.query else None,
            ),
            nearest=said.nearest,
            timings=Timings(
                (said.retrieved - started) * 1e3, (done - said.retrieved) * 1e3, (done - started) * 1e3
            ),
        )
        return answer, writing.passages_for(answer, said.hits, index.sources)

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
        return sorted(filters.passing(self._live().sources.values(), chosen))

    def verify(self, claim: str, evidence: Sequence[str]) -> Verdict:
        """Whether the evidence says what is claimed, and why not; raises EncoderError."""
        return self._verifier.verify(claim, evidence)

    def evidence(self, question: str, chosen: Filters | None = None) -> Evidence:
        """What `ask` decides on; for fitting and explaining.

        Raises:
            BadUseError: the question is empty or too long.
            AssistantError: the index or the encoder cannot be used.
        """
        index = self._live()
        return self._evidence(index, _mended(index, _checked(question)), _allowed(index, chosen or Filters()))

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
            copies=tuple(index.copies.get(note, ())),
        )

    def original(self, source_id: str) -> Path:
        """The file that a document of the index, or a copy of one, was read from, as it is kept.

        Raises:
            BadUseError: there is no such document in the index (any more).
        """
        index = self._live()
        copies = (copy for each in index.copies.values() for copy in each if copy.id == source_id)
        source = index.sources.get(source_id) or next(copies, None)
        if source is None or not source.file:
            raise BadUseError(f"There is no document {source_id} in the index (any more).")
        return locate(self._data_dir, source.file)

    def facets(self) -> Facets:
        """What the notes can be filtered on."""
        index = self._live()
        sources = index.sources.values()
        years = [int(source.date[:4]) for source in sources if source.date] or [0]
        return Facets(
            places=tuple(sorted(index.places, key=str.casefold)),
            themes=tuple(sorted({theme for source in sources for theme in source.themes})),
            kinds=tuple(sorted({source.kind for source in sources if source.kind})),
            year_min=min(years),
            year_max=max(years),
        )

    def examples(
        self, theme: str | None = None, role: str | None = None, *, language: Language = "nl"
    ) -> tuple[str, ...]:
        """Up to EXAMPLES questions that the material answers, each from another note; the same each time.

        Args:
            theme: only of notes with this theme.
            role: only of notes for this audience.
            language: of the questions; where there is none in it, they are in the language of their note.
        """
        able = [
            source
            for source in self._live().sources.values()
            if (theme is None or theme in source.themes) and (role is None or role in source.audience)
        ]
        offered = [suggesting.in_language(source, language) for source in able]
        if not any(offered):
            offered = [suggesting.in_language(source, source.language) for source in able]
        offered = [questions for questions in offered if questions]
        draw = random.Random(f"{theme} {role}")
        draw.shuffle(offered)
        return tuple(draw.choice(questions) for questions in offered[:EXAMPLES])

    def _greeted(self, question: str, small: greeting.Small, applied: Filters, started: float) -> Answer:
        """What to say to small talk: nothing from the material, and some questions that it answers."""
        kind, language = small
        offered = self.examples(language=language)[: suggesting.FOLLOW_UPS] if kind in _OFFERING else ()
        took = (perf_counter() - started) * 1e3
        return Answer(
            question=question,
            language=language,
            abstained=True,
            text=greeting.reply(small),
            statements=(),
            sources=(),
            filters=applied,
            understood=None,
            follow_ups=offered,
            nearest=(),
            timings=Timings(0.0, took, took),
        )

    def _evidence(self, index: Index, question: str, allowed: frozenset[str] | None) -> Evidence:
        return _evidence(index, retrieval.read(question, self._encoder), allowed)

    def _found(self, index: Index, turn: Turn, allowed: frozenset[str] | None) -> _Found:
        """What is found for a question, read as the conversation and the evidence call for."""
        if not turn.notes and not turn.slot and (turn.act != "ask" or turn.tie == "tight"):
            # It is about an answer, and there is none.
            return replace(self._alone(index, turn.asked, allowed), answers=False)
        if turn.act == "more":
            others = frozenset(index.sources if allowed is None else allowed) - set(turn.notes)
            found = self._within(index, turn.topic, others, allowed)
            return replace(found, understood=conversation.more_of(turn, found.evidence.query.language))
        if turn.slot:
            found = self._within(index, turn.swapped, _holding(index, turn.slot, allowed), allowed)
            if not found.answers or found.sides:
                return found
            # As if it had been typed in full: among all notes, not only those that hold the name.
            whole = _evidence(index, found.evidence.query, allowed)
            return replace(found, answers=_answers_slot(index, turn, found.evidence, whole))
        abroad = _abroad(index) if turn.topic and gathering.only_abroad(turn.asked) else frozenset()
        if abroad:
            part = abroad if allowed is None else abroad & allowed
            return replace(
                self._within(index, turn.topic, part, allowed), understood=conversation.refined(turn)
            )
        if turn.tie != "refining":  # what a question points to is what the answer before it said first
            turn = replace(turn, notes=turn.notes[:1])
        known = " ".join(_whole_text(index.sources[note]) for note in turn.notes)
        about = gathering.topic(turn.asked, index.places)
        elsewhere = conversation.names_new(turn.asked, known, index.places) or bool(about and about.abroad)
        if not turn.notes or turn.tie == "whole" or elsewhere:
            return self._alone(index, turn.asked, allowed)
        return self._followed(index, turn, allowed, known)

    def _rewritten(
        self,
        index: Index,
        turn: Turn,
        held: Sequence[Answer],
        allowed: frozenset[str] | None,
        model: ChatModel,
        cancelled: Event | None,
    ) -> _Found | None:
        """A follow-up as a model reads it, where that is answered; None leaves it to `_found`.

        A new place or year needs no model. The model gets the questions as they were typed: how they were
        understood may hold the title of a document.
        """
        if turn.act != "ask" or turn.slot or turn.tie in {"none", "whole"}:
            return None
        earlier = [answer.question for answer in held]
        text = rewriting.stand_alone(model, turn.asked, earlier, index.places, cancelled)
        found = self._alone(index, text, allowed) if text else None
        return found if found and found.answers else None

    def _followed(self, index: Index, turn: Turn, allowed: frozenset[str] | None, known: str) -> _Found:
        """A question that may be about the notes cited before, which together say `known`."""
        asked = turn.asked
        if turn.tie == "fragment":  # one or two words, of which even a right one may be a slip: "Kotsen?"
            asked = conversation.repaired(asked, known, lambda stem: retrieval.occurs(index, stem, None))
        covered = 1.0
        # Whether Dutch notes hold what is asked in English, their words do not tell.
        if language_of(asked) == "nl":
            covered = conversation.coverage(asked, known, lambda stem: retrieval.idf(index, "body", stem))
        if turn.tie == "tight":
            found = self._of_notes(index, asked, turn.notes, covered)
            if found.answers or not conversation.stands_alone(asked):
                return found
            typed = self._alone(index, asked, allowed)
            return typed if typed.answers else found
        typed = self._alone(index, asked if turn.tie == "fragment" else turn.asked, allowed)
        agreement, share = _standing(typed.evidence.hits, turn.notes)
        if conversation.stays(turn, agreement, share, covered):
            found = self._of_notes(index, asked, turn.notes, covered)
            return typed if not found.answers and agreement >= conversation.AGREEMENT else found
        return self._alone(index, conversation.refined(turn), allowed) if turn.tie == "refining" else typed

    def _within(
        self, index: Index, text: str, part: frozenset[str], allowed: frozenset[str] | None
    ) -> _Found:
        """A question asked of a part of the notes; where that is none, what is nearest among all."""
        if part:
            return self._alone(index, text, part)
        return replace(self._alone(index, text, allowed), answers=False)

    def _alone(self, index: Index, text: str, allowed: frozenset[str] | None) -> _Found:
        """A question that stands on its own."""
        evidence = self._evidence(index, text, allowed)
        found = _Found(text, evidence, _is_answered(evidence), among=allowed)
        about = gathering.topic(text, index.places)
        if about and about.whole and not found.answers:
            # Which notes have a theme or are from abroad stands in their front matter.
            found = replace(found, answers=bool(_gathered(index, found)))
        if not found.answers:
            found = _of_place(index, found, allowed)
        names = [name for name in grounding.places(index) if name != answering.COUNTRY]
        asked = sides.of(text, (*names, *_titled(index, sides.compared(text))))
        return self._beside(index, found, asked, allowed) if asked else found

    def _beside(
        self, index: Index, found: _Found, asked: Sequence[tuple[str, str]], allowed: frozenset[str] | None
    ) -> _Found:
        """A question about places side by side, answered for each, unless the best note tells of them all."""
        best = max(found.evidence.candidates, key=lambda item: item.chance, default=None)
        named = [name for name, _ in asked]
        if best and len(named_in(_whole_text(best.source), named)) == len(named):
            return found
        parts = {}
        for name, question in asked:
            holding = _holding(index, (name,), allowed)
            about = {note for note in holding if named_in(_headed(index.sources[note]), [name])}
            if holding:
                parts[name] = self._evidence(index, question, frozenset(about or holding))
        able = {name: part for name, part in parts.items() if _is_answered(part)}
        if not able:
            return replace(found, answers=False)
        silent = tuple(name for name in named if name not in able)
        return replace(found, answers=True, sides=tuple(able.items()), silent=silent)

    def _of_notes(self, index: Index, asked: str, notes: Sequence[str], covered: float) -> _Found:
        """A question asked of a few notes only."""
        evidence = self._evidence(index, asked, frozenset(notes))
        best = max(evidence.candidates, key=lambda item: item.chance, default=None)
        if best and asking.told(
            asked, " ".join(best.passage.heading), statement_text(best.source, best.units)
        ):
            covered = 1.0
        answers = conversation.follows(grounding.above(evidence.signals), covered) and (
            grounding.tells_years(asked, evidence.candidates)
        )
        title = note_title(index.sources[notes[0]])
        understood = conversation.of_note(asked, title, evidence.query.language)
        answered = bool(evidence.candidates) and answers
        return _Found(understood, evidence, answered, among=frozenset(notes))

    def _shorter(
        self, index: Index, turn: Turn, history: Sequence[Answer], allowed: frozenset[str] | None
    ) -> _Said:
        """The statements of the latest answer that most likely answer its question."""
        latest = conversation.latest(history, turn.act)
        asked = latest.understood or latest.question
        query = retrieval.read(conversation.stripped(asked), self._encoder)
        likely: dict[tuple[str, int], Candidate] = {}
        for among in (frozenset(turn.notes), allowed):  # what is found among all judges as the answer did
            likely |= {_at(item): item for item in _evidence(index, query, among).candidates}
        retrieved = perf_counter()
        known = {each: likely.get((each.quotes[0].note, each.quotes[0].start)) for each in latest.statements}
        kept = conversation.shortened(
            latest.statements,
            lambda each: item.chance if (item := known[each]) else 0.0,
            lambda each: bool((item := known[each]) and answering.leans(item)),
        )
        statements, sources = conversation.as_said(kept, latest.sources)
        understood = conversation.shorter_of(asked, latest.language)
        before = ""
        if len(kept) == len(latest.statements):
            before = _NO_SHORTER[latest.language]
        elif conversation.is_part(kept, latest.statements, asked):
            before = _PART[latest.language]
        text = before + citations.markdown(statements)
        return _Said(understood, latest.language, text, statements, sources, (), retrieved, query=query)

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
    # Composed, for a letter and its accent may come apart when text is copied.
    return " ".join(unicodedata.normalize("NFC", question).split())


def _asked_before(history: Sequence[Answer], *, literal: bool) -> list[Answer]:
    """The earlier answers that a question may follow on: none where it is literal, and no small talk."""
    if literal:
        return []
    return [each for each in history if each.statements or not greeting.read(each.question, begun=False)]


def _mended(index: Index, asked: str) -> str:
    return spelling.mended(asked, index.vocabulary, lambda word: _occurs(index, word))


def _occurs(index: Index, word: str) -> bool:
    return retrieval.occurs(index, stem(word), None)


def _allowed(index: Index, chosen: Filters) -> frozenset[str] | None:
    return filters.passing(index.sources.values(), chosen) if chosen else None


def _nearest(index: Index, hits: Sequence[Hit]) -> tuple[Nearest, ...]:
    notes = dict.fromkeys(hit.passage.source_id for hit in hits)
    return tuple(Nearest(note, note_title(index.sources[note])) for note in list(notes)[:NEAREST])


def _going_on(found: _Found, turn: Turn, held: Sequence[Answer]) -> _Found:
    """What was found; where a question goes on from what was said before, that is told apart."""
    if found.understood == turn.asked:
        return found
    said = {(quote.note, quote.start) for each in held for one in each.statements for quote in one.quotes}
    candidates = [replace(item, said=_at(item) in said) for item in found.evidence.candidates]
    return replace(found, evidence=replace(found.evidence, candidates=candidates))


def _composed(index: Index, found: _Found) -> _Said:
    """The answer from what was found, or the abstention."""
    retrieved = perf_counter()
    query = found.evidence.query
    if found.answers:
        gathered = () if found.sides else _gathered(index, found)
        chosen, before = _of_sides(found) if found.sides else (gathered, "")
        chosen = chosen or answering.compose(query, found.evidence.candidates)
        statements, sources = citations.number(chosen)
        if gathered:
            count = len({choice.source for choice in gathered})
            before = _GATHERED[query.language].format(count=count) + "\n\n"
        elif not found.sides:
            before = _of_years(answering.years(chosen), query.language)
        if not gathered and not found.sides and _is_known(chosen, found.evidence.candidates):
            before = _AGAIN[query.language] + before
        text = before + citations.markdown(statements)
        # Of places side by side in turn, so that who reads on, or writes from them, has something of each.
        evidence = [part for _, part in found.sides] or [found.evidence]
        hits = tuple(hit for row in zip_longest(*(part.hits for part in evidence)) for hit in row if hit)
        notes = tuple(dict.fromkeys(hit.passage.source_id for hit in hits))
        # A list over notes is complete as it is; a model would leave some out.
        usable = () if gathered else hits
        return _Said(
            found.understood, query.language, text, statements, sources, (), retrieved, notes, usable, query
        )
    nearest = _nearest(index, found.evidence.hits)
    absent = _absent(index, query.text)
    why = _NOT_FOUND[query.language]
    if absent:
        why = _ABSENT[query.language].format(names=spoken_list(absent, query.language))
    text = f"{why} {_NEAREST[query.language]}" if nearest else _NO_NOTE[query.language]
    return _Said(found.understood, query.language, text, (), (), nearest, retrieved)


def _is_known(chosen: Sequence[Chosen], candidates: Sequence[Candidate]) -> bool:
    """Whether all that is chosen was said before, apart from what introduces it."""
    said = {_at(item) for item in candidates if item.said}
    telling = [choice for choice in chosen if choice.units[0].kind not in conversation.INTRODUCING]
    return bool(telling) and all(_at(choice) in said for choice in telling)


def _at(item: Candidate | Chosen) -> tuple[str, int]:
    """Where a statement stands: its note, and where it begins there."""
    return item.source.id, item.units[0].start


def _absent(index: Index, question: str) -> list[str]:
    """The places that a question names and nothing in the material does."""
    named = sorted(named_in(question, grounding.places(index)), key=fold(question).find)
    forms = {name: (name, *same_as(name)) for name in named}
    return [name for name in named if not any(_holding(index, (each,), None) for each in forms[name])]


def _evidence(index: Index, query: Query, allowed: frozenset[str] | None) -> Evidence:
    hits = retrieval.search(index, query, retrieval.DEPTH, allowed)
    found = answering.candidates(index, query, hits)
    return Evidence(query, hits, found, grounding.features(index, query, found, allowed))


def _is_answered(evidence: Evidence) -> bool:
    """Whether what was found answers the question."""
    return bool(evidence.candidates) and grounding.answerable(evidence.signals) >= grounding.threshold()


def _of_place(index: Index, found: _Found, allowed: frozenset[str] | None) -> _Found:
    """A question that names a place, asked of the notes about that place if they answer it.

    The best of all notes may say much of what is asked, and nothing of where.
    """
    named = [name for name in named_in(found.understood, index.places) if name != answering.COUNTRY]
    if not named:
        return found
    able = index.sources if allowed is None else allowed
    about = frozenset(note for note in able if named_in(_headed(index.sources[note]), named) == named)
    evidence = _evidence(index, found.evidence.query, about)
    return replace(found, evidence=evidence, answers=True) if _is_answered(evidence) else found


def _of_sides(found: _Found) -> tuple[tuple[Chosen, ...], str]:
    """What is said of each place that a question names side by side, and a line on those with nothing."""
    chosen: dict[tuple[str, int], Chosen] = {}
    for name, part in found.sides:
        for choice in answering.compose(part.query, part.candidates, answering.SIDE):
            # A note on both places may give both the same.
            chosen.setdefault(_at(choice), replace(choice, side=name))
    language = found.evidence.query.language
    before = (
        _SILENT[language].format(names=spoken_list(found.silent, language)) + "\n\n" if found.silent else ""
    )
    return tuple(chosen.values()), before


def _gathered(index: Index, found: _Found) -> tuple[Chosen, ...]:
    """A list over notes, where one is asked for and more than one note has something for it."""
    query, hits = found.evidence.query, found.evidence.hits
    about = gathering.topic(query.text, index.places)
    if not about:
        return ()
    if about.of_notes:
        hits = retrieval.search(index, query, retrieval.DEPTH, _noted(index, about, found.among))
    wider = answering.candidates(index, query, hits, gathering.NOTES)
    return gathering.gathered(about, wider, lambda note: index.passages(index.passage_ids[note][:1])[0])


def _noted(index: Index, about: Topic, among: frozenset[str] | None) -> frozenset[str]:
    """The notes of which people wrote that they are about a topic, of those that could be found."""
    able = (each for each in index.sources.values() if among is None or each.id in among)
    return gathering.notes_on(about, able)


def _of_years(years: Sequence[int], language: Language) -> str:
    """A line above an answer whose sources on one place are from different years; else nothing."""
    if not years:
        return ""
    end = _NEWEST[language] if years[0] == max(years) else "."
    return _YEARS[language].format(years=spoken_list(years, language)) + end + "\n\n"


def _nothing_to_shorten(asked: str) -> _Said:
    language = language_of(asked)
    return _Said(asked, language, _NOTHING_TO_SHORTEN[language], (), (), (), perf_counter())


def _about_sources(index: Index, turn: Turn, history: Sequence[Answer]) -> _Said:
    """What the metadata say of the documents that the latest answer rests on first, with what they said."""
    retrieved = perf_counter()
    latest = conversation.latest(history)
    lead = latest.sources[0].note
    telling = sorted(latest.statements, key=lambda each: each.kind in conversation.INTRODUCING)
    said = [
        next(each for each in telling if source.number in each.citations)
        for source in latest.sources
        if source.note == lead
    ]
    if conversation.asks_when(turn.asked):  # what was said may tell it too
        dated = [each for each in telling if conversation.tells_when(each.text)]
        said = [each for each in dated if each.quotes[0].note == lead][:DATED] or said
    statements, sources = conversation.as_said(list(dict.fromkeys(said)), latest.sources)
    note = index.sources.get(lead)
    # The authors of a note are those of its first document.
    authors = {source.number: note.authors for source in sources if note and source.entry == 1}
    language = language_of(turn.asked)
    text = conversation.about_sources(turn.field or "publisher", sources, authors, language)
    understood = conversation.of_note(turn.asked, note_title(note) if note else sources[0].title, language)
    shown = f"{text}\n\n{citations.markdown(statements)}"
    return _Said(understood, language, shown, statements, sources, (), retrieved)


def _still_held(index: Index, answer: Answer, allowed: frozenset[str] | None) -> Answer:
    """An earlier answer; it counts as empty when a note has changed, is gone or does not pass the filters."""
    holds = all(
        (allowed is None or quote.note in allowed)
        and quote.note in index.sources
        and index.sources[quote.note].text[quote.start : quote.end] == quote.text
        for statement in answer.statements
        for quote in statement.quotes
    )
    if not holds:
        return replace(answer, statements=(), sources=())
    # What a model wrote and nothing supports has no quotes, and is nothing to go on from.
    return replace(answer, statements=tuple(each for each in answer.statements if each.supported))


def _standing(hits: Sequence[Hit], notes: Collection[str]) -> tuple[float, float]:
    """How much all signals agree on the best hit (0 to 1), and the best score among the notes against it."""
    if not hits:
        return 0.0, 0.0
    best = hits[0].score
    own = max((hit.score for hit in hits if hit.passage.source_id in notes), default=0.0)
    return best / sum(retrieval.WEIGHTS.values()), own / best if best else 0.0


def _holding(index: Index, names: Sequence[str], allowed: frozenset[str] | None) -> frozenset[str]:
    """The notes that hold all of the names, in their text or as a place they are about."""
    found = frozenset(index.sources if allowed is None else allowed)
    for wanted in {each for name in names for each in analyse(name).stems}:
        holding = {
            id_.rpartition("#")[0] for id_, _ in index.words({"body": {wanted: 1.0}}, retrieval.DEPTH, found)
        }
        about = {note for note in found if wanted in _place_stems(index.sources[note])}
        found = frozenset(holding | about)
    return found


def _abroad(index: Index) -> frozenset[str]:
    return frozenset(source.id for source in gathering.from_abroad(index.sources.values()))


def _titled(index: Index, names: Sequence[str]) -> list[str]:
    """Which of these names stand in the title of a note."""
    titles = [note_title(source) for source in index.sources.values()] if names else []
    return [name for name in names if any(named_in(title, [name]) for title in titles)]


def _headed(source: Source) -> str:
    """What a note says at its head that it is about: its title and places."""
    return " ".join((note_title(source), *source.places))


def _answers_slot(index: Index, turn: Turn, evidence: Evidence, whole: Evidence) -> bool:
    """Whether what was found for a new place or year is about the earlier question, and of that year."""
    best = max(evidence.candidates, key=lambda item: item.chance)
    rest = [word for word in turn.swapped.split() if not named_in(word, words(" ".join(turn.slot)))]
    note = _whole_text(best.source)
    covered = conversation.strict_coverage(
        " ".join(rest), note, lambda stem: retrieval.idf(index, "body", stem)
    )
    of_years = grounding.tells_years(" ".join(turn.slot), evidence.candidates)
    return of_years and conversation.answers_slot(grounding.above(whole.signals), covered)


def _place_stems(source: Source) -> set[str]:
    return {each for place in source.places for each in analyse(place).stems}


def _whole_text(source: Source) -> str:
    return " ".join((note_title(source), source.title, source.publisher, *source.places, source.text))
