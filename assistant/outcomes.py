"""What an ingest tells: how far it is, and in the end what became of each file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from assistant import refusals
from assistant.errors import RefusedError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    Progress = Callable[[Literal["reading", "embedding"], int, int], None]
    """Told a phase, how many files or texts of it are done, and how many there are."""

State = Literal["added", "updated", "unchanged", "duplicate", "refused", "removed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file, or of an address that could not be fetched.

    `id` is that of its source, "" when it was refused. `detail` is the path of the other file for a
    duplicate, and for a removed one that of another with the same text, which stays. A refused file has a
    `reason`; its sentences are those of `assistant.refusals`, or, for a note, the faults that were found.
    """

    path: str
    state: State
    id: str = ""
    detail: str = ""
    reason: RefusedError | SourceError | None = None


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest found and did.

    `sources` and `passages` are what the index now holds; `new`, `updated`, `unchanged`, `removed`,
    `duplicates` and `refused` count files below the given paths; `files` has the outcome of each; `faults`
    has a sentence per fault of a refused one; `lost` those of them on sources that could not be
    taken over; `embedded` counts texts. `generation` is the live one, empty
    when there is none; `switched` tells whether this ingest made it.
    """

    sources: int
    passages: int
    new: int
    updated: int
    unchanged: int
    duplicates: int
    removed: int
    refused: int
    faults: tuple[str, ...]
    embedded: int
    seconds: float
    generation: str
    switched: bool
    files: tuple[Outcome, ...] = ()
    lost: tuple[str, ...] = ()


def joined(earlier: IngestReport | None, report: IngestReport) -> IngestReport:
    """The report with that of what was done before it."""
    if earlier is None:
        return report
    counted = ("new", "updated", "unchanged", "duplicates", "removed", "refused", "embedded", "seconds")
    sums = {name: getattr(earlier, name) + getattr(report, name) for name in counted}
    return replace(
        report,
        faults=earlier.faults + report.faults,
        lost=earlier.lost + report.lost,
        switched=earlier.switched or report.switched,
        files=earlier.files + report.files,
        **sums,
    )


def told_more(report: IngestReport, changed: Collection[str], heirs: Mapping[str, str]) -> IngestReport:
    """The report with the files that were read again and say something else, and who has a removed text."""
    outcomes = tuple(
        replace(
            outcome,
            state="updated" if outcome.state == "unchanged" and outcome.id in changed else outcome.state,
            detail=heirs.get(outcome.id, outcome.detail) if outcome.state == "removed" else outcome.detail,
        )
        for outcome in report.files
    )
    states = [outcome.state for outcome in outcomes]
    return replace(
        report, files=outcomes, updated=states.count("updated"), unchanged=states.count("unchanged")
    )


def sentences(path: str, error: RefusedError | SourceError) -> tuple[str, ...]:
    """Why the file at that path was refused, in English."""
    if isinstance(error, SourceError):
        return error.faults
    return (f"{path}: {refusals.sentence(error, 'en')}",)
