"""Starts the assistant in the browser: reads the settings, builds the pages, loads the model behind them.

`python app.py` prints the address to open.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import AssistantError, BadUseError
from assistant.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.datatypes import Encoder
    from assistant.library import Library
    from assistant.ui.desk import Answering

BAD_USE = 2
_UNAVAILABLE = {
    errno.EADDRINUSE: "Port {port} is in use; choose another with ASSISTANT_PORT.",
    errno.EACCES: "Port {port} may not be used by this user; choose another with ASSISTANT_PORT.",
    errno.EADDRNOTAVAIL: "{host} is not an address of this machine; choose another with ASSISTANT_HOST.",
}


def main() -> int:
    """Run until interrupted; 0 when it ended as asked, 2 when it could not start."""
    try:
        settings = Settings.from_env(os.environ, Path.cwd())
        with listen(settings.host, settings.port) as listening, suppress(KeyboardInterrupt):
            # Imported this late because it is slow, and a port that is taken is to be told at once.
            from assistant.pipeline import open_assistant

            assistant = open_assistant(settings)
            library = open_library(settings, assistant.encoder) if settings.library else None
            serve(assistant, settings, listening, library)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return BAD_USE
    return 0


def open_library(settings: Settings, encoder: Encoder) -> Library:
    """The documents of these settings, which are embedded by the encoder that the app answers with."""
    from assistant.documents import Limits
    from assistant.library import Library

    return Library(settings.data_dir, encoder, Limits(max_bytes=settings.max_file_mb * 1_000_000))


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; it is taken before anything slow is done.

    Raises:
        BadUseError: the port is taken, or the host is not an address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        form = _UNAVAILABLE.get(
            error.errno or 0, "{host} cannot be used as an address; choose another with ASSISTANT_HOST."
        )
        raise BadUseError(form.format(host=host, port=port)) from error
    return listening


def serve(
    assistant: Answering, settings: Settings, listening: socket.socket, library: Library | None = None
) -> None:
    """Serve the pages on `listening` until interrupted; prints the address when they can be opened.

    With a `library`, whoever opens the pages may see, add, correct and remove documents.
    """
    import uvicorn

    from assistant.ui.desk import Desk
    from assistant.ui.library_desk import library_desks
    from assistant.ui.server import create
    from assistant.ui.texts import EN, NL
    from assistant.ui.warmup import WarmUp

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            host = f"[{settings.host}]" if ":" in settings.host else settings.host
            print(f"http://{host}:{listening.getsockname()[1]}", flush=True)
            warm_up.start()

    async def build() -> FastAPI:
        return create(
            [
                Desk(assistant, warm_up, settings.data_dir, texts, library=libraries.get(texts.language))
                for texts in (NL, EN)
            ]
        )

    warm_up = WarmUp(lambda: warm(assistant))
    libraries = library_desks(library, warm_up, (NL, EN)) if library else {}
    config = uvicorn.Config(
        asyncio.run(build()), log_level="warning", access_log=False, timeout_graceful_shutdown=1
    )
    Server(config).run(sockets=[listening])


def warm(assistant: Answering) -> None:
    """Load what answering needs; who started the app reads here what visitors read on the page.

    Raises:
        AssistantError: it cannot be loaded; its sentence is on stderr.
    """
    try:
        assistant.warm_up()
    except AssistantError as error:
        print(error, file=sys.stderr, flush=True)
        raise


if __name__ == "__main__":
    sys.exit(main())
