"""PDF: reading order, what is left out, what is mended, where pages begin, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.documents import Limits, extract
from assistant.errors import RefusedError
from tests.documents.making import LOREM, Pdf, unreadable_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.datatypes import Extracted


def read(folder: Path, pdf: Pdf | bytes, limits: Limits | None = None) -> Extracted:
    path = folder / "stuk.pdf"
    path.write_bytes(pdf if isinstance(pdf, bytes) else pdf.bytes())
    return extract(path, limits or Limits())


def refused(folder: Path, pdf: Pdf | bytes) -> str:
    with pytest.raises(RefusedError) as error:
        read(folder, pdf)
    return error.value.code


def page_texts(document: Extracted) -> dict[str, str]:
    ends = [*(location.start for location in document.locations[1:]), len(document.text)]
    return {
        location.label: document.text[location.start : end]
        for location, end in zip(document.locations, ends, strict=True)
    }


def test_pages_are_counted_and_headings_told_by_their_size(tmp_path: Path) -> None:
    pdf = Pdf(title="Warmte en werk", author="Gemeente Voorbeeld")
    pdf.line(72, 760, "Warmte en werk in de wijk", 22)
    pdf.line(72, 720, "Aanleiding", 15)
    pdf.paragraph(72, 695, LOREM * 3, 450)
    pdf.next_page()
    pdf.line(72, 760, "Aanpak", 15)
    pdf.paragraph(72, 735, LOREM * 3, 450)
    document = read(tmp_path, pdf)

    assert document.title == "Warmte en werk"
    assert document.authors == ("Gemeente Voorbeeld",)
    assert [location.label for location in document.locations] == ["1", "2"]
    assert document.text.split("\n\n")[:3] == [
        "# Warmte en werk in de wijk",
        "## Aanleiding",
        (LOREM * 3).strip(),
    ]
    assert page_texts(document)["2"].startswith("## Aanpak\n\nDe gemeente")


def test_two_columns_are_read_one_after_the_other_below_what_spans_them(tmp_path: Path) -> None:
    left = "Linkerkolom begint hier. " + LOREM * 4
    right = "Rechterkolom volgt daarna. " + LOREM * 4
    pdf = Pdf()
    pdf.line(72, 770, "Een kop over beide kolommen", 18)
    pdf.paragraph(72, 735, "Deze inleiding loopt over de hele breedte. " + LOREM * 2, 450)
    pdf.paragraph(72, 640, left, 210)
    pdf.paragraph(312, 640, right, 210)
    text = read(tmp_path, pdf).text

    assert text.index("Deze inleiding") < text.index("Linkerkolom") < text.index("Rechterkolom")
    assert left.strip() in text
    assert right.strip() in text


def test_three_columns_too(tmp_path: Path) -> None:
    texts = [f"{name} kolom. {LOREM * 3}".strip() for name in ("Eerste", "Tweede", "Derde")]
    pdf = Pdf()
    for place, text in enumerate(texts):
        pdf.paragraph(50 + 175 * place, 700, text, 150, 9)

    assert read(tmp_path, pdf).text.strip().split("\n\n") == texts


def test_running_heads_feet_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    pdf = Pdf()
    for number in range(1, 6):
        pdf.line(72, 805, "Jaarverslag Voorbeeldstad", 9)
        pdf.paragraph(72, 740, f"Bladzijde {number} gaat over buurt {number}. " + LOREM * 2, 450)
        pdf.line(72, 40, "Concept, niet verspreiden", 9)
        pdf.line(500, 40, f"pagina {number} van 5" if number % 2 else str(number), 9)
        pdf.next_page()
    text = read(tmp_path, pdf).text

    assert "Jaarverslag" not in text
    assert "Concept" not in text
    assert "pagina" not in text
    assert all(f"gaat over buurt {number}." in text for number in range(1, 6))


def test_words_cut_at_line_ends_are_mended_and_real_hyphens_stay(tmp_path: Path) -> None:
    pdf = Pdf()
    lines = [
        "De sociaal-economische positie van de bewoners telt, net als de woning-",
        "corporatie die in de wijk werkt en de sociaal-",
        "economische plannen van de stad. Ook woning- en energie-",
        "bedrijven doen mee.",
    ]
    for place, line in enumerate(lines):
        pdf.line(72, 700 - 14 * place, line)

    assert read(tmp_path, pdf).text.strip() == (
        "De sociaal-economische positie van de bewoners telt, net als de woningcorporatie die in de"
        " wijk werkt en de "
        "sociaal-economische plannen van de stad. Ook woning- en energiebedrijven doen mee."
    )


def test_a_paragraph_goes_on_over_a_page_end_and_its_page_begins_within_it(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.paragraph(72, 760, LOREM * 6, 450)
    pdf.line(72, 60, "De bewoners kiezen samen met de gemeente en met de corporatie voor een warm-")
    pdf.next_page()
    pdf.line(72, 760, "tenet dat van hen zelf is.")
    document = read(tmp_path, pdf)

    assert "met de corporatie voor een warmtenet dat van hen zelf is." in document.text
    assert page_texts(document)["2"].strip() == "tenet dat van hen zelf is."


def test_lists_and_their_wrapped_lines(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.line(72, 700, "Bewoners noemen drie dingen:")
    for place, (x, text) in enumerate(
        [
            (72, "•"),
            (90, "lagere lasten voor iedereen, ook voor wie weinig"),
            (90, "verdient;"),
            (72, "•"),
            (90, "een warm huis;"),
        ]
    ):
        row = (0, 0, 1, 2, 2)[place]
        pdf.line(x, 680 - 14 * row, text)
    pdf.line(72, 630, "1. meedoen")
    pdf.line(72, 616, "2. meebeslissen")

    assert read(tmp_path, pdf).text.strip().split("\n\n") == [
        "Bewoners noemen drie dingen:",
        "- lagere lasten voor iedereen, ook voor wie weinig verdient;\n- een warm huis;\n1."
        " meedoen\n2. meebeslissen",
    ]


def test_a_table_is_a_table_also_with_cells_of_several_lines(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.paragraph(72, 780, LOREM * 2, 450)
    rows = [
        ("Wijk", "Woningen", "Start"),
        ("Overvecht-Noord", "8.000", "2018"),
        ("Reitdiep", "1.200", "2021"),
    ]
    for place, row in enumerate([*rows, ("Sliedrecht-Oost, met", "3.000", "2022")]):
        for x, cell in zip((72, 250, 400), row, strict=True):
            pdf.line(x, 700 - 20 * place, cell)
    pdf.line(72, 628, "de flats")

    assert (
        "| Wijk | Woningen | Start |\n| --- | --- | --- |\n| Overvecht-Noord | 8.000 | 2018 |\n"
        "| Reitdiep | 1.200 | 2021 |\n| Sliedrecht-Oost, met de flats | 3.000 | 2022 |\n"
        in read(tmp_path, pdf).text
    )


def test_lines_of_a_table_of_contents_are_left_out(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.line(72, 760, "Inhoud", 15)
    for place, name in enumerate(("Aanleiding", "Aanpak", "Lessen")):
        pdf.line(72, 730 - 16 * place, f"{name} {'.' * 60} {place + 2}")
    pdf.line(72, 730 - 16 * 3, "Bijlage met een lijst", font="Helvetica-Bold")
    pdf.line(450, 730 - 16 * 3, "17", font="Helvetica-Bold")
    pdf.paragraph(72, 640, LOREM * 3, 450)
    text = read(tmp_path, pdf).text

    assert "...." not in text
    assert "Bijlage" not in text
    assert "De gemeente wil bewoners" in text


def test_a_page_that_lies_on_its_side_is_read_upright(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.canvas.rotate(90)
    pdf.paragraph(100, -100, LOREM * 2, 500)

    assert read(tmp_path, pdf).text.strip() == (LOREM * 2).strip()


def test_a_stamp_along_the_margin_is_left_out(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.paragraph(72, 760, LOREM * 3, 450)
    pdf.canvas.rotate(90)
    pdf.line(300, -30, "Stempel 12 maart")

    assert "Stempel" not in read(tmp_path, pdf).text


def test_an_encrypted_file_and_a_scan_are_refused_as_such(tmp_path: Path) -> None:
    locked = Pdf(password="geheim")
    locked.line(72, 700, LOREM)
    scan = Pdf()
    for _ in range(3):
        scan.canvas.drawInlineImage(_picture(), 0, 0, 595, 842)
        scan.next_page()

    assert refused(tmp_path, locked) == "encrypted"
    assert refused(tmp_path, scan) == "no_text_layer"


def test_blank_pages_garbage_and_truncated_files_are_refused(tmp_path: Path) -> None:
    blank = Pdf()
    blank.next_page()
    whole = Pdf()
    whole.paragraph(72, 700, LOREM, 450)
    raw = whole.bytes()

    assert refused(tmp_path, blank) == "no_text"
    assert refused(tmp_path, raw[:200]) == "corrupt"
    assert refused(tmp_path, b"%PDF-1.7\n" + b"\0\xff" * 500) == "corrupt"
    assert refused(tmp_path, b"geen pdf") == "corrupt"


def test_signs_of_a_font_that_does_not_say_what_they_are_are_no_text(tmp_path: Path) -> None:
    shifted = bytes(min(code + 3, 126) for code in LOREM.encode("ascii"))

    assert refused(tmp_path, unreadable_pdf(shifted)) == "no_text"
    assert refused(tmp_path, unreadable_pdf(bytes(range(1, 32)) * 3)) == "no_text"


def test_unless_their_codes_happen_to_read_as_words(tmp_path: Path) -> None:
    assert read(tmp_path, unreadable_pdf(LOREM.encode("ascii"))).text.strip() == LOREM.strip()


def test_too_much_text_is_refused(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.paragraph(72, 760, LOREM * 10, 450)
    with pytest.raises(RefusedError) as error:
        read(tmp_path, pdf, Limits(max_characters=500))

    assert error.value.code == "too_long"


def test_the_same_file_gives_the_same_text(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.paragraph(72, 760, LOREM * 10, 220)
    pdf.paragraph(320, 760, LOREM * 10, 220)
    raw = pdf.bytes()

    assert read(tmp_path, raw) == read(tmp_path, raw)


def _picture() -> object:
    from PIL import Image

    return Image.new("L", (60, 80), 200)
