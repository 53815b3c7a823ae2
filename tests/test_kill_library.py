"""SIGKILL at the steps of an upload, a correction, a removal: nothing sent is lost, nothing removed stays."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant import edits, intake, underway
from assistant.errors import EncoderError
from tests.fakes import FakeEncoder
from tests.stepping import InProcess, Server, library
from tests.striking import HOWS, NEW, OLD, SECRET, WAYS, Bench, strikes

if TYPE_CHECKING:
    from collections.abc import Iterator

ODD, EVEN = slice(0, None, 2), slice(1, None, 2)
"""Half of the steps each: a file that replaces another is taken in as one that does not."""


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


@pytest.mark.timeout(600)
def test_random_moments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "Reader", InProcess)
    rounds = list(strikes(tmp_path, count=len(WAYS) * len(HOWS), seed=20261122))
    assert {(each.what, each.how) for each in rounds} == {(what, how) for what, _ in WAYS for how in HOWS}
    assert {each.is_done for each in rounds} == {True, False}
