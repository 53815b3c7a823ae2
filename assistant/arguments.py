"""The parser of all command lines, and the files named there: what is wrong is told in one line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from assistant.errors import BadUseError

if TYPE_CHECKING:
    from pathlib import Path


class OneLineParser(argparse.ArgumentParser):
    """An ArgumentParser that raises BadUseError instead of printing its usage."""

    def error(self, message: str) -> NoReturn:
        """Raise BadUseError with what is wrong and where to read more."""
        raise BadUseError(f"{message}; see `{self.prog} --help`.")


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file, without their ends.

    Raises:
        BadUseError: it cannot be read, or is not UTF-8.
    """
    try:
        # Not splitlines(): a JSON text may hold other characters that it takes for the end of a line.
        return path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise BadUseError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadUseError(f"{path} cannot be read: it is not UTF-8.") from error
