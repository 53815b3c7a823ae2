"""Reading documents in another process: a file that hangs, crashes or fills memory costs itself only."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Self

from assistant.datatypes import Extracted, Location
from assistant.documents.limits import Limits
from assistant.errors import RefusedError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_PROGRAM = """
import sys
sys.path[:] = {path!r}
from assistant.documents.limits import Limits
from {worker} import serve
serve({limits!r})
"""
_START_SECONDS = 30.0
"""Beyond the limit of the file, for a process that has yet to start on a busy machine."""
_PIPE_BYTES = 1 << 16
_WORN = 0.5
"""Share of the memory that a process may have used once; beyond it the next file gets a new process."""


class Reader:
    """A context manager that reads documents in one process after another; not safe to share between threads.

    The process is a fresh interpreter, not a fork, and not multiprocessing's "spawn": that would import the
    main module of the program again, and with it the web server or the model.
    """

    worker = "assistant.documents.worker"
    """The module whose `serve` runs in the process."""

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        """Nothing starts before the first file."""
        self.limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """The reader itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process; it never outlives the reader."""
        self.close()

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def read(self, path: Path) -> Extracted:
        """What the document at `path` says.

        Raises:
            RefusedError: it cannot be taken in; the next file is read all the same.
        """
        try:
            answer = self._ask(path)
        except BaseException:
            # Whatever interrupted the reading, the answer to this file must not be taken for the next one's.
            self.close()
            raise
        if answer.get("peak", 0) > self.limits.memory_bytes * _WORN:
            self.close()
        if "document" not in answer:
            raise RefusedError(answer["code"], answer["detail"])
        return _record(answer["document"])

    def _ask(self, path: Path) -> dict[str, Any]:
        started = self._process is not None and self._process.poll() is None
        if not started:
            self.close()
            self._process = self._start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        deadline = time.monotonic() + self.limits.seconds + (0.0 if started else _START_SECONDS)
        try:
            process.stdin.write(json.dumps(str(path.absolute())).encode("ascii") + b"\n")
            process.stdin.flush()
        except BrokenPipeError as error:
            raise RefusedError("crashed") from error
        answer: dict[str, Any] = json.loads(self._line(process, deadline))
        return answer

    def _line(self, process: subprocess.Popen[bytes], deadline: float) -> bytes:
        """One line of the process, waited for until the deadline."""
        assert process.stdout is not None
        parts: list[bytes] = []
        while not parts or not parts[-1].endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
                raise RefusedError("timeout", f"> {self.limits.seconds:g} s")
            part = os.read(process.stdout.fileno(), _PIPE_BYTES)
            if not part:
                raise RefusedError("crashed")
            parts.append(part)
        return b"".join(parts)

    def _start(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C at the terminal is for the parent, which then ends the process itself.
        return subprocess.Popen(
            [sys.executable, "-c", _PROGRAM.format(path=sys.path, limits=self.limits, worker=self.worker)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def _record(values: dict[str, Any]) -> Extracted:
    locations = tuple(Location(**location) for location in values.pop("locations"))
    return Extracted(locations=locations, authors=tuple(values.pop("authors")), **values)
