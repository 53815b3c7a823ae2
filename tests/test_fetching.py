"""Pages from a server: what is kept, and what is refused. The server is a real one, on this machine."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from assistant.documents import extract
from assistant.errors import RefusedError
from assistant.fetching import fetch, is_address, keep, shown
from assistant.refusals import sentence
from assistant.sources import read_sidecar
from assistant.walking import sidecar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = """<html><head><title>Warmte in Één wijk</title></head><body><nav>Home Contact</nav><article>
<h1>Warmte in Één wijk</h1>
<p>De gemeente legt in drie straten een warmtenet aan en praat met de bewoners over de kosten en het plan.</p>
<p>Bewoners met een klein inkomen krijgen hulp van een energiecoach, die twee keer per jaar langskomt.</p>
</article></body></html>"""


class Pages(BaseHTTPRequestHandler):
    """A few pages with everything that can go wrong."""

    def do_GET(self) -> None:
        kind, _, rest = self.path.lstrip("/").partition("/")
        getattr(self, f"page_{kind}", self.page_missing)(rest)

    def page_goed(self, rest: str) -> None:
        self.answer(PAGE.encode(), "text/html; charset=utf-8")

    def page_oud(self, rest: str) -> None:
        self.answer(PAGE.encode("windows-1252"), "text/html; charset=windows-1252")

    def page_door(self, rest: str) -> None:
        self.send_response(302)
        self.send_header("location", rest if rest.startswith("http") else f"/{rest or 'door'}")
        self.end_headers()

    def page_film(self, rest: str) -> None:
        self.answer(b"film", "video/mp4")

    def page_groot(self, rest: str) -> None:
        self.answer(b"x" * 300_000, "text/plain")

    def page_traag(self, rest: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/plain")
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"langzaam ")
            self.wfile.flush()
            time.sleep(0.05)

    def page_half(self, rest: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", "1000")
        self.end_headers()
        self.wfile.write(b"half")

    def page_missing(self, rest: str) -> None:
        self.send_error(404)

    def answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as running:
        running.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def get(url: str, folder: Path, *, private: bool = True, seconds: float = 5.0) -> Path:
    fetched = fetch(url, folder, 200_000, seconds, private=private)
    with fetched.content:
        return keep(folder, fetched)


@pytest.mark.parametrize("page", ["goed", "oud", "door/goed", "door/door/goed"])
def test_a_page_is_kept_with_its_address(server: str, tmp_path: Path, page: str) -> None:
    path = get(f"{server}/{page}", tmp_path)
    found = extract(path)
    assert "warmtenet" in found.text
    assert "Één wijk" in found.title
    beside = sidecar(path)
    assert beside is not None
    assert read_sidecar(beside) == {"url": f"{server}/{page}"}
    assert get(f"{server}/{page}", tmp_path) == path, "the same address is the same file"


@pytest.mark.parametrize(
    ("page", "code", "detail"),
    [
        ("weg", "address_unreachable", "HTTP 404"),
        ("film", "address_kind", "video/mp4"),
        ("groot", "too_large", "> 0.2 MB"),
        ("half", "address_unreachable", ""),
        ("door/", "address_unreachable", "> 5 redirects"),
        ("door/file:///etc/passwd", "address_unreachable", ""),
        ("door/http://[", "address_unreachable", ""),
    ],
)
def test_what_cannot_be_fetched_is_told_in_one_sentence(
    server: str, tmp_path: Path, page: str, code: str, detail: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        get(f"{server}/{page}", tmp_path)
    assert caught.value.code == code
    assert detail in caught.value.detail
    assert "\n" not in sentence(caught.value, "nl")
    assert not list(tmp_path.rglob("*.*"))


def test_a_page_that_keeps_coming_is_cut_off(server: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="address_slow"):
        get(f"{server}/traag", tmp_path, seconds=0.3)


@pytest.mark.parametrize(
    "host",
    [
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fec0::1]",
        "224.0.0.1",
        "127.0.0.1",
        "localhost",
        "10.0.0.1",
        "169.254.169.254",
        "[::1]",
    ],
)
def test_private_addresses_are_refused_unless_allowed(tmp_path: Path, host: str) -> None:
    with pytest.raises(RefusedError, match="address_private"):
        get(f"http://{host}/goed", tmp_path, private=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://127.0.0.1:1/\x01",
        "http://127.0.0.1:1/" + 70_000 * "a",
        "http:///pad",
        "https://bestaat-niet.invalid/",
        "http://[half/",
    ],
)
def test_addresses_that_are_none(tmp_path: Path, url: str) -> None:
    with pytest.raises(RefusedError, match=r"address_(unreachable|wrong)"):
        get(url, tmp_path)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://ik:ge/heim@host/x", "http://host/x"),
        ("https://ik:0/heim@host/x", "https://host/x"),
        ("https://host/@naam/stuk", "https://host/@naam/stuk"),
    ],
)
def test_a_password_with_a_slash_is_not_shown(tmp_path: Path, url: str, said: str) -> None:
    assert shown(url) == said
    if url != said:
        with pytest.raises(RefusedError) as refused:
            fetch(url, tmp_path, 1_000, 1, private=True)
        assert "heim" not in str(refused.value)


def test_a_password_is_neither_sent_nor_shown(server: str, tmp_path: Path) -> None:
    url = server.replace("http://", "http://ik:geheim@") + "/goed"
    with pytest.raises(RefusedError, match="address_login") as caught:
        get(url, tmp_path)
    assert "geheim" not in str(caught.value)
    assert shown(url) == f"{server}/goed"


def test_what_is_meant_as_an_address() -> None:
    assert is_address("HTTPS://voorbeeld.invalid/")
    assert not is_address("map/http")
