"""A small real server with the streaming interface of OpenAI, or of Ollama, that fails as it is asked to."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

STATUSES = {"401": 401, "404": 404, "429": 429, "500": 500}
BREAKS = ("broken", "html", "drop", "drop_quietly", "error_inside", "nothing")
HANGS = ("hang", "hang_between")
MODES = ("good", *STATUSES, *BREAKS, *HANGS, "slow", "million", "redirect")


@dataclass
class ModelServer:
    """What the server does, and what it saw: `asked` bodies, `keys`.

    `heard` is set when a question has come, `gone` when a client has left early.
    """

    mode: str = "good"
    text: str = "Goed."
    elsewhere: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    heard: threading.Event = field(default_factory=threading.Event)
    gone: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    @property
    def openai(self) -> str:
        """The address as OpenAI's clients take it."""
        return f"{self.address}/v1"


@contextmanager
def serving(mode: str = "good", text: str = "Goed.", elsewhere: str = "") -> Iterator[ModelServer]:
    """A server in this mode, as long as the block lasts."""
    state = ModelServer(mode, text, elsewhere)

    class Handler(_Handler):
        served = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    served: ModelServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer, or fail, as the mode says."""
        served = self.served
        body = self.rfile.read(int(self.headers["Content-Length"]))
        served.asked.append(json.loads(body))
        served.heard.set()
        served.keys.append(self.headers.get("Authorization", ""))
        self.close_connection = True
        try:
            if served.mode in STATUSES:
                self._plain(STATUSES[served.mode], json.dumps({"error": {"message": "sk-geheim is wrong"}}))
            elif served.mode == "redirect":
                self._plain(307, "", Location=f"{served.elsewhere}{self.path}")
            elif served.mode == "html":
                self._plain(200, "<html><body>Log in first</body></html>", "text/html")
            elif served.mode == "hang":
                self._wait()
            else:
                self._stream(ollama=self.path.endswith("/api/chat"))
        except OSError:
            served.gone.set()

    def _plain(self, status: int, text: str, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def _stream(self, *, ollama: bool) -> None:
        mode = self.served.mode
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson" if ollama else "text/event-stream")
        if mode != "drop_quietly":
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if mode == "nothing":
            self._send("")
            return
        if mode == "million":
            for _ in range(10_000):
                self._send("".join(_token("woord ", ollama=ollama) for _ in range(100)))
        for start in range(0, len(self.served.text), 6):
            self._send(_token(self.served.text[start : start + 6], ollama=ollama))
            if mode == "slow":
                threading.Event().wait(0.05)
        self._end(mode, ollama=ollama)

    def _end(self, mode: str, *, ollama: bool) -> None:
        if mode == "hang_between":
            self._wait()
        elif mode == "broken":
            self._send("{geen json}\n" if ollama else "data: {geen json}\n\n")
        elif mode == "error_inside":
            self._send('{"error": "stuk"}\n' if ollama else 'data: {"error": {"message": "stuk"}}\n\n')
        elif mode not in {"drop", "drop_quietly"}:
            self._send(_token("", ollama=ollama, last=True) + ("" if ollama else "data: [DONE]\n\n"))
            self._send("")
        else:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, text: str) -> None:
        data = text.encode()
        framed = data if self.served.mode == "drop_quietly" else b"%x\r\n%s\r\n" % (len(data), data)
        self.wfile.write(framed)
        self.wfile.flush()

    def _wait(self) -> None:
        """Say nothing until the client leaves."""
        self.connection.settimeout(60)
        if not self.connection.recv(1):
            self.served.gone.set()


def _token(text: str, *, ollama: bool, last: bool = False) -> str:
    if ollama:
        made: dict[str, Any] = {"model": "m", "created_at": "2026-01-01T00:00:00Z", "done": last}
        made["message"] = {"role": "assistant", "content": text}
        return json.dumps(made | ({"done_reason": "stop"} if last else {})) + "\n"
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": "stop" if last else None}
    made = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(made)}\n\n"
