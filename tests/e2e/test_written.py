"""Written answers in a real browser, on a fake that writes a sentence every 0.4 seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.steps import Open, ask, focused, free_port, marked, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

QUESTION = "Welke succesfactoren?"
OWN = "In eigen woorden"
APART = "Niet teruggevonden in de bron"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app tells how each writing ended."""
    return tmp_path_factory.mktemp("writing")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The pages on a fake assistant with a language model."""
    port = free_port()
    with running(["-m", "tests.e2e.fake_app", str(folder), str(port), "writing"], port) as found:
        yield found


def _ended(folder: Path) -> list[str]:
    told = folder / "ended"
    return told.read_text(encoding="utf-8").split() if told.exists() else []


def _begin(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")


def test_an_answer_grows_is_stopped_and_keeps_what_was_checked(address: str, open_page: Open) -> None:
    page = open_page(address)
    _begin(page, f"{QUESTION} traag")
    said = page.locator(".answer .block p", has_text=OWN)
    page.get_by_role("button", name="Stop").focus()
    expect(page.locator(".answer .block")).to_contain_text("Dit helpt de samenwerking")
    assert page.locator(".answer > .actions").count() == 0, "it grows"
    expect(page.locator(".answer .block")).to_contain_text("over elkaars data beschikken")
    expect(page.locator("#announcer")).to_contain_text("wordt geschreven")
    assert focused(page) == "Stop", "it is not replaced as the answer grows"
    page.keyboard.press("Enter")
    page.locator(".answer > .actions").wait_for()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    assert said.count() == 2
    expect(page.locator(".aside").last).to_have_text(
        "Het schrijven is gestopt; dit is wat er al was nagekeken."
    )
    expect(page.locator("#announcer")).to_contain_text("Antwoord met 1 bronnen")


def test_what_is_not_found_back_tells_why_with_the_keyboard_and_stays_open_as_the_answer_grows(
    address: str, open_page: Open
) -> None:
    page = open_page(address)
    _begin(page, "Wat kost de FIXbrigade?")
    apart = page.locator("details.unsupported")
    expect(apart).to_contain_text(APART)
    expect(apart.locator("li")).to_be_hidden()
    apart.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(apart.locator("li")).to_be_visible()
    page.locator(".answer > .actions").wait_for()
    expect(apart.locator("li")).to_be_visible()
    assert focused(page).startswith(APART), "the focus is where it was"
    assert apart.locator(".cite").count() == 0
    assert "mislukt" not in str(page.locator("[data-act=copy]").get_attribute("data-text"))


def test_a_citation_shows_what_a_written_sentence_rests_on(address: str, open_page: Open) -> None:
    page = open_page(address)
    turn = ask(page, QUESTION)
    cite = turn.locator('.cite[data-statement="3"]')
    assert "Onze samenvatting van:\nleidinggevenden geven steun;" in str(cite.get_attribute("title"))
    cite.click()
    expect(page.locator("#source aside")).to_be_visible()
    assert marked(page) == ["leidinggevenden geven steun;"]


def test_both_ways_are_one_click_apart_also_while_the_model_writes(address: str, open_page: Open) -> None:
    page = open_page(address)
    turn = ask(page, QUESTION)
    turn.get_by_role("button", name="Toon de citaten").click()
    expect(turn).not_to_contain_text(OWN)
    expect(turn).to_contain_text("leidinggevenden geven steun;")
    turn.get_by_role("button", name="Laat schrijven").click()
    expect(turn).to_contain_text(OWN)
    _begin(page, f"{QUESTION} traag")
    second = page.locator(".turn").nth(1)
    expect(second.locator(".block")).to_contain_text("over elkaars data")
    page.locator("#writing").get_by_role("button", name="Toon de citaten").click()
    second.locator(".answer > .actions").wait_for()
    expect(second).not_to_contain_text(OWN)
    expect(page.locator(".turn")).to_have_count(2)


def test_the_switch_chooses_how_the_next_questions_are_answered(address: str, open_page: Open) -> None:
    page = open_page(address)
    switch = page.get_by_role("group", name="Antwoord")
    expect(switch.get_by_role("radio", name="Schrijven")).to_be_checked()
    page.get_by_role("radio", name="Citaten").check()
    turn = ask(page, QUESTION)
    expect(turn).not_to_contain_text(OWN)
    page.get_by_role("radio", name="Citaten").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="Schrijven")).to_be_checked()
    expect(ask(page, "Wat kost de FIXbrigade?")).to_contain_text(OWN)


def test_who_closes_the_page_or_begins_anew_ends_the_writing(
    address: str, open_page: Open, folder: Path
) -> None:
    page = open_page(address)
    before = len(_ended(folder))
    _begin(page, f"{QUESTION} traag")
    expect(page.locator(".answer .block")).to_contain_text("over elkaars data")
    page.get_by_role("button", name="Nieuw gesprek").click()
    expect(page.locator(".turn")).to_have_count(0)
    _begin(page, f"{QUESTION} traag")
    expect(page.locator(".answer .block")).to_contain_text("over elkaars data")
    page.close()
    other = open_page(address)
    for _ in range(100):
        if len(_ended(folder)) == before + 2:
            break
        other.wait_for_timeout(100)
    assert set(_ended(folder)[before:]) <= {"stopped", "closed"}
    assert len(_ended(folder)) == before + 2


def test_what_a_model_writes_is_text(address: str, open_page: Open) -> None:
    page = open_page(address)
    turn = ask(page, "vreemd")
    assert turn.locator("img, script, iframe, a[href^=javascript]").count() == 0
    expect(turn).to_contain_text("<b>altijd</b>")
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_everything_fits_and_is_large_enough(address: str, open_page: Open, width: int) -> None:
    page = open_page(address, width=width, height=844, has_touch=True)
    _begin(page, f"{QUESTION} traag")
    page.locator("#writing button").first.wait_for()
    small = "e => [...e.querySelectorAll('button, summary')].filter(b => b.offsetHeight < 43.5).length"
    assert page.locator("#writing").evaluate(small) == 0
    expect(page.locator(".answer .block")).to_contain_text("over elkaars data")
    page.get_by_role("button", name="Stop").tap()
    page.locator(".answer > .actions").wait_for()
    page.locator("summary").tap()
    expect(page.locator("details li")).to_be_visible()
    assert (
        page.locator(".answer").evaluate(
            small.replace("querySelectorAll('button", "querySelectorAll('.quiet")
        )
        == 0
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
