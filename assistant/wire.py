"""Records to the JSON that other tools depend on, in one place; field names and order are a contract."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from assistant import filters

if TYPE_CHECKING:
    from assistant.datatypes import Answer, Hit, Quote, Source, Statement


def answer_json(answer: Answer) -> dict[str, Any]:
    """One Answer as the JSON object that `ask --json` prints."""
    return {
        "question": answer.question,
        "understood": answer.understood,
        "language": answer.language,
        "mode": answer.mode,
        "filters": filters.as_json(answer.filters),
        "abstained": answer.abstained,
        "notice": answer.notice,
        "text": answer.text,
        "statements": [_statement(statement) for statement in answer.statements],
        "sources": [asdict(source) for source in answer.sources],
        "follow_ups": list(answer.follow_ups),
        "nearest": [asdict(near) for near in answer.nearest],
        "timings_ms": {
            "retrieve": round(answer.timings.retrieve, 1),
            "answer": round(answer.timings.answer, 1),
            "total": round(answer.timings.total, 1),
        },
    }


def hit_json(hit: Hit, source: Source) -> dict[str, Any]:
    """One Hit as an element of what `search --json` prints; `text` is the slice of the note text."""
    passage = hit.passage
    return {
        "note": source.id,
        "passage": passage.id,
        "start": passage.start,
        "end": passage.end,
        "text": source.text[passage.start : passage.end],
        "score": round(hit.score, 4),
        "scores": {name: round(value, 4) for name, value in hit.scores.items()},
    }


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "text": statement.text,
        "citations": list(statement.citations),
        "supported": statement.supported,
        "reasons": [reason.text for reason in statement.reasons],
        "quotes": [_quote(quote) for quote in statement.quotes],
    }


def _quote(quote: Quote) -> dict[str, Any]:
    """A quote; only one from a document that was taken in has a `location`."""
    found = asdict(quote)
    location = found.pop("location")
    return found | ({"location": {"kind": location["kind"], "label": location["label"]}} if location else {})
