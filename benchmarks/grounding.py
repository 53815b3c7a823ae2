"""How long it takes to verify a sentence against eight passages, and what a written answer waits for.

Claims are made from the notes (tests/mutations.py); the evidence of
each is its own passage with seven others. "known" means that the passages were verified against before, as
for all but the first sentence of an answer. What one text through the encoder takes is measured beside it:
the rest can be read as a ratio of that when other programs keep the machine busy.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.encoder import open_encoder
from assistant.sources import load
from assistant.verifying import Verifier, prepare
from benchmarks.recording import REPO, record
from tests.mutations import mutations

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Claim = tuple[str, list[str]]
    Times = tuple[float, float]

PER_KIND = 6
PASSAGES = 8
SENTENCES = 6
"""Of an answer that is verified at once."""


def main() -> int:
    """Measure, print a table and record it; the argument is a data directory that holds the model."""
    claims = _claims()
    with TemporaryDirectory() as name:
        encoder = open_encoder(None, Path(sys.argv[1] if len(sys.argv) > 1 else name))
        encoder.encode_queries(["Warm."])
        verifier = Verifier(encoder)
        for claim in claims[:3]:
            verifier.verify(*claim)
        first = _timed(verifier.verify_all, [[claim] for claim in claims])
        known = _timed(verifier.verify_all, [[(f"{text} Zo is het.", found)] for text, found in claims])
        rules = _timed(
            lambda batch: [prepare(*each) for each in batch],
            [[(f"{text} Dat is zo.", found)] for text, found in claims],
        )
        answers = [
            [(f"{text} Zo was het.", found) for text, found in claims[start : start + SENTENCES]]
            for start in range(0, len(claims) - SENTENCES, SENTENCES)
        ]
        together = _timed(verifier.verify_all, answers)
        alone = _timed(encoder.encode_queries, [[f"{text} Punt."] for text, _ in claims])
    figures = {
        "claims": len(claims),
        "passages": PASSAGES,
        "rules_ms": _spread(rules),
        "first_with_new_passages_ms": _spread(first),
        "known_passages_ms": _spread(known),
        "per_sentence_of_six_ms": _spread(together, 1 / SENTENCES),
        "one_text_through_the_encoder_ms": _spread(alone),
    }
    for key, value in figures.items():
        print(f"{key:34} {value}")
    print(record("grounding", figures))
    return 0


def _claims() -> list[Claim]:
    sources = [load(path) for path in sorted((REPO / "corpus").glob("*.md"))]
    made = [each for each in mutations(sources, PER_KIND * 2) if each.passage != each.sentence]
    passages = sorted({each.passage for each in mutations(sources, 60) if len(each.passage) > 300})
    chance = random.Random(20261122)
    chance.shuffle(made)
    return [(each.claim, [*chance.sample(passages, PASSAGES - 1), each.passage]) for each in made]


def _timed(run: Callable[[Any], object], batches: Sequence[object]) -> list[Times]:
    """Wall clock and processor time of each run, in seconds."""
    found = []
    for batch in batches:
        started = time.perf_counter(), time.process_time()
        run(batch)
        found.append((time.perf_counter() - started[0], time.process_time() - started[1]))
    return found


def _spread(times: Sequence[Times], share: float = 1.0) -> dict[str, dict[str, float]]:
    """Percentiles in milliseconds, of wall clock and of processor time (all cores together)."""
    table = 1000 * share * np.array(times)
    return {
        name: {f"p{part}": round(float(np.percentile(table[:, column], part)), 1) for part in (50, 95)}
        for column, name in enumerate(("wall", "processor"))
    }


if __name__ == "__main__":
    sys.exit(main())
