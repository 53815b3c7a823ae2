"""Names of files that may not be used as they are."""

from __future__ import annotations

import unicodedata

from assistant.errors import RefusedError

_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the reading direction: they show "exe.pdf" for what ends in "fdp.exe"."""


def check_name(name: str) -> None:
    """Nothing, where a relative path is safe to store and to show.

    Raises:
        RefusedError: `unsafe_name`, for a step upwards (`..`), an absolute path, a control character, a
            character that turns the reading direction, or bytes that are no text.
    """
    steps = name.replace("\\", "/").split("/")
    if not name or ".." in steps or (len(steps) > 1 and not steps[0]) or any(_unsafe(sign) for sign in name):
        raise RefusedError("unsafe_name")


def _unsafe(character: str) -> bool:
    return character in _DIRECTION or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
