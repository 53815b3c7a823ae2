"""The write path: what an ingest finds, refuses, takes over and leaves alone; and its command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ingest as command
from assistant import generations
from assistant.encoder import identify
from assistant.errors import BadUseError, EncoderError, IndexBusyError, IndexError_
from assistant.index import Index, open_live
from assistant.ingesting import ingest
from tests.fakes import FakeEncoder
from tests.samples import body_of, write_note, write_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from assistant.outcomes import IngestReport, Progress

REPO = Path(command.__file__).parent


class Desk:
    """A folder of notes, a data directory and an encoder: what an ingest needs."""

    def __init__(self, folder: Path) -> None:
        self.notes = folder / "notes"
        self.data = folder / "data"
        self.encoder = FakeEncoder()

    def ingest(self, *paths: Path) -> IngestReport:
        return ingest(paths or [self.notes], self.data, self.encoder.identity, lambda: self.encoder)

    def open(self) -> Index:
        return open_live(self.data, self.encoder.identity)

    def generations(self) -> list[str]:
        return sorted(path.name for path in (self.data / "generations").iterdir())

    def embedded(self, act: Callable[[], object]) -> int:
        before = self.encoder.encoded
        act()
        return self.encoder.encoded - before


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """A desk with four notes, ingested."""
    write_notes(desk.notes)
    desk.ingest()
    return desk


def write_broken(folder: Path, name: str) -> None:
    """A note without most of its front matter."""
    write_note(folder, name).write_text("---\nquestions: []\n---\nTekst.\n", encoding="utf-8")


def counts(report: IngestReport) -> tuple[int, int, int, int, int]:
    return report.new, report.updated, report.unchanged, report.removed, report.refused


def test_a_first_ingest_takes_everything(desk: Desk) -> None:
    write_notes(desk.notes)
    report = desk.ingest()
    assert counts(report) == (4, 0, 0, 0, 0)
    assert (report.sources, report.faults, report.switched) == (4, (), True)
    index = desk.open()
    assert report.generation == index.generation == generations.live_generation(desk.data)
    assert report.passages == sum(len(ids) for ids in index.passage_ids.values())
    assert report.embedded == desk.encoder.encoded > 0


def test_the_same_again_changes_nothing_and_embeds_nothing(filled: Desk) -> None:
    def refuse() -> FakeEncoder:
        raise AssertionError("nothing was to be embedded")

    index = filled.open()
    index.dense(index.vectors(["wijk-01#1"])[0], 5, None)  # reading changes nothing either
    index.close()
    before = filled.generations()
    report = ingest([filled.notes], filled.data, filled.encoder.identity, refuse)
    assert counts(report) == (0, 0, 4, 0, 0)
    assert (report.sources, report.embedded, report.switched) == (4, 0, False)
    assert report.passages > 0
    assert filled.generations() == before


def test_only_what_is_new_is_embedded(filled: Desk) -> None:
    write_note(filled.notes, "wijk-02", body_of("wijk-02", "Er kwam een nieuwe zin bij."))
    report = filled.ingest()
    assert counts(report) == (0, 1, 3, 0, 0)
    # The second passage of the note and its new sentence; all else is known.
    assert report.embedded == 2
    assert "nieuwe zin" in filled.open().sources["wijk-02"].text


def test_a_removed_note_is_gone(filled: Desk) -> None:
    (filled.notes / "wijk-03.md").unlink()
    taken = filled.embedded(lambda: counts(filled.ingest()) == (0, 0, 3, 1, 0))
    index = filled.open()
    assert taken == 0
    assert "wijk-03" not in index.sources
    found = index.dense(filled.encoder.encode_queries(["wijk-03"])[0], 100, None)
    worded = index.words({"body": {"tocht": 1.0}}, 100, None)
    assert {id_.partition("#")[0] for id_, _ in [*found, *worded]} == {"wijk-01", "wijk-02", "wijk-04"}


def test_notes_from_elsewhere_stay(filled: Desk, tmp_path: Path) -> None:
    write_note(tmp_path / "more", "extra")
    assert counts(filled.ingest(tmp_path / "more")) == (1, 0, 0, 0, 0)
    assert list(filled.open().sources) == ["extra", "wijk-01", "wijk-02", "wijk-03", "wijk-04"]
    (filled.notes / "wijk-01.md").unlink()
    assert counts(filled.ingest()) == (0, 0, 3, 1, 0)
    assert list(filled.open().sources) == ["extra", "wijk-02", "wijk-03", "wijk-04"]


def test_one_file_can_be_renewed_alone(filled: Desk) -> None:
    path = write_note(filled.notes, "wijk-02", body_of("wijk-02", "Anders."))
    (filled.notes / "wijk-01.md").unlink()
    assert counts(filled.ingest(path)) == (0, 1, 0, 0, 0)
    assert "wijk-01" in filled.open().sources


def test_a_folder_that_moved_takes_its_notes_along(filled: Desk, tmp_path: Path) -> None:
    filled.notes.rename(tmp_path / "moved")
    filled.notes = tmp_path / "moved"
    report = filled.ingest()
    assert counts(report) == (0, 0, 4, 0, 0)
    assert (report.embedded, report.switched) == (0, True)
    (filled.notes / "wijk-04.md").unlink()
    assert counts(filled.ingest()) == (0, 0, 3, 1, 0)


def test_paths_may_be_relative_or_linked(filled: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(filled.notes.parent)
    Path("link").symlink_to("notes")
    for path in ("notes", "link", "notes/../notes", "notes/wijk-01.md"):
        assert not filled.ingest(Path(path)).switched, path


def test_a_bad_note_is_refused_and_the_rest_goes_on(filled: Desk) -> None:
    path = filled.notes / "wijk-02.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("workstream: 1", "workstream: 9"), encoding="utf-8"
    )
    write_note(filled.notes, "wijk-05")
    write_broken(filled.notes, "wijk-06")
    report = filled.ingest()
    assert counts(report) == (1, 0, 3, 0, 2)
    assert report.faults[0].startswith(f"{path}:11: workstream: ")
    # The earlier version of a note stays until the new one obeys.
    assert list(filled.open().sources) == ["wijk-01", "wijk-02", "wijk-03", "wijk-04", "wijk-05"]
    assert not filled.ingest().switched


def test_nothing_but_bad_notes(desk: Desk) -> None:
    write_broken(desk.notes, "wijk-01")
    report = desk.ingest()
    assert counts(report) == (0, 0, 0, 0, 1)
    assert (report.generation, report.switched, report.sources) == ("", False, 0)
    assert generations.live_generation(desk.data) is None


def test_two_files_with_one_id_are_named(desk: Desk) -> None:
    first, second = write_note(desk.notes / "a", "wijk-01"), write_note(desk.notes / "b", "wijk-01")
    for _ in range(2):  # the second time the first file is known and not read again
        report = desk.ingest()
        assert report.sources == report.refused == 1
        assert str(first) in report.faults[0]
        assert str(second) in report.faults[0]


def test_a_note_of_another_folder_with_a_known_id_is_refused_and_the_first_stays(
    filled: Desk, tmp_path: Path
) -> None:
    first = filled.notes / "wijk-02.md"
    second = write_note(tmp_path / "elsewhere", "wijk-02", body_of("wijk-02", "Een heel ander verhaal."))
    write_note(tmp_path / "elsewhere", "extra")
    for paths in ([tmp_path / "elsewhere"], [second], [tmp_path / "elsewhere", filled.notes]):
        report = filled.ingest(*paths)
        assert report.refused == 1
        assert report.faults == (f"{second}:1: id: wijk-02 is the id of {first} too; rename one of them",)
        assert "heel ander verhaal" not in filled.open().sources["wijk-02"].text
    assert list(filled.open().sources) == ["extra", "wijk-01", "wijk-02", "wijk-03", "wijk-04"]
    first.unlink()
    assert filled.ingest(second).faults == (), "the first is gone: it has moved"
    assert "heel ander verhaal" in filled.open().sources["wijk-02"].text
    assert not filled.ingest().removed, "it is no longer a note of the first folder"


def test_a_note_under_another_name_of_the_same_file_is_no_other_note(filled: Desk) -> None:
    (filled.notes / "below").mkdir()
    (filled.notes / "below" / "wijk-02.md").symlink_to(filled.notes / "wijk-02.md")
    assert filled.ingest().faults == ()


def test_the_command_refuses_a_known_id_with_one(
    filled: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_note(tmp_path / "elsewhere", "wijk-02")
    filled.notes = tmp_path / "elsewhere"
    assert run(filled) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_bad_use_touches_nothing(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(BadUseError, match="does not exist"):
        desk.ingest()
    desk.notes.mkdir()
    with pytest.raises(BadUseError, match="no notes or documents"):
        desk.ingest()
    assert not desk.data.exists()
    write_notes(desk.notes)
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    for data in (tmp_path / "file", tmp_path / "file" / "below"):
        desk.data = data
        with pytest.raises(BadUseError, match=r"data directory .* cannot be written .*ASSISTANT_DATA_DIR"):
            desk.ingest()


def test_a_second_writer_is_refused_at_once(filled: Desk) -> None:
    write_note(filled.notes, "wijk-05")
    with generations.writing(filled.data), pytest.raises(IndexBusyError, match="Another ingest"):
        filled.ingest()
    assert filled.ingest().switched


def test_another_encoder_embeds_everything_anew(filled: Desk) -> None:
    first = filled.encoder.encoded
    filled.encoder = FakeEncoder("other", 32)
    report = filled.ingest()
    assert counts(report) == (0, 0, 4, 0, 0)
    assert (report.embedded, report.switched) == (first, True)
    assert filled.open().vectors(["wijk-01#1"]).shape == (1, 32)


def _edit(data_dir: Path, change: Callable[[dict[str, dict[str, object]]], object]) -> None:
    path = next((data_dir / "generations").iterdir()) / "manifest.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    change(raw)
    path.write_text(json.dumps(raw), encoding="utf-8")


@pytest.mark.parametrize(
    "changed", [{"program": "older"}, {"analysis": 0}, {"packages": {"chromadb": "0", "tantivy": "0"}}]
)
def test_another_recipe_builds_anew_and_embeds_nothing(filled: Desk, changed: dict[str, object]) -> None:
    _edit(filled.data, lambda raw: raw["recipe"].update(changed))
    report = filled.ingest()
    assert counts(report) == (0, 0, 4, 0, 0)
    assert (report.embedded, report.switched) == (0, True)


@pytest.mark.parametrize(
    "name", ["manifest.json", "sources.jsonl", "vectors.npy", "keys.npy", "words/meta.json"]
)
def test_an_ingest_mends_what_was_damaged(filled: Desk, tmp_path: Path, name: str) -> None:
    write_note(tmp_path / "more", "extra")
    filled.ingest(tmp_path / "more")
    (filled.data / "generations" / generations.live_generation(filled.data) / name).write_bytes(b"x")  # type: ignore[operator]
    filled.ingest()
    index = filled.open()
    assert index.dense(index.vectors(["wijk-01#1"])[0], 1, None)[0][0] == "wijk-01#1"
    assert ("extra" in index.sources) == (name != "manifest.json")


class FailingEncoder(FakeEncoder):
    """Raises after some texts, as a model does whose files are damaged, or a user who has had enough."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise self.error


@pytest.mark.parametrize("error", [EncoderError("broken"), KeyboardInterrupt(), MemoryError()])
def test_whatever_stops_an_ingest_leaves_the_live_generation(filled: Desk, error: BaseException) -> None:
    before = filled.generations()
    write_note(filled.notes, "wijk-05")
    working, filled.encoder = filled.encoder, FailingEncoder(error)
    with pytest.raises(type(error)):
        filled.ingest()
    assert filled.generations() == before
    assert list(filled.open().sources) == ["wijk-01", "wijk-02", "wijk-03", "wijk-04"]
    filled.encoder = working
    assert filled.ingest().sources == 5


class WrongShape(FakeEncoder):
    """Gives vectors that are not of the length that it promised."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return super().encode_queries(texts)[:, :10]


def test_vectors_of_another_length_are_refused(desk: Desk) -> None:
    write_notes(desk.notes)
    desk.encoder = WrongShape()
    with pytest.raises(EncoderError, match="shape"):
        desk.ingest()
    assert desk.generations() == []


def test_leftovers_go_and_what_is_not_ours_stays(filled: Desk) -> None:
    live = filled.generations()
    for name in ("000000-01234567", "000009-89abcdef"):
        (filled.data / "generations" / name).mkdir()
    (filled.data / "generations" / "my notes").mkdir()
    (filled.data / "CURRENT.new").write_text("0000", encoding="ascii")
    assert not filled.ingest().switched
    # One that does not tell what it holds goes too: something that was removed may stand in it.
    assert filled.generations() == [*live, "my notes"]
    assert not (filled.data / "CURRENT.new").exists()


LIMITED = """
import resource, sys
from pathlib import Path
from assistant.errors import IndexError_
from assistant.ingesting import ingest
from tests.fakes import FakeEncoder
encoder = FakeEncoder()
for limit in sys.argv[3:]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
    try:
        ingest([Path(sys.argv[1])], Path(sys.argv[2]), encoder.identity, lambda: encoder)
    except IndexError_ as error:
        print(error)
"""


def test_files_that_may_not_grow_are_told_in_one_sentence(filled: Desk) -> None:
    before = filled.generations()
    write_note(filled.notes, "wijk-05")
    limits = ["1000", "5000", "20000", "100000", "200000"]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(filled.notes), str(filled.data), *limits],
        cwd=REPO,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == len(limits)
    assert all(line.endswith("; the earlier one stays in use.") for line in done.stdout.splitlines())
    assert filled.generations() == before
    assert list(filled.open().sources) == ["wijk-01", "wijk-02", "wijk-03", "wijk-04"]


@pytest.mark.parametrize("kilobytes", [100, 200, 350])
def test_a_full_disk_is_told_in_one_sentence(desk: Desk, small_disk: Path, kilobytes: int) -> None:
    desk.data = small_disk / "data"
    write_notes(desk.notes)
    desk.ingest()
    before = desk.generations()
    write_note(desk.notes, "wijk-05")
    free = shutil.disk_usage(small_disk).free - kilobytes * 1024
    (small_disk / "filler").write_bytes(bytes(free))
    with pytest.raises(IndexError_, match=r"[Tt]he disk is full.*; the earlier one stays in use\.$"):
        desk.ingest()
    assert desk.generations() == before
    index = desk.open()
    assert index.dense(index.vectors(["wijk-01#1"])[0], 1, None)[0][0] == "wijk-01#1"
    (small_disk / "filler").unlink()
    assert desk.ingest().sources == 5


def test_a_disk_without_any_room_is_told_and_harms_nothing(desk: Desk, small_disk: Path) -> None:
    desk.data = small_disk / "data"
    write_notes(desk.notes)
    desk.ingest()
    (small_disk / "filler").write_bytes(bytes(shutil.disk_usage(small_disk).free))
    with pytest.raises(IndexError_, match="the disk is full"):
        desk.open()
    write_note(desk.notes, "wijk-05")
    with pytest.raises(IndexError_, match=r"[Nn]o space left on device|the disk is full"):
        desk.ingest()
    (small_disk / "filler").unlink()
    assert list(desk.open().sources) == ["wijk-01", "wijk-02", "wijk-03", "wijk-04"]


def test_a_read_only_data_directory_is_told(desk: Desk, small_disk: Path) -> None:
    desk.data = small_disk / "data"
    write_notes(desk.notes)
    desk.ingest()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(IndexError_, match="read-only; make it writable"):
        desk.open()
    with pytest.raises(BadUseError, match=r"cannot be written \(Read-only file system\)"):
        desk.ingest()


def run(desk: Desk, *, as_json: bool = False, report: Path | None = None) -> int:
    def work(progress: Progress) -> IngestReport:
        return ingest([desk.notes], desk.data, desk.encoder.identity, lambda: desk.encoder, progress)

    return command.run(work, as_json=as_json, report=report)


def test_the_command_shows_a_table(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    write_notes(desk.notes)
    assert run(desk) == 0
    shown = capsys.readouterr()
    assert shown.err == f"Embedding {desk.encoder.encoded} texts.\n"
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown.out.splitlines()]
    files = [(Path(row[0]).stem, row[1]) for row in cells if len(row) == 4]
    assert files == [(f"wijk-0{number}", "added") for number in range(1, 5)]
    rows = [row for row in cells if len(row) == 2]
    assert [name for name, _ in rows] == [
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
    ]
    assert dict(rows)["new"] == "4"
    assert run(desk) == 0
    assert "wijk-01" not in capsys.readouterr().out, "nothing has changed"


def test_a_long_list_of_files_is_left_to_the_report(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    write_notes(desk.notes, 31)
    assert run(desk) == 0
    out = capsys.readouterr().out
    assert "--report FILE.csv lists what became of each of these 31 files." in out
    assert "wijk-01" not in out


def test_the_command_prints_one_json_object(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    write_notes(desk.notes)
    write_broken(desk.notes, "kapot")
    assert run(desk, as_json=True) == 1
    printed = capsys.readouterr()
    shown = json.loads(printed.out)
    assert printed.err == f"Embedding {shown['embedded']} texts.\n"
    assert (shown["sources"], shown["refused"], shown["switched"]) == (4, 1, True)
    assert "kapot.md:2: id: missing" in shown["faults"][0]


def test_where_there_is_no_terminal_the_start_of_long_work_is_told_once(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    points = "".join(f"- Punt {number} gaat over isolatie.\n" for number in range(1_200))
    write_note(desk.notes, "lang", f"# Lang\n\n## Punten\n{points}")
    assert run(desk) == 0
    assert capsys.readouterr().err == (
        f"Embedding {desk.encoder.encoded:,} texts; this takes about a minute for every 4,000.\n"
    )
    assert run(desk) == 0
    assert capsys.readouterr().err == "", "nothing has changed"


def test_the_command_names_faults_and_ends_with_one(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    write_notes(desk.notes)
    write_broken(desk.notes, "kapot")
    assert run(desk) == 1
    assert "kapot.md:2: id: missing" in capsys.readouterr().err


def test_the_command_ends_bad_use_with_one_line_and_two(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(desk) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_command_ends_an_interruption_with_one_line(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    write_notes(desk.notes)
    desk.encoder = FailingEncoder(KeyboardInterrupt())
    assert run(desk) == 130
    *_, last = capsys.readouterr().err.splitlines()
    assert last == "Interrupted: the index that was in use stays in use; the next ingest goes on here."


class DefaultEncoder(FakeEncoder):
    """Says that it is the default model, so that the real command finds its index as it should be."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(dimension=identify("", data_dir).dimension)
        self._identity = identify("", data_dir)


LOADED = """
import runpy, sys
sys.argv = ["ingest.py", sys.argv[1], "--json"]
try:
    runpy.run_path("ingest.py", run_name="__main__")
finally:
    heavy = {"torch", "transformers", "sentence_transformers", "chromadb", "tantivy", "tokenizers", "gradio"}
    print(sorted(heavy & sys.modules.keys()), file=sys.stderr)
"""


def test_an_ingest_that_changes_nothing_imports_nothing_heavy(desk: Desk) -> None:
    write_notes(desk.notes)
    desk.encoder = DefaultEncoder(desk.data)
    desk.ingest()
    done = subprocess.run(
        [sys.executable, "-c", LOADED, str(desk.notes)],
        cwd=REPO,
        env=os.environ | {"ASSISTANT_DATA_DIR": str(desk.data), "ASSISTANT_ENCODER": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(done.stdout)
    assert (report["unchanged"], report["embedded"], report["switched"]) == (4, 0, False)
    assert done.stderr == "[]\n"
