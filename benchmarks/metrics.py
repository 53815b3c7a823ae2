"""Figures of a ranking, and how sure a mean over questions is.

A ranking is a sequence of ids of documents, best first, each once; `relevant` maps those that answer to their
gain, above 0, and is not empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_RESAMPLES = 10_000


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """Normalised discounted cumulative gain at `k`, gains linear, as trec_eval has it; 0 to 1."""
    discounts = 1 / np.log2(np.arange(2, k + 2))
    gains = np.array([relevant.get(id_, 0) for id_ in ranked[:k]], dtype=float)
    ideal = np.array(sorted(relevant.values(), reverse=True)[:k], dtype=float)
    return float(gains @ discounts[: len(gains)]) / float(ideal @ discounts[: len(ideal)])


def recall(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """Which part of the relevant documents is among the first `k`."""
    return len({*ranked[:k]} & relevant.keys()) / len(relevant)


def reciprocal_rank(ranked: Sequence[str], relevant: Mapping[str, int]) -> float:
    """1 / the place of the first relevant document; 0 where there is none."""
    return next((1 / place for place, id_ in enumerate(ranked, start=1) if id_ in relevant), 0.0)


def interval(differences: NDArray[np.float64]) -> tuple[float, float]:
    """The middle 95 % of the mean over questions, by bootstrap (Efron 1979); the same each time."""
    rng = np.random.default_rng(0)
    rows = rng.integers(0, len(differences), size=(_RESAMPLES, len(differences)))
    low, high = np.percentile(differences[rows].mean(axis=1), (2.5, 97.5))
    return float(low), float(high)
