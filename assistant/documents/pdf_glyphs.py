"""One page of a PDF → fragments: stretches of characters on one line without a wide gap in them.

Coordinates are points from the top left of the page as it is read; text that stands at another angle than
most of the page (a stamp along the margin, a watermark) is left out.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2

_SPELT_OUT = str.maketrans(
    {
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬅ": "ft",
        "ﬆ": "st",
        "\x02": "-",
        "\ufffe": "-",
    }
)
"""Signs for two letters are spelt out; the last two are what pdfium makes of a hyphen at a line end."""
_LOOSE_ACCENT = re.compile("([\u00a8\u00b4\u02c6\u02dc])([A-Za-z\u0131])")
"""An accent before its letter, as two signs: what TeX's old fonts have."""
_COMBINING = {"\u00a8": "\u0308", "\u00b4": "\u0301", "\u02c6": "\u0302", "\u02dc": "\u0303"}
_BOLD = re.compile(rb"bold|black|heavy|demi|cmbx|[-,]b(?:old)?\b", re.IGNORECASE)
_BOLD_WEIGHT = 600
_OVERLAP = 0.3
"""Share of the lower box by which characters on one line overlap in height."""
_TURNED = 0.6
_WIDEST = 1.2
"""Width of a character, in heights, that no word reaches on average."""
_CELL_GAP = 1.0
"""Ems of empty space that divide two fragments: the gap between columns, or cells."""
_WORD_GAP = 0.28
_FONT_NAME_BYTES = 128
_MEANINGLESS = re.compile("[\x00-\x08\x0e-\x1f\ufffd\ufffe\uffff\ue000-\uf8ff]")


@dataclass(slots=True)
class Fragment:
    """Characters on one line, with their box in points (`top` < `bottom`) and how they are set."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool

    @property
    def middle(self) -> float:
        """Half the height of the box."""
        return (self.top + self.bottom) / 2


_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    box: _Box  # left, bottom, right, top, in the page's own coordinates
    size: float
    bold: bool
    angle: int  # quarter turns
    mapped: bool  # whether the font says what its signs stand for
    spaced: bool


@dataclass(slots=True)
class Glyphs:
    """The fragments of a page, in the order of the file, and its height as it is read.

    Of all `characters`, `meaningless` are no character of any script, and of `unmapped` the font does not say
    what they stand for: pdfium then gives their codes, which may be right by luck.
    """

    fragments: list[Fragment]
    characters: int
    meaningless: int
    unmapped: int
    height: float


def glyphs(page: pypdfium2.PdfPage) -> Glyphs:
    """What is written on a page."""
    width, height = page.get_size()
    text = page.get_textpage()
    try:
        words = list(_words(text.raw))
    finally:
        text.close()
    characters = sum(len(word.text) for word in words)
    meaningless = sum(len(_MEANINGLESS.findall(word.text)) for word in words)
    unmapped = sum(len(word.text) for word in words if not word.mapped)
    turns = Counter[int]()
    for word in words:
        turns[word.angle] += len(word.text)
    turn = turns.most_common(1)[0][0] if turns else 0
    fragments = list(_fragments(words, turn, width, height))
    return Glyphs(fragments, characters, meaningless, unmapped, height if turn % 2 == 0 else width)


def _words(page: pdfium.FPDF_TEXTPAGE) -> Iterator[_Word]:
    """The words of a page, in the order of the file."""
    boxes, fonts = _Boxes(page), _Fonts(page)
    for start, letters in _tokens(page):
        end = start + len(letters)
        first = boxes.at(start)
        style = fonts.at(start, first)
        last = boxes.at(end - 1) if len(letters) > 1 else first
        if style[2] == 0 and _is_one_word(first, last, len(letters)):
            box = (first[0], min(first[1], last[1]), max(first[2], last[2]), max(first[3], last[3]))
            yield _Word(_spelt(letters), box, *style, spaced=True)
            continue
        spaced = True
        while start < end:
            stop, box = _together(boxes, start, end, style[2])
            yield _Word(_spelt(letters[start - end : stop - end or None]), box, *style, spaced)
            start, spaced = stop, False
            if start < end:
                style = fonts.at(start, boxes.at(start))


def _tokens(page: pdfium.FPDF_TEXTPAGE) -> Iterator[tuple[int, list[str]]]:
    """(index of the first, characters) of what stands between white space."""
    code_of = pdfium.FPDFText_GetUnicode
    letters: list[str] = []
    count = pdfium.FPDFText_CountChars(page)
    for index in range(count):
        code = code_of(page, index)
        if code not in _WHITE:
            letters.append(chr(code) if code < _CODES else "\ufffd")
        elif letters:
            yield index - len(letters), letters
            letters = []
    if letters:
        yield count - len(letters), letters


_CODES = 0x110000
_WHITE = frozenset({0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0xA0, 0x2007, 0x202F, 0x3000, *range(0x2000, 0x200B)})


@dataclass(slots=True)
class _Boxes:
    """The box of the character at an index: left, bottom, right, top."""

    page: pdfium.FPDF_TEXTPAGE
    rect: pdfium.FS_RECTF = field(default_factory=pdfium.FS_RECTF)

    def at(self, index: int) -> _Box:
        """All zero where pdfium has none."""
        if not pdfium.FPDFText_GetLooseCharBox(self.page, index, ctypes.byref(self.rect)):
            return (0.0, 0.0, 0.0, 0.0)
        return (self.rect.left, self.rect.bottom, self.rect.right, self.rect.top)


def _is_one_word(first: _Box, last: _Box, count: int) -> bool:
    """Whether what two characters enclose can be a word on one line; mostly so, which saves their boxes."""
    height = first[3] - first[1]
    level = abs(first[1] - last[1]) < _OVERLAP * height
    return level and 0.0 <= last[2] - first[0] < _WIDEST * height * count


def _together(boxes: _Boxes, start: int, end: int, turn: int) -> tuple[int, _Box]:
    """One past the last of the characters from `start` that stand side by side, and their common box."""
    box = boxes.at(start)
    for index in range(start + 1, end):
        here = boxes.at(index)
        if not _adjoins(box, here, turn):
            return index, box
        box = (min(box[0], here[0]), min(box[1], here[1]), max(box[2], here[2]), max(box[3], here[3]))
    return end, box


def _adjoins(box: _Box, here: _Box, turn: int) -> bool:
    """Whether a character stands right after the word so far, on the same line."""
    if turn % 2:
        return abs(here[0] - box[0]) < _TURNED * (box[2] - box[0] or 1.0)
    height = box[3] - box[1] or 1.0
    # The letters of a ligature share one box, so the second begins before the end of the first.
    near = -height < here[0] - box[2] < _WORD_GAP * height
    overlap = min(here[3], box[3]) - max(here[1], box[1])
    return near and overlap > _OVERLAP * min(height, here[3] - here[1])


def _spelt(letters: list[str]) -> str:
    word = "".join(letters)
    if word.isascii():
        return word.translate(_SPELT_OUT) if "\x02" in word else word
    return _LOOSE_ACCENT.sub(_accented, word.translate(_SPELT_OUT))


def _accented(match: re.Match[str]) -> str:
    letter = "i" if match[2] == "\u0131" else match[2]
    return unicodedata.normalize("NFC", letter + _COMBINING[match[1]])


@dataclass(slots=True)
class _Fonts:
    """How the character at an index is set; whether a font is bold is looked up once."""

    page: pdfium.FPDF_TEXTPAGE
    bold: dict[bytes, bool] = field(default_factory=dict)

    def at(self, index: int, box: _Box) -> tuple[float, bool, int, bool]:
        """Size in points, bold, quarter turns, mapped to characters."""
        angle = pdfium.FPDFText_GetCharAngle(self.page, index)
        turn = round(angle / (math.pi / 2)) % 4 if angle >= 0 else 0
        height = box[2] - box[0] if turn % 2 else box[3] - box[1]
        size = pdfium.FPDFText_GetFontSize(self.page, index)
        if not 0.5 * size <= height <= 2.5 * size:
            size = height  # the size is in the matrix, or the box is that of a font of its own
        name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
        flags = ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(self.page, index, name, _FONT_NAME_BYTES, ctypes.byref(flags))
        known = self.bold.get(name.value)
        if known is None:
            weight = pdfium.FPDFText_GetFontWeight(self.page, index)
            known = bool(_BOLD.search(name.value.rpartition(b"+")[2])) or weight >= _BOLD_WEIGHT
            self.bold[name.value] = known
        return size, known, turn, pdfium.FPDFText_HasUnicodeMapError(self.page, index) != 1


def _fragments(words: list[_Word], turn: int, width: float, height: float) -> Iterator[Fragment]:
    current: Fragment | None = None
    for word in words:
        if word.angle != turn:
            continue
        left, bottom, right, top = word.box
        x0, x1, high, low = (
            (left, right, height - top, height - bottom),
            (height - top, height - bottom, width - right, width - left),
            (width - right, width - left, bottom, top),
            (bottom, top, left, right),
        )[turn]
        if current is not None and _goes_on(current, x0, high, low, word.size):
            wide = x0 - current.x1 > _WORD_GAP * current.size
            current.text += (" " if word.spaced or wide else "") + word.text
            current.x1 = max(current.x1, x1)
            current.top, current.bottom = min(current.top, high), max(current.bottom, low)
            current.bold = current.bold and word.bold
            current.size = max(current.size, word.size)
            continue
        if current is not None:
            yield current
        current = Fragment(word.text, x0, x1, high, low, word.size, word.bold)
    if current is not None:
        yield current


def _goes_on(current: Fragment, x0: float, top: float, bottom: float, size: float) -> bool:
    overlap = min(current.bottom, bottom) - max(current.top, top)
    near = -0.5 * size < x0 - current.x1 < _CELL_GAP * max(current.size, size)
    return near and overlap > 0.4 * min(current.bottom - current.top, bottom - top)
