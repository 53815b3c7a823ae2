"""What all parts of the page share: our own markup as a Gradio part, and how its events are handled."""

from __future__ import annotations

from typing import Any

import gradio as gr

_LIVE = '<div role="{role}" aria-live="{manner}" aria-atomic="true">${{value}}</div>'
HANDLER: dict[str, Any] = {
    "api_visibility": "private",
    "concurrency_limit": None,
    "show_progress": "hidden",
    "trigger_mode": "multiple",
}
"""For every event: nobody waits for another visitor, no spinner, no click is lost, no public API."""
LATEST = HANDLER | {"trigger_mode": "always_last"}
"""For a field that changes: only what it holds in the end counts."""


def own(
    value: str, name: str, *events: str, template: str = "${value}", script: str = "assistantUI"
) -> gr.HTML:
    """Own markup in the page, of which the buttons raise `events` by a script of ours (`static/`)."""
    attach = f"window.{script}.attach(element, trigger, props, watch, {list(events)!r})"
    return gr.HTML(value, html_template=template, js_on_load=attach, elem_id=name, apply_default_css=False)


def live(name: str, role: str, manner: str, value: str = "") -> gr.HTML:
    """A part whose changes a screen reader announces."""
    return own(value, name, template=_LIVE.format(role=role, manner=manner))


def told_by(event: gr.EventData) -> dict[str, str]:
    """What a click carried, as texts; a browser may send anything."""
    told = event._data if isinstance(event._data, dict) else {}
    return {str(name): str(value) for name, value in told.items()}
