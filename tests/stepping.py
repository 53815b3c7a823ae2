"""What the library does, stopped at any step that it takes on the disk: the means of `striking.py`.

Run as a program, this is a server that has imported all and forks a child for each request, which counts its
own steps (files opened to write, renamed or removed, folders made or removed; those inside a generation only
when asked). Just before the one that is asked it kills itself with SIGKILL, or finds the disk full from there
on. A request is a line of JSON on stdin: data directory, what to do and with what, the step (0 for none),
whether all steps count, whether the disk is full. The answer is a line too: the number of steps that were
taken, and the wait status.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from assistant import building, intake
from assistant.documents import Limits, extract
from assistant.errors import AssistantError
from assistant.library import Arrived, Library
from tests.fakes import FakeEncoder
from tests.killing import REPO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.datatypes import Extracted

_STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "open"}
_ROOM = {"os.mkdir", "open"}
"""What a full disk does not allow."""
_INSIDE = ("generations", "unfinished")
"""What is in these is written and removed as a whole, see `test_kill.py`."""
_TOLD = 3
"""The exit code of a child that could not do what was asked, and told so."""


class InProcess:
    """A reader of documents without a process of its own, which would only take time here."""

    def __init__(self, limits: Limits) -> None:
        """Take any limits."""

    def __enter__(self) -> Self:
        """The reader itself."""
        return self

    def __exit__(self, *raised: object) -> None:
        """There is nothing to end."""

    def read(self, path: Path) -> Extracted:
        """What the document says."""
        return extract(path)


def library(data_dir: Path) -> Library:
    """A library on the fake encoder."""
    return Library(data_dir, FakeEncoder(), Limits())


def act(data_dir: Path, what: str, given: Any) -> None:
    """Add files (name → text), remove a document (its id), or correct one (its id and fields)."""
    shelf = library(data_dir)
    if what == "add":
        shelf.add([_arrived(data_dir, name, text) for name, text in given.items()], _silent)
    elif what == "remove":
        shelf.remove(given, _silent)
    else:
        id_, fields = given
        shelf.correct(id_, fields, _silent)


def _arrived(data_dir: Path, name: str, text: str) -> Arrived:
    path = data_dir.parent / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Arrived(name, path)


def _silent(phase: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


class Server:
    """The forking server, as seen by who orders the kills."""

    def __init__(self) -> None:
        """Start it; the first request waits for its imports."""
        command = [sys.executable, "-m", "tests.stepping"]
        self._process = subprocess.Popen(
            command, cwd=REPO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def run(
        self, data_dir: Path, what: str, given: object, step: int = 0, *, everywhere: bool = False
    ) -> int:
        """Do it in a child that is killed before that step; the number of steps that it took."""
        taken, status = self._ask(data_dir, what, given, step, everywhere, False)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert killed == bool(step), f"status {status}"
        assert killed or status == 0, f"it ended by itself with status {status}"
        return taken

    def fill(self, data_dir: Path, what: str, given: object, step: int) -> bool:
        """Do it in a child that finds the disk full from that step on; whether it told that it could not."""
        _, status = self._ask(data_dir, what, given, step, True, True)
        code = os.waitstatus_to_exitcode(status)
        assert code in (0, _TOLD), f"it ended with status {code}"
        return code == _TOLD

    def _ask(self, data_dir: Path, *request: object) -> tuple[int, int]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(data_dir), *request]) + "\n")
        taken, status = json.loads(self._process.stdout.readline())
        return taken, status

    def close(self) -> None:
        """End the server."""
        self._process.communicate()


def _count(data_dir: Path, step: int, pipe: int, *, everywhere: bool, full: bool) -> None:
    """Count the steps of this process on the pipe, a byte each, and kill it before one of them.

    Or, with `full`, let nothing be made or written from there on.
    """
    taken = 0

    def hook(event: str, arguments: Sequence[object]) -> None:
        nonlocal taken
        if event not in _STEPS or not _counts(data_dir, event, arguments, everywhere=everywhere):
            return
        taken += 1
        if full and taken >= step and event in _ROOM:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(arguments[0]))
        if not full and taken == step:
            os.kill(os.getpid(), signal.SIGKILL)
        os.write(pipe, b".")

    sys.addaudithook(hook)


def _counts(data_dir: Path, event: str, arguments: Sequence[object], *, everywhere: bool) -> bool:
    if event == "open" and not int(str(arguments[2])) & (os.O_WRONLY | os.O_RDWR):
        return False
    paths = [Path(each) for each in arguments[:2] if isinstance(each, str | Path)]
    inside = [path.relative_to(data_dir).parts[:1] for path in paths if path.is_relative_to(data_dir)]
    whole = everywhere or event == "shutil.rmtree"
    return bool(inside) and (whole or not {(name,) for name in _INSIDE}.issuperset(inside))


def _serve() -> None:
    assert building  # imported here, so that no child has to
    vars(intake)["Reader"] = InProcess
    for line in sys.stdin:
        data_dir, what, given, step, everywhere, full = json.loads(line)
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                _count(Path(data_dir), step, told, everywhere=everywhere, full=full)
                act(Path(data_dir), what, given)
                status = 0
            except AssistantError:
                status = _TOLD
            except BaseException:  # noqa: BLE001 - it is shown, and the status tells it
                traceback.print_exc()
            finally:
                os._exit(status)
        os.close(told)
        with os.fdopen(heard, "rb") as pipe:
            taken = len(pipe.read())
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps([taken, status]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
