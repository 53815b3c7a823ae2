"""Lists over notes: what asks for one, and what each note gives to it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant import answering, gathering, retrieval
from assistant.index import Index, open_live
from assistant.ingesting import ingest
from assistant.sources import load
from tests.fakes import FakeEncoder
from tests.samples import write_note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.citations import Chosen

CORPUS = Path(__file__).parents[1] / "corpus"
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
    folder = tmp_path_factory.mktemp("gathering")
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
    about = gathering.topic(question, PLACES)
    assert about is not None
    return gathering.gathered(about, found, lambda note: index.passages(index.passage_ids[note][:1])[0])


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Welke gemeenten hebben een klusbus?", "klusbus"),
        ("in welke wijken is een warmtenet gestopt", "warmtenet gestopt"),
        ("Voorbeelden van wijkbedrijven in Nederland", "wijkbedrijven nederland"),
        ("noem enkele steden met een energiebank", "energiebank"),
        ("Which cities have energy coaches?", "energy coaches"),
        ("waar zijn energiecoaches actief", "energiecoaches actief"),
        ("Which municipalities work on health in vulnerable neighbourhoods?", "health"),
        ("Show me examples of work in the neighbourhood", "work"),
    ],
)
def test_a_question_over_notes_is_known_by_its_words(question: str, topic: str) -> None:
    about = gathering.topic(question, PLACES)
    assert about is not None
    assert " ".join(about.words) == topic


def test_what_a_theme_is_called_asks_for_the_notes_that_have_it() -> None:
    about = gathering.topic("Goede voorbeelden van werk en opleiding in de wijk?", PLACES)
    assert about is not None
    assert about.words == ("werk", "opleiding")
    assert set(about.themes) == {"werk-en-opleiding"}
    # A word that only belongs to a theme is a topic of its own.
    narrower = gathering.topic("Welke gemeenten hebben een fixbrigade?", PLACES)
    assert narrower is not None
    assert not narrower.themes


@pytest.mark.parametrize(
    ("dutch", "english"),
    [
        ("Voorbeelden van werk en opleiding", "examples of work and training"),
        ("Welke gemeenten werken aan gezondheid?", "Which municipalities work on health?"),
        ("Welke projecten gaan over energiearmoede?", "Which projects are about energy poverty?"),
    ],
)
def test_a_theme_asked_for_in_english_is_looked_at_in_the_same_notes(dutch: str, english: str) -> None:
    sources = [load(path) for path in sorted(CORPUS.glob("*.md"))]
    abouts = [gathering.topic(question, PLACES) for question in (dutch, english)]
    first, second = (gathering.notes_on(about, sources) for about in abouts if about)
    assert len(first) > 5
    assert first == second


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("Welke projecten zijn er met jongeren?", True),
        ("Give examples of projects with young people", True),
        ("Voorbeelden uit het buitenland", True),
        ("Voorbeelden van gezondheid en muziek", False),
        ("Welke gemeenten hebben een klusbus?", False),
    ],
)
def test_of_what_is_only_a_theme_or_from_abroad_no_word_needs_to_be_found(
    question: str, *, whole: bool
) -> None:
    about = gathering.topic(question, PLACES)
    assert about is not None
    assert about.whole is whole


@pytest.mark.parametrize(
    "question",
    [
        "Welke gemeente begon met een klusbus?",
        "Welke wijken in Zutphen hebben een klusbus?",
        "Welke succesfactoren zijn er?",
        "Noem een wijk met een klusbus",
        "Waar wordt rioolvervanging gecombineerd met plekken, minder auto's en nieuwe flats?",
        "Wat kost een klusbus?",
        "Welke landen doen iets vergelijkbaars?",
    ],
)
def test_other_questions_are_not(question: str) -> None:
    assert gathering.topic(question, PLACES) is None


def test_each_note_about_the_topic_gives_its_title_and_a_statement(index: Index) -> None:
    listed = gathered(index, "Welke gemeenten hebben een klusbus?")
    texts = [choice.source.text[unit.start : unit.end] for choice in listed for unit in choice.units]
    assert {choice.source.id for choice in listed} == {"almere", "zutphen"}
    for place in ("Almere", "Zutphen"):
        title, said = f"Klusbus {place}", f"In {place} rijdt sinds 2020 een klusbus."
        assert texts.index(said) == texts.index(title) + 1
    assert not any("taart" in text for text in texts)


def test_one_note_is_no_list(index: Index) -> None:
    assert gathered(index, "Welke gemeenten hebben een laadpaal?") == ()
    assert gathered(index, "Welke gemeenten hebben een zwembad?") == ()


def test_notes_with_all_the_themes_are_looked_at_or_else_those_with_any() -> None:
    about = gathering.topic("voorbeelden van schulden en gezondheid", PLACES)
    assert about is not None
    assert set(about.themes) == {"gezondheid", "schulden"}
    sources = [load(path) for path in sorted(CORPUS.glob("*.md"))]
    both = {each.id for each in sources if {"schulden", "gezondheid"} <= set(each.themes)}
    assert len(both) > 1
    assert gathering.notes_on(about, sources) == both
    one = [each for each in sources if each.id in both][:1]
    others = [each for each in sources if "schulden" in each.themes and "gezondheid" not in each.themes][:2]
    assert gathering.notes_on(about, [*one, *others]) == {each.id for each in [*one, *others]}


def test_examples_from_abroad_are_the_notes_on_places_in_other_countries() -> None:
    about = gathering.topic("Voorbeelden uit het buitenland", PLACES)
    assert about is not None
    assert about.abroad
    assert about.words == ()
    sources = [load(path) for path in sorted(CORPUS.glob("*.md"))]
    found = gathering.notes_on(about, sources)
    assert {"gent-dampoort-knapt-op", "oegut-wien-raus-aus-gas"} <= found
    assert not any("Nederland" in each.places for each in sources if each.id in found)


@pytest.mark.parametrize(
    ("question", "only"),
    [
        ("In het buitenland?", True),
        ("voorbeelden uit het buitenland", True),
        ("and abroad?", True),
        ("Wat zegt het buitenland over warmte?", False),
        ("Nog voorbeelden?", False),
        ("", False),
    ],
)
def test_a_question_may_ask_only_for_other_countries(question: str, *, only: bool) -> None:
    assert gathering.only_abroad(question) is only


def test_one_note_from_abroad_is_no_list() -> None:
    about = gathering.topic("Voorbeelden uit het buitenland", PLACES)
    assert about is not None
    sources = [load(path) for path in sorted(CORPUS.glob("gent-*.md"))]
    assert gathering.notes_on(about, sources) == frozenset()
