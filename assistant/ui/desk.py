"""What happens when a visitor asks, opens a source or reports a fault; without Gradio and without a browser.

A `Desk` belongs to one page in one language and holds nothing of a visitor. What a visitor said stands in
their `Session`.
"""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from assistant.datatypes import Filters
from assistant.errors import AssistantError
from assistant.feedback import store
from assistant.pipeline import MAX_QUESTION_CHARACTERS
from assistant.ui.inline import plain_html
from assistant.ui.panel import Wanted, panel_html, problem_panel_html, wanted_quotes
from assistant.ui.render import announcement, conversation_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from assistant.datatypes import Answer
    from assistant.pipeline import Facets, Reading
    from assistant.ui.library_desk import LibraryDesk
    from assistant.ui.session import Session, Turn
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

    def read(self, passage_id: str) -> Reading:
        """A passage in its note."""
        ...

    def original(self, source_id: str) -> Path:
        """The file that a document was read from, as it is kept."""
        ...

    def facets(self) -> Facets:
        """What can be filtered on."""
        ...

    def examples(self, theme: str | None = None, role: str | None = None) -> tuple[str, ...]:
        """Questions that the material answers."""
        ...


@dataclass(frozen=True, slots=True)
class Screen:
    """What a visitor sees after a step.

    `announced` is what a screen reader says, as HTML; `notice` the line above the question box, as text.
    `typed` is what the question box holds from now on; None leaves it as it is.
    """

    conversation: str
    announced: str = ""
    notice: str = ""
    typed: str | None = None


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
        self, session: Session, question: str, filters: Filters, *, literal: bool = False
    ) -> Iterator[Screen]:
        """Answer a question; yields the screen as it changes, the last time with the words to announce.

        A `literal` question is read as it stands, without what was said before it.
        """
        refusal = self._refusal(question)
        if refusal:
            yield Screen(self._conversation(session), notice=refusal)
            return
        waiting = self.warm_up.state == "loading"
        turn = session.begin(question.strip(), filters, literal=literal, waiting=waiting)
        if turn is None:  # a double click
            yield Screen(self._conversation(session), typed="")
            return
        yield Screen(self._conversation(session), self.texts.waiting if turn.waiting else "", typed="")
        if turn.waiting:
            self.warm_up.wait()
            turn = replace(turn, waiting=False)
            if session.put(turn):
                yield Screen(self._conversation(session))
        for step in self._steps(turn, session.history(turn)):
            if not session.put(step):
                return
            done = step.complete or bool(step.problem)
            yield Screen(self._conversation(session), self._announced(step) if done else "")
            if not done:
                self.pause(STEP_S)

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
        """Example questions for a theme and a role ('' is any); None as long as there is no index to tell."""
        try:
            return self.assistant.examples(theme or None, role or None)
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
            return Screen(self._conversation(session))
        try:
            store(self.data_dir, turn.answer, remark)
        except AssistantError as error:
            _log.warning("%s", error)
            session.put(replace(turn, report="failed"))
            return Screen(self._conversation(session), self.texts.report_failed)
        session.put(replace(turn, report="stored"))
        return Screen(self._conversation(session), self.texts.report_thanks)

    def clear(self, session: Session) -> Screen:
        """A new conversation."""
        session.clear()
        return Screen("", typed="")

    def _refusal(self, question: str) -> str:
        if not question.strip():
            return self.texts.empty_question
        if len(question) > MAX_QUESTION_CHARACTERS:
            return self.texts.long_question.format(limit=f"{MAX_QUESTION_CHARACTERS:,}".replace(",", "."))
        return ""

    def _steps(self, turn: Turn, history: Sequence[Answer]) -> Iterator[Turn]:
        """The turn as it grows: statement by statement, in at most MAX_STEPS steps; or with its problem."""
        try:
            answer = self.assistant.ask(turn.question, turn.filters, history, literal=turn.literal)
        except AssistantError as error:
            yield replace(turn, problem=self.texts.problem(error))
            return
        except Exception:  # noqa: BLE001 - a fault of ours must not leave the visitor waiting for ever
            _log.exception("Answering a question failed.")
            yield replace(turn, problem=self.texts.broken)
            return
        self.warm_up.succeeded_after_all()
        count = len(answer.statements)
        stride = max(1, math.ceil(count / MAX_STEPS))
        for shown in range(stride, count, stride):
            yield replace(turn, answer=answer, shown=shown)
        yield replace(turn, answer=answer, shown=count, complete=True)

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
