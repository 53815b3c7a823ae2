"""The fixed parts of the page as HTML: header, the note on AI, welcome, examples, active filters, footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.ui.inline import plain_html
from assistant.ui.render import button, filters_words, suggestions_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.datatypes import Filters
    from assistant.ui.texts import Texts

_SIGN = (
    '<svg class="sign" viewBox="0 0 32 32" aria-hidden="true"><path d="M4 15 16 5l12 10v12H4z"/>'
    '<path class="flow" d="M10 23c0-3 3-3 3-6s-3-3-3-3m6 9c0-3 3-3 3-6s-3-3-3-3m6 9c0-3 1-3 1-5"/></svg>'
)


def header_html(texts: Texts, tabs: str = "") -> str:
    """Name, purpose, the tabs where there are several, a new conversation, the other language."""
    return (
        f'<a class="skip" href="#question">{texts.skip}</a><header><div class="brand">{_SIGN}'
        f'<div><h1>{texts.name}</h1><p>{texts.purpose}</p></div></div>{tabs}<div class="header-actions">'
        f"{button(texts.new_conversation, 'renew', 'quiet')}"
        f'<a class="language" href="{texts.other_address}" lang="{texts.other_language_code}" '
        f'hreflang="{texts.other_language_code}">{texts.other_language}</a></div></header>'
    )


def disclosure_html(texts: Texts, *, writes: bool = False) -> str:
    """The note that this is an automatic system, and that a language model `writes`, where one does."""
    words = f"{texts.disclosure} {texts.disclosure_writes}" if writes else texts.disclosure
    return f'<p class="disclosure">{words}</p>'


def welcome_html(texts: Texts) -> str:
    """What stands above the examples before the first question."""
    return f"<h2>{texts.welcome}</h2><p>{texts.welcome_text}</p>"


def examples_html(questions: Sequence[str] | None, texts: Texts) -> str:
    """Example questions as buttons that ask them; nothing when they are not known (yet)."""
    if questions is None:
        return ""
    if not questions:
        return f'<p class="help">{texts.no_examples}</p>'
    items = suggestions_html(questions)
    return f'<h3 class="sr">{texts.examples}</h3><ul class="suggestions">{items}</ul>'


def active_filters_html(filters: Filters, texts: Texts) -> str:
    """Which filters are on and a way to clear them; nothing when none is."""
    if not filters:
        return ""
    words = plain_html(filters_words(filters, texts))
    clear = button(texts.clear_filters, "clear", "textual")
    return f'<p class="filters-on"><span><b>{texts.active_filters}:</b> {words}</span>{clear}</p>'


def filters_title(filters: Filters, texts: Texts) -> str:
    """What stands on the closed filters: "Filters", with the number of those that are on."""
    values = sum(len(chosen) for chosen in filters.values.values())
    on = values + (filters.year_from is not None) + (filters.year_to is not None)
    return f"{texts.filters} ({on})" if on else texts.filters


def filter_help_html(texts: Texts) -> str:
    """What filters do. Carries what a field says when nothing is chosen, which static/app.js puts there."""
    empty = {"places": texts.all_places, "themes": texts.all_themes, "kinds": texts.all_kinds}
    carried = "".join(f' data-{name}="{plain_html(words)}"' for name, words in empty.items())
    return f"<p{carried}>{texts.filter_help}</p>"


def conversation_region(texts: Texts) -> str:
    """The frame around the conversation; `${value}` is where the turns go."""
    return f'<section class="conversation" aria-label="{plain_html(texts.conversation)}">${{value}}</section>'


def footer_html(texts: Texts, *, writes: bool = False) -> str:
    """What happens with what a visitor types."""
    return f"<footer><p>{texts.footer_writes if writes else texts.footer}</p></footer>"
