"""Scores question files against answers: what was right, per kind, with confidence intervals.

A line of a question file is recognised by its fields: `items` (a list must be complete), `relevant` with
`must_contain` (a question; nothing relevant means: abstain), `why` (unanswerable), `filters` with
`expected_ids`, `turns` (a conversation: each turn a question with `relevant` and `must_contain`, asked after
the answers that were really given before it), `claim` with `source_sentence` and `supported` (whether the
sentence says what is claimed).
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Any, Protocol

from assistant import filters
from assistant.arguments import read_lines
from assistant.errors import BadUseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from assistant.datatypes import Answer, Filters
    from assistant.verifying import Verdict

WORST = 10


class Answerer(Protocol):
    """What is evaluated."""

    def ask(self, question: str, chosen: Filters | None = None, history: Sequence[Answer] = ()) -> Answer:
        """The answer to one question after the answers of `history`."""
        ...

    def matching(self, chosen: Filters) -> list[str]:
        """The notes that pass the filters."""
        ...

    def verify(self, claim: str, evidence: Sequence[str]) -> Verdict:
        """Whether the evidence says what is claimed."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one line. `share` is the part of its groups or items that was found; `problem` the fault.

    `first_relevant` and `any_relevant` are None where no citation is asked for.
    """

    id: str
    kind: str
    tags: tuple[str, ...]
    question: str
    correct: bool
    share: float
    words: int
    first_relevant: bool | None
    any_relevant: bool | None
    problem: str


def read_file(path: Path) -> list[dict[str, Any]]:
    """The lines of a question file.

    Raises:
        BadUseError: the file cannot be read, or a line is no question this program can score.
    """
    found: list[dict[str, Any]] = []
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadUseError(f"{path}:{number} is not valid JSON: {error}.") from error
        if not isinstance(record, dict) or kind_of(record) is None:
            raise BadUseError(
                f"{path}:{number} is no question that can be scored: it needs an id and a question with"
                " items and relevant, relevant and must_contain, why, or filters and expected_ids;"
                " or turns of such questions; or a claim with source_sentence or evidence, and supported."
            )
        found.append(record)
    return found


def kind_of(record: dict[str, Any]) -> str | None:
    """`list`, `answerable`, `unanswerable`, `filter`, `conversation`, `claim`; None where it is none."""
    if "claim" in record:
        return "claim" if "id" in record and _is_pair(record) else None
    if "turns" in record:
        return "conversation" if "id" in record and _are_turns(record["turns"]) else None
    if not isinstance(record.get("question"), str) or "id" not in record:
        return None
    if not isinstance(record.get("filters", {}), dict) or not _are_texts(record.get("relevant", [])):
        return None
    if "expected_ids" in record:
        return "filter" if "filters" in record and _are_texts(record["expected_ids"]) else None
    if "items" in record:
        return "list" if record.get("relevant") and _are_groups(record["items"]) else None
    if record.get("relevant"):
        return "answerable" if _are_groups(record.get("must_contain")) else None
    return "unanswerable" if "why" in record or "relevant" in record else None


def _is_pair(record: dict[str, Any]) -> bool:
    texts = (record.get("claim"), _evidence_of(record))
    return all(isinstance(text, str) for text in texts) and isinstance(record.get("supported"), bool)


def _evidence_of(record: dict[str, Any]) -> object:
    """What a claim is compared with: `source_sentence` where there is no other, as in the fit."""
    return record.get("evidence", record.get("source_sentence"))


def _are_turns(value: object) -> bool:
    """Whether a value is a list of questions with `relevant`, that a conversation can be made of."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(turn, dict) and kind_of(turn | {"id": ""}) in {"answerable", "unanswerable"}
            for turn in value
        )
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _are_groups(value: object) -> bool:
    """Whether a value is a list of groups of alternatives, none of them empty."""
    return isinstance(value, list) and all(group and _are_texts(group) for group in value)


def outcomes(record: dict[str, Any], answerer: Answerer) -> list[Outcome]:
    """Ask one line of a question file and compare: one outcome, or one for each turn of a conversation.

    First and later turns are kinds apart; a later turn is tagged with the kind of its conversation.

    Raises:
        AssistantError: as the answerer's.
    """
    if kind_of(record) != "conversation":
        return [score(record, answerer)]
    history: list[Answer] = []
    found: list[Outcome] = []
    tags = {name: record[name] for name in ("language", "role") if name in record}
    for number, turn in enumerate(record["turns"], start=1):
        question = turn | tags | {"id": f"{record['id']}.{number}"}
        answer = answerer.ask(turn["question"], filters.parse(turn.get("filters", {})), history)
        scored = _compared(question, str(kind_of(question)), answer)
        found.append(
            replace(
                scored,
                kind="later turn" if history else "first turn",
                tags=(*scored.tags, str(record["kind"])) if "kind" in record else scored.tags,
                question=f"{history[-1].question} ▸ {turn['question']}" if history else turn["question"],
            )
        )
        history.append(answer)
    return found


def score(record: dict[str, Any], answerer: Answerer) -> Outcome:
    """Ask one line of a question file that is no conversation, and compare.

    Raises:
        AssistantError: as the answerer's.
    """
    kind = kind_of(record)
    if kind == "filter":
        return _score_filter(record, answerer)
    if kind == "claim":
        return _score_claim(record, answerer)
    answer = answerer.ask(record["question"], filters.parse(record.get("filters", {})))
    return _compared(record, str(kind), answer)


def _compared(record: dict[str, Any], kind: str, answer: Answer) -> Outcome:
    """One answer against what it should hold, or against nothing for what has no answer."""
    if kind == "unanswerable":
        problem = (
            "" if answer.abstained else f"answered from {answer.sources[0].note}{_as_understood(answer)}"
        )
        return _outcome(record, "unanswerable", answer, correct=answer.abstained, problem=problem)
    groups: list[list[str]] = record["items"] if kind == "list" else record["must_contain"]
    missing = [group[0] for group in groups if not holds(answer.text, group)]
    share = 1 - len(missing) / len(groups) if groups else 1.0
    problem = _problem(record, answer, missing)
    return _outcome(
        record, kind, answer, correct=not missing and not answer.abstained, problem=problem, share=share
    )


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures per kind, language and role, and the worst lines, ready for JSON."""
    by_group: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_group[outcome.kind].append(outcome)
        for tag in outcome.tags:
            by_group[f"{outcome.kind}, {tag}"].append(outcome)
    wrong = sorted((outcome for outcome in outcomes if not outcome.correct), key=lambda each: each.share)
    return {
        "groups": {name: _figures(members) for name, members in sorted(by_group.items())},
        "worst": [
            {"id": each.id, "question": each.question, "problem": each.problem} for each in wrong[:WORST]
        ],
        "outcomes": {each.id: each.correct for each in outcomes},
    }


def interval(successes: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion (Wilson 1927); (0, 1) of nothing."""
    if not total:
        return 0.0, 1.0
    z, rate = 1.96, successes / total
    centre = rate + z * z / (2 * total)
    spread = z * math.sqrt(rate * (1 - rate) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def _score_filter(record: dict[str, Any], answerer: Answerer) -> Outcome:
    chosen = filters.parse(record["filters"])
    expected = set(record["expected_ids"])
    if not record["question"]:
        found = set(answerer.matching(chosen))
        problem = "" if found == expected else f"found {len(found)} notes, expected {len(expected)}"
        return _outcome(record, "filter", None, correct=found == expected, problem=problem)
    answer = answerer.ask(record["question"], chosen)
    cited = [source.note for source in answer.sources]
    correct = bool(cited) and cited[0] in expected if expected else answer.abstained
    return _outcome(
        record,
        "filter with question",
        answer,
        correct=correct,
        problem=f"cited {cited[:1]}" if not correct else "",
    )


def _score_claim(record: dict[str, Any], answerer: Answerer) -> Outcome:
    verdict = answerer.verify(record["claim"], [str(_evidence_of(record))])
    correct = verdict.supported == record["supported"]
    problem = " ".join(reason.text for reason in verdict.reasons) or "taken to be supported"
    return Outcome(
        id=str(record["id"]),
        kind="supported, kept" if record["supported"] else "unsupported, caught",
        tags=(str(record["change"]),) if "change" in record else (),
        question=record["claim"],
        correct=correct,
        share=float(correct),
        words=0,
        first_relevant=None,
        any_relevant=None,
        problem="" if correct else problem,
    )


def _outcome(
    record: dict[str, Any],
    kind: str,
    answer: Answer | None,
    *,
    correct: bool,
    problem: str,
    share: float | None = None,
) -> Outcome:
    relevant = set(record.get("relevant", ()))
    cited = [source.note for source in answer.sources] if answer else []
    asked = bool(relevant) and answer is not None
    return Outcome(
        id=str(record["id"]),
        kind=kind,
        tags=tuple(str(record[name]) for name in ("language", "role") if name in record),
        question=record["question"],
        correct=correct,
        share=float(correct) if share is None else share,
        words=len(answer.text.split()) if answer else 0,
        first_relevant=cited[:1] != [] and cited[0] in relevant if asked else None,
        any_relevant=bool(relevant & set(cited)) if asked else None,
        problem=problem,
    )


def _problem(record: dict[str, Any], answer: Answer, missing: Sequence[str]) -> str:
    if answer.abstained:
        return f"abstained{_as_understood(answer)}"
    first = answer.sources[0].note
    where = "" if first in record["relevant"] else f"; cited {first} first, not {record['relevant'][0]}"
    return f"missing {', '.join(missing)}{where}{_as_understood(answer)}" if missing else ""


def _as_understood(answer: Answer) -> str:
    return f"; understood as: {answer.understood}" if answer.understood else ""


def holds(text: str, group: Iterable[str]) -> bool:
    """Whether a text holds one of the options, in any case."""
    return any(option.casefold() in text.casefold() for option in group)


def _figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    correct = sum(outcome.correct for outcome in outcomes)
    low, high = interval(correct, len(outcomes))
    figures: dict[str, Any] = {
        "n": len(outcomes),
        "correct": round(correct / len(outcomes), 3),
        "interval": [round(low, 3), round(high, 3)],
        "share": round(sum(outcome.share for outcome in outcomes) / len(outcomes), 3),
        "words_median": median(outcome.words for outcome in outcomes),
        "words_p95": sorted(outcome.words for outcome in outcomes)[int(0.95 * (len(outcomes) - 1))],
    }
    for name in ("first_relevant", "any_relevant"):
        known = [value for outcome in outcomes if (value := getattr(outcome, name)) is not None]
        if known:
            figures[name] = round(sum(known) / len(known), 3)
    return figures
