"""Where measurements go: benchmarks/results/<commit>/<name>.json, to be compared by commit."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REPO = Path(__file__).parent.parent


def record(name: str, figures: Mapping[str, object]) -> Path:
    """Write `figures` with the machine they were measured on; the path of the file."""
    folder = REPO / "benchmarks" / "results" / _commit()
    folder.mkdir(parents=True, exist_ok=True)
    machine = {"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    path = folder / f"{name}.json"
    path.write_text(json.dumps({**machine, **figures}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _commit() -> str:
    """The commit of the working tree, marked where something else lies in it; `uncommitted` without one."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"],
        cwd=REPO,
        capture_output=True,
        text=True,
        check=False,
    )
    return described.stdout.strip() or "uncommitted"
