"""Whether the material answers: what the signals say of a question, and that the score follows them."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import answering, grounding, retrieval
from assistant.dutch import alternatives
from assistant.grounding import FEATURES, answerable, features, threshold
from assistant.index import Index, open_live
from assistant.ingesting import ingest
from assistant.passages import statement_text
from tests.fakes import NarrowEncoder
from tests.samples import body_of, write_note

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.answering import Candidate
    from assistant.retrieval import Query

ENCODER = NarrowEncoder()
LIKELY = 0.9


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("grounding")
    notes, data = folder / "notes", folder / "data"
    body = body_of("kwartier", "In 2021 kregen 450 huizen van Van Dam isolatie.")
    write_note(notes, "kwartier", body, also_asked=("Komt er ook zonwering?", "Wie gaat die monteren?"))
    write_note(notes, "haven", body_of("haven"))
    ingest([notes], data, ENCODER.identity, lambda: ENCODER)
    opened = open_live(data, ENCODER.identity)
    yield opened
    opened.close()


def by_name(index: Index, query: Query, found: Sequence[Candidate]) -> dict[str, float]:
    """The signals under the names of FEATURES, of a search among all notes."""
    return dict(zip(FEATURES, features(index, query, found, None), strict=True))


def signals(index: Index, question: str, note: str = "kwartier") -> dict[str, float]:
    """The signals of a question whose likeliest statement is of that note."""
    query = retrieval.read(question, ENCODER)
    hits = retrieval.search(index, query, 100)
    found = [
        replace(item, chance=LIKELY if item.source.id == note else 0.1)
        for item in answering.candidates(index, query, hits)
    ]
    return by_name(index, query, found)


def test_nothing_found_gives_no_signal(index: Index) -> None:
    query = retrieval.read("Wat kost het?", ENCODER)
    assert features(index, query, [], None) == (0.0,) * len(FEATURES)


def asked_for(index: Index, question: str, likeliest: str) -> float:
    """The signal for a question when statements that hold a text are by far the likeliest."""
    query = retrieval.read(question, ENCODER)
    found = [
        replace(item, chance=LIKELY if likeliest in statement_text(item.source, item.units) else 0.1, kind=0)
        for item in answering.candidates(index, query, retrieval.search(index, query, 100))
    ]
    assert max(item.chance for item in found) == LIKELY
    return by_name(index, query, found)["asked_for"]


@pytest.mark.parametrize(
    ("question", "likeliest", "given"),
    [
        ("Hoeveel huizen kregen isolatie?", "450 huizen", True),
        ("Hoeveel huizen kregen isolatie?", "Punt", False),
        ("Welke huizen kregen isolatie?", "Punt", True),
        ("Hoeveel geld kregen de 450 huizen?", "450 huizen", False),
        ("Hoeveel procent van de huizen kreeg isolatie?", "450 huizen", False),
        ("Wat deden zij met de 450 huizen, en hoeveel waren er klaar?", "450 huizen", False),
        ("Kregen de huizen in 2021 isolatie?", "450 huizen", True),
        ("Kregen de huizen in 2021 of 2022 isolatie?", "450 huizen", True),
        ("Kregen de huizen in 2022 isolatie?", "450 huizen", False),
        ("Wanneer kregen de huizen isolatie?", "450 huizen", True),
        ("Wanneer kregen de huizen isolatie?", "Punt", False),
    ],
)
def test_what_is_asked_for_must_stand_in_a_likely_statement(
    index: Index, question: str, likeliest: str, given: bool
) -> None:
    assert (asked_for(index, question, likeliest) == 0) is given


def test_what_is_asked_for_counts_by_how_likely_the_statement_is_that_gives_it(index: Index) -> None:
    query = retrieval.read("Hoeveel huizen kregen isolatie?", ENCODER)
    hits = retrieval.search(index, query, 100)

    def signal(giving: float) -> float:
        found = [
            replace(item, chance=giving if "450" in statement_text(item.source, item.units) else 0.5, kind=0)
            for item in answering.candidates(index, query, hits)
            if item.source.id == "kwartier"
        ]
        return by_name(index, query, found)["asked_for"]

    chances = (0.0, 0.1, 0.3, 0.4, 0.5, 1.0)
    signals_ = [signal(chance) for chance in chances]
    assert signals_ == sorted(signals_)
    assert signals_[0] == signals_[1] < signals_[2] < signals_[3] < signals_[4] == signals_[5] == 0


def test_a_role_that_was_asked_for_must_be_spoken_of(index: Index) -> None:
    assert signals(index, "Wie is de burgemeester van Tilburg?")["asked_for"] < 0
    assert signals(index, "Wie is de burgemeester met geld van Tilburg?")["asked_for"] < 0
    assert signals(index, "Wie was de adviseur van Tilburg?")["asked_for"] == 0
    assert signals(index, "Wie was de nieuwe adviseur van Tilburg?")["asked_for"] == 0
    assert signals(index, "Wie betaalde de burgemeester?")["asked_for"] == 0


def test_a_name_that_many_notes_hold_says_less_by_being_absent(index: Index) -> None:
    unseen = signals(index, "Wat vindt de heer Xylander van de huizen?")["names_missing"]
    place = signals(index, "Wat gebeurt er met huizen in Zwolle?")["names_missing"]
    common = signals(index, "Wat vindt de Adviseur van de huizen van haven?", note="haven")["names_missing"]
    elsewhere = signals(index, "Wat vindt Van Dam, zegt Isolatie, van de huizen?", note="haven")[
        "names_missing"
    ]
    assert unseen == place == 1
    assert common == 0 < elsewhere < 1


def test_what_the_material_says_is_more_similar_than_what_it_does_not(index: Index) -> None:
    near = signals(index, "Een adviseur komt langs in het project kwartier")
    far = signals(index, "Xylofoons bij de Oezbeekse filharmonie")
    assert near["similarity"] > far["similarity"]


def test_an_editors_question_is_as_near_as_counts(index: Index) -> None:
    same = signals(index, "Hoe gaat het in kwartier?")["question_similarity"]
    assert same == signals(index, "Hoe gaat het in de kwartier?")["question_similarity"]
    assert signals(index, "Xylofoons bij de filharmonie")["question_similarity"] < same


def test_the_questions_of_notes_that_are_filtered_out_say_nothing(index: Index) -> None:
    query = retrieval.read("Hoe gaat het in kwartier?", ENCODER)
    found = answering.candidates(index, query, retrieval.search(index, query, 100, {"haven"}))
    assert {item.source.id for item in found} == {"haven"}
    place = FEATURES.index("question_similarity")
    assert features(index, query, found, {"haven"})[place] < features(index, query, found, None)[place]


@pytest.mark.parametrize(
    ("asked", "told"), [("2021", True), ("2023", True), ("2018", False), ("2021 en 2018", False), ("", True)]
)
def test_a_year_is_told_by_the_likeliest_statements_or_their_date(
    index: Index, asked: str, *, told: bool
) -> None:
    query = retrieval.read("Hoeveel huizen kregen isolatie?", ENCODER)
    found = [
        replace(item, chance=LIKELY if "450 huizen" in statement_text(item.source, item.units) else 0.1)
        for item in answering.candidates(index, query, retrieval.search(index, query, 100))
    ]
    assert grounding.tells_years(asked, found) is told


def test_unknown_words_count_by_their_part_of_the_question(index: Index) -> None:
    assert signals(index, "Wat kost isolatie in kwartier?")["unknown"] < 0.6
    some = signals(index, "isolatie van xylofoons")["unknown"]
    assert 0 < some < 1
    assert signals(index, "xylofoons filharmonie")["unknown"] == 1.0
    assert signals(index, "isolatie")["unknown"] == 0.0
    assert signals(index, "wat is dat?")["unknown"] == 0.0
    assert signals(index, "zonwering")["unknown"] == 0.0, "a word that someone asked with"


def test_a_word_that_the_best_note_does_not_know_is_half_known(index: Index) -> None:
    query = retrieval.read("isolatie", ENCODER)
    found = answering.candidates(index, query, retrieval.search(index, query, 100))
    elsewhere = [item for item in found if item.source.id == "haven"]
    assert by_name(index, query, found)["unknown"] == 0.0
    assert by_name(index, query, elsewhere)["unknown"] == 0.5


@pytest.mark.parametrize("words", ["gemonteerd", "insulation", "isolatie gemonteerd insulation"])
def test_a_word_is_known_by_its_verb_and_by_what_means_the_same(index: Index, words: str) -> None:
    assert signals(index, words)["unknown"] == 0.0


def test_a_word_is_not_known_by_a_part_of_a_phrase_that_means_the_same(index: Index) -> None:
    assert any("van" in each.split() for each in alternatives("vve")), "vereniging van eigenaars"
    assert signals(index, "vve")["unknown"] == 1.0


def test_who_somebody_is_asks_for_no_role(index: Index) -> None:
    assert signals(index, "Wie is Van Dam?")["asked_for"] == 0
    assert signals(index, "Wie is Jansen?")["names_missing"] == 1.0


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Wat deed Van Dam daar?", 0.0),
        ("Wat deed Jansen daar?", 1.0),
        ("Wat deden Dam en Jansen daar?", 1.0),
        ("Jansen deed wat?", 0.0),
        ("wat deed jansen?", 0.0),
    ],
)
def test_names_that_are_asked_for_must_be_in_the_best_note(
    index: Index, question: str, missing: float
) -> None:
    assert signals(index, question)["names_missing"] == missing
    if missing == 0.0 and "Dam" in question:
        assert signals(index, question, note="haven")["names_missing"] > 0


@given(st.lists(st.floats(-50, 50), min_size=len(FEATURES), max_size=len(FEATURES)))
def test_the_score_is_a_chance(values: list[float]) -> None:
    assert 0 <= answerable(values) <= 1


def test_the_score_rises_with_similarity_and_falls_with_what_is_missing() -> None:
    usual = dict.fromkeys(FEATURES, 0.0)
    steps = [-2.0, -1.0, 0.0, 1.0, 2.0]
    for name in ("similarity", "question_similarity", "asked_for"):
        chances = [answerable(tuple((usual | {name: step}).values())) for step in steps]
        assert all(low < high for low, high in pairwise(chances)), name
    for name in ("unknown", "names_missing"):
        chances = [answerable(tuple((usual | {name: step}).values())) for step in steps]
        assert all(low >= high for low, high in pairwise(chances)), name


def test_how_far_a_score_is_above_the_threshold_has_its_sign() -> None:
    weak, strong = (-2.0, -2.0, 1.0, 1.0, -1.5), (0.4, 1.0, 0.0, 0.0, 0.0)
    assert answerable(weak) < threshold() < answerable(strong)
    assert grounding.above(weak) < 0 < grounding.above(strong)


def test_the_shipped_model_is_whole() -> None:
    stored = json.loads((files("assistant") / "data" / "grounding.json").read_text(encoding="utf-8"))
    assert stored["coefficients"].keys() == {*FEATURES, "intercept"}
    assert threshold() == stored["threshold"]
    assert 0 < threshold() < 1
    assert stored["figures"].keys() >= {"answerable", "unanswerable", "auroc_held_out"}


def test_the_best_note_is_the_one_of_the_likeliest_statement(index: Index) -> None:
    query = retrieval.read("Wat deed Dam?", ENCODER)
    found = answering.candidates(index, query, retrieval.search(index, query, 100))
    assert {item.source.id for item in found} == {"kwartier", "haven"}

    def missing(note: str) -> float:
        judged: list[Candidate] = [replace(item, chance=float(item.source.id == note)) for item in found]
        return dict(zip(FEATURES, grounding.features(index, query, judged, None), strict=True))[
            "names_missing"
        ]

    assert missing("kwartier") == 0 < missing("haven")
