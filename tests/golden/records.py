"""What the golden notes say: `good/NAME.json` and `bad/NAME.txt` beside each note.

The expected files are written by hand or by `python -m tests.golden.records --regenerate`, and then read by a
person: a test never writes them.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.errors import SourceError
from assistant.sources import load

FOLDER = Path(__file__).parent
GOOD = sorted((FOLDER / "good").glob("*.md"))
BAD = sorted((FOLDER / "bad").glob("*.md"))


def record_of(path: Path) -> dict[str, Any]:
    """The record of a good note as JSON has it; without the digest, which hashlib vouches for."""
    record = asdict(load(path))
    del record["digest"]
    read: dict[str, Any] = json.loads(json.dumps(record))
    return read


def faults_of(path: Path) -> list[str]:
    """The faults of a bad note without the folder; empty when it has none."""
    try:
        load(path)
    except SourceError as error:
        return [fault.replace(f"{path.parent}/", "") for fault in error.faults]
    return []


def regenerate() -> None:
    """Write the expected files anew from what the program says now."""
    for path in GOOD:
        text = json.dumps(record_of(path), ensure_ascii=False, indent=2)
        path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    for path in BAD:
        path.with_suffix(".txt").write_text("\n".join(faults_of(path)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--regenerate"]:
        sys.exit("This overwrites the expected files of the golden notes; say --regenerate to do so.")
    regenerate()
