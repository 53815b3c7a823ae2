"""What to ask next: what the cited notes answer and the answer does not show."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from assistant.datatypes import Quote, Statement
from assistant.dutch import content_words
from assistant.index import Index, open_live
from assistant.ingesting import ingest
from assistant.suggesting import FOLLOW_UPS, follow_ups
from tests.fakes import FakeEncoder
from tests.samples import write_note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BODY = (
    "# Wijk\n\nHet budget is tien miljoen euro.[^1]\n\n"
    "De wethouder heet Jansma.[^1]\n\nDe start was in maart.[^1]\n"
)
BUDGET, ALDERMAN, START = (
    "Het budget is tien miljoen euro?",
    "De wethouder heet Jansma?",
    "De start was in maart?",
)
OTHER = "# Buurt\n\nBewoners kozen zelf de kleur van de voordeur.[^1]\n\nEr kwam een moestuin bij.[^1]\n"
GARDEN = "Er kwam een moestuin bij?"
DOORS = "Bewoners kozen zelf de kleur van de voordeur?"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder: Path = tmp_path_factory.mktemp("suggesting")
    write_note(folder / "notes", "wijk", BODY, (BUDGET, ALDERMAN, START))
    write_note(folder / "notes", "buurt", OTHER, (DOORS, GARDEN))
    encoder = FakeEncoder()
    ingest([folder / "notes"], folder / "data", encoder.identity, lambda: encoder)
    with closing(open_live(folder / "data", encoder.identity)) as found:
        yield found


def said(index: Index, note: str, text: str) -> Statement:
    """The statement of a note that holds `text`, as an answer shows it."""
    start = index.sources[note].text.index(text)
    quote = Quote(1, note, index.passage_ids[note][0], start, start + len(text), text)
    return Statement(text=text, citations=(1,), quotes=(quote,), kind="sentence", marker="")


def test_what_the_answer_shows_is_not_asked_next(index: Index) -> None:
    shown = said(index, "wijk", "Het budget is tien miljoen euro.")
    assert set(follow_ups(index, ["Wat is het budget?"], [shown])) == {ALDERMAN, START}


def test_what_was_asked_before_is_not_asked_again(index: Index) -> None:
    shown = said(index, "wijk", "Het budget is tien miljoen euro.")
    assert follow_ups(index, ["Wat is het budget?", ALDERMAN], [shown]) == (START,)


def test_the_note_cited_first_comes_first_and_the_next_fills_up(index: Index) -> None:
    shown = [
        said(index, "wijk", "De start was in maart."),
        said(index, "buurt", "Bewoners kozen zelf de kleur van de voordeur."),
    ]
    found = follow_ups(index, ["Wanneer was de start?"], shown)
    assert len(found) == FOLLOW_UPS
    assert set(found[:2]) == {BUDGET, ALDERMAN}
    assert found[2] == GARDEN


def test_who_asks_in_english_gets_the_questions_in_english(tmp_path: Path) -> None:
    english = "Who is the wethouder Jansma and what is this about?"
    write_note(tmp_path / "notes", "wijk", BODY, (BUDGET, ALDERMAN, english))
    encoder = FakeEncoder()
    ingest([tmp_path / "notes"], tmp_path / "data", encoder.identity, lambda: encoder)
    with closing(open_live(tmp_path / "data", encoder.identity)) as index:
        shown = said(index, "wijk", "Het budget is tien miljoen euro.")
        assert follow_ups(index, ["What is the budget?"], [shown], language="en") == (english,)
        assert follow_ups(index, ["Wat is het budget?"], [shown]) == (ALDERMAN,)


def test_a_language_that_a_note_has_no_questions_in(index: Index) -> None:
    shown = said(index, "wijk", "Het budget is tien miljoen euro.")
    assert follow_ups(index, ["What is the budget?"], [shown], language="en") == ()


def test_without_an_answer_nothing_is_suggested(index: Index) -> None:
    assert follow_ups(index, ["Wat is het budget?"], []) == ()


def test_notes_beside_the_cited_ones_fill_up_with_what_is_on_the_same_topic(index: Index) -> None:
    shown = said(index, "wijk", "De start was in maart.")
    found = follow_ups(index, ["Wanneer was de start?"], [shown], ["buurt", "weg"])
    assert set(found) == {BUDGET, ALDERMAN}
    word = content_words(GARDEN)[-1]
    found = follow_ups(index, [f"Wanneer was de start met {word}?"], [shown], ["buurt", "weg"])
    assert set(found[:2]) == {BUDGET, ALDERMAN}
    assert found[2] == GARDEN
    assert follow_ups(index, ["Wanneer was de start?"], [], ["buurt"]) == ()


def test_what_an_earlier_answer_showed_is_not_asked_next(index: Index) -> None:
    shown, before = (
        said(index, "wijk", text) for text in ("De start was in maart.", "Het budget is tien miljoen euro.")
    )
    assert follow_ups(index, ["Wanneer was de start?"], [shown], earlier=[before]) == (ALDERMAN,)


def test_what_is_like_the_question_asked_is_not_asked_next(index: Index) -> None:
    shown = said(index, "wijk", "De start was in maart.")
    vectors = index.question_vectors("wijk")
    assert follow_ups(index, ["Wie is dat?"], [shown], like=vectors[1]) == (BUDGET,)
    assert set(follow_ups(index, ["Wie is dat?"], [shown], like=-vectors[1])) == {BUDGET, ALDERMAN}


def test_a_question_of_the_note_itself_answers_no_question(tmp_path: Path) -> None:
    asks, tells = "Wat is het budget voor de hele wijk?", "Voor de hele wijk is er tien miljoen euro."
    write_note(tmp_path / "notes", "wijk", f"# Wijk\n\n{asks}[^1]\n\n{tells}[^1]\n", (asks,))
    encoder = FakeEncoder()
    ingest([tmp_path / "notes"], tmp_path / "data", encoder.identity, lambda: encoder)
    with closing(open_live(tmp_path / "data", encoder.identity)) as index:
        assert follow_ups(index, ["Wie is dat?"], [said(index, "wijk", tells)]) == ()
        assert follow_ups(index, ["Wie is dat?"], [said(index, "wijk", asks)]) == (asks,)
