"""How a question follows on what was asked before, by its words; no index is needed to tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import conversation
from assistant.conversation import Turn, coverage, follows, names_new, read, repaired, stands_alone, stays
from assistant.datatypes import Answer, CitedSource, Quote, Statement, Timings

if TYPE_CHECKING:
    from assistant.conversation import Act, Field, Tie

PLACES = ("Almere", "Den Helder", "Súdwest-Fryslân", "Veghel", "Zutphen", "Zutphen-Oost")


def said(text: str, citation: int = 1, kind: str = "sentence", start: int = 0) -> Statement:
    quote = Quote(citation, f"note-{citation}", f"note-{citation}#1", start, start + len(text), text)
    return Statement(
        text,
        (citation,),
        (quote,),
        "item" if kind == "item" else "lead_in" if kind == "lead_in" else "sentence",
    )


def source(number: int, date: str = "2021-07", url: str = "https://voorbeeld.invalid") -> CitedSource:
    return CitedSource(
        number, f"note-{number}", 1, "note", f"Titel [{number}]", "Uitgever", date, url, "beleid"
    )


def answered(question: str, understood: str | None = None, *, abstained: bool = False) -> Answer:
    sources = () if abstained else (source(1),)
    statements = () if abstained else (said("Een zin."),)
    return Answer(
        question, "nl", abstained, "x", statements, sources, Timings(0, 0, 0), understood=understood
    )


HISTORY = [answered("Hoe betaalt Almere de isolatie van oude flats?")]


def turn(question: str, *history: Answer) -> Turn:
    return read(question, history or HISTORY, PLACES)


@pytest.mark.parametrize(
    ("question", "tie"),
    [
        ("Wie regelt daar de lening?", "tight"),
        ("hoeveel kamers heeft hij", "tight"),
        ("Wat vinden huurders daarvan?", "tight"),
        ("En wie keurt dat goed?", "tight"),
        ("wie betaalt dat", "tight"),
        ("Geldt dat ook voor huurders?", "tight"),
        ("Hoe vaak gingen die naar de bewoners?", "tight"),
        ("En de planning?", "tight"),
        ("Was er ook protest?", "tight"),
        ("Who pays for that?", "tight"),
        ("How did they finance it?", "tight"),
        ("Planning?", "fragment"),
        ("alleen voor huurders", "refining"),
        ("Liever iets over kleine gemeenten", "refining"),
        ("only for tenants", "refining"),
        ("Wat is een buurtwarmtebedrijf?", "whole"),
        ("en wat kost een warmtepomp", "whole"),
        ("Wat kost een wijkbedrijf en wie betaalt dat?", "whole"),
        ("wat is gespikkeld bezit", "whole"),
        ("Hoe leid je statushouders op?", "whole"),
        ("How do you train volunteers?", "whole"),
        ("En wat betaalt een eigenaar nu per maand?", "tight"),
        ("Wat waren de kosten?", "tight"),
        ("Wat kosten de flats?", "none"),
        ("wie betaalt het noodfonds en wie vroeg daarom", "none"),
        ("hoe gaat het met de energietransitie", "none"),
        ("hoe gaat het met de isolatie", "tight"),
        ("Wat kunnen gemeenten doen als zij geen geld hebben?", "none"),
        ("Hoe hoog is de energiebelasting dit jaar?", "none"),
        ("Moet een eigenaar die niet meedoet toch betalen?", "none"),
        ("Welke lessen trok de provincie? Wat deed zij daarna?", "none"),
        ("Hoe liep dat af?", "tight"),
        ("wat kost zoiets?", "tight"),
        ("wat leverde het op", "tight"),
        ("Hoe is het nu afgelopen?", "tight"),
        ("Hoe is het gefinancierd?", "tight"),
        ("Was het een groot succes?", "tight"),
        ("lukte het?", "tight"),
        ("bestaat het nog?", "tight"),
        ("en toen?", "tight"),
        ("and then?", "tight"),
        ("Wat gebeurde er daarna?", "tight"),
        ("was it a success?", "tight"),
        ("what happened next", "tight"),
        ("Hoe liep de proef met het warmtenet af?", "none"),
        ("Gaat het warmteplan van de provincie door?", "none"),
        ("Is het noodfonds nog open?", "none"),
        ("What does the provincial fund cost?", "none"),
    ],
)
def test_words_tell_how_tightly_a_question_is_tied(question: str, tie: Tie) -> None:
    found = turn(question)
    assert (found.act, found.tie, found.notes) == ("ask", tie, ("note-1",))


def test_what_is_said_shorter_is_the_latest_answer_that_is_not_about_its_source() -> None:
    content, about = answered("Wat kost het?"), answered("Uit welk jaar is dat?")
    assert conversation.latest([content, about], "shorter") is content
    assert conversation.latest([content, about]) is about
    assert conversation.latest([about], "shorter") is about
    assert conversation.latest([content, answered("Wat nu?", abstained=True)], "shorter") is content


@pytest.mark.parametrize(
    ("above", "covered", "answers"),
    [(0.5, 0.3, True), (0.5, 0.2, False), (1.9, 0.0, True), (1.3, 0.0, False), (-2.2, 1.0, True)],
)
def test_a_new_place_must_have_something_on_the_topic(above: float, covered: float, *, answers: bool) -> None:
    assert conversation.answers_slot(above, covered) is answers


def test_another_compound_is_not_the_one_that_was_asked_for() -> None:
    def strict(asked: str, known: str) -> float:
        return conversation.strict_coverage(asked, known, lambda _: 1.0)

    assert strict("wijkbedrijven", "Een wijkbedrijf begon.") == 1.0
    assert strict("wijkbedrijf", "Een bedrijf in de wijk.") == pytest.approx(conversation.PART_HELD)
    assert strict("xylofoon", "Een bedrijf in de wijk.") == 0.0
    assert strict("", "Een bedrijf in de wijk.") == 1.0


def test_without_an_earlier_question_every_question_stands_on_its_own() -> None:
    assert read("Wie schreef dat?", (), PLACES) == Turn("ask", "none", "Wie schreef dat?")


@pytest.mark.parametrize("question", ["hoe liep dat af?", "en toen?", "wat kost zoiets?"])
def test_what_points_back_does_so_where_nothing_was_cited(question: str) -> None:
    found = read(question, (answered("Wat kost het?", abstained=True),), PLACES)
    assert (found.act, found.tie, found.asked, found.notes) == ("ask", "tight", question, ())
    assert read(question, (), PLACES).tie == "none"


@pytest.mark.parametrize("history", [(), (answered("Wat kost het?", abstained=True),)])
def test_to_be_shorter_is_asked_of_an_answer_where_there_was_none_too(history: tuple[Answer, ...]) -> None:
    assert read("korter", history, PLACES).act == "shorter"


def test_what_only_points_back_is_shown_as_typed() -> None:
    assert turn("And then?").asked == "And then?"


def test_what_is_about_an_answer_stays_so_where_there_was_none() -> None:
    found = read("Wie schreef dat?", (answered("Wat kost het?", abstained=True),), PLACES)
    assert (found.act, found.notes) == ("source", ())


@pytest.mark.parametrize(
    "question",
    [
        "Iets heel anders: wie betaalt dat?",
        "even iets anders, wie betaalt dat?",
        "Andere vraag. wie betaalt dat?",
        "Something else: wie betaalt dat?",
    ],
)
def test_a_change_of_topic_that_is_announced_leaves_the_old_one_behind(question: str) -> None:
    assert turn(question) == Turn("ask", "none", "wie betaalt dat?")


@pytest.mark.parametrize(
    ("question", "swapped"),
    [
        ("En in Veghel?", "Hoe betaalt Veghel de isolatie van oude flats?"),
        ("en veghel dan", "Hoe betaalt Veghel de isolatie van oude flats?"),
        ("Hoe zit dat met Den Helder?", "Hoe betaalt Den Helder de isolatie van oude flats?"),
        ("What about Zutphen-Oost?", "Hoe betaalt Zutphen-Oost de isolatie van oude flats?"),
        ("En in Nergenshuizen?", "Hoe betaalt Nergenshuizen de isolatie van oude flats?"),
        ("En in 2024?", "Hoe betaalt Almere de isolatie van oude flats in 2024?"),
        ("En in Veghel in 2024?", "Hoe betaalt Veghel de isolatie van oude flats in 2024?"),
    ],
)
def test_a_new_place_or_year_takes_the_place_of_the_old_one(question: str, swapped: str) -> None:
    assert turn(question).swapped == swapped


def test_what_was_mended_stays_mended() -> None:
    latest = answered("Wie keurt dat geod?", "Wie keurt dat goed? (over: Flats in Almere)")
    assert turn("En in Veghel?", HISTORY[0], latest).swapped.endswith(", en wie keurt dat goed?")


def test_a_new_place_takes_what_a_pointing_question_was_about_along() -> None:
    latest = answered("Wie keurt dat goed?", "Wie keurt dat goed? (over: Flats in Almere)")
    found = turn("En in Veghel?", HISTORY[0], latest)
    assert found.swapped == "Hoe betaalt Veghel de isolatie van oude flats, en wie keurt dat goed?"
    assert (
        turn("En in Zutphen?", answered("Wat doet men in Almere in Veghel?")).swapped
        == "Wat doet men in Zutphen?"
    )
    assert turn("En in Zutphen?", answered("Wie betaalt?")).swapped == "Wie betaalt in Zutphen?"


@pytest.mark.parametrize(
    ("before", "question", "swapped"),
    [
        ("Hoeveel in 2021?", "en in 2023", "Hoeveel in 2023?"),
        ("Wat gebeurde er tussen 2019 en 2021?", "En in 2023?", "Wat gebeurde er in 2023?"),
        ("Wat gebeurde er van 2019 tot en met 2021?", "En in 2023?", "Wat gebeurde er in 2023?"),
        ("Wat deed Almere in 2021?", "En in Veghel in 2023?", "Wat deed Veghel in 2023?"),
        ("Vergelijk 2019 en 2021", "En in 2023?", "Vergelijk 2023"),
        ("Wat staat er in het programma 2020-2024?", "En in 2025?", "Wat staat er in het programma 2025?"),
        ("Wat gebeurde er sinds 2019 tot 2021?", "En in 2023?", "Wat gebeurde er in 2023?"),
        ("Hoeveel in 2021?", "En in 2022 en 2023?", "Hoeveel in 2022 en 2023?"),
        ("Hoe doet sudwest fryslan dat?", "En in Veghel?", "Hoe doet Veghel dat?"),
    ],
)
def test_what_is_replaced_is_found_as_people_type_it(before: str, question: str, swapped: str) -> None:
    assert turn(question, answered(before)).swapped == swapped


@pytest.mark.parametrize(
    ("question", "act", "field"),
    [
        ("Uit welk jaar is dat?", "source", "date"),
        ("hoe oud is dit artikel", "source", "date"),
        ("When was that published?", "source", "date"),
        ("Wie schreef dat?", "source", "authors"),
        ("who is the author", "source", "authors"),
        ("En wie publiceerde het?", "source", "publisher"),
        ("wie zegt dat?", "source", "publisher"),
        ("bron?", "source", "publisher"),
        ("En de bronnen?", "source", "publisher"),
        ("Waar kan ik dat lezen?", "source", "url"),
        ("heb je een linkje", "source", "url"),
        ("Wie schreef het warmteplan?", "ask", None),
        ("Hoe oud zijn die flats?", "ask", None),
        ("kan het korter?", "shorter", None),
        ("Shorter please", "shorter", None),
        ("Kun je dat in één zin uitleggen?", "shorter", None),
        ("kan het in het kort", "shorter", None),
        ("samenvatting graag", "shorter", None),
        ("Vat dat samen.", "shorter", None),
        ("in een paar woorden graag", "shorter", None),
        ("in 1 zin", "shorter", None),
        ("Geef een korte samenvatting", "shorter", None),
        ("in a nutshell", "shorter", None),
        ("can you summarise that?", "shorter", None),
        ("Sum that up in two sentences please", "shorter", None),
        ("Wie vat de plannen van bewoners samen?", "ask", None),
        ("Hoe kort duurt de bouw?", "ask", None),
        ("wanneer was dat?", "source", "date"),
        ("En in welk jaar gebeurde dat?", "source", "date"),
        ("when was that?", "source", "date"),
        ("Wanneer was dat warmteplan klaar?", "ask", None),
        ("Wanneer wordt dat gebouwd?", "ask", None),
        ("bestaat het nog?", "ask", None),
        ("meer voorbeelden", "more", None),
        ("Heb je nog andere voorbeelden?", "more", None),
        ("any other examples?", "more", None),
        ("Hoeveel meer?", "ask", None),
    ],
)
def test_what_is_asked_of_the_answer_itself_is_told_apart(
    question: str, act: Act, field: Field | None
) -> None:
    found = turn(question)
    assert (found.act, found.field) == (act, field)


def test_the_topic_is_the_latest_question_that_stands_on_its_own() -> None:
    pointing = answered("Wie dan?", "Wie dan? (over: Flats)")
    refined = answered("alleen huurders", "Hoe betaalt Almere, alleen huurders")
    more = answered("meer", "Wat doet Veghel? (meer voorbeelden)")
    assert turn("alleen met geld", *HISTORY, pointing).topic == HISTORY[0].question
    assert turn("alleen met geld", *HISTORY, refined, pointing).topic == "Hoe betaalt Almere, alleen huurders"
    assert turn("alleen met geld", more).topic == "Wat doet Veghel?"
    assert (
        conversation.refined(turn("Alleen met geld"))
        == "Hoe betaalt Almere de isolatie van oude flats, alleen met geld"
    )


def test_notes_of_the_latest_answer_that_cited_stay_the_ones_spoken_of() -> None:
    found = turn("Wie regelt daar de lening?", *HISTORY, answered("Hoe hoog?", abstained=True))
    assert found.notes == ("note-1",)


def test_a_name_that_a_text_does_not_hold_is_new() -> None:
    known = "In Almere helpt de Klusbus."
    assert not names_new("Wat doet de Klusbus in almere?", known, PLACES)
    assert names_new("Wat doet de Klusbus in veghel?", known, PLACES)
    assert names_new("Wat doet de Warmtebus?", known, PLACES)
    assert not names_new("Wat helpt?", known, PLACES)


def test_a_word_that_nobody_knows_is_taken_for_the_one_it_resembles() -> None:
    known = "De kosten van de waterberging zijn hoog."
    nobody = frozenset({"kosten"}).__contains__
    assert repaired("Kotsen?", known, nobody) == "kosten?"
    assert repaired("Wie betaalde de watebrerging?", known, nobody) == "Wie betaalde de waterberging?"
    assert repaired("Kotsen?", known, lambda stem: True) == "Kotsen?"
    assert repaired("Fietspad?", known, nobody) == "Fietspad?"


def test_coverage_weighs_what_a_text_holds() -> None:
    known = "De coöperatie leende geld voor warmtepompen."
    weights = {"geld": 3.0}

    def weight(stem: str) -> float:
        return weights.get(stem, 1.0)

    assert coverage("Hoeveel geld?", known, weight) == 1.0
    assert coverage("Hoeveel tegels?", known, weight) == 0.0
    assert coverage("Hoeveel geld, hoeveel tegels?", known, weight) == pytest.approx(0.75)
    assert 0.5 < coverage("De warmtepomp?", known, weight) <= 1.0
    assert coverage("Wie was dat?", known, weight) == 1.0


@given(st.text(max_size=60), st.text(max_size=60))
def test_coverage_is_a_part(asked: str, known: str) -> None:
    assert 0.0 <= coverage(asked, known, lambda stem: 2.0) <= 1.0
    assert coverage(asked, asked, lambda stem: 2.0) == pytest.approx(1.0)


@given(st.text(min_size=1, max_size=80))
def test_any_question_is_read(question: str) -> None:
    found = turn(question)
    assert found.asked.strip() or not question.strip()
    assert bool(found.swapped) == bool(found.slot)


def test_evidence_decides_where_words_do_not() -> None:
    plain = Turn("ask", "none", "Welke partijen werken samen?")
    assert stays(plain, 0.9, 0.5, 1.0)
    assert not stays(plain, 0.9, 0.1, 1.0)
    assert stays(plain, 0.4, 0.1, 1.0)
    whole = Turn("ask", "none", "Welke gemeenten leenden geld voor hun nieuwe warmtepompen?")
    assert not stays(whole, 0.9, 0.9, 1.0)
    refining = Turn("ask", "refining", "alleen met geld")
    assert [
        stays(refining, 1, share, cover) for share, cover in ((0.95, 0), (0.6, 1), (0.6, 0.1), (0.2, 1))
    ] == [
        True,
        True,
        False,
        False,
    ]
    assert stays(Turn("ask", "fragment", "Planning?"), 1, 0, 1)
    assert not stays(Turn("ask", "fragment", "Planning?"), 1, 1, 0)
    assert stays(Turn("ask", "tight", "Wie daar?"), 1, 0, 0)


def test_notes_answer_what_they_cover_and_what_is_likely() -> None:
    assert follows(0.0, 1.0)
    assert not follows(-1.0, 0.0)
    assert [follows(above, 0.5) for above in (-9.0, -2.0, 0.0, 3.0)] == [False, False, True, True]


def test_statements_said_again_are_numbered_anew() -> None:
    sources = (source(1), source(2), source(3))
    statements, cited = conversation.as_said([said("C.", 3), said("A.", 1), said("C.", 3)], sources)
    assert [each.citations for each in statements] == [(1,), (2,), (1,)]
    assert [each.quotes[0].citation for each in statements] == [1, 2, 1]
    assert [(each.number, each.note) for each in cited] == [(1, "note-3"), (2, "note-1")]


def test_shorter_keeps_the_likeliest_with_what_introduces_it() -> None:
    lead, first, second = (
        said("Dit hielp:", kind="lead_in"),
        said("geld", kind="item"),
        said("tijd", kind="item"),
    )
    long = said("woord " * 60)
    chances = {"geld": 0.2, "tijd": 0.9, long.text: 0.5, "Dit hielp:": 1.0}
    kept = conversation.shortened([long, lead, first, second], lambda each: chances[each.text])
    assert [each.text for each in kept] == ["Dit hielp:", "geld", "tijd"]
    assert conversation.shortened([long], lambda each: 0.0) == [long]


def test_shorter_goes_on_to_the_next_likeliest_that_there_is_room_for() -> None:
    first, long, third = said("woord " * 20), said("lang " * 45), said("Dat stond vast.")
    chances = {first.text: 0.9, long.text: 0.8, third.text: 0.7}
    assert conversation.shortened([first, long, third], lambda each: chances[each.text]) == [first, third]


def test_shorter_is_shorter_than_a_short_answer() -> None:
    whole = [said(f"{name} zegt nog iets.", start=place) for place, name in enumerate("ABC")]
    assert conversation.shortened(whole, lambda each: float("BCA".index(each.text[0]))) == [
        whole[0],
        whole[2],
    ]


@pytest.mark.parametrize(
    ("pointing", "kept"),
    [("", "abd"), ("d", "acd"), ("cd", "bcd"), ("bcd", "bcd"), ("a", "abd")],
)
def test_shorter_keeps_what_a_statement_points_back_to(pointing: str, kept: str) -> None:
    chances = {"a": 0.8, "b": 0.2, "c": 0.1, "d": 0.9}
    whole = [said(name + " woord" * 14, start=place) for place, name in enumerate(chances)]
    whole.append(said("e" + " woord" * 60))
    chances["e"] = 0.0
    short = conversation.shortened(
        whole, lambda each: chances[each.text[0]], lambda each: each.text[0] in pointing
    )
    assert "".join(each.text[0] for each in short) == kept


def test_what_points_back_to_another_kind_brings_nothing_along() -> None:
    row, sentence = said("Tijd", kind="item"), said("Dat hielp. " * 30, start=9)
    assert conversation.shortened([row, sentence], lambda each: len(each.text), lambda _: True) == [sentence]


@pytest.mark.parametrize(
    "about", ["Uit welk jaar is dat?", "Wie schreef dat?", "wat is de bron", "Heb je de link?"]
)
@pytest.mark.parametrize(
    ("then", "swapped"),
    [
        ("En in Veghel?", "Hoe betaalt Veghel de isolatie van oude flats?"),
        ("en in 2019?", "Hoe betaalt Almere de isolatie van oude flats in 2019?"),
    ],
)
def test_a_question_about_a_source_is_not_asked_again_of_another_place(
    about: str, then: str, swapped: str
) -> None:
    latest = answered(about, f"{about} (over: Flats in Almere)")
    assert turn(then, HISTORY[0], latest).swapped == swapped
    assert turn(then, latest).swapped


@pytest.mark.parametrize(
    ("then", "swapped"),
    [
        ("En Woonbron?", "Hoe isoleert Woonbron flats in Almere?"),
        ("en de Woonbond dan", "Hoe isoleert Woonbond flats in Almere?"),
        ("En Veghel?", "Hoe isoleert Portaal flats in Veghel?"),
        ("Woonbron?", ""),
        ("en huurders", ""),
    ],
)
def test_a_bare_name_takes_the_place_of_the_only_one_before(then: str, swapped: str) -> None:
    assert turn(then, answered("Hoe isoleert Portaal flats in Almere?")).swapped == swapped


def steps(introduction: str, items: int, words: int = 3) -> list[Statement]:
    lead = said(introduction, kind="lead_in")
    return [lead, *(said(f"{place} " + "woord " * (words - 1), kind="item") for place in range(items))]


@pytest.mark.parametrize(
    ("introduction", "items", "words", "kept", "part"),
    [
        ("De aanpak heeft zes stappen:", 6, 8, 7, False),
        ("Er zijn drie goede redenen:", 3, 20, 4, False),
        ("Er zijn drie goede redenen:", 3, 35, 2, True),
        ("Dit hielp:", 6, 8, 5, False),
        ("Dit hielp:", 6, 12, 5, False),
    ],
)
def test_a_list_that_says_how_many_it_has_is_kept_whole_or_that_is_said(
    introduction: str, items: int, words: int, kept: int, *, part: bool
) -> None:
    whole = steps(introduction, items, words)
    short = conversation.shortened(whole, lambda each: 1 / (1 + whole.index(each)))
    assert len(short) == kept
    assert conversation.is_part(short, whole, "Hoe gaat dat?") is part


def test_of_a_list_that_was_asked_for_with_a_number_a_part_is_told() -> None:
    whole = [said("Losse zin.", start=900), *steps("Dit zijn ze:", 4, 15)]
    assert conversation.is_part(whole[:3], whole, "Welke vier lijnen zijn er?")
    assert not conversation.is_part(whole[:1], whole, "Welke vier lijnen zijn er?")
    assert not conversation.is_part(whole[:3], whole, "Welke lijn is er?")


def test_what_introduces_a_table_does_not_introduce_the_list_below_it() -> None:
    row, item = replace(said("| a |"), kind="row"), said("tijd", kind="item")
    table = [replace(said("| kop |"), kind="header_row"), row]
    assert conversation.shortened([*table, item], lambda each: float(each is item)) == [*table, item]
    long = replace(row, text="woord " * 60)
    assert conversation.shortened([table[0], long, item], lambda each: float(each is item)) == [item]
    elsewhere = said("geld", citation=2, kind="item")
    lead = said("Dit hielp:", kind="lead_in")
    assert conversation.shortened([lead, elsewhere], lambda _: 1.0) == [elsewhere]


def test_of_places_side_by_side_each_keeps_something() -> None:
    both = [replace(said("woord " * 30, start=place), side=name) for place, name in enumerate("AABB")]
    short = conversation.shortened(both, lambda each: 1 / (1 + both.index(each)))
    assert [each.side for each in short] == ["A", "B"]


@pytest.mark.parametrize(
    ("field", "nl", "en"),
    [
        ("date", r"‘Titel \[1\]’ (Uitgever) is van juli 2021.", "is from July 2021."),
        ("publisher", r"‘Titel \[1\]’ is gepubliceerd door Uitgever.", "was published by Uitgever."),
        (
            "url",
            r"‘Titel \[1\]’ (Uitgever) staat op https://voorbeeld.invalid",
            "can be read at https://voorbeeld.invalid",
        ),
        ("authors", r"‘Titel \[1\]’ (Uitgever) is geschreven door A, B en C.", "was written by A, B and C."),
    ],
)
def test_metadata_are_said_in_a_sentence(field: Field, nl: str, en: str) -> None:
    authors = {1: ("A", "B", "C")}
    assert conversation.about_sources(field, [source(1)], authors, "nl") == nl
    assert conversation.about_sources(field, [source(1)], authors, "en").endswith(en)


@pytest.mark.parametrize("field", ["date", "authors", "url"])
def test_what_metadata_do_not_say_is_said_to_be_unknown(field: Field) -> None:
    bare = source(1, date="", url="")
    assert "bekend" in conversation.about_sources(field, [bare], {}, "nl")
    assert "known" in conversation.about_sources(field, [bare], {}, "en")


def test_several_sources_are_a_list() -> None:
    lines = conversation.about_sources("date", [source(1), source(2, date="")], {}, "nl").split("\n")
    assert [line[:2] for line in lines] == ["- ", "- "]


def test_another_subject_is_announced_before_a_sign_only() -> None:
    question = "Wat anders dan een warmtenet is mogelijk voor bewoners?"
    assert read(question, [], PLACES).asked == question


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("Wie betaalde dat?", False),
        ("Hoe ging dat daar?", False),
        ("Wat kost een wijkbedrijf en wie betaalt dat?", True),
    ],
)
def test_a_question_that_says_enough_can_be_asked_by_itself(question: str, alone: bool) -> None:
    assert stands_alone(question) is alone
