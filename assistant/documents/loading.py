"""A file → `Extracted`, in this process: what it is, is it what it says it is, and which reader takes it.

The readers themselves are imported when the first file of their format comes by, because some take half a
second to import.
"""

from __future__ import annotations

import importlib
import stat
from typing import TYPE_CHECKING, Protocol

from assistant.datatypes import Extracted
from assistant.documents.blocks import clean, first_heading, levelled, render
from assistant.documents.kinds import check_kind
from assistant.documents.labels import labelled
from assistant.documents.limits import Limits, check_size
from assistant.documents.telling import tidy_authors, tidy_date, tidy_language, tidy_title, tidy_url
from assistant.errors import RefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.documents.blocks import Draft

_READERS = {
    ".pdf": "pdf",
    ".docx": "word",
    ".odt": "odt",
    ".pptx": "slides",
    ".xlsx": "sheets",
    ".csv": "commas",
    ".html": "web",
    ".htm": "web",
    ".xhtml": "web",
    ".mhtml": "archived",
    ".mht": "archived",
    ".md": "marked",
    ".txt": "plain",
}
_MACROS = frozenset({".docm", ".dotm", ".xlsm", ".xltm", ".xlsb", ".xlam", ".pptm", ".ppsm", ".potm"})

SUFFIXES = frozenset(_READERS)
"""The endings of names, in lower case, of what can be read."""


class _Read(Protocol):
    def __call__(self, data: bytes, limits: Limits) -> Draft: ...


def check_suffix(suffix: str) -> None:
    """Nothing, where files with that ending (in lower case) can be read.

    Raises:
        RefusedError: `macros` or `unknown_format`.
    """
    if suffix in _MACROS:
        raise RefusedError("macros", suffix)
    if suffix not in SUFFIXES:
        raise RefusedError("unknown_format", suffix)


def extract(path: Path, limits: Limits = Limits()) -> Extracted:  # noqa: B008 - frozen
    """What the document at `path` says, with the places it stands at and what it tells of itself.

    Raises:
        RefusedError: it cannot be taken in; every code but `timeout`, `memory` and `crashed`.
    """
    suffix = path.suffix.lower()
    check_suffix(suffix)
    data = _bytes(path, limits)
    read: _Read = importlib.import_module(f"assistant.documents.{_READERS[suffix]}").read
    try:
        check_kind(suffix, data)
        return _finished(read(data, limits), limits, given=suffix == ".md")
    except RefusedError as error:
        if error.code == "corrupt" or (error.code == "wrong_format" and not error.detail):
            # Of what is damaged nobody knows whether it ever was what its name says.
            raise RefusedError("corrupt", suffix[1:].upper()) from error
        raise
    except MemoryError as error:
        raise RefusedError("memory") from error
    except RecursionError as error:
        raise RefusedError("bomb") from error
    except (
        Exception
    ) as error:  # parsers raise anything on a damaged file, and one file must not stop the others
        raise RefusedError("crashed", type(error).__name__) from error


def _bytes(path: Path, limits: Limits) -> bytes:
    """The whole file; opened only when it is known to be an ordinary file of a size that is allowed."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise RefusedError("not_regular")
        check_size(found.st_size, limits.max_bytes)
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise RefusedError("unreadable", getattr(error, "strerror", "") or "") from error
    if not data:
        raise RefusedError("empty")
    return data


def _finished(draft: Draft, limits: Limits, *, given: bool) -> Extracted:
    """What was read, tidied; `given` says that people wrote down what it tells of itself (front matter)."""
    blocks = levelled(list(draft.blocks))
    text, locations = render(blocks, limits.max_characters)
    if not any(character.isalnum() for character in text):
        raise RefusedError("no_text")
    told = labelled(blocks)
    day = tidy_date(draft.date)
    return Extracted(
        text,
        locations,
        title=tidy_title(draft.title) or told.title or tidy_title(first_heading(blocks)),
        authors=tidy_authors(draft.authors) or told.authors,
        publisher=clean(draft.publisher),
        # The day in a file's properties is mostly that on which it was made, or its template was.
        date=(given and day) or told.date or day,
        url=tidy_url(draft.url),
        language=tidy_language(draft.language),
    )
