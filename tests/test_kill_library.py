"""SIGKILL at the steps of an upload, a correction, a removal: nothing sent is lost, nothing removed stays."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant import edits, generations, intake, underway
from assistant.errors import EncoderError
from assistant.ingesting import ingest
from tests.fakes import FakeEncoder
from tests.killing import check_live
from tests.samples import write_note
from tests.stepping import InProcess, Server, act, library

if TYPE_CHECKING:
    from collections.abc import Iterator

OLD = "Verslag van de oude wijk\n\nIn de oude wijk kostte de warmtecoach zesduizend euro per kwartaal.\n"
NEW = "Verslag van de nieuwe wijk\n\nIn de nieuwe wijk doet een klusbus het werk van de warmtecoach.\n"
OTHER = "Memo over een flat\n\nDe vereniging van eigenaars vergadert in maart over zonnepanelen op het dak.\n"
SECRET = "zesduizend euro"
ODD, EVEN = slice(0, None, 2), slice(1, None, 2)
"""Half of the steps each: a file that replaces another is taken in as one that does not."""


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


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with pytest.MonkeyPatch.context() as patched, closing(Server()) as server:
        patched.setattr(intake, "Reader", InProcess)
        made = Bench(tmp_path_factory.mktemp("kill"), server)
        made.prepare()
        yield made


@pytest.mark.timeout(600)
def test_a_file_that_was_sent_is_taken_in_whole_by_the_next_write(bench: Bench) -> None:
    seen = set()
    for _, kind in zip(
        bench.kills("add", {"nieuw.txt": NEW}, EVEN), cycle(("resume", "ingest", "remove")), strict=False
    ):
        bench.write_next(kind)
        bench.check()
        came_in = "klusbus" in bench.texts().get("nieuw", "")
        assert came_in or "nieuw.txt" not in bench.uploads()
        assert came_in or (bench.folder / "inbox" / "nieuw.txt").exists(), "it was never taken"
        seen.add(came_in)
    assert seen == {True, False}


@pytest.mark.timeout(600)
def test_a_file_that_replaces_another_does_so_or_does_not(bench: Bench) -> None:
    seen = set()
    kinds = cycle(("resume", "ingest", "add"))
    for _, kind in zip(bench.kills("add", {"verslag.txt": NEW}, ODD), kinds, strict=False):
        bench.write_next(kind)
        bench.check()
        kept = bench.uploads()["verslag.txt"]
        assert ("klusbus" in bench.texts()["verslag"]) == (kept == NEW)
        seen.add(kept)
        assert edits.read(bench.data)["verslag"] == {"publisher": "Bureau Zesduizend"}
    assert seen == {OLD, NEW}


@pytest.mark.timeout(600)
def test_a_file_that_is_refused_gives_its_place_back(bench: Bench) -> None:
    for _, kind in zip(
        bench.kills("add", {"verslag.txt": "\x00\x01"}), cycle(("resume", "ingest")), strict=False
    ):
        bench.write_next(kind)
        bench.check()
        assert bench.uploads()["verslag.txt"] == OLD
        assert SECRET in bench.texts()["verslag"]


@pytest.mark.timeout(600)
def test_what_is_removed_is_nowhere_after_the_next_write(bench: Bench) -> None:
    gone = set()
    kinds = cycle(("resume", "ingest", "add"))
    for step, kind in zip(bench.kills("remove", "verslag"), kinds, strict=False):
        bench.write_next(kind)
        bench.check()
        there = "verslag" in bench.texts()
        if not there:
            assert bench.holds(SECRET) == [], f"step {step}"
            assert bench.holds("Bureau Zesduizend") == []
            assert bench.holds("verslag.txt") == []
        gone.add(not there)
    assert gone == {True, False}


def half_way(bench: Bench) -> None:
    """Kill an upload when its file is in place and the index does not know it yet."""
    for _ in bench.kills("add", {"nieuw.txt": NEW}):
        if "nieuw.txt" in bench.uploads():
            return


def test_what_kills_again_and_again_is_refused(bench: Bench) -> None:
    half_way(bench)
    underway.note(bench.data, replace(underway.read(bench.data), tries=underway.TRIES - 1))
    for step in range(1, 50):
        bench.server.run(bench.data, "remove", "memo", step)
        if underway.read(bench.data).tries == underway.TRIES:
            break
    report = library(bench.data).resume(lambda phase, done, total: None)
    assert report
    assert [(Path(each.path).name, each.code) for each in report.files] == [("nieuw.txt", "crashed")]
    bench.check()
    assert set(bench.uploads()) == {"verslag.txt", "memo.txt"}


def test_an_error_after_a_kill_counts_as_no_try(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    half_way(bench)

    def broken(*_: object) -> None:
        raise EncoderError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(FakeEncoder, "encode_passages", broken)
        for _ in range(underway.TRIES + 1):
            with pytest.raises(EncoderError):
                bench.write_next("ingest")
    assert library(bench.data).is_interrupted()
    bench.write_next("resume")
    assert "klusbus" in bench.texts()["nieuw"]
    bench.check()


@pytest.mark.timeout(600)
def test_a_correction_is_in_the_index_or_nowhere(bench: Bench) -> None:
    seen = set()
    wanted = {"publisher": "Bureau Anders"}
    kinds = cycle(("resume", "ingest", "remove"))
    for _, kind in zip(bench.kills("correct", ["verslag", wanted], ODD), kinds, strict=False):
        bench.write_next(kind)
        bench.check()
        stored = edits.read(bench.data)["verslag"]
        assert library(bench.data).document("verslag").source.publisher == stored["publisher"]
        seen.add(stored["publisher"])
    assert seen == {"Bureau Zesduizend", "Bureau Anders"}
