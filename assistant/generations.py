"""Generations of the index on disk: complete, immutable folders, of which one is live.

    <data_dir>/CURRENT                     the name of the live generation, switched by one atomic rename
    <data_dir>/ingest.lock                 held by the one process that may write
    <data_dir>/generations/<name>/
        chroma/  words/  note_words/  vectors.npy  keys.npy  sources.jsonl  vocabulary.json
        manifest.json                      written last: its presence proves that all before it is complete

A name is a number that only grows, and some random digits: no two generations ever share one, so whoever
compares names notices every switch. This module knows nothing of what is inside a generation.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from assistant import files
from assistant.datatypes import EncoderIdentity
from assistant.errors import BadUseError, IndexBusyError, IndexError_
from assistant.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

FORMAT = 4
"""Raise it with every change of the files in a generation that an older program could not read."""

_CURRENT = "CURRENT"
_LOCK = "ingest.lock"
_FOLDER = "generations"
_MANIFEST = "manifest.json"
_NAME = re.compile(r"\d{6,}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file that a source was read from: its absolute path, and the SHA-256 of its bytes.

    `described` is the SHA-256 of what was told of it elsewhere (a sidecar, edits), "" where nothing was.
    `original` is the name under which a document is stored (see `assistant.originals`), "" for a note.
    """

    path: str
    digest: str
    described: str = ""
    original: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made of and by what.

    `files` maps the id of a source to its file; `counts` numbers sources, passages, statements, questions and
    copies (see `assistant.catalogue`), of which the first includes the last.
    `sizes` are the bytes of the generation's own files, filled in by `complete`.
    """

    encoder: EncoderIdentity
    recipe: Recipe
    counts: Mapping[str, int]
    files: Mapping[str, SourceFile]
    sizes: Mapping[str, int] = field(default_factory=dict)
    format: int = FORMAT


def live_generation(data_dir: Path) -> str | None:
    """The name of the live generation, None when there is none; reads one small file.

    Raises:
        IndexError_: the file cannot be read.
    """
    try:
        name = (data_dir / _CURRENT).read_text(encoding="ascii", errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise IndexError_(f"{data_dir / _CURRENT} cannot be read: {error}.") from error
    return name if _NAME.fullmatch(name) and (folder(data_dir, name) / _MANIFEST).is_file() else None


def folder(data_dir: Path, name: str) -> Path:
    """Where the generation of that name is."""
    return data_dir / _FOLDER / name


def read_manifest(generation: Path) -> Manifest | None:
    """The manifest of the generation in that folder, None when it is of another format than this program's.

    Raises:
        IndexError_: it is missing or damaged.
    """
    try:
        raw = json.loads((generation / _MANIFEST).read_text(encoding="utf-8"))
        return _manifest(raw) if raw["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexError_(
            f"The index in {generation} is damaged ({error}); remove that folder and run `python ingest.py`."
        ) from error


def read_files(generation: Path) -> dict[str, SourceFile]:
    """The files that a generation of any format was made of, as far as that can be read."""
    try:
        raw = json.loads((generation / _MANIFEST).read_text(encoding="utf-8"))
        return {id_: SourceFile(**file) for id_, file in raw["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


@contextmanager
def writing(data_dir: Path) -> Iterator[None]:
    """Hold the writer's lock of `data_dir` (made where missing), and remove what killed writers left behind.

    Raises:
        IndexBusyError: another process is writing.
        BadUseError: the folder cannot be made or written.
    """
    try:
        (data_dir / _FOLDER).mkdir(parents=True, exist_ok=True)
        lock = FileLock(data_dir / _LOCK, timeout=0)
        lock.acquire()
    except Timeout as error:
        raise IndexBusyError(
            f"Another ingest is writing to {data_dir}; try again when it is done."
        ) from error
    except (OSError, NotImplementedError) as error:
        raise BadUseError(
            f"The data directory {data_dir} cannot be written ({_reason(error)});"
            " choose another with ASSISTANT_DATA_DIR."
        ) from error
    try:
        _prune(data_dir)
        yield
    finally:
        lock.release()


@contextmanager
def next_generation(data_dir: Path) -> Iterator[Path]:
    """The folder for a new generation, removed when the block fails before it is live.

    The caller holds the writer's lock.

    Raises:
        IndexError_: the folder cannot be made.
    """
    names = _names(data_dir)
    number = 1 + max((int(name.partition("-")[0]) for name in names), default=0)
    new = folder(data_dir, f"{number:06d}-{secrets.token_hex(4)}")
    try:
        new.mkdir()
    except OSError as error:
        raise IndexError_(f"A new index cannot be made in {data_dir}: {_reason(error)}.") from error
    try:
        yield new
    except BaseException:
        if live_generation(data_dir) != new.name:
            shutil.rmtree(new, ignore_errors=True)
        raise


def complete(generation: Path, manifest: Manifest) -> None:
    """Force all files of a generation to disk, then write its manifest; raises OSError."""
    for path in sorted(generation.rglob("*")):
        files.sync(path)
    files.sync(generation)
    whole = replace(manifest, sizes=_sizes(generation))
    files.replace(generation / _MANIFEST, json.dumps(asdict(whole), ensure_ascii=False, indent=1) + "\n")


def is_whole(generation: Path, manifest: Manifest) -> bool:
    """Whether every file of a generation is there and as long as it was when the generation was made."""
    return _sizes(generation) == manifest.sizes


def switch(data_dir: Path, name: str) -> None:
    """Make the complete generation `name` the live one, in one step; the one before it stays, older ones go.

    Raises:
        OSError: the name cannot be written; the earlier generation stays live.
    """
    files.sync(data_dir / _FOLDER)
    files.replace(data_dir / _CURRENT, name + "\n")
    _prune(data_dir)


def prune_removed(data_dir: Path, ids: Collection[str]) -> None:
    """Remove the generations in which a source stands that is none of `ids`, which are those of the live one.

    What was removed is to be nowhere; an app that is still reading an earlier generation has its files open,
    and goes on with the live one at the next question.
    """
    live = live_generation(data_dir)
    for name in _names(data_dir):
        held = read_files(folder(data_dir, name))
        # One that does not tell what it holds may hold anything: its removal was killed, or it is damaged.
        if name != live and (not held or held.keys() - set(ids)):
            shutil.rmtree(folder(data_dir, name), ignore_errors=True)


def clear(data_dir: Path) -> None:
    """Remove all generations: there is nothing left to answer from; raises OSError."""
    (data_dir / _CURRENT).unlink(missing_ok=True)
    for name in _names(data_dir):
        shutil.rmtree(folder(data_dir, name), ignore_errors=True)


def _names(data_dir: Path) -> list[str]:
    return sorted(
        (path.name for path in (data_dir / _FOLDER).iterdir() if _NAME.fullmatch(path.name)),
        key=lambda name: int(name.partition("-")[0]),
    )


def _prune(data_dir: Path) -> None:
    """Remove all generations but the live one and the one before it, which an app may still be reading."""
    live = live_generation(data_dir)
    names = _names(data_dir)
    kept = names[max(0, names.index(live) - 1) : names.index(live) + 1] if live else []
    for name in names:
        if name not in kept:
            shutil.rmtree(folder(data_dir, name), ignore_errors=True)
    files.draft(data_dir / _CURRENT).unlink(missing_ok=True)


def _sizes(generation: Path) -> dict[str, int]:
    """Bytes by path, without the manifest and without what SQLite writes even where it only reads."""
    paths = sorted(path for path in generation.rglob("*") if path.is_file())
    own = (path for path in paths if path.name != _MANIFEST and ".sqlite3" not in path.name)
    return {path.relative_to(generation).as_posix(): path.stat().st_size for path in own}


def _manifest(raw: dict[str, Any]) -> Manifest:
    return Manifest(
        encoder=EncoderIdentity(**raw["encoder"]),
        recipe=Recipe(**raw["recipe"]),
        counts=raw["counts"],
        files={id_: SourceFile(**file) for id_, file in raw["files"].items()},
        sizes=raw["sizes"],
    )


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
