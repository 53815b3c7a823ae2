"""PDF → `Draft`, by pdfium."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from typing import TYPE_CHECKING

import pypdfium2
import pypdfium2.raw as pdfium

from assistant.documents.blocks import Draft
from assistant.documents.leftovers import FUNCTION_WORDS
from assistant.documents.pdf_blocks import blocks
from assistant.documents.pdf_frames import without_frames
from assistant.documents.pdf_glyphs import glyphs
from assistant.documents.pdf_lines import lines
from assistant.errors import RefusedError

if TYPE_CHECKING:
    from assistant.documents.limits import Limits
    from assistant.documents.pdf_lines import Line

_SCAN_LETTERS = 10
"""Letters per page below which a document of pictures has no text layer worth the name."""
_GARBAGE_SHARE = 0.3
_FUNCTION_SHARE = 0.05
"""Share of "de", "the" and their kind from which words are words, whatever their font says."""
_LANGUAGE_UNITS = 32
_WORD = re.compile(r"[^\W\d_]{2,}")


def read(data: bytes, limits: Limits) -> Draft:
    """The blocks of a PDF with the page of each, and its properties.

    Raises:
        RefusedError: `encrypted`, `corrupt`, `no_text_layer`, `no_text` or `too_long`.
    """
    document = _opened(data)
    try:
        pages = _pages(document, limits)
        told = document.get_metadata_dict()
        language = _language(document)
    except pypdfium2.PdfiumError as error:
        raise RefusedError("corrupt") from error
    finally:
        document.close()
    return Draft(
        blocks=tuple(blocks(without_frames(pages))),
        title=told.get("Title", ""),
        authors=(told.get("Author", ""),),
        date=told.get("CreationDate", ""),
        language=language,
    )


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = pdfium.FPDF_GetLastError() in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
        raise RefusedError(
            "encrypted" if locked or "password" in str(error).lower() else "corrupt"
        ) from error


def _pages(document: pypdfium2.PdfDocument, limits: Limits) -> list[list[Line]]:
    found: list[list[Line]] = []
    amounts: Counter[str] = Counter()
    for number in range(1, len(document) + 1):
        page = document[number - 1]
        try:
            marks = glyphs(page)
            words = [word for item in marks.fragments for word in _WORD.findall(item.text.lower())]
            letters = sum(map(len, words))
            amounts["pictured"] += letters < _SCAN_LETTERS and _has_picture(page)
        finally:
            page.close()
        amounts["letters"] += letters
        amounts["words"] += len(words)
        amounts["function words"] += sum(word in FUNCTION_WORDS for word in words)
        for name in ("characters", "meaningless", "unmapped"):
            amounts[name] += getattr(marks, name)
        found.append(lines(marks.fragments, number, marks.height))
        if amounts["characters"] > limits.max_characters:
            raise RefusedError("too_long", f"> {limits.max_characters:,}")
    _check_text(amounts, len(found))
    return found


def _check_text(amounts: Counter[str], pages: int) -> None:
    """Whether there is text, and not only pictures of it or signs that stand for nothing.

    Raises:
        RefusedError: `no_text_layer` or `no_text`.
    """
    if amounts["pictured"] and amounts["letters"] < _SCAN_LETTERS * pages:
        raise RefusedError("no_text_layer")
    characters = amounts["characters"]
    if not characters or amounts["meaningless"] > _GARBAGE_SHARE * characters:
        raise RefusedError("no_text")
    readable = amounts["function words"] >= _FUNCTION_SHARE * amounts["words"] > 0
    if amounts["unmapped"] > _GARBAGE_SHARE * characters and not readable:
        raise RefusedError("no_text")


def _has_picture(page: pypdfium2.PdfPage) -> bool:
    return next(page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3), None) is not None


def _language(document: pypdfium2.PdfDocument) -> str:
    buffer = (ctypes.c_ushort * _LANGUAGE_UNITS)()
    size = pdfium.FPDFCatalog_GetLanguage(document.raw, buffer, ctypes.sizeof(buffer))
    return (
        bytes(buffer)[: max(0, size - 2)].decode("utf-16-le", errors="ignore")
        if size <= ctypes.sizeof(buffer)
        else ""
    )
