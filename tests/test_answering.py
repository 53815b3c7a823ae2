"""Composing an answer: whole lists, tables with their header, the place of a case, the room there is."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from assistant import answering, citations, retrieval
from assistant.answering import FEATURES, LONG, MANY, SHORT, Candidate
from assistant.dutch import named_in
from assistant.index import Index, open_live
from assistant.ingesting import ingest
from tests.fakes import FakeEncoder
from tests.samples import write_note

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from assistant.retrieval import Query

BODY = """# Het project in de wijk

## Waar gaat het over
In Tilburg begon een proef met oude flats. De bewoners waren eerst kritisch.
Zij wilden eerst een proefwoning zien.

## Aanpak
De ploeg werkte met deze punten:
- een adviseur komt aan huis;
- de gemeente betaalt het advies.[^1]
- een buurman legt uit hoe de ketel werkt;
- er is geld voor tochtstrips.

## Kosten
| Wat | Getal |
| --- | --- |
| Advies | 400 euro |
| Tochtstrips | 50 euro |

## Verhaal
LONG

## Wat we leerden
- Begin klein.
- Blijf langer in de buurt dan je dacht, want vertrouwen groeit traag en is zo weer weg.
""".replace(
    "LONG",
    " ".join(f"De huismeester vertelde verhaal {n} van de flat aan wie luisteren wilde." for n in range(9)),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("answering")
    write_note(folder / "notes", "flatproef", BODY)
    write_note(folder / "notes", "andere")
    encoder = FakeEncoder()
    ingest([folder / "notes"], folder / "data", encoder.identity, lambda: encoder)
    return open_live(folder / "data", encoder.identity)


def read(text: str) -> Query:
    return retrieval.read(text, FakeEncoder())


def found(index: Index, query: Query, likely: str) -> list[Candidate]:
    """The candidates, of which those whose text holds `likely` are likely and the others are not."""
    hits = retrieval.search(index, query, retrieval.DEPTH)
    listed = answering.candidates(index, query, hits)
    assert any(likely in text_of(item) for item in listed)
    return [replace(item, chance=0.9 if likely in text_of(item) else 0.1) for item in listed]


def features_with(item: Candidate, **values: float) -> NDArray[np.float64]:
    """The features of a candidate, some with other values."""
    return np.array([values.get(name, item.feature(name)) for name in FEATURES])


def text_of(item: Candidate) -> str:
    return item.source.text[item.units[0].start : item.units[-1].end]


def shown(query: Query, candidates: list[Candidate]) -> list[str]:
    statements, _ = citations.number(answering.compose(query, candidates))
    return [statement.text for statement in statements]


def test_every_candidate_has_every_feature_and_a_chance(index: Index) -> None:
    query = read("Wat betaalt de gemeente?")
    for item in answering.candidates(index, query, retrieval.search(index, query, 100)):
        assert len(item.features) == len(FEATURES)
        assert 0 <= item.chance <= 1
        assert item.feature("item") == float(item.units[0].kind == "item")


def test_a_question_for_a_list_gets_all_of_it_with_the_sentence_that_introduces_it(index: Index) -> None:
    query = read("Noem alle punten van de aanpak in Tilburg")
    texts = shown(query, found(index, query, "buurman"))
    start = texts.index("De ploeg werkte met deze punten:")
    assert texts[start + 1 : start + 5] == [
        "een adviseur komt aan huis;",
        "de gemeente betaalt het advies.",
        "een buurman legt uit hoe de ketel werkt;",
        "er is geld voor tochtstrips.",
    ]


def test_a_list_without_a_sentence_above_it_is_introduced_by_its_heading(index: Index) -> None:
    query = read("Noem alle lessen uit Tilburg")
    texts = shown(query, found(index, query, "Begin klein"))
    assert texts[texts.index("Begin klein.") - 1] == "Wat we leerden"


def test_a_table_row_never_stands_without_its_header(index: Index) -> None:
    query = read("Wat kost het advies in Tilburg?")
    texts = shown(query, found(index, query, "| Advies"))
    assert texts.index("| Wat | Getal |") + 1 == texts.index("| Advies | 400 euro |")


def test_a_case_names_its_place_first_unless_the_question_did(index: Index) -> None:
    place = "In Tilburg begon een proef met oude flats."
    nameless = read("Wat vertelde de huismeester?")
    candidates = [
        replace(item, chance=0.6) if item.chance == 0.9 and "verhaal 0" not in text_of(item) else item
        for item in found(index, nameless, "huismeester")
        if item.source.id == "flatproef"
    ]
    assert shown(nameless, candidates)[0] == place
    named = read("Wat vertelde de huismeester in Tilburg?")
    assert place not in shown(named, candidates)


def test_an_answer_keeps_to_its_room_and_repeats_nothing(index: Index) -> None:
    query = read("Wat weten we van de proef in Tilburg en van de andere?")
    hits = retrieval.search(index, query, 100)
    chosen = answering.compose(query, answering.candidates(index, query, hits))
    spans = [(choice.source.id, unit.start) for choice in chosen for unit in choice.units]
    assert len(spans) == len(set(spans))
    words = sum(
        len(choice.source.text[unit.start : unit.end].split()) for choice in chosen for unit in choice.units
    )
    # The place sentence and headings come on top of what is chosen.
    assert 0 < words <= 155 + 20


def test_an_answer_is_long_where_no_statement_stands_out_or_more_is_asked(index: Index) -> None:
    query = read("Wat vertelde de huismeester in Tilburg?")
    told = found(index, query, "huismeester")
    assert sum(item.chance == 0.9 for item in told) >= MANY
    assert answering._room(query, told) == LONG
    clear = [replace(item, chance=0.9 if "proefwoning" in text_of(item) else 0.1) for item in told]
    assert answering._room(query, clear) == SHORT
    assert answering._room(read("Wat vertelde hij, en wie luisterde er?"), clear) == LONG


@pytest.mark.parametrize(
    ("note", "chance", "cited"), [(0.6, 0.4, True), (0.5, 0.4, False), (0.6, 0.2, False)]
)
def test_a_further_note_speaks_where_it_was_found_nearly_as_well_and_may_answer(
    index: Index, note: float, chance: float, cited: bool
) -> None:
    query = read("Wat vertelde de huismeester?")
    candidates = [
        replace(
            item,
            chance=chance if item.source.id == "andere" else max(item.chance, 0.45),
            features=features_with(item, note=note if item.source.id == "andere" else 1.0),
        )
        for item in found(index, query, "proefwoning")
    ]
    assert answering._room(query, candidates) == SHORT
    sources = {choice.source.id for choice in answering.compose(query, candidates)}
    assert sources == ({"flatproef", "andere"} if cited else {"flatproef"})


def test_how_a_further_note_opens_counts_less_than_what_else_it_says(index: Index) -> None:
    query = read("Wat vertelde de huismeester?")
    alike = [replace(item, features=features_with(item, note=1.0)) for item in found(index, query, "flats.")]

    def cited(*, opening: bool) -> set[str]:
        candidates = [
            replace(item, chance=0.45 if item.source.id == "flatproef" else 0.1)
            if (item.source.id == "flatproef" and item.chance < 0.9)
            or (item.passage.start == 0) is not opening
            else replace(item, chance=0.4 if item.source.id == "andere" else item.chance)
            for item in alike
        ]
        return {choice.source.id for choice in answering.compose(query, candidates)}

    assert cited(opening=False) == {"flatproef", "andere"}
    assert cited(opening=True) == {"flatproef"}


@pytest.mark.parametrize(
    ("words", "said", "shown_too"), [(100, False, True), (100, True, False), (25, False, False)]
)
def test_a_sentence_left_out_between_two_is_shown_where_there_is_room(
    index: Index, words: int, said: bool, shown_too: bool
) -> None:
    query = read("Wat vertelde de huismeester in Tilburg?")
    candidates = [
        replace(
            item,
            chance=0.9 if "verhaal 3" in text_of(item) or "verhaal 5" in text_of(item) else 0.01,
            said=said and "verhaal 4" in text_of(item),
        )
        for item in found(index, query, "verhaal 3")
    ]
    room = answering.Room(0, words, words, 2.0)
    picked = answering._picked(candidates, answering._lists(candidates), [], room)
    numbers = [text_of(item).split("verhaal ")[1][0] for item in picked]
    assert sorted(numbers) == (["3", "4", "5"] if shown_too else ["3", "5"])


def test_of_places_side_by_side_each_has_its_own_notes_only(index: Index) -> None:
    query = read("Wat vertelde de huismeester?")
    candidates = [
        replace(item, chance=max(item.chance, 0.45), features=features_with(item, note=1.0))
        for item in found(index, query, "proefwoning")
    ]
    assert {choice.source.id for choice in answering.compose(query, candidates, answering.SIDE)} == {
        "flatproef"
    }


def test_of_likely_lists_the_one_is_chosen_whose_heading_tells_of_what_is_asked(index: Index) -> None:
    query = read("Noem alle punten van de aanpak")
    alike = [replace(item, chance=0.3) for item in found(index, query, "buurman")]
    lists = answering._lists(alike)
    assert "Begin klein." not in map(text_of, answering._whole_list(query, alike, lists))
    lessons = answering._whole_list(read("Noem alle lessen die we leerden"), alike, lists)
    assert text_of(lessons[0]) == "Begin klein."


def test_a_list_that_is_one_sentence_is_shown_whole_as_soon_as_a_part_of_it_is(index: Index) -> None:
    query = read("Wie vertelt over de ketel?")
    items = [replace(item, chance=0.1) for item in found(index, query, "adviseur")]
    chosen = answering.compose(
        query, [replace(each, chance=0.9) if "ketel" in text_of(each) else each for each in items]
    )
    texts = [choice.source.text[choice.units[0].start : choice.units[-1].end] for choice in chosen]
    first = next(place for place, text in enumerate(texts) if text.startswith("De ploeg werkte"))
    assert [text.split()[0] for text in texts[first + 1 : first + 5]] == ["een", "de", "een", "er"]


@pytest.mark.parametrize(
    ("question", "numbered"), [("In welke volgorde gaat dat?", True), ("Welke punten zijn er?", False)]
)
def test_who_asks_for_an_order_gets_the_numbered_list_of_two_that_are_alike(
    tmp_path: Path, question: str, *, numbered: bool
) -> None:
    body = "# Plan\n\n## Punten\n- Klusbus.\n- Wijkfeest.\n\n## Daarna\n1. Tochtstrip.\n2. Radiatorfolie.\n"
    write_note(tmp_path / "notes", "plan", body)
    write_note(tmp_path / "notes", "andere")
    encoder = FakeEncoder()
    ingest([tmp_path / "notes"], tmp_path / "data", encoder.identity, lambda: encoder)
    with closing(open_live(tmp_path / "data", encoder.identity)) as own:
        query = read(question)
        listed = answering.candidates(own, query, retrieval.search(own, query, retrieval.DEPTH))
        chances = {"Klusbus": 0.9, "Wijkfeest": 0.9, "Tochtstrip": 0.7, "Radiatorfolie": 0.7}
        likely = [replace(item, chance=chances.get(text_of(item).strip("."), 0.1)) for item in listed]
        chosen = answering.compose(query, likely)
    texts = [choice.source.text[unit.start : unit.end] for choice in chosen for unit in choice.units]
    assert ("Radiatorfolie." in texts) == numbered


def test_nothing_found_gives_an_empty_answer() -> None:
    assert answering.compose(read("Wat dan?"), []) == ()


def test_the_fitted_coefficients_are_those_of_the_features() -> None:
    assert set(answering.ranker()) == {*FEATURES, "intercept"}


def test_a_sentence_that_points_back_brings_what_it_points_to(index: Index) -> None:
    query = read("Hoe zat dat in Tilburg met de bewoners?")
    candidates = [item for item in found(index, query, "Zij wilden") if item.source.id == "flatproef"]
    by_text = {text_of(item): item for item in candidates}
    critical, trial = "De bewoners waren eerst kritisch.", "Zij wilden eerst een proefwoning zien."
    assert [text_of(item) for item in answering._led_up_to(candidates, by_text[trial])] == [critical, trial]
    assert answering._led_up_to(candidates, by_text[critical]) == [by_text[critical]]


LED = """# De wijk

## Wie zegt wat
In Tilburg sprak wethouder Vera de Wit over de flats. Zij noemt:
- geld voor de flats;
- tijd voor bewoners.

## Wat hielp
De flats staan dicht op elkaar. Dit hielp bij de flats:
- een buurman die uitlegt;
- een huis als voorbeeld.
"""


@pytest.mark.parametrize(
    ("likely", "expected"),
    [
        (
            "geld",
            ["In Tilburg sprak wethouder Vera de Wit over de flats.", "Zij noemt:", "geld voor de flats;"],
        ),
        ("een buurman", ["Dit hielp bij de flats:", "een buurman die uitlegt;", "een huis als voorbeeld."]),
    ],
)
def test_what_introduces_a_list_brings_what_it_points_back_to(
    tmp_path: Path, likely: str, expected: list[str]
) -> None:
    write_note(tmp_path / "notes", "sprak", LED)
    encoder = FakeEncoder()
    ingest([tmp_path / "notes"], tmp_path / "data", encoder.identity, lambda: encoder)
    with closing(open_live(tmp_path / "data", encoder.identity)) as own:
        query = read("Noem alle punten in Tilburg")
        items = [replace(item, chance=item.chance / 30) for item in found(own, query, likely)]
        sharp = [replace(item, chance=0.9) if likely in text_of(item) else item for item in items]
        texts = shown(query, sharp)
    assert texts[texts.index(expected[0]) :][:3] == expected
    assert "De flats staan dicht op elkaar." not in texts


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("Bewoners hoorden dat laat.", True),
        ("Juist daar kan het helpen.", True),
        ("Volgens haar werkt het.", True),
        ("Sinds begin 2020 helpt zij de wijk.", True),
        ("Mitros deed dit met een aannemer.", True),
        ("Een groot deel van hen huurt.", True),
        ("De gemeente eiste dat iedereen instemde.", False),
        ("Gemeenten moesten leren hoe zij de wijk bereiken.", False),
        ("Volgens HIER sturen bewoners zelf.", False),
        ("De gemeente richtte haar aanpak op eigenaren.", False),
    ],
)
def test_words_that_point_back_stand_first_or_further_on(text: str, back: bool) -> None:
    assert bool(answering._POINTS_WITHIN.match(text[:1].lower() + text[1:])) is back


def test_what_points_back_to_nothing_that_can_come_along_is_left_out(index: Index) -> None:
    query = read("Wat weten we van de proef in Tilburg?")
    candidates = [item for item in found(index, query, "proefwoning") if item.source.id == "flatproef"]
    trial = next(item for item in candidates if "proefwoning" in text_of(item))
    alone = [item for item in candidates if "kritisch" not in text_of(item)]
    texts = shown(query, [replace(item, chance=0.1) for item in alone if "begon" not in text_of(item)])
    assert answering.points_back(trial)
    assert trial.source.text[trial.units[0].start : trial.units[0].end] not in texts
    assert "Zij wilden eerst een proefwoning zien." in shown(query, candidates)


ITEMS = """# Energiecoaches

## Knelpunten
Dit was lastig in de wijk:
- Coach Vera kende de bewoners niet.
- Daarom belde zij eerst aan met een taart.
- Zij kreeg pas daarna een gesprek aan tafel.
- Het was moeilijk om tijd te vinden.
"""


def test_an_item_brings_the_one_that_it_needs_and_only_that(tmp_path: Path) -> None:
    write_note(tmp_path / "notes", "coaches", ITEMS)
    encoder = FakeEncoder()
    ingest([tmp_path / "notes"], tmp_path / "data", encoder.identity, lambda: encoder)
    with closing(open_live(tmp_path / "data", encoder.identity)) as index:
        candidates = found(index, read("Waarom een taart?"), "taart")
    by_start = {text_of(item).split()[0]: item for item in candidates}
    led = [text_of(item) for item in answering._led_up_to(candidates, by_start["Daarom"])]
    assert led == ["Coach Vera kende de bewoners niet.", "Daarom belde zij eerst aan met een taart."]
    assert answering._led_up_to(candidates, by_start["Het"]) == [by_start["Het"]]
    assert not answering._dangles(candidates, by_start["Daarom"])
    assert not answering._dangles(candidates, by_start["Het"])
    without = [item for item in candidates if item is not by_start["Coach"]]
    assert answering._dangles(without, by_start["Daarom"])


def test_of_another_place_than_the_question_names_nothing_is_said(index: Index) -> None:
    def chosen(question: str, places: tuple[str, ...]) -> set[str]:
        query = read(question)
        listed = [
            replace(item, source=replace(item.source, places=places)) if item.source.id == "andere" else item
            for item in found(index, query, "adviseur")
        ]
        return {choice.source.id for choice in answering.compose(query, listed)}

    both = {"andere", "flatproef"}
    assert chosen("Wat doet de adviseur in Tilburg?", ("Tilburg",)) == both
    assert chosen("Wat doet de adviseur in Tilburg?", ("Nederland",)) == both
    assert chosen("Wat doet de adviseur in Tilburg?", ("Almelo",)) == {"flatproef"}
    assert chosen("Wat doet de adviseur in Almelo?", ("Almelo",)) == {"andere"}
    assert chosen("Wat doet de adviseur in Almelo en Tilburg?", ("Almelo",)) == both
    assert chosen("Wat doet de adviseur?", ("Almelo",)) == both


OTHERWISE = """# Waar begin je

## Wat de raad zegt
Het klinkt handig om te beginnen in de buurt met spaargeld. De raad noemt dat een fout. Een fonds helpt.
De ploeg koos voor twee straten. Maar die trokken zich terug. Het fonds betaalde de rest.
"""


@pytest.mark.parametrize(
    ("likely", "comes_along"),
    [
        ("klinkt handig", "De raad noemt dat een fout."),
        ("twee straten", "Maar die trokken zich terug."),
    ],
)
def test_a_sentence_brings_the_one_that_takes_it_back(tmp_path: Path, likely: str, comes_along: str) -> None:
    write_note(tmp_path / "notes", "begin", OTHERWISE)
    encoder = FakeEncoder()
    ingest([tmp_path / "notes"], tmp_path / "data", encoder.identity, lambda: encoder)
    with closing(open_live(tmp_path / "data", encoder.identity)) as own:
        candidates = found(own, read("Waar begin je in Tilburg?"), likely)
    item = next(each for each in candidates if likely in text_of(each))
    assert [text_of(each) for each in answering._taken_back(candidates, item)] == [comes_along]
    plain = next(each for each in candidates if text_of(each).startswith("De raad"))
    assert answering._taken_back(candidates, plain) == []


def test_a_kind_multiplies_the_odds_and_is_no_part_of_what_was_fitted(index: Index) -> None:
    assert answering.of_kind(0.5, 0.0) == 0.5
    assert answering.of_kind(0.5, 1.0) > 0.5 > answering.of_kind(0.5, -1.0) > 0.0
    query = read("Hoeveel euro kost het advies in Tilburg?")
    for item in answering.candidates(index, query, retrieval.search(index, query, 100)):
        assert answering.of_kind(item.fitted, item.kind) == pytest.approx(item.chance)


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("Noem alle punten van de aanpak", True),
        ("Mogen alleen eigenaren meedoen aan de subsidie?", False),
        ("Hoe hoog was de subsidie?", False),
    ],
)
def test_only_a_question_for_a_list_is_taken_as_one(index: Index, question: str, *, whole: bool) -> None:
    query = read(question)
    texts = shown(query, found(index, query, "vertrouwen groeit"))
    assert ("Wat we leerden" in texts and "Begin klein." in texts and len(texts) <= 4) is whole


def test_a_place_is_a_whole_word() -> None:
    assert named_in("Zij gingen naar Den Haag.", ("Epe", "Den Haag")) == ["Den Haag"]
    assert not named_in("De agenten hebben het begrepen.", ("Epe", "Gent"))
