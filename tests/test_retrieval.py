"""Retrieval over a small index: what is fused, what filters leave, what order comes out."""

from __future__ import annotations

import numpy as np
import pytest

from assistant import retrieval
from assistant.index import Index, open_live
from assistant.ingesting import ingest
from assistant.retrieval import WEIGHTS
from tests.fakes import FakeEncoder
from tests.samples import write_note

NAMES = ("almelo", "breda", "coevorden", "delft", "emmen")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("retrieval")
    for name in NAMES:
        write_note(folder / "notes", name)
    encoder = FakeEncoder()
    ingest([folder / "notes"], folder / "data", encoder.identity, lambda: encoder)
    return open_live(folder / "data", encoder.identity)


def ask(text: str) -> retrieval.Query:
    return retrieval.read(text, FakeEncoder())


def test_the_note_that_is_named_comes_first(index: Index) -> None:
    for name in NAMES:
        hits = retrieval.search(index, ask(f"Wat was het resultaat in {name}?"), 10)
        assert hits[0].passage.source_id == name


def test_hits_are_ordered_by_a_score_that_is_the_weighted_sum_of_its_parts(index: Index) -> None:
    hits = retrieval.search(index, ask("adviseur en isolatie in delft"), 10)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        assert set(hit.scores) == set(WEIGHTS)
        assert all(0 <= part <= 1 for part in hit.scores.values())
        assert hit.score == pytest.approx(
            sum(WEIGHTS[name] * part for name, part in hit.scores.items()), abs=1e-5
        )


def test_a_choice_of_notes_leaves_only_those_and_gives_as_many_as_there_are(index: Index) -> None:
    query = ask("Wat was het resultaat in almelo?")
    chosen = {"breda", "emmen"}
    hits = retrieval.search(index, query, 100, chosen)
    assert {hit.passage.source_id for hit in hits} == chosen
    assert len(hits) == sum(len(index.passage_ids[name]) for name in chosen)
    assert retrieval.search(index, query, 10, set()) == []


def test_no_more_than_asked_and_always_the_same(index: Index) -> None:
    query = ask("geld voor de ketel")
    assert len(retrieval.search(index, query, 2)) == 2
    assert retrieval.search(index, query, 9) == retrieval.search(index, query, 9)


def test_a_question_without_a_single_known_word_still_finds_by_meaning(index: Index) -> None:
    hits = retrieval.search(index, ask("???"), 3)
    assert len(hits) == 3
    assert all(hit.scores["body"] == 0 for hit in hits)


def test_query_holds_what_the_search_reads() -> None:
    query = ask("Hoeveel woningen doen mee in Emmen?")
    assert query.language == "nl"
    assert query.analysis.stems[:1] == ("woning",)
    assert np.linalg.norm(query.vector) == pytest.approx(1, abs=1e-5)
    assert ask("How many homes take part?").language == "en"


def test_rare_tokens_weigh_more(index: Index) -> None:
    unknown, one_note, nowhere = (retrieval.idf(index, "grams", gram) for gram in ("tegel", "_alm", "xyzz"))
    common = retrieval.idf(index, "grams", "geld")
    assert nowhere == unknown > one_note > common
