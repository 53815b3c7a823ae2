"""Lines with a label at the top of a memo, a letter or minutes ("Datum: …", "Van: …") → what they tell.

Only what stands behind a label counts, and only near the top: what has none stays unknown. The label begins
a line, is a line of its own above the value, or is a cell of a small table; where a reader has joined such
lines into one paragraph, they are taken apart at the labels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.documents.blocks import Table, bare
from assistant.documents.telling import is_made_up, tidy_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assistant.documents.blocks import Block

_TOP = 25
"""So many blocks are the top: a letter begins with the addresses of its sender and of whom it is for."""
_RUNNING_WORDS = 40
"""A paragraph of so many words without a label is the text itself: there the top ends."""
_TABLE_ROWS = 12
"""A longer table holds data, and no labels."""
_LONGEST_LINE = 1_000
"""Characters of a line that are looked at."""
_LONGEST = 150
"""Characters of a subject; a longer one has run into the text."""
_FIRST_YEAR = 1900
_LONGEST_NAME = 8
"""Words of a name."""
_KINDS = {
    "date": "datum|dagtekening",
    "english date": "date",
    "title": "onderwerp|betreft|titel|subject|title",
    "author": "auteurs?|auteur\\(s\\)|opgesteld door|opsteller|steller|geschreven door"
    "|authors?|author\\(s\\)|written by|prepared by",
    "sender": "van|afzender|from",
    "receiver": "aan|t\\.a\\.v\\.|to",
    "other": "cc|kopie(?: aan)?|(?:ons |uw |our |your )?(?:kenmerk|reference)|bijlagen?|bijlage\\(n\\)"
    "|attachments?|behandeld door|contactpersoon|afdeling|telefoon|e-mail|status|versie|version|project"
    "|plaats|locatie|tijd|aanwezig|afwezig|voorzitter|notulist|gemeente",
}
_LABEL = re.compile(
    r"(?<![^\s|])[*_]*(?:" + "|".join(f"({labels})" for labels in _KINDS.values()) + r")[ ]?[*_]*:[*_]*",
    re.IGNORECASE,
)
_ALONE = re.compile("|".join(f"({labels})" for labels in _KINDS.values()), re.IGNORECASE)
_DATE_AFTER = re.compile(r"(?:datum|dagtekening|(date))\s+(?=.*\d{4})", re.IGNORECASE)
_GREETING = re.compile(r"\s(?:Geachte?|Beste|Dear|Hallo)\s.*", re.DOTALL)
_NOTHING = re.compile(
    r"\W*(?:volgt(?: nog| later)?|nader te bepalen|nog (?:niet bekend|in te vullen|te bepalen)|onbekend"
    r"|n\W?v\W?t|n\W?[nt]\W?b|geen(?: onderwerp)?|zie \w+|unknown|none|no subject|tb[acd]|to be \w+|n/?a"
    r"|x{2,})?\W*",
    re.IGNORECASE,
)
_MONTHS = (
    "januari january jan",
    "februari february feb",
    "maart march mrt mar",
    "april apr",
    "mei may",
    "juni june jun",
    "juli july jul",
    "augustus august aug",
    "september sept sep",
    "oktober october okt oct",
    "november nov",
    "december dec",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_NAME_OF_MONTH = "|".join(sorted(_MONTH, key=len, reverse=True))
_DAY = re.compile(
    rf"""(?:[^\W\d_][^\d,]{{1,40}},\s+)?                       # a place
        (?:[a-z]+(?:dag|day),?\s+)?
        (?:(?P<day>\d{{1,2}})(?:e|st|nd|rd|th)?\s+(?P<month>{_NAME_OF_MONTH})\.?,?\s+(?P<year>\d{{4}})
        |(?P<month2>{_NAME_OF_MONTH})\.?\s+(?:(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+)?(?P<year2>\d{{4}})
        |(?P<year3>\d{{4}})(?:-(?P<month3>\d{{1,2}})(?:-(?P<day3>\d{{1,2}}))?)?
        |(?P<first>\d{{1,2}})(?P<sep>[-/.])(?P<second>\d{{1,2}})(?P=sep)(?P<year4>\d{{4}}))
        (?:\s*\(.*\)|[\s,|]+(?:om\s+|at\s+)?\d{{1,2}}[.:]\d{{2}}.*)?\W*""",
    re.IGNORECASE | re.VERBOSE,
)
_BRACKETS = re.compile(r"<[^>]*>|\([^)]*\)|\[[^\]]*\]")
_TITLES = re.compile(r"\b(?:(?:drs|dr|mr|ir|ing|prof|mw|mevr|dhr)\.?\s+)*")
_NAME = re.compile(_TITLES.pattern + r"[A-ZÀ-Þ][^\d:@]*")
_SMALL = re.compile(r"van|de[nr]?|te[nr]|het|'t|von|l[ae]|en|and|of|the|burgemeester|wethouders")
"""Words that are written small in the names of people and of those who send memos."""
_BETWEEN = re.compile(r"\s*[;,/|]\s*")
_AND = re.compile(r"\s+(?:en|and|&)\s+")


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the labels at the top tell; empty where they do not."""

    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""


def labelled(blocks: Iterable[Block]) -> Labelled:
    """What the labels at the top of a document tell.

    A sender and a subject count only where there is a label of another kind too: "Van:" alone says little.
    Where two dates differ, neither counts.
    """
    pairs = [(kind, value) for kind, value in _pairs(blocks) if not _NOTHING.fullmatch(value)]
    is_memo = len({kind for kind, _ in pairs} - {"other"}) > 1
    dates = {day for kind, value in pairs if (day := _date(kind, value))}
    titles = [title for kind, value in pairs if kind == "title" and (title := _title(value))]
    names = [found for kind, value in pairs if kind == "author" and (found := _authors(value))]
    senders = [found for kind, value in pairs if kind == "sender" and (found := _senders(value))]
    return Labelled(
        title=titles[0] if titles and is_memo else "",
        authors=next(iter(names), senders[0] if senders and is_memo else ()),
        date=dates.pop() if len(dates) == 1 else "",
    )


def _pairs(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    """The kind of each label at the top, and what stands behind it or below it."""
    waiting = ""
    for _, block in zip(range(_TOP), blocks, strict=False):
        if isinstance(block, Table):
            if len(block.rows) <= _TABLE_ROWS:
                yield from _in_table([[bare(cell[:_LONGEST_LINE]) for cell in row] for row in block.rows])
            waiting = ""
            continue
        text = bare(block.text[:_LONGEST_LINE])
        found = _in_line(text)
        if not found and waiting:
            found = [(waiting, text)]
        elif not found and len(text.split()) >= _RUNNING_WORDS:
            return
        yield from found
        waiting = found[-1][0] if found and not found[-1][1] else "" if found else _label(text)


def _in_line(text: str) -> list[tuple[str, str]]:
    """The labels of a line that begins with one, each with what stands behind it."""
    marks = list(_LABEL.finditer(text))
    if marks and not marks[0].start():
        ends = [*(mark.start() for mark in marks[1:]), len(text)]
        return [(_kind(mark), _value(text[mark.end() : end])) for mark, end in zip(marks, ends, strict=True)]
    told = _DATE_AFTER.match(text)
    return [("english date" if told[1] else "date", text[told.end() :])] if told else []


def _in_table(rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Labels in the cells of a table, each with the cell behind it, or below it in a table of two rows.

    Where no more than half of the rows begin with a label, the table holds data, and what looks like labels
    are the headings of its columns.
    """
    if len(rows) == 2 and len(rows[0]) > 1 and all(map(_label, rows[0])):
        yield from ((_label(label), _value(value)) for label, value in zip(*rows, strict=False))
        return
    told = [row for row in rows if any(row)]
    if 2 * sum(bool(_label(row[0]) or _in_line(row[0])) for row in told) <= len(told):
        return
    for row in told:
        for place, (cell, following) in enumerate(pairwise([*row, ""])):
            if place % 2 == 0 and _label(cell) and not _label(following):
                yield _label(cell), _value(following)
            else:
                yield from _in_line(cell)


def _label(text: str) -> str:
    """The kind of label that a text is, with or without a colon; "" where it is none."""
    found = _ALONE.fullmatch(text.strip(" :*_"))
    return _kind(found) if found else ""


def _kind(found: re.Match[str]) -> str:
    return tuple(_KINDS)[(found.lastindex or 1) - 1]


def _value(text: str) -> str:
    return _GREETING.sub("", text).strip(" |*_")


def _title(value: str) -> str:
    return tidy_title(value) if len(value) <= _LONGEST else ""


def _authors(value: str) -> tuple[str, ...]:
    """The names in a value: what is in brackets, a role after a comma and an address are none."""
    first, *others = _BETWEEN.split(_BRACKETS.sub("", value).strip())
    names = [first, *(other for other in others if len(other.split()) > 1)]
    parted = [name for each in names for name in _parted(each)]
    if all(_NAME.fullmatch(name) and len(name.split()) <= _LONGEST_NAME for name in parted):
        return tuple(dict.fromkeys(name for name in parted if not is_made_up(name)))
    return ()


def _senders(value: str) -> tuple[str, ...]:
    """The names in a value; none where a word of it is not of a name: "Van: Aardgas naar Warmtenet"."""
    found = _authors(value)
    words = [word for name in found for word in _TITLES.sub("", name).split()]
    return found if all(_SMALL.fullmatch(word) or not word[0].islower() for word in words) else ()


def _parted(name: str) -> list[str]:
    """Two people where "en" stands between names of more than one word; not "College van B en W"."""
    parts = _AND.split(name.strip())
    return parts if all(len(part.split()) > 1 for part in parts) else [name.strip()]


def _date(kind: str, value: str) -> str:
    """YYYY[-MM[-DD]] where the value is one day, month or year; of 03/04/2024 in English only the year."""
    found = _DAY.fullmatch(value) if kind in {"date", "english date"} else None
    if found is None:
        return ""
    part = found.groupdict()
    year = next(part[name] for name in ("year", "year2", "year3", "year4") if part[name])
    named = part["month"] or part["month2"]
    month = _MONTH[named.lower()] if named else int(part["month3"] or part["second"] or 0)
    day = int(part["day"] or part["day2"] or part["day3"] or part["first"] or 0)
    if part["first"] and kind == "english date":
        month, day = _english(int(part["first"]), int(part["second"]))
    try:
        date(int(year), month or 1, day or 1)
    except ValueError:
        return ""
    if not _FIRST_YEAR <= int(year) <= date.today().year + 1:
        return ""
    return year + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")


def _english(first: int, second: int) -> tuple[int, int]:
    """Month and day; zeros where either can be the month."""
    if first == second or second > 12:
        return first, second
    return (second, first) if first > 12 else (0, 0)
