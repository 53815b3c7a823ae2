"""Reports of visitors, kept on this machine."""

from __future__ import annotations

import json
import resource
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from assistant.errors import AssistantError
from assistant.feedback import FILE_NAME, MAX_REMARK_CHARACTERS, store
from tests.fakes import FakeAssistant

if TYPE_CHECKING:
    from pathlib import Path

ANSWER = FakeAssistant().ask("Wat kost de FIXbrigade?")


def _reports(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / FILE_NAME).read_text(encoding="utf-8").splitlines()]


def test_a_report_says_what_was_asked_answered_and_remarked(tmp_path: Path) -> None:
    store(tmp_path, ANSWER, "  Het bedrag is verouderd. \n")
    (report,) = _reports(tmp_path)
    assert report["question"] == "Wat kost de FIXbrigade?"
    assert report["remark"] == "Het bedrag is verouderd."
    assert report["text"] == ANSWER.text
    assert report["sources"] == [
        {"number": s.number, "note": s.note, "entry": s.entry} for s in ANSWER.sources
    ]
    assert {"citation": 1, "passage": "fixbrigade#1"}.items() <= report["quotes"][0].items()  # type: ignore[index]
    assert str(report["time"]).endswith("+00:00")


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    store(tmp_path / "new", ANSWER, "")
    assert (tmp_path / "new" / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_writers_at_the_same_time_do_not_mix_their_lines(tmp_path: Path) -> None:
    remarks = [f"opmerking {number} " + "x" * 1_000 for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda remark: store(tmp_path, ANSWER, remark), remarks))
    assert sorted(str(report["remark"]) for report in _reports(tmp_path)) == sorted(remarks)


def test_odd_characters_and_long_remarks_are_kept_in_bounds(tmp_path: Path) -> None:
    store(tmp_path, ANSWER, "regel een\nregel twee \ud800 \x00 " + "y" * 100_000)
    (report,) = _reports(tmp_path)
    assert len(str(report["remark"])) <= MAX_REMARK_CHARACTERS
    assert str(report["remark"]).startswith("regel een\nregel twee ")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(AssistantError, match="cannot be written"):
        store(tmp_path / "file", ANSWER, "")


def test_a_full_disk_is_told_and_leaves_no_half_line(tmp_path: Path) -> None:
    store(tmp_path, ANSWER, "eerste")
    room = (tmp_path / FILE_NAME).stat().st_size + 100
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(AssistantError, match="cannot be written"):
            store(tmp_path, ANSWER, "tweede")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    store(tmp_path, ANSWER, "derde")
    assert [report["remark"] for report in _reports(tmp_path)] == ["eerste", "derde"]
