"""The command line: what it prints, what it writes, and that bad use ends in one line."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from assistant import answering, grounding, pipeline
from assistant.__main__ import main
from tests.fakes import FakeEncoder, NarrowEncoder
from tests.samples import write_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.datatypes import Answer, Encoder, Filters

HERE = Path(__file__).parent
ROOT = HERE.parent
CORPUS = ROOT / "corpus"
QUESTIONS = HERE / "questions"
TRANSVAAL = "Wat doet de sociaal projectleider in Transvaal?"
FOOTBALL = "Wie won in 1974 het wereldkampioenschap voetbal?"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """What was printed, as JSON; there was nothing else."""
        assert (self.code, self.err) == (0, "")
        return json.loads(self.out)

    def refused(self) -> str:
        """The one line that says what was wrong."""
        assert (self.code, self.out) == (2, "")
        assert self.err.startswith("assistant: ")
        assert self.err.count("\n") == 1
        return self.err


class Desk:
    """A place to run commands in this process: its own working folder, the corpus as the index."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def run(self, *arguments: str) -> Ended:
        code = main(arguments)
        out, err = self._capsys.readouterr()
        return Ended(code, out, err)

    def write(self, name: str, *lines: object) -> Path:
        """A file of JSON lines; a text is written as it is."""
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path = self.folder / name
        path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        return path

    def batch(self, *lines: object) -> tuple[int, list[dict[str, Any]]]:
        """The exit code and the lines that came of these."""
        ended = self.run("ask", "--batch", str(self.write("in.jsonl", *lines)), "--out", "out.jsonl")
        assert (ended.out, ended.err) == ("", "")
        written = (self.folder / "out.jsonl").read_text(encoding="utf-8")
        return ended.code, [json.loads(line) for line in written.split("\n")[:-1]]

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def desk(
    tmp_path: Path, corpus_data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(corpus_data))
    use(NarrowEncoder(), monkeypatch)
    return Desk(tmp_path, capsys)


def use(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "open_encoder", lambda name, data_dir: encoder)


def lines_of(name: str, count: int) -> list[str]:
    """The first lines of a question file."""
    return (QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()[:count]


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(
        json.loads((HERE / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
    )


def obeys(name: str, record: object) -> bool:
    return [error.message for error in validator(name).iter_errors(record)] == []


def run_process(*arguments: str | bytes, module: str = "assistant", **options: Any) -> Ended:
    """A command in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | options.pop("env", {})
    streams: dict[str, Any] = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
        "encoding": "utf-8",
    }
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, check=False, env=environment, **(streams | options))
    return Ended(done.returncode, done.stdout or "", done.stderr)


# ask


def test_an_answer_is_printed_with_its_sources(desk: Desk) -> None:
    ended = desk.run("ask", TRANSVAAL)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(TRANSVAAL)
    assert "[1] Onze samenvatting van: " in ended.out
    assert "https://" in ended.out
    assert "[^" not in ended.out


def test_an_answer_is_printed_as_json(desk: Desk) -> None:
    answer = desk.run("ask", TRANSVAAL, "--json").json()
    assert obeys("answer", answer)
    assert answer["question"] == TRANSVAAL
    assert answer["sources"][0]["note"] == "denhaag-transvaal-sociaal-projectleider"


def test_abstaining_is_no_fault(desk: Desk) -> None:
    answer = desk.run("ask", FOOTBALL, "--json").json()
    assert obeys("answer", answer)
    assert answer["abstained"]
    ended = desk.run("ask", FOOTBALL)
    assert ended.code == 0
    assert answer["nearest"][0]["title"] in ended.out


def test_filters_repeat_and_take_json_lists(desk: Desk) -> None:
    pairs = (
        "places=Tilburg",
        'places=["Den Haag", "ARNHEM"]',
        "year_from=2001",
        "year_from=2015",
        "workstream=1",
    )
    given = [argument for pair in pairs for argument in ("--filter", pair)]
    answer = desk.run("ask", "Wat doet de wijk?", "--json", *given).json()
    assert obeys("answer", answer)
    assert answer["filters"] == {
        "places": ["Tilburg", "Den Haag", "ARNHEM"],
        "workstream": ["1"],
        "year_from": 2015,
    }
    notes = desk.run("search", "", "--json", *given).json()["notes"]
    assert notes
    assert {source["note"] for source in answer["sources"]} <= set(notes)


def test_a_search_that_finds_nothing_says_so(desk: Desk) -> None:
    nowhere = ["--filter", "places=Atlantis"]
    assert desk.run("search", "", *nowhere).out == "Nothing in the material passes these filters.\n"
    assert (
        desk.run("search", "Wat doet de wijk?", *nowhere).out
        == "Nothing in the material passes these filters.\n"
    )
    assert desk.run("search", "", "--json", *nowhere).json() == {"notes": []}


def test_a_question_that_is_no_text_is_answered(desk: Desk) -> None:
    broken = os.fsdecode(b"warmtenet \xff in de wijk")
    assert desk.run("ask", broken, "--json").json()["question"] == broken


def test_an_answer_is_printed_where_only_ascii_can_be(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, encoding="ascii"))
    assert main(["ask", "Welke ideeën zijn er?"]) == 0
    assert printed.getvalue().startswith(b"Welke idee\\xebn zijn er?")


# Bad use


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["vraag"], "invalid choice"),
        (["ask"], "Give one question"),
        (["ask", ""], "Give one question"),
        (["ask", "   "], "empty"),
        (["ask", "a" * 100_000], "100,000 characters"),
        (["search", "a" * 100_000], "100,000 characters"),
        (["ask", "Wat?", "extra"], "unrecognized arguments: extra"),
        (["ask", "Wat?", "--filters", "x"], "unrecognized arguments"),
        (["ask", "Wat?", "--filter", "Tilburg"], "name=value"),
        (["ask", "Wat?", "--filter", "place=Tilburg"], "Unknown filter 'place'; known are id,"),
        (["ask", "Wat?", "--filter", "themes=tuinieren"], "Unknown theme 'tuinieren'"),
        (["search", "", "--filter", "themes=tuinieren"], "Unknown theme 'tuinieren'"),
        (["search", "", "--filter", "colour=red"], "Unknown filter 'colour'"),
        (["ask", "Wat?", "--filter", "year_from=gisteren"], "year_from must be a year"),
        (["ask", "Wat?", "--filter", 'places=["Tilburg"'], "not a valid JSON list"),
        (["ask", "Wat?", "--filter", "places=[{}]"], "takes texts or numbers"),
        (["ask", "Wat?", "--out", "out.jsonl"], "Give one question, or --batch"),
        (["ask", "--batch", "in.jsonl"], "--out OUT.jsonl"),
        (["ask", "Wat?", "--batch", "in.jsonl", "--out", "out.jsonl"], "Give one question, or --batch"),
        (["ask", "--batch", "in.jsonl", "--out", "out.jsonl", "--json"], "leave out"),
        (["ask", "--batch", "in.jsonl", "--out", "out.jsonl", "--filter", "kind=beleid"], "leave out"),
        (["ask", "--batch", "in.jsonl", "--out", "out.jsonl"], "in.jsonl cannot be read: No such file"),
        (["search", "Wat?", "--k", "0"], "--k must be between 1 and 100"),
        (["search", "Wat?", "--k", "101"], "--k must be between 1 and 100"),
        (["search", "Wat?", "--k", "drie"], "invalid int value: 'drie'"),
        (["check"], "required: folder"),
        (["check", "nergens"], "nergens does not exist"),
        (["check", "."], "holds no notes"),
        (["evaluate"], "required: FILE"),
        (["evaluate", "nergens.jsonl"], "nergens.jsonl cannot be read: No such file"),
        (["evaluate", "."], "cannot be read: Is a directory"),
        (["fit", "nergens.jsonl"], "nergens.jsonl cannot be read"),
    ],
)
def test_bad_use_ends_in_one_line(desk: Desk, arguments: list[str], said: str) -> None:
    assert said in desk.run(*arguments).refused()
    assert desk.files() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "Wat?"],
        ["search", "Wat?"],
        ["search", ""],
        ["ask", "--batch", "in.jsonl", "--out", "out.jsonl"],
    ],
)
def test_a_missing_index_ends_in_the_command_that_makes_it(
    desk: Desk, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write("in.jsonl", {"id": 1, "question": "Wat?"})
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(desk.folder / "leeg"))
    assert "python ingest.py" in desk.run(*arguments).refused()
    assert desk.files() == ["in.jsonl"]


@pytest.mark.parametrize(
    "arguments", [["ask", "Wat?"], ["search", ""], ["evaluate", str(QUESTIONS / "dev.jsonl")]]
)
def test_an_index_of_another_encoder_ends_in_the_command_that_mends_it(
    desk: Desk, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(FakeEncoder("other"), monkeypatch)
    said = desk.run(*arguments).refused()
    assert "narrow" in said
    assert "other" in said
    assert "python ingest.py" in said


def test_an_interruption_ends_in_one_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(
        self: pipeline.Assistant,
        question: str,
        chosen: Filters | None = None,
        history: Sequence[Answer] = (),
    ) -> Answer:
        asked.append(question)
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline.Assistant, "ask", ask)
    desk.write("in.jsonl", {"id": 1, "question": "Wat?"}, {"id": 2, "question": "Wie?"})
    desk.write("out.jsonl", "wat er al stond")
    ended = desk.run("ask", "--batch", "in.jsonl", "--out", "out.jsonl")
    assert (ended.code, ended.out, ended.err) == (130, "", "assistant: interrupted.\n")
    assert asked == ["Wat?"]
    assert (desk.folder / "out.jsonl").read_text(encoding="utf-8") == "wat er al stond\n"
    assert desk.files() == ["in.jsonl", "out.jsonl"]


def test_a_wrong_setting_ends_in_one_line(desk: Desk) -> None:
    (desk.folder / "assistant.toml").write_text("encodder = 'x'\n", encoding="utf-8")
    assert "encodder is not a setting" in desk.run("search", "").refused()


# ask --batch


def test_a_batch_keeps_order_and_goes_on_after_bad_lines(desk: Desk) -> None:
    good = [
        {"id": "a", "question": TRANSVAAL},
        {"id": 7, "question": FOOTBALL, "filters": {"kind": "beleid"}},
    ]
    turns = {
        "id": "t",
        "turns": [{"question": TRANSVAAL}, {"question": "Wat?", "filters": {"places": ["Tilburg"]}}],
    }
    bad: list[object] = [
        "geen json",
        "[1, 2]",
        "null",
        {"id": "b1"},
        {"id": "b2", "question": ""},
        {"id": "b3", "question": 12},
        {"id": "b4", "question": "Wat?", "filters": {"themes": ["tuinieren"]}},
        {"id": "b5", "question": "Wat?", "filters": {"place": "Tilburg"}},
        {"id": "b6", "question": "Wat?", "filters": ["Tilburg"]},
        {"id": "b7", "turns": "Wat?"},
        {"id": "b8", "turns": [{"question": "Wat is een wijk?"}, {"question": " "}]},
        {"id": "b9", "turns": ["Wat?"]},
        {"id": "b10", "question": "a" * 100_000},
        "[" * 100_000,
        '{"id": ' + "9" * 5_000 + ', "question": "Wat?"}',
    ]
    code, lines = desk.batch(good[0], *bad[:7], "", turns, *bad[7:], "   ", good[1])
    assert code == 1
    assert len(lines) == len(bad) + 3
    failed = [line for line in lines if "error" in line]
    assert all(set(line) == {"id", "error"} and line["error"].endswith(".") for line in failed)
    names = ["line 2", "line 3", "line 4", *(f"b{number}" for number in range(1, 11)), "line 17", "line 18"]
    assert [line["id"] for line in failed] == names
    assert [line["id"] for line in lines] == ["a", *names[:7], "t", *names[7:], 7]
    by_id = {line["id"]: line for line in lines}
    assert set(by_id["a"]) == {"id", "answer"}
    assert set(by_id["t"]) == {"id", "answers"}
    answers = [by_id["a"]["answer"], *by_id["t"]["answers"], by_id[7]["answer"]]
    assert [answer["question"] for answer in answers] == [TRANSVAAL, TRANSVAAL, "Wat?", FOOTBALL]
    assert all(obeys("answer", answer) for answer in answers)
    assert answers[2]["filters"] == {"places": ["Tilburg"]}
    assert desk.files() == ["in.jsonl", "out.jsonl"]


def test_turns_of_a_batch_are_one_conversation(desk: Desk) -> None:
    turns = [{"question": TRANSVAAL}, {"question": "Uit welk jaar is dat?"}]
    code, (line, alone) = desk.batch(
        {"id": "t", "turns": turns}, {"id": "a", "question": turns[1]["question"]}
    )
    first, second = line["answers"]
    assert code == 0
    assert second["understood"].startswith("Uit welk jaar is dat? (over: ")
    assert second["sources"][0]["note"] == first["sources"][0]["note"]
    assert first["understood"] is None
    assert alone["answer"]["understood"] is None
    assert obeys("answer", second)


def test_a_batch_without_bad_lines_ends_well(desk: Desk) -> None:
    code, lines = desk.batch({"id": "a", "question": TRANSVAAL})
    assert (code, len(lines)) == (0, 1)
    assert desk.batch() == (0, [])


def test_a_batch_answers_as_single_questions_are(desk: Desk) -> None:
    _, (line, _) = desk.batch({"id": "a", "question": TRANSVAAL}, {"id": "b", "question": FOOTBALL})
    single = desk.run("ask", TRANSVAAL, "--json").json()
    assert line["answer"] | {"timings_ms": None} == single | {"timings_ms": None}


def test_a_batch_reads_what_json_may_hold(desk: Desk) -> None:
    separators = "Wat is\u2028een\u0085warmtenet\u2029?"
    path = desk.folder / "in.jsonl"
    lines = [
        json.dumps({"id": "s", "question": separators}, ensure_ascii=False),
        '{"id": "l", "question": "Wat is \\ud800 een warmtenet?"}',
    ]
    path.write_text("\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    assert desk.run("ask", "--batch", "in.jsonl", "--out", "out.jsonl").code == 0
    written = (desk.folder / "out.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    assert [json.loads(line)["answer"]["question"] for line in written] == [
        separators,
        "Wat is \ud800 een warmtenet?",
    ]


def test_a_batch_that_cannot_be_read_leaves_nothing(desk: Desk) -> None:
    (desk.folder / "in.jsonl").write_bytes(b'{"id": 1, "question": "caf\xe9"}\n')
    (desk.folder / "map").mkdir()
    for name, said in (("in.jsonl", "not UTF-8"), ("map", "Is a directory"), ("nergens", "No such file")):
        assert said in desk.run("ask", "--batch", name, "--out", "out.jsonl").refused()
    assert desk.files() == ["in.jsonl", "map"]


def test_a_batch_that_cannot_be_written_leaves_nothing(desk: Desk) -> None:
    desk.write("in.jsonl", {"id": 1, "question": "Wat?"})
    (desk.folder / "map").mkdir()
    for name, said in (
        ("nergens/out.jsonl", "No such file"),
        ("map", "Is a directory"),
        ("in.jsonl/x", "Not a dir"),
    ):
        assert said in desk.run("ask", "--batch", "in.jsonl", "--out", name).refused()
    assert desk.files() == ["in.jsonl", "map"]
    assert list((desk.folder / "map").iterdir()) == []


def test_what_is_written_takes_the_place_of_what_was_there(desk: Desk) -> None:
    real = desk.write("real.jsonl", "oud")
    (desk.folder / "out.jsonl").symlink_to(real)
    code, lines = desk.batch({"id": 1, "question": TRANSVAAL})
    assert (code, len(lines)) == (0, 1)
    assert (desk.folder / "out.jsonl").is_symlink()
    assert json.loads(real.read_text(encoding="utf-8"))["id"] == 1
    plain = desk.write("plain", "x").stat().st_mode
    assert stat.S_IMODE(real.stat().st_mode) == stat.S_IMODE(plain)


def test_what_is_no_file_is_written_to_and_not_replaced(desk: Desk) -> None:
    pipe = desk.folder / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")), daemon=True)
    reader.start()
    desk.write("in.jsonl", {"id": 1, "question": TRANSVAAL})
    assert desk.run("ask", "--batch", "in.jsonl", "--out", "pipe").code == 0
    reader.join(30)
    assert json.loads(read[0])["answer"]["question"] == TRANSVAAL
    assert pipe.is_fifo()


# search


def test_search_prints_the_best_passages(desk: Desk) -> None:
    found = desk.run("search", TRANSVAAL, "--json").json()
    assert obeys("hits", found)
    assert len(found["hits"]) == 10
    three = desk.run("search", TRANSVAAL, "--k", "3", "--json").json()
    assert three["hits"] == found["hits"][:3]
    ended = desk.run("search", TRANSVAAL, "--k", "3")
    assert [hit["passage"] in ended.out for hit in found["hits"][:4]] == [True, True, True, False]


def test_search_keeps_to_its_filters(desk: Desk) -> None:
    given = ("--filter", "kind=beleid", "--filter", "year_from=2023", "--json")
    notes = desk.run("search", "", *given).json()["notes"]
    hits = desk.run("search", "warmtenet", "--k", "100", *given).json()["hits"]
    assert {hit["note"] for hit in hits} == set(notes) != set()
    assert desk.run("search", "warmtenet", "--filter", "id=nergens", "--json").json() == {"hits": []}


@pytest.mark.parametrize("k", ["1", "0", "-3", "10"])
def test_an_empty_question_lists_all_notes_that_match_whatever_k(desk: Desk, k: str) -> None:
    found = desk.run("search", "", "--k", k, "--json").json()
    assert obeys("notes", found)
    assert found["notes"] == sorted(path.stem for path in CORPUS.glob("*.md"))
    assert desk.run("search", " ", "--k", k, "--json").json() == found
    assert desk.run("search", "--k", k).out.split() == found["notes"]


def test_the_filter_questions_find_exactly_their_notes(desk: Desk) -> None:
    records = [
        json.loads(line) for line in (QUESTIONS / "filters.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    asked = [record for record in records if not record["question"]]
    assert len(asked) > 5
    for record in asked:
        pairs = [
            f"{name}={json.dumps(value) if isinstance(value, list) else value}"
            for name, value in record["filters"].items()
        ]
        given = [argument for pair in pairs for argument in ("--filter", pair)]
        assert desk.run("search", "", "--json", *given).json()["notes"] == sorted(record["expected_ids"])


# check


def test_the_corpus_has_no_faults(desk: Desk) -> None:
    assert desk.run("check", str(CORPUS)) == Ended(0, "112 notes, 0 faults.\n", "")


def test_every_fault_is_named_with_file_line_and_field(desk: Desk) -> None:
    notes = desk.folder / "notes"
    write_note(notes, "goed")
    slecht = write_note(notes, "slecht", body="Een zin.[^4]\n")
    slecht.write_text(
        slecht.read_text(encoding="utf-8").replace("energiearmoede", "tuinieren"), encoding="utf-8"
    )
    write_note(notes / "map", "goed")
    (notes / "leeg.md").write_text("", encoding="utf-8")
    ended = desk.run("check", "notes")
    *faults, summary = ended.out.splitlines()
    assert (ended.code, ended.err, summary) == (1, "", f"4 notes, {len(faults)} faults.")
    assert [fault.split(": ")[:2] for fault in faults] == [
        ["notes/leeg.md:1", "front matter"],
        ["notes/map/goed.md:2", "id"],
        ["notes/slecht.md:10", "themes"],
        ["notes/slecht.md:17", "body"],
    ]
    assert desk.run("check", "notes/goed.md") == Ended(0, "1 notes, 0 faults.\n", "")


# evaluate


def test_a_question_file_is_scored(desk: Desk) -> None:
    path = desk.write("mixed.jsonl", *lines_of("dev", 12), "", *lines_of("hard_unanswerable", 4))
    empty = desk.write("empty.jsonl")
    ended = desk.run("evaluate", str(path), str(empty), "--out", "report.json")
    assert (ended.code, ended.err) == (0, "")
    report = json.loads((desk.folder / "report.json").read_text(encoding="utf-8"))
    assert list(report) == [str(path)]
    groups = report[str(path)]["groups"]
    assert groups["answerable"]["n"] + groups["unanswerable"]["n"] == 16 == len(report[str(path)]["outcomes"])
    assert "mixed.jsonl" in ended.out
    assert f"{groups['answerable']['correct']:.1%}" in ended.out
    for wrong in report[str(path)]["worst"]:
        assert wrong["id"] in ended.out
    assert desk.files() == ["empty.jsonl", "mixed.jsonl", "report.json"]


@pytest.mark.parametrize(
    "line",
    [
        "geen json",
        "[]",
        {"id": 1, "question": "Wat?"},
        {"question": "Wat?", "why": "x"},
        {"id": 1, "question": "Wat?", "items": [["a"]]},
        {"id": 1, "question": "Wat?", "relevant": ["x"]},
        {"id": 1, "question": "Wat?", "relevant": ["x"], "must_contain": [[]]},
        {"id": 1, "question": "Wat?", "relevant": "x", "must_contain": [["a"]]},
        {"id": 1, "question": "Wat?", "relevant": ["x"], "items": "a"},
        {"id": 1, "question": "", "expected_ids": ["x"]},
        {"id": 1, "question": "", "filters": ["x"], "expected_ids": ["x"]},
        {"id": 1, "question": 5, "why": "x"},
        "9" * 5_000,
        "[" * 100_000,
    ],
)
def test_what_cannot_be_scored_is_refused_with_its_line(desk: Desk, line: object) -> None:
    path = desk.write("vragen.jsonl", {"id": "a", "question": "Wat?", "why": "x"}, line)
    said = desk.run("evaluate", str(path), "--out", "report.json").refused()
    assert "vragen.jsonl:2 is " in said
    assert desk.files() == ["vragen.jsonl"]


# fit


def test_fitting_writes_both_models(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    models = desk.folder / "models"
    models.mkdir()
    monkeypatch.setattr("assistant.__main__._DATA", models)
    shipped = [
        (ROOT / "assistant" / "data" / name).read_bytes() for name in ("ranker.json", "grounding.json")
    ]
    dev = desk.write("dev.jsonl", *lines_of("dev", 20))
    hard = desk.write("hard.jsonl", *lines_of("hard_unanswerable", 10))
    ended = desk.run("fit", str(dev), str(hard))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[0].startswith("ranker: {")
    assert ended.out.splitlines()[1].startswith("grounding: {")
    ranker, ground = (
        json.loads((models / f"{name}.json").read_text("utf-8")) for name in ("ranker", "grounding")
    )
    assert list(ranker["coefficients"]) == [*answering.FEATURES, "intercept"]
    assert list(ground["coefficients"]) == [*grounding.FEATURES, "intercept"]
    assert 0 < ground["threshold"] < 1
    assert shipped == [
        (ROOT / "assistant" / "data" / name).read_bytes() for name in ("ranker.json", "grounding.json")
    ]


def test_too_few_questions_to_fit_on_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    models = desk.folder / "models"
    models.mkdir()
    monkeypatch.setattr("assistant.__main__._DATA", models)
    for name in ("hard_unanswerable", "list_questions", "filters"):
        path = desk.write("few.jsonl", *lines_of(name, 4))
        ended = desk.run("fit", str(path))
        assert "too few questions" in ended.refused()
    assert list(models.iterdir()) == []


# As a process of its own


def test_the_module_runs_and_explains_itself(tmp_path: Path) -> None:
    ended = run_process("--help", cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    for command in ("ask", "search", "check", "evaluate", "fit"):
        assert command in ended.out


def test_a_process_without_an_index_ends_in_one_line(tmp_path: Path) -> None:
    said = run_process("ask", "Wat is een fixbrigade?", cwd=tmp_path).refused()
    assert "python ingest.py" in said
    assert list(tmp_path.iterdir()) == []


def test_a_process_refuses_the_index_of_another_encoder(tmp_path: Path, corpus_data: Path) -> None:
    said = run_process("search", "", cwd=tmp_path, env={"ASSISTANT_DATA_DIR": str(corpus_data)}).refused()
    assert "encoder narrow" in said
    assert "python ingest.py" in said


def test_a_process_checks_without_loading_a_model(tmp_path: Path) -> None:
    code = (
        "import sys; from assistant.__main__ import main; code = main(['check', sys.argv[1]]);"
        "sys.exit(code or any(name in sys.modules for name in ('torch', 'chromadb', 'sklearn')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(CORPUS)], check=False, cwd=ROOT, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.fixture
def fake_process(tmp_path: Path, corpus_data: Path) -> FakeProcess:
    return FakeProcess(tmp_path, corpus_data)


class FakeProcess:
    """Runs commands in processes of their own, on the corpus and a NarrowEncoder."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        self._folder = folder
        self._environment = {"ASSISTANT_DATA_DIR": str(data_dir)}

    def run(self, *arguments: str | bytes, env: dict[str, str] | None = None, **options: Any) -> Ended:
        environment = self._environment | (env or {})
        return run_process(*arguments, module="tests.fake_cli", cwd=self._folder, env=environment, **options)


def test_a_full_disk_ends_in_one_line(fake_process: FakeProcess) -> None:
    full = Path("/dev/full")
    if not full.is_char_device():
        pytest.skip("this system has no /dev/full")
    with full.open("w", encoding="utf-8") as out:
        said = fake_process.run("search", "", stdout=out).refused()
    assert "cannot be written: No space left" in said


def test_a_reader_that_stops_is_no_fault(fake_process: FakeProcess) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert fake_process.run("search", "", stdout=writing) == Ended(0, "", "")
    finally:
        os.close(writing)
