"""The search model loads in a thread of its own while the page is already there; this says how far it is."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Literal

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from collections.abc import Callable

State = Literal["loading", "ready", "failed"]

_log = logging.getLogger(__name__)


class WarmUp:
    """Runs `load` once in the background; keeps a failure, to be shown; questions are tried anyway."""

    def __init__(self, load: Callable[[], None]) -> None:
        """Nothing runs before `start`."""
        self._load = load
        self._done = threading.Event()
        self._problem: AssistantError | None = None

    @property
    def state(self) -> State:
        """How far loading is."""
        if not self._done.is_set():
            return "loading"
        return "failed" if self._problem else "ready"

    @property
    def problem(self) -> AssistantError | None:
        """What went wrong when `state` is "failed"."""
        return self._problem

    def start(self) -> None:
        """Begin loading; returns at once."""
        threading.Thread(target=self._run, name="warm-up", daemon=True).start()

    def wait(self) -> None:
        """Return when loading has ended, well or badly."""
        self._done.wait()

    def succeeded_after_all(self) -> None:
        """Forget an earlier failure: a question was answered, so what was missing is there now."""
        self._problem = None

    def _run(self) -> None:
        try:
            self._load()
        except AssistantError as error:
            self._problem = error
        except Exception:  # noqa: BLE001 - whoever waits must be told, whatever went wrong
            _log.exception("Loading the search model failed.")
            self._problem = AssistantError("Loading the search model failed; see the log.")
        finally:
            self._done.set()
