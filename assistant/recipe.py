"""What shapes an index besides the notes: this program's code and data, and the libraries that write it.

An ingest makes a new generation when the recipe has changed, so that nobody has to remember to start afresh
after an update. Whether an older index can still answer is a narrower question; see
`assistant.index.open_live`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.dutch import ANALYSIS_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

_MODULES = (
    "datatypes",
    "sources",
    "describing",
    "gazetteer",
    "themes",
    "duplicates",
    "passages",
    "compounds",
    "dutch",
    "building",
    "catalogue",
    "chroma",
    "generations",
    "vectors",
    "spelling",
    "words",
)
_LISTS = ("compounds", "stopwords")
_PACKAGES = ("chromadb", "markdown-it-py", "PyStemmer", "sentencex", "tantivy")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The version of the analysis of words, a SHA-256 of code and word lists, and package → version."""

    analysis: int
    program: str
    packages: Mapping[str, str]


@cache
def current() -> Recipe:
    """The recipe of this program as it is installed; imports none of the packages.

    Found once: what runs is what was installed when it began.
    """
    here = Path(__file__).parent
    loaders = sorted((here / "documents").glob("*.py"))
    lists = sorted(path for name in _LISTS for path in (here / "data" / name).glob("*.txt"))
    lists.append(here / "data" / "themes.txt")
    digest = hashlib.sha256()
    for path in [*(here / f"{name}.py" for name in _MODULES), *loaders, *lists]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return Recipe(ANALYSIS_VERSION, digest.hexdigest(), {name: version(name) for name in _PACKAGES})
