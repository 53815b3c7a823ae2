"""An answer as text to take along."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from assistant import citations
from assistant.datatypes import Location
from assistant.export import as_text, attribution, spoken_date, spoken_places, understood_as
from assistant.passages import plain
from tests.fakes import FakeAssistant

if TYPE_CHECKING:
    from assistant.datatypes import Answer, CitedSource, Language


@pytest.fixture
def answer() -> Answer:
    return FakeAssistant().ask("Wat kost de FIXbrigade?")


@pytest.mark.parametrize(
    ("date", "language", "spoken"),
    [
        ("2020-07-01", "nl", "1 juli 2020"),
        ("2022-04", "nl", "april 2022"),
        ("2019", "nl", "2019"),
        ("", "nl", "datum onbekend"),
        ("2020-07-01", "en", "1 July 2020"),
        ("", "en", "date unknown"),
    ],
)
def test_a_date_is_written_as_people_write_it(date: str, language: Language, spoken: str) -> None:
    assert spoken_date(date, language) == spoken


def test_a_note_is_attributed_as_our_summary_and_a_document_as_its_own_words(answer: Answer) -> None:
    note = answer.sources[0]
    assert (
        attribution(note, "nl")
        == "Onze samenvatting van: AT5, Statushouders leren woningen isoleren, april 2022"
    )
    assert attribution(replace(note, wording="original"), "nl").startswith("Letterlijk uit: AT5")


@pytest.mark.parametrize(
    ("locations", "nl", "en"),
    [
        ((), "", ""),
        ((Location(0, "page", "7"),), "p. 7", "p. 7"),
        (
            (Location(90, "page", "12"), Location(5, "page", "7"), Location(5, "page", "7")),
            "p. 7, 12",
            "p. 7, 12",
        ),
        ((Location(0, "slide", "3"),), "dia 3", "slide 3"),
        ((Location(0, "sheet", "Kosten"),), "blad Kosten", "sheet Kosten"),
    ],
)
def test_a_place_in_a_document_is_told_as_people_say_it(
    locations: tuple[Location, ...], nl: str, en: str
) -> None:
    assert (spoken_places(locations, "nl"), spoken_places(locations, "en")) == (nl, en)


def test_a_document_is_named_with_its_page_and_without_what_is_not_known(answer: Answer) -> None:
    source = replace(answer.sources[0], wording="original", publisher="", date="")
    statement = answer.statements[0]
    quotes = tuple(
        replace(quote, citation=1, location=Location(0, "page", "7")) for quote in statement.quotes
    )
    cited = replace(answer, statements=(replace(statement, quotes=quotes),), sources=(source,))
    assert "[1] Letterlijk uit: Statushouders leren woningen isoleren, datum onbekend, p. 7\n" in as_text(
        cited, "nl"
    )


def test_text_has_the_answer_and_every_source_with_date_and_link(answer: Answer) -> None:
    text = as_text(answer, "nl")
    assert text.startswith("Wat kost de FIXbrigade?\n")
    assert "De FIXbrigade helpt mensen in Amsterdam gratis om energie te besparen" in text
    assert "Bijdrage Europese Unie | 911.485 euro [1]" in text
    assert "1. NRC (2022): fixers herstellen soms wat verhuurders laten liggen." in text
    for source in answer.sources:
        assert f"[{source.number}] {attribution(source, 'nl')}\n    {source.url}" in text
    assert "automatisch systeem (AI)" in text


def test_the_header_of_a_table_carries_no_number_where_its_rows_do(answer: Answer) -> None:
    header = next(each for each in answer.statements if each.kind == "header_row")
    lines = as_text(answer, "nl").splitlines()
    assert plain(header.text) in lines
    alone = as_text(replace(answer, statements=(header,)), "nl")
    assert f"{plain(header.text)} [{header.citations[0]}]" in alone.splitlines()


def test_a_summary_is_never_put_between_quotation_marks(answer: Answer) -> None:
    assert not set(as_text(answer, "nl")) & set('"“”„«»')


def test_each_place_stands_above_what_is_said_of_it(answer: Answer) -> None:
    first, second = answer.statements[0], answer.statements[1]
    both = (replace(first, side="Tilburg"), replace(second, side="Almelo"))
    lines = as_text(replace(answer, statements=both, text=""), "nl").splitlines()
    assert lines.index("Tilburg:") < lines.index("Almelo:")
    assert lines[lines.index("Almelo:") - 1] == ""


def test_text_shows_no_markdown_and_no_footnote_marks(answer: Answer) -> None:
    text = as_text(answer, "nl")
    assert "**" not in text
    assert "[^" not in text


def test_a_source_without_an_address_has_no_link(answer: Answer) -> None:
    first: CitedSource = replace(answer.sources[0], url="")
    text = as_text(replace(answer, sources=(first,)), "nl")
    assert "[1] Onze samenvatting van: AT5, Statushouders leren woningen isoleren, april 2022\n" in text
    assert "http" not in text


def test_what_was_not_found_is_exported_with_the_nearest_notes() -> None:
    answer = FakeAssistant().ask("Wat is de hoofdstad van Peru?")
    text = as_text(answer, "nl")
    assert answer.text in text
    assert f"- {answer.nearest[0].title}" in text
    assert "Bronnen" not in text


def test_how_a_question_was_understood_stands_below_it(answer: Answer) -> None:
    resolved = replace(answer, question="En daar?", understood="Wat kost de FIXbrigade?")
    assert as_text(resolved, "nl").startswith("En daar?\nOpgevat als: Wat kost de FIXbrigade?\n\n")
    assert understood_as(resolved, "en") == "Understood as: Wat kost de FIXbrigade?"
    assert understood_as(answer, "nl") == ""


def test_a_heading_carries_no_number(answer: Answer) -> None:
    heading = replace(answer.statements[0], text="Financiering", kind="heading")
    item = replace(answer.statements[0], text="een lening;", kind="item", marker="-")
    text = as_text(replace(answer, statements=(heading, item)), "nl")
    assert "\nFinanciering\n- een lening; [1]\n" in text


def test_what_the_metadata_say_stands_before_the_statements(answer: Answer) -> None:
    told = "Dit document is van april 2022: AT5."
    said = citations.markdown(answer.statements)
    text = as_text(replace(answer, text=f"{told}\n\n{said}"), "nl")
    assert text.startswith(f"Wat kost de FIXbrigade?\n\n{told}\n\n")
    assert text.count(told) == 1
    assert told not in as_text(replace(answer, text=said), "nl")
