"""What users report as wrong ("klopt niet"): JSON lines on this machine that only the owner can read."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.datatypes import Answer

FILE_NAME = "feedback.jsonl"
MAX_REMARK_CHARACTERS = 2_000
LOCK_TIMEOUT_S = 5.0
_ONLY_OWNER = 0o600


def store(data_dir: Path, answer: Answer, remark: str) -> None:
    """Append one report; lines of several processes never mix, and a line is written whole or not at all.

    Args:
        data_dir: where the file `feedback.jsonl` stands; it is made when it does not exist.
        answer: what the user saw.
        remark: what the user says is wrong; may be empty, is cut at MAX_REMARK_CHARACTERS.

    Raises:
        AssistantError: the report cannot be written; the message says why.
    """
    record = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "remark": remark.strip()[:MAX_REMARK_CHARACTERS],
        "question": answer.question,
        "understood": answer.understood,
        "abstained": answer.abstained,
        "text": answer.text,
        "sources": [{"number": s.number, "note": s.note, "entry": s.entry} for s in answer.sources],
        "quotes": [
            {"citation": quote.citation, "passage": quote.passage, "start": quote.start, "end": quote.end}
            for statement in answer.statements
            for quote in statement.quotes
        ],
    }
    line = json.dumps(record, ensure_ascii=False) + "\n"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        _append(data_dir / FILE_NAME, line.encode("utf-8", "replace"))
    except Timeout as error:
        raise AssistantError(
            f"The report cannot be written in {data_dir}: another process holds its lock."
        ) from error
    except OSError as error:
        raise AssistantError(f"The report cannot be written in {data_dir}: {error.strerror}.") from error


def _append(path: Path, line: bytes) -> None:
    """Write the whole line or nothing: what a full disk cut off is taken back."""
    with FileLock(path.with_suffix(".lock"), timeout=LOCK_TIMEOUT_S):
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _ONLY_OWNER)
        before = os.fstat(handle).st_size
        try:
            _write_all(handle, line)
        except OSError:
            os.ftruncate(handle, before)
            raise
        finally:
            os.close(handle)


def _write_all(handle: int, line: bytes) -> None:
    while line:
        line = line[os.write(handle, line) :]
