"""Schrijven: a language model writes, and each sentence is checked before it counts.

A sentence must cite passages by number; it counts when one of those that it cites supports it, and then
carries the exact words it rests on and the document that those designate. Where none of them does, and of all
passages given exactly one does, the sentence gets that one's number; nothing else of it is ever mended. The
rest is marked or dropped. When too little is left, or the model fails, the citaten answer takes its place.

Nothing here knows which model writes (`assistant.models`) or how a sentence is judged
(`assistant.verifying`).
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, Literal, Protocol

from assistant import citations, prompting
from assistant.citations import Chosen
from assistant.datatypes import Statement, Timings
from assistant.drafting import Draft
from assistant.dutch import content_words, language_of, stem, stop_words, words
from assistant.errors import AssistantError, EncoderError
from assistant.models import ANSWER_TOKENS, ModelError
from assistant.passages import note_title
from assistant.passages import statements as units_of
from assistant.prompting import Given
from assistant.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from threading import Event

    from assistant.datatypes import Answer, CitedSource, Hit, Language, Source, Unit
    from assistant.drafting import Drafted
    from assistant.models import ChatModel, Trouble
    from assistant.verifying import Verdict

Fault = Literal["language", "repeats", "uncited", "unsupported", "empty", "room", "checking"]
"""What is wrong with what the model wrote: another language; the same again and again; no citations; too
little that is supported; nothing; no room for the passages; the sentences could not be checked."""

LEAST = 0.5
"""With a smaller part of its sentences supported an answer does not stand."""
SURE = 0.95
"""How likely it must be that a passage that is not cited says a sentence: of eight, one soon seems to.
With an earlier verifier's own 94 of 1,154 changed sentences were shown, with .9 48, with this 36."""
LIKELY = 0.7
"""How likely it must be that a cited passage says a sentence, which is more than `verify` asks: readers take
what is shown for proven. Of claims that say something else on the topic of their passage this catches 83 %
against 81 %, cross-validated, and of those that nothing is fitted on 67 against 50 %; of generated sentences
that are true it keeps 93 against 96 %."""
HOPELESS = 5
"""After so many sentences without a supported one the model is not listened to any longer."""
REPEATS = 3
"""How often a sentence may come again before the model is taken to be stuck."""
LONGEST_SENTENCE = 1_500
LANGUAGE_WORDS, LANGUAGE_SHARE = 40, 0.12
"""Of so many words at least this part is function words: in the notes 99 of 100 stretches of 25 words have
.20; German, French and Spanish text has at most .10."""
_SHORT_LANGUAGE_WORDS = 12
_LOOP = re.compile(r"(\b.{12,160}?)\1{3}", re.DOTALL)
_LOOKED_BACK = 800
_FEW_WORDS = 1
_MISSING = re.compile(r"\W*(?:ontbreekt|ontbrekend|missing)\s*:\s*", re.IGNORECASE)
_OF_ANSWERS = frozenset(
    {"informatie", "gegevens", "cijfers", "passages", "materiaal", "bronnen", "antwoord", "vraag", "staat"}
    | {"vermeld", "genoemd", "details", "information", "figures", "data", "material", "sources", "mentioned"}
)
"""Words that a model may use besides those of the question to say what it could not answer."""
_SAME = 4

_UNCITED, _NO_SUCH, _NOT_FOUND = Reason("uncited"), Reason("unknown"), Reason("found")
_SILENT: Mapping[Language, str] = {
    "nl": "Volgens het taalmodel staat dit niet in het materiaal: {words}",
    "en": "According to the language model this is not in the material: {words}",
}
_NOTICE: Mapping[Language, str] = {
    "nl": "{cause}. Daarom staan hier de zinnen uit het materiaal zelf.",
    "en": "{cause}. Therefore these are the sentences of the material itself.",
}
_STOPPED: Mapping[Language, str] = {
    "nl": "Het schrijven is gestopt; dit is wat er al was nagekeken.",
    "en": "The writing was stopped; this is what had been checked.",
}
CAUSES: Mapping[Language, Mapping[Trouble | Fault, str]] = {
    "nl": {
        "busy": "Het taalmodel is bezig met andere antwoorden",
        "crowded": "Het taalmodel heeft het te druk",
        "timeout": "Het taalmodel was niet op tijd klaar",
        "unreachable": "Het taalmodel is niet bereikbaar",
        "refused": "Het taalmodel gaf een foutmelding",
        "broken": "Het antwoord van het taalmodel brak af",
        "cancelled": "Het schrijven is gestopt",
        "language": "Het taalmodel antwoordde in een andere taal",
        "repeats": "Het taalmodel viel in herhaling",
        "uncited": "Het taalmodel noemde geen bronnen",
        "unsupported": "Te weinig van wat het taalmodel schreef, staat in het materiaal",
        "empty": "Het taalmodel schreef geen antwoord",
        "room": "De vraag en de bronnen passen niet in het taalmodel",
        "checking": "Wat het taalmodel schreef, kon niet worden nagekeken",
    },
    "en": {
        "busy": "The language model is busy with other answers",
        "crowded": "The language model is too busy",
        "timeout": "The language model did not finish in time",
        "unreachable": "The language model cannot be reached",
        "refused": "The language model gave an error",
        "broken": "The answer of the language model broke off",
        "cancelled": "The writing was stopped",
        "language": "The language model answered in another language",
        "repeats": "The language model repeated itself",
        "uncited": "The language model named no sources",
        "unsupported": "Too little of what the language model wrote is in the material",
        "empty": "The language model wrote no answer",
        "room": "The question and the sources do not fit in the language model",
        "checking": "What the language model wrote could not be checked",
    },
}
"""Why the citaten answer is shown, in words for the reader."""


class Verifying(Protocol):
    """What writing asks of a verifier, such as `verifying.Verifier`."""

    def verify_all(self, claims: Sequence[tuple[str, Sequence[str]]]) -> list[Verdict]:
        """A verdict per (claim, evidence); raises EncoderError."""
        ...


class WritingError(AssistantError):
    """The model wrote no answer that stands; `reason` is a key of CAUSES."""

    def __init__(self, reason: Trouble | Fault) -> None:
        """Keep the reason; it is put into words where it is shown."""
        super().__init__(f"{CAUSES['en'][reason]}.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one answer: wall clock, characters read of the model (its thoughts included), sentences.

    With `mark`, what is not supported is shown as such; without, it is dropped.
    """

    timeout_s: float = 60.0
    characters: int = 40_000
    sentences: int = 40
    mark: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence that was checked. Where nothing supports it, it rests on nothing, and there are reasons."""

    drafted: Drafted
    rests_on: tuple[Chosen, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def supported(self) -> bool:
        """Whether a passage says it."""
        return bool(self.rests_on)


@dataclass(frozen=True, slots=True)
class Written:
    """All that was checked so far; `missing` is what the model could not answer, in words of the question."""

    checked: tuple[Checked, ...] = ()
    missing: str = ""


class Writer:
    """Writes answers with a model, and checks them. Threads may share it."""

    def __init__(self, model: ChatModel, verifier: Verifying, limits: Limits | None = None) -> None:
        """Take the model, what judges its sentences, and the bounds of an answer."""
        self.model = model
        self._verifier = verifier
        self.limits = limits or Limits()

    def write(
        self,
        question: str,
        given: Sequence[Given],
        language: Language,
        history: Sequence[Answer] = (),
        cancelled: Event | None = None,
    ) -> Generator[Written]:
        """What was written and checked so far, each time that a sentence was added.

        To close the iterator, or to set `cancelled` from another thread, ends the request to the model.

        Args:
            question: as understood from the conversation.
            given: the passages to write from, the most useful first; as many as fit are shown to the model.
            language: of the question, which the answer must be in.
            history: earlier answers of the conversation, oldest first.
            cancelled: set by another thread to stop.

        Raises:
            WritingError: no answer that stands came of it; what was yielded before does not count.
        """
        try:
            yield from self._write(question, given, language, history, cancelled)
        except ModelError as error:
            raise WritingError(error.trouble) from error
        except EncoderError as error:
            raise WritingError("checking") from error
        except WritingError:
            raise
        except AssistantError as error:
            raise WritingError("refused") from error

    def _write(
        self,
        question: str,
        given: Sequence[Given],
        language: Language,
        history: Sequence[Answer],
        cancelled: Event | None,
    ) -> Generator[Written]:
        count = self.model.count_tokens
        room = self.model.context_tokens - ANSWER_TOKENS
        system, user, shown = prompting.request(question, given, language, history, room, count)
        if not shown:
            raise WritingError("room")
        answer = _Growing(self._verifier, question, given[:shown], language)
        draft = Draft(language)
        read = restarted = 0
        stream = self.model.stream([("system", system), ("user", user)], self.limits.timeout_s, cancelled)
        # Closed also where a check raises, or who reads this stops: a model must not write on for nobody.
        with closing(stream):
            for piece in stream:
                read += len(piece)
                added = answer.add_all(draft.feed(piece))
                if draft.restarted > restarted:
                    restarted = draft.restarted
                    answer.restart()
                elif added:
                    yield answer.written
                answer.check(draft.unfinished)
                if read > self.limits.characters or len(answer.written.checked) >= self.limits.sentences:
                    break
            else:
                if answer.add_all(draft.finish()):
                    yield answer.written
        answer.close()


@dataclass(slots=True)
class _Growing:
    """An answer as it grows, with what tells whether the model has gone wrong."""

    verifier: Verifying
    question: str
    given: Sequence[Given]
    language: Language
    written: Written = field(default_factory=Written)
    _own: list[str] = field(default_factory=list)
    _doubted: list[str] = field(default_factory=list)
    _times: Counter[str] = field(default_factory=Counter)
    _looked: int = 0

    def restart(self) -> None:
        """Forget all that was said: it was a thought."""
        self.written, self._times = Written(), Counter()
        self._own, self._doubted = [], []

    def add_all(self, drafted: Iterator[Drafted]) -> bool:
        """Check the sentences and add them; whether there is anything new to show."""
        before = self.written
        for each in drafted:
            self._add(each)
        return self.written is not before

    def _add(self, drafted: Drafted) -> None:
        missing = _MISSING.match(drafted.text)
        if missing:
            said = _in_words_of(drafted.text[missing.end() :], self.question)
            self.written = replace(self.written, missing=said or self.written.missing)
            return
        key = " ".join(words(drafted.text))
        self._times[key] += 1
        if self._times[key] > 1:
            return
        checked = Checked(drafted)
        if not _is_empty(drafted):
            checked = check(drafted, self.given, self.verifier)
            self.written = replace(self.written, checked=(*self.written.checked, checked))
        # What stands in the material is no other language, also where it is a list of names.
        own = checked.supported and language_of(drafted.text) == self.language
        (self._own if own else self._doubted).append(drafted.text)

    def check(self, unfinished: str) -> None:
        """Raise WritingError as soon as it is clear that nothing good will come."""
        if max(self._times.values(), default=0) > REPEATS or self._loops(unfinished):
            raise WritingError("repeats")
        self._check_language(LANGUAGE_WORDS)
        if len(self.written.checked) >= HOPELESS and not any(each.supported for each in self.written.checked):
            self.close()

    def _check_language(self, least: int) -> None:
        doubted = " ".join(self._doubted)
        most = len(doubted) > len(" ".join(self._own))
        if most and _is_other_language(doubted, self.language, least):
            raise WritingError("language")

    def _loops(self, unfinished: str) -> bool:
        """Whether a sentence does not end, or goes round; looked at every 200 characters."""
        if len(unfinished) > LONGEST_SENTENCE:
            return True
        if len(unfinished) < self._looked:
            self._looked = 0
        if len(unfinished) - self._looked < 200:
            return False
        self._looked = len(unfinished)
        return bool(_LOOP.search(unfinished[-_LOOKED_BACK:]))

    def close(self) -> None:
        """Raise WritingError when what was written does not stand."""
        self._check_language(_SHORT_LANGUAGE_WORDS)
        checked = self.written.checked
        if not checked:
            raise WritingError("empty")
        if not any(each.drafted.numbers for each in checked):
            raise WritingError("uncited")
        if sum(each.supported for each in checked) < max(LEAST * len(checked), 1):
            raise WritingError("unsupported")


def check(drafted: Drafted, given: Sequence[Given], verifier: Verifying) -> Checked:
    """A sentence with the words that it rests on, or with the reasons why nothing supports it.

    Each passage is compared by itself: what one says of a place and another of a number supports nothing.

    Raises:
        EncoderError: it could not be compared.
    """
    if not drafted.numbers:
        return Checked(drafted, (), (_UNCITED,))
    cited = [number - 1 for number in drafted.numbers if 0 < number <= len(given)]
    verdicts = _verdicts(drafted, given, cited, verifier)
    rests_on = _resting(given, cited, verdicts)
    if not rests_on:
        # A slip in the number; never guessed: where two passages say it, either may be meant.
        others = [place for place in range(len(given)) if place not in cited]
        compared = _verdicts(drafted, given, others, verifier)
        found = _resting(given, others, compared)
        sure = max((verdict.score for verdict in compared if verdict.supported), default=0.0) >= SURE
        rests_on = found if sure and len({choice.passage.id for choice in found}) == 1 else ()
    if rests_on:
        return Checked(drafted, rests_on)
    best = max(verdicts, key=lambda verdict: verdict.score, default=None)
    if best is None:
        return Checked(drafted, (), (_NO_SUCH,))
    return Checked(drafted, (), best.reasons or (_NOT_FOUND,))


def _verdicts(
    drafted: Drafted, given: Sequence[Given], places: Sequence[int], verifier: Verifying
) -> list[Verdict]:
    claims = [(drafted.text, [_evidence(given[place])]) for place in places]
    return verifier.verify_all(claims) if claims else []


def _resting(
    given: Sequence[Given], places: Sequence[int], verdicts: Sequence[Verdict]
) -> tuple[Chosen, ...]:
    """The words of the passages that support a sentence."""
    found: list[Chosen] = []
    for place, verdict in zip(places, verdicts, strict=True):
        if verdict.supported and verdict.span and verdict.score >= LIKELY:
            each = given[place]
            moved = each.passage.start - len(_heading(each))
            for units in _units(each, verdict.span[1] + moved, verdict.span[2] + moved):
                choice = Chosen(each.source, each.passage, units)
                if choice not in found:
                    found.append(choice)
    return tuple(found)


def _units(given: Given, start: int, end: int) -> list[tuple[Unit, ...]]:
    """The statements in a span; of an item and what introduces its list, not those between."""
    found = [
        tuple(unit for unit in units if unit.start < end and unit.end > start)
        for units in units_of(given.passage)
    ]
    found = [units for units in found if units]
    introduced = len(found) > 2 and found[0][0].kind in {"lead_in", "header_row"}
    return [found[0], found[-1]] if introduced else found


def _heading(given: Given) -> str:
    """What a passage is about and who published it, as headings above it: names that its sentences leave out.

    Not the date of publication: what happened in which year its sentences must say.
    """
    entries = dict.fromkeys(entry for unit in given.passage.units for entry in unit.entries)
    publishers = dict.fromkeys(given.source.entries[entry - 1].publisher for entry in sorted(entries))
    lines = (note_title(given.source), *given.passage.heading, *publishers)
    return "".join(f"# {' '.join(line.split())}\n\n" for line in lines if line.strip())


def _evidence(given: Given) -> str:
    return _heading(given) + given.text


def _is_empty(drafted: Drafted) -> bool:
    """A heading, what introduces a list, or a few words that only connect: it claims nothing by itself."""
    if drafted.numbers:
        return False
    told = content_words(drafted.text)
    few = len(told) <= _FEW_WORDS and not any(character.isdigit() for character in drafted.text)
    return drafted.kind == "heading" or drafted.text.endswith(":") or few


def _is_other_language(text: str, language: Language, least: int) -> bool:
    """Whether a text of at least so many words is in another language than this one."""
    said = words(text)
    if len(said) < least:
        # Other scripts may have hardly any words between spaces.
        return len(text) >= LANGUAGE_WORDS and not _is_latin(text)
    share = sum(word in stop_words() for word in said) / len(said)
    strange = len(said) >= LANGUAGE_WORDS and share < LANGUAGE_SHARE
    return strange or not _is_latin(text) or language_of(text) != language


def _is_latin(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return sum(character < "\u0250" for character in letters) >= len(letters) / 2


def _in_words_of(text: str, question: str) -> str:
    """What a model says it lacks, if it says so in words of the question; else nothing."""
    known = [stem(word)[:_SAME] for word in words(question)]
    told = [word for word in content_words(text) if word not in _OF_ANSWERS]
    own = all(stem(word)[:_SAME] in known for word in told)
    return text.strip() if told and own else ""


def stated(
    checked: Sequence[Checked], *, mark: bool = True
) -> tuple[tuple[Statement, ...], tuple[CitedSource, ...]]:
    """Statements with numbered citations and their exact quotes, and the documents under those numbers.

    What is not supported has no citation and no quote; without `mark` it is left out.
    """
    made, sources = citations.number(choice for each in checked for choice in each.rests_on)
    numbered = iter(made)
    statements: list[Statement] = []
    for each in checked:
        own = list(islice(numbered, len(each.rests_on)))
        if own or mark:
            statements.append(
                Statement(
                    text=each.drafted.text,
                    citations=tuple(dict.fromkeys(number for part in own for number in part.citations)),
                    quotes=tuple(quote for part in own for quote in part.quotes),
                    kind="item" if each.drafted.kind == "item" else "sentence",
                    marker=each.drafted.marker,
                    supported=bool(own),
                    reasons=each.reasons,
                )
            )
    return tuple(statements), sources


def passages_for(answer: Answer, hits: Sequence[Hit], sources: Mapping[str, Source]) -> list[Given]:
    """The passages to write from: first those that the citaten answer quotes, then the others, best first."""
    found = {hit.passage.id: hit.passage for hit in hits}
    quoted = [quote.passage for statement in answer.statements for quote in statement.quotes]
    order = dict.fromkeys([*(id_ for id_ in quoted if id_ in found), *found])
    return [Given(sources[found[id_].source_id], found[id_]) for id_ in order][: prompting.MAX_PASSAGES]


def written(
    answer: Answer,
    given: Sequence[Given],
    writer: Writer,
    history: Sequence[Answer] = (),
    cancelled: Event | None = None,
    clock: Callable[[], float] = perf_counter,
) -> Generator[Answer]:
    """The answer as the model writes it, each time with a sentence more; the last one stands.

    The last one is the citaten answer, with a notice why, when the writing failed. What abstains, or has
    nothing to write from, is given back as it is: the model is not asked when the material does not answer.

    Args:
        answer: the citaten answer.
        given: the passages to write from, as `passages_for` gives them.
        writer: writes and checks.
        history: earlier answers of the conversation, oldest first.
        cancelled: set by another thread to stop; what was checked then stands, if anything is supported.
        clock: seconds.
    """
    if answer.abstained or not given:
        yield answer
        return
    began = clock()
    so_far = Written()
    notice: str | None = None
    try:
        asked = answer.understood or answer.question
        with closing(writer.write(asked, given, answer.language, history, cancelled)) as growing:
            for so_far in growing:
                yield _grown(answer, so_far, writer.limits, clock() - began)
    except WritingError as error:
        stands = error.reason == "cancelled" and any(each.supported for each in so_far.checked)
        if not stands:
            yield replace(_timed(answer, clock() - began), notice=fallback(error.reason, answer.language))
            return
        notice = _STOPPED[answer.language]
    yield replace(_grown(answer, so_far, writer.limits, clock() - began), notice=notice)


def fallback(reason: Trouble | Fault, language: Language) -> str:
    """One line that says why the citaten answer is shown."""
    return _NOTICE[language].format(cause=CAUSES[language][reason])


def _grown(answer: Answer, so_far: Written, limits: Limits, seconds: float) -> Answer:
    statements, sources = stated(so_far.checked, mark=limits.mark)
    missing = _SILENT[answer.language].format(words=so_far.missing) if so_far.missing else ""
    return replace(
        _timed(answer, seconds),
        mode="schrijven",
        statements=statements,
        sources=sources,
        text="\n\n".join(part for part in (missing, citations.prose(statements)) if part),
    )


def _timed(answer: Answer, seconds: float) -> Answer:
    """The answer with the time of the writing in its timings."""
    took = seconds * 1e3
    timings = answer.timings
    return replace(answer, timings=Timings(timings.retrieve, timings.answer + took, timings.total + took))
