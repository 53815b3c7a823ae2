"""The write path: the notes and documents below some paths → an index that follows them.

Files below a given path are added, renewed and removed as they are found there now; what was ingested
earlier from elsewhere stays. A note that breaks the rules is refused, as is a document that cannot be read,
and an earlier version of it stays. So is a note with the id of another file that was ingested and still
exists; where that file is gone, it has moved. Where nothing has changed, nothing is written, and neither the
encoder nor the index is even imported.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assistant import (
    catalogue,
    edits,
    fetching,
    generations,
    originals,
    recipe,
    underway,
    unfinished,
)
from assistant.documents import Limits
from assistant.duplicates import copies
from assistant.errors import (
    AssistantError,
    BadUseError,
    IndexError_,
    RefusedError,
    SourceError,
    UnfinishedError,
)
from assistant.intake import Found, Intake, Live, absolute, digest_of, read_live, same_content
from assistant.outcomes import IngestReport, Outcome, joined, sentences, told_more
from assistant.underway import Underway
from assistant.walking import Gathered, gather

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from assistant.catalogue import Listed
    from assistant.datatypes import Encoder, EncoderIdentity, Source
    from assistant.fetching import Fetched
    from assistant.generations import SourceFile
    from assistant.outcomes import Progress


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
class _Made:
    """What the index holds afterwards; `lost` has a sentence per source that could not be taken over."""

    generation: str
    sources: int
    passages: int
    embedded: int
    copies: Mapping[str, str]
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Followed:
    """The index is as it is to be: what it was, what was found, all its files now; and what is told of it."""

    live: Live
    found: Found
    files: Mapping[str, SourceFile]
    report: IngestReport


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What a killed writer had left and is done now: the report on it, and the ids that it was to remove."""

    report: IngestReport
    removed: frozenset[str]


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
    fetched: Sequence[Fetched] = (),
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
        fetched: what came from addresses, to keep in the data directory and take in.
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
    arrived = {name: str(path.absolute()) for name, path in sent.items()}
    asked = Underway(arrived, {id_: edits.check(fields) for id_, fields in corrected.items()})
    with _writing(means) as earlier:
        if earlier is not None:  # which may have removed some
            paths = [path for path in paths if path.exists()]
        if earlier is not None or fetched:
            paths = [*paths, *(fetching.keep(data_dir, each) for each in fetched)]
            gathered = gather(paths, limits.max_bytes)
        _check_known(asked.corrected, data_dir)
        return _joined(earlier, _do(means, asked, _Below(tuple(paths), gathered, refused, afresh, again)))


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
        if earlier is not None:  # whoever asks again for what was killed finds it done
            ids = set(ids) - earlier.removed
            if not ids:
                return earlier.report
        files = _check_known(ids, data_dir)
        asked = Underway(removed={id_: files[id_].path for id_ in ids})
        return _joined(earlier, _do(means, asked, _Below()))


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
        return earlier.report if earlier else None


@contextmanager
def _writing(means: _Means) -> Iterator[_Earlier | None]:
    """Hold the writer's lock, with all done that a killed writer had left; what that was, if anything."""
    data_dir = means.data_dir
    with generations.writing(data_dir):
        left = underway.read(data_dir)
        _mend(data_dir)
        if not left:
            _end(data_dir)  # a draft of it may be left
            yield None
            return
        again = replace(left, tries=left.tries + 1)
        underway.note(data_dir, again)
        try:
            followed = _follow(means, again, _Below())
            _settle(followed, again, data_dir)
        except AssistantError:
            with suppress(IndexError_):
                underway.note(data_dir, left)  # an error is not what may kill a writer
            raise
        _end(data_dir)
        yield _Earlier(followed.report, frozenset(left.removed))


def _joined(earlier: _Earlier | None, report: IngestReport) -> IngestReport:
    return joined(earlier.report if earlier else None, report)


def _do(means: _Means, asked: Underway, below: _Below) -> IngestReport:
    """Do what is asked; an error before it is live takes it back, a later one leaves it to be finished."""
    live = generations.live_generation(means.data_dir)
    underway.begin(means.data_dir, asked)
    try:
        followed = _follow(means, asked, below)
    except BaseException:
        if generations.live_generation(means.data_dir) == live:
            if asked:
                with _removing():
                    underway.take_back(means.data_dir, asked)
                unfinished.clear(means.data_dir)  # what was read of files that were sent is not kept either
            with suppress(IndexError_):
                _mend(means.data_dir)
        raise
    # From here on it can only be finished: what stood in the place of a file that was sent goes.
    try:
        _settle(followed, asked, means.data_dir)
        _end(means.data_dir)
    except IndexError_ as error:
        raise UnfinishedError(f"The index is as it is to be, but {error}") from error
    return followed.report


def _end(data_dir: Path) -> None:
    """What was asked is done; raises IndexError_."""
    with _removing():
        underway.end(data_dir)


def _follow(means: _Means, asked: Underway, below: _Below) -> _Followed:
    """The index as it is to be after what is asked and what the paths hold."""
    started = time.perf_counter()
    data_dir = means.data_dir
    live = read_live(data_dir)
    sent = underway.placed(data_dir, asked)
    own = [*sent, *(Path(live.files[id_].path) for id_ in asked.corrected if id_ in live.files)]
    gathered = _together(below.gathered, own, sent, asked.tries, means.limits)
    known = edits.over(edits.read(data_dir), asked.corrected)
    was = _listed(live, data_dir) if below.again or asked.removed else {}
    with Intake(live, data_dir, means.limits, known, afresh=below.afresh, again=below.again) as reading:
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
    # What was asked of a writer that was killed and of which nothing is left is not named any more.
    told = removed if asked.tries == 1 else removed - asked.removed.keys()
    reported = replace(found, refused={**found.refused, **below.refused})
    report = _report(live, reported, told, made, time.perf_counter() - started)
    return _Followed(live, found, files, told_more(report, changed, _heirs(told, was, files)))


def _together(
    gathered: Gathered, own: Sequence[Path], sent: Collection[Path], tries: int, limits: Limits
) -> Gathered:
    """What was gathered with files of our own; after too many writers that were killed these are refused.

    So is one that is gone: a document that was to be corrected is not to go for that, and one that was sent
    and not kept yet when its writer was killed is named.
    """
    there = [path for path in own if path.exists()]
    gone = [
        (path, RefusedError("interrupted" if path in sent else "unreadable"))
        for path in own
        if path not in there
    ]
    mine = gather(there, limits.max_bytes)
    if tries > underway.TRIES:
        mine = Gathered((), tuple((path, RefusedError("crashed")) for path in there))
    files = {absolute(file): file for file in (*gathered.files, *mine.files)}
    return Gathered(tuple(files.values()), (*gathered.refused, *mine.refused, *gone))


def _settle(followed: _Followed, asked: Underway, data_dir: Path) -> None:
    """Once the index is as it is to be: keep and remove what belongs to it; raises IndexError_."""
    live, found, files = followed.live, followed.found, followed.files
    known = {file.path: file.digest for file in live.files.values()}
    with _removing():
        folder = data_dir / underway.UPLOADS
        refused = [name for name in asked.sent if absolute(folder / name) in found.refused]
        unwanted = [
            name for name in refused if known.get(absolute(folder / name)) != digest_of(folder / name)
        ]
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
    """Remove what is kept of sources that the live generation does not hold, if it can be read.

    Raises:
        IndexError_: something cannot be removed.
    """
    live = read_live(data_dir)
    if live.manifest is not None:
        with _removing():
            _forget(live.files, {}, data_dir)
    elif not live.name:  # a first ingest may have been refused or killed
        with _removing():
            originals.prune(data_dir, ())


@contextmanager
def _removing() -> Iterator[None]:
    """Tell what cannot be removed; raises IndexError_."""
    try:
        yield
    except OSError as error:
        raise IndexError_(
            f"{error.filename} cannot be removed ({error.strerror}); the next ingest tries again."
        ) from error


def _check_known(ids: Collection[str], data_dir: Path) -> Mapping[str, SourceFile]:
    """The files of the live generation by id.

    Raises:
        BadUseError: one of these ids is not there.
    """
    files = read_live(data_dir).files
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
    """The files that the live index was made of and that still exist, sorted, but those yet to be removed.

    Raises:
        IndexError_: it cannot be read what a killed writer had been asked.
    """
    going = underway.read(data_dir).removed.keys()
    files = (Path(file.path) for id_, file in read_live(data_dir).files.items() if id_ not in going)
    return sorted(path for path in files if path.exists())


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
    live: Live, files: Mapping[str, SourceFile], identity: EncoderIdentity, data_dir: Path
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
    live: Live,
    found: Found,
    kept: Mapping[str, SourceFile],
    reading: Intake,
    means: _Means,
    *,
    same: bool,
) -> _Made:
    """The generation for what was found and what is kept: the live one where that is it, else a new one.

    With `same`, files that say what they did hold the same sources too.
    """
    files = {**kept, **found.files}
    if not files:
        with _removing():
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
    live: Live,
    found: Found,
    kept: Mapping[str, SourceFile],
    reading: Intake,
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
    files: Mapping[str, SourceFile], live: Live, reading: Intake
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
            lost += sentences(files[id_].path, error)
    return list(sources.values()), tuple(sorted(lost))


def _listed(live: Live, data_dir: Path) -> dict[str, Listed]:
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


def _report(live: Live, found: Found, removed: Collection[str], made: _Made, seconds: float) -> IngestReport:
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
        for sentence in sentences(outcome.path, outcome.reason)
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
    id_: str, file: SourceFile, live: Live, same: Mapping[str, str], paths: Mapping[str, str]
) -> Outcome:
    if id_ in same:
        return Outcome(file.path, "duplicate", id_, paths[same[id_]])
    if id_ not in live.files:
        return Outcome(file.path, "added", id_)
    return Outcome(file.path, "unchanged" if same_content(live.files[id_], file) else "updated", id_)
