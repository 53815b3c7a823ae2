"""Ranking passages, against the same sums done by hand over every passage of a choice of notes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import retrieval
from assistant.index import Index, open_live
from assistant.ingesting import ingest
from assistant.retrieval import WEIGHTS, idf, read, search
from tests.fakes import FakeEncoder
from tests.samples import WORDS, body_of, write_note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assistant.datatypes import Hit

ENCODER = FakeEncoder()
NAMES = tuple(
    f"{first}{last}" for first in ("berg", "dal", "meer") for last in ("dorp", "wijk", "stede", "hof")
)
OTHERS = ("afkorting", "samengesteld", "anders", "gelijk1", "gelijk2")
ELSEWHERE = "Hoeveel zonnepanelen liggen er op de moskee?"
PLAIN = "# Verslag\n\nEr was niets te melden over de vergadering van gisteren.\n"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("ranking")
    notes, data = folder / "notes", folder / "data"
    for place, name in enumerate(NAMES):
        write_note(notes, name, body_of(name, f"Vooral {WORDS[place % len(WORDS)]} telde mee in {name}."))
    write_note(notes, "afkorting", "# Plan\n\nHet wijkuitvoeringsplan wordt vastgesteld door de raad.\n", ())
    write_note(notes, "samengesteld", "# Bron\n\nDe stad legt warmtenetten aan onder de straat.\n", ())
    write_note(notes, "anders", "# Cijfers\n\nDe teller stond op negen.\n", (), (ELSEWHERE,))
    write_note(notes, "gelijk1", PLAIN, ())
    write_note(notes, "gelijk2", PLAIN, ())
    ingest([notes], data, ENCODER.identity, lambda: ENCODER)
    opened = open_live(data, ENCODER.identity)
    yield opened
    opened.close()


def passages_of(index: Index, notes: Sequence[str]) -> list[str]:
    return [id_ for note in notes for id_ in index.passage_ids[note]]


def by_id(hits: Sequence[Hit], name: str) -> dict[str, float]:
    return {hit.passage.id: hit.scores[name] for hit in hits}


def scaled(values: Mapping[str, float], floor: float) -> dict[str, float]:
    best = max(values.values())
    return {id_: (value - floor) / (best - floor) for id_, value in values.items()}


@settings(max_examples=40, deadline=None)
@given(
    notes=st.sets(st.sampled_from(NAMES), min_size=2),
    question=st.sampled_from(
        ["Wie hielp met de ketel?", "Wat kost een lening voor isolatie?", "tocht in dalhof"]
    ),
)
def test_a_choice_of_notes_is_ranked_as_if_there_were_no_others(
    index: Index, notes: set[str], question: str
) -> None:
    query = read(question, ENCODER)
    hits = search(index, query, 500, notes)
    ids = passages_of(index, sorted(notes))
    assert {hit.passage.id for hit in hits} == set(ids)
    similar = dict(zip(ids, (index.vectors(ids) @ query.vector).tolist(), strict=True))
    assert by_id(hits, "dense") == pytest.approx(scaled(similar, min(similar.values())), abs=1e-5)
    sentences = {id_: float((index.statement_vectors(id_) @ query.vector).max()) for id_ in ids}
    assert by_id(hits, "sentence") == pytest.approx(scaled(sentences, min(sentences.values())), abs=1e-5)
    for name in ("body", "grams", "title", "note", "note_grams", "asked", "asked_grams"):
        assert max(by_id(hits, name).values()) in {0.0, 1.0}
    assert all(
        hit.score == pytest.approx(sum(WEIGHTS[name] * hit.scores[name] for name in WEIGHTS), rel=1e-5)
        for hit in hits
    )


@settings(max_examples=40, deadline=None)
@given(notes=st.sets(st.sampled_from(NAMES + OTHERS)), k=st.integers(0, 60))
def test_a_choice_is_kept_to_and_filled_up(index: Index, notes: set[str], k: int) -> None:
    query = read("Wat gebeurt er in de wijk?", ENCODER)
    hits = search(index, query, k, notes)
    assert len(hits) == min(k, len(passages_of(index, sorted(notes))))
    assert hits == search(index, query, 60, notes)[:k]


def test_a_choice_beyond_the_depth_of_the_whole_is_still_found(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filters apply before ranking: what is not among the best of all is found when it is asked for."""
    monkeypatch.setattr(retrieval, "DEPTH", 2)
    monkeypatch.setattr(retrieval, "_QUESTION_DEPTH", 2)
    query = read("vergadering van gisteren", ENCODER)
    near = {hit.passage.source_id for hit in search(index, query, 500)}
    missed = next(name for name in NAMES if name not in near)
    assert {hit.passage.source_id for hit in search(index, query, 500, {missed})} == {missed}


def test_words_count_from_nothing_to_the_best_match(index: Index) -> None:
    query = read("radiator vergadering", ENCODER)
    assert not query.analysis.parts
    parts = by_id(search(index, query, 500), "body")
    found = dict(index.words({"body": dict.fromkeys(query.analysis.stems, 1.0)}, 500, None))
    best = max(found.values())
    assert parts == pytest.approx({id_: found.get(id_, 0.0) / best for id_ in parts}, abs=1e-5)
    assert 0.0 in parts.values()


def test_questions_of_a_note_count_for_all_its_passages(index: Index) -> None:
    parts = by_id(search(index, read("Wie doet er mee in dalwijk?", ENCODER), 500), "question")
    assert {parts[id_] for id_ in index.passage_ids["dalwijk"]} == {1.0}
    assert {parts[id_] for note in OTHERS for id_ in index.passage_ids[note] if id_ in parts} <= {0.0}


def test_a_note_is_found_by_what_else_it_is_asked_for(index: Index) -> None:
    hits = search(index, read("moskee met zonnepanelen", ENCODER), 500)
    assert hits[0].passage.source_id == "anders"
    assert hits[0].scores["asked"] == hits[0].scores["asked_grams"] == 1.0
    assert hits[0].scores["question"] == hits[0].scores["body"] == hits[0].scores["note"] == 0.0


def test_what_else_a_note_is_asked_for_is_not_what_it_says(index: Index) -> None:
    assert not retrieval.occurs(index, "moskee", None)
    assert not retrieval.occurs(index, "moskee", {"anders"})
    assert retrieval.occurs(index, "teller", {"anders"})
    assert not retrieval.occurs(index, "teller", {"afkorting"})
    assert ELSEWHERE not in index.sources["anders"].questions
    assert index.questions(read(ELSEWHERE, ENCODER).vector, {"anders"}) == {}


def test_a_document_without_wordings_makes_up_for_the_signals_that_it_lacks(index: Index) -> None:
    hits = search(index, read("vergadering van gisteren in dalwijk", ENCODER), 500)
    factors = {
        hit.passage.source_id: hit.score / sum(WEIGHTS[name] * hit.scores[name] for name in WEIGHTS)
        for hit in hits
        if hit.score
    }
    assert factors["gelijk1"] == pytest.approx(retrieval._WITHOUT_WORDINGS)
    assert factors["dalwijk"] == pytest.approx(1.0)


def test_whole_notes_are_weighed_among_notes_and_not_among_passages(index: Index) -> None:
    notes = len(index.sources)
    held = [note for note, source in index.sources.items() if "Het project" in source.text]
    assert index.document_frequency("note", "project") == len(held) < index.passage_count
    found = dict(index.note_words({"note": {"project": 1.0}}, 500, None))
    assert found.keys() == set(held)
    rarity = math.log(1 + (notes - len(held) + 0.5) / (len(held) + 0.5))
    # k1 + 1 is the most that BM25 makes of one word, however often it stands there.
    assert all(0 < score < rarity * 2.2 for score in found.values())


def test_an_abbreviation_finds_what_it_stands_for(index: Index) -> None:
    parts = by_id(search(index, read("Wie stelt het WUP vast?", ENCODER), 500), "body")
    assert parts["afkorting#1"] == max(parts.values()) == 1.0


def test_a_part_of_a_compound_finds_the_whole(index: Index) -> None:
    parts = by_id(search(index, read("warmtenet", ENCODER), 500), "grams")
    assert parts["samengesteld#1"] == max(parts.values()) == 1.0


def test_equals_stand_in_order_of_id(index: Index) -> None:
    hits = search(index, read("vergadering", ENCODER), 2)
    assert [hit.passage.id for hit in hits] == ["gelijk1#1", "gelijk2#1"]
    assert hits[0].score == hits[1].score


def test_a_question_without_words_still_finds_what_is_like_it(index: Index) -> None:
    hits = search(index, read("?!…", ENCODER), 10)
    assert len(hits) == 10
    for hit in hits:
        assert math.isfinite(hit.score)
        assert hit.scores["body"] == hit.scores["grams"] == 0.0


def test_no_note_chosen_finds_nothing(index: Index) -> None:
    assert search(index, read("ketel", ENCODER), 10, set()) == []
    assert search(index, read("ketel", ENCODER), 10, {"bestaat-niet"}) == []


def test_rare_words_weigh_as_bm25_has_it(index: Index) -> None:
    count = sum(len(ids) for ids in index.passage_ids.values())
    frequency = index.document_frequency("body", "geld")
    assert 0 < frequency < count
    expected = math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
    assert idf(index, "body", "geld") == pytest.approx(expected)
    assert idf(index, "body", "nergens") == pytest.approx(math.log(1 + (count + 0.5) / 0.5))
