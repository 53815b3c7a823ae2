"""The process that reads documents for a `Reader`: requests on standard input, answers on standard output.

Both are lines of JSON, not pickles: what a broken parser makes of a hostile file cannot become code in the
process that asked.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.documents.loading import extract
from assistant.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from assistant.datatypes import Extracted
    from assistant.documents.limits import Limits

_SPARE_SECONDS = 5
"""Processor time beyond the limit: the parent ends a slow reader, this ends one whose parent is gone."""


def serve(limits: Limits, read: Callable[[Path, Limits], Extracted] = extract) -> None:
    """Answer requests until standard input is closed; `read` is called for each path."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    _silence()
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin.buffer:
        _limit_processor_time(limits.seconds)
        _send(answers, _answer(Path(json.loads(line)), limits, read))


def _answer(path: Path, limits: Limits, read: Callable[[Path, Limits], Extracted]) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = {"document": asdict(read(path, limits))}
    except RefusedError as error:
        answer = {"code": error.code, "detail": error.detail}
    except MemoryError:
        answer = {"code": "memory", "detail": ""}
    return {**answer, "peak": _peak_bytes()}


def _peak_bytes() -> int:
    """The most memory that this process has used.

    On Linux the kernel's own account is read: `getrusage` begins with that of the process that started this
    one, so that next to a large program every worker seemed worn.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def _send(answers: BinaryIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer).encode("ascii") + b"\n")
    answers.flush()


def _silence() -> None:
    """Parsers print on what they dislike, some from C; standard output is the parent's pipe."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.close(nothing)


def _limit_processor_time(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    end = int(used.ru_utime + used.ru_stime + seconds) + _SPARE_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.getrlimit(resource.RLIMIT_CPU)[1]))
