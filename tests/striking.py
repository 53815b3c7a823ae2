"""The library, stopped at random moments: the means of `test_kill_library.py` and `benchmarks/crash.py`."""

from __future__ import annotations

import hashlib
import random
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import edits, generations, underway
from assistant.ingesting import ingest
from tests.killing import check_live, cut_power
from tests.samples import write_note
from tests.stepping import Server, act, library

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OLD = "Verslag van de oude wijk\n\nIn de oude wijk kostte de warmtecoach zesduizend euro per kwartaal.\n"
NEW = "Verslag van de nieuwe wijk\n\nIn de nieuwe wijk doet een klusbus het werk van de warmtecoach.\n"
OTHER = "Memo over een flat\n\nDe vereniging van eigenaars vergadert in maart over zonnepanelen op het dak.\n"
SECRET = "zesduizend euro"
WAYS: tuple[tuple[str, object], ...] = (
    ("add", {"nieuw.txt": NEW}),
    ("add", {"verslag.txt": NEW}),
    ("correct", ["verslag", {"publisher": "Bureau Anders"}]),
    ("remove", "verslag"),
)
"""What is asked of the library: a new file, one in the place of another, a correction, a removal."""
HOWS = ("kill", "power cut", "full disk")
NEXT = ("resume", "ingest", "add")


@dataclass(frozen=True, slots=True)
class Strike:
    """One round: what was asked, how it was stopped, and whether it is done after the next write."""

    what: str
    how: str
    is_done: bool


@dataclass
class Bench:
    """A data directory with two documents, one of them corrected, that can be set back; and what kills."""

    folder: Path
    server: Server

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def prepare(self) -> None:
        act(self.data, "add", {"verslag.txt": OLD, "memo.txt": OTHER})
        act(self.data, "correct", ["verslag", {"publisher": "Bureau Zesduizend"}])
        write_note(self.folder / "notities", "wijk-01")
        shutil.copytree(self.data, self.folder / "kept")

    def kills(self, what: str, given: object, every: slice = slice(None)) -> Iterator[int]:
        """Do it, each time killed at a later step; what answers then is old or new and whole."""
        self.reset()
        before = self.texts()
        steps = self.server.run(self.data, what, given)
        after = self.texts()
        for step in range(1, steps + 1)[every]:
            self.reset()
            self.server.run(self.data, what, given, step)
            assert self.texts() in (before, after), f"step {step}"
            yield step

    def reset(self) -> None:
        shutil.rmtree(self.data)
        shutil.copytree(self.folder / "kept", self.data)

    def texts(self) -> dict[str, str]:
        return check_live(self.data, library(self.data).encoder.identity)

    def uploads(self) -> dict[str, str]:
        folder = self.data / underway.UPLOADS
        return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}

    def holds(self, words: str) -> list[str]:
        files = (path for path in self.data.rglob("*") if path.is_file())
        return [str(path) for path in files if words.encode() in path.read_bytes()]

    def write_next(self, kind: str) -> None:
        """The next write, of one kind or another."""
        if kind == "resume":
            library(self.data).resume(lambda phase, done, total: None)
        elif kind == "ingest":
            encoder = library(self.data).encoder
            ingest([self.folder / "notities"], self.data, encoder.identity, lambda: encoder)
        elif kind == "remove":
            act(self.data, "remove", "memo")
        else:
            act(self.data, "add", {"memo.txt": OTHER})

    def check(self) -> None:
        """The index, the files that were sent, the edits and the rest agree, and nothing is left over."""
        live = generations.folder(self.data, generations.live_generation(self.data) or "")
        manifest = generations.read_manifest(live)
        assert manifest
        known = {Path(file.path).name: file.digest for file in manifest.files.values()}
        sent = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in self.uploads().items()}
        assert sent.items() == {name: known[name] for name in known if name != "wijk-01.md"}.items()
        assert edits.read(self.data).keys() <= manifest.files.keys()
        assert {path.name for path in self.data.iterdir() if not path.name.startswith("report.json")} == {
            "CURRENT",
            "edits.json",
            "generations",
            "ingest.lock",
            "originals",
            "uploads",
        }


@dataclass(frozen=True, slots=True)
class _Way:
    """One thing to ask: how many steps it takes, and the texts before and after it."""

    what: str
    given: object
    steps: int
    before: Mapping[str, str]
    after: Mapping[str, str]

    @classmethod
    def of(cls, bench: Bench, what: str, given: object) -> _Way:
        """Do it once, to know that."""
        bench.reset()
        before = bench.texts()
        steps = bench.server.run(bench.data, what, given, everywhere=True)
        return cls(what, given, steps, before, bench.texts())

    def within(self, part: int, parts: int, chance: random.Random) -> int:
        """A random step of one of so many equal parts of all steps, the first of which is 0."""
        first = part * self.steps // parts + 1
        return chance.randint(first, max((part + 1) * self.steps // parts, first))

    def stop(self, bench: Bench, step: int, how: str, chance: random.Random) -> None:
        """Do it, stopped at that step; what answers then is old or new and whole, and what was told is so."""
        bench.reset()
        told = True
        if how == "full disk":
            told = bench.server.fill(bench.data, self.what, self.given, step)
        else:
            bench.server.run(bench.data, self.what, self.given, step, everywhere=True)
        if how == "power cut":
            cut_power(bench.data, chance)
        live = bench.texts()
        assert live in (self.before, self.after), (
            "what answered was neither the state before nor the one after"
        )
        assert told or live == self.after, "it was said to be done, and is not"


def strikes(folder: Path, count: int, seed: int) -> Iterator[Strike]:
    """Stop the library `count` times at a random step on the disk; each time the next write must mend it.

    The steps of each thing to ask are shared out evenly over its rounds, so that it is stopped early and late
    whatever the seed.

    What answers is the state before or the one after, whole. After the next write nothing is left over; files
    that were sent, edits and index agree; a file came in whole or is still where it arrived; of what is
    removed there is not a word on the disk.

    Raises:
        AssertionError: it is not so.
    """
    chance = random.Random(seed)
    with closing(Server()) as server:
        bench = Bench(folder, server)
        bench.prepare()
        ways = [_Way.of(bench, what, given) for what, given in WAYS]
        parts = -(-count // len(ways))
        orders = [chance.sample(range(parts), parts) for _ in ways]
        for number in range(count):
            way = ways[number % len(ways)]
            how = HOWS[number // len(ways) % len(HOWS)]
            step = way.within(orders[number % len(ways)][number // len(ways)], parts, chance)
            try:
                way.stop(bench, step, how, chance)
                bench.write_next(NEXT[number % len(NEXT)])
                bench.check()
                is_done = _is_done(bench, way, how)
            except AssertionError as error:
                raise AssertionError(f"{way.what}, {how} at step {step}: {error}") from error
            yield Strike(way.what, how, is_done)


def _is_done(bench: Bench, way: _Way, how: str) -> bool:
    """Whether what was asked is done, wholly."""
    texts = bench.texts()
    if isinstance(way.given, dict):
        (name,) = way.given
        done = "klusbus" in texts.get(Path(name).stem, "")
        assert (bench.uploads().get(name) == NEW) == done
        arrived = (bench.folder / "inbox" / name).exists()
        assert done or arrived or how == "full disk", "a file that was sent is lost"
        return done
    if way.what == "correct":
        stored = edits.read(bench.data)["verslag"]["publisher"]
        assert library(bench.data).document("verslag").source.publisher == stored
        return bool(stored == "Bureau Anders")
    done = "verslag" not in texts
    left = [bench.holds(words) for words in (SECRET, "Bureau Zesduizend", "verslag.txt")]
    assert not done or left == [[], [], []], "what was removed is still there"
    return done
