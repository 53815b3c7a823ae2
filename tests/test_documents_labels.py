"""Labels at the top of memos and letters: what they tell, in several layouts, and what they do not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.describing import places_in
from assistant.documents import extract
from assistant.documents.blocks import Paragraph
from assistant.documents.labels import Labelled, labelled
from tests.documents.making import LOREM, Pdf, core, docx, word, word_table

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.datatypes import Extracted

LINES = (
    "Datum: 12 maart 2024",
    "Van: Fatima Voorbeeld",
    "Aan: de raad van de gemeente Apeldoorn",
    "Onderwerp: Voortgang warmtenet Zuid",
)
TOLD = ("Voortgang warmtenet Zuid", ("Fatima Voorbeeld",), "2024-03-12")


def read(folder: Path, name: str, content: bytes | str) -> Extracted:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return extract(path)


def told(found: Extracted) -> tuple[str, tuple[str, ...], str]:
    return found.title, found.authors, found.date


def pdf(lines: tuple[str, ...], *, gap: float = 14, at: float = 60, title: str = "") -> bytes:
    """A memo; without the day that reportlab puts in the properties."""
    made = Pdf(title=title)
    made.line(60, 790, "Memo", 18)
    for place, line in enumerate(lines):
        label, _, value = line.partition(" ")
        made.line(60, 750 - gap * place, label if at > 60 else line)
        if at > 60:
            made.line(at, 750 - gap * place, value)
    made.paragraph(60, 750 - gap * len(lines) - 30, 3 * LOREM, 470)
    return made.bytes().replace(b"/CreationDate", b"/CreationDatX")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("regels.txt", "Memo\n\n" + "\n".join(LINES) + f"\n\n{LOREM}\n"),
        ("los.txt", "\n\n".join(["MEMO", *LINES, LOREM])),
        ("eerst.txt", "\n".join(LINES) + f"\n\n{LOREM}\n"),
        ("nadruk.md", "\n".join(f"**{line.replace(': ', ':** ')}  " for line in LINES) + f"\n\n{LOREM}\n"),
        ("alineas.docx", docx("".join(map(word, ["Memo", *LINES, LOREM])))),
        ("kop.docx", docx(word("Memo", "Kop1") + "".join(map(word, [*LINES, LOREM])))),
        ("tabel.docx", docx(word_table([line.split(" ", 1) for line in LINES]) + word(LOREM))),
        (
            "breed.docx",
            docx(
                word_table(
                    [
                        [*LINES[0].split(" ", 1), *LINES[1].split(" ", 1)],
                        [*LINES[2].split(" ", 1), *LINES[3].split(" ", 1)],
                    ]
                )
                + word(LOREM)
            ),
        ),
        (
            "onder.docx",
            docx(
                word_table([[line.split(": ")[0] for line in LINES], [line.split(": ")[1] for line in LINES]])
                + word(LOREM)
            ),
        ),
        (
            "boven.docx",
            docx("".join(word(part) for line in LINES for part in line.split(": ")) + word(LOREM)),
        ),
        ("dicht.pdf", pdf(LINES)),
        ("ruim.pdf", pdf(LINES, gap=30)),
        ("kolommen.pdf", pdf(LINES, at=160)),
    ],
)
def test_the_top_of_a_memo_is_read_in_any_layout(tmp_path: Path, name: str, content: bytes | str) -> None:
    assert told(read(tmp_path, name, content)) == TOLD


def test_a_letter_with_addresses_and_english_labels(tmp_path: Path) -> None:
    letter = (
        "Energieloket Zuid\n\nPostbus 12\n\n1234 AB Apeldoorn\n\n",
        "Aan mevrouw Voorbeeld\n\nDorpsstraat 1\n\n",
    )
    labels = "Datum\n12 maart 2024\n\nOns kenmerk\nX-12\n\nBetreft: aansluiting op het warmtenet\n\n"
    found = read(tmp_path, "brief.txt", "".join(letter) + labels + f"Geachte mevrouw,\n\n{LOREM}\n")
    assert (found.title, found.authors, found.date) == ("aansluiting op het warmtenet", (), "2024-03-12")
    memo = (
        "Date: March 4, 2023",
        "From: Jo Example <jo@example.invalid>",
        "To: all",
        "Subject: Heat for all",
    )
    assert told(read(tmp_path, "memo.pdf", pdf(memo))) == ("Heat for all", ("Jo Example",), "2023-03-04")


def test_what_the_file_tells_itself_goes_before_its_labels_but_for_its_day(tmp_path: Path) -> None:
    properties = core("Nota warmte", "A. Anders", "2021-05-06T10:00:00Z", "nl-NL")
    found = read(tmp_path, "nota.docx", docx("".join(map(word, [*LINES, LOREM])), properties=properties))
    assert told(found) == ("Nota warmte", ("A. Anders",), "2024-03-12")
    fronted = read(tmp_path, "nota.md", "---\ndate: 2022-01-02\n---\n" + "\n\n".join([*LINES, LOREM]))
    assert fronted.date == "2022-01-02"


@pytest.mark.parametrize(
    "lines",
    [
        ("Datum: volgt", "Aan: de raad", "Onderwerp: n.v.t."),
        ("Datum: nader te bepalen", "Van: onbekend", "Aan: alle bewoners"),
        ("Datum: 12 t/m 14 maart 2024", "Van: 9.00 tot 17.00 uur"),
        ("Datum: 12 maart", "Datum bijeenkomst: 3 mei 2023", "Behandeld door: J. Voorbeeld"),
        ("Datum: 31 februari 2024", "Auteur: zie bijlage", "Van: het team"),
        ("Datum: 12-03-24", "Auteur: beheerder"),
        ("Date: 2 May 2021", "Date: 3 June 2021"),
        ("Van: Gasfabriek", "Van aardgas naar warmte: zo doen wij dat"),
        ("Onderwerp: energie",),
        ("Van: Aardgas naar Warmtenet", "Aan: bewoners"),
        ("Datum: 9999", "Aan: bewoners"),
        ("Datum: 12 maart 1803", "Aan: bewoners"),
        ("De datum: 12 maart 2024", "Dit komt van: Jan Voorbeeld"),
        (LOREM * 3, *LINES),
        (*(f"Punt {number} van de agenda" for number in range(30)), *LINES),
    ],
)
def test_what_is_not_said_stays_empty(lines: tuple[str, ...]) -> None:
    assert labelled(map(Paragraph, lines)) == Labelled()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Aan: de raad van de gemeente Apeldoorn", ("Apeldoorn",)),
        ("Gemeente Bergen op Zoom\n\nBesluit van het college", ("Bergen op Zoom",)),
        ("Plaats: Epe", ("Epe",)),
        ("Plaats: stadhuis", ()),
        ("De gemeente Best doet mee", ("Best",)),
        ("De gemeente beste mensen", ()),
        ("Wij waren in Apeldoorn", ()),
        (60 * LOREM + "de gemeente Apeldoorn", ()),
    ],
)
def test_a_municipality_that_is_called_one_at_the_top_is_suggested(
    text: str, places: tuple[str, ...]
) -> None:
    assert places_in("", text) == places


def test_a_table_of_data_has_columns_and_no_labels(tmp_path: Path) -> None:
    rows = [
        ["Datum", "Auteur", "Titel"],
        *(["2024-03-12", f"Wijk Noord {number}", "Warmte"] for number in range(3)),
    ]
    csv = "\n".join(";".join(row) for row in rows)
    for name, content in (("lijst.csv", csv), ("lijst.docx", docx(word_table(rows) + word(LOREM)))):
        found = read(tmp_path, name, content)
        assert (found.authors, found.date) == ((), "")


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize(
    "headings", [["Auteur", "Jaar", "Titel", "Bron"], ["Bron", "Titel", "Aantal", "Auteur"]]
)
def test_headings_of_columns_are_no_labels(tmp_path: Path, headings: list[str], count: int) -> None:
    rows = [headings, *([f"Wijk Noord {number}", "2021", "Warmte", "Blad"] for number in range(count))]
    ruled = [rows[0], ["---"] * 4, *rows[1:]]
    table = "\n".join(f"| {' | '.join(row)} |" for row in ruled)
    for name, content in (
        ("lijst.csv", "\n".join(";".join(row) for row in rows)),
        ("lijst.docx", docx(word_table(rows) + word(LOREM))),
        ("lijst.md", f"{table}\n"),
        ("nota.md", f"# Literatuur\n\n{table}\n\n{LOREM}\n"),
    ):
        found = read(tmp_path, name, content)
        assert (found.authors, found.date) == ((), "")
        assert found.title not in {"Bron", "Aantal"}


def test_cells_with_a_label_of_their_own_and_a_row_without_one(tmp_path: Path) -> None:
    for rows in ([["Memo", ""], *([line, ""] for line in LINES)], [LINES[:2], LINES[2:]]):
        content = docx(word_table([list(row) for row in rows]) + word(LOREM))
        assert told(read(tmp_path, "memo.docx", content)) == TOLD


@pytest.mark.parametrize(
    ("sender", "authors"),
    [
        ("mr. dr. Jan van der Voorbeeld", ("mr. dr. Jan van der Voorbeeld",)),
        ("College van burgemeester en wethouders", ("College van burgemeester en wethouders",)),
        ("Els van 't Voorbeeld en Jan Ander", ("Els van 't Voorbeeld", "Jan Ander")),
        ("Gas los in drie stappen", ()),
    ],
)
def test_a_sender_has_a_name(sender: str, authors: tuple[str, ...]) -> None:
    lines = (f"Van: {sender}", "Aan: de raad", "Datum: 12 maart 2024")
    assert labelled(map(Paragraph, lines)) == Labelled(authors=authors, date="2024-03-12")


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("Datum: 12-03-2024", "2024-03-12"),
        ("Datum: 3/4/2024", "2024-04-03"),
        ("Date: 3/4/2024", "2024"),
        ("Date: 3/14/2024", "2024-03-14"),
        ("Date: 14/3/2024", "2024-03-14"),
        ("Datum: 2024-03-12", "2024-03-12"),
        ("Datum: maart 2024", "2024-03"),
        ("Datum: 2024", "2024"),
        ("Datum: dinsdag 12 mrt. 2024, 19.30 uur", "2024-03-12"),
        ("Datum: Apeldoorn, 12 maart 2024", "2024-03-12"),
        ("Datum 12 maart 2024", "2024-03-12"),
        ("Datum: 12 maart 2024 Geachte raad, hierbij ons plan.", "2024-03-12"),
        ("Datum gaat 12 maart 2024 in", ""),
    ],
)
def test_days_as_people_write_them(value: str, date: str) -> None:
    assert labelled([Paragraph(value)]).date == date


@pytest.mark.parametrize(
    ("value", "authors"),
    [
        ("Jan Voorbeeld en Els Ander", ("Jan Voorbeeld", "Els Ander")),
        ("Jan Voorbeeld, beleidsadviseur", ("Jan Voorbeeld",)),
        ("drs. J. Voorbeeld (afdeling Wonen)", ("drs. J. Voorbeeld",)),
        ("College van B en W", ("College van B en W",)),
        ("J. Voorbeeld; E. Ander", ("J. Voorbeeld", "E. Ander")),
        ("jan@voorbeeld.invalid", ()),
        ("de projectgroep", ()),
    ],
)
def test_names_as_people_write_them(value: str, authors: tuple[str, ...]) -> None:
    assert labelled([Paragraph(f"Auteur: {value}")]).authors == authors
