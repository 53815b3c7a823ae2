"""Files on their way from the browser: each is sent by itself, and waits until its batch is taken in.

A request has to show the key that the page carries: so another site that a visitor has open cannot send files
through their browser.
"""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from assistant.documents import check_size
from assistant.errors import RefusedError
from assistant.library import Arrived

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from starlette.requests import Request

ADDRESS = "/library/upload"
KEY_HEADER = "x-library-key"
KEPT_S = 3600.0
"""A batch that nobody takes in, as when the page was closed, goes after this time."""
MAX_FILES = 1_000
MAX_BATCH_BYTES = 2_000_000_000
"""In one batch; what is more is refused, and named in the report."""
_BATCHES = 2
"""So many full batches may wait at once, whoever sent them; more is refused until some are taken in."""
_MAX_NAMES = 10 * MAX_FILES
"""So many files of a batch are named at most."""


class Inbox:
    """The files that were sent, by batch; `folder` is emptied at the start but for the files in `kept`."""

    def __init__(self, folder: Path, max_bytes: int, kept: Collection[Path] = ()) -> None:
        """Take a folder of its own, the size of the largest file, and what of it is yet to be taken in."""
        self.key = secrets.token_urlsafe(24)
        self.max_bytes = max_bytes
        self._folder = folder
        self._batches: dict[str, tuple[float, list[Arrived]]] = {}
        self._coming = 0
        """Bytes of files that are being received."""
        self._lock = threading.Lock()
        for path in folder.absolute().iterdir() if folder.is_dir() else ():
            if path not in kept:
                with suppress(OSError):  # it was not put there by this program
                    path.unlink()
        with suppress(OSError):
            folder.rmdir()

    def knows(self, key: str) -> bool:
        """Whether this is the key that the page carries."""
        return secrets.compare_digest(key.encode(), self.key.encode())

    async def receive(self, request: Request) -> Response:
        """Take one file: `?batch=…&name=…&size=…`, with its bytes as they are.

        A file that is too large or too much is remembered as refused, so that the report names it.
        """
        if not self.knows(request.headers.get(KEY_HEADER, "")):
            raise HTTPException(403)
        batch, name = request.query_params.get("batch", ""), request.query_params.get("name", "")
        size = request.query_params.get("size", "")
        if not (batch and name and size.isascii() and size.isdigit() and len(batch) <= 64):
            raise HTTPException(400)
        self._forget()
        if len(self._files(batch)) >= _MAX_NAMES or len(self._all()) >= _BATCHES * _MAX_NAMES:
            raise HTTPException(429)
        self._put(batch, await self._arrived(batch, name, int(size), request))
        return Response(status_code=204)

    def take(self, batch: str) -> tuple[Arrived, ...]:
        """The files of a batch, which are from now on the matter of who takes them."""
        with self._lock:
            return tuple(self._batches.pop(batch, (0.0, []))[1])

    def discard(self, batch: str) -> None:
        """Remove the files of a batch."""
        discard(self.take(batch))

    async def _arrived(self, batch: str, name: str, size: int, request: Request) -> Arrived:
        try:
            self._check_room(batch, size)
        except RefusedError as reason:
            await _pass_over(request, self.max_bytes)
            return Arrived(name, reason=reason)
        self._coming += size
        try:
            return Arrived(name, await self._received(request, size))
        finally:
            self._coming -= size

    async def _received(self, request: Request, size: int) -> Path:
        """Where the file is.

        Raises:
            HTTPException: it did not arrive, or is larger than was said: there is room for that size only.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / secrets.token_hex(16)
        received = 0
        try:
            with path.open("wb") as file:
                async for chunk in request.stream():
                    received += len(chunk)
                    if received > size:
                        raise HTTPException(400)
                    file.write(chunk)
        except HTTPException:
            path.unlink(missing_ok=True)
            raise
        except (OSError, ClientDisconnect) as error:
            # The disk is full, or the visitor has left: half a file is of no use to anyone.
            path.unlink(missing_ok=True)
            raise HTTPException(507) from error
        return path

    def _check_room(self, batch: str, size: int) -> None:
        """See to it that a file of that size may still come with this batch.

        Raises:
            RefusedError: it may not.
        """
        check_size(size, self.max_bytes)
        paths = [file.path for file in self._files(batch) if file.path]
        if len(paths) >= MAX_FILES:
            raise RefusedError("too_many", f"> {MAX_FILES}")
        if size + sum(map(_size, paths)) > MAX_BATCH_BYTES:
            raise RefusedError("too_much", f"> {MAX_BATCH_BYTES / 1e6:g} MB")
        waiting = [file.path for file in self._all() if file.path]
        if len(waiting) >= _BATCHES * MAX_FILES:
            raise RefusedError("inbox_full", f"> {_BATCHES * MAX_FILES}")
        if size + self._coming + sum(map(_size, waiting)) > _BATCHES * MAX_BATCH_BYTES:
            raise RefusedError("inbox_full", f"> {_BATCHES * MAX_BATCH_BYTES / 1e6:g} MB")

    def _files(self, batch: str) -> list[Arrived]:
        return self._batches.get(batch, (0.0, []))[1]

    def _all(self) -> list[Arrived]:
        with self._lock:
            return [file for _, files in self._batches.values() for file in files]

    def _put(self, batch: str, arrived: Arrived) -> None:
        now = time.monotonic()
        with self._lock:
            _, files = self._batches.get(batch, (now, []))
            self._batches[batch] = (now, [*files, arrived])

    def _forget(self) -> None:
        """Remove what nobody takes in."""
        now = time.monotonic()
        with self._lock:
            left = [each for each, (since, _) in self._batches.items() if since < now - KEPT_S]
            forgotten = [self._batches.pop(each)[1] for each in left]
        for files in forgotten:
            discard(files)


def _size(path: Path) -> int:
    """Bytes; none of a file that was taken in meanwhile."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


async def _pass_over(request: Request, most: int) -> None:
    """Let a file that is not wanted come, up to so many bytes: a browser listens only after it has spoken."""
    with suppress(ClientDisconnect):
        async for chunk in request.stream():
            most -= len(chunk)
            if most < 0:
                return


def discard(files: list[Arrived] | tuple[Arrived, ...]) -> None:
    """Remove what arrived and was not taken in."""
    for file in files:
        if file.path is not None:
            file.path.unlink(missing_ok=True)
