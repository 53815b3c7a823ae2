"""Scoring question files: what counts as right, and the figures that come of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import filters
from assistant.datatypes import Answer, CitedSource, Filters, Quote, Statement, Timings
from assistant.errors import BadUseError
from assistant.evaluation import Outcome, holds, interval, kind_of, outcomes, read_file, report, score
from assistant.reasons import Reason
from assistant.verifying import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

QUESTIONS = Path(__file__).parent / "questions"


def answer_of(question: str, text: str, notes: Sequence[str]) -> Answer:
    """An answer with that text that cites these notes; without notes, an abstention."""
    sources = tuple(
        CitedSource(place, note, 1, "note", note, "p", "2024", "", "artikel")
        for place, note in enumerate(notes, start=1)
    )
    said = tuple(
        Statement(text, (source.number,), (Quote(source.number, source.note, "x#1", 0, 1, text),))
        for source in sources
    )
    return Answer(question, "nl", not notes, text, said, sources, Timings(1, 1, 2))


class ScriptedAnswerer:
    """Answers every question with one text and some notes; keeps what it was asked."""

    def __init__(self, text: str = "", *notes: str, matching: Sequence[str] = ()) -> None:
        self._text = text
        self._notes = notes
        self._matching = list(matching)
        self.asked: list[tuple[str, Filters | None]] = []
        self.heard: list[list[str]] = []

    def ask(self, question: str, chosen: Filters | None = None, history: Sequence[Answer] = ()) -> Answer:
        self.asked.append((question, chosen))
        self.heard.append([answer.question for answer in history])
        return answer_of(question, self._text, self._notes)

    def matching(self, chosen: Filters) -> list[str]:
        self.asked.append(("", chosen))
        return self._matching

    def verify(self, claim: str, evidence: Sequence[str]) -> Verdict:
        supported = claim in evidence[0]
        reasons = () if supported else (Reason("words"),)
        return Verdict(supported, float(supported), reasons, (0, 0, 1) if supported else None)


ANSWERABLE = {
    "id": "q1",
    "question": "Wie betaalt?",
    "language": "nl",
    "role": "trainer",
    "relevant": ["goed", "ook-goed"],
    "must_contain": [["400.000", "vier ton"], ["gemeente"]],
}
LIST = {"id": "l1", "question": "Noem ze", "relevant": ["goed"], "items": [["een"], ["twee"], ["drie", "3"]]}
HARD = {"id": "h1", "question": "Wie wint?", "why": "off-topic"}
TALK = {
    "id": "c1",
    "kind": "pronoun",
    "turns": [
        {"question": "Wie betaalt?", "relevant": ["goed"], "must_contain": [["gemeente"]]},
        {"question": "En wie niet?", "relevant": ["beter"], "must_contain": [["niemand"]]},
        {"question": "En in 2031?", "relevant": [], "must_contain": []},
    ],
}
FILTERED = {"id": "f1", "question": "Wie?", "filters": {"kind": "beleid"}, "expected_ids": ["goed"]}


def test_an_answer_is_right_when_it_holds_one_of_every_group() -> None:
    found = score(ANSWERABLE, ScriptedAnswerer("De GEMEENTE betaalt vier ton.", "goed", "ander"))
    assert (found.kind, found.correct, found.share, found.problem) == ("answerable", True, 1.0, "")
    assert (found.first_relevant, found.any_relevant, found.words) == (True, True, 5)
    assert found.tags == ("nl", "trainer")


def test_an_answer_that_misses_a_group_is_wrong_and_says_what() -> None:
    found = score(ANSWERABLE, ScriptedAnswerer("De gemeente betaalt.", "ander", "ook-goed"))
    assert (found.correct, found.share) == (False, 0.5)
    assert (found.first_relevant, found.any_relevant) == (False, True)
    assert found.problem == "missing 400.000; cited ander first, not goed"


def test_abstaining_from_what_can_be_answered_is_wrong() -> None:
    found = score(ANSWERABLE, ScriptedAnswerer("400.000 gemeente"))
    assert (found.correct, found.first_relevant, found.any_relevant) == (False, False, False)
    assert found.problem == "abstained"


def test_a_list_is_right_when_it_is_complete() -> None:
    whole = score(LIST, ScriptedAnswerer("Een, twee en 3", "goed"))
    part = score(LIST, ScriptedAnswerer("Een en twee", "goed"))
    assert (whole.kind, whole.correct) == ("list", True)
    assert not part.correct
    assert part.share == pytest.approx(2 / 3)


def test_abstaining_from_what_cannot_be_answered_is_right() -> None:
    assert score(HARD, ScriptedAnswerer("Niet gevonden")).correct
    wrong = score(HARD, ScriptedAnswerer("Ajax wint.", "goed"))
    assert (wrong.kind, wrong.correct, wrong.problem) == ("unanswerable", False, "answered from goed")
    assert (wrong.first_relevant, wrong.any_relevant) == (None, None)
    assert score({"id": 1, "question": "Wie?", "relevant": []}, ScriptedAnswerer()).kind == "unanswerable"


def test_filters_go_along_with_the_question() -> None:
    answerer = ScriptedAnswerer("x", "goed")
    assert score(FILTERED, answerer).correct
    assert not score(FILTERED, ScriptedAnswerer("x", "ander", "goed")).correct
    assert answerer.asked == [("Wie?", filters.parse({"kind": "beleid"}))]
    score(ANSWERABLE | {"filters": {"places": ["Tilburg"]}}, answerer)
    assert answerer.asked[1] == ("Wie betaalt?", filters.parse({"places": ["Tilburg"]}))


def test_a_filter_with_a_question_and_no_note_asks_to_abstain() -> None:
    nothing = FILTERED | {"expected_ids": []}
    assert score(nothing, ScriptedAnswerer()).correct
    assert not score(nothing, ScriptedAnswerer("x", "goed")).correct


def test_a_filter_alone_must_find_exactly_its_notes() -> None:
    alone = FILTERED | {"question": "", "expected_ids": ["a", "b"]}
    assert score(alone, ScriptedAnswerer(matching=["b", "a"])).correct
    short = score(alone, ScriptedAnswerer(matching=["a"]))
    assert (short.kind, short.correct, short.problem) == ("filter", False, "found 1 notes, expected 2")
    assert not score(alone, ScriptedAnswerer(matching=["a", "b", "c"])).correct


def test_a_conversation_is_scored_turn_by_turn() -> None:
    answerer = ScriptedAnswerer("De gemeente betaalt.", "goed")
    first, second, third = outcomes(TALK, answerer)
    assert [each.id for each in (first, second, third)] == ["c1.1", "c1.2", "c1.3"]
    assert [each.kind for each in (first, second, third)] == ["first turn", "later turn", "later turn"]
    assert [each.correct for each in (first, second, third)] == [True, False, False]
    assert second.tags == ("pronoun",)
    assert second.question == "Wie betaalt? ▸ En wie niet?"
    assert second.problem == "missing niemand; cited goed first, not beter"
    assert third.problem == "answered from goed"
    assert (third.first_relevant, first.first_relevant) == (None, True)
    assert answerer.heard == [[], ["Wie betaalt?"], ["Wie betaalt?", "En wie niet?"]]
    assert [each.correct for each in outcomes(TALK, ScriptedAnswerer())] == [False, False, True]
    assert outcomes(ANSWERABLE, answerer) == [score(ANSWERABLE, answerer)]


def test_what_went_wrong_says_how_the_question_was_understood() -> None:
    class Understanding(ScriptedAnswerer):
        def ask(self, question: str, chosen: Filters | None = None, history: Sequence[Answer] = ()) -> Answer:
            return replace(super().ask(question, chosen, history), understood="Anders.")

    _, second, third = outcomes(TALK, Understanding("x", "goed"))
    assert second.problem.endswith("; understood as: Anders.")
    assert third.problem == "answered from goed; understood as: Anders."
    assert outcomes(TALK, Understanding())[1].problem == "abstained; understood as: Anders."


@pytest.mark.parametrize(
    "turns", [[], "Wat?", ["Wat?"], [{"question": "Wat?"}], [{"question": 1, "relevant": []}]]
)
def test_turns_that_cannot_be_scored_are_refused(turns: object) -> None:
    assert kind_of(TALK | {"turns": turns}) is None


@pytest.mark.parametrize(
    ("record", "kind"),
    [(ANSWERABLE, "answerable"), (LIST, "list"), (HARD, "unanswerable"), (FILTERED, "filter")],
)
def test_kinds_are_told_by_their_fields(record: dict[str, Any], kind: str) -> None:
    assert kind_of(record) == kind
    assert kind_of({name: value for name, value in record.items() if name != "id"}) is None
    assert kind_of(record | {"question": 3}) is None


@pytest.mark.parametrize(
    ("claim", "supported", "kind", "correct", "problem"),
    [
        ("De gemeente betaalt", True, "supported, kept", True, ""),
        (
            "De corporatie betaalt",
            True,
            "supported, kept",
            False,
            "Een deel van deze zin staat niet in de bron.",
        ),
        ("De corporatie betaalt", False, "unsupported, caught", True, ""),
        ("De gemeente betaalt", False, "unsupported, caught", False, "taken to be supported"),
    ],
)
def test_a_claim_is_right_when_the_verdict_is(
    claim: str, supported: bool, kind: str, correct: bool, problem: str
) -> None:
    record = {
        "id": "p1",
        "claim": claim,
        "source_sentence": "De gemeente betaalt alles.",
        "supported": supported,
        "change": "role",
    }
    found = score(record, ScriptedAnswerer())
    assert (found.kind, found.correct, found.problem, found.tags) == (kind, correct, problem, ("role",))
    assert kind_of(record | {"supported": "ja"}) is None


def test_the_question_files_can_all_be_scored() -> None:
    kinds = {path.stem: {kind_of(record) for record in read_file(path)} for path in QUESTIONS.glob("*.jsonl")}
    assert kinds == {
        "dev": {"answerable", "unanswerable"},
        "fresh": {"answerable", "unanswerable"},
        "list_questions": {"list"},
        "hard_unanswerable": {"unanswerable"},
        "filters": {"filter"},
        "described": {"answerable"},
        "asked": {"answerable"},
        "near_misses": {"unanswerable"},
        "off_topic": {"unanswerable"},
        "off_topic_near": {"unanswerable"},
        "off_topic_near_held_out": {"unanswerable"},
        "conversations": {"conversation"},
        "conversations_own": {"conversation"},
        "paraphrase_pairs": {"claim"},
        "paraphrase_pairs_own": {"claim"},
        "paraphrase_pairs_held_out": {"claim"},
        "unsaid_pairs": {"claim"},
        "unsaid_pairs_held_out": {"claim"},
        "unsaid_pairs_fresh": {"claim"},
    }


def test_a_file_may_hold_what_json_may_hold(tmp_path: Path) -> None:
    path = tmp_path / "vragen.jsonl"
    record = HARD | {"question": "Wie\u2028wint\u0085er?"}
    path.write_text(
        "\ufeff" + json.dumps(record, ensure_ascii=False) + "\r\n\r\n", encoding="utf-8", newline=""
    )
    assert read_file(path) == [record]


def test_a_file_that_is_no_text_is_bad_use(tmp_path: Path) -> None:
    path = tmp_path / "vragen.jsonl"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadUseError, match="not UTF-8"):
        read_file(path)


def test_options_are_found_in_any_case() -> None:
    assert holds("De Gemeente betaalt", ["rijk", "GEMEENTE"])
    assert not holds("De Gemeente betaalt", ["rijk"])
    assert not holds("De Gemeente betaalt", [])


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_are_those_of_the_literature(
    successes: int, total: int, low: float, high: float
) -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3."""
    assert interval(successes, total) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_an_interval_holds_its_proportion_and_mirrors(counts: tuple[int, int]) -> None:
    successes, total = counts
    low, high = interval(successes, total)
    assert 0 <= low <= successes / total + 1e-12
    assert successes / total - 1e-12 <= high <= 1
    mirrored = interval(total - successes, total)
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high))


def test_an_interval_of_nothing_is_everything() -> None:
    assert interval(0, 0) == (0.0, 1.0)


def outcome(place: int, *, correct: bool, kind: str = "answerable", words: int = 10) -> Outcome:
    relevant = correct if kind == "answerable" else None
    return Outcome(
        f"q{place}",
        kind,
        ("nl",),
        "Wat?",
        correct,
        float(correct),
        words,
        relevant,
        relevant,
        "" if correct else "mis",
    )


def test_a_report_counts_per_kind_and_tag() -> None:
    made_of = [outcome(place, correct=place < 6, words=place) for place in range(8)]
    made_of += [
        outcome(8, correct=False, kind="unanswerable"),
        outcome(9, correct=True, kind="unanswerable"),
    ]
    made = report(made_of)
    assert list(made["groups"]) == ["answerable", "answerable, nl", "unanswerable", "unanswerable, nl"]
    figures = made["groups"]["answerable"]
    assert figures["n"] == 8
    assert (
        figures["correct"] == figures["share"] == figures["first_relevant"] == figures["any_relevant"] == 0.75
    )
    assert figures["interval"] == [round(bound, 3) for bound in interval(6, 8)]
    assert (figures["words_median"], figures["words_p95"]) == (3.5, 6)
    assert "first_relevant" not in made["groups"]["unanswerable"]
    assert {wrong["id"] for wrong in made["worst"]} == {"q6", "q7", "q8"}
    assert made["outcomes"] == {f"q{place}": place < 6 or place == 9 for place in range(10)}
    assert json.loads(json.dumps(made)) == made


def test_a_report_names_the_worst_first_and_not_all() -> None:
    wrong = [
        Outcome(f"w{place}", "list", (), "Wat?", False, place / 20, 5, False, False, "missing x")
        for place in range(15)
    ]
    assert [each["id"] for each in report(wrong)["worst"]] == [f"w{place}" for place in range(10)]
    assert report([]) == {"groups": {}, "worst": [], "outcomes": {}}


@pytest.mark.parametrize("path", sorted(QUESTIONS.glob("*pairs*.jsonl")), ids=lambda path: path.stem)
def test_every_file_of_claims_can_be_scored(path: Path) -> None:
    scored = [each for record in read_file(path)[:5] for each in outcomes(record, ScriptedAnswerer())]
    assert len(scored) == 5
