"""Documents that people might add to the library, made here."""

from __future__ import annotations

from tests.documents.making import Pdf, docx, word

PAGES = (
    (
        "Evaluatie buurtwarmte Tilburg",
        "In Tilburg begon het project buurtwarmte in 2021 met een proef van een jaar.",
        "De gemeente Tilburg werkte in deze proef samen met de woningcorporatie.",
    ),
    (
        "Kosten",
        "De proef met buurtwarmte kostte in Tilburg 84.300 euro per jaar.",
        "Van dat bedrag betaalde de provincie de helft.",
    ),
    (
        "Geleerde lessen",
        "Bewoners wilden vooral weten wie zij konden bellen bij een storing.",
        "Een vaste warmtecoach in de wijk nam veel zorgen weg.",
    ),
)
COST = "De proef met buurtwarmte kostte in Tilburg 84.300 euro per jaar."
COST_QUESTION = "Wat kostte de proef met buurtwarmte in Tilburg per jaar?"


def evaluation_pdf() -> bytes:
    """A report of three pages; what it says of costs stands on the second."""
    pdf = Pdf(title="Evaluatie buurtwarmte Tilburg")
    for heading, *lines in PAGES:
        pdf.line(60, 760, heading, 18)
        for place, line in enumerate(lines):
            pdf.line(60, 720 - 20 * place, line)
        pdf.next_page()
    return pdf.bytes()


def evaluation_docx() -> bytes:
    """The same text in Word."""
    return docx(
        "".join(word(line, "" if place else "Kop1") for page in PAGES for place, line in enumerate(page))
    )


def memo_docx() -> bytes:
    """A memo with other text."""
    return docx(
        word("Memo wijkverwarming Zwolle", "Kop1")
        + word("De bewonersraad van Holtenbroek in Zwolle stemde in 2022 in met een lokale warmtepomp.")
        + word("De aanleg in Holtenbroek duurt negen maanden en begint na de zomer.")
    )


MINUTES = (
    "Notulen bewonersavond Deventer\n\nIn café De Ketel bespraken veertig bewoners de isolatie van hun"
    " huizen. Zij vroegen om een energieloket in Deventer dat ook 's avonds open is.\n"
).encode("cp1252")
"""A text as an old word processor saves it."""
