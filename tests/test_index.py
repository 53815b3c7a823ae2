"""The index as retrieval sees it, on generations that were really built."""

from __future__ import annotations

import gc
import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import generations, passages
from assistant.building import build
from assistant.errors import IndexError_, IndexMismatchError, IndexMissingError
from assistant.index import Index, open_live
from tests.fakes import FakeEncoder
from tests.samples import WORDS, body_of, make_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from assistant.datatypes import Source

ENCODER = FakeEncoder()


def sources_in(folder: Path, count: int = 4) -> list[Source]:
    names = [f"wijk-{number:02d}" for number in range(1, count + 1)]
    return [
        make_source(folder, name, body_of(name), (f"Wat deed {name}?", "Wie hielp er?")) for name in names
    ]


def build_in(data_dir: Path, sources: Sequence[Source], encoder: FakeEncoder = ENCODER) -> str:
    with generations.writing(data_dir):
        return build(sources, {}, encoder, data_dir).generation


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> list[Source]:
    return sources_in(tmp_path_factory.mktemp("notes"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, notes: list[Source]) -> Path:
    """A data directory with a live generation of `notes`; nobody may change it."""
    data_dir = tmp_path_factory.mktemp("data")
    build_in(data_dir, notes)
    return data_dir


@pytest.fixture(scope="module")
def index(built: Path) -> Iterator[Index]:
    opened = open_live(built, ENCODER.identity)
    yield opened
    opened.close()


def query(text: str) -> NDArray[np.float32]:
    vector: NDArray[np.float32] = ENCODER.encode_queries([text])[0]
    return vector


def test_it_holds_the_sources_and_their_passages(index: Index, notes: list[Source]) -> None:
    assert list(index.sources.values()) == notes
    for source in notes:
        expected = passages.split(source, ENCODER.count_tokens)
        assert tuple(index.passage_ids[source.id]) == tuple(passage.id for passage in expected)
        assert index.passages(index.passage_ids[source.id]) == list(expected)


def test_passages_come_in_the_order_asked(index: Index) -> None:
    ids = [*reversed(index.passage_ids["wijk-02"]), "wijk-01#1", "wijk-02#1"]
    assert [passage.id for passage in index.passages(ids)] == ids
    assert index.passages([]) == []
    with pytest.raises(KeyError):
        index.passages(["wijk-01#1", "wijk-01#99"])


def test_vectors_are_those_of_the_embedded_texts(index: Index, notes: list[Source]) -> None:
    for source in notes:
        for passage in index.passages(index.passage_ids[source.id]):
            embedded = ENCODER.encode_passages([passages.embedded_text(source, passage)])
            assert np.array_equal(index.vectors([passage.id, passage.id]), np.vstack([embedded, embedded]))
            statements = ENCODER.encode_passages(list(passages.statement_texts(source, passage)))
            assert np.array_equal(index.statement_vectors(passage.id), statements)
    with pytest.raises(KeyError):
        index.statement_vectors("nowhere#1")


def test_a_passage_is_nearest_to_its_own_vector(index: Index, notes: list[Source]) -> None:
    for source in notes:
        for id_ in index.passage_ids[source.id]:
            for chosen in (None, [source.id], list(index.sources)):
                best, similarity = index.dense(index.vectors([id_])[0], 1, chosen)[0]
                assert best == id_
                assert similarity == pytest.approx(1.0, abs=1e-5)


def test_similarities_are_cosines_from_minus_one_to_one(index: Index) -> None:
    vector = -index.vectors(["wijk-01#1"])[0]
    scores = dict(index.dense(vector, 1_000, None))
    assert len(scores) == sum(len(ids) for ids in index.passage_ids.values())
    assert scores["wijk-01#1"] == pytest.approx(-1.0, abs=1e-5)


def test_nothing_is_found_where_nothing_is_asked_for(index: Index) -> None:
    assert index.dense(query("tocht"), 0, None) == []
    assert index.dense(query("tocht"), 5, []) == []
    assert index.dense(query("tocht"), 5, ["nowhere"]) == []
    assert index.questions(query("tocht"), []) == {}
    assert index.words({"body": {"tocht": 1.0}}, 5, []) == []


def test_questions_give_the_best_of_each_source(index: Index, notes: list[Source]) -> None:
    vector = query("Wat deed wijk-03?")
    expected = {n.id: float((ENCODER.encode_queries(list(n.questions)) @ vector).max()) for n in notes}
    assert index.questions(vector, None) == pytest.approx(expected, abs=1e-6)
    assert max(expected, key=expected.__getitem__) == "wijk-03"
    assert index.questions(vector, ["wijk-02", "nowhere"]).keys() == {"wijk-02"}


def test_sources_without_questions_have_no_question_score(tmp_path: Path) -> None:
    some = [
        make_source(tmp_path, "a", body_of("a"), ("Wat is a?",)),
        make_source(tmp_path, "b", body_of("b")),
    ]
    build_in(tmp_path / "data", some)
    assert open_live(tmp_path / "data", ENCODER.identity).questions(query("a"), None).keys() == {"a"}


def test_words_find_passages_by_their_tokens(index: Index) -> None:
    found = index.words({"body": {WORDS[0]: 1.0}}, 10, ["wijk-02"])
    assert {id_.partition("#")[0] for id_, _ in found} == {"wijk-02"}
    assert index.document_frequency("body", WORDS[0]) == 4


def test_an_index_of_one_short_note(tmp_path: Path) -> None:
    build_in(tmp_path / "data", [make_source(tmp_path, "kort", "Tochtstrips helpen tegen kou.\n")])
    short = open_live(tmp_path / "data", ENCODER.identity)
    assert [id_ for id_, _ in short.dense(query("tocht"), 5, None)] == ["kort#1"]
    assert short.statement_vectors("kort#1").shape == (1, 64)


def test_all_equal_passages_are_found(tmp_path: Path) -> None:
    """Chroma's graph does not reach all of many equal vectors; the index must."""
    same = make_source(tmp_path, "gelijk", "## Kop\nOveral staat precies hetzelfde.\n\n" * 600)
    build_in(tmp_path / "data", [same])
    index = open_live(tmp_path / "data", ENCODER.identity)
    assert [id_ for id_, _ in index.dense(query("gelijk"), 700, None)] == sorted(index.passage_ids["gelijk"])
    assert len(index.passage_ids["gelijk"]) == 600


SENTENCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)


@settings(max_examples=12, deadline=None)
@given(
    bodies=st.lists(SENTENCES, min_size=1, max_size=10), asked=SENTENCES, k=st.integers(1, 12), data=st.data()
)
def test_dense_is_what_comparing_all_would_give(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[str], asked: str, k: int, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("dense")
    names = [f"n{place}" for place in range(len(bodies))]
    texts = [f"{body.capitalize()}.\n\n## Tweede\n{body[::-1]}.\n" for body in bodies]
    build_in(folder / "data", [make_source(folder, *pair) for pair in zip(names, texts, strict=True)])
    index = open_live(folder / "data", ENCODER.identity)
    chosen = data.draw(st.none() | st.sets(st.sampled_from(names)))
    found = index.dense(query(asked), k, chosen)
    allowed = [id_ for name in names if chosen is None or name in chosen for id_ in index.passage_ids[name]]
    truth = (
        dict(zip(allowed, (index.vectors(allowed) @ query(asked)).tolist(), strict=True)) if allowed else {}
    )
    index.close()
    shutil.rmtree(folder)
    assert len({id_ for id_, _ in found}) == len(found) == min(k, len(allowed))
    assert dict(found) == pytest.approx({id_: truth[id_] for id_, _ in found}, abs=1e-5)
    assert [score for _, score in found] == pytest.approx(sorted(truth.values(), reverse=True)[:k], abs=1e-5)


def test_threads_share_an_index(index: Index) -> None:
    def ask(number: int) -> object:
        word = WORDS[number % 4]
        found = index.dense(query(word), 3, None if number % 2 else ["wijk-01", "wijk-03"])
        worded = index.words({"body": {word: 1.0}}, 3, None)
        return found, worded, index.passages([id_ for id_, _ in found]), index.questions(query(word), None)

    alone = [ask(number) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, list(range(8)) * 8)) == alone * 8


def test_no_index_yet(tmp_path: Path) -> None:
    assert generations.live_generation(tmp_path / "nowhere") is None
    with pytest.raises(IndexMissingError, match=r"run `python ingest\.py`"):
        open_live(tmp_path / "nowhere", ENCODER.identity)
    assert not (tmp_path / "nowhere").exists()


def test_another_encoder_is_told_with_both_names(built: Path) -> None:
    with pytest.raises(
        IndexMismatchError, match=r"with the encoder fake .* not with other .*`python ingest\.py`"
    ):
        open_live(built, FakeEncoder("other").identity)


def _edit(manifest: Path, change: Callable[[dict[str, object]], object]) -> None:
    raw = json.loads(manifest.read_text(encoding="utf-8"))
    change(raw)
    manifest.write_text(json.dumps(raw), encoding="utf-8")


@pytest.fixture
def live(tmp_path: Path, built: Path) -> Path:
    """A copy of `built` that may be damaged: its data directory."""
    shutil.copytree(built, tmp_path / "data")
    return tmp_path / "data"


def folder_of(data_dir: Path) -> Path:
    name = generations.live_generation(data_dir)
    assert name is not None
    return generations.folder(data_dir, name)


def test_another_format_or_analysis_is_told(live: Path) -> None:
    manifest = folder_of(live) / "manifest.json"
    _edit(manifest, lambda raw: raw["recipe"].update(analysis=-1))  # type: ignore[attr-defined]
    with pytest.raises(IndexMismatchError, match="another version of this program"):
        open_live(live, ENCODER.identity)
    _edit(manifest, lambda raw: raw.update(format=999))
    with pytest.raises(IndexMismatchError, match="another version of this program"):
        open_live(live, ENCODER.identity)


@pytest.mark.parametrize(
    "name", ["manifest.json", "sources.jsonl", "vectors.npy", "words/meta.json", "chroma/chroma.sqlite3"]
)
@pytest.mark.parametrize("content", [b"", b"{}\n", b"\xff\x00 not what it was"])
def test_a_damaged_file_is_told_with_the_remedy(live: Path, name: str, content: bytes) -> None:
    (folder_of(live) / name).write_bytes(content)
    with pytest.raises(IndexError_, match=r"remove that folder and run `python ingest\.py`"):
        open_live(live, ENCODER.identity)


def test_parts_of_different_generations_are_told(live: Path, tmp_path: Path, notes: list[Source]) -> None:
    build_in(tmp_path / "other", notes[:2])
    shutil.rmtree(folder_of(live) / "words")
    shutil.copytree(folder_of(tmp_path / "other") / "words", folder_of(live) / "words")
    with pytest.raises(IndexError_, match="do not agree"):
        open_live(live, ENCODER.identity)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"../../etc", b"000009-00000000\n"])
def test_a_pointer_to_nothing_is_no_index(live: Path, content: bytes) -> None:
    (live / "CURRENT").write_bytes(content)
    assert generations.live_generation(live) is None


def test_the_pointer_is_the_name_of_the_generation(built: Path) -> None:
    (folder,) = (built / "generations").iterdir()
    assert (built / "CURRENT").read_bytes() == f"{folder.name}\n".encode()
    assert generations.live_generation(built) == folder.name


def test_an_open_generation_answers_on_after_a_switch(tmp_path: Path, notes: list[Source]) -> None:
    data_dir = tmp_path / "data"
    first = build_in(data_dir, notes)
    old = open_live(data_dir, ENCODER.identity)
    before = old.dense(query("tocht"), 5, None), old.words({"body": {"tocht": 1.0}}, 5, None)
    second = build_in(data_dir, notes[:1])
    new = open_live(data_dir, ENCODER.identity)
    assert (old.generation, new.generation) == (first, second) != (second, first)
    assert list(new.sources) == ["wijk-01"]
    assert (old.dense(query("tocht"), 5, None), old.words({"body": {"tocht": 1.0}}, 5, None)) == before
    assert old.passages(["wijk-04#1"])


def test_only_the_live_generation_and_the_one_before_are_kept(tmp_path: Path, notes: list[Source]) -> None:
    names = [build_in(tmp_path, notes[:1]) for _ in range(4)]
    assert sorted(path.name for path in (tmp_path / "generations").iterdir()) == names[-2:]
    assert len(set(names)) == 4


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files by /proc")
def test_dropping_an_index_releases_its_files(live: Path) -> None:
    def held() -> list[str]:
        gc.collect()
        mapped = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
        opened = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()]
        return [line for line in [*mapped, *opened] if str(live) in line]

    for _ in range(5):
        opened = open_live(live, ENCODER.identity)
        opened.dense(query("tocht"), 5, None)
        assert held()
        del opened
    # SQLite's connections are closed in the background.
    for _ in range(100):
        if not held():
            break
        time.sleep(0.1)
    assert held() == []
