"""The library as HTML: adding files, progress, the report, the list. Pure.

Buttons carry `data-act` as those of the chat do; fields have names, which `static/library.js` sends along.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from assistant.documents import SUFFIXES
from assistant.errors import RefusedError
from assistant.export import spoken_date
from assistant.refusals import sentence
from assistant.ui.inbox import ADDRESS, KEY_HEADER
from assistant.ui.inline import plain_html
from assistant.ui.render import button
from assistant.ui.shelf import ORDERS, file_name, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assistant.listing import Item
    from assistant.reports import FileReport, Report
    from assistant.ui.shelf import Leaf, Options, Query
    from assistant.ui.texts import Texts
    from assistant.ui.work import Job

_SHOWN_FILES = 300
"""A longer report is cut off on the screen."""
_IN_ORDER = ("refused", "duplicate", "added", "updated", "removed", "unchanged")


def tabs_html(texts: Texts) -> str:
    """The two parts of the page; `static/library.js` shows the one and hides the other."""
    words = texts.library
    tabs = (("desk", words.questions_tab, "true"), ("library", words.library_tab, "false"))
    items = "".join(
        f'<button type="button" role="tab" id="tab-{name}" class="tab" data-tab="{name}"'
        f' aria-controls="{name}" aria-selected="{chosen}" tabindex="{0 if chosen == "true" else -1}">'
        f"{label}</button>"
        for name, label, chosen in tabs
    )
    return f'<div class="tabs" role="tablist" aria-label="{words.tabs}">{items}</div>'


def adding_html(key: str, max_bytes: int, texts: Texts) -> str:
    """Where files are chosen or dropped, what is taken, and up to which size."""
    words = texts.library
    limit = words.limit.format(megabytes=f"{max_bytes / 1e6:g}")
    accepted = words.accepted.format(kinds=words.kinds_of_files, limit=limit)
    return (
        f'<h2 class="library-title" tabindex="-1">{words.heading}</h2><p class="lead">{words.intro}</p>'
        f'<section class="adding" aria-labelledby="adding-title" data-key="{plain_html(key)}"'
        f' data-header="{KEY_HEADER}" data-address="{ADDRESS}" data-limit="{max_bytes}"'
        f' data-sending="{plain_html(words.sending)}"><h3 id="adding-title">{words.add}</h3>'
        f'<div class="drop"><input type="file" id="library-files" class="sr" multiple'
        f' accept="{",".join(sorted(SUFFIXES))}" aria-describedby="adding-help">'
        f'<label for="library-files" class="solid">{words.choose}</label><span>{words.or_drag}</span></div>'
        f'<p class="help" id="adding-help">{accepted} {words.same_name}</p>'
        '<p class="sending" role="status"></p></section>'
    )


def progress_html(job: Job, texts: Texts) -> str:
    """What is being done, and how far it is."""
    words = texts.library
    known = job.total > 0 and job.phase != "starting"
    value = f' value="{job.done}" max="{job.total}"' if known else ""
    title = words.working[job.action]
    return (
        f'<section class="working" data-busy><h3>{title}</h3><p class="phase">{phase_words(job, texts)}</p>'
        f'<progress aria-label="{title}"{value}></progress><p class="help">{words.still_answers}</p>'
        "</section>"
    )


def phase_words(job: Job, texts: Texts) -> str:
    """How far a job is, in words."""
    words = texts.library
    phases = {"starting": words.starting, "reading": words.reading, "embedding": words.embedding}
    return phases[job.phase].format(done=job.done, total=job.total)


def message_html(message: str, *, bad: bool = False) -> str:
    """One sentence on what came of a step; nothing without one."""
    kind = ("problem", "alert") if bad else ("done", "status")
    return f'<p class="{kind[0]}" role="{kind[1]}">{plain_html(message)}</p>' if message else ""


def report_html(report: Report | None, names: Mapping[str, str], texts: Texts, *, opened: bool) -> str:
    """What became of each file of the latest ingest, if that is known; `names` maps paths to titles."""
    if report is None or not (report.files or report.lost):
        return ""
    words = texts.library
    files = sorted(report.files, key=lambda each: (_IN_ORDER.index(each.state), file_name(each.path)))
    shown = files[:_SHOWN_FILES]
    groups = "".join(
        _group(state, list(members), names, texts) for state, members in groupby(shown, key=lambda e: e.state)
    )
    more = (
        f'<p class="help">{words.and_more.format(count=len(files) - len(shown))}</p>'
        if len(files) > len(shown)
        else ""
    )
    title = words.report_of.format(when=_moment(report.at, texts), counts=report_counts(report, texts))
    return (
        f'<details class="ingest-report"{" open" if opened else ""}><summary><b>{words.latest}</b> '
        f"<span>{plain_html(title)}</span></summary>{groups}{more}{_lost(report.lost, texts)}</details>"
    )


def report_counts(report: Report, texts: Texts) -> str:
    """How many files were added, refused, …: "2 toegevoegd, 1 geweigerd"."""
    states = [each.state for each in report.files]
    return ", ".join(
        texts.library.counts[state].format(count=states.count(state))
        for state in _IN_ORDER
        if state in states
    )


def tools_html(options: Options, query: Query, texts: Texts) -> str:
    """The fields to search, sort and filter the list with; nothing as long as there is nothing to list."""
    words = texts.library
    if not options.states:
        return ""
    fields: tuple[tuple[str, str, tuple[tuple[str, int], ...], Mapping[str, str]], ...] = (
        ("place", words.place, options.places, {}),
        ("theme", words.theme, options.themes, texts.themes),
        ("kind", words.kind, options.kinds, texts.kinds),
        ("year", words.year, options.years, {}),
        ("state", words.state, options.states, words.item_states),
    )
    selects = "".join(
        select(
            f"shelf-{name}",
            name,
            label,
            [("", words.any[name]), *((value, f"{names.get(value, value)} ({n})") for value, n in values)],
            getattr(query, name),
        )
        for name, label, values, names in fields
    )
    order = select(
        "shelf-order", "order", words.order, [(each, words.orders[each]) for each in ORDERS], query.order
    )
    return (
        f'<h3 id="documents-title">{words.documents}</h3><div class="shelf-tools" role="search">'
        f'<div class="field wide"><label for="shelf-words">{words.search}</label><input type="search"'
        f' id="shelf-words" name="words" maxlength="200" value="{plain_html(query.words)}"'
        f' placeholder="{plain_html(words.search_hint)}"></div>{selects}{order}</div>'
    )


def list_html(leaf: Leaf, total: int, names: Mapping[str, str], texts: Texts) -> str:
    """One page of the list; `names` maps ids to titles."""
    words = texts.library
    if not total:
        return f'<p class="help">{words.no_documents}</p>'
    count = words.found_all if leaf.found == total else words.found_one if leaf.found == 1 else words.found
    told = count.format(found=leaf.found, total=total) if leaf.found else words.none_found
    clear = button(words.clear, "clear_choice", "textual") if leaf.found < total else ""
    items = "".join(_row(item, names, texts) for item in leaf.items)
    listed = f'<ul class="documents" aria-labelledby="documents-title">{items}</ul>' if items else ""
    return f'<p class="count"><span role="status">{told}</span> {clear}</p>{listed}{_pager(leaf, texts)}'


def select(
    field: str, name: str, label: str, choices: Iterable[tuple[str, str]], chosen: str, extra: str = ""
) -> str:
    """A field with choices (value, words), of which one is chosen; its id, name, and more attributes."""
    options = "".join(
        f'<option value="{plain_html(value)}"{" selected" if value == chosen else ""}>'
        f"{plain_html(words)}</option>"
        for value, words in choices
    )
    return (
        f'<div class="field"><label for="{field}">{label}</label>'
        f'<select id="{field}" name="{name}"{extra}>{options}</select></div>'
    )


def title_of(item: Item, texts: Texts) -> str:
    """What a source is called in the list."""
    return item.source.title or texts.library.untitled


def _moment(at: str, texts: Texts) -> str:
    """When that was, in the time of this machine."""
    try:
        moment = datetime.fromisoformat(at).astimezone()
    except ValueError:
        return at
    return f"{spoken_date(moment.date().isoformat(), texts.language)}, {moment:%H:%M}"


def _group(state: str, files: Sequence[FileReport], names: Mapping[str, str], texts: Texts) -> str:
    items = "".join(
        f'<li><span class="file" title="{plain_html(each.path)}">{plain_html(file_name(each.path))}</span>'
        f"{_why(each, names, texts)}</li>"
        for each in files
    )
    label = f"{texts.library.states[state]} ({len(files)})"
    return f'<h4 class="state-{state}">{label}</h4><ul class="files">{items}</ul>'


def _why(file: FileReport, names: Mapping[str, str], texts: Texts) -> str:
    words = texts.library
    if file.state == "duplicate":
        other = f"‘{names.get(file.detail, file_name(file.detail))}’"
        return f"<p>{plain_html(words.duplicate_of.format(other=other))}</p>"
    if file.faults:
        # The faults name the file, which stands there already.
        faults = "".join(f"<li>{plain_html(fault.rpartition('.md:')[2])}</li>" for fault in file.faults)
        return f'<p>{words.note_faults}</p><ul lang="en">{faults}</ul>'
    return (
        f"<p>{plain_html(sentence(RefusedError(file.code, file.about), texts.language))}</p>"
        if file.code
        else ""
    )


def _lost(lost: Sequence[str], texts: Texts) -> str:
    items = "".join(f"<li>{plain_html(each)}</li>" for each in lost)
    return f'<p>{texts.library.lost_sources}</p><ul lang="en">{items}</ul>' if items else ""


def _row(item: Item, names: Mapping[str, str], texts: Texts) -> str:
    words, source = texts.library, item.source
    state = state_of(item)
    known = (
        source.publisher,
        spoken_date(source.date, texts.language) if source.date else "",
        texts.kinds.get(source.kind, source.kind),
        ", ".join(source.places),
        file_name(item.path) if item.copy_of else "",
    )
    meta = " · ".join(plain_html(part) for part in known if part)
    copy = (
        f'<p class="meta">{plain_html(words.copy_of.format(other=names.get(item.copy_of, item.copy_of)))}</p>'
        if item.copy_of
        else ""
    )
    count = words.one_passage if item.passages == 1 else words.passages.format(count=item.passages)
    aside = (
        f'<span class="badge {state}">{words.item_states[state]}</span>'
        + (f"<span>{count}</span>" if item.passages else "")
        + (f'<span class="unchecked">{words.suggested}</span>' if source.suggested else "")
    )
    lang = f' lang="{plain_html(source.language)}"' if source.language else ""
    return (
        f'<li><div class="doc"{lang}>{button(title_of(item, texts), "look", "textual", id=source.id)}'
        f'<p class="meta" lang="{texts.language}">{meta}</p>{copy}</div><p class="aside">{aside}</p></li>'
    )


def _pager(leaf: Leaf, texts: Texts) -> str:
    words = texts.library
    if leaf.pages == 1:
        return ""
    steps = [
        button(label, "leaf", "quiet", page=page)
        if 1 <= page <= leaf.pages
        else f'<button type="button" class="quiet" disabled>{label}</button>'
        for label, page in ((words.previous, leaf.page - 1), (words.next, leaf.page + 1))
    ]
    told = words.page.format(page=leaf.page, pages=leaf.pages)
    return f'<nav class="pager" aria-label="{words.documents}">{steps[0]}<span>{told}</span>{steps[1]}</nav>'
