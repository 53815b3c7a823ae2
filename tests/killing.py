"""Ingests that are killed: the means of `tests/test_kill.py` and `benchmarks/crash.py`.

Run as a program, this is a server that has imported all that an ingest needs and forks a child for each
request, so that a kill hits the ingest and not the imports. A request is a line of JSON on stdin: folder of
notes, data directory, and after how many seconds the child is killed (null for never). The answer is a line
too: how many seconds the child lived, and its wait status.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import building, generations, originals
from assistant.dutch import analyse
from assistant.index import open_live
from assistant.ingesting import ingest
from tests.fakes import FakeEncoder
from tests.samples import body_of, write_note, write_notes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.datatypes import EncoderIdentity

REPO = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Kill:
    """One round: how long the ingest lived, whether it was killed, whether it had gone live by then."""

    lived_s: float
    killed: bool
    went_live: bool


class Server:
    """The forking server, as seen by who orders the kills."""

    def __init__(self) -> None:
        """Start it; the first request waits for its imports."""
        command = [sys.executable, "-m", "tests.killing"]
        self._process = subprocess.Popen(
            command, cwd=REPO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def run(self, notes: Path, data_dir: Path, kill_after_s: float | None = None) -> tuple[float, bool]:
        """Ingest in a child; (seconds it lived, whether it was killed)."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(notes), str(data_dir), kill_after_s]) + "\n")
        seconds, status = json.loads(self._process.stdout.readline())
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert killed or status == 0, f"the ingest ended by itself with status {status}"
        return seconds, killed

    def close(self) -> None:
        """End the server."""
        self._process.communicate()


def kills(folder: Path, count: int, seed: int, *, cut: bool = False) -> Iterator[Kill]:
    """Kill `count` ingests at random moments; each time the live index must answer, the next must succeed.

    With `cut`, what the killed ingest had not yet forced to disk is cut off somewhere too, as by a power cut.

    Raises:
        AssertionError: it did not.
    """
    notes, data_dir = folder / "notes", folder / "data"
    encoder = FakeEncoder()
    chance = random.Random(seed)
    paths = write_notes(notes, 5)
    paths += [write_document(notes, f"stuk-{number}") for number in range(5)]
    ingest([notes], data_dir, encoder.identity, lambda: encoder)
    with closing(Server()) as server:
        duration_s = 0.0
        for number in range(-1, count):
            name = paths[number % len(paths)].stem
            before = check_live(data_dir, encoder.identity)
            write = write_note if name.startswith("wijk") else write_document
            write(notes, name, body_of(name, f"Dit is ronde {number}."))
            if number < 0:
                duration_s, _ = server.run(notes, data_dir)
                continue
            lived_s, killed = server.run(notes, data_dir, chance.uniform(0, 1.1 * duration_s))
            duration_s = duration_s if killed else lived_s
            if cut and killed:
                cut_power(data_dir, chance)
            after = check_live(data_dir, encoder.identity)
            report = ingest([notes], data_dir, encoder.identity, lambda: encoder)
            wanted = check_live(data_dir, encoder.identity)
            check_no_leftovers(data_dir)
            assert report.sources == len(paths)
            assert f"ronde {number}." in wanted[name]
            assert after in (before, wanted), "what answered was neither the state before nor the one after"
            yield Kill(lived_s, killed, after != before)


def write_document(folder: Path, name: str, body: str | None = None) -> Path:
    """Write a document, which is no note, into `folder`; its path."""
    path = folder / f"{name}.txt"
    path.write_text(body_of(name) if body is None else body, encoding="utf-8")
    return path


def cut_power(data_dir: Path, chance: random.Random) -> None:
    """Cut files off at random lengths, or leave zeros in them: those that nothing relies on yet."""
    live = generations.live_generation(data_dir) or "none"
    parts = [data_dir / "generations", data_dir / "unfinished"]
    files = sorted(path for part in parts for path in part.rglob("*") if path.is_file())
    for path in files:
        if live in path.parts or (path.parent / "manifest.json").exists() or chance.random() < 0.3:
            continue
        size = path.stat().st_size
        with path.open("r+b") as file:
            left = chance.randint(0, size)
            file.truncate(left)
            if chance.random() < 0.5:
                file.truncate(size)  # the rest reads as zeros


def check_live(data_dir: Path, identity: EncoderIdentity) -> dict[str, str]:
    """Ask the live generation for every passage, by vector and by words; the text of each of its sources."""
    with closing(open_live(data_dir, identity)) as index:
        for source_id, ids in index.passage_ids.items():
            passages = index.passages(ids)
            vectors = index.vectors(ids)
            for passage, vector in zip(passages, vectors, strict=True):
                assert index.dense(vector, 1, None)[0][1] > 0.999
                grams = analyse(index.sources[source_id].text[passage.start : passage.end]).grams
                found = index.words({"grams": dict.fromkeys(grams, 1.0)}, len(ids), [source_id])
                assert passage.id in dict(found)
        for source in index.sources.values():
            assert not source.file or originals.locate(data_dir, source.file).stat().st_size > 0
        return {id_: source.text for id_, source in index.sources.items()}


def check_no_leftovers(data_dir: Path) -> None:
    """Only the live generation and at most one before it are there, both complete, and nothing else."""
    names = sorted(path.name for path in (data_dir / "generations").iterdir())
    assert len(names) <= 2
    assert names[-1] == generations.live_generation(data_dir)
    assert all((data_dir / "generations" / name / "manifest.json").is_file() for name in names)
    names = sorted(path.name for path in data_dir.iterdir() if path.name != "originals")
    assert names == ["CURRENT", "generations", "ingest.lock"]


def _serve() -> None:
    assert building  # imported here, so that no child has to
    encoder = FakeEncoder()
    for line in sys.stdin:
        notes, data_dir, kill_after_s = json.loads(line)
        started = time.perf_counter()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                ingest([Path(notes)], Path(data_dir), encoder.identity, lambda: encoder)
                status = 0
            finally:
                os._exit(status)
        ended, status = 0, 0
        while not ended:
            if kill_after_s is not None and time.perf_counter() - started > kill_after_s:
                os.kill(child, signal.SIGKILL)  # at worst it has ended and waits to be asked for its status
            time.sleep(0.001)
            ended, status = os.waitpid(child, os.WNOHANG)
        sys.stdout.write(json.dumps([time.perf_counter() - started, status]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
