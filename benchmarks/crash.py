"""Ingests killed with SIGKILL at random moments: what is live must answer, the next must succeed.

After every other kill, what had not been forced to disk is cut off somewhere, as by a power cut.
`tests/test_kill.py` does less of the same; `python benchmarks/crash.py COUNT SEED` does as much as you like.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.recording import record
from tests.killing import kills


def main(count: int = 100, seed: int = 1) -> int:
    """Kill `count` ingests; 1 where something did not survive one."""
    started = time.perf_counter()
    rounds = []
    failure = ""
    for cut in (False, True):
        with TemporaryDirectory() as name:
            try:
                for kill in kills(Path(name), count // 2, seed, cut=cut):
                    rounds.append(kill)
            except AssertionError as error:
                failure = f"round {len(rounds) + 1}: {error}"
    figures = {
        "kills asked": count,
        "rounds survived": len(rounds),
        "killed before the end": sum(kill.killed for kill in rounds),
        "killed after going live": sum(kill.killed and kill.went_live for kill in rounds),
        "first and last moment, s": [round(end([k.lived_s for k in rounds] or [0]), 3) for end in (min, max)],
        "seconds": round(time.perf_counter() - started, 1),
    }
    for what, figure in figures.items():
        print(f"{what:26} {figure}")
    print(failure or "the live index answered every time, and every next ingest succeeded")
    record("crash", {**figures, "seed": seed, "failure": failure})
    return int(bool(failure))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
