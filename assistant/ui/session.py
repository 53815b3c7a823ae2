"""What one visitor's conversation holds: an ordered set of turns, each replaced whole as it grows."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from assistant.datatypes import Filters

if TYPE_CHECKING:
    from assistant.datatypes import Answer

Report = Literal["none", "open", "stored", "failed"]
"""How far a "klopt niet" of a turn has come."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and how far its answer has come.

    `shown` counts the statements that are on screen; `complete` says that the answer is on screen as a whole.
    A turn that is not complete and has no problem is being worked on; `waiting`: it waits for the model.
    """

    id: str
    question: str
    filters: Filters = field(default_factory=Filters)
    waiting: bool = False
    answer: Answer | None = None
    shown: int = 0
    complete: bool = False
    problem: str = ""
    report: Report = "none"


class Session:
    """The turns of one visitor, held in a `gr.State`; the handlers of one visitor see each other's turns."""

    def __init__(self) -> None:
        """An empty conversation."""
        self._turns: dict[str, Turn] = {}

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns in the order in which they were asked."""
        return tuple(self._turns.values())

    def begin(self, question: str, filters: Filters) -> Turn:
        """Add a turn for a question."""
        turn = Turn(secrets.token_hex(4), question, filters)
        self._turns[turn.id] = turn
        return turn

    def is_busy_with(self, question: str) -> bool:
        """Whether this question is being answered at this moment."""
        return any(t.question == question and not (t.complete or t.problem) for t in self.turns)

    def get(self, turn_id: str) -> Turn | None:
        """The turn under this id, or None when it is not (or no longer) part of the conversation."""
        return self._turns.get(turn_id)

    def put(self, turn: Turn) -> bool:
        """Replace a turn by its next state; False when the conversation was cleared in the meantime."""
        if turn.id not in self._turns:
            return False
        self._turns[turn.id] = turn
        return True

    def clear(self) -> None:
        """Forget all turns."""
        self._turns.clear()
