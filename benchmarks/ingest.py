"""How fast documents come in, per format, beside a plain loop of the usual LangChain loaders.

    python benchmarks/ingest.py [FOLDER]

Without a folder the notes of the corpus are made into PDF, DOCX, HTML and text files. Both ways use the same
model in the same run, format by format: ours reads, cuts, embeds every passage and every sentence of it, and
writes an index; the loop reads each file with its loader, cuts at 1,000 characters and embeds each file's
chunks with SentenceTransformer as it is, which is what tutorials do. As the two cut differently, they are
compared by characters of text per second. Also reported: the memory of this process while 1,000 documents
come in. The loaders need `pip install langchain-community pypdf docx2txt beautifulsoup4`; without them the
loop is left out, and said to be.
"""

from __future__ import annotations

import html
import importlib.util
import os
import resource
import sys
import time
from collections import defaultdict
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant import listing
from assistant.documents import SUFFIXES
from assistant.encoder import SentenceEncoder
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
    from sentence_transformers import SentenceTransformer

    from assistant.datatypes import Encoder, EncoderIdentity

MANY = 1_000
LOOP = ("langchain_community", "pypdf", "docx2txt", "bs4")
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


@dataclass(frozen=True, slots=True)
class Taken:
    """What some files took and gave; times in seconds. A file without pages or slides counts as one page."""

    files: int = 0
    failed: int = 0
    pages: int = 0
    passages: int = 0
    texts: int = 0
    characters: int = 0
    seconds: float = 0.0
    reading: float = 0.0
    embedding: float = 0.0

    def __add__(self, other: Taken) -> Taken:
        """Both together."""
        return Taken(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    def figures(self) -> dict[str, float]:
        """Per second, and which share of the time goes where."""
        seconds = self.seconds or 1.0
        return {
            "files": self.files,
            "failed": self.failed,
            "seconds": round(self.seconds, 1),
            "pages per second": round(self.pages / seconds, 1),
            "passages per second": round(self.passages / seconds, 1),
            "characters per second": round(self.characters / seconds),
            "texts embedded": self.texts,
            "share parsing": round(self.reading / seconds, 2),
            "share embedding": round(self.embedding / seconds, 2),
        }


def main(arguments: Sequence[str]) -> int:
    """Measure, print and record."""
    missing = [name for name in LOOP if not importlib.util.find_spec(name)]
    figures: dict[str, Any] = {}
    with TemporaryDirectory() as name:
        # First, as the memory that a process has used at most never shrinks.
        figures["memory, MB"] = memory(Path(name) / "many")
        folder = Path(arguments[0]) if arguments else make(Path(name) / "made")
        formats = by_format(folder)
        model = locate("", MODELS)
        encoder = SentenceEncoder(model)
        encoder.encode_passages(["warm"])
        ways = {"ours": [ours(files, Path(name) / f"data{suffix}", encoder) for suffix, files in formats]}
        if not missing:
            from sentence_transformers import SentenceTransformer

            usual = SentenceTransformer(str(model.folder(weights=True)), device="cpu")
            usual.encode(["warm"], show_progress_bar=False)
            ways["loop"] = [loop(suffix, files, usual) for suffix, files in formats]
    for way, taken in ways.items():
        for (suffix, _), took in zip(formats, taken, strict=True):
            figures[f"{way} {suffix}"] = took.figures()
        figures[f"{way} together"] = sum(taken, Taken()).figures()
    if missing:
        figures["loop"] = {"left out": f"not installed: {', '.join(missing)}; see the head of this file"}
    else:
        rates = [figures[f"{way} together"]["characters per second"] for way in ("ours", "loop")]
        figures["ours / loop"] = {"characters per second": round(rates[0] / rates[1], 2)}
    for what, each in figures.items():
        print(f"{what:16}", "   ".join(f"{label} {value}" for label, value in each.items()))
    record("ingest", figures)
    return 0


def by_format(folder: Path) -> list[tuple[str, list[Path]]]:
    """The documents below a folder by their suffix, in the order of those."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES:
            found[path.suffix.lower()].append(path)
    return sorted(found.items())


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


def ours(files: Sequence[Path], data_dir: Path, encoder: Encoder) -> Taken:
    """The whole ingest of these files, each way of time apart."""
    timed = TimedEncoder(encoder)
    read_until = started = time.perf_counter()

    def progress(phase: str, done: int, total: int) -> None:
        nonlocal read_until
        if phase == "reading":
            read_until = time.perf_counter()

    report = ingest(files, data_dir, timed.identity, lambda: timed, progress)
    seconds = time.perf_counter() - started
    sources = [item.source for item in listing.read(data_dir)]
    return Taken(
        files=len(files),
        failed=report.refused,
        pages=sum(max(1, len(source.locations)) for source in sources),
        passages=report.passages,
        texts=timed.texts,
        characters=sum(len(source.text) for source in sources),
        seconds=seconds,
        reading=read_until - started,
        embedding=timed.seconds,
    )


def loop(suffix: str, files: Sequence[Path], encoder: SentenceTransformer) -> Taken:
    """The plain loop: a loader per file, chunks of 1,000 characters, embedded file by file."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    loader = loaders().get(suffix)
    splitter = RecursiveCharacterTextSplitter(chunk_size=1_000, chunk_overlap=200)
    taken = Taken(files=len(files))
    if loader is None:
        return replace(taken, failed=len(files))
    started = time.perf_counter()
    for path in files:
        begun = time.perf_counter()
        try:
            documents = loader(str(path)).load()
        except Exception:  # noqa: BLE001 - the loaders raise anything; a plain loop that goes on counts it
            taken += Taken(failed=1)
            continue
        texts = [chunk.page_content for chunk in splitter.split_documents(documents)]
        read = time.perf_counter()
        if texts:
            encoder.encode(texts, show_progress_bar=False)
        taken += Taken(
            pages=len(documents),
            passages=len(texts),
            texts=len(texts),
            characters=sum(len(document.page_content) for document in documents),
            reading=read - begun,
            embedding=time.perf_counter() - read,
        )
    return replace(taken, seconds=time.perf_counter() - started)


def loaders() -> dict[str, Any]:
    """Suffix → the loader that tutorials use for it."""
    from langchain_community.document_loaders import (
        BSHTMLLoader,
        CSVLoader,
        Docx2txtLoader,
        PyPDFLoader,
        TextLoader,
    )

    return {
        ".pdf": PyPDFLoader,
        ".docx": Docx2txtLoader,
        ".html": BSHTMLLoader,
        ".txt": TextLoader,
        ".md": TextLoader,
        ".csv": CSVLoader,
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
