"""Does this passage support this sentence? A verdict with a chance, reasons in Dutch and the best evidence.

Each sentence of the evidence, and each two neighbours, is compared with the claim: first by cheap rules
(numbers, dates and names must stand in the source), then by signals that a small logistic score weighs. Its
coefficients and figures stand in assistant/data/verifier.json; `assistant.verifying_fit` makes them. No
language model is asked. What lies only in the relation between words (who did it to whom, why) is seen in
part; a better judge may be plugged in.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np

from assistant.comparing import COPY, FEATURES, Comparison, compare, likeness, overlap, said
from assistant.evidence import Span, literal, sentences, stretches
from assistant.passages import plain
from assistant.readings import Reading, read
from assistant.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from assistant.datatypes import Encoder
    from assistant.evidence import Stretch

    Vector = NDArray[np.float32]
    Floats = NDArray[np.float64]

__all__ = [
    "MAX_CLAIM",
    "Judge",
    "Reason",
    "Verdict",
    "Verifier",
    "chance",
    "fitted",
    "prepare",
    "verdict_json",
]

MAX_CLAIM = 2_000
"""A longer claim is no sentence; it is not supported."""
CANDIDATES = 3
"""How many stretches of the evidence, the likeliest by their words, are embedded."""
_JUDGED = 0.5
_GLANCED_AT, _LOOKED_AT = 32, 10
_REMEMBERED = 20_000
_USUAL, _LEAST_OF_COPIES = 0.96, 0.93
"""The cosine that a copied sentence usually has with its source, and the least that was seen."""
_ALONE = 0.85
"""Where one sentence says this part of what two say together, the other would only lend its numbers."""
_COPY_MARGIN = 0.15
_CITATION = re.compile(r"\s*\[\^?\d{1,4}(?:\s*[,;]\s*\^?\d{1,4})*\]")
_EMPTY, _LONG, _MEANING = Reason("empty"), Reason("length"), Reason("meaning")
_NOTHING = Reason("words-none")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a claim is supported, with the chance (0 to 1) that it is, and why not.

    `span` is the best evidence: the index of the evidence text and the start and end of the words in it; None
    where nothing supports the claim.
    """

    supported: bool
    score: float
    reasons: tuple[Reason, ...]
    span: Span | None


def verdict_json(name: object, verdict: Verdict) -> dict[str, object]:
    """One line of `python -m assistant verify`; DESIGN section 10 is its layout."""
    reasons = [{"code": each.code, "text": each.text} for each in verdict.reasons]
    return {"id": name, "supported": verdict.supported, "score": round(verdict.score, 4), "reasons": reasons}


class Judge(Protocol):
    """Something that reads better than the signals do, such as a model for textual entailment."""

    def chances(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        """The chance (0 to 1) per (claim, evidence) that the evidence supports it; raises EncoderError."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claim with the likeliest stretches of its evidence, or the verdict where that needs no encoder.

    `faults` are those of another stretch that the claim is nearly copied from.
    """

    claim: Reading
    compared: tuple[Comparison, ...]
    decided: Verdict | None
    faults: tuple[Reason, ...] = ()


class Verifier:
    """Judges claims against evidence; threads may share it."""

    def __init__(self, encoder: Encoder, judge: Judge | None = None) -> None:
        """Take the encoder and, if there is one, a better judge, who then decides what no rule refuses."""
        self._encoder = encoder
        self._judge = judge
        self._vectors: OrderedDict[str, Vector] = OrderedDict()
        self._lock = Lock()

    def verify(self, claim: str, evidence: Sequence[str]) -> Verdict:
        """Judge one sentence (Markdown and citation marks do not count) against passages in Markdown.

        Raises:
            EncoderError: the encoder or the judge failed.
        """
        return self.verify_all([(claim, evidence)])[0]

    def verify_all(self, claims: Sequence[tuple[str, Sequence[str]]]) -> list[Verdict]:
        """Judge many (claim, evidence) at once: what must be embedded is embedded together.

        Raises:
            EncoderError: the encoder or the judge failed.
        """
        prepared = [prepare(claim, evidence) for claim, evidence in claims]
        if not self._judge:
            prepared = [replace(each, decided=each.decided or _certain(each)) for each in prepared]
        vectors = self._embed(_texts(prepared))
        return [self._verdict(each, vectors) for each in prepared]

    def signals(self, claims: Sequence[tuple[str, Sequence[str]]]) -> list[Verdict | Floats]:
        """What to fit on: per claim the FEATURES of its stretches, shape (n, FEATURES), or a rule's verdict.

        Raises:
            EncoderError: the encoder failed.
        """
        prepared = [prepare(claim, evidence) for claim, evidence in claims]
        vectors = self._embed(_texts(prepared))
        return [each.decided or np.array(_weighed(each, vectors)) for each in prepared]

    def _verdict(self, prepared: Prepared, vectors: Mapping[str, Vector]) -> Verdict:
        if prepared.decided:
            return prepared.decided
        if self._judge:
            pairs = [(prepared.claim.text, each.stretch.reading.text) for each in prepared.compared]
            scores, threshold = list(self._judge.chances(pairs)), _JUDGED
        else:
            scores, threshold = [chance(row) for row in _weighed(prepared, vectors)], _model()["threshold"]
        best = int(np.argmax(scores))
        return _judged(prepared.compared[best], float(scores[best]), threshold, prepared.faults)

    def _embed(self, texts: Iterable[str]) -> dict[str, Vector]:
        """Text → vector of unit length; those embedded before are remembered."""
        wanted = list(dict.fromkeys(texts))
        with self._lock:
            found = {text: self._vectors[text] for text in wanted if text in self._vectors}
        new = [text for text in wanted if text not in found]
        made = self._encoder.encode_queries(new) if new else ()
        found |= zip(new, made, strict=True)
        with self._lock:
            self._vectors |= found
            for text in wanted:
                self._vectors.move_to_end(text)
            while len(self._vectors) > _REMEMBERED:
                self._vectors.popitem(last=False)
        return found


def chance(values: Sequence[float]) -> float:
    """The chance (0 to 1) that a claim with these FEATURES is supported."""
    weights, intercept = fitted()
    return float(1 / (1 + np.exp(-np.clip(np.array(values) @ weights + intercept, -30, 30))))


def fitted() -> tuple[Floats, float]:
    """The coefficients of FEATURES, shape (FEATURES,), and the intercept that are in use."""
    model = _model()
    return np.array([model[name] for name in FEATURES]), model["intercept"]


def prepare(claim: str, evidence: Sequence[str]) -> Prepared:
    """Everything about a claim that costs no encoder."""
    text = plain(_CITATION.sub("", claim[: MAX_CLAIM * 2].replace("\x00", " ")))
    reading = read(text[:MAX_CLAIM])
    if not reading.words:
        return _refused(reading, _EMPTY)
    if len(text) > MAX_CLAIM:
        return _refused(reading, _LONG)
    span = literal(reading, evidence)
    if span:
        return Prepared(reading, (), Verdict(True, _model()["literal"], (), span))
    long = len(sentences(text)) > 1
    found = list(stretches(evidence))
    if not found:
        return _refused(reading, _NOTHING)
    found = sorted(found, key=lambda each: -overlap(reading, each))[:_GLANCED_AT]
    needed = [each for each in found if len(each.sentences) == 1 or long or _needs_all(reading, each)]
    likely = sorted(needed, key=lambda each: -likeness(reading, each))[:_LOOKED_AT]
    compared = [compare(reading, each) for each in likely]
    closest = _closest(compared)
    sound = tuple(each for each in closest if not each.faults)[:CANDIDATES]
    if sound:
        copies = (each.faults for each in compared if each.faults and each.values["copied"] >= COPY)
        return Prepared(reading, sound, None, next(copies, ()))
    return Prepared(reading, (), Verdict(False, _model()["refused"], closest[0].faults, None))


def _closest(compared: Sequence[Comparison]) -> Sequence[Comparison]:
    """The stretches that a claim is copied from, where it is; else all."""
    most = max(each.values["copied"] for each in compared)
    if most < COPY:
        return compared
    return [each for each in compared if each.values["copied"] >= most - _COPY_MARGIN]


def _needs_all(claim: Reading, stretch: Stretch) -> bool:
    """Whether sentences say together clearly more of a claim than the best of them alone."""
    alone = max(said(claim, read(text)) for text in stretch.sentences)
    return alone < _ALONE * said(claim, stretch.reading)


def _refused(reading: Reading, reason: Reason) -> Prepared:
    return Prepared(reading, (), Verdict(False, 0.0, (reason,), None))


def _texts(prepared: Sequence[Prepared]) -> Iterator[str]:
    for each in prepared:
        if not each.decided:
            yield each.claim.text
            for compared in each.compared:
                yield compared.stretch.reading.text


def _weighed(prepared: Prepared, vectors: Mapping[str, Vector]) -> list[tuple[float, ...]]:
    """The FEATURES of each stretch."""
    claim = vectors[prepared.claim.text]
    return [each.features(float(claim @ vectors[each.stretch.reading.text])) for each in prepared.compared]


def _certain(prepared: Prepared) -> Verdict | None:
    """The verdict where the similarity, whatever it may be, would not change it; embedding costs the most."""
    compared, threshold = prepared.compared, _model()["threshold"]
    highest = [chance(each.features(1.0)) for each in compared]
    if max(highest) < threshold:
        best = int(np.argmax(highest))
        return _judged(compared[best], chance(compared[best].features(_USUAL)), threshold, prepared.faults)
    for each in compared:
        if each.values["copied"] >= COPY and chance(each.features(_LEAST_OF_COPIES)) >= threshold:
            return _judged(each, chance(each.features(_USUAL)), threshold, ())
    return None


def _judged(compared: Comparison, score: float, threshold: float, faults: tuple[Reason, ...]) -> Verdict:
    if score >= threshold:
        return Verdict(True, score, (), compared.stretch.span)
    return Verdict(False, score, (*faults, *compared.remarks) or (_MEANING,), None)


@cache
def _model() -> Mapping[str, float]:
    stored = json.loads((files("assistant") / "data" / "verifier.json").read_text(encoding="utf-8"))
    coefficients: dict[str, float] = stored["coefficients"]
    return coefficients | {name: stored[name] for name in ("threshold", "literal", "refused")}
