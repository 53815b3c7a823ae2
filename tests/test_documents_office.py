"""Word, OpenDocument, slides and sheets: what is text in them, what is not, and what they tell."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING

import openpyxl

from assistant.documents import extract
from tests.documents.making import LOREM, WORDS, core, docx, odt, pptx, shape, slide, word, word_table

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.datatypes import Extracted


def read(folder: Path, name: str, content: bytes | str) -> Extracted:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return extract(path)


def test_a_word_document_keeps_headings_lists_and_tables(tmp_path: Path) -> None:
    body = (
        word("Warmte en werk", "Titel")
        + word("Inleiding .... 3", "Inhopg1")
        + word("Aanleiding", "Kop1")
        + word(LOREM)
        + word("Eigen stijl", "EigenKop")
        + word("eerste", "Lijst")
        + word("dieper", "", (1, 1))
        + word("derde", "", (2, 0))
        + word("vierde", "", (2, 0))
        + word_table([["Wijk", "Aantal | stuks"], ["Overvecht", "8.000"]])
    )
    assert read(tmp_path, "nota.docx", docx(body)).text == (
        f"# Warmte en werk\n\n## Aanleiding\n\n{LOREM.strip()}\n\n### Eigen stijl\n\n"
        "- eerste\n  - dieper\n3. derde\n4. vierde\n\n"
        "| Wijk | Aantal \\| stuks |\n| --- | --- |\n| Overvecht | 8.000 |\n"
    )


def test_tracked_insertions_controls_and_text_boxes_count_and_deletions_do_not(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t xml:space='preserve'>Dit </w:t></w:r><w:ins><w:r><w:t>staat</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>stond</w:delText></w:r></w:del><w:r><w:tab/><w:t>hier</w:t></w:r></w:p>"
        f"<w:sdt><w:sdtContent>{word('In een veld')}</w:sdtContent></w:sdt>"
        f"<w:p><w:r><w:t>Bij de"
        f" foto</w:t></w:r><w:r><w:txbxContent>{word('In een kader')}</w:txbxContent></w:r></w:p>"
        "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    assert read(tmp_path, "nota.docx", docx(body)).text.strip().split("\n\n") == [
        "Dit staat hier",
        "In een veld",
        "Bij de foto",
        "In een kader",
    ]


def test_footnotes_follow_at_the_end_under_their_number(tmp_path: Path) -> None:
    mark = "<w:r><w:footnoteReference w:id='7'/></w:r>"
    body = f"<w:p><w:r><w:t>Een zin</w:t></w:r>{mark}<w:r><w:t>.</w:t></w:r></w:p>"
    notes = (
        f"<w:footnotes xmlns:w='{WORDS}'><w:footnote w:id='7'>{word('De bron.')}</w:footnote></w:footnotes>"
    )

    assert (
        read(tmp_path, "n.docx", docx(body, extra={"word/footnotes.xml": notes})).text
        == "Een zin[1].\n\n[1] De bron.\n"
    )


def test_what_a_word_document_tells_of_itself(tmp_path: Path) -> None:
    properties = core("Nota warmte", "A. de Vries; B. Jansen", "2024-03-01T10:00:00Z", "nl-NL")
    told = read(tmp_path, "a.docx", docx(word(LOREM), properties=properties, company="Gemeente Voorbeeld"))
    untold = read(
        tmp_path,
        "b.docx",
        docx(word("De kop", "Kop1") + word(LOREM), properties=core("Microsoft Word - b.docx", "Gebruiker")),
    )

    assert (told.title, told.authors, told.date) == (
        "Nota warmte",
        ("A. de Vries", "B. Jansen"),
        "2024-03-01",
    )
    assert (told.publisher, told.language) == ("Gemeente Voorbeeld", "nl")
    assert (untold.title, untold.authors, untold.date, untold.publisher) == ("De kop", (), "", "")


def test_a_layout_table_of_one_column_is_read_as_text(tmp_path: Path) -> None:
    text = read(tmp_path, "n.docx", docx(word_table([["Boven"], ["Onder"]]))).text

    assert text == "Boven\n\nOnder\n"


def test_an_opendocument_text(tmp_path: Path) -> None:
    styles = (
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"/>'
        "</text:list-style>"
    )
    body = (
        "<text:tracked-changes><text:p>weg</text:p></text:tracked-changes><text:p"
        ' text:style-name="Title">Titel</text:p>'
        "<text:table-of-content><text:p>Kop 3</text:p></text:table-of-content>"
        '<text:h text:outline-level="1">Kop</text:h>'
        "<text:p>Een<text:s/>zin<text:note><text:note-body><text:p>De"
        " bron.</text:p></text:note-body></text:note>.</text:p>"
        "<text:list"
        ' text:style-name="L1"><text:list-item><text:p>een</text:p><text:list><text:list-item><text:p>dieper'
        "</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>twee</text:p></text:list-item></text:list>"
        '<table:table><table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>x</text:p>'
        "</table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
        "<table:covered-table-cell"
        ' table:number-columns-repeated="999999999"/></table:table-row></table:table>'
        "<text:p><draw:frame><draw:text-box><text:p>In een"
        " kader</text:p></draw:text-box></draw:frame></text:p>"
    )
    meta = (
        "<dc:title>Nota</dc:title><meta:initial-creator>A. de Vries</meta:initial-creator>"
        "<meta:creation-date>2023-05-06T07:08:09</meta:creation-date><dc:language>nl-NL</dc:language>"
    )
    document = read(tmp_path, "nota.odt", odt(body, styles=styles, meta=meta))

    assert document.text == (
        "# Titel\n\n## Kop\n\nEen zin[1].\n\n1. een\n   - dieper\n2. twee\n\n| x | x |\n| --- | ---"
        " |\n| a |  |\n\n"
        "In een kader\n\n[1] De bron.\n"
    )
    assert (document.title, document.authors) == ("Nota", ("A. de Vries",))
    assert (document.date, document.language) == ("2023-05-06", "nl")


def test_slides_have_their_title_their_notes_and_their_number(tmp_path: Path) -> None:
    slides = [
        slide(
            shape(["onder"], at=(0, 5_000_000)),
            shape(["rechts"], at=(6_000_000, 2_000_000)),
            shape(["links"], at=(0, 2_100_000)),
            shape(["Eerste dia"], "title"),
            shape(["12"], "sldNum"),
        ),
        slide(),
        slide(shape(["Lijst"], "title"), shape(["punt een", "punt twee"], "body")),
    ]
    notes = {3: slide(shape(["Vertel dit erbij."], "body"), shape(["3"], "sldNum"))}
    document = read(tmp_path, "dia.pptx", pptx(slides, notes))

    assert document.text == (
        "## Eerste dia\n\nlinks\n\nrechts\n\nonder\n\n## Lijst\n\n- punt een\n- punt twee\n\nVertel"
        " dit erbij.\n"
    )
    assert [(place.kind, place.label) for place in document.locations] == [("slide", "1"), ("slide", "3")]
    assert document.text[document.locations[1].start :].startswith("## Lijst")


def test_sheets_are_tables_under_their_name_with_values_as_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "Wijken"
    first.append(["Stand van zaken per wijk"])
    first.append([])
    first.append(["Wijk", "Start", "Aandeel", "Bedrag"])
    first.append(["Overvecht", datetime(2018, 3, 1), 0.125, 1234.5])
    for cell, form in (("B4", "dd-mm-yyyy"), ("C4", "0.0%"), ("D4", "#,##0.00")):
        first[cell].number_format = form
    second = book.create_sheet("Lang")
    second.append([f"Kolom {n}" for n in range(20)])
    second.append([n if n % 2 else None for n in range(20)])
    book.create_sheet("Leeg")
    buffer = io.BytesIO()
    book.save(buffer)
    document = read(tmp_path, "cijfers.xlsx", buffer.getvalue())

    assert document.text.startswith(
        "## Wijken\n\nStand van zaken per wijk\n\n| Wijk | Start | Aandeel | Bedrag |\n| --- | ---"
        " | --- | --- |\n"
        "| Overvecht | 2018-03-01 | 12.5% | 1234.50 |\n\n## Lang\n\n- Kolom 1: 1; Kolom 3: 3;"
    )
    assert [(place.kind, place.label) for place in document.locations] == [
        ("sheet", "Wijken"),
        ("sheet", "Lang"),
    ]


def test_a_stray_cell_in_the_last_row_costs_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a", "b"])
    sheet.append(["c", "d"])
    sheet["XFD1048576"] = "verdwaald"
    buffer = io.BytesIO()
    book.save(buffer)

    assert read(tmp_path, "x.xlsx", buffer.getvalue()).text.endswith("| a | b |\n| --- | --- |\n| c | d |\n")
