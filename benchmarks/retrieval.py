"""The product's retrieval beside the tutorial pipeline, BM25 with Dutch stemming and dense alone, in one run.

    python benchmarks/retrieval.py [FOLDER…] [--cache DIR]

It asks the dev questions (the relevant note first, or among the first five) and the data sets in BEIR layout
(corpus.jsonl, queries.jsonl, qrels.tsv) in the folders named. Where none is named, those beside the
repository are taken if they are there. All use the same encoder, and dense and BM25 the product's passages:

- assistant: `assistant.retrieval`, a document scoring as its best passage;
- tutorial: RecursiveCharacterTextSplitter 1000/200 and Chroma as it comes;
- stemmed BM25: the words of title, headings and passage without stop words, stemmed by Snowball's
  `dutch_porter`; k1 = 1.2, b = 0.75;
- dense: the cosine of the passage.

Differences are to the better baseline of the same run, with a 95 % interval by bootstrap over the questions.
With --cache, what was embedded in an earlier run is taken over. Latencies include embedding the question.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

import chromadb
import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant import beir, retrieval, sources
from assistant.building import build
from assistant.dutch import analyse
from assistant.encoder import open_encoder
from assistant.generations import writing
from assistant.index import open_live
from assistant.passages import note_title, plain
from assistant.settings import Settings
from benchmarks.metrics import interval, ndcg, recall, reciprocal_rank
from benchmarks.plotting import bars
from benchmarks.recording import REPO, record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from assistant.datatypes import Encoder
    from assistant.index import Index

    Floats = NDArray[np.float64]
    Search = Callable[[str], list[str]]
    """A question → ids of documents, best first, each once."""

DEPTH = 100
BEIR_FOLDERS = (REPO.parent / "shared" / "benchmark" / "vac", REPO.parent / "shared" / "benchmark" / "etm")
OURS = "assistant"
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Task:
    """Documents in an index, questions, and per question which documents answer it (id → gain)."""

    name: str
    index: Index
    texts: Mapping[str, str]
    names: Mapping[str, str]
    questions: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, int]]


def main(arguments: Sequence[str]) -> int:
    """Measure, print tables, record figures and plot; 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args(arguments)
    settings = Settings.from_env(os.environ, REPO)
    encoder = open_encoder(settings.encoder, settings.data_dir)
    figures: dict[str, Any] = {}
    with TemporaryDirectory() as temporary:
        place = options.cache or Path(temporary)
        for make in (_notes, *map(_collection, options.folders or filter(Path.is_dir, BEIR_FOLDERS))):
            task = make(encoder, place)
            figures[task.name] = _compare(task, encoder, place)
            _print(task.name, figures[task.name])
    path = record("retrieval", figures)
    series = {
        name: {system: each["ndcg@10"] for system, each in found["systems"].items()}
        for name, found in figures.items()
    }
    path.with_suffix(".svg").write_text(bars("nDCG@10", series), encoding="utf-8")
    print(path)
    return 0


def _notes(encoder: Encoder, place: Path) -> Task:
    """The shipped notes and the dev questions that they answer."""
    notes = [sources.load(path) for path in sources.find_files([REPO / "corpus"])]
    with writing(place / "notes"):
        build(notes, {}, encoder, place / "notes")
    lines = (REPO / "tests" / "questions" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    asked = {line["id"]: line for line in map(json.loads, lines) if line.get("relevant")}
    return Task(
        name="dev",
        index=open_live(place / "notes", encoder.identity),
        texts={note.id: f"{note_title(note)}\n\n{plain(note.text)}" for note in notes},
        names={note.id: note.id for note in notes},
        questions={id_: line["question"] for id_, line in asked.items()},
        relevant={id_: dict.fromkeys(line["relevant"], 1) for id_, line in asked.items()},
    )


def _collection(folder: Path) -> Callable[[Encoder, Path], Task]:
    """A data set in BEIR layout with its judgements."""

    def make(encoder: Encoder, place: Path) -> Task:
        data_set = beir.read(folder)
        index = beir.build(data_set, encoder, place / folder.name)
        relevant: dict[str, dict[str, int]] = {}
        for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            question, document, gain = line.split("\t")
            if int(gain) > 0:
                relevant.setdefault(question, {})[document] = int(gain)
        return Task(
            name=folder.name,
            index=index,
            texts={item.id: f"{item.title}\n\n{item.text}".strip() for item in data_set.documents},
            names=dict(zip(index.sources, (item.id for item in data_set.documents), strict=True)),
            questions={item.id: item.text for item in data_set.questions if item.id in relevant},
            relevant=relevant,
        )

    return make


def _compare(task: Task, encoder: Encoder, place: Path) -> dict[str, Any]:
    systems: dict[str, Search] = {
        OURS: _product(task, encoder),
        "tutorial": _tutorial(task, encoder, place),
        "stemmed BM25": _stemmed(task),
        "dense": _dense(task, encoder),
    }
    ndcgs: dict[str, Floats] = {}
    found: dict[str, Any] = {}
    for name, search in systems.items():
        runs, times = _run(task, search)
        ndcgs[name] = np.array([ndcg(runs[id_], task.relevant[id_], 10) for id_ in runs])
        found[name] = _figures(task, runs, times)
    best = max((name for name in systems if name != OURS), key=lambda name: found[name]["ndcg@10"])
    simple = max(("stemmed BM25", "dense"), key=lambda name: found[name]["ndcg@10"])
    differences = {
        name: {
            "points": round(100 * float((ndcgs[OURS] - ndcgs[name]).mean()), 2),
            "interval": [round(100 * end, 2) for end in interval(ndcgs[OURS] - ndcgs[name])],
        }
        for name in dict.fromkeys((simple, best))
    }
    counts = {
        "questions": len(task.questions),
        "documents": len(task.texts),
        "passages": task.index.passage_count,
    }
    task.index.close()
    return {**counts, "systems": found, "difference": differences}


def _run(task: Task, search: Search) -> tuple[dict[str, list[str]], list[float]]:
    runs: dict[str, list[str]] = {}
    times: list[float] = []
    search(next(iter(task.questions.values())))  # what is loaded at the first question is not its time
    for id_, question in task.questions.items():
        started = time.perf_counter()
        runs[id_] = search(question)
        times.append((time.perf_counter() - started) * 1e3)
    return runs, times


def _figures(task: Task, runs: Mapping[str, list[str]], times: list[float]) -> dict[str, float]:
    scored = [(ranked, task.relevant[id_]) for id_, ranked in runs.items()]
    figures = {
        "ndcg@10": [ndcg(ranked, wanted, 10) for ranked, wanted in scored],
        "recall@5": [recall(ranked, wanted, 5) for ranked, wanted in scored],
        "recall@20": [recall(ranked, wanted, 20) for ranked, wanted in scored],
        "mrr": [reciprocal_rank(ranked, wanted) for ranked, wanted in scored],
        "first": [float(bool({*ranked[:1]} & wanted.keys())) for ranked, wanted in scored],
        "top 5": [float(bool({*ranked[:5]} & wanted.keys())) for ranked, wanted in scored],
    }
    latency = {f"p{share}_ms": round(float(np.percentile(times, share)), 1) for share in (50, 95)}
    return {name: round(float(np.mean(values)), 4) for name, values in figures.items()} | latency


def _product(task: Task, encoder: Encoder) -> Search:
    def search(question: str) -> list[str]:
        hits = retrieval.search(task.index, retrieval.read(question, encoder), task.index.passage_count)
        return _documents([task.names[hit.passage.source_id] for hit in hits])

    return search


def _tutorial(task: Task, encoder: Encoder, place: Path) -> Search:
    splitter = RecursiveCharacterTextSplitter(chunk_size=1_000, chunk_overlap=200)
    chunks = [(id_, chunk) for id_, text in task.texts.items() for chunk in splitter.split_text(text)]
    vectors = _encoded([chunk for _, chunk in chunks], encoder, place / f"tutorial-{task.name}.npz")
    client = chromadb.EphemeralClient()
    collection = client.create_collection(f"tutorial-{task.name}", embedding_function=None)
    for start in range(0, len(chunks), _BATCH):
        part = slice(start, start + _BATCH)
        collection.add(
            ids=[str(row) for row in range(start, min(start + _BATCH, len(chunks)))],
            embeddings=cast("Any", vectors[part]),
            documents=[chunk for _, chunk in chunks[part]],
            metadatas=[{"document": id_} for id_, _ in chunks[part]],
        )

    def search(question: str) -> list[str]:
        vector = encoder.encode_queries([question])
        found = collection.query(query_embeddings=cast("Any", vector), n_results=min(DEPTH, len(chunks)))
        return _documents([str(meta["document"]) for meta in (found["metadatas"] or [[]])[0]])

    return search


def _dense(task: Task, encoder: Encoder) -> Search:
    ids = [id_ for listed in task.index.passage_ids.values() for id_ in listed]
    matrix = task.index.vectors(ids)
    documents = _owners(task, ids)

    def search(question: str) -> list[str]:
        order = np.argsort(-(matrix @ encoder.encode_queries([question])[0]), kind="stable")
        return _documents([documents[row] for row in order])

    return search


def _stemmed(task: Task) -> Search:
    ids = [id_ for listed in task.index.passage_ids.values() for id_ in listed]
    documents = _owners(task, ids)
    bags = []
    for passage in task.index.passages(ids):
        source = task.index.sources[passage.source_id]
        text = source.text[passage.start : passage.end]
        bags.append(Counter(analyse(" ".join((source.title, *passage.heading, plain(text)))).stems))
    lengths = np.array([bag.total() for bag in bags], dtype=float)
    norms = 1.2 * (0.25 + 0.75 * lengths / lengths.mean())
    postings: dict[str, list[tuple[int, int]]] = {}
    for row, bag in enumerate(bags):
        for stem, count in bag.items():
            postings.setdefault(stem, []).append((row, count))

    def search(question: str) -> list[str]:
        scores = np.zeros(len(bags))
        for stem in set(analyse(question).stems) & postings.keys():
            rows, counts = np.array(postings[stem]).T
            idf = np.log(1 + (len(bags) - len(rows) + 0.5) / (len(rows) + 0.5))
            scores[rows] += idf * 2.2 * counts / (counts + norms[rows])
        order = np.argsort(-scores, kind="stable")
        return _documents([documents[row] for row in order if scores[row] > 0])

    return search


def _owners(task: Task, passage_ids: Sequence[str]) -> list[str]:
    return [task.names[id_.rpartition("#")[0]] for id_ in passage_ids]


def _documents(found: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(found))[:DEPTH]


def _encoded(texts: list[str], encoder: Encoder, kept: Path) -> NDArray[np.float32]:
    """The vectors of `texts`, shape (n, d); those of the very same texts are taken from the file `kept`."""
    if kept.exists():
        with np.load(kept) as file:
            if file["texts"].tolist() == texts:
                return np.asarray(file["vectors"], dtype=np.float32)
    vectors = np.concatenate(
        [encoder.encode_passages(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
    )
    np.savez(kept, texts=np.array(texts), vectors=vectors)
    return vectors


def _print(name: str, figures: Mapping[str, Any]) -> None:
    print(
        f"\n{name}:", ", ".join(f"{figures[what]} {what}" for what in ("questions", "documents", "passages"))
    )
    columns = list(figures["systems"][OURS])
    print(" " * 14 + "".join(f"{column:>10}" for column in columns))
    for system, values in figures["systems"].items():
        print(f"{system:14}" + "".join(f"{values[column]:>10}" for column in columns))
    for other, found in figures["difference"].items():
        low, high = found["interval"]
        print(f"nDCG@10 over {other}: {found['points']:+.2f} points (95 %: {low:+.2f} to {high:+.2f})")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
