"""Fits the score of `assistant.verifying` on claims with their evidence, and judges it on claims left out.

The pairs are written by hand, or generated from the notes by tests/mutations.py with a smaller weight. It is
a logistic regression on standardised signals, regularised, cross-validated over groups of pairs that come
from one sentence; the figures are kept beside the coefficients. Nothing here runs when a claim is verified.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant.arguments import read_lines
from assistant.comparing import FEATURES
from assistant.errors import BadUseError
from assistant.evaluation import interval
from assistant.verifying import Verdict, Verifier, fitted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from assistant.datatypes import Encoder

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

FOLDS, REPEATS = 6, 3
KEPT = 0.9
"""The operating point: this part of the supported pairs written by hand is kept, cross-validated."""
CURVE = (0.98, 0.96, 0.94, 0.92, 0.9, 0.88, 0.85)
"""Other operating points whose figures are kept."""
_C = 0.5
_ROUNDS = 3
"""The score chooses the stretch that it is fitted on: it is fitted anew until that choice settles."""
_TOO_FEW = "There are too few pairs to fit on; give at least two sentences with claims of either kind."
_LAYOUT = "a pair needs id, claim, supported (true or false), change, and evidence or source_sentence."


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim with its evidence and whether that supports it.

    `change` says how the claim was made ("paraphrase", "number" ...), `group` is the sentence that it is made
    from, `weight` counts in the fit: 1 for a pair written by hand, less for a generated one.
    """

    claim: str
    evidence: str
    supported: bool
    change: str
    group: str
    weight: float

    @property
    def by_hand(self) -> bool:
        """Whether a person wrote it."""
        return self.weight >= 1


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a file (JSON lines); `source_sentence` is the evidence where there is no other.

    Raises:
        BadUseError: the file cannot be read, or a line is no pair.
    """
    found = []
    for number, line in enumerate(read_lines(path), start=1):
        if line.strip():
            try:
                found.append(_pair(json.loads(line)))
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise BadUseError(f"{path}:{number}: {_LAYOUT}") from error
    return found


def _pair(record: Any) -> Pair:  # noqa: ANN401 - whatever stands in the file
    if not isinstance(record, dict):
        raise TypeError(_LAYOUT)
    sentence = record.get("source_sentence", "")
    evidence = record.get("evidence", sentence)
    if not all(isinstance(text, str) for text in (record["claim"], evidence, sentence)) or not evidence:
        raise ValueError(_LAYOUT)
    if not isinstance(record["supported"], bool):
        raise TypeError(_LAYOUT)
    weight = float(record.get("weight", 1))
    return Pair(
        record["claim"], evidence, record["supported"], str(record["change"]), sentence or evidence, weight
    )


def fit_verifier(pairs: Sequence[Pair], encoder: Encoder) -> dict[str, Any]:
    """Threshold, coefficients of FEATURES and figures, from fits that did not see their pair.

    Args:
        pairs: the claims; either kind should come from several sentences.
        encoder: as in use.

    Raises:
        BadUseError: there are too few pairs.
        EncoderError: the encoder failed.
    """
    known = Verifier(encoder).signals([(pair.claim, [pair.evidence]) for pair in pairs])
    free = [place for place, each in enumerate(known) if not isinstance(each, Verdict)]
    groups = np.unique([pair.group for pair in pairs], return_inverse=True)[1]
    if len({(groups[place]) for place in free}) < FOLDS:
        raise BadUseError(_TOO_FEW)
    tables = {place: np.asarray(known[place]) for place in free}
    chances = _held_out(pairs, tables, groups)
    refused = [pair for pair, each in zip(pairs, known, strict=True) if _is_refused(each)]
    for place, each in enumerate(known):
        if isinstance(each, Verdict):
            chances[place] = each.score
    labels = np.array([pair.supported for pair in pairs])
    by_hand = np.array([pair.by_hand for pair in pairs])
    threshold = float(np.quantile(chances[labels & by_hand], 1 - KEPT))
    coefficients, intercept = _fit(pairs, tables, free)
    named = dict(zip(FEATURES, (round(float(each), 4) for each in coefficients), strict=True))
    return {
        "threshold": round(threshold, 4),
        "literal": 0.99,
        "refused": round((1 + sum(pair.supported for pair in refused)) / (2 + len(refused)), 4),
        "coefficients": named | {"intercept": round(intercept, 4)},
        "figures": _figures(pairs, chances, threshold),
    }


def figures(pairs: Sequence[Pair], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """What part of the supported pairs is kept and of the others caught, in all and by kind of change."""
    right = np.array(
        [pair.supported == verdict.supported for pair, verdict in zip(pairs, verdicts, strict=True)]
    )
    return _shares(pairs, right)


def _is_refused(known: Verdict | Floats) -> bool:
    return isinstance(known, Verdict) and not known.supported


def _held_out(pairs: Sequence[Pair], tables: Mapping[int, Floats], groups: NDArray[np.intp]) -> Floats:
    """Per pair that no rule decides the mean chance that fits without its sentence give it."""
    free = np.array(list(tables))
    total: Floats = np.zeros(len(pairs))
    for seed in range(REPEATS):
        folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
        for train, test in folds.split(free, groups=groups[free]):
            coefficients, intercept = _fit(pairs, tables, free[train].tolist())
            for place in free[test]:
                best = float(np.max(tables[place] @ coefficients + intercept))
                total[place] += 1 / (1 + np.exp(-best))
    return total / REPEATS


def _fit(pairs: Sequence[Pair], tables: Mapping[int, Floats], places: Sequence[int]) -> tuple[Floats, float]:
    """Coefficients and intercept on the signals as they are, so that verifying needs no scaler."""
    labels = np.array([pairs[place].supported for place in places])
    if len(np.unique(labels)) < 2:
        raise BadUseError(_TOO_FEW)
    weights = np.array([pairs[place].weight for place in places])
    for kind in (True, False):
        weights[labels == kind] /= 2 * weights[labels == kind].sum() / len(places)
    coefficients, intercept = fitted()
    for _ in range(_ROUNDS):
        chosen = [tables[place][np.argmax(tables[place] @ coefficients + intercept)] for place in places]
        model = make_pipeline(StandardScaler(), LogisticRegression(C=_C, max_iter=5000))
        model.fit(np.array(chosen), labels, logisticregression__sample_weight=weights)
        coefficients = model[1].coef_[0] / model[0].scale_
        intercept = float(model[1].intercept_[0] - (coefficients * model[0].mean_).sum())
    return coefficients, intercept


def _figures(pairs: Sequence[Pair], chances: Floats, threshold: float) -> dict[str, Any]:
    labels = np.array([pair.supported for pair in pairs])
    found: dict[str, Any] = {}
    for name, group in {
        "by_hand": np.array([pair.by_hand for pair in pairs]),
        "generated": np.array([not pair.by_hand for pair in pairs]),
    }.items():
        if len(np.unique(labels[group])) == 2:
            own = [pair for pair, chosen in zip(pairs, group, strict=True) if chosen]
            right = (chances[group] >= threshold) == labels[group]
            area = round(float(roc_auc_score(labels[group], chances[group])), 3)
            found[name] = {"auroc_held_out": area} | _shares(own, right)
    by_hand = np.array([pair.by_hand for pair in pairs])
    found["curve_by_hand_held_out"] = [
        _at(float(np.quantile(chances[labels & by_hand], 1 - kept)), chances[by_hand], labels[by_hand])
        for kept in CURVE
    ]
    return found


def _at(threshold: float, chances: Floats, labels: Flags) -> dict[str, float]:
    kept, caught = chances[labels] >= threshold, chances[~labels] < threshold
    return {
        "threshold": round(threshold, 3),
        "kept": round(float(kept.mean()), 3),
        "caught": round(float(caught.mean()), 3),
    }


def _shares(pairs: Sequence[Pair], right: Flags) -> dict[str, Any]:
    """The shares of right verdicts, each with its number and 95 % interval."""
    supported = np.array([pair.supported for pair in pairs])
    changes = np.array([pair.change for pair in pairs])
    return {
        "kept": _share(right[supported]),
        "caught": _share(right[~supported]),
        "by_change": {str(change): _share(right[changes == change]) for change in np.unique(changes)},
    }


def _share(right: Flags) -> dict[str, Any]:
    low, high = interval(int(right.sum()), len(right))
    share = round(float(right.mean()), 3) if len(right) else None
    return {"n": len(right), "share": share, "interval": [round(low, 3), round(high, 3)]}
