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
REMEMBERED = 6
"""A question may refer to this many earlier answers."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and how far its answer has come.

    `shown` counts the statements that are on screen; `complete` says that the answer is on screen as a whole.
    A turn that is not complete and has no problem is being worked on; `waiting`: it waits for the model.
    `literal`: the question is to be read as it stands, without the conversation before it.
    """

    id: str
    question: str
    filters: Filters = field(default_factory=Filters)
    literal: bool = False
    waiting: bool = False
    answer: Answer | None = None
    shown: int = 0
    complete: bool = False
    problem: str = ""
    report: Report = "none"


class Session:
    """The turns of one visitor, held in a `gr.State`; the handlers of one visitor see each other's turns.

    Handlers run in threads: every method is one step, which no other one can come between.
    """

    def __init__(self) -> None:
        """An empty conversation."""
        self._turns: dict[str, Turn] = {}
        self._lock = threading.Lock()

    def __deepcopy__(self, memo: dict[int, object]) -> Session:
        """The same turns under a lock of its own; Gradio copies its first state for every visitor."""
        copied = Session()
        copied._turns = {turn.id: turn for turn in self.turns}
        return copied

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns in the order in which they were asked."""
        with self._lock:
            return tuple(self._turns.values())

    def begin(
        self, question: str, filters: Filters, *, literal: bool = False, waiting: bool = False
    ) -> Turn | None:
        """Add a turn for a question; None when this question is being answered at this moment."""
        with self._lock:
            if any(t.question == question and not (t.complete or t.problem) for t in self._turns.values()):
                return None
            turn = Turn(secrets.token_hex(4), question, filters, literal=literal, waiting=waiting)
            self._turns[turn.id] = turn
            return turn

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
        """Replace a turn by its next state; False when the conversation was cleared in the meantime."""
        with self._lock:
            if turn.id not in self._turns:
                return False
            self._turns[turn.id] = turn
            return True

    def clear(self) -> None:
        """Forget all turns."""
        with self._lock:
            self._turns.clear()
