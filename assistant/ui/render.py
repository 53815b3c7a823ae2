"""Turns of a conversation → HTML. Pure: the same records give the same markup; every word of it is escaped.

Buttons carry `data-act` (the name of an event) and what it needs; `static/app.js` turns clicks into events.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from assistant.citations import bare, begins_side, preface
from assistant.dutch import language_of
from assistant.export import (
    as_text,
    located,
    quotes_of,
    spoken_date,
    spoken_places,
    understood_as,
    wording_label,
)
from assistant.feedback import MAX_REMARK_CHARACTERS
from assistant.passages import plain, without_emphasis
from assistant.ui.citing import Citer, publisher_of
from assistant.ui.inline import cells, inline_html, plain_html
from assistant.ui.written import written_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.datatypes import Answer, CitedSource, Filters, Location, Statement
    from assistant.ui.session import Turn
    from assistant.ui.texts import Texts

_MAX_QUESTION_ON_SCREEN = 600
_NEW_WINDOW_ICON = '<span class="out" aria-hidden="true">↗</span>'


def conversation_html(turns: Sequence[Turn], texts: Texts) -> str:
    """All turns of a conversation; empty when there are none."""
    return "".join(_turn(turn, texts) for turn in turns)


def announcement(answer: Answer, texts: Texts) -> str:
    """What a screen reader says when an answer is complete: its plain words and how many sources it has.

    Of a written answer it says only what is supported, and how many sentences are not.
    """
    said = [statement for statement in answer.statements if statement.supported]
    spoken = " ".join(
        (f"{each.side}: " if begins_side(before, each) else "") + plain(each.text)
        for before, each in zip([None, *said], said, strict=False)
    )
    told = answer.text if answer.abstained else texts.announced.format(count=len(answer.sources), text=spoken)
    doubtful = sum(not statement.supported for statement in answer.statements)
    parts = (
        understood_as(answer, texts.language),
        answer.notice,
        told,
        texts.announced_unsupported.format(count=doubtful) if doubtful else "",
    )
    return plain_html(" ".join(part for part in parts if part))


def writing_html(turn: Turn | None, texts: Texts) -> str:
    """What can be done while an answer is written; nothing when none is."""
    if turn is None:
        return ""
    other = button(texts.to_quotes, "turn", "quiet", turn=turn.id, mode="citaten")
    return f'<div class="writing">{other}{button(texts.stop, "stop", "solid")}</div>'


def suggestions_html(questions: Iterable[str]) -> str:
    """Questions as list items with a button that asks it, each in its own language."""
    return "".join(
        f'<li lang="{language_of(question)}">{button(question, "ask", "suggestion", question=question)}</li>'
        for question in questions
    )


def button(label: str, act: str, kind: str, **data: str | int) -> str:
    """A button that raises the event `act` with `data`; `label` is text."""
    carried = "".join(f' data-{name}="{plain_html(str(value))}"' for name, value in data.items())
    return f'<button type="button" class="{kind}" data-act="{act}"{carried}>{plain_html(label)}</button>'


def source_link(url: str, texts: Texts) -> str:
    """A link to an original on the web, in a new tab that knows nothing of this one; or nothing."""
    return new_tab_link(url, texts.original, texts) if url.startswith(("https://", "http://")) else ""


def new_tab_link(address: str, words: str, texts: Texts) -> str:
    """A link that opens in a new tab; the address is one that may be followed, `words` is text."""
    return (
        f'<a class="original" href="{plain_html(address)}" target="_blank" rel="noopener noreferrer">'
        f'{plain_html(words)}{_NEW_WINDOW_ICON}<span class="sr"> {texts.new_tab}</span></a>'
    )


def _turn(turn: Turn, texts: Texts) -> str:
    question = turn.question.strip()
    if len(question) > _MAX_QUESTION_ON_SCREEN:
        question = question[:_MAX_QUESTION_ON_SCREEN].rstrip() + "…"
    head = f'<h2 class="question"><span class="sr">{texts.your_question}: </span>{plain_html(question)}</h2>'
    if turn.filters:
        within = texts.within_filters.format(filters=filters_words(turn.filters, texts))
        head += f'<p class="within">{plain_html(within)}</p>'
    if turn.literal:
        head += f'<p class="within">{texts.asked_literally}</p>'
    return f'<article class="turn" id="turn-{turn.id}">{head}{_reply(turn, texts)}</article>'


def filters_words(filters: Filters, texts: Texts) -> str:
    """The filters in words, as one line: "Tilburg · Warmtenetten · vanaf 2020"; empty without filters."""
    names = {"themes": texts.themes, "kinds": texts.kinds, "kind": texts.kinds}
    words = [
        names.get(field, {}).get(value, value) for field, values in filters.values.items() for value in values
    ]
    words += [texts.from_year.format(year=filters.year_from)] if filters.year_from is not None else []
    words += [texts.to_year.format(year=filters.year_to)] if filters.year_to is not None else []
    return " · ".join(words)


def _reply(turn: Turn, texts: Texts) -> str:
    if turn.problem:
        again = (
            button(texts.try_again, "ask", "quiet", question=turn.question) if turn.question.strip() else ""
        )
        return f'<div class="problem"><p>{plain_html(turn.problem)}</p>{again}</div>'
    if turn.answer is None:
        return _busy(texts.waiting if turn.waiting else texts.searching)
    return f'<div class="answer">{_answer(turn, turn.answer, texts)}</div>'


def _busy(words: str) -> str:
    return f'<p class="busy"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>{words}</p>'


def _answer(turn: Turn, answer: Answer, texts: Texts) -> str:
    parts = [_notes_above(turn, answer, texts)]
    parts.append(_not_found(turn, answer, texts) if answer.abstained else _statements(turn, answer, texts))
    if turn.complete:
        parts += [
            _sources(turn, answer, texts),
            _actions(turn, answer, texts),
            _follow_ups(answer.follow_ups, texts),
        ]
    elif answer.mode == "schrijven":
        parts.append(_busy(texts.writing))
    return "".join(parts)


def _notes_above(turn: Turn, answer: Answer, texts: Texts) -> str:
    asides = (
        texts.written_by if answer.mode == "schrijven" else "",
        texts.unwritten if turn.unwritten and not answer.abstained else "",
        plain_html(answer.notice or ""),
    )
    return _understood(turn, answer, texts) + "".join(
        f'<p class="aside">{words}</p>' for words in asides if words
    )


def _understood(turn: Turn, answer: Answer, texts: Texts) -> str:
    """How the question was read in its conversation, and the way out when that was not what was meant."""
    words = plain_html(understood_as(answer, texts.language))
    if not words:
        return ""
    again = button(texts.literally, "literal", "textual", question=turn.question) if turn.complete else ""
    return f'<p class="aside understood"><span>{words}</span> {again}</p>'


def _not_found(turn: Turn, answer: Answer, texts: Texts) -> str:
    """What is said instead of an answer, the notes that come nearest, if any, and then what may help."""
    items = [
        f"<li>{button(near.title, 'read', 'textual', turn=turn.id, note=near.note)}</li>"
        for near in answer.nearest
    ]
    said = f'<p class="preface" lang="{answer.language}">{plain_html(answer.text)}</p>'
    if not items:
        return said
    wider = f"<p>{texts.without_filters}</p>" if turn.filters else ""
    return f'{said}<div class="nearest"><ul lang="nl">{"".join(items)}</ul></div>{wider}'


def _statements(turn: Turn, answer: Answer, texts: Texts) -> str:
    numbered = list(enumerate(answer.statements))[: turn.shown]
    before = plain_html(preface(answer))
    above = f'<p class="preface">{before}</p>' if before else ""
    written = answer.mode == "schrijven"
    cite = Citer(turn.id, answer.sources, texts, bare(answer.statements), written=written)
    if written:
        return (
            f'{above}<div class="block" lang="{answer.language}">{written_html(numbered, cite, _list)}</div>'
        )
    blocks = [list(block) for _, block in groupby(numbered, key=lambda pair: (pair[1].side, _note(pair[1])))]
    several = len({_note(statement) for statement in answer.statements}) > 1
    return above + "".join(
        f"{_side(block, answer)}"
        f'<div class="block" lang="nl">{_whose(block, cite) if several else ""}{_block(block, cite)}</div>'
        for block in blocks
    )


def _side(block: Sequence[tuple[int, Statement]], answer: Answer) -> str:
    """The place above what is said of it, where places were asked about side by side."""
    place, first = block[0]
    previous = answer.statements[place - 1] if place else None
    return f'<h3 class="side">{plain_html(first.side)}</h3>' if begins_side(previous, first) else ""


def _whose(block: Sequence[tuple[int, Statement]], cite: Citer) -> str:
    """Publishers and dates above the words of one note: they tell old from new at a glance."""
    numbers = dict.fromkeys(
        number for _, statement in block for number in statement.citations if number in cite.sources
    )
    cited = [cite.sources[number] for number in numbers]
    named = dict.fromkeys(
        f"{publisher_of(source)}, {spoken_date(source.date, cite.texts.language)}" for source in cited
    )
    return f'<p class="whose" lang="{cite.texts.language}">{plain_html(" · ".join(named))}</p>'


def _note(statement: Statement) -> str:
    return statement.quotes[0].note if statement.quotes else ""


def _passage(statement: Statement) -> str:
    return statement.quotes[0].passage if statement.quotes else ""


def _block(numbered: Sequence[tuple[int, Statement]], cite: Citer) -> str:
    """The statements of one note: sentences flow, items become a list, rows a table."""
    html = []
    for shape, members in groupby(numbered, key=lambda pair: _shape(pair[1])):
        run = list(members)
        html.append(_RENDERED[shape](run, cite))
    return "".join(html)


def _shape(statement: Statement) -> str:
    shapes = {"header_row": "table", "row": "table", "item": "list", "heading": "heading"}
    return shapes.get(statement.kind, "text")


def _heading(run: Sequence[tuple[int, Statement]], cite: Citer) -> str:
    return "".join(f'<p class="over">{cite.said(place, each)}</p>' for place, each in run)


def _flowing(run: Sequence[tuple[int, Statement]], cite: Citer) -> str:
    """Sentences of one passage in one paragraph."""
    paragraphs = groupby(run, key=lambda pair: _passage(pair[1]))
    return "".join(f"<p>{' '.join(cite.said(place, s) for place, s in each)}</p>" for _, each in paragraphs)


def _list(run: Sequence[tuple[int, Statement]], cite: Citer) -> str:
    ordered = all(_ordinal(statement.marker) is not None for _, statement in run)
    tag = "ol" if ordered else "ul"
    items = []
    for place, statement in run:
        value = f' value="{_ordinal(statement.marker)}"' if ordered else ""
        items.append(f"<li{value}>{cite.said(place, statement)}</li>")
    return f"<{tag}>{''.join(items)}</{tag}>"


def _ordinal(marker: str) -> int | None:
    digits = marker.rstrip(".)")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


def _table(run: Sequence[tuple[int, Statement]], cite: Citer) -> str:
    width = max(len(cells(statement.text)) for _, statement in run)
    name = f'<span class="sr">{cite.texts.source_column}</span>'
    rows: dict[str, list[str]] = {"header_row": [], "row": []}
    for place, statement in run:
        top = statement.kind == "header_row"
        tag = "th" if top else "td"
        citation = f'<{tag} class="mark">{name if top else ""}{cite.marks(place, statement)}</{tag}>'
        rows[statement.kind].append(table_row(statement.text, width, tag, citation=citation))
    return table_html(rows["header_row"], rows["row"])


_RENDERED = {"table": _table, "list": _list, "heading": _heading, "text": _flowing}


def table_html(head: Sequence[str], body: Sequence[str]) -> str:
    """A table in a box of its own that scrolls sideways on a narrow screen."""
    top = f"<thead>{''.join(head)}</thead>" if head else ""
    table = f"<table>{top}<tbody>{''.join(body)}</tbody></table>"
    return f'<div class="sheet" tabindex="0" role="group">{table}</div>'


def table_row(row: str, width: int, tag: str, *, marked: bool = False, citation: str = "") -> str:
    """One raw row as `width` cells; `citation` is the HTML of one more cell, `marked` highlights words."""
    scope = ' scope="col"' if tag == "th" else ""
    filled = cells(row) + [""] * (width - len(cells(row)))
    words = (f"<mark>{inline_html(cell)}</mark>" if marked and cell else inline_html(cell) for cell in filled)
    return f"<tr>{''.join(f'<{tag}{scope}>{each}</{tag}>' for each in words)}{citation}</tr>"


def _sources(turn: Turn, answer: Answer, texts: Texts) -> str:
    if not answer.sources:
        return ""
    quotes = quotes_of(answer)
    written = answer.mode == "schrijven"
    cite = Citer(turn.id, answer.sources, texts, written=written)
    items = [
        f"<li>{cite.one(source.number, quotes)}<div>"
        f"{_source(source, located(quotes, source.number), texts, written=written)}</div></li>"
        for source in answer.sources
    ]
    return f'<section class="sources"><h3>{texts.sources}</h3><ol>{"".join(items)}</ol></section>'


def _source(source: CitedSource, locations: Sequence[Location], texts: Texts, *, written: bool) -> str:
    """How a source is named, with what is known of it; what a model wrote is not the words of a document."""
    rewritten = written and source.wording == "original"
    label = texts.written_from if rewritten else wording_label(source.wording, texts.language)
    named = (
        plain_html(source.publisher),
        f'<cite lang="nl">{plain_html(without_emphasis(source.title))}</cite>',
        spoken_date(source.date, texts.language),
        plain_html(spoken_places(locations, texts.language)),
    )
    kind = plain_html(texts.kinds.get(source.kind, source.kind))
    meta = (f'<span class="kind">{kind}</span>' if kind else "") + source_link(source.url, texts)
    return (
        f'<p class="named"><span class="wording">{label}:</span> '
        f"{', '.join(part for part in named if part)}</p>"
    ) + (f'<p class="meta">{meta}</p>' if meta else "")


def _actions(turn: Turn, answer: Answer, texts: Texts) -> str:
    copy = button(
        texts.copy,
        "copy",
        "quiet",
        text=as_text(answer, texts.language),
        done=texts.copied,
        failed=texts.copy_failed,
    )
    report = button(texts.report, "report", "quiet", turn=turn.id) if turn.report == "none" else ""
    buttons = _other_mode(turn, texts) + copy + report
    return f'<div class="actions">{buttons}</div>{_report(turn, texts)}'


def _other_mode(turn: Turn, texts: Texts) -> str:
    if turn.offered is None:
        return ""
    label = texts.to_quotes if turn.offered == "citaten" else texts.to_written
    return button(label, "turn", "quiet", turn=turn.id, mode=turn.offered)


def _report(turn: Turn, texts: Texts) -> str:
    if turn.report == "stored":
        return f'<p class="thanks" role="status">{texts.report_thanks}</p>'
    if turn.report == "none":
        return ""
    failed = f'<p class="problem" role="alert">{texts.report_failed}</p>' if turn.report == "failed" else ""
    field = f"remark-{turn.id}"
    return (
        f'<div class="report"><label for="{field}">{texts.report_label}</label>'
        f'<textarea id="{field}" rows="3" maxlength="{MAX_REMARK_CHARACTERS}"'
        f' aria-describedby="{field}-help" data-focus></textarea>'
        f'<p class="help" id="{field}-help">{texts.report_help}</p>{failed}<div class="actions">'
        f"{button(texts.report_send, 'remark', 'solid', turn=turn.id)}"
        f"{button(texts.report_cancel, 'unreport', 'quiet', turn=turn.id)}</div></div>"
    )


def _follow_ups(follow_ups: Iterable[str], texts: Texts) -> str:
    items = suggestions_html(follow_ups)
    return f'<section class="follow"><h3>{texts.follow_ups}</h3><ul>{items}</ul></section>' if items else ""
