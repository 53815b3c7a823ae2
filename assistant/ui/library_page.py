"""The library on the page: which Gradio parts there are, and which handler of the `LibraryDesk` they call."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - Gradio reads the hints of handlers when it wires them
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.ui.library_desk import LibraryDesk, Shown, Visit
from assistant.ui.parts import HANDLER, LATEST, live, own, told_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def build_library(desk: LibraryDesk, page: gr.Blocks) -> None:
    """Add the library to a page that is being built."""
    with gr.Column(elem_id="library", min_width=0):
        visit = gr.State(Visit())
        adding = _own(desk.adding(), "library-adding", "sent")
        work = _own("", "library-work")
        tools = _own("", "library-tools", "seek")
        listed = _own("", "library-list", "leaf", "look", "clear_choice")
        detail = _own("", "library-detail", "leave", "store", "reread", "doubt", "spare", "discard")
        said = live("library-said", "status", "polite")
    screen = [tools, listed, work, detail, said]

    def asked(event: gr.EventData) -> Mapping[str, str]:
        """What a click carried, when it came from our page; nothing at all otherwise."""
        told = told_by(event)
        return told if desk.inbox.knows(told.get("key", "")) else {}

    def step(handle: Callable[[Visit, Mapping[str, str]], Shown]) -> Callable[..., tuple[Any, ...]]:
        def handler(visitor: Visit, event: gr.EventData) -> tuple[Any, ...]:
            told = asked(event)
            return _filled(handle(visitor, told) if told else Shown())

        return handler

    def steps(handle: Callable[[Visit, Mapping[str, str]], Iterator[Shown]]) -> Callable[..., Any]:
        def handler(visitor: Visit, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
            told = asked(event)
            yield from map(_filled, handle(visitor, told) if told else ())

        return handler

    def opening(visitor: Visit) -> Iterator[tuple[Any, ...]]:
        yield from map(_filled, desk.opening(visitor))

    inputs = [visit]
    adding.sent(
        steps(lambda visitor, told: desk.sent(visitor, told.get("batch", ""), told.get("lost", ""))),
        inputs,
        screen,
        **HANDLER,
    )
    tools.seek(step(desk.seek), inputs, screen, **LATEST)
    listed.leaf(step(lambda visitor, told: desk.leaf(visitor, _page(told))), inputs, screen, **HANDLER)
    listed.clear_choice(step(lambda visitor, told: desk.clear_choice(visitor)), inputs, screen, **HANDLER)
    listed.look(step(lambda visitor, told: desk.look(_id(told))), inputs, screen, **HANDLER)
    detail.leave(step(lambda visitor, told: desk.leave()), inputs, screen, **HANDLER)
    detail.spare(step(lambda visitor, told: desk.look(_id(told))), inputs, screen, **HANDLER)
    detail.doubt(step(lambda visitor, told: desk.doubt(_id(told))), inputs, screen, **HANDLER)
    detail.store(steps(lambda visitor, told: desk.store(visitor, _id(told), told)), inputs, screen, **HANDLER)
    detail.reread(steps(lambda visitor, told: desk.reread(visitor, _id(told))), inputs, screen, **HANDLER)
    detail.discard(steps(lambda visitor, told: desk.discard(visitor, _id(told))), inputs, screen, **HANDLER)
    page.load(opening, inputs, screen, **HANDLER)


def _own(value: str, name: str, *events: str) -> gr.HTML:
    return own(value, name, *events, script="libraryUI")


def _id(told: Mapping[str, str]) -> str:
    return told.get("id", "")


def _page(told: Mapping[str, str]) -> int:
    number = told.get("page", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 1


def _filled(shown: Shown) -> tuple[Any, ...]:
    """The values of the parts, in their order."""
    values = (shown.tools, shown.listed, shown.work, shown.detail, shown.said)
    return tuple(gr.skip() if value is None else value for value in values)
