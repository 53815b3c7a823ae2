"""What a file is by its first bytes, against what the end of its name says it is."""

from __future__ import annotations

import re

from assistant.errors import RefusedError

_MAGIC = (
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90\x00", "EXE"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"\x1f\x8b", "GZIP"),
    (b"BZh9", "BZIP2"),
    (b"\xfd7zXZ\x00", "XZ"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"%!PS", "PostScript"),
)
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?>(?:<!--.{0,2000}?-->\s*)*)<(?:!doctype\s+html|html)\b", re.I | re.S
)
_PDF_HEAD = 1024
"""Readers of PDF accept other bytes before the header, up to here (ISO 32000-1, annex H.3.4.1)."""
_ZIPPED = frozenset({".docx", ".odt", ".pptx", ".xlsx"})
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")


def check_kind(suffix: str, data: bytes) -> None:
    """Nothing, where the content can be what the suffix says.

    Raises:
        RefusedError: `wrong_format` with what it is instead, `encrypted` for an Office file with a password.
    """
    kind = _kind(data)
    if suffix in _ZIPPED:
        _check_zipped(kind, data)
    elif suffix == ".pdf":
        if kind != "PDF":
            raise RefusedError("wrong_format", kind)
    elif kind and not (kind == "HTML" and suffix in {".html", ".htm", ".xhtml"}):
        raise RefusedError("wrong_format", kind)


def _check_zipped(kind: str, data: bytes) -> None:
    if kind == "OLE" and _ENCRYPTED_OFFICE in data:
        raise RefusedError("encrypted")
    if kind == "OLE":
        raise RefusedError("wrong_format", "DOC/XLS/PPT")
    if kind != "ZIP":
        raise RefusedError("wrong_format", kind)


def _kind(data: bytes) -> str:
    """The name of the kind that the first bytes show, "" for text and what is unknown."""
    known = next((name for magic, name in _MAGIC if data.startswith(magic)), "")
    if known:
        return known
    if b"%PDF-" in data[:_PDF_HEAD]:
        return "PDF"
    return "HTML" if _HTML.match(data[:8192].removeprefix(b"\xef\xbb\xbf")) else ""
