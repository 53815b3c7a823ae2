"""Documents that people have → `Extracted`: their text as Markdown, places, and what they tell of themselves.

`extract` reads one in this process; a `Reader` reads them in a process of its own, with limits of time and
memory, and survives what the file does to the parser.
"""

from assistant.documents.limits import Limits, check_size
from assistant.documents.loading import SUFFIXES, check_suffix, extract
from assistant.documents.names import check_name
from assistant.documents.reader import Reader

__all__ = ["SUFFIXES", "Limits", "Reader", "check_name", "check_size", "check_suffix", "extract"]
