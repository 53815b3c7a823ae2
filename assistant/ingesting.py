"""The write path: the notes below some paths → an index that follows them.

Notes below a given path are added, renewed and removed as their files are found there now; notes that were
ingested earlier from elsewhere stay. A note that breaks the rules is refused, and an earlier version of it
stays. So is one with the id of another file that was ingested and still exists; where that file is gone, the
note has moved. Where nothing has changed, nothing is written, and neither the encoder nor the index is even
imported.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import catalogue, generations, recipe
from assistant.errors import IndexError_, SourceError
from assistant.generations import SourceFile
from assistant.sources import find_files, load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from assistant.datatypes import Encoder, EncoderIdentity, Source
    from assistant.generations import Manifest


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest found and did.

    `sources` and `passages` are what the index now holds; `new`, `updated`, `unchanged`, `removed` and
    `refused` count notes below the given paths; `faults` has a sentence per fault of a refused note;
    `embedded` counts texts. `generation` is the live one, empty when there is none; `switched` tells whether
    this ingest made it.
    """

    sources: int
    passages: int
    new: int
    updated: int
    unchanged: int
    removed: int
    refused: int
    faults: tuple[str, ...]
    embedded: int
    seconds: float
    generation: str
    switched: bool


@dataclass(frozen=True, slots=True)
class _Live:
    """The live generation before the ingest: its name ("" for none), its manifest, its files by source id."""

    name: str = ""
    manifest: Manifest | None = None
    files: Mapping[str, SourceFile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the given paths hold now: sources and files by id, faults, and the paths of the files refused.

    A file that is byte for byte what the live generation was made of is not read again: it has no source
    here.
    """

    sources: Mapping[str, Source]
    files: Mapping[str, SourceFile]
    faults: tuple[str, ...]
    refused: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What the index holds afterwards; `lost` has a sentence per note that could not be taken over."""

    generation: str
    sources: int
    passages: int
    embedded: int
    lost: tuple[str, ...] = ()


def ingest(
    paths: Sequence[Path],
    data_dir: Path,
    identity: EncoderIdentity,
    open_encoder: Callable[[], Encoder],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> IngestReport:
    """Make the index follow `paths`.

    Args:
        paths: folders with notes, or notes.
        data_dir: where the index is kept; made where missing.
        identity: which model the index is to be made with.
        open_encoder: gives that model; called only when something has changed.
        progress: told (texts embedded, texts to embed).

    Raises:
        BadUseError: a path does not exist or holds no notes, or the data directory cannot be written.
        IndexBusyError: another process is writing.
        IndexError_: the index could not be written; the earlier one stays in use.
        EncoderError: the encoder cannot be used.
    """
    started = time.perf_counter()
    notes = find_files(paths)
    with generations.writing(data_dir):
        live = _read_live(data_dir)
        found = _read_notes(notes, live)
        covered = _covered(live.files, paths)
        kept = {
            id_: file
            for id_, file in live.files.items()
            if id_ not in found.files and (id_ not in covered or file.path in found.refused)
        }
        files = {**kept, **found.files}
        if not files or _is_current(live, files, identity, data_dir):
            counts = live.manifest.counts if live.manifest else {"sources": 0, "passages": 0}
            outcome = _Outcome(live.name, counts["sources"], counts["passages"], 0)
        else:
            outcome = _renew(live, found, kept, open_encoder(), data_dir, progress)
    same = {
        id_
        for id_, file in found.files.items()
        if id_ in live.files and live.files[id_].digest == file.digest
    }
    return IngestReport(
        sources=outcome.sources,
        passages=outcome.passages,
        new=len(found.files.keys() - live.files.keys()),
        updated=len((found.files.keys() & live.files.keys()) - same),
        unchanged=len(same),
        removed=len(covered - files.keys()),
        refused=len(found.refused),
        faults=found.faults + outcome.lost,
        embedded=outcome.embedded,
        seconds=time.perf_counter() - started,
        generation=outcome.generation,
        switched=outcome.generation != live.name,
    )


def _read_live(data_dir: Path) -> _Live:
    """The live generation; a damaged one counts as none, so that the ingest mends it."""
    try:
        name = generations.live_generation(data_dir)
        manifest = generations.read_manifest(generations.folder(data_dir, name)) if name else None
    except IndexError_:
        return _Live()
    return _Live(name or "", manifest, manifest.files) if manifest else _Live(name or "")


def _read_notes(notes: Sequence[Path], live: _Live) -> _Found:
    trusted = live.manifest is not None and live.manifest.recipe == recipe.current()
    known = {file: id_ for id_, file in live.files.items()} if trusted else {}
    sources: dict[str, Source] = {}
    files: dict[str, SourceFile] = {}
    faults: list[str] = []
    refused: set[str] = set()
    for note in notes:
        path = str(note.parent.resolve() / note.name)
        try:
            source = None
            id_ = known.get(SourceFile(path, _digest(note)))
            if id_ is None:
                source = load(note)
                id_ = source.id
            _check_single(id_, note, files.get(id_) or live.files.get(id_))
        except SourceError as error:
            faults += error.faults
            refused.add(path)
            continue
        if source is not None:
            sources[id_] = source
        files[id_] = SourceFile(path, source.digest if source else live.files[id_].digest)
    return _Found(sources, files, tuple(faults), frozenset(refused))


def _check_single(id_: str, note: Path, earlier: SourceFile | None) -> None:
    """See to it that an id stands for one file.

    Raises:
        SourceError: it is the id of an earlier file too, which still exists.
    """
    if earlier and _is_another(Path(earlier.path), note):
        raise SourceError((f"{note}:1: id: {id_} is the id of {earlier.path} too; rename one of them",))


def _is_another(earlier: Path, note: Path) -> bool:
    """Whether there is an earlier file that is not this one under another name."""
    try:
        return not earlier.samefile(note)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # it is out of our reach, and may well be there
        return True


def _digest(note: Path) -> str:
    """SHA-256 of a file; empty where it cannot be read, which `load` then reports."""
    try:
        return hashlib.sha256(note.read_bytes()).hexdigest()
    except OSError:
        return ""


def _covered(files: Mapping[str, SourceFile], paths: Sequence[Path]) -> set[str]:
    """The ids of the sources whose files are below one of `paths`, whether they still exist or not."""
    roots = [path.resolve() for path in paths]
    return {id_ for id_, file in files.items() if any(Path(file.path).is_relative_to(root) for root in roots)}


def _is_current(
    live: _Live, files: Mapping[str, SourceFile], identity: EncoderIdentity, data_dir: Path
) -> bool:
    """Whether the live generation is what an ingest of `files` would make."""
    return (
        live.manifest is not None
        and live.manifest.files == files
        and live.manifest.encoder == identity
        and live.manifest.recipe == recipe.current()
        and generations.is_whole(generations.folder(data_dir, live.name), live.manifest)
    )


def _renew(
    live: _Live,
    found: _Found,
    kept: Mapping[str, SourceFile],
    encoder: Encoder,
    data_dir: Path,
    progress: Callable[[int, int], None],
) -> _Outcome:
    """Build the next generation from what was found and what is kept of the live one."""
    # Chroma is imported only now: an ingest that changes nothing must be quick.
    from assistant.building import build

    files = {**kept, **found.files}
    taken, lost = _take_over(
        {id_: file for id_, file in files.items() if id_ not in found.sources}, live, data_dir
    )
    held = [*found.sources.values(), *taken]
    if not held:
        return _Outcome(live.name, 0, 0, 0, lost)
    built = build(held, {source.id: files[source.id] for source in held}, encoder, data_dir, progress)
    return _Outcome(built.generation, len(held), built.passages, built.embedded, lost)


def _take_over(
    files: Mapping[str, SourceFile], live: _Live, data_dir: Path
) -> tuple[list[Source], tuple[str, ...]]:
    """Sources as the live generation has them, else as their files are now; and a sentence per loss."""
    sources: dict[str, Source] = {}
    lost: list[str] = []
    with suppress(IndexError_):
        listed = catalogue.read(generations.folder(data_dir, live.name)) if files else []
        sources = {item.source.id: item.source for item in listed if item.source.id in files}
    for id_ in files.keys() - sources.keys():
        try:
            sources[id_] = load(Path(files[id_].path))
        except SourceError as error:
            lost += error.faults
    return list(sources.values()), tuple(sorted(lost))
