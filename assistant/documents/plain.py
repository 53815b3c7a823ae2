"""Plain text → `Draft`: paragraphs, headings and lists as one sees them, without leftovers of pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from assistant.documents.blocks import Block, Draft, Heading, Item, Paragraph
from assistant.documents.decoding import decode
from assistant.documents.joining import join, vocabulary
from assistant.documents.leftovers import leftovers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.documents.limits import Limits

_WRAPPED = 110
"""Longest usual line of a text whose paragraphs were broken into lines of one width."""
_LONGER_SHARE = 0.02
_ROOM = 0.8
"""A line was broken on purpose where the next word would have fitted within this share of the width."""
_HEADING_CHARACTERS = 90
_HEADING_WORDS = 14
_SUBTITLE_WORDS = 9
"""A line of so many words right below the title says what the text is or who wrote it; it heads nothing."""
_BODY_WORDS = 12
"""A paragraph of so many words is running text, which a heading can stand above."""
BULLET = re.compile(r"(?:[•·▪◦‣⁃●○■□►➢✓–—*+-]|\u2022|[\uf0b7\uf0a7\uf0d8]|o(?=\s{2}))\s+(?=\S)")
"""What stands before an item of a list; U+F0B7 and its kin are bullets of Word's symbol fonts."""
NUMBER = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
_RULE = re.compile(r"([=~#*_.-])\1{2,}")
_ALT_TEXT = re.compile(r"(?:Afbeelding|Image)(?=[A-ZÀ-Þ])")
"""The alternative text of an image that a browser glued to the words after it."""
_STOP = re.compile(r"[.,;:…]['\"”’)]*$")
_HEAD_START = re.compile(r"[\"'“”‘(¿]*[A-Z0-9À-Þ]")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph, item or heading: its words, which group of lines it is in, and what marks it."""

    words: str
    group: int
    marker: str = ""
    underline: str = ""


def read(data: bytes, limits: Limits) -> Draft:
    """The blocks of a text file."""
    pieces = list(_pieces(decode(data).expandtabs(4)))
    frame = leftovers([piece.words for piece in pieces], [piece.group for piece in pieces])
    return Draft(blocks=tuple(_blocks([piece for place, piece in enumerate(pieces) if place not in frame])))


def _pieces(text: str) -> Iterator[_Piece]:
    lines = [line.rstrip() for line in re.split("[\n\f\v\u2028\u2029]", text)]
    width = _width(lines)
    known = vocabulary(lines)
    group = 0
    current: _Piece | None = None
    last = ""
    for line in [*lines, ""]:
        words = _ALT_TEXT.sub("", line.strip())
        if current is not None and words and _goes_on(last, words, width):
            current = _Piece(join(current.words, words, known), current.group, current.marker)
        elif current is not None and _RULE.fullmatch(words):
            current = _Piece(current.words, current.group, current.marker, words[0])
        elif not _RULE.fullmatch(words):
            if current is not None:
                yield current
            current = _begun(words, group) if words else None
        group += not words
        last = line


def _width(lines: Sequence[str]) -> int:
    """The width that paragraphs were broken at, 0 where each stands on one line."""
    lengths = sorted(len(line) for line in lines if line)
    if not lengths or sum(length > _WRAPPED for length in lengths) > _LONGER_SHARE * len(lengths):
        return 0
    return lengths[int((len(lengths) - 1) * (1 - _LONGER_SHARE))]


def _goes_on(last: str, words: str, width: int) -> bool:
    """Whether a line goes on with the paragraph of the last one."""
    if not width or BULLET.match(words) or NUMBER.match(words) or _RULE.fullmatch(words):
        return False
    return len(last) + 1 + len(words.split(None, 1)[0]) > _ROOM * width


def _begun(words: str, group: int) -> _Piece:
    bullet = BULLET.match(words)
    if bullet:
        return _Piece(words[bullet.end() :], group, "-")
    number = NUMBER.match(words)
    return _Piece(words[number.end() :], group, f"{number[1]}.") if number else _Piece(words, group)


def _blocks(pieces: Sequence[_Piece]) -> Iterator[Block]:
    """Headings where a short line stands above running text; the first piece, if short, is the title."""
    for place, (piece, following) in enumerate(zip_longest(pieces, pieces[1:])):
        before = pieces[place - 1] if place else None
        if piece.underline and _is_short(piece.words):
            yield Heading(_numbered(piece), 1 if piece.underline == "=" else 2)
        elif place == 0 and following is not None and not piece.marker and _is_short(piece.words):
            yield Heading(piece.words, 1)
        elif place == 1 and len(piece.words.split()) >= _SUBTITLE_WORDS and not piece.marker:
            yield Paragraph(piece.words)
        elif following is not None and _heads(before, piece, following):
            yield Heading(_numbered(piece), 2)
        elif piece.marker:
            yield Item(piece.words, piece.marker)
        else:
            yield Paragraph(piece.words)


def _numbered(piece: _Piece) -> str:
    return f"{piece.marker} {piece.words}" if piece.marker[:1].isdigit() else piece.words


def _heads(before: _Piece | None, piece: _Piece, following: _Piece) -> bool:
    """Whether a piece heads what follows: first of its group, short, with running text or a list below."""
    if before is not None and before.group == piece.group:
        return False
    if piece.marker and (piece.marker == "-" or following.group == piece.group or following.marker):
        return False
    return _is_short(piece.words) and (bool(following.marker) or _is_running(following.words))


def _is_short(words: str) -> bool:
    return (
        len(words) <= _HEADING_CHARACTERS
        and len(words.split()) <= _HEADING_WORDS
        and not _STOP.search(words)
        and _HEAD_START.match(words) is not None
        and any(character.isalpha() for character in words)
    )


def _is_running(words: str) -> bool:
    return len(words.split()) >= _BODY_WORDS or words.endswith(":")
