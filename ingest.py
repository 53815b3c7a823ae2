"""`python ingest.py [PATHS…]`: make the index follow the notes and documents below the given paths.

Exit codes: 0 done; 1 done, but files were refused; 2 not done; 130 interrupted.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from assistant import fetching, listing, refusals, reports
from assistant.arguments import OneLineParser
from assistant.documents import Limits
from assistant.encoder import identify, import_ahead, open_encoder
from assistant.errors import AssistantError, BadUseError, IndexError_, RefusedError, SourceError
from assistant.generations import live_generation
from assistant.ingesting import ingest, known_files, remove
from assistant.settings import Settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from assistant.datatypes import Encoder, EncoderIdentity
    from assistant.outcomes import IngestReport, Outcome
    from assistant.outcomes import Progress as Told

_MANY_TEXTS = 1_000
"""From this many texts on, embedding takes so long that it is said beforehand."""
_MANY_FILES = 5
_SHOWN_FAULTS = 20
_WIDE = 240
"""Columns of a table that goes to a file or another program."""
_ROWS = (
    "sources",
    "passages",
    "new",
    "updated",
    "unchanged",
    "duplicates",
    "removed",
    "refused",
    "embedded",
    "seconds",
)
_SHOWN_FILES = 30
"""So many files are shown one by one; of more, those that were refused."""
_COLUMNS = ("file", "state", "id", "reason")
_PHASES = {"reading": ("Reading", "files"), "embedding": ("Embedding", "texts")}


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit code."""
    try:
        options = _parser().parse_args(arguments)
        settings = Settings.from_env(os.environ, Path.cwd())
        if options.list and (options.paths or options.remove or options.rebuild or options.reread):
            raise BadUseError("--list shows the whole index: it takes no paths, and only --json beside it.")
        if options.list:
            return _list(settings.data_dir, as_json=options.json)
        work = _work(options, settings)
    except AssistantError as error:
        return _end(str(error), 2)
    return run(
        work,
        as_json=options.json,
        report=options.report,
        keep=lambda done: None if options.remove else _keep(settings.data_dir, done),
    )


def run(
    work: Callable[[Told], IngestReport],
    *,
    as_json: bool,
    report: Path | None = None,
    keep: Callable[[IngestReport], object] = lambda done: None,
) -> int:
    """Do the work under a progress bar, keep and show what came of it; returns the exit code."""
    try:
        with _progress_bar() as progress:
            done = work(progress)
        keep(done)
        if report is not None:
            _write_report(report, done)
    except AssistantError as error:
        return _end(str(error), 2)
    except KeyboardInterrupt:
        return _end("Interrupted: the index that was in use stays in use; the next ingest goes on here.", 130)
    if as_json:
        sys.stdout.write(json.dumps(_as_json(done), ensure_ascii=True) + "\n")
    else:
        _show(done)
    return 1 if done.faults else 0


def _keep(data_dir: Path, done: IngestReport) -> None:
    """Keep the report for the screen."""
    reports.keep(data_dir, reports.report_of(done))


def _work(options: argparse.Namespace, settings: Settings) -> Callable[[Told], IngestReport]:
    """What the command line asks for, still to be done.

    Raises:
        AssistantError: it cannot be done as asked.
    """
    if options.remove and (options.rebuild or options.reread or options.paths):
        raise BadUseError("--remove takes ids, and neither paths nor --rebuild or --reread beside it.")
    if options.reread and not options.paths:
        raise BadUseError("--reread takes the paths to read again; --rebuild reads all.")
    identity = identify(settings.encoder, settings.data_dir)
    opener = partial(_open_encoder, settings)
    if options.remove:
        return partial(_remove, options.remove, settings.data_dir, identity, opener)
    limits = replace(Limits(), max_bytes=settings.max_file_mb * 1_000_000)

    def work(progress: Told) -> IngestReport:
        paths = [Path(path) for path in options.paths if not fetching.is_address(path)]
        if not options.paths:
            paths = (known_files(settings.data_dir) if options.rebuild else []) or [settings.corpus_dir]
        with ExitStack() as waiting:
            fetched, refused = _fetched(options.paths, settings, limits, waiting)
            return ingest(
                paths,
                settings.data_dir,
                identity,
                opener,
                progress,
                limits=limits,
                afresh=options.rebuild,
                again=options.reread,
                fetched=fetched,
                refused=refused,
            )

    return work


def _remove(
    ids: Sequence[str],
    data_dir: Path,
    identity: EncoderIdentity,
    opener: Callable[[], Encoder],
    progress: Told,
) -> IngestReport:
    # The report first: whatever happens after that, it does not name what is gone.
    reports.forget(data_dir, ids)
    return remove(ids, data_dir, identity, opener, progress)


def _fetched(
    given: Sequence[str], settings: Settings, limits: Limits, waiting: ExitStack
) -> tuple[list[fetching.Fetched], dict[str, RefusedError]]:
    """What came from the addresses that are given, closed with `waiting`; and why from some nothing did."""
    fetched: list[fetching.Fetched] = []
    refused: dict[str, RefusedError] = {}
    for url in filter(fetching.is_address, given):
        try:
            allowed = settings.private_urls
            found = fetching.fetch(url, settings.data_dir, limits.max_bytes, limits.seconds, private=allowed)
            waiting.enter_context(found.content)
            fetched.append(found)
        except RefusedError as reason:
            refused[fetching.shown(url)] = reason
    return fetched, refused


def _open_encoder(settings: Settings) -> Encoder:
    try:
        first = live_generation(settings.data_dir) is None
    except IndexError_:
        first = True
    if first:
        # Everything will have to be embedded: the import may as well go on while the notes are cut.
        import_ahead()
    return open_encoder(settings.encoder, settings.data_dir)


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="ingest.py",
        description="Read notes and documents, and make the index that answers are given from.",
        epilog="Notes are Markdown with the front matter of a note; documents are PDF, DOCX, ODT, PPTX, XLSX,"
        " CSV, HTML, Markdown and text. NAME.yaml beside a document describes it.",
    )
    default = "files, folders, or addresses (https://…); without any, the corpus folder of the settings"
    parser.add_argument("paths", nargs="*", metavar="PATH", help=default)
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    parser.add_argument("--report", type=Path, metavar="FILE.csv", help="also write what became of each file")
    parser.add_argument("--list", action="store_true", help="list what the index holds, and do nothing")
    parser.add_argument("--reread", action="store_true", help="read these paths again, also where unchanged")
    parser.add_argument("--remove", nargs="+", metavar="ID", help="take these out of the index, completely")
    parser.add_argument(
        "--rebuild", action="store_true", help="read and embed all files anew, as if for the first time"
    )
    return parser


def _list(data_dir: Path, *, as_json: bool) -> int:
    listed = listing.read(data_dir)
    if as_json:
        records = [listing.as_json(item) for item in listed]
        sys.stdout.write(json.dumps(records, ensure_ascii=True) + "\n")
        return 0
    table = Table("id", "what", "title", "date", "passages", "file")
    for column in table.columns:
        column.overflow = "fold"  # an id or a path that is cut off is of no use
    table.columns[0].no_wrap = True
    for item in listed:
        what = f"copy of {item.copy_of}" if item.copy_of else "note" if item.is_note else "document"
        table.add_row(
            item.source.id, what, item.source.title, item.source.date, str(item.passages), item.path
        )
    wide = None if sys.stdout.isatty() else _WIDE
    Console(markup=False, highlight=False, width=wide).print(table)
    return 0


@contextmanager
def _progress_bar() -> Iterator[Told]:
    """Bars on stderr that appear with the first report; one line a phase where stderr is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _announce
        return
    columns = (
        TextColumn("{task.description:9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[things]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        tasks = {
            phase: bar.add_task(name, total=None, visible=False, things=things)
            for phase, (name, things) in _PHASES.items()
        }
        yield lambda phase, done, total: bar.update(tasks[phase], completed=done, total=total, visible=True)


def _announce(phase: str, done: int, total: int) -> None:
    """Say on stderr what is about to be done; later reports add nothing, as a log is not to grow."""
    if phase == "reading" and done == 1 and total >= _MANY_FILES:
        sys.stderr.write(f"Reading {total:,} files.\n")
    elif phase == "embedding" and not done:
        time = "; this takes about a minute for every 4,000" if total >= _MANY_TEXTS else ""
        sys.stderr.write(f"Embedding {total:,} text{'s' if total > 1 else ''}{time}.\n")
    sys.stderr.flush()


def _show(report: IngestReport) -> None:
    for sentence in report.faults[:_SHOWN_FAULTS]:
        sys.stderr.write(sentence.encode("utf-8", "backslashreplace").decode() + "\n")
    if len(report.faults) > _SHOWN_FAULTS:
        left = len(report.faults) - _SHOWN_FAULTS
        sys.stderr.write(f"… and {left:,} more; --report FILE.csv lists what became of each file.\n")
    _show_files([outcome for outcome in report.files if outcome.state != "refused"])
    table = Table(show_header=False)
    for name in _ROWS:
        value = getattr(report, name)
        table.add_row(name, f"{value:.1f}" if isinstance(value, float) else str(value))
    Console().print(table)


def _show_files(outcomes: Sequence[Outcome]) -> None:
    """What became of files that were not refused, unless it is a long list, or nothing but the same."""
    if all(outcome.state == "unchanged" for outcome in outcomes):
        return
    if len(outcomes) > _SHOWN_FILES:
        sys.stdout.write(f"--report FILE.csv lists what became of each of these {len(outcomes):,} files.\n")
        return
    table = Table(*_COLUMNS)
    for column in table.columns:
        column.overflow = "fold"
    for outcome in outcomes:
        table.add_row(*(cell.encode("utf-8", "backslashreplace").decode() for cell in _row(outcome)))
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else _WIDE).print(table)


def _as_json(report: IngestReport) -> dict[str, Any]:
    numbers = {name: getattr(report, name) for name in _ROWS}
    files = [dict(zip(_COLUMNS, _row(outcome), strict=True)) for outcome in report.files]
    return numbers | {
        "faults": list(report.faults),
        "generation": report.generation,
        "switched": report.switched,
        "files": files,
    }


def _row(outcome: Outcome) -> tuple[str, str, str, str]:
    """What became of one file, as `_COLUMNS` names it."""
    reason = f"the same text as {outcome.detail}" if outcome.state == "duplicate" else ""
    if outcome.state == "removed" and outcome.detail:
        reason = f"the same text is still in the index, from {outcome.detail}"
    if isinstance(outcome.reason, SourceError):
        reason = " ".join(outcome.reason.faults)
    elif outcome.reason is not None:
        reason = refusals.sentence(outcome.reason, "en")
    return outcome.path, outcome.state, outcome.id, reason


def _write_report(path: Path, report: IngestReport) -> None:
    try:
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            writer.writerows(_harmless(_row(outcome)) for outcome in report.files)
    except OSError as error:
        raise BadUseError(
            f"{path} cannot be written: {error.strerror}; the ingest itself is done."
        ) from error


def _harmless(row: tuple[str, ...]) -> list[str]:
    """Cells that no spreadsheet takes for a formula."""
    return [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell for cell in row]


def _end(sentence: str, code: int) -> int:
    sys.stderr.write(sentence + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
