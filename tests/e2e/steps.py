"""What a visitor does, in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def ask(page: Page, question: str) -> Locator:
    """Type a question, send it with Enter, and wait for its complete answer."""
    before = page.locator(".turn").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator(".turn").nth(before)
    turn.locator(".answer > .actions").wait_for(timeout=60_000)
    return turn


def marked(page: Page) -> list[str]:
    """The words that are highlighted in the source panel."""
    return page.locator("#source mark").all_inner_texts()


def words_of(page: Page, selector: str) -> str:
    """The words in the first element for a selector."""
    return " ".join(page.locator(selector).first.inner_text().split())


def focused(page: Page) -> str:
    """A description of what has the focus: its accessible name, or its words."""
    return str(
        page.evaluate(
            "() => { const e = document.activeElement; return e.ariaLabel || e.innerText || e.tagName; }"
        )
    )
