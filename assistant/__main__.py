"""`python -m assistant COMMAND`: the assistant on the command line, and its tools.

Exit codes: 0 done (abstaining included); 1 faults found, lines failed; 2 bad use or an unusable installation,
with one line on stderr. Each command imports only what it needs, so that `check` and `search ""` are quick.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from assistant import filters, sources
from assistant.arguments import OneLineParser, read_lines
from assistant.errors import AssistantError, BadUseError, SourceError
from assistant.settings import Settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from assistant.datatypes import Answer
    from assistant.pipeline import Assistant
    from assistant.verifying import Verifier

_DATA = Path(__file__).parent / "data"
_NOTHING = "Nothing in the material passes these filters."
_TOGETHER = 64
"""How many claims are verified at once."""


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code."""
    try:
        options = _parser().parse_args(arguments)
        code: int = options.run(options)
    except AssistantError as error:
        print(f"assistant: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("assistant: interrupted.", file=sys.stderr)
        return 130
    return code


def _ask(options: argparse.Namespace) -> int:
    from assistant import wire
    from assistant.export import as_text

    if bool(options.batch) == bool(options.question) or bool(options.batch) != bool(options.out):
        raise BadUseError("Give one question, or --batch IN.jsonl --out OUT.jsonl.")
    if options.batch:
        return _ask_batch(options)
    chosen = filters.parse_pairs(options.filter)
    assistant = _assistant()
    if options.write and not assistant.writes:
        raise BadUseError("No language model is set; name one in ASSISTANT_LLM, such as ollama:qwen3:8b.")
    if options.write:
        *_, answer = assistant.write(options.question, chosen)
    else:
        answer = assistant.ask(options.question, chosen)
    _show(_json(wire.answer_json(answer)) if options.json else as_text(answer, answer.language))
    return 0


def _ask_batch(options: argparse.Namespace) -> int:
    if options.filter or options.json or options.write:
        raise BadUseError(
            "--batch takes its filters from the file, and writes JSON; leave out the other options."
        )
    lines = read_lines(Path(options.batch))
    assistant = _assistant()
    assistant.warm_up()
    failed = 0
    with _replacing(Path(options.out)) as out:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                result = _answer_line(assistant, number, line)
                failed += "error" in result
                out.write(_json(result) + "\n")
    return 1 if failed else 0


def _answer_line(assistant: Assistant, number: int, line: str) -> dict[str, Any]:
    from assistant import wire

    name: object = f"line {number}"
    try:
        record = _record(line)
        name = record.get("id", name)
        if "turns" in record:
            if not isinstance(record["turns"], list):
                raise BadUseError("turns must be a list of objects with a question.")
            history: list[Answer] = []
            for turn in record["turns"]:
                history.append(_answer(assistant, turn, history))
            return {"id": name, "answers": [wire.answer_json(answer) for answer in history]}
        return {"id": name, "answer": wire.answer_json(_answer(assistant, record))}
    except AssistantError as error:
        return {"id": name, "error": str(error)}


def _record(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except RecursionError as error:
        raise BadUseError("Not usable JSON: nested too deeply.") from error
    except ValueError as error:
        raise BadUseError(f"Not valid JSON: {error}.") from error
    if not isinstance(record, dict):
        raise BadUseError("A line must be a JSON object with id and question, or id and turns.")
    return record


def _answer(assistant: Assistant, turn: object, history: Sequence[Answer] = ()) -> Answer:
    if not isinstance(turn, dict) or not isinstance(turn.get("question"), str):
        raise BadUseError("A question must be a text in the field 'question'.")
    given = {} if turn.get("filters") is None else turn["filters"]
    if not isinstance(given, dict):
        raise BadUseError("filters must be an object of field names and values.")
    return assistant.ask(turn["question"], filters.parse(given), history)


def _search(options: argparse.Namespace) -> int:
    from assistant import retrieval, wire

    chosen = filters.parse_pairs(options.filter)
    assistant = _assistant()
    if not options.question.strip():
        notes = assistant.matching(chosen)
        _show(_json({"notes": notes}) if options.json else "\n".join(notes) or _NOTHING)
        return 0
    if not 1 <= options.k <= retrieval.DEPTH:
        raise BadUseError(f"--k must be between 1 and {retrieval.DEPTH}.")
    found = [
        wire.hit_json(hit, source) for hit, source in assistant.search(options.question, chosen, options.k)
    ]
    listed = (
        f"{place}. {hit['passage']} ({hit['score']:.2f})\n{hit['text'].strip()}\n"
        for place, hit in enumerate(found, start=1)
    )
    _show(_json({"hits": found}) if options.json else "\n".join(listed) or _NOTHING)
    return 0


def _check(options: argparse.Namespace) -> int:
    files = sources.find_files([Path(options.folder)])
    faults: list[str] = []
    seen: dict[str, Path] = {}
    for path in files:
        try:
            source = sources.load(path)
        except SourceError as error:
            faults += error.faults
            continue
        if source.id in seen:
            faults.append(f"{path}:2: id: {source.id!r} is also the id of {seen[source.id]}")
        seen.setdefault(source.id, path)
    _show("\n".join([*faults, f"{len(files)} notes, {len(faults)} faults."]))
    return 1 if faults else 0


def _evaluate(options: argparse.Namespace) -> int:
    from assistant import evaluation

    records = {path: evaluation.read_file(Path(path)) for path in options.files}
    assistant = _assistant()
    assistant.warm_up()
    reports = {
        path: evaluation.report(
            [outcome for record in listed for outcome in evaluation.outcomes(record, assistant)]
        )
        for path, listed in records.items()
        if listed
    }
    _print_reports(reports)
    if options.out:
        with _replacing(Path(options.out)) as out:
            out.write(json.dumps(reports, ensure_ascii=False, indent=1) + "\n")
    return 0


def _print_reports(reports: dict[str, dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 160)
    console.begin_capture()
    for path, report in reports.items():
        table = Table(
            "kind",
            "n",
            "correct",
            "95 %",
            "found",
            "first cited",
            "any cited",
            "words p50/p95",
            title=escape(Path(path).name),
        )
        for name, figures in report["groups"].items():
            low, high = figures["interval"]
            table.add_row(
                escape(name),
                str(figures["n"]),
                f"{figures['correct']:.1%}",
                f"{low:.0%}-{high:.0%}",
                f"{figures['share']:.1%}",
                *(
                    f"{figures[key]:.1%}" if key in figures else "-"
                    for key in ("first_relevant", "any_relevant")
                ),
                f"{figures['words_median']:.0f}/{figures['words_p95']}",
            )
        console.print(table)
        for wrong in report["worst"]:
            console.print(
                f"  {wrong['id']}  {wrong['question']}  → {wrong['problem']}", markup=False, highlight=False
            )
    _show(console.end_capture().rstrip("\n"))


def _fit(options: argparse.Namespace) -> int:
    from assistant import evaluation, fitting

    files = {Path(path).stem: evaluation.read_file(Path(path)) for path in options.files}
    examples = fitting.collect(files, _assistant())
    fitted = {"ranker": fitting.fit_ranker(examples), "grounding": fitting.fit_grounding(examples)}
    for name, model in fitted.items():
        _show(f"{name}: {json.dumps(model['figures'])}")
        with _replacing(_DATA / f"{name}.json") as out:
            out.write(json.dumps(model, indent=2) + "\n")
    return 0


def _beir(options: argparse.Namespace) -> int:
    from tempfile import TemporaryDirectory

    from assistant import beir
    from assistant.encoder import open_encoder

    if options.k < 1:
        raise BadUseError("--k must be at least 1.")
    data_set = beir.read(Path(options.folder))
    settings = Settings.from_env(os.environ, Path.cwd())
    encoder = open_encoder(settings.encoder, settings.data_dir)
    with _replacing(Path(options.run_file)) as out, TemporaryDirectory() as data_dir:
        for ranked in beir.rank(data_set, encoder, Path(data_dir), options.k):
            out.writelines(beir.lines(ranked))
    return 0


def _verify(options: argparse.Namespace) -> int:
    from assistant.verifying import verdict_json

    lines = [(number, line) for number, line in enumerate(read_lines(Path(options.file)), 1) if line.strip()]
    verifier = _verifier()
    failed = 0
    with _replacing(Path(options.out)) as out:
        for start in range(0, len(lines), _TOGETHER):
            read = [_claim(number, line) for number, line in lines[start : start + _TOGETHER]]
            verdicts = iter(verifier.verify_all([claim for _, claim, _ in read if claim is not None]))
            for name, claim, error in read:
                failed += claim is None
                out.write(
                    _json(
                        {"id": name, "error": error} if claim is None else verdict_json(name, next(verdicts))
                    )
                    + "\n"
                )
    return 1 if failed else 0


def _claim(number: int, line: str) -> tuple[object, tuple[str, list[str]] | None, str]:
    """The id of a line, its claim with the evidence, and what is wrong where there is none."""
    name: object = f"line {number}"
    try:
        record = _record(line)
        name = record.get("id", name)
        claim, evidence = record.get("claim"), record.get("evidence")
        texts = [evidence] if isinstance(evidence, str) else evidence
        if not isinstance(claim, str) or not isinstance(texts, list):
            raise BadUseError(
                "A line must have a text in 'claim', and a text or a list of texts in 'evidence'."
            )
        if not all(isinstance(text, str) for text in texts):
            raise BadUseError("Each evidence must be a text.")
    except BadUseError as error:
        return name, None, str(error)
    return name, (claim, texts), ""


def _fit_verifier(options: argparse.Namespace) -> int:
    from assistant import verifying_fit
    from assistant.encoder import open_encoder

    pairs = [pair for path in options.files for pair in verifying_fit.read_pairs(Path(path))]
    settings = Settings.from_env(os.environ, Path.cwd())
    model = verifying_fit.fit_verifier(pairs, open_encoder(settings.encoder, settings.data_dir))
    _show(json.dumps(model["figures"]))
    with _replacing(_DATA / "verifier.json") as out:
        out.write(json.dumps(model, indent=2) + "\n")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from assistant import doctor
    from assistant.pipeline import open_judge, open_llm

    settings = Settings.from_env(os.environ, Path.cwd())
    findings = doctor.examine(open_llm(settings), settings.llm.timeout_s)
    if judge := open_judge(settings):
        findings += (doctor.examine_judge(judge),)
    listed = [asdict(finding) for finding in findings]
    _show(json.dumps(listed, ensure_ascii=False) if options.json else doctor.as_text(findings))
    return 0 if doctor.is_sound(findings) else 1


def _verifier() -> Verifier:
    from assistant.encoder import open_encoder
    from assistant.pipeline import open_judge
    from assistant.verifying import Verifier

    settings = Settings.from_env(os.environ, Path.cwd())
    return Verifier(open_encoder(settings.encoder, settings.data_dir), open_judge(settings))


def _assistant() -> Assistant:
    from assistant.pipeline import open_assistant

    return open_assistant(Settings.from_env(os.environ, Path.cwd()))


def _json(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False)


def _show(text: str) -> None:
    """Print a text, whatever it holds; that nobody reads on is no fault."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)
    except OSError as error:
        # Python would try once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise BadUseError(f"The output cannot be written: {error.strerror}.") from error


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """A file that takes the place of `path` only when all of it was written; a device is written to directly.

    A lone surrogate is written as its escape, which is how JSON has it.
    """
    target = path.resolve()
    replaced = target.is_file() or not target.exists()
    part = target.with_name(f".{target.name}.{os.getpid()}") if replaced else target
    try:
        with part.open("w", encoding="utf-8", errors="backslashreplace") as out:
            yield out
        if replaced:
            part.replace(target)
    except OSError as error:
        raise BadUseError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        if replaced:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _add_filter(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="search this part of the material only, as in places=Tilburg; may be repeated",
    )


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog="python -m assistant", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    ask = commands.add_parser("ask", help="answer one question, or a file of questions")
    ask.add_argument("question", nargs="?", default="")
    _add_filter(ask)
    ask.add_argument("--json", action="store_true", help="print the Answer as JSON")
    ask.add_argument("--write", action="store_true", help="let the language model of the settings write it")
    ask.add_argument("--batch", metavar="IN.jsonl", help="questions, one JSON object a line")
    ask.add_argument("--out", metavar="OUT.jsonl", help="where the answers of --batch go")
    ask.set_defaults(run=_ask)

    search = commands.add_parser(
        "search", help="passages for a question; without one, the notes and documents that pass the filters"
    )
    search.add_argument("question", nargs="?", default="")
    _add_filter(search)
    search.add_argument("--k", type=int, default=10, help="how many passages (10)")
    search.add_argument("--json", action="store_true", help="print JSON")
    search.set_defaults(run=_search)

    check = commands.add_parser(
        "check", help="check notes against the schema; names file, line and field of each fault"
    )
    check.add_argument("folder", help="a folder with notes, or one note")
    check.set_defaults(run=_check)

    evaluate = commands.add_parser("evaluate", help="score question files")
    evaluate.add_argument("files", nargs="+", metavar="FILE", help="question files (JSON lines)")
    evaluate.add_argument("--out", metavar="REPORT.json", help="also write the figures here")
    evaluate.set_defaults(run=_evaluate)

    beir = commands.add_parser("beir", help="search a data set in BEIR layout as the material is searched")
    beir.add_argument("folder", metavar="DIR", help="a folder with corpus.jsonl and queries.jsonl")
    beir.add_argument("--run", dest="run_file", metavar="OUT.trec", required=True, help="where the run goes")
    beir.add_argument("--k", type=int, default=100, help="how many documents for each question (100)")
    beir.set_defaults(run=_beir)

    verify = commands.add_parser(
        "verify", help="say whether evidence supports claims, one JSON object a line"
    )
    verify.add_argument("file", metavar="IN.jsonl", help="lines with id, claim and evidence")
    verify.add_argument("--out", metavar="OUT.jsonl", required=True, help="where the verdicts go")
    verify.set_defaults(run=_verify)

    fit_verifier = commands.add_parser(
        "fit-verifier", help="fit the score of `verify` on pairs and keep it in assistant/data"
    )
    fit_verifier.add_argument("files", nargs="+", metavar="FILE", help="files of pairs (JSON lines)")
    fit_verifier.set_defaults(run=_fit_verifier)

    doctor = commands.add_parser(
        "doctor", help="say whether the language model answers, how fast, and in which language"
    )
    doctor.add_argument("--json", action="store_true", help="print JSON")
    doctor.set_defaults(run=_doctor)

    fit = commands.add_parser(
        "fit", help="fit the calibrated scores on question files and keep them in assistant/data"
    )
    fit.add_argument("files", nargs="+", metavar="FILE", help="question files (JSON lines)")
    fit.set_defaults(run=_fit)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
