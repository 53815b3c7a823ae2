"""What the screen may do with documents: add, correct, read again, remove; each is an ingest of its own.

Files that are sent are kept in the data directory and ingested from there, as from any folder.
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assistant import generations, ingesting, listing, reports, underway
from assistant.documents import check_name, check_size, check_suffix
from assistant.errors import BadUseError, IndexError_, IndexMissingError, RefusedError
from assistant.reports import FileReport, Report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.datatypes import Encoder
    from assistant.documents import Limits
    from assistant.listing import Item
    from assistant.outcomes import IngestReport, Progress

_LONGEST_NAME = 200
"""Bytes; file systems take 255, and drafts have a longer name."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that was sent, under the name it had there: where it is now, or why it is not here."""

    name: str
    path: Path | None = None
    reason: RefusedError | None = None


@dataclass(frozen=True, slots=True)
class Library:
    """The documents in the index below `data_dir`; `encoder` is the one that the app answers with."""

    data_dir: Path
    encoder: Encoder
    limits: Limits
    _held: dict[str, list[Item]] = field(default_factory=dict, repr=False, compare=False)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def documents(self) -> list[Item]:
        """All sources, notes included, in the order of their ids, without their texts; none without an index.

        Raises:
            IndexError_: the index is damaged.
        """
        generation = generations.live_generation(self.data_dir)
        if generation is None:
            return []
        with self._lock:
            if generation not in self._held:
                held = _listed(self.data_dir)
                self._held.clear()
                self._held[generation] = held
            return self._held[generation]

    def document(self, id_: str) -> Item:
        """The source with that id.

        Raises:
            BadUseError: there is none (any more).
        """
        for item in self.documents():
            if item.source.id == id_:
                return item
        raise BadUseError(f"There is no source {id_!r} in the index.")

    def is_uploaded(self, item: Item) -> bool:
        """Whether its file was sent to the app, so that it goes when the source is removed."""
        return ingesting.is_own(self.data_dir, Path(item.path))

    def latest_report(self) -> Report | None:
        """What became of the files of the latest ingest; None where that is not known."""
        return reports.latest(self.data_dir)

    def add(self, files: Sequence[Arrived], progress: Progress) -> Report:
        """Take in files that were sent; they are moved from where they are, and a refused one is not kept.

        A file of the same name that was sent before is replaced, unless the new one is refused.

        Raises:
            AssistantError: as `ingesting.ingest`; then no file is kept, and the index is as it was.
        """
        refused: list[FileReport] = []
        accepted: dict[str, Path] = {}
        for each in files:
            name = unicodedata.normalize("NFC", each.name)
            try:
                path = self._checked(name, each)
                if name in accepted:
                    raise RefusedError("twice")
                accepted[name] = path
            except RefusedError as reason:
                refused.append(FileReport(name, "refused", code=reason.code, about=reason.detail))
        report = Report(reports.now(), 0.0, ())
        if accepted:
            report = reports.report_of(self._ingest((), progress, sent=accepted))
        report = replace(report, files=(*report.files, *refused))
        reports.keep(self.data_dir, report)
        return report

    def correct(self, id_: str, fields: Mapping[str, Any], progress: Progress) -> IngestReport:
        """Correct the metadata of a document.

        Raises:
            BadUseError: there is no such document, it is a note, its file is gone, or a value is not allowed.
            AssistantError: as `ingesting.ingest`.
        """
        item = self.document(id_)
        if item.is_note:
            raise BadUseError(f"{id_} is a note: correct it in its file.")
        _still_there(item)
        return self._ingest((), progress, corrected={id_: fields})

    def read_again(self, id_: str, progress: Progress) -> Report:
        """Read a source again from its file, whether that has changed or not.

        Raises:
            BadUseError: there is no such source, or its file is gone.
            AssistantError: as `ingesting.ingest`.
        """
        report = reports.report_of(self._ingest([_still_there(self.document(id_))], progress, again=True))
        reports.keep(self.data_dir, report)
        return report

    def remove(self, id_: str, progress: Progress) -> None:
        """Remove a source with all that was made of it; raises as `ingesting.remove`."""
        # The report first: whatever happens after that, it does not name what is gone.
        reports.forget(self.data_dir, {id_})
        ingesting.remove([id_], self.data_dir, self.encoder.identity, lambda: self.encoder, progress)

    def resume(self, progress: Progress) -> Report | None:
        """Do what was asked when the app was killed, if anything was; raises as `ingesting.ingest`."""
        done = ingesting.resume(
            self.data_dir, self.encoder.identity, lambda: self.encoder, progress, limits=self.limits
        )
        if done is None:
            return None
        report = reports.report_of(done)
        if report.files:
            reports.keep(self.data_dir, report)
        return report

    def is_interrupted(self) -> bool:
        """Whether something was asked and not done, because the app was killed."""
        try:
            return bool(underway.read(self.data_dir))
        except IndexError_:
            return True

    def awaited(self) -> frozenset[Path]:
        """Files that were sent and that the app, when it was killed, had still to move; absolute."""
        with suppress(IndexError_):
            return frozenset(map(Path, underway.read(self.data_dir).sent.values()))
        return frozenset()

    def _checked(self, name: str, file: Arrived) -> Path:
        """Where a file is that may be taken in.

        Raises:
            RefusedError: it may not.
        """
        if file.reason or file.path is None:
            raise file.reason or RefusedError("unreadable")
        check_name(name)
        if "/" in name or "\\" in name or name.startswith(".") or len(name.encode()) > _LONGEST_NAME:
            raise RefusedError("unsafe_name")
        check_suffix(Path(name).suffix.lower())
        check_size(file.path.stat().st_size, self.limits.max_bytes)
        return file.path

    def _ingest(
        self,
        paths: Sequence[Path],
        progress: Progress,
        *,
        again: bool = False,
        sent: Mapping[str, Path] = MappingProxyType({}),
        corrected: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    ) -> IngestReport:
        return ingesting.ingest(
            paths,
            self.data_dir,
            self.encoder.identity,
            lambda: self.encoder,
            progress,
            limits=self.limits,
            again=again,
            sent=sent,
            corrected=corrected,
        )


def _listed(data_dir: Path) -> list[Item]:
    try:
        items = listing.read(data_dir)
    except IndexMissingError:
        return []
    return [replace(item, source=replace(item.source, text="")) for item in items]


def _still_there(item: Item) -> Path:
    path = Path(item.path)
    if not path.is_file():
        raise BadUseError(f"{path}, which {item.source.id} was read from, is gone.")
    return path
