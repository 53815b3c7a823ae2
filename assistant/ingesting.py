"""The write path: the notes and documents below some paths → an index that follows them.

Files below a given path are added, renewed and removed as they are found there now; what was ingested
earlier from elsewhere stays. A note that breaks the rules is refused, as is a document that cannot be read,
and an earlier version of it stays. So is a note with the id of another file that was ingested and still
exists; where that file is gone, it has moved. Where nothing has changed, nothing is written, and neither the
encoder nor the index is even imported.
"""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from assistant import (
    catalogue,
    describing,
    edits,
    fetching,
    generations,
    originals,
    recipe,
    refusals,
    underway,
    unfinished,
)
from assistant.documents import Limits, Reader
from assistant.duplicates import copies
from assistant.errors import AssistantError, BadUseError, IndexError_, RefusedError, SourceError
from assistant.generations import SourceFile
from assistant.sources import is_note, load, read_sidecar
from assistant.underway import Underway
from assistant.walking import Gathered, gather, sidecar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from assistant.catalogue import Listed
    from assistant.datatypes import Encoder, EncoderIdentity, Extracted, Source
    from assistant.generations import Manifest

    Progress = Callable[[Literal["reading", "embedding"], int, int], None]
    """Told a phase, how many files or texts of it are done, and how many there are."""

State = Literal["added", "updated", "unchanged", "duplicate", "refused", "removed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file, or of an address that could not be fetched.

    `id` is that of its source, "" when it was refused. `detail` is the path of the other file for a
    duplicate, and for a removed one that of another with the same text, which stays. A refused file has a
    `reason`; its sentences are those of `assistant.refusals`, or, for a note, the faults that were found.
    """

    path: str
    state: State
    id: str = ""
    detail: str = ""
    reason: RefusedError | SourceError | None = None


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest found and did.

    `sources` and `passages` are what the index now holds; `new`, `updated`, `unchanged`, `removed`,
    `duplicates` and `refused` count files below the given paths; `files` has the outcome of each; `faults`
    has a sentence per fault of a refused one; `lost` those of them on sources that could not be
    taken over; `embedded` counts texts. `generation` is the live one, empty
    when there is none; `switched` tells whether this ingest made it.
    """

    sources: int
    passages: int
    new: int
    updated: int
    unchanged: int
    duplicates: int
    removed: int
    refused: int
    faults: tuple[str, ...]
    embedded: int
    seconds: float
    generation: str
    switched: bool
    files: tuple[Outcome, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Means:
    """What every write needs."""

    data_dir: Path
    identity: EncoderIdentity
    open_encoder: Callable[[], Encoder]
    progress: Progress
    limits: Limits


@dataclass(frozen=True, slots=True)
class _Below:
    """Paths to follow, with what was gathered below them; addresses that are refused.

    With `afresh` everything is read and embedded anew; with `again` what was gathered is read anew.
    """

    paths: tuple[Path, ...] = ()
    gathered: Gathered = Gathered((), ())  # noqa: RUF009 - a frozen record
    refused: Mapping[str, RefusedError] = field(default_factory=dict)
    afresh: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class _Live:
    """The live generation before the ingest: its name ("" for none), its manifest, its files by source id."""

    name: str = ""
    manifest: Manifest | None = None
    files: Mapping[str, SourceFile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the given paths hold now: sources and files by id, and the refused files by path, with the reason.

    A file that is byte for byte what the live generation was made of is not read again: it has no source
    here.
    """

    sources: Mapping[str, Source]
    files: Mapping[str, SourceFile]
    refused: Mapping[str, RefusedError | SourceError]


@dataclass(frozen=True, slots=True)
class _Made:
    """What the index holds afterwards; `lost` has a sentence per source that could not be taken over."""

    generation: str
    sources: int
    passages: int
    embedded: int
    copies: Mapping[str, str]
    lost: tuple[str, ...] = ()


def ingest(
    paths: Sequence[Path],
    data_dir: Path,
    identity: EncoderIdentity,
    open_encoder: Callable[[], Encoder],
    progress: Progress = lambda phase, done, total: None,
    *,
    limits: Limits = Limits(),  # noqa: B008 - a frozen record
    afresh: bool = False,
    again: bool = False,
    sent: Mapping[str, Path] = MappingProxyType({}),
    corrected: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    refused: Mapping[str, RefusedError] = MappingProxyType({}),
) -> IngestReport:
    """Make the index follow `paths`, and do first what a writer that was killed had been asked.

    Args:
        paths: folders with notes and documents, or such files.
        data_dir: where the index is kept; made where missing.
        identity: which model the index is to be made with.
        open_encoder: gives that model; called only when something has changed.
        progress: told how far it is.
        limits: what reading one document may take.
        afresh: read and embed everything anew, as if nothing had been ingested before.
        again: read the files below `paths` anew, whether they have changed or not.
        sent: files to keep in the data directory and take in, by name; they are moved from where they are.
            One takes the place of an earlier one of that name, unless it is refused: then it is not kept.
        corrected: fields of documents to correct, by id, see `assistant.edits`; those of one that is refused
            stay as they were.
        refused: addresses that could not be fetched, for the report.

    Raises:
        BadUseError: a path does not exist or holds no files, a correction is not allowed or of no document,
            or the data directory cannot be written.
        IndexBusyError: another process is writing.
        IndexError_: the index could not be written; the earlier one stays in use, and no file that was sent
            is kept.
        EncoderError: the encoder cannot be used; as with IndexError_.
    """
    means = _Means(data_dir, identity, open_encoder, progress, limits)
    gathered = gather(paths, limits.max_bytes)
    asked = Underway(tuple(sent), {id_: edits.check(fields) for id_, fields in corrected.items()})
    with _writing(means) as earlier:
        if earlier is not None:  # which may have removed some
            paths = [path for path in paths if path.exists()]
            gathered = gather(paths, limits.max_bytes)
        _check_known(asked.corrected, data_dir)
        return _joined(
            earlier, _do(means, asked, sent, _Below(tuple(paths), gathered, refused, afresh, again))
        )


def remove(
    ids: Collection[str],
    data_dir: Path,
    identity: EncoderIdentity,
    open_encoder: Callable[[], Encoder],
    progress: Progress = lambda phase, done, total: None,
) -> IngestReport:
    """Take sources out of the index, with everything that was made of them: vectors, words, stored originals.

    A file that was uploaded or fetched is removed too; one in a folder of the user stays, and comes in again
    with the next ingest of that folder. A removal that is killed is done by the next writer.

    Raises:
        BadUseError: there is no source with that id.
        IndexBusyError: another process is writing.
        IndexError_: the index could not be written; the earlier one stays in use.
        EncoderError: the encoder cannot be used.
    """
    means = _Means(data_dir, identity, open_encoder, progress, Limits())
    with _writing(means) as earlier:
        files = _check_known(ids, data_dir)
        asked = Underway(removed={id_: files[id_].path for id_ in ids})
        return _joined(earlier, _do(means, asked, {}, _Below()))


def resume(
    data_dir: Path,
    identity: EncoderIdentity,
    open_encoder: Callable[[], Encoder],
    progress: Progress = lambda phase, done, total: None,
    *,
    limits: Limits = Limits(),  # noqa: B008 - a frozen record
) -> IngestReport | None:
    """Do what a writer that was killed had been asked; None where there was none. Raises as `ingest`."""
    with _writing(_Means(data_dir, identity, open_encoder, progress, limits)) as earlier:
        return earlier


@contextmanager
def _writing(means: _Means) -> Iterator[IngestReport | None]:
    """Hold the writer's lock, with all done that a killed writer had left; the report on that, if any."""
    data_dir = means.data_dir
    with generations.writing(data_dir):
        left = underway.read(data_dir)
        _mend(data_dir)
        if not left:
            underway.end(data_dir)  # a draft of it may be left
            yield None
            return
        again = replace(left, tries=left.tries + 1)
        underway.note(data_dir, again)
        try:
            report = _follow(means, again, _Below())
        except AssistantError:
            with suppress(IndexError_):
                underway.note(data_dir, left)  # an error is not what may kill a writer
            raise
        underway.end(data_dir)
        yield report


def _do(means: _Means, asked: Underway, arrived: Mapping[str, Path], below: _Below) -> IngestReport:
    """Do what is asked; an error before it is live takes it back, a later one leaves it to be finished."""
    live = generations.live_generation(means.data_dir)
    underway.begin(means.data_dir, asked, arrived)
    try:
        report = _follow(means, asked, below)
    except BaseException:
        if generations.live_generation(means.data_dir) == live:
            if asked:
                underway.take_back(means.data_dir, asked)
                unfinished.clear(means.data_dir)  # what was read of files that were sent is not kept either
            with suppress(IndexError_):
                _mend(means.data_dir)
        raise
    underway.end(means.data_dir)
    return report


def _follow(means: _Means, asked: Underway, below: _Below) -> IngestReport:
    """The index as it is to be after what is asked and what the paths hold."""
    started = time.perf_counter()
    data_dir = means.data_dir
    live = _read_live(data_dir)
    sent = underway.placed(data_dir, asked)
    own = [*sent, *(Path(live.files[id_].path) for id_ in asked.corrected if id_ in live.files)]
    gathered = _together(below.gathered, [path for path in own if path.exists()], asked.tries, means.limits)
    known = edits.over(edits.read(data_dir), asked.corrected)
    was = _listed(live, data_dir) if below.again or asked.removed else {}
    with _Reading(live, data_dir, means.limits, known, afresh=below.afresh, again=below.again) as reading:
        found = reading.all(gathered.files, dict(gathered.refused), means.progress)
        covered = _covered(live.files, [*below.paths, *own])
        kept = {
            id_: file
            for id_, file in live.files.items()
            if id_ not in asked.removed
            and id_ not in found.files
            and (id_ not in covered or _is_refused(file, found.refused))
        }
        changed = {id_ for id_ in found.sources if id_ in was and found.sources[id_] != was[id_].source}
        made = _make(live, found, kept, reading, means, same=not changed)
    files = {**kept, **found.files}
    removed = (covered | (asked.removed.keys() & live.files.keys())) - files.keys()
    try:
        _settle(live, found, files, asked, data_dir)
    except OSError as error:
        raise IndexError_(
            f"{error.filename} cannot be removed ({error.strerror}); the next ingest tries again."
        ) from error
    # What was asked of a writer that was killed and of which nothing is left is not named any more.
    told = removed if asked.tries == 1 else removed - asked.removed.keys()
    found = replace(found, refused={**found.refused, **below.refused})
    report = _report(live, found, told, made, time.perf_counter() - started)
    return _told_more(report, changed, _heirs(told, was, files))


def _together(gathered: Gathered, own: Sequence[Path], tries: int, limits: Limits) -> Gathered:
    """What was gathered with files of our own; after too many writers that were killed these are refused."""
    mine = gather(own, limits.max_bytes)
    if tries > underway.TRIES:
        mine = Gathered((), tuple((path, RefusedError("crashed")) for path in own))
    files = {_absolute(file): file for file in (*gathered.files, *mine.files)}
    return Gathered(tuple(files.values()), (*gathered.refused, *mine.refused))


def _settle(
    live: _Live, found: _Found, files: Mapping[str, SourceFile], asked: Underway, data_dir: Path
) -> None:
    """Once the index is as it is to be: keep and remove what belongs to it; raises OSError, IndexError_."""
    known = {file.path: file.digest for file in live.files.values()}
    folder = data_dir / underway.UPLOADS
    refused = [name for name in asked.sent if _absolute(folder / name) in found.refused]
    unwanted = [name for name in refused if known.get(_absolute(folder / name)) != _digest(folder / name)]
    underway.settle(data_dir, asked.sent, unwanted)
    for path in map(Path, asked.removed.values()):
        if is_own(data_dir, path):
            path.unlink(missing_ok=True)
            path.with_name(path.name + ".yaml").unlink(missing_ok=True)
    if live.manifest is not None or not live.name:
        fetching.keep_only(data_dir, [Path(file.path) for file in files.values()])
    unfinished.clear(data_dir)
    _forget(files, {id_: asked.corrected[id_] for id_ in asked.corrected if id_ in found.files}, data_dir)


def _forget(
    files: Mapping[str, SourceFile], corrected: Mapping[str, Mapping[str, Any]], data_dir: Path
) -> None:
    """Remove what is kept of sources other than those of these files; keep what is corrected in them."""
    originals.prune(data_dir, {file.original for file in files.values() if file.original})
    edits.keep(data_dir, files.keys(), corrected)
    generations.prune_removed(data_dir, files.keys())


def _mend(data_dir: Path) -> None:
    """Remove what is kept of sources that the live generation does not hold, if it can be read."""
    live = _read_live(data_dir)
    if live.manifest is not None:
        _forget(live.files, {}, data_dir)


def _check_known(ids: Collection[str], data_dir: Path) -> Mapping[str, SourceFile]:
    """The files of the live generation by id.

    Raises:
        BadUseError: one of these ids is not there.
    """
    files = _read_live(data_dir).files
    unknown = sorted(set(ids) - files.keys())
    if unknown:
        raise BadUseError(f"There is no source {unknown[0]!r} in the index; --list names all.")
    return files


def is_own(data_dir: Path, path: Path) -> bool:
    """Whether a file was uploaded or fetched, so that it is this program's to remove."""
    return any(
        path.is_relative_to((data_dir / name).resolve()) for name in (underway.UPLOADS, fetching.FOLDER)
    )


def known_files(data_dir: Path) -> list[Path]:
    """The files that the live index was made of and that still exist, sorted."""
    files = (Path(file.path) for file in _read_live(data_dir).files.values())
    return sorted(path for path in files if path.exists())


class _Reading:
    """Files → sources, in the light of what the live generation knows of them; to be closed after use."""

    def __init__(
        self,
        live: _Live,
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

    def __enter__(self) -> _Reading:
        return self

    def __exit__(self, *raised: object) -> None:
        self._stack.close()

    def all(
        self,
        files: Sequence[Path],
        refused: Mapping[Path, RefusedError],
        progress: Progress,
    ) -> _Found:
        """What the files hold; those in `refused` were refused before."""
        turned_down: dict[str, RefusedError | SourceError] = {
            _absolute(path): error for path, error in refused.items()
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
                turned_down[_absolute(file)] = error
                continue
            finally:
                if done >= len(notes):
                    progress("reading", done - len(notes) + 1, len(documents))
            self._taken.add(id_)
            held[id_] = source_file
            if source is not None:
                sources[id_] = source
        return _Found(sources, held, turned_down)

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
        path = _absolute(note)
        known = self._by_path.get(path)
        found = SourceFile(path, _digest(note))
        source = None
        if not (self._trusted and known is not None and self.live.files[known] == found):
            source = load(note)
            known = source.id
        assert known is not None
        _check_single(known, note, held.get(known) or self.live.files.get(known))
        return known, replace(found, digest=source.digest) if source else found, source

    def _document(self, document: Path) -> tuple[str, SourceFile, Source | None]:
        path, digest = _absolute(document), _digest(document)
        id_ = self._by_path.get(path)
        if id_ is None and fetching.is_fetched(self.data_dir, path):
            id_ = self._by_address.get(document.stem)  # it was of another kind, with another ending
        if id_ is None and self._moved.get(digest):
            id_ = self._moved[digest].pop()  # one that is gone has moved to one place
        told = self._told(document, id_)
        described = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest() if told else ""
        file = SourceFile(path, digest, described, originals.name_of(document, digest))
        if self._trusted and id_ is not None and _same(self.live.files[id_], file):
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


def _read_live(data_dir: Path) -> _Live:
    """The live generation; of a damaged one, or one of another format, only which files it was made of.

    So the ingest makes it anew, and reads again what was ingested earlier from elsewhere.
    """
    manifest = None
    try:
        name = generations.live_generation(data_dir)
    except IndexError_:
        return _Live()
    if name is None:
        return _Live()
    folder = generations.folder(data_dir, name)
    with suppress(IndexError_):
        manifest = generations.read_manifest(folder)
    return _Live(name, manifest, manifest.files if manifest else generations.read_files(folder))


def _same(one: SourceFile, other: SourceFile) -> bool:
    """Whether a file says the same as it did, wherever it is now."""
    return (one.digest, one.described) == (other.digest, other.described)


def _absolute(path: Path) -> str:
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


def _digest(file: Path) -> str:
    """SHA-256 of a file; empty where it cannot be read, which its loader then reports."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def _covered(files: Mapping[str, SourceFile], paths: Sequence[Path]) -> set[str]:
    """The ids of the sources whose files are below one of `paths`, whether they still exist or not."""
    roots = {path.resolve() for path in paths}
    return {id_ for id_, file in files.items() if not roots.isdisjoint(_with_parents(file.path))}


def _with_parents(path: str) -> tuple[Path, ...]:
    return (Path(path), *Path(path).parents)


def _is_refused(file: SourceFile, refused: Mapping[str, object]) -> bool:
    """Whether a file, or a folder that it is in, was refused."""
    return any(str(path) in refused for path in _with_parents(file.path))


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


def _make(
    live: _Live,
    found: _Found,
    kept: Mapping[str, SourceFile],
    reading: _Reading,
    means: _Means,
    *,
    same: bool,
) -> _Made:
    """The generation for what was found and what is kept: the live one where that is it, else a new one.

    With `same`, files that say what they did hold the same sources too.
    """
    files = {**kept, **found.files}
    if not files:
        generations.clear(reading.data_dir)
        return _Made("", 0, 0, 0, {})
    if same and not reading.afresh and _is_current(live, files, means.identity, reading.data_dir):
        assert live.manifest is not None
        counts = live.manifest.counts
        listed = catalogue.read(generations.folder(reading.data_dir, live.name)) if counts["copies"] else []
        known = {item.source.id: item.copy_of for item in listed if item.copy_of}
        return _Made(live.name, counts["sources"], counts["passages"], 0, known)
    return _renew(live, found, kept, reading, means.open_encoder(), means.progress)


def _renew(
    live: _Live,
    found: _Found,
    kept: Mapping[str, SourceFile],
    reading: _Reading,
    encoder: Encoder,
    progress: Progress,
) -> _Made:
    """Build the next generation from what was found and what is kept of the live one."""
    # Chroma is imported only now: an ingest that changes nothing must be quick.
    from assistant.building import build

    files = {**kept, **found.files}
    taken, lost = _take_over(
        {id_: file for id_, file in files.items() if id_ not in found.sources}, live, reading
    )
    held = sorted([*found.sources.values(), *taken], key=lambda source: source.id)
    if not held:
        raise IndexError_(f"Nothing of what is to be in the index can be read any more: {lost[0]}")
    same = copies(source for source in held if source.wording == "original")
    built = build(
        held,
        {source.id: files[source.id] for source in held},
        encoder,
        reading.data_dir,
        lambda done, total: progress("embedding", done, total),
        copies=same,
        afresh=reading.afresh,
    )
    return _Made(built.generation, len(held), built.passages, built.embedded, same, lost)


def _take_over(
    files: Mapping[str, SourceFile], live: _Live, reading: _Reading
) -> tuple[list[Source], tuple[str, ...]]:
    """Sources as the live generation has them, else as their files are now; and a sentence per loss."""
    sources: dict[str, Source] = {}
    lost: list[str] = []
    with suppress(IndexError_):
        listed = catalogue.read(generations.folder(reading.data_dir, live.name)) if files else []
        sources = {item.source.id: item.source for item in listed if item.source.id in files}
    for id_ in files.keys() - sources.keys():
        try:
            sources[id_] = reading.again(id_, files[id_])
        except (RefusedError, SourceError) as error:
            lost += _sentences(files[id_].path, error)
    return list(sources.values()), tuple(sorted(lost))


def _listed(live: _Live, data_dir: Path) -> dict[str, Listed]:
    """What the live generation lists, by id; nothing where that cannot be read."""
    with suppress(IndexError_):
        if live.name:
            listed = catalogue.read(generations.folder(data_dir, live.name))
            return {item.source.id: item for item in listed}
    return {}


def _heirs(
    removed: Collection[str], was: Mapping[str, Listed], files: Mapping[str, SourceFile]
) -> dict[str, str]:
    """Id of a removed document → the path of one with (nearly) the same text that is still there."""
    found: dict[str, str] = {}
    for id_ in was.keys() & set(removed):
        first = was[id_].copy_of or id_
        same = [other for other, item in was.items() if first in (other, item.copy_of) and other in files]
        if same:
            found[id_] = files[min(same)].path
    return found


def _told_more(report: IngestReport, changed: Collection[str], heirs: Mapping[str, str]) -> IngestReport:
    """The report with the files that were read again and say something else, and who has a removed text."""
    outcomes = tuple(
        replace(
            outcome,
            state="updated" if outcome.state == "unchanged" and outcome.id in changed else outcome.state,
            detail=heirs.get(outcome.id, outcome.detail) if outcome.state == "removed" else outcome.detail,
        )
        for outcome in report.files
    )
    states = [outcome.state for outcome in outcomes]
    return replace(
        report, files=outcomes, updated=states.count("updated"), unchanged=states.count("unchanged")
    )


def _joined(earlier: IngestReport | None, report: IngestReport) -> IngestReport:
    """The report with that of what was done before it."""
    if earlier is None:
        return report
    counted = ("new", "updated", "unchanged", "duplicates", "removed", "refused", "embedded", "seconds")
    sums = {name: getattr(earlier, name) + getattr(report, name) for name in counted}
    return replace(
        report,
        faults=earlier.faults + report.faults,
        lost=earlier.lost + report.lost,
        switched=earlier.switched or report.switched,
        files=earlier.files + report.files,
        **sums,
    )


def _report(
    live: _Live, found: _Found, removed: Collection[str], made: _Made, seconds: float
) -> IngestReport:
    paths = {id_: file.path for id_, file in {**live.files, **found.files}.items()}
    outcomes = [
        *(_outcome(id_, file, live, made.copies, paths) for id_, file in found.files.items()),
        *(Outcome(path, "refused", reason=error) for path, error in found.refused.items()),
        *(Outcome(live.files[id_].path, "removed", id_) for id_ in removed),
    ]
    outcomes.sort(key=lambda outcome: outcome.path)
    states = [outcome.state for outcome in outcomes]
    faults = [
        sentence
        for outcome in outcomes
        if outcome.reason is not None
        for sentence in _sentences(outcome.path, outcome.reason)
    ]
    return IngestReport(
        sources=made.sources,
        passages=made.passages,
        new=states.count("added"),
        updated=states.count("updated"),
        unchanged=states.count("unchanged"),
        duplicates=states.count("duplicate"),
        removed=states.count("removed"),
        refused=states.count("refused"),
        faults=(*faults, *made.lost),
        lost=made.lost,
        embedded=made.embedded,
        seconds=seconds,
        generation=made.generation,
        switched=made.generation != live.name,
        files=tuple(outcomes),
    )


def _outcome(
    id_: str, file: SourceFile, live: _Live, same: Mapping[str, str], paths: Mapping[str, str]
) -> Outcome:
    if id_ in same:
        return Outcome(file.path, "duplicate", id_, paths[same[id_]])
    if id_ not in live.files:
        return Outcome(file.path, "added", id_)
    return Outcome(file.path, "unchanged" if _same(live.files[id_], file) else "updated", id_)


def _sentences(path: str, error: RefusedError | SourceError) -> tuple[str, ...]:
    if isinstance(error, SourceError):
        return error.faults
    return (f"{path}: {refusals.sentence(error, 'en')}",)
