"""How fast documents come in, per format, beside a plain loop of the usual LangChain loaders.

    python benchmarks/documents.py [FOLDER]

Without a folder the notes of the corpus are made into PDF, DOCX, HTML and text files. Both ways use the same
model in the same run: ours reads, cuts, embeds every passage and every sentence of it, and writes the index;
the loop reads each file with its loader, cuts at 1,000 characters and embeds each file's chunks with
SentenceTransformer as it is, which is what tutorials do. Also reported: the memory of this process while
1,000 documents come in. The loaders need `pip install langchain-community pypdf docx2txt`.
"""

from __future__ import annotations

import html
import importlib.util
import os
import resource
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant import listing
from assistant.documents import SUFFIXES, Limits, Reader
from assistant.encoder import SentenceEncoder
from assistant.errors import RefusedError
from assistant.ingesting import ingest
from assistant.model_folders import locate
from assistant.passages import plain
from assistant.sources import MARKS, load
from benchmarks.recording import REPO, record
from tests.documents.making import Pdf, docx, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from assistant.datatypes import Encoder, EncoderIdentity

MANY = 1_000
MODELS = Path(os.environ.get("ASSISTANT_DATA_DIR", REPO / "data"))


@dataclass(slots=True)
class TimedEncoder:
    """An encoder that counts the seconds that it embeds."""

    inner: Encoder
    seconds: float = 0.0
    texts: int = 0

    @property
    def identity(self) -> EncoderIdentity:
        """That of the encoder."""
        return self.inner.identity

    @property
    def max_tokens(self) -> int:
        """That of the encoder."""
        return self.inner.max_tokens

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As the encoder."""
        return self._timed(self.inner.encode_queries, texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As the encoder."""
        return self._timed(self.inner.encode_passages, texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the encoder."""
        return self.inner.count_tokens(texts)

    def _timed(self, encode: Any, texts: Sequence[str]) -> NDArray[np.float32]:  # noqa: ANN401
        started = time.perf_counter()
        vectors: NDArray[np.float32] = encode(texts)
        self.seconds += time.perf_counter() - started
        self.texts += len(texts)
        return vectors


@dataclass(slots=True)
class Reading:
    """What reading the files of one format took and gave."""

    files: int = 0
    refused: int = 0
    pages: int = 0
    characters: int = 0
    seconds: float = 0.0
    slowest: float = field(default=0.0)


def main(arguments: Sequence[str]) -> int:
    """Measure, print and record; 2 where the loaders to compare with are missing."""
    missing = [
        name for name in ("langchain_community", "pypdf", "docx2txt") if not importlib.util.find_spec(name)
    ]
    if missing:
        print(f"Not installed: {', '.join(missing)}; see the head of this file.", file=sys.stderr)
        return 2
    with TemporaryDirectory() as name:
        folder = Path(arguments[0]) if arguments else make(Path(name) / "made")
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        model = locate("", MODELS)
        encoder = SentenceEncoder(model)
        encoder.encode_passages(["warm"])
        figures: dict[str, Any] = {"files": len(files), "per format": reading(files)}
        figures["ours"] = ours(folder, Path(name) / "data", encoder)
        figures["loop"] = loop(files, str(model.folder(weights=True)))
        figures["characters per second, ours / loop"] = round(
            figures["ours"]["characters per second"] / figures["loop"]["characters per second"], 2
        )
        figures["memory, MB"] = memory(Path(name) / "many")
    for what, figure in figures.items():
        rows = figure.items() if isinstance(figure, dict) else [("", figure)]
        for label, value in rows:
            print(f"{what:38} {label:28} {value}")
    record("documents", figures)
    return 0


def make(folder: Path) -> Path:
    """The notes of the corpus as documents of four formats, each note as one of them."""
    folder.mkdir(parents=True)
    for place, note in enumerate(sorted((REPO / "corpus").glob("*.md"))):
        text = plain(MARKS.sub("", load(note).text))
        parts = [part for part in text.split("\n") if part.strip()]
        path = folder / note.stem
        if place % 4 == 0:
            path.with_suffix(".pdf").write_bytes(_pdf(parts))
        elif place % 4 == 1:
            path.with_suffix(".docx").write_bytes(docx("".join(word(part) for part in parts)))
        elif place % 4 == 2:
            page = "".join(f"<p>{html.escape(part)}</p>" for part in parts)
            path.with_suffix(".html").write_text(
                f"<html><body><article>{page}</article></body></html>", "utf-8"
            )
        else:
            path.with_suffix(".txt").write_text("\n\n".join(parts), "utf-8")
    return folder


def _pdf(parts: Sequence[str]) -> bytes:
    page, left = Pdf(), 780.0
    for part in parts:
        if left < 120:
            page.next_page()
            left = 780.0
        left = page.paragraph(60, left, part, 470) - 8
    return page.bytes()


def reading(files: Sequence[Path]) -> dict[str, str]:
    """Reading alone, in the process that the ingest uses too, per format."""
    found: dict[str, Reading] = defaultdict(Reading)
    with Reader(Limits()) as reader:
        for path in files:
            entry = found[path.suffix.lower()]
            entry.files += 1
            started = time.perf_counter()
            try:
                extracted = reader.read(path)
                entry.pages += max(1, len(extracted.locations))
                entry.characters += len(extracted.text)
            except RefusedError:
                entry.refused += 1
            took = time.perf_counter() - started
            entry.seconds += took
            entry.slowest = max(entry.slowest, took)
    return {
        suffix: f"{e.files} files, {e.refused} refused, {e.pages / e.seconds:.0f} pages/s,"
        f" {e.characters / e.seconds / 1e3:.0f} k characters/s, slowest {e.slowest:.1f} s"
        for suffix, e in sorted(found.items())
    }


def ours(folder: Path, data_dir: Path, encoder: Encoder) -> dict[str, Any]:
    """The whole ingest of the folder, with the share of time in reading and in embedding."""
    timed = TimedEncoder(encoder)
    read_until = started = time.perf_counter()

    def progress(phase: str, done: int, total: int) -> None:
        nonlocal read_until
        if phase == "reading":
            read_until = time.perf_counter()

    report = ingest([folder], data_dir, timed.identity, lambda: timed, progress)
    seconds = time.perf_counter() - started
    characters = sum(len(item.source.text) for item in listing.read(data_dir))
    return {
        "seconds": round(seconds, 1),
        "passages": report.passages,
        "texts embedded": timed.texts,
        "passages per second": round(report.passages / seconds, 1),
        "characters per second": round(characters / seconds),
        "share reading": round((read_until - started) / seconds, 2),
        "share embedding": round(timed.seconds / seconds, 2),
        "duplicates, refused": [report.duplicates, report.refused],
    }


def loop(files: Sequence[Path], model: str) -> dict[str, Any]:
    """The plain loop: a loader per file, chunks of 1,000 characters, embedded file by file."""
    from langchain_community.document_loaders import (
        BSHTMLLoader,
        CSVLoader,
        Docx2txtLoader,
        PyPDFLoader,
        TextLoader,
    )
    from langchain_text_splitters import RecursiveCharacterTextSplitter
    from sentence_transformers import SentenceTransformer

    loaders: dict[str, Any] = {
        ".pdf": PyPDFLoader,
        ".docx": Docx2txtLoader,
        ".html": BSHTMLLoader,
        ".txt": TextLoader,
        ".md": TextLoader,
        ".csv": CSVLoader,
    }
    encoder = SentenceTransformer(model, device="cpu")
    splitter = RecursiveCharacterTextSplitter(chunk_size=1_000, chunk_overlap=200)
    characters = chunks = failed = 0
    embedding = 0.0
    started = time.perf_counter()
    for path in files:
        if path.suffix.lower() not in loaders:
            continue
        try:
            documents = loaders[path.suffix.lower()](str(path)).load()
        except Exception:  # noqa: BLE001 - the loaders raise anything; a plain loop that goes on counts it
            failed += 1
            continue
        characters += sum(len(document.page_content) for document in documents)
        texts = [chunk.page_content for chunk in splitter.split_documents(documents)]
        chunks += len(texts)
        begun = time.perf_counter()
        if texts:
            encoder.encode(texts, show_progress_bar=False)
        embedding += time.perf_counter() - begun
    seconds = time.perf_counter() - started
    return {
        "seconds": round(seconds, 1),
        "chunks": chunks,
        "failed": failed,
        "characters per second": round(characters / seconds),
        "share embedding": round(embedding / seconds, 2),
    }


def memory(folder: Path) -> dict[str, int]:
    """The greatest memory so far, after 100 and after 1,000 small documents, with an encoder that is none."""
    from tests.fakes import FakeEncoder

    folder.mkdir()
    encoder = FakeEncoder()
    found = {}
    for count in (MANY // 10, MANY):
        for number in range(count):
            lines = "\n\n".join(f"Alinea {n} van stuk {number} over straat {n * number}." for n in range(40))
            (folder / f"stuk-{number}.txt").write_text(f"Stuk {number}\n\n{lines}\n", "utf-8")
        ingest([folder], folder.parent / "many-data", encoder.identity, lambda: encoder)
        found[f"{count} documents"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
