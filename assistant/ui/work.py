"""Work on the library that takes a while: one thing at a time, in a thread, seen by whoever looks."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Literal

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.outcomes import Progress

Action = Literal["resume", "add", "correct", "reread", "remove"]
Phase = Literal["starting", "reading", "embedding"]

_log = logging.getLogger(__name__)


class Job:
    """One piece of work; `phase`, `done` and `total` tell how far it is."""

    def __init__(self, action: Action, task: Callable[[Progress], object]) -> None:
        """Nothing runs before `start`."""
        self.action = action
        self.phase: Phase = "starting"
        self.done = 0
        self.total = 0
        self.result: object = None
        """What the task gave, when it ended well."""
        self.problem: AssistantError | None = None
        """What went wrong, when it did."""
        self._task = task
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin; returns at once. The work goes on when whoever asked for it closes the page."""
        threading.Thread(target=self._run, name="library", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, after so many seconds at most."""
        return self._ended.wait(seconds)

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return not self._ended.is_set()

    def _told(self, phase: Phase, done: int, total: int) -> None:
        self.phase, self.done, self.total = phase, done, total

    def _run(self) -> None:
        try:
            self.result = self._task(self._told)
        except AssistantError as error:
            self.problem = error
        except Exception:  # noqa: BLE001 - whoever waits must be told, whatever went wrong
            _log.exception("Work on the library failed.")
            self.problem = AssistantError("Work on the library failed; see the log.")
        finally:
            self._ended.set()


class Work:
    """Where jobs are begun: a second one is not, as long as the first runs."""

    def __init__(self) -> None:
        """Nothing runs."""
        self._lock = threading.Lock()
        self._job: Job | None = None

    @property
    def current(self) -> Job | None:
        """What runs at this moment."""
        job = self._job
        return job if job and job.running else None

    @property
    def to_tell(self) -> Job | None:
        """What runs, or what was finished at the start and failed, which nobody has asked for and so sees."""
        job = self._job
        return job if job and (job.running or (job.action == "resume" and job.problem)) else None

    def begin(self, action: Action, task: Callable[[Progress], object]) -> Job | None:
        """Start a job; None when another one runs."""
        with self._lock:
            if self.current:
                return None
            self._job = Job(action, task)
            self._job.start()
            return self._job
