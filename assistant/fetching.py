"""One address on the web → a file in the data directory, with a sidecar that says where it came from.

Fetching takes long and needs no lock; keeping what came is quick, and is done by who may write: so no other
writer takes it for something left over.

Addresses on this machine or in a private network are refused unless they are allowed: a link that somebody
sent must not read what only this machine may see. Each step of a redirect is checked, and the connection is
made to the very address that was checked.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from threading import Timer
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx
import yaml

from assistant import files
from assistant.documents import check_size
from assistant.errors import BadUseError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

FOLDER = "fetched"
_SIDECAR = ".yaml"
_REDIRECTS = 5
_WAIT_S = 10.0
_MAX_NAME = 80
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
_MAX_SHOWN = 200
_USER = re.compile(r"^([^/?#]*//)[^/?#]*@")
_MAYBE_USER = re.compile(r"^([^/?#]*//).*@")
"""A password with a slash makes what is before it no host with a port: nothing up to the last @ is shown."""
_NOT_PUBLIC = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("fec0::/10"))
"""Ways to write an address of a private network that Python takes for public ones."""
_TEXTS = frozenset((".html", ".txt", ".md", ".csv"))
_IN_MEMORY = 1_000_000
"""More bytes than this wait until they are kept in a file without a name, of which a kill leaves nothing."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came from an address, to be closed after use; `name` is the same for the same address."""

    url: str
    name: str
    content: SpooledTemporaryFile[bytes]


def is_address(text: str) -> bool:
    """Whether a path on the command line is meant as an address on the web."""
    return text.lower().startswith(("http://", "https://"))


def shown(url: str) -> str:
    """An address as a report may show it: without a name and password."""
    try:
        login = _USER if urlsplit(url).port != 0 else _MAYBE_USER
    except ValueError:
        login = _MAYBE_USER
    return _short(login.sub(r"\1", url))


def fetch(url: str, data_dir: Path, max_bytes: int, seconds: float, *, private: bool) -> Fetched:
    """Fetch a page or document.

    Args:
        url: an address with http or https.
        data_dir: on its disk the content waits.
        max_bytes: more than this is not read.
        seconds: for all of it, redirects included.
        private: allow addresses on this machine and in private networks.

    Raises:
        RefusedError: it cannot be fetched.
        BadUseError: it cannot be written to the disk.
    """
    if _USER.match(url):
        raise RefusedError("address_login")
    deadline = time.monotonic() + seconds
    with httpx.Client(timeout=min(_WAIT_S, seconds), trust_env=False) as client:
        # A server that sends its head a byte at a time is cut off too.
        watchdog = Timer(seconds, client.close)
        watchdog.daemon = True
        watchdog.start()
        try:
            content, suffix = _followed(client, url, max_bytes, deadline, private=private)
        except (httpx.HTTPError, httpx.InvalidURL, RuntimeError, ValueError) as error:
            if time.monotonic() > deadline:
                raise RefusedError("address_slow", f"> {seconds:g} s") from error
            what = str(error) or type(error).__name__
            raise RefusedError("address_unreachable", _short(what)) from error
        finally:
            watchdog.cancel()
    return _waiting(url, data_dir, content, suffix)


def keep(data_dir: Path, fetched: Fetched) -> Path:
    """Keep what came from an address, in the place of what came earlier; only for who may write.

    Raises:
        BadUseError: it cannot be kept.
    """
    folder = data_dir / FOLDER
    path = folder / fetched.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        told = yaml.safe_dump({"url": fetched.url}, allow_unicode=True)
        files.replace(path.with_name(path.name + _SIDECAR), told)
        fetched.content.seek(0)
        files.replace(path, fetched.content.read())
    except OSError as error:
        raise BadUseError(f"{fetched.url} cannot be kept in {folder}: {error.strerror}.") from error
    return path


def is_fetched(data_dir: Path, path: str) -> bool:
    """Whether a file is one that was fetched."""
    return Path(path).is_relative_to((data_dir / FOLDER).resolve())


def keep_only(data_dir: Path, paths: Collection[Path]) -> None:
    """Remove all that was fetched but these files with their sidecars; raises OSError."""
    names = {path.name for path in paths if is_fetched(data_dir, str(path))}
    folder = data_dir / FOLDER
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.removesuffix(_SIDECAR) not in names:
            path.unlink(missing_ok=True)


def _followed(
    client: httpx.Client, url: str, max_bytes: int, deadline: float, *, private: bool
) -> tuple[bytes, str]:
    """The content and suffix of what the address leads to."""
    target = url
    for _ in range(_REDIRECTS + 1):
        found = _request(client, target, max_bytes, deadline, private=private)
        if not isinstance(found, str):
            return found
        target = urljoin(target, found)
    raise RefusedError("address_unreachable", f"> {_REDIRECTS} redirects")


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _MAX_SHOWN else f"{flat[:_MAX_SHOWN]}…"


def _request(
    client: httpx.Client, target: str, max_bytes: int, deadline: float, *, private: bool
) -> str | tuple[bytes, str]:
    """The content and suffix, or where it redirects to."""
    parts, port = _parts(target)
    address = _address(parts.hostname or "", private=private)
    host = f"[{address}]" if ":" in address else address
    request = client.build_request(
        "GET",
        parts._replace(netloc=host + port, fragment="").geturl(),
        headers={"host": parts.netloc.rpartition("@")[2], "accept-encoding": "identity"},
        extensions={"sni_hostname": parts.hostname},
    )
    response = client.send(request, stream=True)
    try:
        if response.is_redirect:
            return str(response.headers.get("location", ""))
        if response.status_code != httpx.codes.OK:
            raise RefusedError("address_unreachable", f"HTTP {response.status_code}")
        suffix = _suffix(response)
        content = b"".join(_limited(response, max_bytes, deadline))
        return _as_utf8(content, response.charset_encoding) if suffix in _TEXTS else content, suffix
    finally:
        response.close()


def _parts(target: str) -> tuple[SplitResult, str]:
    """An address in its parts, and its port with a colon before it."""
    try:
        parts = urlsplit(target)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise RefusedError("address_wrong", shown(target))
    return parts, port


def _address(host: str, *, private: bool) -> str:
    """A numeric address of the host that may be connected to."""
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise RefusedError("address_unreachable", _short(host)) from error
    if not private and not all(_is_public(address.partition("%")[0]) for address in found):
        raise RefusedError("address_private", _short(host))
    return found[0]


def _is_public(address: str) -> bool:
    """Whether an address is one of the open internet, also where it holds another one."""
    found = ipaddress.ip_address(address)
    inner = found.ipv4_mapped or found.sixtofour if isinstance(found, ipaddress.IPv6Address) else None
    if inner is not None:
        return inner.is_global
    return found.is_global and not found.is_multicast and not any(found in net for net in _NOT_PUBLIC)


def _suffix(response: httpx.Response) -> str:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _SUFFIXES:
        raise RefusedError("address_kind", _short(kind))
    return _SUFFIXES[kind]


def _limited(response: httpx.Response, max_bytes: int, deadline: float) -> Iterator[bytes]:
    """The content as it comes, as long as it is within the limits."""
    size = 0
    for part in response.iter_raw():
        size += len(part)
        check_size(size, max_bytes)
        if time.monotonic() > deadline:
            raise RefusedError("address_slow")
        yield part


def _as_utf8(content: bytes, charset: str | None) -> bytes:
    """A text in UTF-8 with its mark, where the server says in which encoding it is."""
    if charset is None:
        return content
    try:
        return content.decode(charset).encode("utf-8-sig")
    except (LookupError, UnicodeError):
        return content


def _waiting(url: str, data_dir: Path, content: bytes, suffix: str) -> Fetched:
    parts = urlsplit(url)
    plain = re.sub("[^a-z0-9]+", "-", f"{parts.hostname}{parts.path}".lower()).strip("-")[:_MAX_NAME]
    name = f"{plain}-{hashlib.sha256(url.encode()).hexdigest()[:8]}{suffix}"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        waiting = SpooledTemporaryFile(_IN_MEMORY, dir=str(data_dir))  # noqa: SIM115 - see Fetched
        waiting.write(content)
    except OSError as error:
        raise BadUseError(f"{url} cannot be kept in {data_dir}: {error.strerror}.") from error
    return Fetched(url, name, waiting)
