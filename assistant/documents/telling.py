"""What documents tell of themselves (title, authors, date, language), tidied; what says nothing is empty."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assistant.documents.blocks import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

_TITLE_CHARACTERS = 300
_DATE = re.compile(r"(?:D:)?(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?(?!\d{3})")
_FIRST_YEAR = 1500
_JUNK_TITLE = re.compile(
    r"""(microsoft\s+(word|powerpoint|excel)(\s*-.*)?
        |(untitled|naamloos|zonder\ titel|no\ title)([\s_-]*(document|presentation|presentatie)?[\s_-]*\d*)?
        |(document|presentation|presentatie|powerpoint[\ -]presenta\w+)[\s_-]*\d*
        |(dia|slide|map|book|blad|sheet)[\s_-]*\d*
        |(titel|title|type\ the\ document\ title|word\ document)
        |.*\.(docx?|odt|pdf|pptx?|xlsx?|rtf|txt|html?|indd|qxd|tex|dvi|ps|cdr|pub|fm)
        |[\W\d_]*)""",
    re.IGNORECASE | re.VERBOSE,
)
_JUNK_AUTHOR = re.compile(
    r"(unknown|onbekend|admin(istrator)?|beheerder|user|gebruiker|author|auteur|owner|eigenaar|root|python-(docx|pptx)"
    r"|microsoft( office)?( user| gebruiker)?|openpyxl|\(?(anonymous|anoniem).*|[\W\d_]*|\S*@\S*|https?:.*)",
    re.IGNORECASE,
)
_BETWEEN_AUTHORS = re.compile(r"\s*[;\n]\s*|\s+(?:and|en|&)\s+")


def tidy_title(text: str) -> str:
    """The title, "" where a program made it up ("Microsoft Word - nota.docx", "Untitled", "Document1")."""
    title = clean(text)
    return "" if _JUNK_TITLE.fullmatch(title) or len(title) > _TITLE_CHARACTERS else title


def tidy_authors(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each once, without those of programs and accounts; "A; B" and "A and B" are two names."""
    parts = (clean(part) for name in names for part in _BETWEEN_AUTHORS.split(name))
    return tuple(dict.fromkeys(part for part in parts if not is_made_up(part)))


def is_made_up(name: str) -> bool:
    """Whether a name is that of a program or an account."""
    return _JUNK_AUTHOR.fullmatch(name) is not None


def tidy_date(text: str) -> str:
    """YYYY[-MM[-DD]] at the head of an ISO or PDF date, "" where it is no day of the calendar."""
    match = _DATE.match(text.strip())
    if match is None:
        return ""
    try:
        day = date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return ""
    return "-".join(part for part in match.groups() if part) if day.year >= _FIRST_YEAR else ""


def tidy_language(code: str) -> str:
    """The language of a code such as nl-NL, where it is "nl" or "en"; else ""."""
    short = code.strip().lower().replace("_", "-").partition("-")[0]
    return {"nl": "nl", "nld": "nl", "dut": "nl", "en": "en", "eng": "en"}.get(short, "")


def tidy_url(text: str) -> str:
    """The address where it is one on the web, else ""."""
    address = text.strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (
        address
        if parts.scheme in {"http", "https"} and parts.netloc and not re.search(r"\s", address)
        else ""
    )
