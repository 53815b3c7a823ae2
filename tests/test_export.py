"""An answer as text to take along."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from assistant.export import as_markdown, as_text, attribution, spoken_date
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


def test_text_has_the_answer_and_every_source_with_date_and_link(answer: Answer) -> None:
    text = as_text(answer, "nl")
    assert text.startswith("Wat kost de FIXbrigade?\n")
    assert "De FIXbrigade helpt mensen in Amsterdam gratis om energie te besparen" in text
    assert "Bijdrage Europese Unie | 911.485 euro [1]" in text
    assert "1. NRC (2022): fixers herstellen soms wat verhuurders laten liggen." in text
    for source in answer.sources:
        assert f"[{source.number}] {attribution(source, 'nl')}\n    {source.url}" in text
    assert "automatisch systeem (AI)" in text


@pytest.mark.parametrize("write", [as_text, as_markdown])
def test_a_summary_is_never_put_between_quotation_marks(answer: Answer, write: object) -> None:
    assert callable(write)
    assert not set(write(answer, "nl")) & set('"“”„«»')


def test_text_shows_no_markdown_and_no_footnote_marks(answer: Answer) -> None:
    text = as_text(answer, "nl")
    assert "**" not in text
    assert "[^" not in text


def test_markdown_links_the_titles_and_escapes_what_titles_contain(answer: Answer) -> None:
    first = replace(answer.sources[0], title="Een [titel](http://x.invalid) <b>*vet*</b>")
    text = as_markdown(replace(answer, sources=(first,)), "nl")
    assert (
        r"[Een \[titel\](http://x.invalid) \<b\>\*vet\*\</b\>](<https://www.example.org/at5>), april 2022"
        in text
    )
    assert answer.text in text


def test_a_source_without_an_address_has_no_link(answer: Answer) -> None:
    first: CitedSource = replace(answer.sources[0], url="")
    bare = replace(answer, sources=(first,))
    assert (
        "1. Onze samenvatting van: AT5, Statushouders leren woningen isoleren, april 2022\n"
        in as_markdown(bare, "nl")
    )
    assert as_text(bare, "nl").count("http") == 0


def test_what_was_not_found_is_exported_with_the_nearest_notes() -> None:
    answer = FakeAssistant().ask("Wat is de hoofdstad van Peru?")
    for text in (as_text(answer, "nl"), as_markdown(answer, "nl")):
        assert answer.text in text
        assert f"- {answer.nearest[0].title}" in text
        assert "Bronnen" not in text
