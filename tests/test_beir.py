"""Data sets in BEIR layout: what a run holds, which files are refused, and the figures of a ranking."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from assistant import beir
from assistant.__main__ import main
from assistant.errors import BadUseError
from benchmarks.metrics import interval, ndcg, recall, reciprocal_rank
from tests.fakes import FakeEncoder

if TYPE_CHECKING:
    from pathlib import Path

FIX = "De FIXbrigade plakt gratis tochtstrips bij huurders met een hoge energierekening."
POOL = "In het zwembad van Paddepoel leren kinderen van zes jaar zwemmen zonder bandjes."
TREES = "Langs de Lange Dijk staan dertig kastanjebomen die in de herfst worden gesnoeid."


def _write(folder: Path, documents: list[dict[str, str]], questions: list[dict[str, str]]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in (("corpus", documents), ("queries", questions)):
        (folder / f"{name}.jsonl").write_text(
            "".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8"
        )
    return folder


@pytest.fixture
def _fake_encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("assistant.encoder.open_encoder", lambda name, data_dir: FakeEncoder())
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path / "data"))


def _run(folder: Path, *more: str) -> list[list[str]]:
    out = folder / "out.trec"
    assert main(["beir", str(folder), "--run", str(out), *more]) == 0
    return [line.split(" ") for line in out.read_text(encoding="utf-8").splitlines()]


@pytest.mark.usefixtures("_fake_encoder")
def test_every_question_gets_its_documents_in_order(tmp_path: Path) -> None:
    folder = _write(
        tmp_path / "set",
        [
            {"_id": "fix", "title": "Tocht", "text": FIX},
            {"_id": "bad", "title": "", "text": POOL},
            {"_id": "bomen", "title": "", "text": TREES},
        ],
        [
            {"_id": "q1", "text": "Wie plakt er tochtstrips?"},
            {"_id": "q2", "text": "Wanneer worden de kastanjebomen gesnoeid?"},
        ],
    )
    rows = _run(folder)
    for question, first in (("q1", "fix"), ("q2", "bomen")):
        own = [row for row in rows if row[0] == question]
        assert own[0][2] == first
        assert [row[3] for row in own] == [str(place) for place in range(1, len(own) + 1)]
        assert all(float(left[4]) >= float(right[4]) for left, right in pairwise(own))
        assert len({row[2] for row in own}) == len(own)
    assert {(row[1], row[5]) for row in rows} == {("Q0", "assistant")}


@pytest.mark.usefixtures("_fake_encoder")
def test_a_document_of_many_passages_stands_once_with_its_best(tmp_path: Path) -> None:
    long = "\n\n".join(f"## Deel {place}\n{POOL} {TREES}" for place in range(40)) + f"\n\n## Slot\n{FIX}"
    folder = _write(
        tmp_path / "set",
        [{"_id": "lang", "text": long}, {"_id": "kort", "text": TREES}],
        [{"_id": "q", "text": "tochtstrips bij huurders"}],
    )
    assert [row[2] for row in _run(folder)] == ["lang", "kort"]
    assert [row[2] for row in _run(folder, "--k", "1")] == ["lang"]


@pytest.mark.usefixtures("_fake_encoder")
def test_ids_may_hold_anything_but_white_space_and_texts_may_be_empty(tmp_path: Path) -> None:
    hostile = ["a#1", "a#1#2", "../../etc/passwd", "é–漢😀", "CON", '"quoted"', "0"]
    documents: list[dict[str, str]] = [
        {"_id": id_, "title": "", "text": f"{FIX} Kenmerk woord{place}."} for place, id_ in enumerate(hostile)
    ]
    documents += [
        {"_id": "leeg", "title": "", "text": ""},
        {"_id": "wit", "text": " \n\t "},
        {"_id": "tekens", "text": "--- *** |"},
        {"_id": "titel", "title": "Alleen een titel over warmtepompen", "text": ""},
        {"_id": "half", "text": "half \ud800 paar"},
        {"_id": "kop", "text": "# Kop\u2028zonder tekst"},
    ]
    folder = _write(
        tmp_path / "set",
        documents,
        [{"_id": "v/1#é", "text": "titel warmtepompen"}, {"_id": "leeg", "text": " "}],
    )
    rows = _run(folder)
    assert {row[0] for row in rows} == {"v/1#é"}
    assert rows[0][2] == "titel"
    found = {row[2] for row in rows}
    assert found >= set(hostile)
    assert not found & {"leeg", "wit", "tekens"}


@pytest.mark.usefixtures("_fake_encoder")
def test_a_collection_without_any_text_gives_an_empty_run(tmp_path: Path) -> None:
    folder = _write(tmp_path / "set", [{"_id": "a", "text": ""}], [{"_id": "q", "text": "iets"}])
    assert _run(folder) == []


@pytest.mark.parametrize(
    ("name", "line", "says"),
    [
        ("corpus", '{"_id": "b", "text": ', "corpus.jsonl:2: not valid JSON"),
        ("corpus", "[1]", "corpus.jsonl:2: not a JSON object"),
        ("corpus", '{"_id": "b"}', "corpus.jsonl:2: text must be a text"),
        ("corpus", '{"_id": 7, "text": "x"}', "corpus.jsonl:2: _id must be a text"),
        ("corpus", '{"_id": "b", "title": null, "text": "x"}', "corpus.jsonl:2: title must be a text"),
        ("corpus", '{"_id": "a", "text": "x"}', "corpus.jsonl:2: the id 'a' stands on an earlier line"),
        ("corpus", '{"_id": "a b", "text": "x"}', "corpus.jsonl:2: the id 'a b' must be one word"),
        ("queries", '{"_id": "", "text": "x"}', "queries.jsonl:2: the id '' must be one word"),
        ("queries", "[" * 100_000, "queries.jsonl:2: not"),
    ],
)
@pytest.mark.usefixtures("_fake_encoder")
def test_a_bad_line_is_told_with_file_and_line_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, line: str, says: str
) -> None:
    folder = _write(tmp_path / "set", [{"_id": "a", "text": FIX}], [{"_id": "q", "text": "tocht"}])
    with (folder / f"{name}.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    out = tmp_path / "out.trec"
    out.write_text("an earlier run\n", encoding="utf-8")
    assert main(["beir", str(folder), "--run", str(out)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("assistant: ")
    assert told.count("\n") == 1
    assert says in told
    assert out.read_text(encoding="utf-8") == "an earlier run\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.trec", "set"]


@pytest.mark.usefixtures("_fake_encoder")
def test_bad_use_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = _write(tmp_path / "set", [{"_id": "a", "text": FIX}], [])
    run = ["--run", str(tmp_path / "out.trec")]
    for arguments, says in (
        ([str(tmp_path / "nowhere"), *run], "corpus.jsonl cannot be read"),
        ([str(folder), *run], "queries.jsonl holds no lines"),
        ([str(folder), *run, "--k", "0"], "--k must be at least 1"),
        ([str(folder), "--run", str(tmp_path / "no" / "out.trec")], "queries.jsonl holds no lines"),
    ):
        assert main(["beir", *arguments]) == 2
        assert says in capsys.readouterr().err
    (folder / "queries.jsonl").write_bytes(b'{"_id": "q", "text": "x"}\n\xff\n')
    with pytest.raises(BadUseError, match=r"queries\.jsonl:2: the line is not UTF-8"):
        beir.read(folder)


def test_figures_are_those_worked_out_by_hand() -> None:
    ranked = ["x", "a", "y", "b"]
    relevant = {"a": 2, "b": 1, "c": 1}
    # Gains at places 2 and 4: 2 / log2(3) + 1 / log2(5) = 1.26186 + 0.43068.
    # At best, at places 1 to 3: 2 + 1 / log2(3) + 1 / 2 = 3.13093.
    assert ndcg(ranked, relevant, 10) == pytest.approx(1.69254 / 3.13093, abs=1e-5)
    assert ndcg(ranked, relevant, 1) == 0
    assert recall(ranked, relevant, 2) == pytest.approx(1 / 3)
    assert recall(ranked, relevant, 20) == pytest.approx(2 / 3)
    assert reciprocal_rank(ranked, relevant) == 0.5
    assert reciprocal_rank(ranked, {"c": 1}) == 0


def test_the_interval_of_a_difference_holds_it_and_is_the_same_each_time() -> None:
    ours = np.array([1.0, 0.5, 1.0, 0.0] * 20)
    theirs = np.array([0.5, 0.5, 0.5, 0.0] * 20)
    low, high = interval(ours - theirs)
    assert 0.15 < low < 0.25 < high < 0.35
    assert (low, high) == interval(ours - theirs)
    assert interval(np.full(9, 0.2)) == pytest.approx((0.2, 0.2))
