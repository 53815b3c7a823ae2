"""The doctor: what it says of a model that works, and of each that does not."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from assistant.doctor import as_text, examine, examine_judge, is_sound
from assistant.judges import ModelJudge
from assistant.models import open_model
from tests.fakes_writing import scripted
from tests.model_server import serving

DUTCH = "De coaches bezochten 340 huurders in de wijk Zuid [1]. De gemeente betaalde hun opleiding [1]."
ENGLISH = "The coaches visited 340 tenants in the south of the city [1]. The city paid for the training [1]."


def found(*said: str, step_s: float = 0.01, **options: Any) -> dict[str, tuple[str, str]]:
    ticks = itertools.count()
    findings = examine(scripted(*said, **options), 10, lambda: next(ticks) * step_s)
    return {each.check: (each.state, each.text) for each in findings}


def test_a_model_that_works_is_good_in_everything() -> None:
    findings = examine(scripted(DUTCH, ENGLISH), 10)

    assert [each.check for each in findings] == ["answers", "streams", "speed", "Dutch", "cites", "English"]
    assert {each.state for each in findings} == {"good"}
    assert is_sound(findings)
    assert as_text(findings).count("ok  ") == 6


def test_no_model_is_no_fault() -> None:
    (finding,) = findings = examine(None, 10)

    assert "ASSISTANT_LLM" in finding.text
    assert is_sound(findings)


@pytest.mark.parametrize(
    ("said", "check", "state"),
    [
        ("Ja.", "answers", "bad"),
        (ENGLISH, "Dutch", "bad"),
        (DUTCH.replace("[1]", ""), "cites", "bad"),
        (DUTCH.replace("340", "900"), "cites", "doubtful"),
        (DUTCH.replace(" [1]", "", 1), "cites", "doubtful"),
    ],
)
def test_what_is_wrong_is_told(said: str, check: str, state: str) -> None:
    assert found(said, ENGLISH)[check][0] == state


def test_english_asked_and_dutch_answered_is_told() -> None:
    assert found(DUTCH, DUTCH)["English"][0] == "bad"


def test_a_model_that_does_not_stream_is_told() -> None:
    assert found(DUTCH, ENGLISH, piece=10_000)["streams"][0] == "doubtful"


def test_a_slow_model_is_told_with_its_speed() -> None:
    state, text = found(DUTCH, ENGLISH, step_s=2.0)["speed"]

    assert state == "doubtful"
    assert "First words after 2.0 s, then 3 characters a second" in text


@pytest.mark.parametrize("mode", ["500", "drop", "hang"])
def test_a_server_that_fails_is_one_line(mode: str) -> None:
    with serving(mode) as server:
        model = open_model("openai:klein", base_url=server.openai, key="sk-geheim")
        findings = examine(model, 1.0 if mode == "hang" else 10.0)
        model.close()

    assert [each.state for each in findings] == ["bad"]
    assert not is_sound(findings)
    assert "geheim" not in as_text(findings)
    assert as_text(findings).startswith("FAIL answers: It does not answer.")


def test_the_second_answer_may_fail_alone() -> None:
    with serving(text=DUTCH) as server:
        model = open_model("openai:klein", base_url=server.openai)

        def ticking() -> float:
            server.mode = "500" if server.asked else "good"
            return 0.0

        findings = examine(model, 10, ticking)
        model.close()

    assert findings[-1].check == "English"
    assert "not answered" in findings[-1].text


@pytest.mark.parametrize(
    ("said", "state"), [(("Ja.", "Nee."), "good"), (("Ja.",), "bad"), (("Nee.", "Ja."), "bad")]
)
def test_a_judge_must_tell_what_is_said_from_what_is_not(said: tuple[str, ...], state: str) -> None:
    finding = examine_judge(ModelJudge(scripted(*said)))

    assert (finding.check, finding.state) == ("judge", state)
    assert ("ASSISTANT_JUDGE" in finding.text) == (state == "bad")


def test_a_judge_that_fails_is_one_line() -> None:
    finding = examine_judge(ModelJudge(scripted("Ja.", problem="weg")))

    assert finding.state == "bad"
    assert finding.text.startswith("It does not judge.")
