"""The sources of a generation as JSON lines, each with its passages and their numbers of statements.

The order of the lines, and of the passages in them, is the order of the rows in the generation's matrix of
vectors.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from assistant.datatypes import Entry, Location, Source
from assistant.errors import IndexError_

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_NAME = "sources.jsonl"
_LISTS = ("authors", "places", "themes", "audience", "questions", "also_asked", "suggested")


@dataclass(frozen=True, slots=True)
class Listed:
    """A source, and (id, number of statements) of each of its passages.

    A document with (nearly) the same text as another is its copy: `copy_of` is the id of that one, and the
    copy has no passages.
    """

    source: Source
    passages: tuple[tuple[str, int], ...]
    copy_of: str = ""


def found(listed: Sequence[Listed]) -> list[Listed]:
    """Those of the list that can be found: all but the copies."""
    return [item for item in listed if not item.copy_of]


def write(generation: Path, listed: Iterable[Listed]) -> None:
    """Write the lines into the folder of a generation; raises OSError."""
    with (generation / _NAME).open("w", encoding="utf-8", newline="\n") as file:
        for item in listed:
            line = {"source": asdict(item.source), "passages": item.passages, "copy_of": item.copy_of}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def read(generation: Path) -> list[Listed]:
    """What `write` wrote.

    Raises:
        IndexError_: the file is missing, damaged, or lists other fields than this program knows.
    """
    path = generation / _NAME
    try:
        with path.open(encoding="utf-8") as file:
            return [_listed(json.loads(line)) for line in file]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexError_(
            f"{path} cannot be read ({error}); remove {generation} and run `python ingest.py`."
        ) from error


def _listed(line: dict[str, Any]) -> Listed:
    fields = line["source"]
    lists = {name: tuple(fields[name]) for name in _LISTS}
    entries = tuple(Entry(**entry) for entry in fields["entries"])
    passages = tuple((str(id_), int(statements)) for id_, statements in line["passages"])
    locations = tuple(Location(**location) for location in fields["locations"])
    source = Source(**(fields | lists | {"entries": entries, "locations": locations}))
    return Listed(source, passages, line["copy_of"])
