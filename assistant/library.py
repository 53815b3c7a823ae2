"""What the screen may do with documents: add, correct, read again, remove; each is an ingest of its own.

Files that are uploaded are kept in the data directory and ingested from there, as from any folder.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import edits, ingesting, listing
from assistant.documents import SUFFIXES, check_name
from assistant.errors import BadUseError, IndexMissingError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from assistant.datatypes import Encoder
    from assistant.documents import Limits
    from assistant.ingesting import IngestReport, Progress
    from assistant.listing import Item

UPLOADS = "uploads"


@dataclass(frozen=True, slots=True)
class Library:
    """The documents in the index below `data_dir`; `encoder` is the one that the app answers with."""

    data_dir: Path
    encoder: Encoder
    limits: Limits

    def documents(self) -> list[Item]:
        """All sources, notes included, in the order of their ids; none as long as there is no index.

        Raises:
            IndexError_: the index is damaged.
        """
        try:
            return listing.read(self.data_dir)
        except IndexMissingError:
            return []

    def add(self, files: Collection[tuple[str, Path]], progress: Progress) -> IngestReport:
        """Take in uploaded files: (name as the visitor has it, where it is now).

        A file of the same name that was uploaded before is replaced.

        Raises:
            RefusedError: a name is not safe, a format is unknown, or a file is too large: nothing is taken in.
            AssistantError: as `ingesting.ingest`.
        """
        folder = self.data_dir / UPLOADS
        for name, path in files:
            check_name(name)
            if "/" in name or name.startswith("."):
                raise RefusedError("unsafe_name")
            if (suffix := "." + name.rpartition(".")[2].lower()) not in SUFFIXES:
                raise RefusedError("unknown_format", suffix)
            if path.stat().st_size > self.limits.max_bytes:
                raise RefusedError("too_large", f"{self.limits.max_bytes / 1e6:.0f} MB")
        folder.mkdir(parents=True, exist_ok=True)
        for name, path in files:
            draft = folder / f".{name}.new"
            shutil.copyfile(path, draft)
            draft.replace(folder / name)
        return self._ingest([folder / name for name, _ in files], progress)

    def correct(self, id_: str, fields: Mapping[str, Any], progress: Progress) -> IngestReport:
        """Correct the metadata of a document.

        Raises:
            BadUseError: there is no such document, it is a note, or a value is not allowed.
            AssistantError: as `ingesting.ingest`.
        """
        item = self._document(id_)
        edits.put(self.data_dir, id_, fields)
        return self._ingest([Path(item.path)], progress)

    def read_again(self, id_: str, progress: Progress) -> IngestReport:
        """Read a source again from its file, which may have changed; raises as `correct`."""
        return self._ingest([Path(self._item(id_).path)], progress)

    def remove(self, ids: Collection[str], progress: Progress) -> IngestReport:
        """Remove sources with all that was made of them; raises as `ingesting.remove`."""
        return ingesting.remove(ids, self.data_dir, self.encoder.identity, lambda: self.encoder, progress)

    def _ingest(self, paths: list[Path], progress: Progress) -> IngestReport:
        return ingesting.ingest(
            paths, self.data_dir, self.encoder.identity, lambda: self.encoder, progress, limits=self.limits
        )

    def _item(self, id_: str) -> Item:
        for item in self.documents():
            if item.source.id == id_:
                return item
        raise BadUseError(f"There is no source {id_!r} in the index.")

    def _document(self, id_: str) -> Item:
        item = self._item(id_)
        if item.is_note:
            raise BadUseError(f"{id_} is a note: correct it in its file.")
        return item
