"""Notes as files: what a good one becomes, what is said of a bad one, and that nothing else ever happens."""

from __future__ import annotations

import hashlib
import json
import os
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import BadUseError, SourceError
from assistant.sources import MAX_FRONT_MATTER, MAX_NOTE_BYTES, find_files, load
from tests.golden.records import BAD, FOLDER, GOOD, faults_of, record_of
from tests.samples import write_note

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.datatypes import Source

FAULT = re.compile(r"(?P<path>.+\.md):(?P<line>[1-9][0-9]*): (?P<field>[^:]+): (?P<what>.+)", re.DOTALL)


def name_of(path: Path) -> str:
    return path.stem


def note(folder: Path, text: str | bytes, name: str = "notitie") -> Path:
    path = folder / f"{name}.md"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def outcome(path: Path) -> tuple[Source | None, tuple[str, ...]]:
    try:
        return load(path), ()
    except SourceError as error:
        return None, error.faults


def faults(path: Path) -> tuple[str, ...]:
    return outcome(path)[1]


@pytest.mark.parametrize("path", GOOD, ids=name_of)
def test_a_good_note_gives_the_record_that_was_agreed(path: Path) -> None:
    assert record_of(path) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", BAD, ids=name_of)
def test_of_a_bad_note_every_fault_is_told_with_its_line_and_field(path: Path) -> None:
    found = faults_of(path)

    assert found == path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert all(FAULT.fullmatch(fault) for fault in found)


def test_what_else_is_asked_may_be_left_out(tmp_path: Path) -> None:
    path = write_note(tmp_path, "notitie", also_asked=("Wie betaalt dat?", "Wat kost het?"))
    assert load(path).also_asked == ("Wie betaalt dat?", "Wat kost het?")
    text = re.sub(r"also_asked: .*\n", "", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    assert load(path).also_asked == ()


def test_every_golden_file_belongs_to_a_note() -> None:
    assert len(GOOD) > 2
    assert len(BAD) > 10
    notes = {path.with_suffix("") for path in (*GOOD, *BAD)}
    expected = [
        path for kind in ("good", "bad") for path in (FOLDER / kind).iterdir() if path.suffix != ".md"
    ]
    assert {path.with_suffix("") for path in expected} == notes


def test_a_line_of_a_fault_is_the_line_of_its_field(tmp_path: Path) -> None:
    path = write_note(tmp_path, "notitie", "# Kop\n\nEen zin.[^4]\n")
    lines = path.read_text(encoding="utf-8").replace("kind: praktijk", "kind: p").splitlines()

    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    places = [int(fault["line"]) for fault in map(FAULT.fullmatch, faults(path)) if fault]
    assert [lines[place - 1] for place in places] == ["kind: pvoorbeeld", "Een zin.[^4]"]


def test_a_line_separator_in_a_title_moves_no_line(tmp_path: Path) -> None:
    path = write_note(tmp_path, "notitie")
    text = (
        path.read_text(encoding="utf-8")
        .replace('"Over', '"Een\u2028titel\u0085over')
        .replace("kind: p", "kind: ")
    )
    path.write_text(text, encoding="utf-8")

    assert faults(path)[0].startswith(f"{path}:8: kind: ")


@pytest.mark.parametrize("line_end", [b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(
    tmp_path: Path, line_end: bytes, mark: bytes
) -> None:
    path = write_note(tmp_path, "notitie")
    raw = path.read_bytes()
    expected = load(path)
    path.write_bytes(mark + raw.replace(b"\n", line_end))
    found = load(path)

    assert found.text == expected.text
    assert "\r" not in found.text
    assert found.title == expected.title
    assert found.digest != expected.digest


def test_the_note_text_is_all_that_stands_after_the_front_matter(tmp_path: Path) -> None:
    body = "\n# Kop\f\n\n---\nRegel\u2028een \ttwee\n---\n  einde"
    path = write_note(tmp_path, "notitie", body)

    assert load(path).text == body
    assert load(path).digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert load(path).wording == "note"


def test_bytes_that_are_no_utf_8_are_named_by_line(tmp_path: Path) -> None:
    path = note(tmp_path, b"---\nid: notitie\ntitle: caf\xe9\n---\nTekst.\n")

    assert faults(path) == (f"{path}:3: file: not UTF-8; save the note as UTF-8",)


def test_a_control_character_is_named_by_line(tmp_path: Path) -> None:
    path = note(tmp_path, "---\nid: notitie\ntitle: a\0b\n---\nTekst.\n")

    assert faults(path)[0].startswith(f"{path}:3: front matter: not valid YAML: special characters")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "block",
    [
        "[" * 10_000,
        "a: " + "{a: " * 5_000,
        "a: [" + "1, " * 10_000 + "]",
        "- " * 10_000 + "a",
        "a: " + "9" * 50_000,
        "workstream: " + "9" * 50_000,
        'date: "' + "9" * 50_000 + '"',
        "url: http://" + "[" * 10_000,
        "a" * 2 * MAX_FRONT_MATTER,
        "".join(f"a{number}: &a{number} [*a{number - 1}, *a{number - 1}]\n" for number in range(1, 60)),
        "a: &a [*a]",
        "? {b: c}\n: d",
        "a: !!python/object/apply:os.system [true]",
        "id: !!int x",
        "%YAML 9.9",
    ],
    ids=lambda block: str(block)[:20],
)
def test_hostile_front_matter_is_refused(tmp_path: Path, block: str) -> None:
    path = note(tmp_path, f"---\n{block}\n---\nTekst.\n")

    assert all(FAULT.fullmatch(fault) for fault in faults(path))


@pytest.mark.timeout(60)
def test_a_hundred_thousand_bad_marks_are_all_named(tmp_path: Path) -> None:
    path = write_note(tmp_path, "notitie", "Zin.[^7]\n" * 100_000)
    found = faults(path)

    assert len(found) == 100_000
    assert found[-1].startswith(f"{path}:{path.read_text(encoding='utf-8').count(chr(10))}: body: mark [^7]")


@pytest.mark.parametrize("mark", ["[^0]", "[^2]", "[^00002]", "[^٣]", "[^" + "9" * 5_000 + "]"])
def test_a_mark_without_an_entry_is_a_fault(tmp_path: Path, mark: str) -> None:
    path = write_note(tmp_path, "notitie", f"Een zin.{mark}\n")

    assert [fault.split(": ")[1:3] for fault in faults(path)] == [
        ["body", f"mark {mark[:11].rstrip(']')}] has no entry; 'sources' counts 1"]
    ]


def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pijp.md"
    os.mkfifo(pipe)
    folder = tmp_path / "map.md"
    folder.mkdir()

    assert faults(pipe) == (f"{pipe}:1: file: not an ordinary file",)
    assert faults(folder) == (f"{folder}:1: file: not an ordinary file",)
    assert "No such file" in faults(tmp_path / "weg.md")[0]


def test_a_file_too_large_for_a_note_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "groot.md"
    with path.open("wb") as file:
        file.truncate(MAX_NOTE_BYTES + 1)

    assert faults(path) == (f"{path}:1: file: larger than 2,000,000 bytes, which no note is",)


GOOD_LINES = (FOLDER / "good" / "volledig.md").read_text(encoding="utf-8").splitlines()
SCRAP = st.one_of(
    st.sampled_from(
        [
            *GOOD_LINES,
            "---",
            "...",
            "- ",
            "  x: y",
            "? a",
            "&a b",
            "*a",
            "[",
            "{a: b",
            "'",
            '"',
            "!!set {a}",
            "\t",
        ]
    ),
    st.text(max_size=20),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_note_is_a_source_or_a_list_of_faults(tmp_path: Path, data: st.DataObject) -> None:
    lines = list(GOOD_LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        lines[place : place + data.draw(st.integers(0, 2))] = data.draw(st.lists(SCRAP, max_size=2))
    path = note(tmp_path, "\n".join(lines).encode("utf-8", "replace"), "volledig")
    found, told = outcome(path)
    if found:
        assert found.entries
        assert found.text.strip()
    else:
        assert told
    last = path.read_text(encoding="utf-8").replace("\r", "\n").count("\n") + 1
    for fault in map(FAULT.fullmatch, told):
        assert fault
        assert int(fault["line"]) <= last


def test_files_are_found_sorted_and_once(tmp_path: Path) -> None:
    inner = write_note(tmp_path / "diep" / "er", "tweede")
    first = write_note(tmp_path, "eerste")
    (tmp_path / "lees.txt").write_text("geen notitie", encoding="utf-8")
    again = tmp_path / "diep" / ".." / "eerste.md"

    assert find_files([tmp_path, first, again, inner]) == [inner, first]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("weg", "does not exist"),
        ("leeg", "holds no notes"),
        ("\0", "does not exist"),
        ("n" * 300, "cannot be read: File name too long"),
    ],
)
def test_a_path_without_notes_is_bad_use(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "leeg").mkdir()

    with pytest.raises(BadUseError, match=message):
        find_files([tmp_path / name])
