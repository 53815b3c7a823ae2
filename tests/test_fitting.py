"""Fitting both scores on a little material: every feature gets a coefficient, and the figures are honest."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from assistant import answering, fitting, grounding
from assistant.errors import BadUseError
from assistant.fitting import Example, collect, fit_grounding, fit_ranker
from assistant.ingesting import ingest
from assistant.pipeline import Assistant
from tests.fakes import NarrowEncoder
from tests.samples import WORDS, body_of, write_note

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = tuple(
    f"{first}{last}" for first in ("berg", "dal", "meer", "zee") for last in ("dorp", "wijk", "hof")
)
ANSWERED: list[dict[str, Any]] = [
    {
        "id": name,
        "question": f"Wat was in {name} het resultaat na een jaar?",
        "relevant": [name],
        "must_contain": [["veel woningen"]],
    }
    for name in NAMES
]
LISTS: list[dict[str, Any]] = [
    {
        "id": f"l-{name}",
        "question": f"Noem alle punten die helpen in {name}",
        "relevant": [name],
        "items": [[word] for word in WORDS[:4]],
    }
    for name in NAMES[:4]
]
HARD: list[dict[str, Any]] = [
    {
        "id": f"h{place}",
        "question": f"Hoeveel {word} kochten Jansen en Pieters in {1950 + place}?",
        "why": "x",
    }
    for place, word in enumerate(
        ("xylofoons", "olifanten", "saxofoons", "yoghurt", "quinoa", "zeppelins", "fagotten")
    )
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("fitting")
    for name in NAMES:
        write_note(folder / "notes", name, body_of(name))
    encoder = NarrowEncoder()
    ingest([folder / "notes"], folder / "data", encoder.identity, lambda: encoder)
    return Assistant(encoder, folder / "data")


@pytest.fixture(scope="module")
def examples(assistant: Assistant) -> list[Example]:
    return collect({"some": [*ANSWERED, *LISTS], "hard": HARD}, assistant)


@pytest.fixture(scope="module")
def ranker(examples: list[Example]) -> dict[str, Any]:
    return fit_ranker(examples)


@pytest.fixture(scope="module")
def model(examples: list[Example]) -> dict[str, Any]:
    return fit_grounding(examples)


def finite(model: dict[str, Any]) -> bool:
    return all(math.isfinite(value) for value in model["coefficients"].values())


def shares(model: dict[str, Any], names: Sequence[str]) -> list[float]:
    return [model["figures"][name] for name in names]


def test_examples_are_the_questions_that_can_be_scored_without_filters(assistant: Assistant) -> None:
    filtered = {"id": "f", "question": "Wat?", "filters": {"kind": "beleid"}, "expected_ids": []}
    found = collect({"all": [ANSWERED[0], HARD[0], filtered, {"id": "x", "question": "Wat?"}]}, assistant)
    assert sorted(example.answerable for example in found) == [False, True]


def test_labels_mark_the_statements_of_relevant_notes_that_hold_an_answer(examples: list[Example]) -> None:
    for example in examples:
        texts = [
            item.source.text[item.units[0].start : item.units[-1].end] for item in example.evidence.candidates
        ]
        assert len(example.labels) == len(texts)
        if not example.answerable:
            assert not example.labels.any()
            continue
        right = [text for text, label in zip(texts, example.labels, strict=True) if label]
        assert right
        assert (
            len(
                {
                    item.source.id
                    for item, label in zip(example.evidence.candidates, example.labels, strict=True)
                    if label
                }
            )
            == 1
        )
        assert all(any(option in text for group in example.groups for option in group) for text in right)


def test_examples_come_in_the_same_order_each_time(examples: list[Example], assistant: Assistant) -> None:
    again = collect({"all": [*ANSWERED, *LISTS, *HARD]}, assistant)
    assert [each.evidence.query.text for each in again] == [each.evidence.query.text for each in examples]


def test_the_ranker_gets_a_coefficient_for_every_feature(ranker: dict[str, Any]) -> None:
    assert list(ranker["coefficients"]) == [*answering.FEATURES, "intercept"]
    assert finite(ranker)
    assert ranker["figures"]["questions"] == len(ANSWERED) + len(LISTS)
    for share in shares(ranker, ("answer_among_candidates", "answers_complete_held_out")):
        assert 0 <= share <= 1


def test_the_ranker_puts_what_answers_above_what_does_not(
    examples: list[Example], ranker: dict[str, Any]
) -> None:
    weights = np.array([ranker["coefficients"][name] for name in answering.FEATURES])
    for example in examples:
        if example.answerable:
            scores = np.array([item.features for item in example.evidence.candidates]) @ weights
            assert scores[example.labels].mean() > scores[~example.labels].mean()


def test_the_grounding_gets_a_coefficient_for_every_feature(model: dict[str, Any]) -> None:
    assert list(model["coefficients"]) == [*grounding.FEATURES, "intercept"]
    assert finite(model)
    assert 0 < model["threshold"] < 1
    figures = model["figures"]
    assert (figures["answerable"], figures["unanswerable"]) == (len(ANSWERED) + len(LISTS), len(HARD))
    assert figures["auroc_held_out"] > 0.9
    assert figures["held_out"]["answered"] >= fitting.ANSWERED - 1 / figures["answerable"]
    assert figures["held_out_by_file"]["some"]["answered"] == figures["held_out"]["answered"]
    assert figures["held_out_by_file"]["hard"]["answered"] is None


def test_the_curve_goes_from_answering_all_to_abstaining_more(model: dict[str, Any]) -> None:
    curve = model["figures"]["curve_held_out"]
    assert len(curve) == len(fitting.CURVE)
    assert curve[0]["answered"] == 1
    for asked, point, following in zip(fitting.CURVE, curve, [*curve[1:], None], strict=True):
        assert abs(point["answered"] - asked) <= 1 / model["figures"]["answerable"] + 0.001
        assert 0 <= point["abstained_on_topic"] <= 1
        if following:
            assert following["abstained_on_topic"] >= point["abstained_on_topic"]


def test_the_same_is_fitted_each_time(examples: list[Example], model: dict[str, Any]) -> None:
    assert fit_grounding(examples) == model


def test_the_fitted_grounding_tells_the_two_kinds_apart(
    examples: list[Example], model: dict[str, Any]
) -> None:
    weights = np.array([model["coefficients"][name] for name in grounding.FEATURES])
    scores = {
        kind: [np.dot(each.evidence.signals, weights) for each in examples if each.answerable is kind]
        for kind in (True, False)
    }
    assert np.mean(scores[True]) > np.mean(scores[False])


def test_coefficients_are_for_features_as_they_are(examples: list[Example], model: dict[str, Any]) -> None:
    """A feature measured in other units gets another coefficient, and the same answers come of it."""
    place = grounding.FEATURES.index("similarity")
    signals = [list(each.evidence.signals) for each in examples]
    tenfold = [
        replace(
            each,
            evidence=replace(
                each.evidence,
                signals=tuple(value * (10 if at == place else 1) for at, value in enumerate(own)),
            ),
        )
        for each, own in zip(examples, signals, strict=True)
    ]
    plain, scaled = model["coefficients"], fit_grounding(tenfold)["coefficients"]
    assert scaled["similarity"] == pytest.approx(plain["similarity"] / 10, abs=2e-4)
    assert scaled["intercept"] == pytest.approx(plain["intercept"], abs=2e-3)


@pytest.mark.parametrize("kept", [[], [True], [False]])
def test_too_little_to_fit_on_is_bad_use(examples: list[Example], kept: list[bool]) -> None:
    few = [each for each in examples if each.answerable in kept]
    with pytest.raises(BadUseError, match="too few questions"):
        fit_grounding(few)
    if True not in kept:
        with pytest.raises(BadUseError, match="too few questions"):
            fit_ranker(few)
    with pytest.raises(BadUseError, match="too few questions"):
        fit_ranker(few[:1])
