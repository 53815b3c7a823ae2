"""A cross-encoder as a judge of claims: any model for textual entailment, or one that scores a pair.

None is needed and none is shipped. The model reads evidence and claim together, so it sees relations that the
signals of `assistant.comparing` do not; it costs some tens of milliseconds a pair.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.errors import EncoderError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ENTAILS = ("entail", "support", "consistent")
_NOT = ("not", "no_", "non", "in", "un")


class CrossEncoderJudge:
    """A `verifying.Judge` on a CrossEncoder of Sentence Transformers, by name or folder.

    A model with one output gives the chance by itself; one with several must have a label such as
    "entailment", whose share of the others is the chance.
    """

    def __init__(self, name: str) -> None:
        """Load the model at once.

        Raises:
            EncoderError: there is no such model, or its labels do not tell which one means support.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from sentence_transformers import CrossEncoder

                self._model: Any = CrossEncoder(name, device="cpu")
        # A folder that is no model, or a name that no hub knows, makes these libraries raise nearly anything.
        except Exception as error:
            raise EncoderError(f"The judge {name} cannot be loaded: {error}.") from error
        labels: Mapping[int, str] = self._model.config.id2label
        self._place = _supporting(labels)
        if len(labels) > 1 and self._place is None:
            raise EncoderError(
                f"The judge {name} has labels {sorted(labels.values())}; none of them means that a text"
                " supports another, so name a model for textual entailment."
            )

    def chances(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """The chance (0 to 1) per (claim, evidence) that the evidence supports the claim.

        Raises:
            EncoderError: the model failed on a pair.
        """
        import torch

        if not pairs:
            return []
        raw = torch.nn.Identity()
        try:
            scores = self._model.predict(
                [(evidence, claim) for claim, evidence in pairs],
                activation_fn=raw,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        except (RuntimeError, ValueError, MemoryError) as error:
            raise EncoderError(f"The judge failed on a text: {error}.") from error
        table = np.asarray(scores, dtype=np.float64).reshape(len(pairs), -1)
        if self._place is None:
            return [float(each) for each in 1 / (1 + np.exp(-np.clip(table[:, 0], -30, 30)))]
        powers = np.exp(table - table.max(axis=1, keepdims=True))
        return [float(each) for each in powers[:, self._place] / powers.sum(axis=1)]


def _supporting(labels: Mapping[int, str]) -> int | None:
    """The place of the label that means support; None where there is none, or only one output."""
    if len(labels) < 2:
        return None
    for place, label in labels.items():
        lower = label.lower()
        if any(word in lower for word in _ENTAILS) and not lower.startswith(_NOT):
            return int(place)
    return None
