"""The page: which Gradio parts there are, and which handler of the `Desk` each event goes to."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Gradio reads the hints of handlers when it wires them
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import gradio as gr

from assistant.sources import AUDIENCES, THEMES
from assistant.ui.desk import chosen_filters
from assistant.ui.frame import (
    active_filters_html,
    conversation_region,
    disclosure_html,
    examples_html,
    filter_help_html,
    filters_title,
    footer_html,
    header_html,
    welcome_html,
)
from assistant.ui.inline import plain_html
from assistant.ui.library_page import build_library
from assistant.ui.library_view import tabs_html
from assistant.ui.panel import Wanted
from assistant.ui.parts import HANDLER, LATEST, live, own, told_by
from assistant.ui.session import Mode, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from assistant.ui.desk import Desk, Screen
    from assistant.ui.texts import Texts

_NO_FILTERS: tuple[Any, ...] = ([], [], [], 0, 0)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components that handlers read or fill."""

    session: gr.State
    conversation: gr.HTML
    announcer: gr.HTML
    notice: gr.HTML
    writing: gr.HTML
    mode: gr.Radio | gr.State
    box: gr.Textbox
    send: gr.Button
    status: gr.HTML
    accordion: gr.Accordion
    panel: gr.HTML
    active: gr.HTML
    examples: gr.HTML
    theme: gr.Dropdown
    role: gr.Dropdown
    filters: tuple[gr.Dropdown, ...]

    @property
    def screen(self) -> list[Any]:
        """The outputs that `_filled` fills, in order."""
        parts = [self.conversation, self.announcer, self.notice, self.writing, self.box, self.status]
        return [*parts, self.accordion]

    @property
    def choices(self) -> list[Any]:
        """The fields that narrow a search or the examples; `(*_NO_FILTERS, "", "")` empties them."""
        return [*self.filters, self.theme, self.role]


def build(desk: Desk) -> gr.Blocks:
    """The page of one language."""
    texts = desk.texts
    page = gr.Blocks(title=texts.name, analytics_enabled=False, fill_width=True)
    with page:
        session = gr.State(Session())
        header = own(header_html(texts, tabs_html(texts) if desk.library else ""), "app-header", "renew")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk", min_width=0):
                own(disclosure_html(texts, writes=desk.assistant.writes), "disclosure")
                with gr.Column(elem_id="welcome", min_width=0):
                    own(welcome_html(texts), "welcome-text")
                    with gr.Row(elem_id="example-choice"):
                        theme = _one_of(
                            texts.example_theme,
                            _labelled(THEMES, texts.themes, texts.all_themes),
                            "example-theme",
                        )
                        role = _one_of(
                            texts.example_role,
                            _labelled(AUDIENCES, texts.roles, texts.all_roles),
                            "example-role",
                        )
                    examples = own("", "examples", "ask")
                conversation = own(
                    "",
                    "conversation",
                    "ask",
                    "literal",
                    "read",
                    "report",
                    "unreport",
                    "remark",
                    "turn",
                    template=conversation_region(texts),
                )
                with gr.Column(elem_id="composer", min_width=0):
                    notice = live("notice", "alert", "assertive")
                    writing = own("", "writing", "stop", "turn")
                    active = own("", "active-filters", "clear")
                    with gr.Row(elem_id="ask-row"):
                        box = gr.Textbox(
                            label=texts.question_label, placeholder=texts.placeholder, lines=1, max_lines=6,
                            elem_id="question", scale=1, min_width=0,
                        )  # fmt: skip
                        send = gr.Button(texts.send, variant="primary", elem_id="send", scale=0, min_width=0)
                    mode = _mode(desk)
                    with gr.Accordion(texts.filters, open=False, elem_id="filters") as accordion:
                        own(filter_help_html(texts), "filter-help")
                        filters = _filters(texts)
                    status = live("status", "status", "polite", desk.status())
                own(footer_html(texts, writes=desk.assistant.writes), "app-footer")
            panel = own("", "source", "read")
        if desk.library:
            build_library(desk.library, page)
        announcer = live("announcer", "status", "polite")
        parts = _Parts(
            session,
            conversation,
            announcer,
            notice,
            writing,
            mode,
            box,
            send,
            status,
            accordion,
            panel,
            active,
            examples,
            theme,
            role,
            filters,
        )
        _wire_questions(desk, parts)
        _wire_answers(desk, parts)
        _wire_choices(desk, parts)
        _wire_renewal(desk, parts, header)
        if desk.assistant.writes:
            _wire_writing(desk, parts, page)
        page.load(_opening(desk), None, [status, examples, *filters], **HANDLER)
    return page


def _mode(desk: Desk) -> gr.Radio | gr.State:
    """How to answer: a choice where there is a language model, else nothing that can be seen."""
    texts = desk.texts
    if not desk.assistant.writes:
        return gr.State(None)
    choices: list[str | int | float | tuple[str, str | int | float]] = [
        (texts.mode_written, "schrijven"),
        (texts.mode_quotes, "citaten"),
    ]
    return gr.Radio(choices, value="schrijven", label=texts.mode, elem_id="mode", min_width=0)


def _labelled(values: Sequence[str], labels: Mapping[str, str], everything: str) -> list[tuple[str, str]]:
    return [(everything, ""), *((labels[value], value) for value in values)]


def _one_of(label: str, choices: list[tuple[str, Any]], name: str) -> gr.Dropdown:
    return gr.Dropdown(choices, value=choices[0][1], label=label, elem_id=name, filterable=False, min_width=0)


def _filters(texts: Texts) -> tuple[gr.Dropdown, ...]:
    """The filter fields: places, themes, kinds (several each), first and last year; filled later."""
    with gr.Row(elem_id="filter-values"):
        several = tuple(
            gr.Dropdown([], multiselect=True, label=label, elem_id=name, min_width=0)
            for label, name in ((texts.place, "places"), (texts.theme, "themes"), (texts.kind, "kinds"))
        )
        years = tuple(
            _one_of(label, [(texts.any_year, 0)], name)
            for label, name in ((texts.year_from, "year-from"), (texts.year_to, "year-to"))
        )
    return several + years


def _wire_questions(desk: Desk, parts: _Parts) -> None:
    def typed(
        visitor: Session,
        question: str,
        mode: Mode | None,
        *chosen: Any,  # noqa: ANN401 - Gradio
    ) -> Iterator[tuple[Any, ...]]:
        for screen in desk.ask(visitor, question, chosen_filters(*chosen), mode=mode):
            yield _filled(desk, screen)

    def clicked(
        visitor: Session,
        event: gr.EventData,
        mode: Mode | None,
        *chosen: Any,  # noqa: ANN401
    ) -> Iterator[tuple[Any, ...]]:
        yield from typed(visitor, told_by(event).get("question", ""), mode, *chosen)

    def literally(
        visitor: Session,
        event: gr.EventData,
        mode: Mode | None,
        *chosen: Any,  # noqa: ANN401
    ) -> Iterator[tuple[Any, ...]]:
        question = told_by(event).get("question", "")
        for screen in desk.ask(visitor, question, chosen_filters(*chosen), literal=True, mode=mode):
            yield _filled(desk, screen)

    within = [parts.mode, *parts.filters]
    asked = [parts.session, parts.box, *within]
    gr.on([parts.box.submit, parts.send.click], typed, asked, parts.screen, **HANDLER)
    for source in (parts.conversation, parts.examples):
        source.ask(clicked, [parts.session, *within], parts.screen, **HANDLER)
    parts.conversation.literal(literally, [parts.session, *within], parts.screen, **HANDLER)


def _wire_writing(desk: Desk, parts: _Parts, page: gr.Blocks) -> None:
    """The buttons of written answers; and when a page is closed, its answer is written no longer."""
    visitors: WeakValueDictionary[str, Session] = WeakValueDictionary()

    def turn(visitor: Session, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        told = told_by(event)
        mode: Mode = "schrijven" if told.get("mode") == "schrijven" else "citaten"
        for screen in desk.turn_to(visitor, told.get("turn", ""), mode):
            yield _filled(desk, screen)

    def arrived(visitor: Session, request: gr.Request) -> None:
        visitors[request.session_hash or ""] = visitor

    def left(request: gr.Request) -> None:
        visitor = visitors.get(request.session_hash or "")
        if visitor:
            desk.leave(visitor)

    for source in (parts.conversation, parts.writing):
        source.turn(turn, [parts.session], parts.screen, **HANDLER)
    parts.writing.stop(desk.stop, [parts.session], [parts.writing], **HANDLER)
    page.load(arrived, [parts.session], None, **HANDLER)
    page.unload(left)


def _wire_answers(desk: Desk, parts: _Parts) -> None:
    def read(visitor: Session, event: gr.EventData) -> str:
        return desk.read(visitor, _wanted(told_by(event)))

    def report(visitor: Session, event: gr.EventData) -> str:
        return desk.report(visitor, told_by(event).get("turn", ""), opened=True)

    def unreport(visitor: Session, event: gr.EventData) -> str:
        return desk.report(visitor, told_by(event).get("turn", ""), opened=False)

    def remark(visitor: Session, event: gr.EventData) -> tuple[Any, ...]:
        told = told_by(event)
        return _filled(desk, desk.remark(visitor, told.get("turn", ""), told.get("remark", "")))

    for source in (parts.conversation, parts.panel):
        source.read(read, [parts.session], [parts.panel], **HANDLER)
    parts.conversation.report(report, [parts.session], [parts.conversation], **HANDLER)
    parts.conversation.unreport(unreport, [parts.session], [parts.conversation], **HANDLER)
    parts.conversation.remark(remark, [parts.session], parts.screen, **HANDLER)


def _wire_choices(desk: Desk, parts: _Parts) -> None:
    def active(*chosen: Any) -> tuple[Any, ...]:  # noqa: ANN401 - Gradio
        filters = chosen_filters(*chosen)
        title = gr.update(label=filters_title(filters, desk.texts))
        return active_filters_html(filters, desk.texts), title

    def suggest(theme: str, role: str) -> str:
        return examples_html(desk.examples(theme, role), desk.texts)

    filters = list(parts.filters)
    gr.on([part.change for part in filters], active, filters, [parts.active, parts.accordion], **LATEST)
    parts.active.clear(lambda: _NO_FILTERS, None, filters, **LATEST)
    gr.on(
        [parts.theme.change, parts.role.change],
        suggest,
        [parts.theme, parts.role],
        [parts.examples],
        **LATEST,
    )


def _wire_renewal(desk: Desk, parts: _Parts, header: gr.HTML) -> None:
    """A new conversation starts as the page did: nothing of the earlier one is left, nor its filters."""

    def renew(visitor: Session) -> tuple[Any, ...]:
        return *_filled(desk, desk.clear(visitor)), "", *_NO_FILTERS, "", ""

    header.renew(renew, [parts.session], [*parts.screen, parts.panel, *parts.choices], **HANDLER)


def _opening(desk: Desk) -> Callable[[], Iterator[tuple[Any, ...]]]:
    """What changes by itself once the page is there: status, example questions, values of the filters."""

    def opening() -> Iterator[tuple[Any, ...]]:
        for status in desk.opening():
            filters = (gr.update(choices=choices) for choices in _choices(desk))
            yield status, examples_html(desk.examples("", ""), desk.texts), *filters

    return opening


def _choices(desk: Desk) -> tuple[Sequence[tuple[str, Any]], ...]:
    """The choices of the five filter fields, (label, value) each; none as long as there is no index."""
    texts, facets = desk.texts, desk.facets()
    any_year = [(texts.any_year, 0)]
    if facets is None:
        return [], [], [], any_year, any_year
    years = any_year + [(str(year), year) for year in range(facets.year_max, facets.year_min - 1, -1)]
    return (
        [(place, place) for place in facets.places],
        sorted((texts.themes.get(theme, theme), theme) for theme in facets.themes),
        sorted((texts.kinds.get(kind, kind), kind) for kind in facets.kinds),
        years,
        years,
    )


def _filled(desk: Desk, screen: Screen) -> tuple[Any, ...]:
    """The values of `_Parts.screen` for a screen; the filters close when a question is taken from the box."""
    box = gr.skip() if screen.typed is None else screen.typed
    filters = gr.skip() if screen.typed is None else gr.update(open=False)
    said = (screen.announced, plain_html(screen.notice), screen.writing)
    parts = [gr.skip()] * len(said) if screen.growing else said
    return screen.conversation, *parts, box, desk.status(), filters


def _wanted(told: dict[str, str]) -> Wanted:
    note = told.get("note", "")
    return Wanted(
        passage=told.get("passage", "") or (f"{note}#1" if note else ""),
        turn=told.get("turn", ""),
        number=_natural(told.get("number")),
        statement=_natural(told.get("statement")),
    )


def _natural(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None
