"""The shipped notes: all of them obey the schema, and every rule of passages holds for each."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.__main__ import main
from assistant.citations import Chosen, markdown, number, parse
from assistant.dutch import fold
from assistant.passages import split, statements
from assistant.sources import find_files, load
from tests.spans import MARK, check_entries, check_passages, check_sizes, quotable

if TYPE_CHECKING:
    from assistant.datatypes import Passage, Source
    from assistant.encoder import SentenceEncoder

CORPUS = Path(__file__).parents[1] / "corpus"
NAMES = sorted(path.stem for path in CORPUS.glob("*.md"))

Note = tuple["Source", tuple["Passage", ...]]


@pytest.fixture(scope="module")
def notes(real_encoder: SentenceEncoder) -> dict[str, Note]:
    """Every note with its passages, by the tokens of the real model."""
    sources = [load(path) for path in find_files([CORPUS])]
    return {source.id: (source, split(source, real_encoder.count_tokens)) for source in sources}


def test_the_corpus_passes_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(CORPUS)]) == 0
    assert capsys.readouterr().out == "112 notes, 0 faults.\n"


def test_the_corpus_is_whole(notes: dict[str, Note]) -> None:
    assert len(NAMES) == 112
    assert list(notes) == NAMES
    assert sum(len(source.entries) > 1 for source, _ in notes.values()) == 92


def test_no_wording_stands_in_two_notes(notes: dict[str, Note]) -> None:
    wordings = [fold(each) for source, _ in notes.values() for each in source.also_asked]
    assert len(wordings) > 7_000
    assert [each for each, count in Counter(wordings).items() if count > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_note_is_covered_and_quoted_within_its_marks(notes: dict[str, Note], name: str) -> None:
    source, passages = notes[name]

    assert passages
    check_passages(source, passages)
    check_entries(source, passages)


def test_the_real_model_reads_every_passage_and_statement_whole(
    notes: dict[str, Note], real_encoder: SentenceEncoder
) -> None:
    for source, passages in notes.values():
        check_sizes(source, passages, real_encoder.count_tokens)


@pytest.mark.parametrize("name", NAMES)
def test_every_word_of_a_note_can_be_quoted_once(notes: dict[str, Note], name: str) -> None:
    source, passages = notes[name]
    numbered = re.sub(r"(?m)^\s*\d+\. ", "", source.text)

    assert re.findall(r"\w+", quotable(source, passages)) == re.findall(r"\w+", MARK.sub(" ", numbered))


@pytest.mark.parametrize("name", NAMES)
def test_every_mark_of_a_note_is_a_citation(notes: dict[str, Note], name: str) -> None:
    source, passages = notes[name]
    units = [unit for passage in passages for unit in passage.units]
    unmarked = sum(unit.entries == (1,) and not MARK.match(source.text, unit.end) for unit in units)

    assert sum(len(unit.entries) for unit in units) == len(MARK.findall(source.text)) + unmarked


@pytest.mark.parametrize("name", NAMES)
def test_a_note_told_whole_has_all_its_citations_and_no_mark(notes: dict[str, Note], name: str) -> None:
    source, passages = notes[name]
    numbered, sources = number(
        Chosen(source, passage, units) for passage in passages for units in statements(passage)
    )
    told = markdown(numbered)

    assert parse(told) == [place for statement in numbered for place in statement.citations]
    assert not MARK.search(told)
    assert {cited.entry for cited in sources} >= {int(mark) for mark in MARK.findall(source.text)}
    assert all(cited.title == source.entries[cited.entry - 1].title for cited in sources)
