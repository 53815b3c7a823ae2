"""Lists over notes: what asks for one, and what each note gives to it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from assistant import answering, gathering, retrieval
from assistant.index import Index, open_live
from assistant.ingesting import ingest
from tests.fakes import FakeEncoder
from tests.samples import write_note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assistant.citations import Chosen

PLACES = ("Almere", "Nederland", "Zutphen")
BODY = """# Klusbus {place}

## Waar gaat het over
In {place} rijdt sinds 2020 een klusbus. De klusbus helpt bewoners gratis met tochtstrips.

## Verhaal
De buurvrouw bakte een taart voor iedereen.
"""
ELSEWHERE = """# Een laadpaal in {place}

## Waar gaat het over
In {place} staat een laadpaal. De buurt is er blij mee.
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder: Path = tmp_path_factory.mktemp("gathering")
    for name in ("Almere", "Zutphen", "Veghel"):
        body = BODY if name != "Veghel" else ELSEWHERE
        path = write_note(folder / "notes", name.lower(), body.format(place=name))
        path.write_text(
            path.read_text(encoding="utf-8").replace('["Tilburg"]', f'["{name}"]'), encoding="utf-8"
        )
    encoder = FakeEncoder()
    ingest([folder / "notes"], folder / "data", encoder.identity, lambda: encoder)
    with closing(open_live(folder / "data", encoder.identity)) as found:
        yield found


def gathered(index: Index, question: str) -> tuple[Chosen, ...]:
    query = retrieval.read(question, FakeEncoder())
    hits = retrieval.search(index, query, retrieval.DEPTH)
    found = answering.candidates(index, query, hits, gathering.NOTES)
    return gathering.gathered(gathering.topic(question, PLACES), found)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Welke gemeenten hebben een klusbus?", "klusbus"),
        ("in welke wijken is een warmtenet gestopt", "warmtenet gestopt"),
        ("Voorbeelden van wijkbedrijven in Nederland", "wijkbedrijven nederland"),
        ("noem enkele steden met een energiebank", "energiebank"),
        ("Which cities have energy coaches?", "energy coaches"),
        ("waar zijn energiecoaches actief", "energiecoaches actief"),
    ],
)
def test_a_question_over_notes_is_known_by_its_words(question: str, topic: str) -> None:
    assert gathering.topic(question, PLACES) == topic


@pytest.mark.parametrize(
    "question",
    [
        "Welke gemeente begon met een klusbus?",
        "Welke wijken in Zutphen hebben een klusbus?",
        "Welke succesfactoren zijn er?",
        "Noem een wijk met een klusbus",
        "Waar wordt rioolvervanging gecombineerd met plekken, minder auto's en nieuwe flats?",
        "Wat kost een klusbus?",
    ],
)
def test_other_questions_are_not(question: str) -> None:
    assert gathering.topic(question, PLACES) == ""


def test_each_note_about_the_topic_gives_a_statement_with_its_place(index: Index) -> None:
    listed = gathered(index, "Welke gemeenten hebben een klusbus?")
    texts = [choice.source.text[unit.start : unit.end] for choice in listed for unit in choice.units]
    assert {choice.source.id for choice in listed} == {"almere", "zutphen"}
    for place in ("Almere", "Zutphen"):
        assert f"In {place} rijdt sinds 2020 een klusbus." in texts
    assert not any("taart" in text for text in texts)


def test_one_note_is_no_list(index: Index) -> None:
    assert gathered(index, "Welke gemeenten hebben een laadpaal?") == ()
    assert gathered(index, "Welke gemeenten hebben een zwembad?") == ()
