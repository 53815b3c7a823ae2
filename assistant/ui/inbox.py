"""Files on their way from the browser: each is sent by itself, and waits until its batch is taken in.

A request has to show the key that the page carries: so another site that a visitor has open cannot send files
through their browser.
"""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from assistant.errors import RefusedError
from assistant.library import Arrived

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

ADDRESS = "/library/upload"
KEY_HEADER = "x-library-key"
KEPT_S = 3600.0
"""A batch that nobody takes in, as when the page was closed, goes after this time."""
MAX_FILES = 1_000
"""In one batch."""


class Inbox:
    """The files that were sent, by batch; `folder` is emptied at the start."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        """Take a folder of its own, and the size of the largest file."""
        self.key = secrets.token_urlsafe(24)
        self.max_bytes = max_bytes
        self._folder = folder
        self._batches: dict[str, tuple[float, list[Arrived]]] = {}
        self._lock = threading.Lock()
        shutil.rmtree(folder, ignore_errors=True)

    def knows(self, key: str) -> bool:
        """Whether this is the key that the page carries."""
        return secrets.compare_digest(key.encode(), self.key.encode())

    async def receive(self, request: Request) -> Response:
        """Take one file: `?batch=…&name=…&size=…`, with its bytes as they are.

        A file that is too large is remembered as refused, so that the report names it.
        """
        if not self.knows(request.headers.get(KEY_HEADER, "")):
            raise HTTPException(403)
        batch, name = request.query_params.get("batch", ""), request.query_params.get("name", "")
        size = request.query_params.get("size", "")
        if not (batch and name and size.isascii() and size.isdigit() and len(batch) <= 64):
            raise HTTPException(400)
        if not self._has_room(batch):
            raise HTTPException(429)
        self._put(batch, await self._arrived(name, int(size), request))
        return Response(status_code=204)

    def take(self, batch: str) -> tuple[Arrived, ...]:
        """The files of a batch, which are from now on the matter of who takes them."""
        with self._lock:
            return tuple(self._batches.pop(batch, (0.0, []))[1])

    def discard(self, batch: str) -> None:
        """Remove the files of a batch."""
        discard(self.take(batch))

    async def _arrived(self, name: str, size: int, request: Request) -> Arrived:
        too_large = RefusedError("too_large", f"> {self.max_bytes / 1e6:.0f} MB")
        if size > self.max_bytes:
            return Arrived(name, reason=too_large)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / secrets.token_hex(16)
        received = 0
        try:
            with path.open("wb") as file:
                async for chunk in request.stream():
                    received += len(chunk)
                    if received > self.max_bytes:
                        raise too_large
                    file.write(chunk)
        except RefusedError as reason:
            path.unlink(missing_ok=True)
            return Arrived(name, reason=reason)
        except (OSError, ClientDisconnect) as error:
            # The disk is full, or the visitor has left: half a file is of no use to anyone.
            path.unlink(missing_ok=True)
            raise HTTPException(507) from error
        return Arrived(name, path)

    def _has_room(self, batch: str) -> bool:
        return len(self._batches.get(batch, (0.0, []))[1]) < MAX_FILES

    def _put(self, batch: str, arrived: Arrived) -> None:
        now = time.monotonic()
        with self._lock:
            left = [each for each, (since, _) in self._batches.items() if since < now - KEPT_S]
            forgotten = [self._batches.pop(each)[1] for each in left]
            _, files = self._batches.get(batch, (now, []))
            self._batches[batch] = (now, [*files, arrived])
        for files in forgotten:
            discard(files)


def discard(files: list[Arrived] | tuple[Arrived, ...]) -> None:
    """Remove what arrived and was not taken in."""
    for file in files:
        if file.path is not None:
            file.path.unlink(missing_ok=True)
