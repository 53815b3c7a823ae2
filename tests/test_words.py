"""The word index: BM25 over tokens as they are, exact filters, a fixed order."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import IndexError_
from assistant.words import WordDocument, WordIndex, build

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def document(id_: str, body: str = "", source_id: str = "s", **fields: str) -> WordDocument:
    return WordDocument(
        id_, source_id, {name: text.split() for name, text in {"body": body, **fields}.items()}
    )


def index_of(folder: Path, documents: Sequence[WordDocument]) -> WordIndex:
    build(folder / "words", documents)
    return WordIndex(folder / "words")


def bm25(documents: Sequence[WordDocument], field: str, weights: Mapping[str, float]) -> dict[str, float]:
    """The textbook formula with tantivy's constants; it keeps lengths of up to 40 tokens exactly."""
    texts = {item.id: list(item.fields.get(field, ())) for item in documents}
    mean = sum(len(tokens) for tokens in texts.values()) / len(texts)
    scores: dict[str, float] = {}
    for term, weight in weights.items():
        holding = sum(term in tokens for tokens in texts.values())
        rarity = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
        for id_, tokens in texts.items():
            if term in tokens:
                often = tokens.count(term)
                length = 1.2 * (1 - 0.75 + 0.75 * len(tokens) / mean)
                scores[id_] = scores.get(id_, 0.0) + weight * rarity * often * 2.2 / (often + length)
    return scores


def test_scores_are_weighted_bm25(tmp_path: Path) -> None:
    documents = [document("a", "tocht tocht ketel"), document("b", "ketel buurt geld"), document("c", "geld")]
    weights = {"tocht": 2.0, "ketel": 0.5}
    found = index_of(tmp_path, documents).search({"body": weights}, 10, None)
    expected = bm25(documents, "body", weights)
    assert [id_ for id_, _ in found] == ["a", "b"]
    assert dict(found) == pytest.approx(expected, rel=1e-5)


def test_fields_add_up_and_stay_apart(tmp_path: Path) -> None:
    documents = [
        document("a", "tocht", title="ketel"),
        document("b", "ketel", title="tocht"),
        document("c", "x"),
    ]
    index = index_of(tmp_path, documents)
    assert [id_ for id_, _ in index.search({"body": {"tocht": 1.0}}, 10, None)] == ["a"]
    both = dict(index.search({"body": {"tocht": 1.0}, "title": {"ketel": 1.0}}, 10, None))
    parts = bm25(documents, "body", {"tocht": 1.0})["a"] + bm25(documents, "title", {"ketel": 1.0})["a"]
    assert both == pytest.approx({"a": parts}, rel=1e-5)
    assert index.document_frequency("body", "tocht") == 1
    assert index.document_frequency("title", "geld") == 0
    assert len(index) == 3


def test_a_filter_excludes_and_leaves_scores_alone(tmp_path: Path) -> None:
    documents = [document(f"{source}#{n}", "tocht " * n, source) for source in "pqr" for n in (1, 2, 3)]
    index = index_of(tmp_path, documents)
    terms = {"body": {"tocht": 1.0}}
    everything = dict(index.search(terms, 10, None))
    chosen = index.search(terms, 10, {"p", "r", "unknown"})
    assert {id_ for id_, _ in chosen} == {f"{source}#{n}" for source in "pr" for n in (1, 2, 3)}
    assert dict(chosen) == {id_: everything[id_] for id_, _ in chosen}
    assert index.search(terms, 10, set()) == []


def test_equal_scores_are_ordered_by_id(tmp_path: Path) -> None:
    index = index_of(tmp_path, [document(id_, "tocht") for id_ in "dbca"])
    assert [id_ for id_, _ in index.search({"body": {"tocht": 1.0}}, 10, None)] == ["a", "b", "c", "d"]


def test_tokens_are_taken_as_they_are(tmp_path: Path) -> None:
    index = index_of(tmp_path, [document("a", "De_ _de c++ 4.500 (x) AND title:tocht é")])
    for token in ("De_", "_de", "c++", "4.500", "(x)", "AND", "title:tocht", "é"):
        assert index.search({"body": {token: 1.0}}, 1, None), token
    assert index.search({"body": {"de_": 1.0, "4": 1.0, "tocht": 1.0}}, 1, None) == []


def test_strange_questions_find_nothing_and_raise_nothing(tmp_path: Path) -> None:
    index = index_of(tmp_path, [document("a", "tocht")])
    for term in ("\ud800", "\x00", "", "x" * 1_000_000, "\ufdfa"):
        assert index.search({"body": {term: 1.0}}, 5, None) == []
        assert index.document_frequency("body", term) == 0
    assert index.search({}, 5, None) == []
    assert index.search({"body": {}}, 5, None) == []
    assert index.search({"body": {"tocht": 1.0}}, 0, None) == []


def test_strange_documents_are_indexed(tmp_path: Path) -> None:
    index = index_of(
        tmp_path, [WordDocument("a", "s", {"body": ["x" * 100_000, "tocht"]}), WordDocument("b", "s", {})]
    )
    assert len(index) == 2
    assert [id_ for id_, _ in index.search({"body": {"tocht": 1.0}}, 5, None)] == ["a"]


def test_threads_share_an_index(tmp_path: Path) -> None:
    index = index_of(
        tmp_path, [document(str(n), f"tocht w{n % 7} w{n % 5}", f"s{n % 3}") for n in range(300)]
    )
    terms = {"body": {f"w{n}": 1.0 for n in range(7)}}
    alone = index.search(terms, 50, {"s0", "s2"})
    with ThreadPoolExecutor(8) as pool:
        assert all(
            found == alone for found in pool.map(lambda _: index.search(terms, 50, {"s0", "s2"}), range(64))
        )


def test_a_missing_or_damaged_index_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexError_, match="cannot be read"):
        WordIndex(tmp_path / "nowhere")
    build(tmp_path / "words", [document("a", "tocht")])
    (tmp_path / "words" / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexError_, match="cannot be read"):
        WordIndex(tmp_path / "words")


def test_an_index_is_never_written_twice(tmp_path: Path) -> None:
    build(tmp_path / "words", [document("a", "tocht")])
    with pytest.raises(IndexError_, match="could not be written"):
        build(tmp_path / "words", [document("b", "tocht")])


TOKENS = st.lists(st.sampled_from("abcdef"), max_size=12)


@settings(max_examples=25, deadline=None)
@given(
    bodies=st.lists(st.tuples(TOKENS, TOKENS, st.sampled_from("pqr")), min_size=1, max_size=12),
    weights=st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from([0.25, 1.0, 3.0]), min_size=1),
    k=st.integers(1, 15),
    chosen=st.none() | st.sets(st.sampled_from("pqr")),
)
def test_search_is_what_the_formula_says(
    tmp_path_factory: pytest.TempPathFactory,
    bodies: list[tuple[list[str], list[str], str]],
    weights: dict[str, float],
    k: int,
    chosen: set[str] | None,
) -> None:
    documents = [
        WordDocument(f"{place:02d}", source, {"body": body, "grams": grams})
        for place, (body, grams, source) in enumerate(bodies)
    ]
    found = index_of(tmp_path_factory.mktemp("index"), documents).search(
        {"body": weights, "grams": weights}, k, chosen
    )
    expected: dict[str, float] = {}
    for field in ("body", "grams"):
        for id_, score in (
            bm25(documents, field, weights).items() if any(d.fields[field] for d in documents) else ()
        ):
            expected[id_] = expected.get(id_, 0.0) + score
    allowed = {
        item.id: expected[item.id]
        for item in documents
        if item.id in expected and (chosen is None or item.source_id in chosen)
    }
    assert len(found) == min(k, len(allowed))
    assert dict(found) == pytest.approx({id_: allowed[id_] for id_, _ in found}, rel=1e-4)
    best = sorted(allowed.values(), reverse=True)[:k]
    assert [score for _, score in found] == pytest.approx(best, rel=1e-4)
