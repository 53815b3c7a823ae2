"""Words in tantivy: which documents share tokens with a question, by BM25.

Tokens come ready: this module neither folds nor stems nor splits anything, and knows no language. An index is
built whole and then only read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import tantivy

from assistant.errors import IndexError_

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

PASSAGE_FIELDS = ("body", "grams", "title")
NOTE_FIELDS = ("note", "note_grams", "asked", "asked_grams", "questions")
"""Of whole notes: what they say, what they are asked for, and the questions of their editor among that.

They have an index of their own, since BM25 weighs a word by how many documents there are, and by how long
those are on average."""

_TOKENIZER = "tokens"
_WRITER_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class WordDocument:
    """What is indexed of a passage or a note: its tokens per field of it, none with white space inside."""

    id: str
    source_id: str
    fields: Mapping[str, Sequence[str]]


def build(folder: Path, documents: Iterable[WordDocument]) -> None:
    """Write an index of `documents` into `folder`, which is made; their order breaks ties of score.

    Raises:
        IndexError_: the files cannot be written.
    """
    try:
        folder.mkdir(parents=True)
        index = tantivy.Index(_schema(), path=str(folder))
        _register(index)
        # One thread fills one segment after another in the order given: the same documents give the same
        # order of hits.
        writer = index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        for document in documents:
            fields = {name: " ".join(tokens) for name, tokens in document.fields.items()}
            writer.add_document(tantivy.Document(id=document.id, source_id=document.source_id, **fields))
        writer.commit()
        writer.wait_merging_threads()
    except (OSError, ValueError) as error:
        raise IndexError_(f"The word index in {folder} could not be written: {error}.") from error


class WordIndex:
    """A full-text index that `build` wrote, read-only; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`.

        Raises:
            IndexError_: there is none, or it is damaged.
        """
        try:
            index = tantivy.Index.open(str(folder))
            _register(index)
            index.config_reader("manual")  # it never changes: no thread that watches the files
            self._searcher = index.searcher()
        except (OSError, ValueError) as error:
            raise IndexError_(f"The word index in {folder} cannot be read: {error}.") from error
        self._schema = index.schema
        # The fields of one question are searched one after the other, all with the same choice of sources.
        self._choice: tuple[frozenset[str], tantivy.Query] | None = None

    def __len__(self) -> int:
        """How many documents it holds."""
        return self._searcher.num_docs

    def document_frequency(self, field: str, term: str) -> int:
        """In how many documents `field` holds the token `term`."""
        return self._searcher.doc_freq(field, term) if _is_unicode(term) else 0

    def search(
        self, terms: Mapping[str, Mapping[str, float]], k: int, source_ids: Collection[str] | None
    ) -> list[tuple[str, float]]:
        """The best `k` documents that hold at least one term, as (id, score), best first, ties by id.

        Args:
            terms: field → token → weight (above 0).
            k: how many at most.
            source_ids: only documents of these sources; None for all. It excludes, and leaves every score as
                it is.

        Returns:
            Scores above 0: the sum over the terms of weight * BM25 (k1 = 1.2, b = 0.75; Robertson & Zaragoza
            2009, "The Probabilistic Relevance Framework"), with document frequencies over all documents.
        """
        wanted = list(self._term_queries(terms))
        if not wanted or k < 1 or (source_ids is not None and not source_ids):
            return []
        query = tantivy.Query.boolean_query(wanted)
        if source_ids is not None:
            unscored = self._of_sources(source_ids)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, unscored), (tantivy.Occur.Must, query)])
        found = self._searcher.search(query, limit=k, count=False).hits
        hits = [(str(self._searcher.doc(address)["id"][0]), float(score)) for score, address in found]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def _of_sources(self, source_ids: Collection[str]) -> tantivy.Query:
        """A query for the documents of some sources, without a score; the latest is kept."""
        latest = self._choice
        if latest and latest[0] is source_ids:
            return latest[1]
        allowed = tantivy.Query.term_set_query(self._schema, "source_id", sorted(source_ids))
        unscored = tantivy.Query.const_score_query(allowed, 0.0)
        if isinstance(source_ids, frozenset):  # nothing else can be relied on to stay as it is
            self._choice = (source_ids, unscored)
        return unscored

    def _term_queries(
        self, terms: Mapping[str, Mapping[str, float]]
    ) -> Iterator[tuple[tantivy.Occur, tantivy.Query]]:
        for field, weights in terms.items():
            for term, weight in weights.items():
                if _is_unicode(term):
                    query = tantivy.Query.term_query(self._schema, field, term, index_option="freq")
                    yield tantivy.Occur.Should, tantivy.Query.boost_query(query, weight)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("source_id", tokenizer_name="raw", index_option="basic")
    for name in PASSAGE_FIELDS + NOTE_FIELDS:
        builder.add_text_field(name, tokenizer_name=_TOKENIZER, index_option="freq")
    return builder.build()


def _register(index: tantivy.Index) -> None:
    """Tell tantivy how fields are cut; it forgets at every open."""
    index.register_tokenizer(_TOKENIZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())


def _is_unicode(term: str) -> bool:
    """False for half a surrogate pair, which a question may hold and no index can."""
    return not any("\ud800" <= character <= "\udfff" for character in term)
