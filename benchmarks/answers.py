"""How long an answer takes and how good it is: the dev questions, in one process, the model already loaded.

Budgets are those of DESIGN section 11. Quality is what `python -m assistant evaluate` prints, on the very
questions that the scores were fitted on; the figures on held-out questions stand beside it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant import evaluation
from assistant.pipeline import open_assistant
from assistant.settings import Settings
from benchmarks.recording import REPO, record

QUESTIONS = REPO / "tests" / "questions"
BUDGET_MS = {"p50": 150.0, "p95": 300.0}
BUDGET_MB = 1_500


def main() -> int:
    """Measure, print beside the budgets and record; 1 where a budget is exceeded."""
    settings = Settings.from_env(os.environ, REPO)
    assistant = open_assistant(settings)
    started = time.perf_counter()
    assistant.warm_up()
    warm_s = time.perf_counter() - started
    records = evaluation.read_file(QUESTIONS / "dev.jsonl")
    timings = [assistant.ask(record_["question"]).timings for record_ in records]
    figures: dict[str, object] = {"warm_up_s": round(warm_s, 1), "questions": len(timings)}
    exceeded = False
    for name, share in (("p50", 50), ("p95", 95)):
        for part in ("retrieve", "answer", "total"):
            figures[f"{part}_{name}_ms"] = round(
                float(np.percentile([getattr(each, part) for each in timings], share)), 1
            )
        total = float(np.percentile([each.total for each in timings], share))
        exceeded |= total > BUDGET_MS[name]
        print(f"question to answer, {name}: {total:6.1f} ms  (budget {BUDGET_MS[name]:.0f})")
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures["memory_mb"] = round(memory_mb)
    exceeded |= memory_mb > BUDGET_MB
    print(f"memory at its highest:   {memory_mb:6.0f} MB  (budget {BUDGET_MB} for the app)")
    for path in sorted(QUESTIONS.glob("*.jsonl")):
        outcomes = [
            each for line in evaluation.read_file(path) for each in evaluation.outcomes(line, assistant)
        ]
        for group, found in evaluation.report(outcomes)["groups"].items():
            if "," not in group:
                figures[f"{path.stem}: {group}"] = found
                print(f"{path.stem}: {group}: {found['correct']:.1%} correct of {found['n']}")
    for name in ("ranker", "grounding"):
        fitted = json.loads((REPO / "assistant" / "data" / f"{name}.json").read_text(encoding="utf-8"))[
            "figures"
        ]
        figures[f"{name}, held out"] = fitted
        print(f"{name}, held out: {fitted}")
    print(record("answers", figures))
    return int(exceeded)


if __name__ == "__main__":
    sys.exit(main())
