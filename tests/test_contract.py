"""The promises of an answer that other tools depend on, checked on every question of the question files.

The checks read the notes themselves, not what the program made of them.
"""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from assistant import wire
from assistant.datatypes import Filters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.datatypes import Answer
    from assistant.pipeline import Assistant

HERE = Path(__file__).parent
CORPUS = HERE.parent / "corpus"
MARKS = re.compile(r"(?:\[\^\d+\])+")
AFTER_SPAN = re.compile(r"[^\w\[]*((?:\[\^\d+\])*)")
"""What follows a span: signs that are no words, then the marks that belong to it."""

Json = dict[str, Any]


@cache
def validator(name: str) -> Draft202012Validator:
    schema = json.loads((HERE / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def faults(name: str, record: object) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(name).iter_errors(record)]


@cache
def note(name: str) -> tuple[Json, str]:
    """The front matter and the text of a note, read anew from its file."""
    raw = (CORPUS / f"{name}.md").read_bytes().decode("utf-8")
    match = re.match(r"---\n(.*?\n)---\n", raw, re.DOTALL)
    assert match
    return yaml.safe_load(match[1]), raw[match.end() :]


@cache
def originating(name: str, entry: int) -> Json:
    """The document that an entry of a note names."""
    front, _ = note(name)
    own = {key: front[key] for key in ("title", "publisher", "date", "url")}
    listed: list[Json] = front.get("sources") or [own]
    return listed[entry - 1]


def designated(name: str, end: int) -> list[int]:
    """The entries that the marks right after a span name, in order; the first where there is no mark."""
    after = AFTER_SPAN.match(note(name)[1], end)
    assert after
    return list(dict.fromkeys(int(digits) for digits in re.findall(r"\d+", after[1]))) or [1]


@pytest.fixture(scope="module")
def printed(asked: list[tuple[Json, Answer]], talked: list[tuple[Json, Answer]]) -> list[Json]:
    """All answers as the command prints them, those in conversations too."""
    found: list[Json] = json.loads(json.dumps([wire.answer_json(answer) for _, answer in [*asked, *talked]]))
    return found


@pytest.fixture(scope="module")
def answered(printed: list[Json]) -> list[Json]:
    return [answer for answer in printed if not answer["abstained"]]


def statements(answers: list[Json]) -> Iterator[tuple[Json, Json]]:
    return ((answer, statement) for answer in answers for statement in answer["statements"])


def quotes(answers: list[Json]) -> Iterator[tuple[Json, Json]]:
    return ((answer, quote) for answer, statement in statements(answers) for quote in statement["quotes"])


def test_there_is_enough_to_check(printed: list[Json], answered: list[Json]) -> None:
    cited = [(source["note"], source["entry"]) for answer in answered for source in answer["sources"]]
    assert len(printed) - len(answered) > 20
    assert len(answered) > 80
    assert len({name for name, _ in cited}) > 50
    assert sum(entry > 1 for _, entry in cited) > 30
    kinds = {text[:1] == "|" for _, text in ((a, s["text"]) for a, s in statements(answered))}
    assert kinds == {True, False}


def test_an_answer_obeys_the_schema(printed: list[Json]) -> None:
    assert [
        (answer["question"], faults("answer", answer)) for answer in printed if faults("answer", answer)
    ] == []


def test_the_schema_is_strict(printed: list[Json]) -> None:
    good = next(answer for answer in printed if not answer["abstained"])
    assert faults("answer", good | {"more": 1})
    assert faults("answer", {key: value for key, value in good.items() if key != "notice"})
    assert faults("answer", good | {"abstained": True})
    assert faults("answer", good | {"text": good["text"] + "[^2]"})
    assert faults("answer", good | {"filters": {"place": ["Tilburg"]}})
    assert faults("answer", good | {"sources": [good["sources"][0] | {"entry": 0}]})


def test_it_abstains_exactly_when_it_says_nothing(printed: list[Json]) -> None:
    for answer in printed:
        assert answer["abstained"] == (not answer["statements"]) == (not answer["sources"])
        assert answer["abstained"] == bool(answer["nearest"])
        assert answer["text"].strip()


def test_every_quote_is_a_literal_slice_of_its_note(answered: list[Json]) -> None:
    for _, quote in quotes(answered):
        text = note(quote["note"])[1]
        assert text[quote["start"] : quote["end"]] == quote["text"]
        assert quote["text"] == quote["text"].strip()
        assert not MARKS.search(quote["text"])
        assert quote["passage"].rpartition("#")[0] == quote["note"]


def test_a_statement_is_made_of_its_quotes(answered: list[Json]) -> None:
    for _, statement in statements(answered):
        spans = dict.fromkeys((quote["start"], quote["text"]) for quote in statement["quotes"])
        assert statement["text"] == " ".join(text for _, text in spans)
        assert [start for start, _ in spans] == sorted(start for start, _ in spans)
        assert statement["citations"] == list(
            dict.fromkeys(quote["citation"] for quote in statement["quotes"])
        )


def test_numbers_are_complete_and_in_order_of_first_use(answered: list[Json]) -> None:
    for answer in answered:
        used = list(dict.fromkeys(quote["citation"] for _, quote in quotes([answer])))
        assert used == [source["number"] for source in answer["sources"]] == list(range(1, len(used) + 1))
        keys = [(source["note"], source["entry"]) for source in answer["sources"]]
        assert len(set(keys)) == len(keys)
        by_number = {source["number"]: source["note"] for source in answer["sources"]}
        assert all(by_number[quote["citation"]] == quote["note"] for _, quote in quotes([answer]))


def test_the_text_cites_as_the_statements_do(answered: list[Json]) -> None:
    for answer in answered:
        shown = [int(number) for number in re.findall(r"(?<!\\)\[(\d+)\]", answer["text"])]
        assert shown == [number for _, statement in statements([answer]) for number in statement["citations"]]
        assert not MARKS.search(answer["text"])


def test_the_text_holds_every_statement(answered: list[Json]) -> None:
    for answer in answered:
        shown = re.sub(r"\\([\[\]])", r"\1", answer["text"])
        place = 0
        for _, statement in statements([answer]):
            body = statement["text"].removesuffix("|").rstrip()
            place = shown.index(body, place) + len(body)


def test_each_citation_is_what_the_footnote_mark_designates(answered: list[Json]) -> None:
    for answer, statement in statements(answered):
        entries = {source["number"]: source["entry"] for source in answer["sources"]}
        for (name, end), group in groupby(
            statement["quotes"], key=lambda quote: (quote["note"], quote["end"])
        ):
            assert [entries[quote["citation"]] for quote in group] == designated(name, end)


def test_a_cited_source_is_the_originating_document(answered: list[Json]) -> None:
    for answer in answered:
        for source in answer["sources"]:
            document = originating(source["note"], source["entry"])
            assert {key: source[key] for key in ("title", "publisher", "date", "url")} == document
            assert source["kind"] == note(source["note"])[0]["kind"]
            assert source["wording"] == "note"


def test_an_answer_is_short(asked: list[tuple[Json, Answer]]) -> None:
    for _, answer in asked:
        listed = any(statement.kind in {"item", "row"} for statement in answer.statements)
        assert len(answer.text.split()) <= (300 if listed else 150), answer.question


def test_follow_ups_are_other_questions_that_the_material_answers(answered: list[Json]) -> None:
    known = {question for path in CORPUS.glob("*.md") for question in note(path.stem)[0]["questions"]}
    for answer in answered:
        assert len(set(answer["follow_ups"])) == len(answer["follow_ups"]) <= 3
        assert set(answer["follow_ups"]) <= known
        assert answer["question"] not in answer["follow_ups"]
    given = [len(answer["follow_ups"]) for answer in answered if answer["statements"]]
    assert given.count(3) > 0.9 * len(given), "fewer only where all that was found is one note"


def test_the_nearest_notes_are_named_by_their_own_heading(printed: list[Json]) -> None:
    for answer in printed:
        for near in answer["nearest"]:
            assert re.search(rf"^# {re.escape(near['title'])}$", note(near["note"])[1], re.MULTILINE)


def test_a_question_is_answered_the_same_each_time(
    asked: list[tuple[Json, Answer]], corpus_assistant: Assistant
) -> None:
    for record, answer in asked[::10]:
        again = wire.answer_json(corpus_assistant.ask(record["question"])) | {"timings_ms": None}
        assert again == wire.answer_json(answer) | {"timings_ms": None}


def test_hits_obey_their_schema_and_are_slices(corpus_assistant: Assistant) -> None:
    found = corpus_assistant.search("Wat helpt tegen energiearmoede?", Filters(), 100)
    hits = [wire.hit_json(hit, source) for hit, source in found]
    assert len(hits) == 100
    assert faults("hits", {"hits": hits}) == []
    for hit in hits:
        assert note(hit["note"])[1][hit["start"] : hit["end"]] == hit["text"]
    scores = [hit["score"] for hit in hits]
    assert scores == sorted(scores, reverse=True)


def test_notes_obey_their_schema(corpus_assistant: Assistant) -> None:
    notes = corpus_assistant.matching(Filters())
    assert faults("notes", {"notes": notes}) == []
    assert notes == sorted(path.stem for path in CORPUS.glob("*.md"))
