"""What one visitor's conversation holds: an ordered set of turns, each replaced whole as it grows."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from assistant.datatypes import Filters

if TYPE_CHECKING:
    from assistant.datatypes import Answer

Report = Literal["none", "open", "stored", "failed"]
"""How far a "klopt niet" of a turn has come."""
Mode = Literal["citaten", "schrijven"]
"""How a question is answered: with sentences of the material, or by a language model."""
REMEMBERED = 6
"""A question may refer to this many earlier answers."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and how far its answer has come.

    `shown` counts the statements that are on screen; `complete` says that the answer is on screen as a whole.
    A turn that is not complete and has no problem is being worked on; `waiting`: it waits for the model.
    `literal`: the question is to be read as it stands, without the conversation before it. `mode` is how it
    is to be answered, None where there is only one way; `other` the complete answer in the other mode, once
    there is one; `run` counts how often the question was answered anew.
    """

    id: str
    question: str
    filters: Filters = field(default_factory=Filters)
    literal: bool = False
    mode: Mode | None = None
    waiting: bool = False
    answer: Answer | None = None
    other: Answer | None = None
    run: int = 0
    shown: int = 0
    complete: bool = False
    problem: str = ""
    report: Report = "none"

    @property
    def working(self) -> bool:
        """Whether an answer is on its way."""
        return not (self.complete or self.problem)

    @property
    def offered(self) -> Mode | None:
        """The other way to answer this question; None where there is none."""
        if self.mode is None or self.answer is None or self.answer.abstained:
            return None
        if self.answer.mode == "schrijven":
            return "citaten"
        return None if self.unwritten else "schrijven"

    @property
    def unwritten(self) -> bool:
        """Whether it was to be written, and there was nothing to write from."""
        told = self.answer is not None and not self.answer.notice and self.answer.mode == "citaten"
        return self.mode == "schrijven" and self.complete and told

    def turned(self, mode: Mode) -> Turn | None:
        """The same question, answered (or to be answered) in this mode; None when it is already."""
        shown = self.answer.mode if self.answer and self.complete else self.mode
        if self.mode is None or self.problem or shown == mode:
            return None
        kept = self.other if self.other and self.other.mode == mode and not self.other.notice else None
        return Turn(
            self.id,
            self.question,
            self.filters,
            literal=self.literal,
            mode=mode,
            answer=kept,
            other=self.answer if self.complete else None,
            run=self.run + 1,
            shown=len(kept.statements) if kept else 0,
            complete=kept is not None,
        )


class Session:
    """The turns of one visitor, held in a `gr.State`; the handlers of one visitor see each other's turns.

    Handlers run in threads: every method is one step, which no other one can come between.
    """

    def __init__(self) -> None:
        """An empty conversation."""
        self._turns: dict[str, Turn] = {}
        self._stopped: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    def __deepcopy__(self, memo: dict[int, object]) -> Session:
        """The same turns under a lock of its own; Gradio copies its first state for every visitor."""
        copied = Session()
        copied._turns = {turn.id: turn for turn in self.turns}
        copied._stopped = {turn_id: threading.Event() for turn_id in copied._turns}
        return copied

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns in the order in which they were asked."""
        with self._lock:
            return tuple(self._turns.values())

    @property
    def writing(self) -> Turn | None:
        """The newest turn that is being written, and was not stopped."""
        with self._lock:
            busy = (turn for turn in self._turns.values() if turn.working and turn.mode == "schrijven")
            return next((turn for turn in reversed(list(busy)) if not self._stopped[turn.id].is_set()), None)

    def begin(
        self,
        question: str,
        filters: Filters,
        *,
        literal: bool = False,
        waiting: bool = False,
        mode: Mode | None = None,
    ) -> Turn | None:
        """Add a turn for a question; None when this question is being answered at this moment."""
        with self._lock:
            if any(turn.question == question and turn.working for turn in self._turns.values()):
                return None
            turn = Turn(secrets.token_hex(4), question, filters, literal=literal, mode=mode, waiting=waiting)
            self._turns[turn.id] = turn
            self._stopped[turn.id] = threading.Event()
            return turn

    def turn_to(self, turn_id: str, mode: Mode) -> Turn | None:
        """Have a question answered in another mode, in its place; None when it is already, or is gone.

        What is being written is stopped. The turn is complete when it was answered in that mode before.
        """
        with self._lock:
            known = self._turns.get(turn_id)
            turn = known.turned(mode) if known else None
            if turn is None:
                return None
            self._stopped[turn_id].set()
            self._stopped[turn_id] = threading.Event()
            self._turns[turn_id] = turn
            return turn

    def stopped(self, turn: Turn) -> threading.Event:
        """What is set when a turn is not to be worked on any longer."""
        with self._lock:
            return self._stopped.get(turn.id) or _set_event()

    def stop(self) -> None:
        """Stop all that is being written."""
        with self._lock:
            for stopped in self._stopped.values():
                stopped.set()

    def history(self, turn: Turn) -> tuple[Answer, ...]:
        """What a turn may refer to: the last REMEMBERED answers given before it, oldest first."""
        turns = self.turns
        before = turns[: next((place for place, each in enumerate(turns) if each.id == turn.id), 0)]
        return tuple(each.answer for each in before if each.answer)[-REMEMBERED:]

    def get(self, turn_id: str) -> Turn | None:
        """The turn under this id, or None when it is not (or no longer) part of the conversation."""
        with self._lock:
            return self._turns.get(turn_id)

    def put(self, turn: Turn) -> bool:
        """Replace a turn by its next state; False when it was cleared or begun anew in the meantime."""
        with self._lock:
            known = self._turns.get(turn.id)
            if known is None or known.run > turn.run:
                return False
            self._turns[turn.id] = turn
            return True

    def clear(self) -> None:
        """Forget all turns, and stop what is being written."""
        self.stop()
        with self._lock:
            self._turns.clear()
            self._stopped.clear()


def _set_event() -> threading.Event:
    event = threading.Event()
    event.set()
    return event
