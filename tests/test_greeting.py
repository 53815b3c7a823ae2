"""Small talk is told from questions, and answered without a claim about the material."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant import greeting

QUESTIONS = Path(__file__).parent / "questions"


@pytest.mark.parametrize(
    ("text", "small"),
    [
        ("hoi", ("hello", "nl")),
        ("Hallo daar!", ("hello", "nl")),
        ("Goedemorgen", ("hello", "nl")),
        ("hi there", ("hello", "en")),
        ("hallo kun je mij helpen een brief aan bewoners te schrijven", ("write", "nl")),
        ("Schrijf een persbericht over de wijk", ("write", "nl")),
        ("kan je een brief schrijven aan mijn huurder over zijn schuld", ("write", "nl")),
        ("Can you write a letter to tenants?", ("write", "en")),
        ("bedankt", ("thanks", "nl")),
        ("Top, dank je wel!", ("thanks", "nl")),
        ("Bedankt voor je hulp", ("thanks", "nl")),
        ("ok thanks", ("thanks", "en")),
        ("Thank you very much!", ("thanks", "en")),
        ("wie ben je?", ("about", "nl")),
        ("Wat kun je allemaal?", ("about", "nl")),
        ("wat kan je voor mij doen", ("about", "nl")),
        ("Hoi, wie ben jij?", ("about", "nl")),
        ("what can you do?", ("about", "en")),
        ("Are you a robot?", ("about", "en")),
        ("tot ziens", ("bye", "nl")),
        ("bye", ("bye", "en")),
    ],
)
@pytest.mark.parametrize("begun", [False, True])
def test_small_talk_is_known(text: str, small: greeting.Small, *, begun: bool) -> None:
    assert greeting.read(text, begun=begun) == small
    assert greeting.reply(small)


@pytest.mark.parametrize(
    "text", ["Hoe werkt dit?", "help", "wat is dit", "waar gaat dit over", "how does this work"]
)
def test_what_asks_for_this_is_small_talk_only_before_anything_was_answered(text: str) -> None:
    found = greeting.read(text, begun=False)
    assert found
    assert found[0] == "about"
    assert greeting.read(text, begun=True) is None


def test_a_bare_word_of_assent_closes_what_was_said() -> None:
    assert greeting.read("Ok!", begun=True) == ("thanks", "nl")
    assert greeting.read("ja", begun=False) == ("about", "nl")


@pytest.mark.parametrize(
    "text",
    [
        "Hoi, wat kost een warmtenet?",
        "Hoe schrijf je een brief die bewoners begrijpen?",
        "Wat stond er in de brief aan bewoners?",
        "wat weet je over energiearmoede",
        "hoe gaat het in Paddepoel",
        "wie is de projectleider",
        "help bij energiearmoede",
        "korter graag",
        "?",
        "",
        "hoi " * 500,
    ],
)
def test_a_question_is_no_small_talk(text: str) -> None:
    assert greeting.read(text, begun=False) is None
    assert greeting.read(text, begun=True) is None


def test_no_question_that_the_material_answers_is_small_talk() -> None:
    for path in sorted(QUESTIONS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            for turn in record.get("turns", [record]):
                if turn.get("relevant"):
                    assert greeting.read(turn["question"], begun=False) is None
