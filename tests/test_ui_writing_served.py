"""The whole way from the screen to a real server that fails: quotes in time, and nothing is left running."""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from assistant.datatypes import Filters
from assistant.models import open_model
from assistant.pipeline import Assistant
from assistant.ui.desk import Desk
from assistant.ui.session import Session
from assistant.ui.texts import NL
from assistant.ui.warmup import WarmUp
from assistant.writing import Limits, Writer, fallback
from tests.fakes import NarrowEncoder
from tests.fakes_writing import WordVerifier
from tests.model_server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.model_server import ModelServer

QUESTION = "Waarom is er onder de stoep zo weinig plek voor een warmtenet?"
UNENDING = " ".join(f"woord{number}" for number in range(100))
"""No sentence, and no repetition: what is wrong is what the server does."""
TIMEOUT_S = 2.0
SLACK_S = 20.0
"""Other programs may keep the machine busy; without an end of its own an answer would take for ever."""


@contextmanager
def desk_for(server: ModelServer, data: Path, folder: Path, timeout_s: float = TIMEOUT_S) -> Iterator[Desk]:
    """The desk of an app whose model is on this server."""
    model = open_model("openai:klein", base_url=server.openai)
    model.warm_up()
    warm_up = WarmUp(lambda: None)
    warm_up.start()
    warm_up.wait()
    writer = Writer(model, WordVerifier(), Limits(timeout_s=timeout_s))
    yield Desk(Assistant(NarrowEncoder(), data, writer=writer), warm_up, folder, NL, pause=lambda _: None)
    model.close()


@pytest.mark.parametrize(
    ("mode", "trouble"),
    [
        ("hang", "timeout"),
        ("hang_between", "timeout"),
        ("slow", "timeout"),
        ("drop", "broken"),
        ("broken", "broken"),
        ("429", "crowded"),
        ("500", "refused"),
        ("million", "repeats"),
    ],
)
def test_whatever_the_server_does_the_screen_ends_with_quotes_and_why(
    corpus_data: Path, tmp_path: Path, mode: str, trouble: str
) -> None:
    with serving(mode, UNENDING) as server, desk_for(server, corpus_data, tmp_path) as desk:
        session = Session()
        began = time.monotonic()
        *_, last = desk.ask(session, QUESTION, Filters(), mode="schrijven")
        assert time.monotonic() - began < TIMEOUT_S + SLACK_S
        assert server.asked

    (turn,) = session.turns
    assert turn.complete
    assert turn.answer is not None
    assert (turn.answer.mode, turn.answer.abstained) == ("citaten", False)
    assert turn.answer.statements
    assert turn.answer.notice == fallback(trouble, "nl")  # type: ignore[arg-type]
    assert turn.answer.notice in last.conversation
    assert not last.growing
    assert last.writing == ""


@pytest.mark.parametrize("ending", ["stop", "leave", "clear"])
def test_to_stop_or_leave_ends_the_request_to_a_server_that_hangs(
    corpus_data: Path, tmp_path: Path, ending: str
) -> None:
    with serving("hang") as server, desk_for(server, corpus_data, tmp_path, timeout_s=300) as desk:
        session = Session()
        screens = desk.ask(session, QUESTION, Filters(), mode="schrijven")
        reading = Thread(target=lambda: list(screens))
        reading.start()
        assert server.heard.wait(SLACK_S)
        getattr(desk, ending)(session)
        assert server.gone.wait(SLACK_S)
        reading.join(SLACK_S)
        assert not reading.is_alive()
