"""The web application: a page per language, with headers that keep every request on this machine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse

from assistant.ui import inbox, serving
from assistant.ui.inline import plain_html
from assistant.ui.page import build
from assistant.ui.theme import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.ui.desk import Desk
    from assistant.ui.texts import Texts

_STATIC = Path(__file__).parent / "static"
_ABOUT_GRADIO = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>')
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""The browser itself refuses to fetch from elsewhere; Gradio's own scripts need the two "unsafe" words."""
_HEADERS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_ORIGINALS = serving.ADDRESS.partition("{")[0]
_OPEN = (
    "/assets/",
    "/static/",
    "/theme.css",
    "/config",
    "/favicon.ico",
    "/manifest.json",
    "/gradio_api/app_id",
    "/gradio_api/cancel",
    "/gradio_api/heartbeat/",
    "/gradio_api/queue/",
    "/gradio_api/reset",
    "/gradio_api/startup-events",
    "/gradio_api/theme.css",
)
"""What the page itself asks for. The rest of Gradio (its API pages, uploads, files, proxies) is closed."""
_FOREIGN = ("access-control-allow-origin", "access-control-allow-credentials")
"""Gradio lets pages of other sites read ours, unless it is opened as localhost; nothing here needs that."""


def create(desks: Sequence[Desk]) -> FastAPI:
    """The application: the first desk's page at `/`, each other's below its language (`/en`).

    To be called while an event loop runs: Gradio would make loops of its own otherwise, and never close them.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    first, *others = desks
    app.add_route(serving.ADDRESS, serving.originals(first.assistant.original))
    if first.library:
        app.add_route(inbox.ADDRESS, first.library.inbox.receive, methods=["POST"])
    for desk in others:
        _mount(app, desk, f"/{desk.texts.language}")
        app.add_route(f"/{desk.texts.language}", lambda request: RedirectResponse(f"{request.url.path}/"))
    _mount(app, first, "/")
    pages = {"": first.texts} | {f"/{desk.texts.language}": desk.texts for desk in others}
    app.add_middleware(_Guard, pages=pages, library=first.library is not None)
    return app


def _mount(app: FastAPI, desk: Desk, path: str) -> None:
    gr.mount_gradio_app(
        app,
        build(desk),
        path,
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        ssr_mode=False,
        theme=theme(),
    )


class _Guard:
    """Closes what is not used, adds the headers, and finishes the HTML of the pages."""

    def __init__(self, app: ASGIApp, pages: dict[str, Texts], *, library: bool) -> None:
        self.app = app
        self.pages = pages
        self.library = library
        names = ("app", "library") if library else ("app",)
        style, script = (
            "\n".join((_STATIC / f"{name}.{kind}").read_text(encoding="utf-8") for name in names)
            for kind in ("css", "js")
        )
        self.own = f"<style>{style}</style><script>{script}</script>"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        prefix = next((known for known in self.pages if known and path.startswith(f"{known}/")), "")
        inner = path.removeprefix(prefix)
        if inner == "/" and scope["method"] == "GET":
            texts = self.pages[prefix]
            head = f"<title>{plain_html(texts.name)}</title>{self.own}".encode()
            await self.app(_uncompressed(scope), receive, _Page(send, texts.language, head))
        elif path.startswith(_ORIGINALS):
            await self.app(scope, receive, _with_headers(send, serving.POLICY))
        elif inner == "/" or path in self.pages or inner.startswith(_OPEN) or self._is_sending(path):
            await self.app(scope, receive, _with_headers(send))
        else:
            await PlainTextResponse("Not found", status_code=404)(scope, receive, _with_headers(send))

    def _is_sending(self, path: str) -> bool:
        return self.library and path == inbox.ADDRESS


def _uncompressed(scope: Scope) -> Scope:
    """The same request from a browser that takes no compression."""
    kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    return {**scope, "headers": kept}


def _with_headers(send: Send, policy: str = _POLICY) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update({"content-security-policy": policy, **_HEADERS})
            for name in _FOREIGN:
                del headers[name]
        await send(message)

    return sending


class _Page:
    """Passes on the HTML of a page with its own language, title, style and script.

    Gradio fixes the language to English, describes itself to those who share a link, and adds what it is
    given for the head only when its own scripts run: too late to look right from the first moment.
    """

    def __init__(self, send: Send, language: str, head: bytes) -> None:
        self.send = _with_headers(send)
        self.language = language.encode()
        self.head = head
        self.start: Message = {}
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish()

    async def _finish(self) -> None:
        body = _ABOUT_GRADIO.sub(b"", self.body)
        body = body.replace(b'lang="en"', b'lang="' + self.language + b'"', 1)
        body = body.replace(b"<head>", b"<head>" + self.head, 1)
        MutableHeaders(scope=self.start)["content-length"] = str(len(body))
        await self.send(self.start)
        await self.send({"type": "http.response.body", "body": body})
