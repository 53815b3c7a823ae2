"""Sources → the next generation of the index: vectors and words, complete and probed before it goes live.

What is embedded already is taken over from the live generation by its key (model, role, text). Where the
notes come from is the matter of `assistant.ingesting`.
"""

from __future__ import annotations

import errno
import shutil
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from assistant import catalogue, chroma, generations, recipe, spelling, unfinished, words
from assistant.catalogue import Listed
from assistant.dutch import analyse
from assistant.errors import EncoderError, IndexError_
from assistant.generations import Manifest, SourceFile
from assistant.index import Index
from assistant.passages import embedded_text, note_title, plain, split, statement_texts
from assistant.vectors import KnownVectors, VectorWriter, key, read_vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from assistant.datatypes import Encoder, EncoderIdentity, Passage, Source
    from assistant.vectors import Role

    Progress = Callable[[int, int], None]

_CHUNK_TEXTS = 256
"""Texts between two reports of progress: enough for batches of equal length, and a few seconds at most."""
_PROBES = 5
_SAME = 0.999
"""The cosine similarity above which two vectors are of the same text."""
_FULL_BYTES = 1_000_000
"""A disk with less room than this is full, and so is one with less room than was written already."""


@dataclass(frozen=True, slots=True)
class Built:
    """The generation that went live: its name, and how many distinct texts were embedded for it."""

    generation: str
    passages: int
    embedded: int


@dataclass(frozen=True, slots=True)
class _Content:
    """What a generation holds: passages, sources, and the (role, text) per row of the matrix, in order."""

    passages: list[tuple[Source, Passage]]
    listed: list[Listed]
    rows: list[tuple[Role, str]]


def build(
    sources: Sequence[Source],
    files: Mapping[str, SourceFile],
    encoder: Encoder,
    data_dir: Path,
    progress: Progress = lambda done, total: None,
    *,
    copies: Mapping[str, str] = MappingProxyType({}),
    afresh: bool = False,
) -> Built:
    """Make a generation of `sources` alone, and make it live; the caller holds the writer's lock.

    Args:
        sources: at least one; each id once.
        files: source id → the file it was read from; empty where there are none.
        encoder: embeds what is new.
        data_dir: where the generations are.
        progress: told (texts embedded, texts to embed).
        copies: id of a source that is not to be found → id of the one that says the same.
        afresh: take no vectors over from the live generation.

    Raises:
        EncoderError: the encoder cannot be used.
        IndexError_: the files cannot be written, or do not answer when probed; the earlier generation stays
            live.
    """
    content = _content(sorted(sources, key=lambda source: source.id), copies, encoder)
    with generations.next_generation(data_dir) as folder, _translated(folder):
        known = [] if afresh else _known(data_dir)
        identity, embedded = _write_vectors(folder, content.rows, encoder, known, progress)
        passages = (_word_document(source, passage) for source, passage in content.passages)
        words.build(folder / "words", passages)
        words.build(folder / "note_words", _note_documents(content))
        texts = [(passage, source.text[passage.start : passage.end]) for source, passage in content.passages]
        chroma.build(folder / "chroma", texts, read_vectors(folder)[: len(texts)])
        catalogue.write(folder, content.listed)
        spelling.write(
            folder, spelling.vocabulary(_written(item.source) for item in catalogue.found(content.listed))
        )
        _probe(folder, content)
        generations.complete(folder, _manifest(identity, content, files))
        generations.switch(data_dir, folder.name)
    return Built(folder.name, len(content.passages), embedded)


def _content(sources: list[Source], copies: Mapping[str, str], encoder: Encoder) -> _Content:
    passages: list[tuple[Source, Passage]] = []
    listed: list[Listed] = []
    statements: list[str] = []
    for source in sources:
        if source.id in copies:
            listed.append(Listed(source, (), copies[source.id]))
            continue
        counts: list[tuple[str, int]] = []
        for passage in split(source, encoder.count_tokens):
            texts = statement_texts(source, passage)
            passages.append((source, passage))
            counts.append((passage.id, len(texts)))
            statements += texts
        listed.append(Listed(source, tuple(counts)))
    rows: list[tuple[Role, str]] = [
        ("passage", embedded_text(source, passage)) for source, passage in passages
    ]
    rows += [("passage", text) for text in statements]
    rows += [("query", question) for item in catalogue.found(listed) for question in item.source.questions]
    return _Content(passages, listed, rows)


def _note_documents(content: _Content) -> Iterator[words.WordDocument]:
    """A document per note, whose passages share out words that may be asked for together."""
    for item in catalogue.found(content.listed):
        source = item.source
        whole = analyse(" ".join((note_title(source), source.title, *source.places, plain(source.text))))
        questions = analyse(" ".join(source.questions))
        asked = analyse(" ".join((*source.questions, *source.also_asked)))
        fields = {
            "note": whole.stems + whole.parts,
            "note_grams": whole.grams,
            "asked": asked.stems + asked.parts,
            "asked_grams": asked.grams,
            "questions": questions.stems + questions.parts,
        }
        yield words.WordDocument(source.id, source.id, fields)


def _written(source: Source) -> str:
    """All words of a source that may be shown: what else it is asked for is searched only."""
    names = (note_title(source), source.title, source.publisher, *source.places)
    return " ".join((*names, *source.questions, source.text))


def _word_document(source: Source, passage: Passage) -> words.WordDocument:
    body = analyse(plain(source.text[passage.start : passage.end]))
    title = analyse(" ".join((note_title(source), source.title, *passage.heading, *source.places)))
    fields = {"body": body.stems + body.parts, "grams": body.grams, "title": title.grams}
    return words.WordDocument(passage.id, source.id, fields)


def _write_vectors(
    folder: Path,
    texts: list[tuple[Role, str]],
    encoder: Encoder,
    known: Sequence[KnownVectors],
    progress: Progress,
) -> tuple[EncoderIdentity, int]:
    """Write the matrix; what it is made with, and how many texts were embedded for it."""
    identity = _identity(encoder)
    rows: dict[tuple[Role, str], list[int]] = {}
    for row, text in enumerate(texts):
        rows.setdefault(text, []).append(row)
    keys = {text: key(identity, *text) for text in rows}
    taken: list[NDArray[np.float32] | None] = [None] * len(rows)
    for earlier in known:
        found = earlier.find(list(keys.values()))
        taken = [old if new is None else new for old, new in zip(taken, found, strict=True)]
    new = [text for text, vector in zip(rows, taken, strict=True) if vector is None]
    with closing(VectorWriter(folder, [keys[text] for text in texts], identity.dimension)) as writer:
        for text, vector in zip(rows, taken, strict=True):
            if vector is not None:
                writer.write(rows[text], vector)
        for texts_made, vectors in _embed(new, encoder, progress):
            unfinished.keep_vectors(folder.parent.parent, [keys[text] for text in texts_made], vectors)
            for text, vector in zip(texts_made, vectors, strict=True):
                writer.write(rows[text], vector)
    return identity, len(new)


def _embed(
    new: list[tuple[Role, str]], encoder: Encoder, progress: Progress
) -> Iterator[tuple[list[tuple[Role, str]], NDArray[np.float32]]]:
    """Embed the new texts, those of like length together; some texts and their vectors at a time.

    Raises:
        EncoderError: the encoder cannot be used.
    """
    done = 0
    if new:
        progress(done, len(new))  # the first texts wait for the model to load
    for role, encode in (("passage", encoder.encode_passages), ("query", encoder.encode_queries)):
        waiting = sorted((text for text in new if text[0] == role), key=lambda text: -len(text[1]))
        for start in range(0, len(waiting), _CHUNK_TEXTS):
            chunk = waiting[start : start + _CHUNK_TEXTS]
            vectors = encode([text for _, text in chunk])
            if vectors.shape != (len(chunk), encoder.identity.dimension):
                raise EncoderError(
                    f"The sentence encoder gave vectors of shape {vectors.shape} for {len(chunk)} texts."
                )
            yield chunk, vectors
            done += len(chunk)
            progress(done, len(new))


def _identity(encoder: Encoder) -> EncoderIdentity:
    """Which model it is; one that is yet to be fetched learns its revision and dimension by a first text."""
    if not encoder.identity.dimension or not encoder.identity.revision:
        encoder.encode_queries(["."])
    return encoder.identity


def _known(data_dir: Path) -> list[KnownVectors]:
    """The vectors of the live generation and of an ingest that was stopped, as far as they can be used."""
    known = list(unfinished.vectors(data_dir))
    with suppress(IndexError_):
        live = generations.live_generation(data_dir)
        known += [KnownVectors(generations.folder(data_dir, live))] if live else []
    return known


def _probe(folder: Path, content: _Content) -> None:
    """Open the generation as the app would, and ask for some passages by their own vectors and words.

    Raises:
        IndexError_: one is not found.
    """
    with closing(Index(folder)) as index:
        for source, passage in content.passages[:: max(1, len(content.passages) // _PROBES)]:
            if not _answers(index, source, passage):
                raise IndexError_(f"The new index does not find passage {passage.id}.")


def _answers(index: Index, source: Source, passage: Passage) -> bool:
    """Whether the index finds a passage by its own vector and its own words, and gives it back as it was."""
    nearest = index.dense(index.vectors([passage.id])[0], 1, None)
    grams = dict.fromkeys(_word_document(source, passage).fields["grams"], 1.0)
    worded = index.words({"grams": grams}, len(index.passage_ids[source.id]), [source.id])
    return (
        nearest[0][1] > _SAME
        and (not grams or passage.id in dict(worded))
        and index.passages([passage.id]) == [passage]
    )


def _manifest(identity: EncoderIdentity, content: _Content, files: Mapping[str, SourceFile]) -> Manifest:
    counts = {
        "sources": len(content.listed),
        "passages": len(content.passages),
        "statements": sum(count for item in content.listed for _, count in item.passages),
        "questions": sum(len(item.source.questions) for item in catalogue.found(content.listed)),
        "copies": len(content.listed) - len(catalogue.found(content.listed)),
    }
    return Manifest(identity, recipe.current(), counts, dict(files))


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, IndexError_) as error:
        raise IndexError_(
            f"The new index could not be written to {folder.parent.parent} ({_reason(error, folder)});"
            " the earlier one stays in use."
        ) from error


def _reason(error: Exception, folder: Path) -> str:
    """What went wrong; a database that finds no room takes back what it wrote, and speaks of other things."""
    full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    written = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if full or shutil.disk_usage(folder).free < max(written, _FULL_BYTES):
        return "the disk is full"
    return str(error).rstrip(".")
