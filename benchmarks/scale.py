"""How the index grows with its passages: speed of ingest, time from question to answer, memory and disk.

    python benchmarks/scale.py TEXTS… [--real 1000 10000] [--made 100000] [--keep DIR]

TEXTS are folders with Dutch texts (.html, .txt, .md, or manual pages, any of them with .gz), such as those of
Debian's Dutch documentation: `apt-get download manpages-nl libreoffice-help-nl gimp-help-nl`, then
`dpkg-deb -x` each into a folder. Nothing of them is kept in this repository.

Sizes under --real are of those texts, embedded by the encoder. Sizes under --made repeat them with a tenth of
the words exchanged, and their vectors are real ones with noise: the figures of time and space hold, but what
is found there means nothing. Each size is measured in a process of its own.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
import re
import resource
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.building import build
from assistant.datatypes import Entry, Filters, Source
from assistant.encoder import open_encoder
from assistant.generations import folder as folder_of
from assistant.generations import live_generation, writing
from assistant.passages import split
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.vectors import read_vectors
from benchmarks.plotting import growth
from benchmarks.recording import REPO, record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from assistant.datatypes import EncoderIdentity
    from assistant.encoder import SentenceEncoder

QUESTIONS = 100
BUDGET_MS = {"p50": 300.0, "p95": 600.0}
CHOICES = {
    "all": Filters(),
    "three quarters": Filters({"kind": ("artikel",)}),
    "one in fifty": Filters({"publisher": ("Zelden",)}),
}
_MAX_CHARACTERS = 40_000
_MIN_CHARACTERS = 300
_EXCHANGED = 0.1
_NOISE = 0.3
"""The length of the noise that is added to a vector of unit length; the cosine to it is then about .96."""
_BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "dt", "dd", "div", "tr", "pre", "br", "section"}
_ROFF = re.compile(r"(?m)^[.\'].*$|\\f[A-Z]|\\f\([A-Z]{2}|\\[&|]")


class MadeEncoder:
    """An Encoder whose vectors of passages are real ones with noise; questions are embedded for real."""

    def __init__(self, real: SentenceEncoder, pool: NDArray[np.float32]) -> None:
        """Draw from `pool`, shape (n, d)."""
        self._real = real
        self._pool = pool

    @property
    def identity(self) -> EncoderIdentity:
        """That of the real one: questions are its."""
        return self._real.identity

    @property
    def max_tokens(self) -> int:
        """That of the real one."""
        return self._real.max_tokens

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As the real one."""
        return self._real.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A vector of the pool and noise, chosen by the text: the same for the same text."""
        seeds = [int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) for text in texts]
        rows = self._pool[[seed % len(self._pool) for seed in seeds]]
        rng = np.random.default_rng(seeds)
        noise = rng.standard_normal(rows.shape, dtype=np.float32) * (_NOISE / rows.shape[1] ** 0.5)
        vectors = rows + noise
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """About as many as the real one would."""
        return [4 + len(text) * 2 // 7 for text in texts]


class _Text(HTMLParser):
    """The visible text of a page, a line per block."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"script", "style", "head"}
        if tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"script", "style", "head"}

    def handle_data(self, data: str) -> None:
        if self._hidden <= 0:
            self.parts.append(data)


def main(arguments: Sequence[str]) -> int:
    """Measure every size, print beside the budgets, record and plot; 1 where a budget is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--real", nargs="*", type=int, default=[1_000, 10_000])
    parser.add_argument("--made", nargs="*", type=int, default=[100_000])
    parser.add_argument("--keep", type=Path, help="keep the indexes here, and take over what they embedded")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        print(json.dumps(_measure(options)))
        return 0
    with TemporaryDirectory() as temporary:
        options.keep = options.keep or Path(temporary)
        rows = [_in_a_process(options, size) for size in sorted({*options.real, *options.made})]
    exceeded = any(
        row["passages"] and row[f"all {name} ms"] > BUDGET_MS[name] for row in rows for name in BUDGET_MS
    )
    path = record("scale", {"sizes": rows})
    series = ("all p50 ms", "all p95 ms", "memory MB", "disk MB")
    picture = growth(
        "Growth (from 100,000: made texts and vectors)" if options.made else "Growth",
        [row["passages"] for row in rows],
        {name: [row[name] for row in rows] for name in series},
    )
    path.with_suffix(".svg").write_text(picture, encoding="utf-8")
    print(path)
    return int(exceeded)


def _in_a_process(options: argparse.Namespace, size: int) -> dict[str, Any]:
    command = [
        sys.executable,
        __file__,
        *map(str, options.texts),
        "--keep",
        str(options.keep),
        "--one",
        str(size),
    ]
    command += ["--real", *map(str, options.real), "--made", *map(str, options.made)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print("  ".join(f"{name}: {value}" for name, value in row.items()), flush=True)
    return row


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    size = int(options.one)
    settings = Settings.from_env(os.environ, REPO)
    real = open_encoder(settings.encoder, settings.data_dir)
    made = size in options.made and size not in options.real
    encoder: SentenceEncoder | MadeEncoder = real
    if made:
        largest = options.keep / str(max(options.real))
        live = live_generation(largest)
        if live is None:
            raise SystemExit("Vectors are made from real ones; name a size with --real too.")
        encoder = MadeEncoder(real, np.array(read_vectors(folder_of(largest, live))))
    sources = _sources(options.texts, size, encoder, repeated=made)
    data_dir = options.keep / str(size)
    started = time.perf_counter()
    with writing(data_dir):
        built = build(sources, {}, encoder, data_dir)
    seconds = time.perf_counter() - started
    row: dict[str, Any] = {
        "passages": built.passages,
        "made": made,
        "embedded": built.embedded,
        "ingest s": round(seconds, 1),
        "passages per s": round(built.passages / seconds, 1),
        "ingest memory MB": _peak_mb(),
        "disk MB": _disk_mb(data_dir),
    }
    # Opened and asked in this process, whose highest memory is the ingest's: the present one counts.
    assistant = Assistant(encoder, data_dir)
    del sources
    started = time.perf_counter()
    assistant.warm_up()
    row["open s"] = round(time.perf_counter() - started, 2)
    row |= _times(assistant)
    row["memory MB"] = _memory_mb()
    return row


def _times(assistant: Assistant) -> dict[str, float]:
    """The time of each part of an answer, over all and with a wide and a narrow filter."""
    questions = (
        (REPO / "tests" / "questions" / "dev.jsonl").read_text(encoding="utf-8").splitlines()[:QUESTIONS]
    )
    asked = [str(json.loads(line)["question"]) for line in questions]
    found: dict[str, float] = {}
    for name, chosen in CHOICES.items():
        timings = [assistant.ask(question, chosen).timings for question in asked]
        for share in (50, 95):
            for part in ("retrieve", "total"):
                value = float(np.percentile([getattr(each, part) for each in timings], share))
                label = f"{name} p{share} ms" if part == "total" else f"{name} retrieve p{share} ms"
                found[label] = round(value, 1)
    return found


def _sources(
    folders: Sequence[Path], wanted: int, encoder: SentenceEncoder | MadeEncoder, *, repeated: bool
) -> list[Source]:
    """Sources of about `wanted` passages; `repeated` goes through the texts again, words exchanged."""
    rng = random.Random(1)
    texts = _texts(folders)
    rng.shuffle(texts)
    words = [word for text in texts[:500] for word in text.split()]
    found: list[Source] = []
    passages = 0
    for round_ in range(1_000 if repeated else 1):
        for text in texts:
            place = len(found)
            body = _exchanged(text, words, rng) if round_ else text
            source = _source(place, body)
            passages += len(split(source, encoder.count_tokens))
            found.append(source)
            if passages >= wanted:
                return found
    raise SystemExit(f"The texts give only {passages:,} passages; name more folders.")


def _source(place: int, text: str) -> Source:
    title = " ".join(text.split()[:10])
    return Source(
        id=f"t{place:07}",
        title=title,
        title_exact=True,
        publisher="Zelden" if place % 50 == 0 else "Vaak",
        authors=(),
        date="2024",
        url="",
        kind="artikel" if place % 4 else "beleid",
        places=(),
        themes=(),
        workstream=0,
        audience=(),
        language="nl",
        questions=(f"Wat staat er over {title}?",),
        entries=(Entry(title, "Vaak", "2024", ""),),
        text=text,
        digest="",
        wording="original",
    )


def _exchanged(text: str, words: Sequence[str], rng: random.Random) -> str:
    parts = re.split(r"(\s+)", text)
    for place in range(0, len(parts), 2):
        if rng.random() < _EXCHANGED:
            parts[place] = rng.choice(words)
    return "".join(parts)


def _texts(folders: Sequence[Path]) -> list[str]:
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    texts = dict.fromkeys(text for path in paths for text in _read(path))
    return list(texts)


def _read(path: Path) -> Iterator[str]:
    """The text of a file, if it is one of the known kinds and long enough."""
    name = path.name.removesuffix(".gz")
    kind = name.rpartition(".")[2]
    if kind not in {"html", "txt", "md"} and not re.fullmatch(r"[1-8]", kind):
        return
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", "replace")
    if kind == "html":
        page = _Text()
        page.feed(text)
        text = re.sub(r"[^\S\n]+", " ", "".join(page.parts))
    elif kind not in {"txt", "md"}:
        text = _ROFF.sub("", text.replace("\\-", "-"))
    text = re.sub(r"\n\s*\n\s*", "\n\n", text).strip()
    if len(text) >= _MIN_CHARACTERS:
        yield text[:_MAX_CHARACTERS]


def _peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _memory_mb() -> int:
    """What the process holds now, memory-mapped files that were read included."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024)  # type: ignore[index]


def _disk_mb(folder: Path) -> float:
    live = live_generation(folder)
    parts = folder_of(folder, live).rglob("*") if live else ()
    return round(sum(path.stat().st_size for path in parts if path.is_file()) / 1e6, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
