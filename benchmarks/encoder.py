"""The default encoder in float32 and bfloat16, in one run: texts per second, and how long a question takes.

The corpus gives the texts. The kinds of number take turns, and the best of some rounds counts: other programs
on the machine only ever add time. The model is made in a temporary folder first, which is measured too.
"""

from __future__ import annotations

import random
import re
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, get_args

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.encoder import Dtype, SentenceEncoder, fastest_dtype
from assistant.model_folders import locate
from benchmarks.recording import REPO, record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROUNDS = 3
QUESTIONS = 30
KINDS = {"sentences": (1, 192), "short passages": (4, 64), "long passages": (10, 24)}
"""Of how many sentences of the corpus a text is made, and how many texts are encoded."""


def main() -> int:
    """Measure, print a table and record it."""
    texts = {kind: _texts(*sizes) for kind, sizes in KINDS.items()}
    with TemporaryDirectory() as name:
        started = time.perf_counter()
        model = locate(None, Path(name))
        model.folder(weights=False)
        figures: dict[str, object] = {"conversion_s": round(time.perf_counter() - started, 2)}
        encoders = {dtype: SentenceEncoder(model, dtype) for dtype in get_args(Dtype)}
        loads = {dtype: _seconds(encoder.encode_queries, ["."]) for dtype, encoder in encoders.items()}
        tokens = {kind: np.mean(encoders["float32"].count_tokens(made)) for kind, made in texts.items()}
        rates = {dtype: _rates(encoder, texts) for dtype, encoder in encoders.items()}
        delays = {dtype: _question_ms(encoder) for dtype, encoder in encoders.items()}
        for _ in range(ROUNDS - 1):
            for dtype, encoder in encoders.items():
                rates[dtype] = {
                    kind: max(rate, rates[dtype][kind]) for kind, rate in _rates(encoder, texts).items()
                }
                delays[dtype] = min(delays[dtype], _question_ms(encoder))
        cosine = _least_cosine(list(encoders.values()), texts["short passages"])
    print(f"conversion {figures['conversion_s']} s; this machine would choose {fastest_dtype()}")
    print(f"{'':10}{'load s':>8}" + "".join(f"{kind:>18}" for kind in KINDS) + f"{'question ms':>14}")
    print(f"{'tokens':10}{'':8}" + "".join(f"{tokens[kind]:18.0f}" for kind in KINDS))
    for dtype in encoders:
        speed = "".join(f"{rates[dtype][kind]:16.1f}/s" for kind in KINDS)
        print(f"{dtype:10}{loads[dtype]:8.1f}{speed}{delays[dtype]:14.1f}")
    print(f"least cosine between the two {cosine:.6f}; the first load includes importing the libraries")
    figures |= {"chosen": fastest_dtype(), "load_s": loads, "tokens": tokens, "texts_per_s": rates}
    figures |= {"question_p50_ms": delays, "least_cosine": cosine}
    record("encoder", figures)
    return 0


def _texts(sentences: int, count: int) -> list[str]:
    found: list[str] = []
    for path in sorted((REPO / "corpus").glob("*.md")):
        body = path.read_text(encoding="utf-8").split("---\n", 2)[2]
        found += [part for part in re.split(r"(?<=[.!?])\s+|\n", body) if len(part) > 40]
    chance = random.Random(20261121)
    return [" ".join(chance.sample(found, sentences)) for _ in range(count)]


def _seconds(encode: Callable[[list[str]], object], texts: list[str]) -> float:
    started = time.perf_counter()
    encode(texts)
    return time.perf_counter() - started


def _rates(encoder: SentenceEncoder, texts: dict[str, list[str]]) -> dict[str, float]:
    return {kind: len(made) / _seconds(encoder.encode_passages, made) for kind, made in texts.items()}


def _question_ms(encoder: SentenceEncoder) -> float:
    """The median over questions that each come alone."""
    questions = [f"Welke {number} lessen trok de gemeente uit de wijkaanpak?" for number in range(QUESTIONS)]
    return 1000 * float(np.median([_seconds(encoder.encode_queries, [text]) for text in questions]))


def _least_cosine(encoders: Sequence[SentenceEncoder], texts: list[str]) -> float:
    first, second = (encoder.encode_passages(texts) for encoder in encoders)
    return float((first * second).sum(axis=1).min())


if __name__ == "__main__":
    sys.exit(main())
