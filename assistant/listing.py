"""What the live index holds, one record per source; reads the catalogue alone, so it is quick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant import catalogue, generations
from assistant.errors import IndexMissingError

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.datatypes import Source

_SHOWN = ("title", "publisher", "date", "url", "kind", "language")
_SHOWN_LISTS = ("authors", "places", "themes", "suggested")


@dataclass(frozen=True, slots=True)
class Item:
    """A source, the number of its passages, the file it was read from, and which source it is a copy of."""

    source: Source
    passages: int
    path: str
    copy_of: str

    @property
    def is_note(self) -> bool:
        """Whether it is one of our summaries, and no document."""
        return self.source.wording == "note"


def read(data_dir: Path) -> list[Item]:
    """All sources of the live index in the order of their ids.

    Raises:
        IndexMissingError: nothing was ingested yet.
        IndexError_: the index is damaged.
    """
    name = generations.live_generation(data_dir)
    if name is None:
        raise IndexMissingError(f"There is no index in {data_dir} yet; run `python ingest.py`.")
    folder = generations.folder(data_dir, name)
    manifest = generations.read_manifest(folder)
    files = manifest.files if manifest else {}
    return [
        Item(
            item.source,
            len(item.passages),
            files[item.source.id].path if item.source.id in files else "",
            item.copy_of,
        )
        for item in catalogue.read(folder)
    ]


def as_json(item: Item) -> dict[str, Any]:
    """An item as `ingest.py --list --json` prints it."""
    source = item.source
    texts = {name: getattr(source, name) for name in _SHOWN}
    lists = {name: list(getattr(source, name)) for name in _SHOWN_LISTS}
    own = {"id": source.id, "wording": source.wording, "file": item.path, "passages": item.passages}
    return own | {"copy_of": item.copy_of} | texts | lists
