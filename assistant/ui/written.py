"""A written answer → HTML: sentences that rest on a source, and apart from these what no source says."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from assistant.ui.inline import inline_html, plain_html

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.datatypes import Statement
    from assistant.ui.citing import Citer

    Run = Sequence[tuple[int, Statement]]


def written_html(numbered: Run, cite: Citer, as_list: Callable[[Run, Citer], str]) -> str:
    """The statements in their order; `as_list` renders list items that are supported."""
    return "".join(
        _unsupported(run, cite) if shape == "unsupported" else as_list(run, cite) if shape == "item" else
        f"<p>{' '.join(cite.said(place, statement) for place, statement in run)}</p>"
        for shape, run in _runs(numbered)
    )  # fmt: skip


def _runs(numbered: Run) -> list[tuple[str, Run]]:
    return [(shape, list(run)) for shape, run in groupby(numbered, key=lambda pair: _shape(pair[1]))]


def _shape(statement: Statement) -> str:
    if not statement.supported:
        return "unsupported"
    return "item" if statement.kind == "item" else "sentence"


def _unsupported(run: Run, cite: Citer) -> str:
    return "".join(_marked(place, statement, cite) for place, statement in run)


def _marked(place: int, statement: Statement, cite: Citer) -> str:
    """A sentence that no source says, named as such before it is read; why not can be opened."""
    language = cite.texts.language
    said = [reason.said(language) for reason in statement.reasons]
    reasons = "".join(f"<li>{plain_html(reason)}</li>" for reason in said)
    hint = plain_html(" ".join(said))
    label = f'<span class="tag" lang="{language}">{cite.texts.unsupported}</span>'
    return (
        f'<details class="unsupported" id="why-{cite.turn_id}-{place}"><summary title="{hint}">{label} '
        f'<span class="claim">{inline_html(statement.text)}</span></summary>'
        f'<ul lang="{language}">{reasons}</ul></details>'
    )
