"""The web application around the pages: one per language, with headers that keep every request on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse

from assistant.ui.page import STATIC, build
from assistant.ui.theme import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.ui.desk import Desk

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
"""The browser itself refuses to fetch anything from elsewhere; Gradio's own scripts need the two "unsafe" words."""
_HEADERS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
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


def create(desks: Sequence[Desk]) -> FastAPI:
    """The application: the first desk's page at `/`, each other's below its language (`/en`).

    To be called while an event loop runs: Gradio would make loops of its own otherwise, and never close them.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    first, *others = desks
    for desk in others:
        _mount(app, desk, f"/{desk.texts.language}")
        app.add_route(f"/{desk.texts.language}", lambda request: RedirectResponse(f"{request.url.path}/"))
    _mount(app, first, "/")
    languages = {f"/{desk.texts.language}": desk.texts.language for desk in others}
    app.add_middleware(_Guard, languages=languages, language=first.texts.language)
    return app


def _mount(app: FastAPI, desk: Desk, path: str) -> None:
    page = build(desk)
    style, script = ((STATIC / name).read_text(encoding="utf-8") for name in ("app.css", "app.js"))
    gr.mount_gradio_app(
        app,
        page,
        path,
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        ssr_mode=False,
        theme=theme(),
        head=f"<style>{style}</style><script>{script}</script>",
    )


class _Guard:
    """Closes what is not used, adds the headers, and puts the right language on the page, which Gradio fixes to English."""

    def __init__(self, app: ASGIApp, languages: dict[str, str], language: str) -> None:
        self.app = app
        self.languages = languages
        self.language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        prefix = next((known for known in self.languages if path == known or path.startswith(f"{known}/")), "")
        inner = path.removeprefix(prefix)
        page = inner in {"", "/"}
        language = self.languages.get(prefix, self.language) if page else ""
        closed = not page and not inner.startswith(_OPEN)
        app = PlainTextResponse("Not found", status_code=404) if closed else self.app
        await app(scope, receive, _Outgoing(send, language))


class _Outgoing:
    """Passes a response on with the headers; when `language` is given, with that language in its first `<html lang>`."""

    def __init__(self, send: Send, language: str) -> None:
        self.send = send
        self.language = language.encode()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
        elif message["type"] == "http.response.body" and self.language:
            message["body"] = message["body"].replace(b'lang="en"', b'lang="' + self.language + b'"', 1)
            self.language = b""
        await self.send(message)
