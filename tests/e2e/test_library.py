"""The library in a real browser: documents are added, cited, opened, corrected and removed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.e2e.steps import Open, ask, free_port, marked, running
from tests.shelves import COST, COST_QUESTION, MINUTES, evaluation_docx, evaluation_pdf, memo_docx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """What a visitor has on their disk."""
    folder = tmp_path / "mijn documenten"
    folder.mkdir()
    (folder / "evaluatie tilburg.pdf").write_bytes(evaluation_pdf())
    (folder / "memo.docx").write_bytes(memo_docx())
    (folder / "zelfde tekst.docx").write_bytes(evaluation_docx())
    (folder / "notulen café.txt").write_bytes(MINUTES)
    (folder / "foto.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "te groot.pdf").write_bytes(b"%PDF-1.7" + bytes(1_500_000))
    return folder


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty data directory."""
    return tmp_path / "data"


@pytest.fixture
def address(data_dir: Path) -> Iterator[str]:
    """The product with its library, on a fake encoder, without any index yet."""
    port = free_port()
    with running(["-m", "tests.e2e.library_app", str(data_dir), str(port)], port) as address:
        yield address


def _library(page: Page) -> None:
    page.get_by_role("tab", name="Bibliotheek").click()
    expect(page.get_by_role("heading", name="Bibliotheek")).to_be_visible()


def _add(page: Page, *paths: Path) -> None:
    page.get_by_label("Kies bestanden").set_input_files(paths)
    expect(page.locator(".ingest-report[open]")).to_be_visible(timeout=60_000)


def _open(page: Page, title: str) -> None:
    documents = page.locator(".documents li", has=page.locator(".badge.document"))
    documents.get_by_role("button", name=title).click()
    expect(page.get_by_role("heading", name=title, level=2)).to_be_focused()


def test_a_document_is_added_cited_by_its_page_opened_corrected_and_removed(
    address: str, open_page: Open, files: Path, data_dir: Path, shots: Path
) -> None:
    page = open_page(address)
    _library(page)
    expect(page.locator("#library-list")).to_contain_text("Er zijn nog geen documenten")
    _add(page, *sorted(files.iterdir()))
    report = page.locator(".ingest-report")
    for state in ("Geweigerd (2)", "Dubbel (1)", "Toegevoegd (3)"):
        expect(report.get_by_role("heading", name=state)).to_be_visible()
    expect(report.locator("li", has_text="foto.png")).to_contain_text("Dit soort bestand")
    expect(report.locator("li", has_text="te groot.pdf")).to_contain_text("Het bestand is te groot")
    expect(page.locator(".count")).to_contain_text("4 documenten")
    page.screenshot(path=shots / "library-report.png", full_page=True)
    assert list((data_dir / "inbox").iterdir()) == []

    page.get_by_role("tab", name="Vragen").click()
    turn = ask(page, COST_QUESTION)
    expect(turn.locator(".block").first).to_contain_text(COST)
    expect(turn.locator(".sources")).to_contain_text("Letterlijk uit: Evaluatie buurtwarmte Tilburg")
    expect(turn.locator(".sources")).to_contain_text(re.compile(r"datum onbekend, p\. 2"))
    turn.locator(".block p", has_text=COST).locator(".cite").first.click()
    expect(page.locator("#source .reader")).to_contain_text("Dit zijn de eigen woorden van het document.")
    assert COST in marked(page)
    expect(page.locator("#source .at")).to_have_text("p. 2")
    expect(page.locator("#source")).to_contain_text("Voorgesteld, niet door iemand nagekeken")
    expect(page.locator("#source")).to_contain_text("Ook in:")
    page.screenshot(path=shots / "library-panel.png")
    link = page.locator("#source").get_by_role("link", name="Open het document")
    assert str(link.get_attribute("href")).endswith("/evaluatie%20tilburg.pdf#page=2")
    for each in page.locator("#source a[href^='/original/']").all():
        served = page.request.get(address.rstrip("/") + str(each.get_attribute("href")).partition("#")[0])
        assert served.ok
        assert served.body() in {path.read_bytes() for path in files.iterdir()}

    _library(page)
    page.get_by_label("Zoek in de lijst").fill("evaluatie TILBURG")
    expect(page.locator(".count")).to_contain_text("2 van 4 documenten")
    page.get_by_label("Wat het is").select_option("document")
    expect(page.locator(".count")).to_contain_text("1 van 4 documenten")
    _open(page, "Evaluatie buurtwarmte Tilburg")
    page.get_by_role("textbox", name="Titel").fill("Buurtwarmte: wat het kostte")
    page.get_by_role("textbox", name="Uitgever").fill("Gemeente Tilburg")
    page.get_by_role("textbox", name="Datum").fill("gisteren")
    page.get_by_role("button", name="Bewaar").click()
    expect(page.locator(".wrong")).to_contain_text("Dit is geen datum")
    expect(page.get_by_role("textbox", name="Datum")).to_be_focused()
    expect(page.get_by_role("textbox", name="Titel")).to_have_value("Buurtwarmte: wat het kostte")
    page.get_by_role("textbox", name="Datum").fill("12-5-2023")
    page.get_by_role("button", name="Bewaar").click()
    expect(page.locator(".detail")).to_contain_text("Bewaard.", timeout=60_000)
    page.get_by_role("tab", name="Vragen").click()
    turn = ask(page, COST_QUESTION + " ")
    cited = "Gemeente Tilburg, Buurtwarmte: wat het kostte, 12 mei 2023, p. 2"
    expect(turn.locator(".sources")).to_contain_text(cited)

    page.get_by_role("tab", name="Bibliotheek").click()
    page.get_by_role("button", name="Verwijder…").click()
    expect(page.get_by_role("heading", name="‘Buurtwarmte: wat het kostte’ verwijderen?")).to_be_focused()
    expect(page.get_by_role("alertdialog")).to_contain_text(
        "Ook het bestand dat hier is toegevoegd, verdwijnt."
    )
    page.get_by_role("button", name="Nee, laat staan").click()
    page.get_by_role("button", name="Verwijder…").click()
    page.get_by_role("button", name="Ja, verwijder").click()
    expect(page.locator("#library-work")).to_contain_text("is verwijderd", timeout=60_000)
    page.get_by_role("button", name="Wis keuze").click()
    expect(page.locator(".count")).to_contain_text("3 documenten")
    assert not any(file.name.endswith(".pdf") for file in data_dir.rglob("*"))


def test_the_original_opens_in_the_viewer_of_the_browser_and_text_is_only_text(
    address: str, open_page: Open, files: Path
) -> None:
    (files / "stout.txt").write_text("<script>document.title = 'gehackt'</script> Een regel tekst.", "utf-8")
    page = open_page(address)
    _library(page)
    _add(
        page,
        files / "evaluatie tilburg.pdf",
        files / "notulen café.txt",
        files / "stout.txt",
        files / "memo.docx",
    )
    for title, words in (("Notulen", "In café De Ketel bespraken"), ("stout", "<script>document.title")):
        page.locator(".documents button", has_text=title).click()
        with page.expect_popup() as opened:
            page.get_by_role("link", name="Open het document").click()
        expect(opened.value.locator("body")).to_contain_text(words)
        assert opened.value.title() != "gehackt"
        opened.value.close()
        page.get_by_role("button", name="Terug naar de lijst").click()
    page.locator(".documents button", has_text="Evaluatie").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open het document").click()
    opened.value.wait_for_load_state()
    assert opened.value.url.endswith("/evaluatie%20tilburg.pdf")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_library_fits_its_screen(
    address: str, open_page: Open, files: Path, shots: Path, size: dict[str, Any], scheme: str
) -> None:
    page = open_page(address, **size, color_scheme=scheme)
    _library(page)
    _add(page, *sorted(files.iterdir()))
    name = f"library-{'phone' if size is PHONE else 'wide'}-{scheme}"

    def fits(part: str) -> None:
        page.wait_for_timeout(300)
        page.screenshot(path=shots / f"{name}-{part}.png", full_page=True)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], part

    fits("list")
    _open(page, "Evaluatie buurtwarmte Tilburg")
    fits("document")
    page.get_by_role("textbox", name="Datum").fill("gisteren")
    page.get_by_role("button", name="Bewaar").click()
    expect(page.locator(".wrong")).to_be_visible()
    fits("wrong")
    page.get_by_role("button", name="Verwijder…").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    fits("remove")
    page.get_by_role("button", name="Nee, laat staan").click()
    page.get_by_role("tab", name="Vragen").click()
    turn = ask(page, COST_QUESTION)
    fits("answer")
    turn.locator(".cite").first.click()
    expect(page.locator("#source .reader")).to_be_visible()
    fits("panel")


def test_the_library_can_be_used_with_the_keyboard_and_in_english(
    address: str, open_page: Open, files: Path
) -> None:
    page = open_page(address)
    page.get_by_role("tab", name="Vragen").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Bibliotheek")).to_be_focused()
    expect(page.get_by_role("heading", name="Bibliotheek")).to_be_visible()
    _add(page, files / "memo.docx")
    page.locator(".documents").get_by_role("button", name="Memo wijkverwarming Zwolle").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Memo wijkverwarming Zwolle")).to_be_focused()
    page.get_by_role("button", name="Terug naar de lijst").focus()
    page.keyboard.press("Enter")
    expect(
        page.locator(".documents").get_by_role("button", name="Memo wijkverwarming Zwolle")
    ).to_be_focused()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()
    expect(page.locator(".count")).to_contain_text("1 documents")


def test_files_are_dropped_onto_the_page_and_the_report_is_there_for_the_next_visitor(
    address: str, open_page: Open
) -> None:
    page = open_page(address)
    _library(page)
    dropped = page.evaluate_handle(
        """() => {
            const transfer = new DataTransfer();
            const words = "In Almelo praten bewoners samen over warmte in hun wijk.";
            transfer.items.add(new File([words], "gesleept.txt"));
            return transfer;
        }"""
    )
    page.dispatch_event("#library", "dragover", {"dataTransfer": dropped})
    page.dispatch_event("#library", "drop", {"dataTransfer": dropped})
    expect(page.locator(".ingest-report[open]")).to_contain_text("gesleept.txt", timeout=60_000)
    other = open_page(address)
    _library(other)
    expect(other.locator(".ingest-report summary")).to_contain_text("1 toegevoegd")
    expect(other.locator(".documents")).to_contain_text("gesleept")
