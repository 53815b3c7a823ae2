"""What the screen may do with documents, each an ingest of its own; and the report that is kept of it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant import generations
from assistant.documents import Limits
from assistant.errors import (
    BadUseError,
    EncoderError,
    IndexBusyError,
    IndexError_,
    RefusedError,
    UnfinishedError,
)
from assistant.generations import writing
from assistant.ingesting import ingest
from assistant.library import Arrived, Library
from assistant.pipeline import Assistant
from tests.fakes import NarrowEncoder
from tests.samples import write_note
from tests.shelves import COST, COST_QUESTION, MINUTES, evaluation_docx, evaluation_pdf, memo_docx

if TYPE_CHECKING:
    from assistant.reports import Report


def silent(phase: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "data", NarrowEncoder(), Limits(max_bytes=100_000))


def sent(library: Library, **files: bytes) -> list[Arrived]:
    """Files as they lie in the inbox; a name is written with `_` for its dot."""
    folder = library.data_dir / "inbox"
    folder.mkdir(parents=True, exist_ok=True)
    arrived = []
    for place, (name, content) in enumerate(files.items()):
        path = folder / str(place)
        path.write_bytes(content)
        arrived.append(Arrived(name.replace("_", "."), path))
    return arrived


def states(report: Report) -> dict[str, str]:
    return {Path(each.path).name: each.state for each in report.files}


def uploads(library: Library) -> list[str]:
    return sorted(path.name for path in (library.data_dir / "uploads").iterdir())


def test_files_are_added_and_each_has_its_outcome(library: Library) -> None:
    told: list[str] = []
    files = sent(
        library,
        rapport_pdf=evaluation_pdf(),
        zelfde_docx=evaluation_docx(),
        foto_png=b"\x89PNG",
        leeg_txt=b"",
    )
    report = library.add(files, lambda phase, done, total: told.append(phase))
    assert states(report) == {
        "rapport.pdf": "added",
        "zelfde.docx": "duplicate",
        "foto.png": "refused",
        "leeg.txt": "refused",
    }
    assert {each.code for each in report.files} == {"", "unknown_format", "empty"}
    assert set(told) == {"reading", "embedding"}
    assert uploads(library) == ["rapport.pdf", "zelfde.docx"], "what is refused is not kept"
    assert library.latest_report() == report
    answer = Assistant(library.encoder, library.data_dir).ask(COST_QUESTION)
    assert answer.statements[0].text == COST
    assert answer.statements[0].quotes[0].location
    assert answer.statements[0].quotes[0].location.label == "2"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../buiten.pdf", "unsafe_name"),
        ("map/in.pdf", "unsafe_name"),
        ("map\\in.pdf", "unsafe_name"),
        (".verborgen.pdf", "unsafe_name"),
        ("\u202efdp.txt", "unsafe_name"),
        ("x" * 300 + ".pdf", "unsafe_name"),
        ("groot.pdf", "too_large"),
    ],
)
def test_a_file_that_may_not_be_kept_is_refused_and_the_others_go_in(
    library: Library, name: str, code: str
) -> None:
    content = bytes(200_000) if code == "too_large" else evaluation_pdf()
    (bad, good) = sent(library, x_pdf=content, memo_docx=memo_docx())
    report = library.add([replace(bad, name=name), good], silent)
    assert states(report)["memo.docx"] == "added"
    assert [each.code for each in report.files if each.state == "refused"] == [code]
    assert uploads(library) == ["memo.docx"]


def test_files_that_did_not_arrive_are_in_the_report(library: Library) -> None:
    report = library.add([Arrived("weg.pdf", reason=RefusedError("lost"))], silent)
    assert [(each.path, each.state, each.code) for each in report.files] == [("weg.pdf", "refused", "lost")]
    assert not (library.data_dir / "uploads").exists()


def test_a_file_of_the_same_name_is_replaced_unless_the_new_one_is_refused(library: Library) -> None:
    library.add(sent(library, memo_docx=memo_docx()), silent)
    assert states(library.add(sent(library, memo_docx=evaluation_docx()), silent)) == {"memo.docx": "updated"}
    report = library.add(sent(library, memo_docx=b"kapot"), silent)
    assert states(report) == {"memo.docx": "refused"}
    kept = library.data_dir / "uploads" / "memo.docx"
    assert kept.read_bytes().startswith(b"PK"), "the earlier one stands there again"
    assert uploads(library) == ["memo.docx"]
    assert states(library.read_again("memo", silent)) == {"memo.docx": "unchanged"}


def test_when_another_process_writes_nothing_is_taken_in(library: Library) -> None:
    library.add(sent(library, memo_docx=memo_docx()), silent)
    files = sent(library, memo_docx=evaluation_docx(), nieuw_pdf=evaluation_pdf())
    with writing(library.data_dir), pytest.raises(IndexBusyError):
        library.add(files, silent)
    assert uploads(library) == ["memo.docx"]
    assert states(library.read_again("memo", silent)) == {"memo.docx": "unchanged"}


@pytest.mark.parametrize("kilobytes", [0, 40, 150])
def test_on_a_full_disk_all_is_as_it_was(library: Library, small_disk: Path, kilobytes: int) -> None:
    library = replace(library, data_dir=small_disk / "data")
    library.add(sent(library, memo_docx=memo_docx(), notulen_txt=MINUTES), silent)
    library.correct("memo", {"title": "Mijn titel"}, silent)
    before = whole(library)
    files = sent(library, memo_docx=evaluation_docx(), nieuw_txt=MINUTES.replace(b"Deventer", b"Zutphen"))
    room = shutil.disk_usage(small_disk).free - kilobytes * 1024
    (small_disk / "filler").write_bytes(bytes(room))
    for act in (
        lambda: library.add(files, silent),
        lambda: library.correct("memo", {"title": "Andere titel"}, silent),
        lambda: library.remove("memo", silent),
    ):
        with pytest.raises(IndexError_) as caught:
            act()
        assert "\n" not in str(caught.value)
    for file in files:
        assert file.path
        file.path.unlink(missing_ok=True)  # as whoever sent them does
    (small_disk / "filler").unlink()
    assert whole(library) == before
    assert not library.is_interrupted()
    left = [path for path in library.data_dir.rglob("*") if path.is_file()]
    assert not any(b"Zutphen" in path.read_bytes() for path in left), (
        "nothing of what was not taken in is kept"
    )
    library.remove("memo", silent)
    assert whole(library)[0] == ["notulen.txt"]


def whole(library: Library) -> tuple[list[str], dict[str, str]]:
    """The files that were sent, and the titles in the index by id."""
    return uploads(library), {item.source.id: item.source.title for item in library.documents()}


def test_a_correction_is_used_at_once_and_survives_a_new_reading(library: Library) -> None:
    library.add(sent(library, rapport_pdf=evaluation_pdf()), silent)
    assert library.document("rapport").source.suggested
    library.correct("rapport", {"title": "Wat het kostte", "places": ["Breda"], "date": "2023-05"}, silent)
    source = library.document("rapport").source
    assert (source.title, source.places, source.date) == ("Wat het kostte", ("Breda",), "2023-05")
    assert "places" not in source.suggested
    answer = Assistant(library.encoder, library.data_dir).ask(COST_QUESTION)
    assert answer.sources[0].title == "Wat het kostte"
    library.add(sent(library, rapport_pdf=evaluation_pdf() + b"\n% een andere bewaring\n"), silent)
    assert library.document("rapport").source.title == "Wat het kostte"


def test_what_cannot_be_corrected_is_told(library: Library, tmp_path: Path) -> None:
    write_note(tmp_path / "notes", "wijk")
    (tmp_path / "notes" / "stuk.docx").write_bytes(memo_docx())
    ingest([tmp_path / "notes"], library.data_dir, library.encoder.identity, lambda: library.encoder)
    with pytest.raises(BadUseError, match="is a note"):
        library.correct("wijk", {"title": "x"}, silent)
    with pytest.raises(BadUseError, match="no source"):
        library.correct("weg", {"title": "x"}, silent)
    with pytest.raises(BadUseError, match="date"):
        library.correct("stuk", {"date": "gisteren"}, silent)
    (tmp_path / "notes" / "stuk.docx").unlink()
    with pytest.raises(BadUseError, match="is gone"):
        library.correct("stuk", {"title": "x"}, silent)


def test_removal_leaves_nothing_of_an_upload(library: Library) -> None:
    library.add(sent(library, rapport_pdf=evaluation_pdf(), notulen_txt=MINUTES), silent)
    library.correct("rapport", {"publisher": "Gemeente Tilburg"}, silent)
    library.remove("rapport", silent)
    assert [item.source.id for item in library.documents()] == ["notulen"]
    left = [path for path in library.data_dir.rglob("*") if path.is_file()]
    assert not any("rapport" in path.name for path in left)
    for words in (b"84.300", b"Gemeente Tilburg", b"rapport.pdf"):
        assert not any(words in path.read_bytes() for path in left)


@pytest.mark.parametrize("left", [None, "{"])
def test_what_is_left_of_an_earlier_generation_goes_whatever_it_held(
    library: Library, left: str | None
) -> None:
    library.add(sent(library, memo_docx=memo_docx(), notulen_txt=MINUTES), silent)
    folder = generations.folder(library.data_dir, generations.live_generation(library.data_dir) or "")
    shutil.copytree(folder, library.data_dir / "kept")
    library.remove("memo", silent)
    shutil.copytree(library.data_dir / "kept", folder)  # as if its removal was killed half way
    shutil.rmtree(library.data_dir / "kept")
    (folder / "manifest.json").unlink()
    if left:
        (folder / "manifest.json").write_text(left, "utf-8")
    library.resume(silent)
    assert not folder.exists()
    assert [item.source.id for item in library.documents()] == ["notulen"]


def test_a_stray_file_among_the_originals_is_in_nobodys_way(library: Library, tmp_path: Path) -> None:
    write_note(tmp_path / "notes", "wijk")
    stray = library.data_dir / "originals" / ".DS_Store"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"?")
    for _ in range(2):
        ingest([tmp_path / "notes"], library.data_dir, library.encoder.identity, lambda: library.encoder)
    library.add(sent(library, memo_docx=memo_docx()), silent)
    library.remove("memo", silent)
    assert [item.source.id for item in library.documents()] == ["wijk"]
    assert stray.exists()


def test_what_cannot_be_removed_is_told_in_a_sentence(library: Library) -> None:
    library.add(sent(library, memo_docx=memo_docx()), silent)
    (library.data_dir / "underway.json.new").mkdir()
    with pytest.raises(IndexError_, match="cannot be removed"):
        library.remove("memo", silent)
    (library.data_dir / "underway.json.new").rmdir()
    library.remove("memo", silent)
    assert library.documents() == []


@pytest.mark.parametrize("name", ["memo_docx", "ander_txt"])
def test_a_late_error_takes_no_file_away(library: Library, name: str) -> None:
    memo = memo_docx()
    library.add(sent(library, memo_docx=memo), silent)
    odd = library.data_dir / "fetched" / "map"
    odd.mkdir(parents=True)
    content = memo if name == "memo_docx" else MINUTES
    with pytest.raises(UnfinishedError, match="cannot be removed"):
        library.add(sent(library, **{name: content}), silent)
    odd.rmdir()
    library.resume(silent)
    assert not library.is_interrupted()
    assert uploads(library) == sorted({"memo.docx", name.replace("_", ".")})
    assert (library.data_dir / "uploads" / "memo.docx").read_bytes() == memo
    assert len(library.documents()) == len(uploads(library))


def test_of_a_first_file_that_cannot_be_taken_in_nothing_stays(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise EncoderError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(NarrowEncoder, "encode_passages", broken)
        with pytest.raises(EncoderError):
            library.add(sent(library, notulen_txt=MINUTES), silent)
    left = [path for path in library.data_dir.rglob("*") if path.is_file() and "inbox" not in path.parts]
    assert not any(b"Deventer" in path.read_bytes() or "notulen" in path.name for path in left)


def test_a_file_in_a_folder_of_the_user_stays(library: Library, tmp_path: Path) -> None:
    path = write_note(tmp_path / "notes", "wijk")
    ingest([tmp_path / "notes"], library.data_dir, library.encoder.identity, lambda: library.encoder)
    (item,) = library.documents()
    assert not library.is_uploaded(item)
    library.remove("wijk", silent)
    assert path.exists()
    assert library.documents() == []


def test_the_list_is_read_once_per_generation_and_without_texts(library: Library) -> None:
    library.add(sent(library, memo_docx=memo_docx()), silent)
    first = library.documents()
    assert library.documents() is first
    assert first[0].source.text == ""
    assert library.is_uploaded(first[0])
    library.add(sent(library, notulen_txt=MINUTES), silent)
    assert [item.source.id for item in library.documents()] == ["memo", "notulen"]


def test_a_report_that_cannot_be_read_is_none(library: Library) -> None:
    assert library.latest_report() is None
    library.add(sent(library, memo_docx=memo_docx()), silent)
    path = library.data_dir / "report.json"
    raw = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(raw | {"files": [{"path": "x"}]}), "utf-8")
    assert library.latest_report() is None


def test_a_note_that_breaks_the_rules_is_reported_with_its_faults(library: Library) -> None:
    note = b"---\nid: slecht\ntitle: x\n---\nTekst.\n"
    (each,) = library.add(sent(library, slecht_md=note), silent).files
    assert each.state == "refused"
    assert each.faults
    latest = library.latest_report()
    assert latest
    assert latest.files == (each,)
