"""What reading one document may cost."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of the file, seconds and bytes of memory to read it, characters of its text.

    `seconds` and `memory_bytes` are held by a `Reader`; reading in this process looks at the other two only.
    """

    max_bytes: int = 100_000_000
    seconds: float = 60.0
    memory_bytes: int = 1_500_000_000
    max_characters: int = 5_000_000


def check_size(size: int, max_bytes: int) -> None:
    """Nothing, where so many bytes are allowed.

    Raises:
        RefusedError: `too_large`.
    """
    if size > max_bytes:
        raise RefusedError("too_large", f"> {max_bytes / 1e6:g} MB")
