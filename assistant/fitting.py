"""Fits two scores on question files: which statement answers, and whether the material answers at all.

Both are logistic regressions on standardised features, regularised, and judged by cross-validation over
questions; the figures are kept beside the coefficients. Nothing here runs when a question is answered.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant import answering, citations, grounding
from assistant.errors import BadUseError
from assistant.evaluation import holds, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from assistant.pipeline import Assistant, Evidence

    Floats = NDArray[np.float64]

FOLDS = 6
REPEATS = 5
"""Cross-validation is repeated with other folds: with so few questions one division says little."""
ANSWERED = 0.976
"""The operating point: this part of the answerable questions is still answered, cross-validated.

All but three of 124: from there on, one more that is turned down brings next to nothing (decision 0020).
"""
CURVE = (1.0, 0.99, 0.98, 0.976, 0.97, 0.96, 0.95, 0.925, 0.9, 0.85, 0.8)
"""Other operating points whose figures are kept."""
_RANKER_C = 0.0005
_GROUNDING_C = 0.3
_TOO_FEW = (
    "There are too few questions to fit on; give more that the material answers and more that it does not."
)


@dataclass(frozen=True, slots=True)
class Example:
    """One question with what was found for it.

    `file` names the file it comes from. `off_topic` is told by the reason (`why`) that the question cannot be
    answered. `groups` are the alternatives that its answer must hold one each of; `labels` say per candidate
    whether it holds any.
    """

    file: str
    answerable: bool
    off_topic: bool
    groups: tuple[tuple[str, ...], ...]
    evidence: Evidence
    labels: NDArray[np.bool_]


def collect(files: Mapping[str, Sequence[dict[str, Any]]], assistant: Assistant) -> list[Example]:
    """The examples of all scorable questions without filters, in a fixed random order.

    Args:
        files: name of a question file → its records.
        assistant: finds the evidence.
    """
    found = []
    for file, record in ((name, record) for name, records in files.items() for record in records):
        kind = kind_of(record)
        if kind in {"list", "answerable", "unanswerable"}:
            evidence = assistant.evidence(record["question"])
            groups = tuple(tuple(group) for group in record.get("items") or record.get("must_contain") or ())
            labels = [
                item.source.id in record.get("relevant", ())
                and any(
                    holds(item.source.text[item.units[0].start : item.units[-1].end], group)
                    for group in groups
                )
                for item in evidence.candidates
            ]
            off_topic = str(record.get("why", "")).startswith("off-topic")
            found.append(
                Example(
                    file,
                    kind != "unanswerable",
                    off_topic,
                    groups,
                    evidence,
                    np.array(labels, dtype=np.bool_),
                )
            )
    random.Random(1).shuffle(found)
    return found


def fit_ranker(examples: Sequence[Example]) -> dict[str, Any]:
    """Coefficients of answering.FEATURES, with figures for answers by fits that did not see their question.

    A question whose answer was not among the candidates counts as wrong in the figures.

    Raises:
        BadUseError: there are too few questions whose answer was found.
    """
    answerable = [example for example in examples if example.answerable]
    answered = [example for example in answerable if example.labels.any()]
    if len(answered) < 2:
        raise BadUseError(_TOO_FEW)
    complete = [_complete(example) for order in _orders(answered) for example in _held_out(order)]
    tables, labels = _stacked(answered)
    return {
        "coefficients": _coefficients(_fit(tables, labels, _RANKER_C), answering.FEATURES),
        "figures": {
            "questions": len(answerable),
            "statements": len(labels),
            "answer_among_candidates": round(len(answered) / len(answerable), 3),
            "answers_complete_held_out": round(sum(complete) / len(answerable) / REPEATS, 3),
        },
    }


def fit_grounding(examples: Sequence[Example]) -> dict[str, Any]:
    """Coefficients of grounding.FEATURES, and the threshold, from fits that did not see their question.

    Raises:
        BadUseError: there are too few questions of either kind.
    """
    signals = np.array([example.evidence.signals for example in examples])
    labels = np.array([example.answerable for example in examples])
    held_out = _held_out_chances(signals, labels)
    threshold = float(np.quantile(held_out[labels], 1 - ANSWERED))
    groups = {
        "answered": labels,
        "abstained_on_topic": np.array([not (each.answerable or each.off_topic) for each in examples]),
        "abstained_off_topic": np.array([each.off_topic for each in examples]),
    }
    curve = [_at(float(np.quantile(held_out[labels], 1 - answered)), held_out, groups) for answered in CURVE]
    return {
        "threshold": round(threshold, 4),
        "coefficients": _coefficients(_fit(signals, labels, _GROUNDING_C, balanced=True), grounding.FEATURES),
        "figures": {
            "answerable": int(labels.sum()),
            "unanswerable": int((~labels).sum()),
            "auroc_held_out": round(float(roc_auc_score(labels, held_out)), 3),
            "held_out": _at(threshold, held_out, groups),
            "held_out_by_file": {
                file: _at(
                    threshold,
                    held_out,
                    {
                        name: group & np.array([e.file == file for e in examples])
                        for name, group in groups.items()
                    },
                )
                for file in sorted({each.file for each in examples})
            },
            "curve_held_out": curve,
        },
    }


def _held_out_chances(signals: Floats, labels: NDArray[np.bool_]) -> Floats:
    """Per example the mean chance, over REPEATS divisions, that fits without it give it."""
    total = np.zeros(len(labels))
    for seed in range(REPEATS):
        order = np.random.default_rng(seed).permutation(len(labels))
        for places in _folds(len(labels)):
            test = order[places]
            train = np.setdiff1d(order, test)
            model = _fit(signals[train], labels[train], _GROUNDING_C, balanced=True)
            total[test] += model.predict_proba(signals[test])[:, 1]
    return total / REPEATS


def _at(
    threshold: float, chances: Floats, groups: Mapping[str, NDArray[np.bool_]]
) -> dict[str, float | None]:
    """The part of each group that is answered ("answered") or not (the others) with this threshold."""
    answered = chances >= threshold
    return {
        name: _share(answered[group] if name == "answered" else ~answered[group])
        for name, group in groups.items()
    }


def _share(values: NDArray[np.bool_]) -> float | None:
    return round(float(values.mean()), 3) if len(values) else None


def _orders(examples: Sequence[Example]) -> Iterator[list[Example]]:
    for seed in range(REPEATS):
        order = list(examples)
        random.Random(seed).shuffle(order)
        yield order


def _complete(example: Example) -> bool:
    chosen = answering.compose(example.evidence.query, example.evidence.candidates)
    text = citations.markdown(citations.number(chosen)[0])
    return all(holds(text, group) for group in example.groups)


def _held_out(examples: Sequence[Example]) -> list[Example]:
    """The examples with the chances of their candidates from fits that did not see them."""
    judged: list[Example] = []
    for test in _folds(len(examples)):
        held = set(test.tolist())
        model = _fit(*_stacked([each for place, each in enumerate(examples) if place not in held]), _RANKER_C)
        for example in (examples[place] for place in test):
            evidence = example.evidence
            chances = model.predict_proba(np.array([item.features for item in evidence.candidates]))[:, 1]
            items = [
                replace(item, chance=answering.of_kind(float(chance), item.kind))
                for item, chance in zip(evidence.candidates, chances, strict=True)
            ]
            judged.append(replace(example, evidence=replace(evidence, candidates=items)))
    return judged


def _stacked(examples: Sequence[Example]) -> tuple[Floats, NDArray[np.bool_]]:
    tables = [item.features for example in examples for item in example.evidence.candidates]
    return np.array(tables), np.concatenate([example.labels for example in examples])


def _folds(count: int) -> list[NDArray[np.intp]]:
    return [np.arange(start, count, FOLDS) for start in range(FOLDS)]


def _fit(table: Floats, labels: NDArray[np.bool_], c: float, *, balanced: bool = False) -> Any:  # noqa: ANN401 - sklearn is untyped
    if len(np.unique(labels)) < 2:
        raise BadUseError(_TOO_FEW)
    model = LogisticRegression(C=c, max_iter=5000, class_weight="balanced" if balanced else None)
    return make_pipeline(StandardScaler(), model).fit(table, labels)


def _coefficients(model: Any, names: Sequence[str]) -> dict[str, float]:  # noqa: ANN401 - as above
    """The coefficients on the features as they are, so that answering needs no scaler."""
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - (weights * scaler.mean_).sum())
    found = {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}
    return found | {"intercept": round(intercept, 4)}
