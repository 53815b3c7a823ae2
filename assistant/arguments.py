"""The parser of all command lines: what is wrong with one is told in one line, as everything else is."""

from __future__ import annotations

import argparse
from typing import NoReturn

from assistant.errors import BadUseError


class OneLineParser(argparse.ArgumentParser):
    """An ArgumentParser that raises BadUseError instead of printing its usage."""

    def error(self, message: str) -> NoReturn:
        """Raise BadUseError with what is wrong and where to read more."""
        raise BadUseError(f"{message}; see `{self.prog} --help`.")
