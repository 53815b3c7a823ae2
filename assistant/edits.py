"""What people corrected in the metadata of documents: `edits.json` in the data directory, by id.

Edits are laid over what a document tells of itself, each time it is read; they go when the document goes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from assistant import files
from assistant.errors import BadUseError, IndexError_
from assistant.sources import checked

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

_NAME = "edits.json"
FIELDS = ("title", "publisher", "authors", "date", "url", "kind", "places", "themes", "language")
"""What may be corrected."""


def read(data_dir: Path) -> dict[str, dict[str, Any]]:
    """Id → field → value.

    Raises:
        IndexError_: the file is damaged.
    """
    path = data_dir / _NAME
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return {str(id_): dict(fields) for id_, fields in raw.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise IndexError_(
            f"{path} cannot be read ({error}); mend it, or remove it to lose the edits."
        ) from error


def check(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as they may be corrected.

    Raises:
        BadUseError: a field that cannot be corrected, or a value that is not allowed in it.
    """
    unknown = fields.keys() - set(FIELDS)
    if unknown:
        raise BadUseError(f"{min(unknown)} cannot be edited; {', '.join(FIELDS)} can.")
    return dict(checked(fields))


def over(
    edits: Mapping[str, Mapping[str, Any]], corrected: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Edits with what is corrected since: id → field → value."""
    return {id_: {**edits.get(id_, {}), **corrected.get(id_, {})} for id_ in edits.keys() | corrected.keys()}


def keep(data_dir: Path, ids: Collection[str], corrected: Mapping[str, Mapping[str, Any]]) -> None:
    """Keep the edits of these documents, with what is corrected; others are of documents that are gone.

    Raises:
        IndexError_: the file is damaged or cannot be written.
    """
    edits = read(data_dir)
    kept = {id_: fields for id_, fields in sorted(over(edits, corrected).items()) if id_ in ids}
    if kept != edits:
        _write(data_dir, kept)
    files.draft(data_dir / _NAME).unlink(missing_ok=True)


def _write(data_dir: Path, edits: Mapping[str, Mapping[str, Any]]) -> None:
    path = data_dir / _NAME
    try:
        files.replace(path, json.dumps(edits, ensure_ascii=True, indent=1) + "\n")
    except OSError as error:
        raise IndexError_(f"{path} cannot be written: {error.strerror}.") from error
