"""A folder with documents, ingested again and again: what comes in, moves, changes, repeats and goes."""

from __future__ import annotations

import csv
import json
import os
import shutil
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ingest as command
from assistant import edits, fetching, generations, listing, originals, reports, underway
from assistant.documents import Limits, Reader, extract
from assistant.encoder import identify
from assistant.errors import BadUseError, EncoderError
from assistant.index import Index, open_live
from assistant.ingesting import ingest, known_files, remove, resume
from assistant.underway import Underway
from tests.fakes import FakeEncoder
from tests.samples import write_note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from assistant.datatypes import Extracted
    from assistant.outcomes import IngestReport, Progress

REPORT = """Warmte in de Kruiskamp

In de Kruiskamp in Amersfoort praten bewoners mee over het warmtenet. De gemeente Amersfoort betaalt een
buurtcoach, die bij mensen met een hoge energierekening langsgaat.

Wat het kost

De buurtcoach kost 61.500 euro per jaar. Dat geld komt uit het budget voor energiearmoede.
De wijkraad krijgt daarnaast een lening voor isolatie van vierhonderd woningen in de wijk.
"""
MEMO = """Memo over de flat

De vereniging van eigenaars vergadert in maart over zonnepanelen. Er wonen negentig huishoudens in de flat.
"""


class Archive:
    """A folder of documents, a data directory and an encoder."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "archief"
        self.data = folder / "data"
        self.encoder = FakeEncoder()
        self.files.mkdir()

    def write(self, name: str, text: str) -> Path:
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def ingest(self, *paths: Path, afresh: bool = False, again: bool = False) -> IngestReport:
        given = paths or (self.files,)
        identity = self.encoder.identity
        return ingest(given, self.data, identity, lambda: self.encoder, afresh=afresh, again=again)

    def correct(self, id_: str, fields: Mapping[str, object]) -> IngestReport:
        identity = self.encoder.identity
        return ingest([], self.data, identity, lambda: self.encoder, corrected={id_: fields})

    def remove(self, *ids: str) -> IngestReport:
        return remove(ids, self.data, self.encoder.identity, lambda: self.encoder)

    def open(self) -> Index:
        return open_live(self.data, self.encoder.identity)

    def age(self) -> Path:
        """Make the live generation one of an older program; its folder."""
        live = generations.folder(self.data, generations.live_generation(self.data) or "")
        manifest = json.loads((live / "manifest.json").read_text(encoding="utf-8"))
        (live / "manifest.json").write_text(json.dumps(manifest | {"format": 1}), encoding="utf-8")
        return live

    def holds(self, words: str) -> list[str]:
        """The files of the data directory in which these words stand."""
        files = (path for path in self.data.rglob("*") if path.is_file())
        return [str(path.relative_to(self.data)) for path in files if words.encode() in path.read_bytes()]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def states(report: IngestReport) -> dict[str, str]:
    return {Path(outcome.path).name: outcome.state for outcome in report.files}


def codes(report: IngestReport) -> dict[str, str]:
    return {
        Path(outcome.path).name: getattr(outcome.reason, "code", "faults")
        for outcome in report.files
        if outcome.reason
    }


def test_every_file_of_a_folder_has_its_outcome(archive: Archive, tmp_path: Path) -> None:
    archive.write("rapport.txt", REPORT)
    archive.write("onder/memo.md", MEMO)
    write_note(archive.files, "wijk-01")
    archive.write("foto.xyz", "?")
    archive.write("leeg.txt", "")
    archive.write("macro.docm", "?")
    archive.write(".verborgen", "?")
    archive.write("Thumbs.db", "?")
    (tmp_path / "geheim.txt").write_text("Dit is van een ander.", encoding="utf-8")
    (archive.files / "link.txt").symlink_to(tmp_path / "geheim.txt")
    (archive.files / "rond").symlink_to(archive.files)
    (archive.files / "weg").symlink_to(tmp_path)
    os.mkfifo(archive.files / "pijp.txt")
    archive.write("om\u202etxt.txt", "?")
    report = archive.ingest()
    assert {name for name, state in states(report).items() if state == "added"} == {
        "rapport.txt",
        "memo.md",
        "wijk-01.md",
    }
    assert codes(report) == {
        "foto.xyz": "unknown_format",
        "leeg.txt": "empty",
        "macro.docm": "macros",
        "link.txt": "outside",
        "weg": "outside",
        "pijp.txt": "not_regular",
        "om\u202etxt.txt": "unsafe_name",
    }
    assert (report.new, report.refused, len(report.faults)) == (3, 7, 7)
    again = archive.ingest()
    assert (again.unchanged, again.refused, again.switched) == (3, 7, False)


def test_a_document_is_quoted_as_itself(archive: Archive) -> None:
    archive.write("rapport.txt", REPORT)
    archive.ingest()
    source = archive.open().sources["rapport"]
    assert (source.wording, source.title) == ("original", "Warmte in de Kruiskamp")
    assert source.places == ("Amersfoort",)
    assert {"places", "language"} <= set(source.suggested)
    assert "61.500 euro per jaar" in source.text
    assert originals.locate(archive.data, source.file).read_text(encoding="utf-8") == REPORT


def test_a_file_that_is_too_large_is_refused_unread(archive: Archive) -> None:
    with archive.write("groot.txt", "x").open("ab") as file:
        file.truncate(2_000_000_000)
    archive.write("klein.txt", MEMO)
    report = ingest(
        [archive.files],
        archive.data,
        archive.encoder.identity,
        lambda: archive.encoder,
        limits=Limits(max_bytes=1_000_000),
    )
    assert codes(report) == {"groot.txt": "too_large"}
    assert "too large (> 1 MB)" in report.faults[0]


def test_what_people_say_of_a_document_goes_before_what_it_says_itself(archive: Archive) -> None:
    archive.write("rapport.txt", REPORT)
    archive.write(
        "rapport.yaml", 'title: "Coach in de wijk"\ndate: "2021-04"\nplaces: [Leusden]\nkind: onderzoek\n'
    )
    archive.ingest()
    source = archive.open().sources["rapport"]
    assert (source.title, source.date, source.kind) == ("Coach in de wijk", "2021-04", "onderzoek")
    assert source.places == ("Leusden",)
    assert "places" not in source.suggested
    archive.write("rapport.yaml", 'date: "2022"\n')
    assert states(archive.ingest()) == {"rapport.txt": "updated"}
    assert archive.open().sources["rapport"].date == "2022"


def test_a_wrong_sidecar_is_named_with_its_line(archive: Archive) -> None:
    path = archive.write("rapport.txt", REPORT)
    beside = archive.write("rapport.txt.yaml", 'title: "Goed"\ndate: "gisteren"\n')
    report = archive.ingest(path)
    assert report.faults[0].startswith(f"{beside}:2: date: ")
    assert report.refused == 1


def test_edits_survive_and_move_along(archive: Archive) -> None:
    path = archive.write("rapport.txt", REPORT)
    archive.ingest()
    fields = {"title": "Mijn titel", "themes": ["warmtenet"]}
    assert states(archive.correct("rapport", fields)) == {"rapport.txt": "updated"}
    path.rename(archive.files / "ander.txt")
    assert states(archive.ingest()) == {"ander.txt": "unchanged"}
    archive.write("ander.txt", REPORT + "\nEen regel erbij.\n")
    assert states(archive.ingest()) == {"ander.txt": "updated"}
    source = archive.open().sources["rapport"]
    assert (source.title, source.themes) == ("Mijn titel", ("warmtenet",))
    assert "Een regel erbij" in source.text


@pytest.mark.parametrize(
    "fields", [{"id": "x"}, {"date": "gisteren"}, {"themes": ["onbekend"]}, {"authors": 5}, {"url": "x"}]
)
def test_a_wrong_edit_is_refused_and_changes_nothing(archive: Archive, fields: dict[str, object]) -> None:
    archive.write("rapport.txt", REPORT)
    archive.ingest()
    with pytest.raises(BadUseError):
        archive.correct("rapport", fields)
    assert not archive.ingest().switched


def test_two_files_with_one_name_are_two_documents(archive: Archive) -> None:
    archive.write("a/verslag.txt", REPORT)
    archive.write("b/verslag.txt", MEMO)
    archive.ingest()
    assert list(archive.open().sources) == ["verslag", "verslag-2"]


def test_the_same_text_twice_is_cited_once(archive: Archive) -> None:
    archive.write("rapport.txt", REPORT)
    archive.write("pagina.html", "".join(f"<p>{part}</p>" for part in REPORT.split("\n\n")))
    report = archive.ingest()
    assert states(report) == {"pagina.html": "added", "rapport.txt": "duplicate"}
    assert next(o.detail for o in report.files if o.state == "duplicate").endswith("pagina.html")
    index = archive.open()
    assert list(index.sources) == ["pagina"]
    assert [copy.file.rpartition("/")[2] for copy in index.copies["pagina"]] == ["rapport.txt"]
    assert states(archive.ingest()) == {"pagina.html": "unchanged", "rapport.txt": "duplicate"}
    (archive.files / "pagina.html").unlink()
    assert states(archive.ingest()) == {"pagina.html": "removed", "rapport.txt": "unchanged"}
    assert list(archive.open().sources) == ["rapport"]


def test_a_file_that_moved_and_was_copied_gives_two(archive: Archive) -> None:
    archive.write("a.txt", REPORT).rename(archive.files / "b.txt")
    archive.ingest()
    (archive.files / "b.txt").unlink()
    archive.write("c.txt", REPORT)
    archive.write("d.txt", REPORT)
    assert states(archive.ingest()) == {"c.txt": "unchanged", "d.txt": "duplicate"}


def test_the_same_bytes_under_another_ending_are_read_by_their_own_reader(archive: Archive) -> None:
    archive.write("a.txt", REPORT)
    archive.write("b.pdf", REPORT)
    report = archive.ingest()
    assert states(report)["a.txt"] == "added"
    assert codes(report) == {"b.pdf": "corrupt"}


def test_only_what_was_uploaded_or_fetched_is_deleted(archive: Archive) -> None:
    inside = archive.data / "mijn" / "rapport.txt"
    sent = archive.data / "uploads" / "memo.txt"
    for path, text in ((inside, REPORT), (sent, MEMO)):
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    archive.ingest(inside, sent)
    archive.remove("rapport", "memo")
    assert inside.exists()
    assert not sent.exists()


def test_a_sidecar_may_not_lead_out_of_the_folder(archive: Archive, tmp_path: Path) -> None:
    archive.write("rapport.txt", REPORT)
    (tmp_path / "buiten.yaml").write_text('title: "Geheim"\n', encoding="utf-8")
    (archive.files / "rapport.yaml").symlink_to(tmp_path / "buiten.yaml")
    assert codes(archive.ingest()) == {"rapport.txt": "outside"}


def test_what_cannot_be_read_any_more_is_read_from_its_stored_original(
    archive: Archive, tmp_path: Path
) -> None:
    archive.write("rapport.txt", REPORT)
    archive.ingest()
    write_note(tmp_path / "notities", "wijk-01")
    archive.ingest(tmp_path / "notities")
    live = archive.age()
    (live / "sources.jsonl").write_text("", encoding="utf-8")
    (archive.files / "rapport.txt").unlink()
    archive.ingest(tmp_path / "notities")
    assert "61.500" in archive.open().sources["rapport"].text


def test_removal_is_complete(archive: Archive) -> None:
    archive.write("rapport.txt", REPORT)
    archive.write("memo.txt", MEMO)
    archive.ingest()
    archive.correct("rapport", {"publisher": "Uitgever van 61.500"})
    assert archive.holds("61.500")
    report = archive.remove("rapport")
    assert states(report) == {"rapport.txt": "removed"}
    assert report.sources == 1
    assert archive.holds("61.500") == []
    assert (archive.files / "rapport.txt").exists()
    with pytest.raises(BadUseError, match="no source 'rapport'"):
        archive.remove("rapport")


def test_a_deleted_file_leaves_nothing_behind(archive: Archive) -> None:
    archive.write("memo.txt", MEMO)
    archive.write("rapport.txt", REPORT)
    archive.ingest()
    (archive.files / "rapport.txt").unlink()
    assert states(archive.ingest()) == {"memo.txt": "unchanged", "rapport.txt": "removed"}
    assert archive.holds("61.500") == []


def test_when_the_last_document_goes_nothing_is_left(archive: Archive) -> None:
    archive.write("rapport.txt", REPORT)
    archive.ingest()
    assert archive.remove("rapport").sources == 0
    assert generations.live_generation(archive.data) is None
    assert archive.holds("61.500") == []
    assert archive.ingest().sources == 1


class Stopping(FakeEncoder):
    """Fails after some passages have been embedded."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.encoded >= self.after:
            raise EncoderError("stopped")
        return super().encode_passages(texts)


def test_an_ingest_that_was_stopped_goes_on_where_it_was(archive: Archive) -> None:
    lines = "\n\n".join(f"Alinea {n} gaat over woning {n} in straat {n}." for n in range(400))
    archive.write("lang.txt", f"Een lange lijst\n\n{lines}\n")
    archive.encoder = Stopping(after=200)
    with pytest.raises(EncoderError):
        archive.ingest()
    done = archive.encoder.encoded
    assert done
    assert generations.live_generation(archive.data) is None
    archive.encoder = FakeEncoder()
    report = archive.ingest()
    total = len(archive.open().vectors([id_ for ids in archive.open().passage_ids.values() for id_ in ids]))
    assert report.embedded == archive.encoder.encoded
    assert report.embedded + done >= total
    archive.encoder = FakeEncoder()
    assert archive.ingest(afresh=True).embedded == report.embedded + done
    assert not (archive.data / "unfinished").exists()


def test_an_index_of_an_older_program_is_made_anew_with_all_that_it_held(
    archive: Archive, tmp_path: Path
) -> None:
    archive.write("rapport.txt", REPORT)
    archive.ingest()
    write_note(tmp_path / "notities", "wijk-01")
    archive.ingest(tmp_path / "notities")
    archive.age()
    report = archive.ingest(tmp_path / "notities")
    assert (report.sources, report.unchanged, report.switched) == (2, 1, True)
    assert list(archive.open().sources) == ["rapport", "wijk-01"]


def test_all_is_read_anew_when_asked(archive: Archive) -> None:
    archive.write("rapport.txt", REPORT)
    first = archive.ingest()
    assert known_files(archive.data) == [archive.files / "rapport.txt"]
    report = archive.ingest(*known_files(archive.data), afresh=True)
    assert (report.unchanged, report.embedded, report.switched) == (1, first.embedded, True)


def test_the_list_of_what_is_there(archive: Archive) -> None:
    archive.write("rapport.txt", REPORT)
    archive.write("kopie.txt", REPORT)
    write_note(archive.files, "wijk-01")
    archive.ingest()
    listed = {item.source.id: item for item in listing.read(archive.data)}
    assert (listed["rapport"].copy_of, listed["rapport"].passages) == ("kopie", 0)
    assert listed["wijk-01"].is_note
    assert listing.as_json(listed["kopie"])["places"] == ["Amersfoort"]


class DefaultEncoder(FakeEncoder):
    """Says that it is the default model, so that the real command finds its index as it should be."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(dimension=identify("", data_dir).dimension)
        self._identity = identify("", data_dir)


def run(monkeypatch: pytest.MonkeyPatch, archive: Archive, *arguments: str) -> int:
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(archive.data))
    monkeypatch.setattr(command, "open_encoder", lambda name, data_dir: archive.encoder)
    return command.main(arguments)


def test_the_command_lists_removes_and_reports(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.encoder = DefaultEncoder(archive.data)
    archive.write("rapport.txt", REPORT)
    archive.write("=som.xyz", "?")
    table = tmp_path / "verslag.csv"
    assert run(monkeypatch, archive, str(archive.files), "--report", str(table), "--json") == 1
    shown = json.loads(capsys.readouterr().out)
    assert {file["state"] for file in shown["files"]} == {"added", "refused"}
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["state"], row["id"]) for row in rows] == [("refused", ""), ("added", "rapport")]
    assert all(row["reason"] for row in rows if row["state"] == "refused")
    assert run(monkeypatch, archive, "--list", "--json") == 0
    assert [item["id"] for item in json.loads(capsys.readouterr().out)] == ["rapport"]
    assert run(monkeypatch, archive, "--rebuild") == 0
    assert run(monkeypatch, archive, "--remove", "onbekend") == 2
    assert run(monkeypatch, archive, "--remove", "rapport", "--rebuild") == 2
    assert run(monkeypatch, archive, "--remove", "rapport") == 0
    capsys.readouterr()
    assert run(monkeypatch, archive, "--list") == 2
    assert "no index" in capsys.readouterr().err


def test_an_address_that_cannot_be_fetched_is_in_every_report(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.encoder = DefaultEncoder(archive.data)
    archive.write("rapport.txt", REPORT)
    table = tmp_path / "verslag.csv"
    url = "http://127.0.0.1:1/pagina"
    assert run(monkeypatch, archive, str(archive.files), url, "--report", str(table), "--json") == 1
    shown = json.loads(capsys.readouterr().out)
    (row,) = (file for file in shown["files"] if file["state"] == "refused")
    assert row["file"] == url
    assert "private network" in row["reason"]
    assert url in table.read_text(encoding="utf-8")
    kept = reports.latest(archive.data)
    assert kept
    assert [(each.path, each.code) for each in kept.files if each.state == "refused"] == [
        (url, "address_private")
    ]
    assert kept.lost == ()
    assert run(monkeypatch, archive, "https://ik:geheim@voorbeeld.invalid/") == 1
    told = capsys.readouterr().err
    assert "voorbeeld.invalid/: The address holds a name or password" in told
    assert "geheim" not in told


class Pages(BaseHTTPRequestHandler):
    """Two pages; while the second is asked for, somebody adds a file in the app."""

    archive: Archive

    def do_GET(self) -> None:
        if self.path == "/twee":
            self.archive.ingest(self.archive.write("meanwhile.txt", "Een bericht.\n\nDe straat gaat open.\n"))
        self.send_response(200)
        self.send_header("content-type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write((REPORT if self.path == "/een" else MEMO).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(archive: Archive) -> Iterator[str]:
    handler = type("PagesOfArchive", (Pages,), {"archive": archive})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_another_writer_leaves_alone_what_is_being_fetched(
    archive: Archive, site: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.encoder = DefaultEncoder(archive.data)
    monkeypatch.setenv("ASSISTANT_PRIVATE_URLS", "on")
    monkeypatch.setattr(fetching, "_IN_MEMORY", 100)
    assert run(monkeypatch, archive, f"{site}/een", f"{site}/twee", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert [file["state"] for file in shown["files"]] == ["added", "added"]
    sources = archive.open().sources
    assert len(sources) == 3
    assert {source.url for source in sources.values()} == {"", f"{site}/een", f"{site}/twee"}
    folder = archive.data / fetching.FOLDER
    assert sorted(path.suffix for path in folder.iterdir()) == [".txt", ".txt", ".yaml", ".yaml"]


def test_an_address_of_another_kind_takes_the_place_of_what_was_there(archive: Archive) -> None:
    folder = archive.data / fetching.FOLDER
    folder.mkdir(parents=True)
    page, text = folder / "site-0123abcd.html", folder / "site-0123abcd.txt"
    page.write_text("".join(f"<p>{part}</p>" for part in MEMO.split("\n\n")), encoding="utf-8")
    (folder / "site-0123abcd.html.yaml").write_text("url: https://site.invalid/\n", encoding="utf-8")
    archive.ingest(page)
    archive.correct("site-0123abcd", {"publisher": "Bureau"})
    text.write_text(REPORT, encoding="utf-8")
    (folder / "site-0123abcd.txt.yaml").write_text("url: https://site.invalid/\n", encoding="utf-8")
    (folder / "weg-4567.html").write_text("van een ingest die is gestopt", encoding="utf-8")
    assert states(archive.ingest(text)) == {"site-0123abcd.txt": "updated"}
    assert sorted(path.name for path in folder.iterdir()) == ["site-0123abcd.txt", "site-0123abcd.txt.yaml"]
    (source,) = archive.open().sources.values()
    assert (source.id, source.publisher, source.url) == ("site-0123abcd", "Bureau", "https://site.invalid/")
    assert "61.500" in source.text


def test_files_are_read_again_when_asked(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.write("rapport.txt", REPORT)
    archive.write("memo.txt", MEMO)
    archive.ingest()
    report = archive.ingest(archive.files / "memo.txt", again=True)
    assert (states(report), report.switched) == ({"memo.txt": "unchanged"}, False)

    def better(reader: Reader, path: Path) -> Extracted:
        return replace(extract(path), title="Beter gelezen")

    monkeypatch.setattr(Reader, "read", better)
    assert not archive.ingest().switched
    report = archive.ingest(archive.files / "memo.txt", again=True)
    assert (states(report), report.switched, report.sources) == ({"memo.txt": "updated"}, True, 2)
    assert archive.open().sources["memo"].title == "Beter gelezen"


def test_who_removes_a_text_hears_where_it_still_stands(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.encoder = DefaultEncoder(archive.data)
    archive.write("a.txt", REPORT)
    copy = archive.write("b.txt", REPORT)
    archive.write("memo.txt", MEMO)
    assert run(monkeypatch, archive, str(archive.files)) == 0
    assert "the same text as" in capsys.readouterr().out.replace("\n", " ")
    assert run(monkeypatch, archive, "--remove", "a", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)["files"]
    assert (row["state"], row["reason"]) == (
        "removed",
        f"the same text is still in the index, from {copy}",
    )
    assert run(monkeypatch, archive, "--remove", "b", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)["files"]
    assert row["reason"] == ""


@pytest.mark.parametrize(
    "arguments", [("--list", "map"), ("--list", "--rebuild"), ("--list", "--remove", "x"), ("--reread",)]
)
def test_options_that_do_not_go_together_are_refused(
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
) -> None:
    assert run(monkeypatch, archive, *arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_full_disk_ends_in_one_line_and_leaves_nothing_half(
    archive: Archive,
    small_disk: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    archive.data = small_disk / "data"
    archive.encoder = DefaultEncoder(archive.data)
    archive.write("rapport.txt", REPORT)
    assert run(monkeypatch, archive, str(archive.files)) == 0
    before = generations.live_generation(archive.data)
    archive.write("memo.txt", MEMO)
    capsys.readouterr()
    for kilobytes in (4, 60, 200):
        (small_disk / "filler").write_bytes(bytes(shutil.disk_usage(small_disk).free - kilobytes * 1024))
        assert run(monkeypatch, archive, str(archive.files)) == 2
        (line,) = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("Embedding")]
        assert "disk is full" in line or "No space left" in line
        (small_disk / "filler").unlink()
        assert generations.live_generation(archive.data) == before
        assert list(archive.open().sources) == ["rapport"]
        # What was read is kept for the next ingest, which goes on from there.
        assert [name for name in archive.holds("negentig huishoudens") if "unfinished/" not in name] == []
    assert run(monkeypatch, archive, str(archive.files)) == 0
    assert sorted(archive.open().sources) == ["memo", "rapport"]


def test_progress_tells_files_and_texts(archive: Archive) -> None:
    archive.write("rapport.txt", REPORT)
    archive.write("memo.txt", MEMO)
    told: list[tuple[str, int, int]] = []
    progress: Progress = lambda phase, done, total: told.append((phase, done, total))  # noqa: E731
    ingest([archive.files], archive.data, archive.encoder.identity, lambda: archive.encoder, progress)
    assert told[:2] == [("reading", 1, 2), ("reading", 2, 2)]
    assert told[-1] == ("embedding", archive.encoder.encoded, archive.encoder.encoded)


def test_finishing_a_correction_keeps_a_document_whose_file_is_gone(archive: Archive) -> None:
    rapport = archive.write("rapport.txt", REPORT)
    archive.write("memo.md", MEMO)
    archive.ingest()
    archive.correct("rapport", {"publisher": "Gemeente Amersfoort"})
    rapport.unlink()  # or its share is not there at the moment
    corrected = {"rapport": {"title": "Een andere titel"}}
    underway.note(archive.data, Underway(corrected=corrected))
    finished = resume(archive.data, archive.encoder.identity, lambda: archive.encoder)
    assert finished
    assert (states(finished), codes(finished)) == ({"rapport.txt": "refused"}, {"rapport.txt": "unreadable"})
    assert states(archive.correct("rapport", corrected["rapport"])) == {"rapport.txt": "refused"}
    assert archive.open().sources["rapport"].title != "Een andere titel"
    assert edits.read(archive.data) == {"rapport": {"publisher": "Gemeente Amersfoort"}}
    assert archive.holds("61.500")


def test_a_file_that_was_sent_and_is_lost_is_told_so(archive: Archive) -> None:
    archive.write("memo.md", MEMO)
    archive.ingest()
    underway.note(archive.data, Underway(sent={"nieuw.txt": str(archive.data / "inbox" / "0123")}))
    finished = resume(archive.data, archive.encoder.identity, lambda: archive.encoder)
    assert finished
    assert codes(finished) == {"nieuw.txt": "interrupted"}
    assert archive.open().sources.keys() == {"memo"}


def test_a_removal_that_was_killed_can_be_asked_again(archive: Archive) -> None:
    rapport, memo = archive.write("rapport.txt", REPORT), archive.write("memo.md", MEMO)
    archive.ingest()
    underway.note(archive.data, Underway(removed={"rapport": str(rapport)}))
    archive.remove("rapport")
    assert archive.open().sources.keys() == {"memo"}
    archive.ingest()
    underway.note(archive.data, Underway(removed={"rapport": str(rapport)}))
    assert states(archive.remove("rapport", "memo")) == {memo.name: "removed"}
    with pytest.raises(BadUseError, match="no source"):
        archive.remove("rapport")


def test_making_all_anew_does_not_bring_back_what_was_being_removed(archive: Archive) -> None:
    rapport, memo = archive.write("rapport.txt", REPORT), archive.write("memo.md", MEMO)
    archive.ingest()
    underway.note(archive.data, Underway(removed={"rapport": str(rapport)}))
    assert known_files(archive.data) == [memo]
    archive.ingest(*known_files(archive.data), afresh=True)
    assert archive.open().sources.keys() == {"memo"}
