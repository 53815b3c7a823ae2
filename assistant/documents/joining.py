"""Lines of a paragraph → the paragraph: words that a line end cut in two are mended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

_CUT = re.compile(r"([^\W\d_]{2,})[-\u2010\u00ad]$")
_SOFT = "\u00ad"
"""The hyphen that says itself that it stands at a line end only."""
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_NEXT = re.compile(r"([^\W\d_]+)(?:-[^\W_]+)*")
_LONGEST = 80
"""Letters of a word at most."""
_SUSPENDED = frozenset({"en", "of", "and", "or", "dan", "als", "naar", "tot", "und", "et"})
"""Words after a hyphen that is meant: "woning- en utiliteitsbouw"."""


def vocabulary(lines: Iterable[str]) -> frozenset[str]:
    """The words that stand whole in the lines, folded, to tell which hyphens belong to a word."""
    return frozenset(word.casefold() for line in lines for word in _WORD.findall(_CUT.sub("", line.rstrip())))


def join(left: str, right: str, known: Container[str] = frozenset()) -> str:
    """Two lines of a paragraph as one.

    A hyphen at the end of the first goes when the second begins with a small letter, unless the word stands
    elsewhere with the hyphen and nowhere without; before a capital it goes only if the word stands elsewhere
    without it.
    """
    left, right = left.rstrip(" "), right.lstrip(" ")
    cut = _CUT.search(left[-_LONGEST:])
    following = _NEXT.match(right)
    if not left or not right or cut is None or following is None:
        return f"{left.rstrip(_SOFT)} {right}".strip(" ")
    if left[-1] in _SOFT:
        return left[:-1] + right
    if following[0].casefold() in _SUSPENDED:
        return f"{left} {right}"
    whole = f"{cut[1]}{following[1]}".casefold() in known
    hyphened = f"{cut[1]}-{following[1]}".casefold() in known or not following[1][0].islower()
    return left + right if hyphened and not whole else left[:-1] + right
