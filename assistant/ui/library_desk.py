"""What happens when a visitor uses the library; without Gradio and without a browser.

A `LibraryDesk` belongs to one page in one language; the work itself is shared by all pages.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assistant.errors import AssistantError, BadUseError, RefusedError
from assistant.library import Arrived
from assistant.reports import Report
from assistant.ui import shelf
from assistant.ui.corrections import filled
from assistant.ui.inbox import Inbox, discard
from assistant.ui.library_document import Opened, document_html
from assistant.ui.library_view import (
    adding_html,
    list_html,
    message_html,
    phase_words,
    progress_html,
    report_counts,
    report_html,
    tools_html,
)
from assistant.ui.shelf import Query
from assistant.ui.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assistant.library import Library
    from assistant.listing import Item
    from assistant.outcomes import IngestReport, Progress
    from assistant.ui.texts import Texts
    from assistant.ui.warmup import WarmUp
    from assistant.ui.work import Action, Job

_log = logging.getLogger(__name__)

INBOX = "inbox"
STEP_S = 0.25
"""Time between two looks at how far the work is."""


@dataclass(slots=True)
class Visit:
    """What one visitor looks at: their choice of the list. Held in a `gr.State`."""

    query: Query = field(default_factory=Query)


@dataclass(frozen=True, slots=True)
class Shown:
    """What changes on the screen, as HTML; None leaves a part as it is. `said` is read aloud."""

    tools: str | None = None
    listed: str | None = None
    work: str | None = None
    detail: str | None = None
    said: str | None = None


@dataclass(frozen=True, slots=True)
class LibraryDesk:
    """The handlers of the library on one page."""

    library: Library
    work: Work
    inbox: Inbox
    warm_up: WarmUp
    texts: Texts

    def adding(self) -> str:
        """The part where files are added."""
        return adding_html(self.inbox.key, self.inbox.max_bytes, self.texts)

    def opening(self, visit: Visit) -> Iterator[Shown]:
        """The list and the latest report; what is being done at this moment is followed to its end."""
        job = self.work.to_tell
        yield replace(self._lists(visit), work=self._report(opened=False))
        if job:
            yield from self._followed(job)
            yield replace(self._lists(visit), work=self._ended(job))

    def seek(self, visit: Visit, told: Mapping[str, str]) -> Shown:
        """Search, sort or filter the list; what is not told is not filtered on."""
        words, place, theme, kind, year, state, order = (
            told.get(name, "")[:200] for name in ("words", "place", "theme", "kind", "year", "state", "order")
        )
        known = order if order in shelf.ORDERS else shelf.ORDERS[0]
        visit.query = Query(words, place, theme, kind, year, state, known)
        return Shown(listed=self._listed(visit))

    def leaf(self, visit: Visit, page: int) -> Shown:
        """Another page of the list."""
        visit.query = replace(visit.query, page=page)
        return Shown(listed=self._listed(visit))

    def clear_choice(self, visit: Visit) -> Shown:
        """The whole list."""
        visit.query = Query(order=visit.query.order)
        return self._lists(visit)

    def look(self, id_: str) -> Shown:
        """Open a document."""
        return Shown(detail=self._detail(id_))

    def doubt(self, id_: str) -> Shown:
        """Ask whether to remove a document."""
        return Shown(detail=self._detail(id_, removing=True))

    def leave(self) -> Shown:
        """Back to the list."""
        return Shown(detail="")

    def sent(self, visit: Visit, batch: str, lost: str = "") -> Iterator[Shown]:
        """Take in the files of a batch; `lost` names those that did not arrive, one a line."""
        files = (*self.inbox.take(batch), *(_lost(name) for name in lost.split("\n") if name))
        if not files:
            yield self._failed(self.texts.library.nothing_sent)
            return
        job = self.work.begin("add", lambda progress: self._add(files, progress))
        if job is None:
            discard(files)
            yield self._failed(self.texts.library.busy)
            return
        yield from self._followed(job)
        said = report_counts(job.result, self.texts) if isinstance(job.result, Report) else None
        yield replace(self._lists(visit), work=self._ended(job), said=said)

    def store(self, visit: Visit, id_: str, told: Mapping[str, str]) -> Iterator[Shown]:
        """Correct the metadata of a document, unless a field is not right."""
        item = self._item(id_)
        if item is None or item.is_note:
            yield Shown(detail=self._detail(id_))
            return
        form, words = filled(told, item.source), self.texts.library
        if form.wrong:
            opened = replace(self._opened(item), form=form, message=words.wrong_some, bad=True)
            yield Shown(detail=document_html(opened, self.texts))
            return
        if not form.fields:
            yield Shown(detail=self._detail(id_, message=words.unchanged))
            return
        # What was typed stays on the screen while the work goes on, and when it fails.
        typed = replace(self._opened(item), form=form)
        yield from self._done(
            visit, "correct", lambda progress: self.library.correct(id_, form.fields, progress), typed
        )

    def reread(self, visit: Visit, id_: str) -> Iterator[Shown]:
        """Read a document again from its file."""
        item = self._item(id_)
        if item is None:
            yield Shown(detail=self._detail(id_))
            return
        yield from self._done(
            visit, "reread", lambda progress: self.library.read_again(id_, progress), self._opened(item)
        )

    def discard(self, visit: Visit, id_: str) -> Iterator[Shown]:
        """Remove a document, for good."""
        item = self._item(id_)
        if item is None:
            yield Shown(detail=self._detail(id_))
            return
        same = self._same(item)
        job = self.work.begin("remove", lambda progress: self.library.remove(id_, progress))
        if job is None:
            yield Shown(detail=self._detail(id_, message=self.texts.library.busy, bad=True))
            return
        yield from self._followed(job)
        if job.problem:
            told = self.texts.library.problem(job.problem)
            yield Shown(detail=self._detail(id_, message=told, bad=True), work=self._report(opened=False))
            return
        gone = self.texts.library.removed.format(title=item.source.title) + self._stays(same)
        done = message_html(gone) + self._report(opened=False)
        yield replace(self._lists(visit), work=done, detail="", said=gone)

    def _add(self, files: tuple[Arrived, ...], progress: Progress) -> Report:
        try:
            return self.library.add(files, progress)
        finally:
            discard(files)

    def _done(
        self,
        visit: Visit,
        action: Action,
        task: Callable[[Progress], Report | IngestReport],
        typed: Opened,
    ) -> Iterator[Shown]:
        """Do something with one document that stays open, and tell there what came of it."""
        words = self.texts.library
        job = self.work.begin(action, task)
        if job is None:
            opened = replace(typed, message=words.busy, bad=True)
            yield Shown(detail=document_html(opened, self.texts))
            return
        yield from self._followed(job)
        if job.problem:
            opened = replace(typed, message=words.problem(job.problem), bad=True)
            yield Shown(detail=document_html(opened, self.texts), work=self._report(opened=False))
            return
        message, bad = self._came_of(job, typed.item.path)
        detail = self._detail(typed.item.source.id, message=message, bad=bad)
        yield replace(self._lists(visit), work=self._report(opened=False), detail=detail, said=message)

    def _came_of(self, job: Job, path: str) -> tuple[str, bool]:
        """What a correction or reading of that file led to, and whether that is bad."""
        words = self.texts.library
        states = {each.state for each in getattr(job.result, "files", ()) if each.path == path}
        if "refused" in states:
            return words.refused, True
        if job.action == "correct":
            return words.saved, False
        return (words.read_same if states == {"unchanged"} else words.read_new), False

    def _followed(self, job: Job) -> Iterator[Shown]:
        """The progress of a job until it ends; every phase is said once."""
        shown = said = ""
        while True:
            progress = progress_html(job, self.texts)
            if progress != shown and job.running:
                phase = self.texts.library.working[job.action] if not said else phase_words(job, self.texts)
                tell = phase if job.phase != said else None
                shown, said = progress, job.phase
                yield Shown(work=progress, said=tell)
            if job.wait(STEP_S):
                return

    def _ended(self, job: Job) -> str:
        """What stands where the progress stood: the report, or why there is none."""
        if job.problem:
            words = self.texts.library
            told = words.not_resumed if job.action == "resume" else words.problem(job.problem)
            return message_html(told, bad=True)
        if job.action == "add" and self._items():
            # Something was embedded and went live, so what was missing for answering is there.
            self.warm_up.succeeded_after_all()
        return self._report(opened=job.action == "add")

    def _failed(self, message: str) -> Shown:
        running = self.work.current
        below = progress_html(running, self.texts) if running else self._report(opened=False)
        return Shown(work=message_html(message, bad=True) + below)

    def _report(self, *, opened: bool) -> str:
        report = self.library.latest_report()
        titles = {item.path: item.source.title for item in self._items() or ()}
        return report_html(report, titles, self.texts, opened=opened)

    def _lists(self, visit: Visit) -> Shown:
        items = self._items()
        tools = tools_html(shelf.options(items or ()), visit.query, self.texts)
        return Shown(tools=tools, listed=self._listed(visit))

    def _listed(self, visit: Visit) -> str:
        items = self._items()
        if items is None:
            return message_html(self.texts.library.damaged, bad=True)
        names = {item.source.id: item.source.title for item in items}
        return list_html(shelf.leaf(items, visit.query), len(items), names, self.texts)

    def _items(self) -> list[Item] | None:
        """All documents; None when the index is damaged."""
        try:
            return self.library.documents()
        except AssistantError:
            return None

    def _item(self, id_: str) -> Item | None:
        try:
            return self.library.document(id_)
        except AssistantError:
            return None

    def _opened(self, item: Item) -> Opened:
        other = self._item(item.copy_of) if item.copy_of else None
        return Opened(item, self.library.is_uploaded(item), other.source.title if other else "")

    def _same(self, item: Item) -> str:
        """The title of another source with the same text, "" where there is none."""
        first = item.copy_of or item.source.id
        alike = (other for other in self._items() or () if first in (other.source.id, other.copy_of))
        return next((other.source.title for other in alike if other.source.id != item.source.id), "")

    def _stays(self, title: str) -> str:
        return f" {self.texts.library.same_stays.format(other=title)}" if title else ""

    def _detail(self, id_: str, *, message: str = "", bad: bool = False, removing: bool = False) -> str:
        item = self._item(id_)
        if item is None:
            gone = self.texts.library.problem(BadUseError(id_))
            return f'<section class="detail">{message_html(gone, bad=True)}</section>'
        opened = replace(self._opened(item), message=message, bad=bad, removing=removing)
        opened = replace(opened, same=self._same(item) if removing else "")
        return document_html(opened, self.texts)


def library_desks(library: Library, warm_up: WarmUp, every: Sequence[Texts]) -> dict[str, LibraryDesk]:
    """The library in several languages, by language: one at a time works on it, wherever they began."""
    work = Work()
    inbox = Inbox(library.data_dir / INBOX, library.limits.max_bytes, library.awaited())
    if library.is_interrupted():
        work.begin("resume", lambda progress: _resumed(library, warm_up, progress))
    return {texts.language: LibraryDesk(library, work, inbox, warm_up, texts) for texts in every}


def _resumed(library: Library, warm_up: WarmUp, progress: Progress) -> Report | None:
    """Finish what was asked when the app was killed, once the model has been loaded."""
    warm_up.wait()
    try:
        report = library.resume(progress)
    except AssistantError as error:
        # Its sentence may name a document; the log is not to.
        _log.warning("What was not finished could not be finished: %s.", type(error).__name__)
        raise
    if library.documents():
        warm_up.succeeded_after_all()
    return report


def _lost(name: str) -> Arrived:
    return Arrived(name, reason=RefusedError("lost"))
