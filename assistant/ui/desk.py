"""What happens when a visitor asks, opens a source or reports a fault; without Gradio and without a browser.

A `Desk` belongs to one page in one language and holds nothing of a visitor. What a visitor said stands in
their `Session`.
"""

from __future__ import annotations

import logging
import math
import time
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from assistant.datatypes import Filters
from assistant.errors import AssistantError
from assistant.feedback import store
from assistant.pipeline import MAX_QUESTION_CHARACTERS
from assistant.ui.inline import plain_html
from assistant.ui.panel import Wanted, panel_html, problem_panel_html, wanted_quotes
from assistant.ui.render import announcement, conversation_html, writing_html

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from pathlib import Path
    from threading import Event

    from assistant.datatypes import Answer, Language
    from assistant.pipeline import Facets, Reading
    from assistant.ui.library_desk import LibraryDesk
    from assistant.ui.session import Mode, Session, Turn
    from assistant.ui.texts import Texts
    from assistant.ui.warmup import WarmUp

STEP_S = 0.05
"""Time between two updates of a growing answer: faster updates make browsers and screen readers stumble."""
MAX_STEPS = 8
"""An answer is on screen as a whole after at most this many steps."""

_log = logging.getLogger(__name__)


class Answering(Protocol):
    """What the interface asks of an assistant, such as `pipeline.Assistant`; all may raise AssistantError."""

    def warm_up(self) -> None:
        """Load what answering needs; returns when it is there."""

    def ask(
        self,
        question: str,
        chosen: Filters | None = None,
        history: Sequence[Answer] = (),
        *,
        literal: bool = False,
    ) -> Answer:
        """The answer from the notes that pass the filters.

        `history`: the earlier answers, oldest first. `literal`: read the question as it stands.
        """
        ...

    @property
    def writes(self) -> bool:
        """Whether there is a language model to write answers."""
        ...

    def write(
        self,
        question: str,
        chosen: Filters | None = None,
        history: Sequence[Answer] = (),
        *,
        literal: bool = False,
        cancelled: Event | None = None,
    ) -> Generator[Answer]:
        """The answer as a language model writes it, each time with a checked sentence more; the last stands.

        To set `cancelled`, or to close the iterator, ends the writing.
        """
        ...

    def read(self, passage_id: str) -> Reading:
        """A passage in its note."""
        ...

    def original(self, source_id: str) -> Path:
        """The file that a document was read from, as it is kept."""
        ...

    def facets(self) -> Facets:
        """What can be filtered on."""
        ...

    def examples(
        self, theme: str | None = None, role: str | None = None, *, language: Language = "nl"
    ) -> tuple[str, ...]:
        """Questions that the material answers, in that language where there are any."""
        ...


@dataclass(frozen=True, slots=True)
class Screen:
    """What a visitor sees after a step.

    `announced` is what a screen reader says, as HTML; `notice` the line above the question box, as text;
    `writing` what can be done while an answer is written, as HTML. `typed` is what the question box holds
    from now on; None leaves it as it is. While an answer is `growing` only the conversation changes: what is
    filled anew is said anew, and loses the focus.
    """

    conversation: str
    announced: str = ""
    notice: str = ""
    writing: str = ""
    typed: str | None = None
    growing: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """The handlers of one page; `library` where the page has one.

    `pause` waits a number of seconds; tests pass one that does not.
    """

    assistant: Answering
    warm_up: WarmUp
    data_dir: Path
    texts: Texts
    library: LibraryDesk | None = None
    pause: Callable[[float], None] = time.sleep

    def status(self) -> str:
        """The status line: loading, ready, or what is wrong and what to do."""
        state = self.warm_up.state
        words = {"loading": self.texts.loading, "ready": self.texts.ready}.get(state)
        if words is None:
            words = self.texts.problem(self.warm_up.problem or AssistantError())
        return f'<span class="state {state}"><i aria-hidden="true"></i>{plain_html(words)}</span>'

    def ask(
        self,
        session: Session,
        question: str,
        filters: Filters,
        *,
        literal: bool = False,
        mode: Mode | None = None,
    ) -> Iterator[Screen]:
        """Answer a question; yields the screen as it changes, the last time with the words to announce.

        A `literal` question is read as it stands, without what was said before it. `mode` is None where there
        is no language model.
        """
        refusal = self._refusal(question)
        if refusal:
            yield self._screen(session, notice=refusal)
            return
        waiting = self.warm_up.state == "loading"
        turn = session.begin(question.strip(), filters, literal=literal, waiting=waiting, mode=mode)
        if turn is None:  # a double click
            yield self._screen(session, typed="")
            return
        yield self._screen(session, self._begun(turn), typed="")
        yield from self._answered(session, turn)

    def turn_to(self, session: Session, turn_id: str, mode: Mode) -> Iterator[Screen]:
        """Answer the question of a turn in another mode, in its place; as before, if it was."""
        turn = session.turn_to(turn_id, mode)
        if turn is None:  # a double click
            yield self._screen(session)
        elif turn.complete:
            yield self._screen(session, self._announced(turn))
        else:
            yield self._screen(session, self._begun(turn))
            yield from self._answered(session, turn)

    def stop(self, session: Session) -> str:
        """Stop the writing; what was checked by then stands. Gives what can be done while it is written."""
        session.stop()
        return writing_html(session.writing, self.texts)

    def leave(self, session: Session) -> None:
        """The visitor is gone: nothing is to be written any longer."""
        session.stop()

    def opening(self) -> Iterator[str]:
        """The status line now, and once more when the model has finished loading."""
        yield self.status()
        if self.warm_up.state == "loading":
            self.warm_up.wait()
            yield self.status()

    def facets(self) -> Facets | None:
        """What can be filtered on; None as long as there is no index to tell."""
        try:
            return self.assistant.facets()
        except AssistantError:
            return None

    def examples(self, theme: str, role: str) -> tuple[str, ...] | None:
        """Example questions for a theme and a role ('' is any), in the language of the page.

        None as long as there is no index to tell.
        """
        try:
            return self.assistant.examples(theme or None, role or None, language=self.texts.language)
        except AssistantError:
            return None

    def read(self, session: Session, wanted: Wanted) -> str:
        """The source panel for a citation or a neighbouring passage, or a sentence when that is gone."""
        turn = session.get(wanted.turn)
        passage = wanted.passage or _cited_passage(turn, wanted)
        try:
            reading = self.assistant.read(passage)
        except AssistantError:
            return problem_panel_html(self.texts)
        return panel_html(reading, wanted, turn, self.texts)

    def report(self, session: Session, turn_id: str, *, opened: bool) -> str:
        """Open or close the "klopt niet" form of a turn."""
        turn = session.get(turn_id)
        if turn:
            session.put(replace(turn, report="open" if opened else "none"))
        return self._conversation(session)

    def remark(self, session: Session, turn_id: str, remark: str) -> Screen:
        """Store a report; the form gives way to a line of thanks."""
        turn = session.get(turn_id)
        if turn is None or turn.answer is None:
            return self._screen(session)
        try:
            store(self.data_dir, turn.answer, remark)
        except AssistantError as error:
            _log.warning("%s", error)
            session.put(replace(turn, report="failed"))
            return self._screen(session, self.texts.report_failed)
        session.put(replace(turn, report="stored"))
        return self._screen(session, self.texts.report_thanks)

    def clear(self, session: Session) -> Screen:
        """A new conversation."""
        session.clear()
        return self._screen(session, typed="")

    def _refusal(self, question: str) -> str:
        if not question.strip():
            return self.texts.empty_question
        if len(question) > MAX_QUESTION_CHARACTERS:
            return self.texts.long_question.format(limit=f"{MAX_QUESTION_CHARACTERS:,}".replace(",", "."))
        return ""

    def _answered(self, session: Session, turn: Turn) -> Iterator[Screen]:
        """The screen while a turn is answered; to close this ends the writing."""
        if turn.waiting:
            self.warm_up.wait()
            turn = replace(turn, waiting=False)
            if session.put(turn):
                yield self._screen(session, self._begun(turn))
        with closing(self._steps(turn, session)) as steps:
            for step in steps:
                if not session.put(step):
                    return
                if step.working:
                    yield Screen(self._conversation(session), growing=True)
                    self.pause(STEP_S)
                else:
                    yield self._screen(session, self._announced(step))

    def _steps(self, turn: Turn, session: Session) -> Generator[Turn]:
        """The turn as it grows, or with its problem."""
        grow = self._written if turn.mode == "schrijven" else self._composed
        try:
            yield from grow(turn, session)
        except AssistantError as error:
            yield replace(turn, problem=self.texts.problem(error))
        except Exception:  # noqa: BLE001 - a fault of ours must not leave the visitor waiting for ever
            _log.exception("Answering a question failed.")
            yield replace(turn, problem=self.texts.broken)

    def _composed(self, turn: Turn, session: Session) -> Iterator[Turn]:
        """The turn with its answer, statement by statement, in at most MAX_STEPS steps."""
        history = session.history(turn)
        answer = self.assistant.ask(turn.question, turn.filters, history, literal=turn.literal)
        self.warm_up.succeeded_after_all()
        count = len(answer.statements)
        stride = max(1, math.ceil(count / MAX_STEPS))
        for shown in range(stride, count, stride):
            yield replace(turn, answer=answer, shown=shown)
        yield replace(turn, answer=answer, shown=count, complete=True)

    def _written(self, turn: Turn, session: Session) -> Generator[Turn]:
        """The turn with its answer as it is written; the last one may be a composed one."""
        step = turn
        growing = self.assistant.write(
            turn.question,
            turn.filters,
            session.history(turn),
            literal=turn.literal,
            cancelled=session.stopped(turn),
        )
        with closing(growing):
            for answer in growing:
                self.warm_up.succeeded_after_all()
                before, step = step, replace(turn, answer=answer, shown=len(answer.statements))
                if answer.mode == "schrijven" and step.shown != before.shown:
                    yield step
        yield replace(step, complete=True)

    def _screen(
        self, session: Session, announced: str = "", *, notice: str = "", typed: str | None = None
    ) -> Screen:
        writing = writing_html(session.writing, self.texts)
        return Screen(self._conversation(session), announced, notice, writing, typed)

    def _begun(self, turn: Turn) -> str:
        """What is announced of a turn that is begun: only what takes long."""
        if turn.waiting:
            return self.texts.waiting
        return self.texts.writing if turn.mode == "schrijven" else ""

    def _conversation(self, session: Session) -> str:
        return conversation_html(session.turns, self.texts)

    def _announced(self, turn: Turn) -> str:
        return announcement(turn.answer, self.texts) if turn.answer else plain_html(turn.problem)


def chosen_filters(
    places: Sequence[str], themes: Sequence[str], kinds: Sequence[str], year_from: int, year_to: int
) -> Filters:
    """The filters that the fields on the screen stand for; no values, or the year 0, filter nothing.

    Years in the wrong order are taken the other way round.
    """
    if year_from and year_to:
        year_from, year_to = sorted((year_from, year_to))
    fields = {"places": places, "themes": themes, "kind": kinds}
    values = {name: tuple(chosen) for name, chosen in fields.items() if chosen}
    return Filters(values, year_from or None, year_to or None)


def _cited_passage(turn: Turn | None, wanted: Wanted) -> str:
    """The passage behind a citation: where its first quote stands."""
    if turn is None or turn.answer is None:
        return ""
    quotes = wanted_quotes(turn.answer, wanted.number, wanted.statement)
    return quotes[0].passage if quotes else ""
