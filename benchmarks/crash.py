"""Writers stopped at random moments: what is live answers, old or new and whole, and the next mends all.

First ingests of folders, killed with SIGKILL after a random time; in half of the rounds what had not been
forced to disk is cut off somewhere, as by a power cut. Then what the library of the app does (a file that is
sent, one in the place of another, a correction, a removal), stopped at a random step on the disk: killed,
killed with a power cut, or the disk is full from there on. `tests/killing.py` and `tests/striking.py` say
what is asserted, and the tests do less of it; `python benchmarks/crash.py COUNT SEED` does as much as wanted.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.recording import record
from tests.killing import Kill, kills
from tests.striking import Strike, strikes


def main(count: int = 100, seed: int = 1) -> int:
    """Stop `count` ingests and as many writes of the library; 1 where something did not survive one."""
    ingests, failed = _ingests(count, seed)
    library, broken = _library(count, seed)
    for name, figures in (("ingests of a folder", ingests), ("writes of the library", library)):
        print(name)
        for what, figure in figures.items():
            print(f"  {what:26} {figure}")
    failures = [each for each in (failed, broken) if each]
    print("; ".join(failures) or "the live index answered every time, and every next write mended all")
    record("crash", {"ingests": ingests, "library": library, "seed": seed, "failures": failures})
    return int(bool(failures))


def _ingests(count: int, seed: int) -> tuple[dict[str, object], str]:
    """What became of ingests that were killed, and of power cuts; the first failure, or nothing."""
    started = time.perf_counter()
    rounds: list[Kill] = []
    failure = ""
    for cut in (False, True):
        with TemporaryDirectory() as name:
            try:
                for kill in kills(Path(name), count // 2, seed, cut=cut):
                    rounds.append(kill)
            except AssertionError as error:
                failure = f"ingest, round {len(rounds) + 1}: {error}"
    figures = {
        "kills asked": count,
        "rounds survived": len(rounds),
        "killed before the end": sum(kill.killed for kill in rounds),
        "killed after going live": sum(kill.killed and kill.went_live for kill in rounds),
        "first and last moment, s": [round(end([k.lived_s for k in rounds] or [0]), 3) for end in (min, max)],
        "seconds": round(time.perf_counter() - started, 1),
    }
    return figures, failure


def _library(count: int, seed: int) -> tuple[dict[str, object], str]:
    """What became of what the library was asked when it was stopped; the first failure, or nothing."""
    started = time.perf_counter()
    rounds: list[Strike] = []
    failure = ""
    with TemporaryDirectory() as name:
        try:
            for strike in strikes(Path(name), count, seed):
                rounds.append(strike)
        except AssertionError as error:
            failure = f"library, round {len(rounds) + 1}: {error}"
    asked = Counter(f"{strike.what}, {strike.how}" for strike in rounds)
    done = Counter(f"{strike.what}, {strike.how}" for strike in rounds if strike.is_done)
    figures: dict[str, object] = {"stops asked": count, "rounds survived": len(rounds)}
    figures |= {what: f"{asked[what]}, done after the next write {done[what]}" for what in sorted(asked)}
    return figures | {"seconds": round(time.perf_counter() - started, 1)}, failure


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
