"""`python ingest.py [PATHS…] [--json]`: make the index follow the notes below the given paths.

Exit codes: 0 done; 1 done, but files were refused; 2 not done; 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from assistant.arguments import OneLineParser
from assistant.encoder import identify, import_ahead, open_encoder
from assistant.errors import AssistantError, IndexError_
from assistant.generations import live_generation
from assistant.ingesting import IngestReport, ingest
from assistant.settings import Settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from assistant.datatypes import Encoder, EncoderIdentity

_MANY_TEXTS = 1_000
"""From this many texts on, embedding takes so long that it is said beforehand."""
_ROWS = ("sources", "passages", "new", "updated", "unchanged", "removed", "refused", "embedded", "seconds")


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit code."""
    try:
        options = _parser().parse_args(arguments)
        settings = Settings.from_env(os.environ, Path.cwd())
        identity = identify(settings.encoder, settings.data_dir)
    except AssistantError as error:
        return _end(str(error), 2)
    paths = options.paths or [settings.corpus_dir]
    opener = partial(_open_encoder, settings)
    return run(paths, settings.data_dir, identity, opener, as_json=options.json)


def run(
    paths: Sequence[Path],
    data_dir: Path,
    identity: EncoderIdentity,
    opener: Callable[[], Encoder],
    *,
    as_json: bool,
) -> int:
    """Ingest as `assistant.ingesting.ingest` does, and show what came of it; returns the exit code."""
    try:
        with _progress_bar() as progress:
            report = ingest(paths, data_dir, identity, opener, progress)
    except AssistantError as error:
        return _end(str(error), 2)
    except KeyboardInterrupt:
        return _end("Interrupted: the index that was in use stays in use.", 130)
    if as_json:
        sys.stdout.write(json.dumps(asdict(report), ensure_ascii=False) + "\n")
    else:
        _show(report)
    return 1 if report.faults else 0


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
        description="Read practice notes (Markdown with front matter) and make the index to answer from.",
    )
    default = "folders with notes, or notes; without any, the corpus folder of the settings"
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help=default)
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    return parser


@contextmanager
def _progress_bar() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr that appears with the first report; one line where stderr is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _announce
        return
    columns = (
        TextColumn("Embedding"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("texts"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)


def _announce(done: int, total: int) -> None:
    """Say on stderr what is about to be embedded; later reports add nothing, as a log is not to grow."""
    if not done:
        time = "; this takes about a minute for every 4,000" if total >= _MANY_TEXTS else ""
        sys.stderr.write(f"Embedding {total:,} text{'s' if total > 1 else ''}{time}.\n")
        sys.stderr.flush()


def _show(report: IngestReport) -> None:
    for sentence in report.faults:
        sys.stderr.write(sentence + "\n")
    table = Table(show_header=False)
    values = asdict(report) | {"seconds": f"{report.seconds:.1f}"}
    for name in _ROWS:
        table.add_row(name, str(values[name]))
    Console().print(table)


def _end(sentence: str, code: int) -> int:
    sys.stderr.write(sentence + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
