"""Plain text, Markdown and CSV: encodings, paragraphs, lists, leftovers of pages, and the Markdown made."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.documents import Limits, extract
from assistant.documents.blocks import Heading, Item, Paragraph, Table, place, render
from assistant.errors import RefusedError
from tests.documents.making import LOREM

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.datatypes import Extracted
    from assistant.documents.blocks import Block

ACCENTS = "Eén café in Curaçao: € 5 — ‘samen’ naïef.\n\nCoördinatie en financiën."


def read(folder: Path, content: bytes | str, name: str = "stuk.txt") -> Extracted:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return extract(path)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"]
)
def test_text_is_read_in_any_usual_encoding(encoding: str, tmp_path: Path) -> None:
    assert read(tmp_path, ACCENTS.encode(encoding)).text.strip() == ACCENTS


def test_one_broken_byte_does_not_turn_utf_8_into_something_else(tmp_path: Path) -> None:
    raw = ("één café financiën " * 20).encode() + b"\xe9 einde"

    assert read(tmp_path, raw).text.startswith("één café financiën")


def test_wrapped_paragraphs_are_joined_and_words_mended(tmp_path: Path) -> None:
    text = (
        "Aanleiding\n==========\n\nDe gemeente wil bewoners vroeg betrekken bij het plan voor de woning-\n"
        "corporatie en de wijk, omdat zij weten wat er speelt en wat er nodig is om\nmee te doen.\n\n"
        "- een punt dat zo lang is dat het op de volgende regel verder gaat met de\n  rest van de"
        " tekst\n- twee\n"
    )
    assert read(tmp_path, text).text == (
        "# Aanleiding\n\nDe gemeente wil bewoners vroeg betrekken bij het plan voor de"
        " woningcorporatie en de wijk, omdat "
        "zij weten wat er speelt en wat er nodig is om mee te doen.\n\n- een punt dat zo lang is"
        " dat het op de volgende "
        "regel verder gaat met de rest van de tekst\n- twee\n"
    )


def test_a_short_line_above_running_text_is_a_heading_and_bullets_are_lists(tmp_path: Path) -> None:
    text = (
        f"Samen de wijk in\n\n{LOREM * 2}\n\nWat helpt?\n{LOREM * 2}\nDit helpt:\n\n  •  geduld\n  •  geld\n"
    )

    assert read(tmp_path, text).text == (
        f"# Samen de wijk in\n\n{(LOREM * 2).strip()}\n\n## Wat"
        f" helpt?\n\n{(LOREM * 2).strip()}\n\nDit helpt:\n\n"
        "- geduld\n- geld\n"
    )


def test_what_is_left_of_a_page_around_its_text_is_taken_off(tmp_path: Path) -> None:
    text = (
        "Zoeken\n\nMenu\nOver ons\nVolg ons op facebookVolg ons op twitter\n\nEen wijk in"
        " beweging\n\nDoor de redactie\n\n"
        f"{LOREM * 2}\n\nLees ook: Wat kost een warmtenet?\n\n{LOREM * 2}\n\nFoto: een bewoner\n\n{LOREM}\n"
        "Het slot is kort.\n\nDeel dit artikel via LinkedIn\n\nCookie-instellingen\n\nAlgemene voorwaarden\n"
    )
    found = read(tmp_path, text).text

    assert found.startswith("# Een wijk in beweging\n\n")
    assert found.endswith("Het slot is kort.\n")
    assert "Door de redactie" in found
    assert "Foto: een bewoner" in found
    for gone in ("Zoeken", "Menu", "Over ons", "facebook", "Lees ook", "LinkedIn", "Cookie", "voorwaarden"):
        assert gone not in found


def test_a_text_without_running_text_is_left_alone(tmp_path: Path) -> None:
    text = "Zoeken\n\nMenu\n\nContact\n"

    assert read(tmp_path, text).text.replace("# ", "").split() == ["Zoeken", "Menu", "Contact"]


def test_markdown_keeps_its_structure_and_loses_its_signs(tmp_path: Path) -> None:
    text = (
        "---\ntitle: Een nota\nauthors: [A. de Vries]\ndate: 2024-05-06\nurl:"
        " https://voorbeeld.example/nota\nlanguage: nl\n"
        "themes: 3\n---\n# Kop\n\nEen *zin*\nmet [een link](https://x.example) en"
        " <b>vet</b>.[^2]\n\n1. een\n   - dieper\n\n"
        "| a | b |\n|---|---|\n| 1 | `x` |\n\n> geciteerd\n\n<div>los</div>\n"
    )
    document = read(tmp_path, text, "nota.md")

    assert document.text == (
        "# Kop\n\nEen zin met een link en vet.[2]\n\n1. een\n   - dieper\n\n| a | b |\n| --- | ---"
        " |\n| 1 | x |\n\n"
        "geciteerd\n\nlos\n"
    )
    assert (document.title, document.authors, document.date) == ("Een nota", ("A. de Vries",), "2024-05-06")
    assert (document.url, document.language) == ("https://voorbeeld.example/nota", "nl")


@pytest.mark.parametrize("head", ["---\n- een\n- twee\n---\n", "---\na: [\n---\n", "---\na: &x 1\n---\n", ""])
def test_what_is_no_front_matter_is_text_or_nothing(head: str, tmp_path: Path) -> None:
    document = read(tmp_path, f"{head}\n# Kop\n\nTekst.\n", "nota.md")

    assert document.text.endswith("# Kop\n\nTekst.\n")
    assert document.title == "Kop"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("wijk;aantal;prijs\nOvervecht;8.000;1,50\nÉén;1;2,25\n", "cp1252"),
        ('wijk,aantal,prijs\nOvervecht,8.000,"1,50"\nÉén,1,"2,25"\n', "utf-8"),
        ("wijk\taantal\tprijs\nOvervecht\t8.000\t1,50\nÉén\t1\t2,25\n", "utf-16"),
        ("sep=;\nwijk;aantal;prijs\nOvervecht;8.000;1,50\nÉén;1;2,25\n", "utf-8-sig"),
    ],
)
def test_csv_whatever_its_separator_and_encoding(content: str, encoding: str, tmp_path: Path) -> None:
    assert read(tmp_path, content.encode(encoding), "cijfers.csv").text == (
        "| wijk | aantal | prijs |\n| --- | --- | --- |\n| Overvecht | 8.000 | 1,50 |\n| Één | 1 | 2,25 |\n"
    )


def test_too_much_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lang.csv"
    path.write_text("a,b\n" * 1_000, encoding="utf-8")
    with pytest.raises(RefusedError) as error:
        extract(path, Limits(max_characters=1_000))

    assert error.value.code == "too_long"


def kinds(markdown: str) -> list[str]:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    return [token.type for token in tokens if token.nesting >= 0 and token.level == 0]


@pytest.mark.parametrize(
    "words",
    ["# geen kop", "- geen punt", "+ geen", "* geen", "> geen citaat", "1. geen nummer", "2018. Dat"
    " jaar", "3) drie",
     "---", "* * *", "===", "```", "~~~ x", "[naam]: https://x", "<div>", "<!-- x -->", "    vier spaties",
     "####### x"],
)  # fmt: skip
def test_words_that_look_like_markdown_stay_words(words: str) -> None:
    text, _ = render([Paragraph("Voor."), Paragraph(words), Paragraph("Na.")], 1_000)

    assert kinds(text) == ["paragraph_open"] * 3
    assert text.replace("\\", "") == f"Voor.\n\n{' '.join(words.split())}\n\nNa.\n"


ANY = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(
    ["# a", "\f", "\fpage:1\f", "a\fb", "- ", "|", "\ud800", "e\u0301", "\u202e", "[^1]", "\\", "1. x", "<b>"]
)
BLOCKS = st.lists(
    st.builds(Paragraph, ANY)
    | st.builds(Heading, ANY, st.integers(1, 6))
    | st.builds(Item, ANY, st.sampled_from(["-", "1.", "12."]), st.integers(0, 4))
    | st.builds(Table, st.lists(st.lists(ANY, max_size=3).map(tuple), max_size=3).map(tuple)),
    max_size=6,
)


@given(BLOCKS)
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_words_the_markdown_is_clean(blocks: list[Block]) -> None:
    text, locations = render(blocks, 100_000)

    assert text == "" or text.endswith("\n")
    assert "\r" not in text
    assert "[^1]" not in text
    assert text.encode("utf-8").decode("utf-8") == text
    assert not any(unicodedata.category(character) == "Cc" for character in text.replace("\n", ""))
    assert all(0 <= location.start < len(text) for location in locations)
    headings = sum(kind == "heading_open" for kind in kinds(text))
    assert headings <= sum(isinstance(block, Heading) for block in blocks)


def test_places_begin_where_their_first_words_are() -> None:
    blocks: list[Block] = [
        Paragraph(place("page", "1")),
        Heading("Kop"),
        Paragraph(f"Deze zin gaat {place('page', '2')}verder op een andere bladzijde."),
        Paragraph(place("page", "3")),
        Paragraph(place("page", "4")),
        Item("punt"),
    ]
    text, locations = render(blocks, 1_000)

    assert text == "## Kop\n\nDeze zin gaat verder op een andere bladzijde.\n\n- punt\n"
    assert [(location.label, text[location.start :][:6]) for location in locations] == [
        ("1", "## Kop"),
        ("2", "verder"),
        ("4", "- punt"),
    ]
