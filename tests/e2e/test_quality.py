"""The regression gate: on the shipped corpus and the real model, no question file loses more than two.

`tests/questions/right.json` lists per file what was answered right when it was last written, with
`python -m tests.e2e.test_quality DATA_DIR`; an improvement is kept by writing it anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.evaluation import outcomes, read_file, report
from assistant.pipeline import open_assistant
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

QUESTIONS = Path(__file__).parent.parent / "questions"
RIGHT = QUESTIONS / "right.json"
LOST = 2
GATED = (
    "conversations",
    "conversations_own",
    "dev",
    "filters",
    "hard_unanswerable",
    "list_questions",
    "off_topic",
    "off_topic_near",
)


def _right(name: str, assistant: Assistant) -> list[str]:
    found = [
        each for record in read_file(QUESTIONS / f"{name}.jsonl") for each in outcomes(record, assistant)
    ]
    return sorted(id_ for id_, correct in report(found)["outcomes"].items() if correct)


def _assistant(data_dir: Path) -> Assistant:
    return open_assistant(Settings.from_env({"ASSISTANT_DATA_DIR": str(data_dir)}, Path.cwd()))


@pytest.fixture(scope="module")
def assistant(data_dir: Path) -> Assistant:
    """The product on the index of the shipped corpus."""
    return _assistant(data_dir)


@pytest.mark.parametrize("name", GATED)
def test_no_more_than_two_questions_are_lost(name: str, assistant: Assistant) -> None:
    expected = set(json.loads(RIGHT.read_text(encoding="utf-8"))[name])
    lost = expected - set(_right(name, assistant))
    assert len(lost) <= LOST, f"{name}: {sorted(lost)} were answered right before"


if __name__ == "__main__":
    found = {name: _right(name, _assistant(Path(sys.argv[1]))) for name in GATED}
    RIGHT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
