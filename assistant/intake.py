"""Files → sources, in the light of what the live generation knows of them."""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import describing, fetching, generations, originals, recipe, unfinished
from assistant.documents import Limits, Reader
from assistant.errors import IndexError_, RefusedError, SourceError
from assistant.generations import SourceFile
from assistant.sources import is_note, load, read_sidecar
from assistant.walking import sidecar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.datatypes import Extracted, Source
    from assistant.generations import Manifest
    from assistant.outcomes import Progress


@dataclass(frozen=True, slots=True)
class Live:
    """The live generation before the ingest: its name ("" for none), its manifest, its files by source id."""

    name: str = ""
    manifest: Manifest | None = None
    files: Mapping[str, SourceFile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What the given paths hold now: sources and files by id, and the refused files by path, with the reason.

    A file that is byte for byte what the live generation was made of is not read again: it has no source
    here.
    """

    sources: Mapping[str, Source]
    files: Mapping[str, SourceFile]
    refused: Mapping[str, RefusedError | SourceError]


class Intake:
    """Files → sources, in the light of what the live generation knows of them; to be closed after use."""

    def __init__(
        self,
        live: Live,
        data_dir: Path,
        limits: Limits,
        corrected: Mapping[str, Mapping[str, Any]],
        *,
        afresh: bool,
        again: bool,
    ) -> None:
        self.live = live
        self.data_dir = data_dir
        self.limits = limits
        self.afresh = afresh
        self._anew = afresh or again
        self._trusted = (
            not self._anew and live.manifest is not None and live.manifest.recipe == recipe.current()
        )
        self._edits = corrected
        self._by_path = {file.path: id_ for id_, file in live.files.items()}
        self._by_address = {
            Path(path).stem: id_ for path, id_ in self._by_path.items() if fetching.is_fetched(data_dir, path)
        }
        gone = {id_: file for id_, file in live.files.items() if not Path(file.path).exists()}
        self._moved: dict[str, list[str]] = {}
        for id_, file in gone.items():
            if file.original:
                self._moved.setdefault(file.digest, []).append(id_)
        self._taken = set(live.files)
        self._stack = ExitStack()
        self._reader: Reader | None = None

    def __enter__(self) -> Intake:
        return self

    def __exit__(self, *raised: object) -> None:
        self._stack.close()

    def all(
        self,
        files: Sequence[Path],
        refused: Mapping[Path, RefusedError],
        progress: Progress,
    ) -> Found:
        """What the files hold; those in `refused` were refused before."""
        turned_down: dict[str, RefusedError | SourceError] = {
            absolute(path): error for path, error in refused.items()
        }
        sources: dict[str, Source] = {}
        held: dict[str, SourceFile] = {}
        notes = [file for file in files if file.suffix.lower() == ".md" and is_note(file)]
        documents = sorted(set(files) - set(notes))
        for done, file in enumerate([*notes, *documents]):
            try:
                id_, source_file, source = (
                    self._note(file, held) if done < len(notes) else self._document(file)
                )
            except (RefusedError, SourceError) as error:
                turned_down[absolute(file)] = error
                continue
            finally:
                if done >= len(notes):
                    progress("reading", done - len(notes) + 1, len(documents))
            self._taken.add(id_)
            held[id_] = source_file
            if source is not None:
                sources[id_] = source
        return Found(sources, held, turned_down)

    def again(self, id_: str, file: SourceFile) -> Source:
        """The source of a file that the live generation was made of, read anew.

        Raises:
            RefusedError: it is a document that cannot be read any more.
            SourceError: it is a note that cannot be read any more, or that breaks the rules now.
        """
        path = Path(file.path)
        if not file.original:
            return load(path)
        kept = originals.locate(self.data_dir, file.original)
        return self._described(id_, kept if kept.is_file() else path, file, self._told(path, id_))

    def _note(self, note: Path, held: Mapping[str, SourceFile]) -> tuple[str, SourceFile, Source | None]:
        path = absolute(note)
        known = self._by_path.get(path)
        found = SourceFile(path, digest_of(note))
        source = None
        if not (self._trusted and known is not None and self.live.files[known] == found):
            source = load(note)
            known = source.id
        assert known is not None
        _check_single(known, note, held.get(known) or self.live.files.get(known))
        return known, replace(found, digest=source.digest) if source else found, source

    def _document(self, document: Path) -> tuple[str, SourceFile, Source | None]:
        path, digest = absolute(document), digest_of(document)
        id_ = self._by_path.get(path)
        if id_ is None and fetching.is_fetched(self.data_dir, path):
            id_ = self._by_address.get(document.stem)  # it was of another kind, with another ending
        if id_ is None and self._moved.get(digest):
            id_ = self._moved[digest].pop()  # one that is gone has moved to one place
        told = self._told(document, id_)
        described = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest() if told else ""
        file = SourceFile(path, digest, described, originals.name_of(document, digest))
        if self._trusted and id_ is not None and same_content(self.live.files[id_], file):
            originals.store(self.data_dir, document, file.original)
            return id_, file, None
        id_ = id_ or describing.new_id(document.name, self._taken)
        return id_, file, self._described(id_, document, file, told)

    def _described(self, id_: str, document: Path, file: SourceFile, told: Mapping[str, Any]) -> Source:
        extracted = self._extracted(document, file.digest)
        originals.store(self.data_dir, document, file.original)
        return describing.describe(id_, document.name, extracted, file.digest, file.original, told)

    def _told(self, document: Path, id_: str | None) -> dict[str, Any]:
        """What people say of a document: in a sidecar, and over that what was corrected."""
        beside = sidecar(document)
        return (read_sidecar(beside) if beside else {}) | dict(self._edits.get(id_, {}) if id_ else {})

    def _extracted(self, document: Path, digest: str) -> Extracted:
        # How a file is read depends on its ending and on this program too.
        name = f"{digest}{document.suffix.lower()}-{recipe.current().program[:16]}"
        known = None if self._anew else unfinished.text(self.data_dir, name)
        if known is not None:
            return known
        if self._reader is None:
            self._reader = self._stack.enter_context(Reader(self.limits))
        extracted = self._reader.read(document)
        unfinished.keep_text(self.data_dir, name, extracted)
        return extracted


def read_live(data_dir: Path) -> Live:
    """The live generation; of a damaged one, or one of another format, only which files it was made of.

    So the ingest makes it anew, and reads again what was ingested earlier from elsewhere.
    """
    manifest = None
    try:
        name = generations.live_generation(data_dir)
    except IndexError_:
        return Live()
    if name is None:
        return Live()
    folder = generations.folder(data_dir, name)
    with suppress(IndexError_):
        manifest = generations.read_manifest(folder)
    return Live(name, manifest, manifest.files if manifest else generations.read_files(folder))


def same_content(one: SourceFile, other: SourceFile) -> bool:
    """Whether a file says the same as it did, wherever it is now."""
    return (one.digest, one.described) == (other.digest, other.described)


def absolute(path: Path) -> str:
    """The path as `SourceFile.path` has it: a link itself keeps its name, those above it are resolved."""
    return str(path.parent.resolve() / path.name)


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


def digest_of(file: Path) -> str:
    """SHA-256 of a file; empty where it cannot be read, which its loader then reports."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""
