"""The originals of documents, for the browser to show or keep: nothing in one can run or fetch anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from assistant.documents.decoding import decode
from assistant.errors import AssistantError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request

ADDRESS = "/original/{source}/{name}"
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""Chromium's viewer shows a PDF under it, at the page that the address asks for."""
_MAX_TEXT = 20_000_000
"""Bytes of a text that is shown; a larger one is kept as a file."""


def originals(locate: Callable[[str], Path]) -> Callable[[Request], Response]:
    """What answers at `ADDRESS`; `locate` gives the file of a source, or raises an AssistantError.

    The name in the address only tells the browser how to call the file: it has to be the right one, and no
    part of the address becomes part of a path.
    """

    def answer(request: Request) -> Response:
        try:
            path = locate(request.path_params["source"])
        except AssistantError as error:
            raise HTTPException(404) from error
        if path.name != request.path_params["name"] or not path.is_file():
            raise HTTPException(404)
        return _shown(path)

    return answer


def _shown(path: Path) -> Response:
    """A PDF and plain text are shown in the browser; all else is offered to keep."""
    suffix = path.suffix.lower()
    if suffix == ".txt" and path.stat().st_size <= _MAX_TEXT:
        try:
            return Response(decode(path.read_bytes()), media_type="text/plain; charset=utf-8")
        except RefusedError:
            pass
    pdf = suffix == ".pdf"
    return FileResponse(
        path,
        media_type="application/pdf" if pdf else "application/octet-stream",
        filename=path.name,
        content_disposition_type="inline" if pdf else "attachment",
    )
