"""How long an ingest of the shipped corpus takes: the first one, nothing changed, one note changed.

The budgets are those of DESIGN section 11. Each is a process of its own, as a user starts it, with a data
directory that is empty at first.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.recording import REPO, record

BUDGETS_S = {"full": 60.0, "nothing changed": 3.0, "one note changed": 12.0}


def main() -> int:
    """Measure, print beside the budgets and record; 1 where a budget is exceeded."""
    with TemporaryDirectory() as name:
        data_dir, notes = Path(name) / "data", Path(name) / "corpus"
        shutil.copytree(REPO / "corpus", notes)
        seconds, cpu_seconds, reports = {}, {}, {}
        for step in BUDGETS_S:
            if step == "one note changed":
                changed = min(notes.glob("*.md"))
                changed.write_text(
                    changed.read_text(encoding="utf-8") + "\nDeze zin is nieuw.\n", encoding="utf-8"
                )
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds[step], reports[step] = _ingest(notes, data_dir)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            cpu_seconds[step] = round(used, 2)
    for step, budget in BUDGETS_S.items():
        took = f"{seconds[step]:6.1f} s   budget {budget:4.0f} s   CPU {cpu_seconds[step]:5.1f} s"
        report = reports[step]
        print(f"{step:18} {took}   {report['passages']} passages, {report['embedded']} texts embedded")
    print("the first includes the conversion of the model, once per data directory")
    record(
        "corpus", {"seconds": seconds, "cpu_seconds": cpu_seconds, "budgets_s": BUDGETS_S, "reports": reports}
    )
    return int(any(seconds[step] > budget for step, budget in BUDGETS_S.items()))


def _ingest(notes: Path, data_dir: Path) -> tuple[float, dict[str, object]]:
    """Run the command; seconds of wall clock, and its report."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "ingest.py", str(notes), "--json"],
        cwd=REPO,
        env=os.environ | {"ASSISTANT_DATA_DIR": str(data_dir)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - started
    report = json.loads(done.stdout)
    del report["faults"], report["generation"]
    return round(seconds, 2), report


if __name__ == "__main__":
    sys.exit(main())
