"""What only a browser can show: focus, keyboard, sizes, colours, the clipboard, and that text stays text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from assistant.feedback import FILE_NAME
from tests.e2e.steps import Open, ask, focused, free_port, marked, running

if TYPE_CHECKING:
    from pathlib import Path

WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}


@pytest.mark.parametrize("browser_language", ["nl-NL", "en-GB", "fr-FR"])
@pytest.mark.parametrize(
    ("path", "language", "heading"), [("", "nl", "Praktijkassistent"), ("en/", "en", "Heat transition")]
)
def test_the_page_is_in_its_own_language_whatever_that_of_the_browser(
    fake_address: str, open_page: Open, path: str, language: str, heading: str, browser_language: str
) -> None:
    page = open_page(fake_address + path, locale=browser_language)
    assert page.evaluate("document.documentElement.lang") == language
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    assert heading in page.title()


def test_the_languages_lead_to_each_other(fake_address: str, open_page: Open) -> None:
    page = open_page(fake_address)
    # Gradio calls what it is still loading when one leaves an error.
    expect(page.locator("#examples button").first).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_label("Your question")).to_be_visible()
    expect(page.locator("#examples button").first).to_be_visible()
    page.get_by_role("link", name="Nederlands").click()
    expect(page.get_by_label("Uw vraag")).to_be_visible()


def test_the_note_on_ai_stands_above_the_first_question(fake_address: str, open_page: Open) -> None:
    page = open_page(fake_address)
    note = page.locator("#disclosure")
    expect(note).to_contain_text("automatisch systeem (AI)")
    assert note.bounding_box()["y"] < page.locator("#question").bounding_box()["y"]  # type: ignore[index]


def test_everything_can_be_done_with_the_keyboard(fake_address: str, open_page: Open) -> None:
    page = open_page(fake_address)
    page.keyboard.press("Tab")
    assert focused(page) == "Ga naar uw vraag"
    page.keyboard.press("Enter")
    page.keyboard.type("Welke succesfactoren?")
    page.keyboard.press("Enter")
    page.locator(".answer > .actions").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA", (
        "a next question can be typed at once"
    )
    _tab_to(page, "Bron 1: Over Morgen, datum onbekend. Open de passage.", "Shift+Tab")
    opener = page.evaluate("document.activeElement.dataset.statement")
    page.keyboard.press("Enter")
    expect(page.locator("#source aside")).to_be_visible()
    assert focused(page) == "Bron 1"
    _tab_to(page, "Volgende passage", "Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#source aside")).to_contain_text("Planningen en investeringsritmes")
    page.keyboard.press("Escape")
    expect(page.locator("#source aside")).to_have_count(0)
    page.wait_for_function("document.activeElement.classList.contains('cite')")
    assert page.evaluate("document.activeElement.dataset.statement") == opener, (
        "the focus is back where it was"
    )


def _tab_to(page: Page, name: str, key: str) -> None:
    for _ in range(60):
        page.keyboard.press(key)
        if focused(page) == name:
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid", "the focus can be seen"
            return
    pytest.fail(f"{name} cannot be reached with {key}")


def test_what_the_sticky_box_covers_scrolls_into_view_when_it_gets_the_focus(
    fake_address: str, open_page: Open
) -> None:
    page = open_page(fake_address, **PHONE)
    ask(page, "Wat kost de FIXbrigade?")
    page.locator("#disclosure").scroll_into_view_if_needed()
    for button in page.locator(".turn button").all():
        button.focus()
        box = button.bounding_box()
        assert box
        assert box["y"] + box["height"] <= page.locator("#composer").bounding_box()["y"] + 1  # type: ignore[index]


def test_an_answer_is_announced_once_it_is_complete(fake_address: str, open_page: Open) -> None:
    page = open_page(fake_address)
    announcer = page.locator("#announcer [role=status]")
    expect(announcer).to_have_attribute("aria-live", "polite")
    ask(page, "Wat kost de FIXbrigade?")
    expect(announcer).to_contain_text("Antwoord met 4 bronnen: De FIXbrigade helpt mensen")


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_needs_no_scrolling_sideways_and_buttons_are_large_enough(
    fake_address: str, open_page: Open, width: int
) -> None:
    page = open_page(fake_address, width=width, height=844, has_touch=True)
    ask(page, "Wat kost de FIXbrigade?")
    ask(page, "vreemd")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        """() => [...document.querySelectorAll('#talk :is(button, a), #app-header :is(button, a:not(.skip))')]
            .filter(e => e.offsetParent && !e.matches('.cite'))
            .filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert small == []
    hit = page.evaluate(
        """() => { const cite = document.querySelector('.turn:last-child .block .cite');
            cite.scrollIntoView({block: 'center'});
            const b = cite.getBoundingClientRect();
            const e = document.elementFromPoint(b.x + b.width / 2, b.y - 8);
            return e && e.classList.contains('cite'); }"""
    )
    assert hit, "a citation takes a finger that lands just beside it"


def test_on_a_phone_the_source_lies_over_the_page_and_keeps_the_focus(
    fake_address: str, open_page: Open
) -> None:
    page = open_page(fake_address, **PHONE)
    ask(page, "Welke succesfactoren?")
    page.locator(".block .cite").nth(2).click()
    panel = page.locator("#source aside")
    expect(panel).to_be_visible()
    box = panel.bounding_box()
    assert box
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert not page.evaluate("document.activeElement.closest('#talk, #app-header')")
    page.get_by_role("button", name="Sluit").click()
    expect(panel).to_have_count(0)
    page.wait_for_function("document.activeElement.classList.contains('cite')")


def test_on_a_desk_the_source_stands_beside_the_answer(fake_address: str, open_page: Open) -> None:
    page = open_page(fake_address, **WIDE)
    turn = ask(page, "Wat kost de FIXbrigade?")
    turn.locator(".sources .cite").nth(1).click()
    panel, answer = page.locator("#source aside").bounding_box(), turn.bounding_box()
    assert panel
    assert answer
    assert answer["x"] + answer["width"] <= panel["x"]
    assert marked(page) == ["Volgens Mensen maken de transitie (2023) begon het in 2018 in Amsterdam-Oost."]
    expect(turn.locator(".block .cite").first).to_be_visible()


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_colours_follow_the_system(fake_address: str, open_page: Open, scheme: str, dark: bool) -> None:
    page = open_page(fake_address, color_scheme=scheme)
    turn = ask(page, "Wat kost de FIXbrigade?")
    turn.locator(".block .cite").first.click()
    page.locator("#source aside").wait_for()
    for selector in (
        ".question",
        ".answer p",
        ".sources .named",
        ".wording",
        ".cite",
        "#source mark",
        "#question textarea",
        ".quiet",
    ):
        ratio, lightness = _contrast(page, selector)
        assert ratio >= 4.5, selector
        if selector == ".question":
            assert (lightness < 0.2) == dark


def _contrast(page: Page, selector: str) -> tuple[float, float]:
    """Contrast ratio (WCAG 2.2) of an element's text, and the relative luminance of what is behind it."""
    found: dict[str, Any] = page.evaluate(
        """selector => {
            const element = document.querySelector(selector);
            let ground = element;
            const behind = () => getComputedStyle(ground).backgroundColor;
            while (ground.parentElement && /, 0\\)|transparent/.test(behind())) ground = ground.parentElement;
            return {ink: getComputedStyle(element).color, ground: behind()};
        }""",
        selector,
    )
    ink, ground = (_luminance(found[name]) for name in ("ink", "ground"))
    return (max(ink, ground) + 0.05) / (min(ink, ground) + 0.05), ground


def _luminance(colour: str) -> float:
    parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_copy_puts_the_answer_with_its_sources_on_the_clipboard(fake_address: str, open_page: Open) -> None:
    page = open_page(fake_address)
    ask(page, "Wat kost de FIXbrigade?").get_by_role("button", name="Kopieer").click()
    expect(page.locator("#announcer [role=status]")).to_contain_text("gekopieerd")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "[1] Onze samenvatting van: AT5, Statushouders leren woningen isoleren, april 2022" in copied
    assert "https://www.example.org/nrc" in copied


def test_what_is_not_right_is_reported_and_thanked_for(
    fake_address: str, open_page: Open, fake_data_dir: Path
) -> None:
    page = open_page(fake_address)
    turn = ask(page, "Wat kost de FIXbrigade?")
    turn.get_by_role("button", name="Klopt niet").click()
    field = turn.get_by_label("Wat klopt er niet?")
    expect(field).to_be_focused()
    field.fill("Het bedrag is verouderd.")
    turn.get_by_role("button", name="Verstuur").click()
    expect(turn).to_contain_text("Dank u wel.")
    last = (fake_data_dir / FILE_NAME).read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(last)["remark"] == "Het bedrag is verouderd."


def test_a_report_that_is_left_open_does_not_take_the_focus_from_the_next_question(
    fake_address: str, open_page: Open
) -> None:
    page = open_page(fake_address)
    turn = ask(page, "Wat kost de FIXbrigade?")
    turn.get_by_role("button", name="Klopt niet").click()
    field = turn.get_by_label("Wat klopt er niet?")
    field.fill("half af")
    ask(page, "Welke succesfactoren?")
    expect(page.locator("#question textarea")).to_be_focused()
    assert field.input_value() == "half af"
    turn.get_by_role("button", name="Annuleer").click()
    expect(field).to_have_count(0)
    turn.get_by_role("button", name="Klopt niet").click()
    expect(field).to_be_focused()


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_filters_stay_closed_tell_how_many_are_on_and_can_be_cleared(
    fake_address: str, open_page: Open, size: dict[str, int]
) -> None:
    page = open_page(fake_address, **size)
    title, field = page.locator("#filters > button"), page.get_by_label("Plaats")
    expect(page.locator("#examples button").first).to_be_visible()
    expect(title).to_have_text(re.compile(r"^Filters\W*$"))
    expect(field).to_be_hidden()
    _choose_filters(page)
    expect(title).to_contain_text("Filters (2)")
    for _ in range(2):
        turn = ask(page, "Welke succesfactoren?")
        expect(field).to_be_hidden()
        expect(turn).to_contain_text("Gezocht met filters: Tilburg · vanaf 2019")
        title.click()
        expect(field).to_be_visible()
    page.get_by_role("button", name="Wis filters").click()
    expect(title).to_have_text(re.compile(r"^Filters\W*$"))
    _expect_no_filters(page)


def test_a_new_conversation_has_no_filters(fake_address: str, open_page: Open) -> None:
    page = open_page(fake_address)
    _choose_filters(page)
    page.get_by_role("button", name="Nieuw gesprek").click()
    expect(page.get_by_label("Plaats")).to_be_hidden()
    expect(page.locator("#filters > button")).to_have_text(re.compile(r"^Filters\W*$"))
    page.locator("#filters > button").click()
    _expect_no_filters(page)
    expect(ask(page, "Welke succesfactoren?")).not_to_contain_text("Gezocht met filters")


def _choose_filters(page: Page) -> None:
    page.locator("#filters > button").click()
    page.get_by_label("Plaats").click()
    page.get_by_role("option", name="Tilburg").click()
    page.keyboard.press("Escape")
    page.get_by_label("Vanaf jaar").click()
    page.get_by_role("option", name="2019").click()
    expect(page.locator("#active-filters")).to_contain_text("Filters aan: Tilburg · vanaf 2019")


def _expect_no_filters(page: Page) -> None:
    """With the filters open."""
    expect(page.locator("#active-filters")).not_to_contain_text("Filters aan")
    expect(page.locator("#filter-values .token")).to_have_count(0)
    for name, words in (("Plaats", "Alle plaatsen"), ("Soort", "Alle soorten")):
        field = page.get_by_label(name)
        expect(field).to_have_attribute("placeholder", words)
        expect(field).to_have_value("")
    expect(page.locator("#themes input")).to_have_attribute("placeholder", "Alle thema's")
    expect(page.get_by_label("Vanaf jaar")).to_have_value("Alle jaren")


def test_what_scrolls_away_does_not_show_through_the_question_box(fake_address: str, open_page: Open) -> None:
    page = open_page(fake_address, **PHONE)
    expect(page.locator("#examples button").first).to_be_visible()
    page.locator("#filters > button").click()
    page.get_by_label("Plaats").wait_for()
    above = page.evaluate(
        """() => [...document.querySelectorAll('#example-choice *')].filter(e => {
            const b = e.getBoundingClientRect();
            const top = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);
            const composer = document.querySelector('#composer').getBoundingClientRect();
            return b.height && b.y + b.height / 2 > composer.y && top && e.contains(top);
        }).length"""
    )
    assert above == 0


def test_how_a_question_was_understood_is_shown_and_can_be_undone(fake_address: str, open_page: Open) -> None:
    page = open_page(fake_address)
    ask(page, "Wat kost de FIXbrigade?")
    turn = ask(page, "Welke succesfactoren waren daar?")
    expect(turn).to_contain_text("Opgevat als: Welke succesfactoren noemt Over Morgen?")
    turn.get_by_role("button", name="Toch letterlijk zoeken").click()
    literal = page.locator(".turn").nth(2)
    expect(literal).to_contain_text("Gezocht op precies wat u typte.")
    expect(literal.locator(".question")).to_contain_text("Welke succesfactoren waren daar?")
    literal.locator(".answer > .actions").wait_for()
    expect(literal).not_to_contain_text("Opgevat als")


def test_a_new_conversation_begins_empty(fake_address: str, open_page: Open) -> None:
    page = open_page(fake_address)
    ask(page, "Wat kost de FIXbrigade?").locator(".cite").first.click()
    page.locator("#source aside").wait_for()
    page.get_by_role("button", name="Nieuw gesprek").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#source aside")).to_have_count(0)
    expect(page.locator("#examples button").first).to_be_visible()
    expect(page.locator("#question textarea")).to_be_focused()


def test_two_visitors_do_not_see_each_other(fake_address: str, open_page: Open) -> None:
    one, other = open_page(fake_address), open_page(fake_address)
    ask(one, "Wat kost de FIXbrigade?")
    ask(other, "Welke succesfactoren?")
    expect(one.locator(".turn")).to_have_count(1)
    expect(other.locator(".turn")).to_have_count(1)
    expect(other.locator(".turn")).not_to_contain_text("FIXbrigade helpt")


def test_a_follow_up_is_asked_by_a_click(fake_address: str, open_page: Open) -> None:
    page = open_page(fake_address)
    ask(page, "Welke succesfactoren?").get_by_role(
        "button", name="Wat waren de knelpunten van de FIXbrigade?"
    ).click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").nth(1)).to_contain_text("400.000 euro")


def test_nothing_in_a_document_or_a_question_can_run_or_fetch(fake_address: str, open_page: Open) -> None:
    page = open_page(fake_address)
    turn = ask(
        page, 'vreemd <img src="http://tracker.invalid/q" onerror="window.hacked=true"> ${window.hacked=true}'
    )
    turn.locator(".sources .cite").first.click()
    expect(page.locator("#source mark").first).to_be_visible()
    expect(turn).to_contain_text("<script>window.hacked = true</script>")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".turn a, #source a").count() == 0
    assert page.locator(".turn img, .turn iframe, #source img, #source iframe").count() == 0


@pytest.mark.parametrize("question", ["", "x" * 100_000])
def test_a_question_that_cannot_be_asked_is_told_and_not_lost(
    fake_address: str, open_page: Open, question: str
) -> None:
    page = open_page(fake_address)
    page.locator("#question textarea").fill(question)
    page.get_by_role("button", name="Vraag", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text(re.compile(r"^[A-Z].*\.$"))
    assert page.locator("#question textarea").input_value() == question
    ask(page, "Wat kost de FIXbrigade?")
    expect(page.locator("#notice")).to_be_hidden()


def test_a_question_asked_while_the_model_loads_waits_visibly(open_page: Open, tmp_path: Path) -> None:
    port = free_port()
    gate = tmp_path / "gate"
    with running(["-m", "tests.e2e.fake_app", str(tmp_path), str(port), str(gate)], port) as address:
        page = open_page(address)
        expect(page.locator("#status")).to_contain_text("De assistent start op")
        page.locator("#question textarea").fill("Wat kost de FIXbrigade?")
        page.keyboard.press("Enter")
        expect(page.locator(".turn .busy")).to_contain_text("Uw vraag staat klaar")
        gate.touch()
        expect(page.locator(".turn .answer")).to_contain_text("400.000 euro")
        expect(page.locator("#status")).to_contain_text("Klaar")
