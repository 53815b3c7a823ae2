"""The text of a language model as it comes → finished sentences with the numbers they cite. Pure.

What a model writes is data: thoughts are left out, and links, images, HTML and addresses become plain words,
so that nothing of it can be loaded, clicked or taken for markup. Nothing here knows what is true.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sentencex import segment

from assistant.passages import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.datatypes import Language

Kind = Literal["sentence", "item", "heading"]

_THINK = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)
_LONGEST_TAG = len("</thinking>")
_LIST = re.compile(r"\d{1,3}(?:\s*(?:,|;|&|\+|-|–|\ben\b|\band\b)\s*\d{1,3})*")
_NAMED = r"(?:(?:passages?|bron(?:nen)?|sources?|nr|p)\b\.?\s*:?\s*)?"
_CITATION = re.compile(
    rf"\s*[\[【]\s*\^?\s*{_NAMED}({_LIST.pattern})\s*(?:†[^\]】]{{0,40}})?[\]】]", re.IGNORECASE
)
_LEADING = re.compile(rf"(?:{_CITATION.pattern})+\s*", re.IGNORECASE)
_OPEN_BRACKET = re.compile(r"\s*[\[【][^\]】]{0,30}$")
_RANGE = re.compile(r"(\d{1,3})\s*[-–]\s*(\d{1,3})")
_GOES_ON = re.compile(r"[.!?:…][\"'”’»)\]】*_]*\s+\S|[\]】][.!?]*\s+\S")
_MARKER = re.compile(r"\s*(?:>\s*)*(?:([-*+•–])|(\d{1,2}[.)]))\s+")
_HEADING = re.compile(r"\s*(?:#{1,6}\s|\*\*[^*]{1,120}\*\*:?\s*$|__[^_]{1,120}__:?\s*$)")
_IMAGE = re.compile(
    r"!\[[^\[\]]{0,500}\](?:\([^()]{0,2000}(?:\([^()]{0,500}\)[^()]{0,500})?\)|\[[^\[\]]{0,200}\])?"
)
_LINK = re.compile(r"\[([^\[\]]{0,500})\](?:\([^()]{0,2000}(?:\([^()]{0,500}\)[^()]{0,500})?\)|:\s*\S+)")
_ELEMENT = re.compile(r"<(script|style|iframe|object|svg|template)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_SIGN = re.compile(r"<{2,}[0-9a-f]*>*")
"""What stands around the passages in a request; a small model copies it."""
_TAG = re.compile(r"<(?:[a-zA-Z/!?][^<>]*>?|$)")
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}:)?//[^\s\[\]<>()]+|"
    r"\b(?:javascript|vbscript|data|mailto|file|blob):[^\s\[\]<>()]+|"
    r"\bwww\.[^\s\[\]<>()]+|\b[\w-]+(?:\.[\w-]+)+/[^\s\[\]<>()]+",
    re.IGNORECASE,
)
_END = re.compile(r"[.,;:!?]+$")
_BEFORE_SIGN = re.compile(r"\s+([.,;:!?)])(?!\w)")
_OF_NAME = re.compile(r"(?:^|[^\w.!?)\]])[!?]$")
"""A sign that no word stands before, as in "!WOON", begins a name."""
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]|`+")
MAX_NUMBERS = 8
"""A sentence that cites more passages than this is taken to cite the first ones."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A finished sentence of the model: its plain words, and the passages it cites as it names them."""

    text: str
    numbers: tuple[int, ...]
    kind: Kind = "sentence"
    marker: str = ""


class Draft:
    """Takes the text in pieces, gives the finished sentences. `restarted` counts what was taken back."""

    def __init__(self, language: Language) -> None:
        """An empty draft in a language; its sentences end as those of that language do."""
        self._language = language
        self._line = ""
        self._begun = False
        self._kind: Kind = "sentence"
        self._marker = ""
        self._held = ""
        self._thinking = False
        self.restarted = 0

    @property
    def unfinished(self) -> str:
        """What was written after the last finished sentence."""
        return self._line

    def feed(self, piece: str) -> Iterator[Drafted]:
        """The sentences that this piece of text finishes."""
        said = self._spoken(piece)
        while "\n" in said:
            rest, _, said = said.partition("\n")
            self._line += rest
            yield from self._cut(ended=True)
        if said:
            self._line += said
            yield from self._cut(ended=False)

    def finish(self) -> Iterator[Drafted]:
        """The sentence that the end of the text finishes."""
        if not self._thinking:
            self._line += self._held
        yield from self._cut(ended=True)

    def _spoken(self, piece: str) -> str:
        """A piece without the thoughts of the model; what may be the start of a tag waits for the rest."""
        self._held += piece
        said = ""
        while tag := _THINK.search(self._held):
            if not tag[1]:
                said += "" if self._thinking else self._held[: tag.start()]
            elif not self._thinking:
                # The first tag stood in the model's own template: all of this was thought.
                said, self._line, self._begun = "", "", False
                self.restarted += 1
            self._thinking = not tag[1]
            self._held = self._held[tag.end() :]
        tail = self._held.rfind("<", max(0, len(self._held) - _LONGEST_TAG))
        ready = self._held[: tail if tail >= 0 else None]
        self._held = self._held[len(ready) :]
        return said if self._thinking else said + ready

    def _cut(self, *, ended: bool) -> Iterator[Drafted]:
        """The finished sentences of the current line; only the end of the line finishes the last one."""
        if not ended and not _GOES_ON.search(self._line):
            return
        self._begin()
        whole = _sentences(self._language, self._line)
        done = whole if ended else whole[:-1]
        self._line = "" if ended else self._line[sum(map(len, done)) :]
        for raw in done:
            drafted = _drafted(raw, self._kind, self._marker)
            if drafted:
                self._marker = ""
                yield drafted
        self._begun = self._begun and not ended

    def _begin(self) -> None:
        """Read what stands before the first sentence of a line: the sign of a list item, or of a heading."""
        if self._begun:
            return
        self._begun = True
        found = _MARKER.match(self._line)
        row = self._line.lstrip().startswith("|")
        self._kind = "heading" if _HEADING.match(self._line) else "item" if found or row else "sentence"
        self._marker = "-" if self._kind == "item" else ""
        if found and self._kind == "item":
            self._line = self._line[found.end() :]
            self._marker = found[2] or "-"


def _sentences(language: Language, line: str) -> list[str]:
    """The sentences of a line, each with the citations after it; joined they are the line."""
    flat = re.sub(r"\s", " ", line)  # sentencex panics at a wide space before an initial
    found: list[str] = []
    place = 0
    for part in segment(language, flat):
        own = line[place : place + len(part)]
        place += len(part)
        leading = _LEADING.match(own) if found else None
        if leading:
            found[-1] += leading[0]
            own = own[leading.end() :]
        named = found and _OF_NAME.search(found[-1]) and own[:1].isalnum()
        if found and (named or not own.strip() or _OPEN_BRACKET.match(own)):
            found[-1] += own
        elif own:
            found.append(own)
    return found


def _drafted(raw: str, kind: Kind, marker: str) -> Drafted | None:
    """A raw sentence as plain words and numbers; None where it has no words."""
    safe = _harmless(raw)
    numbers = [number for cited in _CITATION.finditer(safe) for number in _numbers(cited[1])]
    text = _CITATION.sub("", safe)
    text = _EMPTY_BRACKETS.sub("", text.replace("](", " ").replace("![", "["))
    text = _BEFORE_SIGN.sub(r"\1", plain(text.replace("|", " | "))).strip(" |")
    if not any(character.isalnum() for character in text):
        return None
    heading = kind == "heading" and not numbers
    own: Kind = "heading" if heading else "sentence" if kind == "heading" else kind
    return Drafted(text, tuple(dict.fromkeys(numbers))[:MAX_NUMBERS], own, marker)


def _numbers(listed: str) -> list[int]:
    """The numbers of a citation: "1, 3-5" is 1, 3, 4, 5."""
    found: list[int] = []
    for part in re.split(r"[,;&+]|\ben\b|\band\b", listed):
        span = _RANGE.search(part)
        first, last = (int(span[1]), int(span[2])) if span else (int(part), int(part))
        found += range(first, min(last, first + MAX_NUMBERS) + 1) if first <= last else [first, last]
    return found


def _harmless(text: str) -> str:
    """Text without invisible characters, images, links, HTML and addresses; the words of a link stay."""
    text = "".join(" " if each.isspace() else each for each in text if each.isspace() or not _unseen(each))
    text = _ELEMENT.sub(" ", _SIGN.sub(" ", text))
    previous = ""
    while previous != text:
        previous = text
        text = _LINK.sub(_words_of_link, _IMAGE.sub("", text))
        text = _TAG.sub(" ", text)
    return _ADDRESS.sub(lambda found: "".join(_END.findall(found[0])), text)


def _words_of_link(link: re.Match[str]) -> str:
    """The words of a link; a number stays a citation."""
    return f"[{link[1]}] " if _LIST.fullmatch(link[1].strip()) else link[1]


def _unseen(character: str) -> bool:
    """Control, format (direction, width zero), private and unassigned characters, and surrogates."""
    return unicodedata.category(character)[0] == "C"
