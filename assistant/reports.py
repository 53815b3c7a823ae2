"""What became of the files of the latest ingest: `report.json` in the data directory, for the screen."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from assistant import files
from assistant.errors import IndexError_, RefusedError, SourceError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from assistant.outcomes import IngestReport, Outcome, State

_NAME = "report.json"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file; `detail` is the path of the other file where it is a duplicate.

    A refused one has the `code` (and the `about` of it) of its reason, see `assistant.refusals`; a note that
    breaks the rules has its `faults` instead.
    """

    path: str
    state: State
    id: str = ""
    detail: str = ""
    code: str = ""
    about: str = ""
    faults: tuple[str, ...] = ()

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """The report on an outcome of an ingest."""
        reason = outcome.reason
        return cls(
            path=outcome.path,
            state=outcome.state,
            id=outcome.id,
            detail=outcome.detail,
            code=reason.code if isinstance(reason, RefusedError) else "",
            about=reason.detail if isinstance(reason, RefusedError) else "",
            faults=reason.faults if isinstance(reason, SourceError) else (),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest did: `at` is when it ended (ISO 8601, UTC), `lost` what could not be taken over."""

    at: str
    seconds: float
    files: tuple[FileReport, ...]
    lost: tuple[str, ...] = ()


def report_of(done: IngestReport) -> Report:
    """The report on an ingest that ended just now."""
    return Report(now(), done.seconds, tuple(FileReport.of(outcome) for outcome in done.files), done.lost)


def now() -> str:
    """This moment as `Report.at` has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def keep(data_dir: Path, report: Report) -> None:
    """Keep a report as that of the latest ingest.

    Raises:
        IndexError_: it cannot be written.
    """
    path = data_dir / _NAME
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        files.replace(path, json.dumps(asdict(report), ensure_ascii=True) + "\n")
    except OSError as error:
        raise IndexError_(f"{path} cannot be written: {error.strerror}.") from error


def forget(data_dir: Path, ids: Collection[str]) -> None:
    """Leave sources that were removed out of the report that is kept; raises IndexError_ as `keep`."""
    files.draft(data_dir / _NAME).unlink(missing_ok=True)  # a killed writer may have left one
    report = latest(data_dir)
    if report is None:
        return
    gone = {each.path for each in report.files if each.id in ids}
    left = tuple(
        replace(each, detail="") if each.detail in gone else each
        for each in report.files
        if each.path not in gone
    )
    if left != report.files:
        keep(data_dir, replace(report, files=left))


def latest(data_dir: Path) -> Report | None:
    """The report of the latest ingest; None where there was none, or where it cannot be read."""
    try:
        raw: dict[str, Any] = json.loads((data_dir / _NAME).read_text(encoding="utf-8"))
        files = tuple(FileReport(**(each | {"faults": tuple(each["faults"])})) for each in raw["files"])
        return Report(raw["at"], raw["seconds"], files, tuple(raw["lost"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
