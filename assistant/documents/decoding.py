"""Bytes of a text file → characters, in whatever usual encoding they were saved."""

from __future__ import annotations

import codecs
import re

from assistant.errors import RefusedError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 200_000
"""Bytes that are looked at to tell the encoding."""
_NUL_SHARE = 0.3
"""UTF-16 of Latin text has a NUL in nearly every other byte."""
_CONTROL_SHARE = 0.01
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r\f\x1a\x1b")
_HIGH = re.compile(rb"[\x80-\xff]+")
_SLIPS = 0.05
"""Share of the sequences beyond ASCII that may be broken in what is still UTF-8."""
_WESTERN = re.compile(r"[À-ÖØ-öø-ÿŠšŽžŒœŸ€‚„…†‡‰‹›‘’“”•–—™¡-¿×÷\u00a0ƒˆ˜]")
_LETTER_RUN = re.compile(r"[À-ÖØ-öø-ÿ]{3}|[^\W\d_][¡-¿×÷]{2}")


def decode(data: bytes, declared: str = "") -> str:
    r"""The characters, with `\n` newlines; `declared` is the encoding that the file itself names.

    Raises:
        RefusedError: `wrong_format`, the bytes are not text.
    """
    text = _characters(data, declared)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _characters(data: bytes, declared: str) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    if b"\0" in data[:_SAMPLE]:
        return data.decode(_wide(data[:_SAMPLE]), errors="replace")
    sample = data[:_SAMPLE]
    if len(sample) - len(sample.translate(None, _CONTROLS)) > _CONTROL_SHARE * len(sample):
        raise RefusedError("wrong_format")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(_narrow(data, declared), errors="replace")


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark, told by where the NULs are."""
    half = len(sample) // 2
    first, second = sample[0::2].count(0), sample[1::2].count(0)
    if second > _NUL_SHARE * half and first <= second / 4:
        return "utf-16-le"
    if first > _NUL_SHARE * half and second <= first / 4:
        return "utf-16-be"
    raise RefusedError("wrong_format")


def _narrow(data: bytes, declared: str) -> str:
    """The encoding of what is not flawless UTF-8."""
    high = _HIGH.findall(data[:_SAMPLE])
    broken = sum(not _is_utf8(run) for run in high)
    if high and broken <= _SLIPS * len(high):
        return "utf-8"
    if declared and _is_known(declared):
        # What calls itself Latin 1 on the web is Windows-1252 (WHATWG Encoding Standard, section 4.2).
        return "cp1252" if codecs.lookup(declared).name in {"iso8859-1", "ascii", "utf-8"} else declared
    return "cp1252" if _looks_western(data[:_SAMPLE]) else _guessed(data[:_SAMPLE])


def _is_utf8(run: bytes) -> bool:
    try:
        run.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_known(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding)._is_text_encoding
    except (LookupError, ValueError):
        return False


def _looks_western(sample: bytes) -> bool:
    """Whether Windows-1252 makes of the bytes what Western European words have: accents one at a time."""
    text = sample.decode("cp1252", errors="replace")
    beyond = sum(character > "\x7f" for character in text)
    odd = sum(len(run) for run in _LETTER_RUN.findall(text))
    return len(_WESTERN.findall(text)) >= 0.95 * beyond and odd <= 0.05 * beyond


def _guessed(sample: bytes) -> str:
    # Imported here: a tenth of a second, for the rare file that needs it.
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best is not None else "cp1252"
