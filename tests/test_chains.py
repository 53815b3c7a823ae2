"""The joint to LangChain, by LangChain's own standard suites and by what they do not ask."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda, RunnableParallel
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_tests.integration_tests import EmbeddingsIntegrationTests, RetrieversIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from assistant import filters
from assistant.chains import EncoderEmbeddings, PassageRetriever, answer_runnable
from assistant.datatypes import Answer, Filters, Timings
from assistant.errors import BadUseError, IndexMissingError
from assistant.pipeline import Assistant
from tests.fakes import FakeEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from assistant.encoder import SentenceEncoder

QUESTION = "Wat helpt tegen energiearmoede?"
TRANSVAAL = "Wat doet de sociaal projectleider in Transvaal?"


class TestEmbeddingsUnit(EmbeddingsUnitTests):
    @property
    def embeddings_class(self) -> type[EncoderEmbeddings]:
        return EncoderEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"encoder": FakeEncoder()}


class TestEmbeddings(EmbeddingsIntegrationTests):
    @property
    def embeddings_class(self) -> type[EncoderEmbeddings]:
        return EncoderEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"encoder": FakeEncoder()}


class TestRealEmbeddings(EmbeddingsIntegrationTests):
    @pytest.fixture(autouse=True)
    def _take(self, real_encoder: SentenceEncoder) -> None:
        self.encoder = real_encoder

    @property
    def embeddings_class(self) -> type[EncoderEmbeddings]:
        return EncoderEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"encoder": self.encoder}


class TestRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _take(self, corpus_assistant: Assistant) -> None:
        self.assistant = corpus_assistant

    @property
    def retriever_constructor(self) -> type[PassageRetriever]:
        return PassageRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"assistant": self.assistant}

    @property
    def retriever_query_example(self) -> str:
        return QUESTION


@pytest.fixture
def retriever(corpus_assistant: Assistant) -> PassageRetriever:
    return PassageRetriever(assistant=corpus_assistant, k=5)


def ids(documents: Sequence[Document]) -> list[str | None]:
    return [document.id for document in documents]


def joined(documents: list[Document]) -> str:
    return "\n\n".join(document.page_content for document in documents)


def without_time(answer: Answer) -> Answer:
    return replace(answer, timings=Timings(0, 0, 0))


def test_embeddings_are_the_encoders_vectors() -> None:
    encoder = FakeEncoder()
    embeddings = EncoderEmbeddings(encoder)
    texts = ["warmtenet", "tocht in huis"]
    assert np.array_equal(embeddings.embed_documents(texts), encoder.encode_passages(texts))
    assert np.array_equal(embeddings.embed_query("tocht"), encoder.encode_queries(["tocht"])[0])
    assert embeddings.embed_documents([]) == []
    assert {type(number) for number in embeddings.embed_query("tocht")} == {float}


def test_questions_and_passages_get_their_own_prompts(real_encoder: SentenceEncoder) -> None:
    embeddings = EncoderEmbeddings(real_encoder)
    assert embeddings.embed_query("warmtenet") != embeddings.embed_documents(["warmtenet"])[0]


def test_embeddings_serve_another_store() -> None:
    store = InMemoryVectorStore(EncoderEmbeddings(FakeEncoder()))
    store.add_texts(["de ketel is kapot", "een lening voor isolatie", "de buurt overlegt"])
    (found,) = store.similarity_search("lening om te isoleren", k=1)
    assert found.page_content == "een lening voor isolatie"


def test_documents_are_what_search_finds(retriever: PassageRetriever, corpus_assistant: Assistant) -> None:
    documents = retriever.invoke(QUESTION)
    hits = corpus_assistant.search(QUESTION, Filters(), 5)
    assert ids(documents) == [hit.passage.id for hit, _ in hits]
    for document, (hit, source) in zip(documents, hits, strict=True):
        told = document.metadata
        assert (told["note"], told["passage"]) == (source.id, hit.passage.id)
        assert told["score"] == hit.score
        assert [told[name] for name in ("title", "publisher", "date", "url", "kind")] == [
            source.title,
            source.publisher,
            source.date,
            source.url,
            source.kind,
        ]
        slice_ = source.text[told["start"] : told["end"]]
        assert document.page_content in slice_ or "[^" in slice_
        assert "[^" not in document.page_content
        assert document.page_content == document.page_content.strip() != ""


def test_documents_tell_which_originating_documents_they_rest_on(
    retriever: PassageRetriever, corpus_assistant: Assistant
) -> None:
    note = "utrecht-overvecht-noord-warmtenet-gestopt"
    source = corpus_assistant.read(f"{note}#1").source
    documents = retriever.invoke("wethouder", k=50, filters={"id": note})
    told = {document.id: document.metadata["sources"] for document in documents}
    assert len(told) > 2
    for document in documents:
        marked = source.text[document.metadata["start"] : document.metadata["end"]]
        entries = {entry["entry"] for entry in document.metadata["sources"]}
        assert {number for number in range(2, 9) if f"[^{number}]" in marked} == entries - {1}
        for entry in document.metadata["sources"]:
            origin = source.entries[entry["entry"] - 1]
            assert (entry["title"], entry["url"], entry["date"]) == (origin.title, origin.url, origin.date)


def test_metadata_can_be_stored_as_json(retriever: PassageRetriever) -> None:
    (first, *_) = retriever.invoke(QUESTION)
    assert Document.model_validate_json(first.model_dump_json()) == first


def test_filters_choose_notes(corpus_assistant: Assistant) -> None:
    retriever = PassageRetriever(
        assistant=corpus_assistant, filters={"places": ["den haag"], "year_from": 2020}
    )
    documents = retriever.invoke(QUESTION)
    assert documents
    for document in documents:
        assert "Den Haag" in document.metadata["places"]
        assert document.metadata["date"] >= "2020"
    assert len(retriever.invoke(QUESTION, filters={})) == 10
    assert {
        document.metadata["kind"] for document in retriever.invoke(QUESTION, filters={"kind": "beleid"})
    } == {"beleid"}


@pytest.mark.parametrize("given", [{"place": "Tilburg"}, {"themes": "tuinieren"}, {"year_from": "gisteren"}])
def test_unknown_filters_are_refused_at_once(corpus_assistant: Assistant, given: dict[str, object]) -> None:
    with pytest.raises(BadUseError):
        PassageRetriever(assistant=corpus_assistant, filters=given)
    with pytest.raises(BadUseError):
        PassageRetriever(assistant=corpus_assistant).invoke(QUESTION, filters=given)


def test_bad_use_of_the_retriever_stays_bad_use(
    retriever: PassageRetriever, corpus_assistant: Assistant
) -> None:
    with pytest.raises(BadUseError, match="empty"):
        retriever.invoke(" ")
    with pytest.raises(BadUseError, match="at least 1"):
        retriever.invoke(QUESTION, k=0)
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        PassageRetriever(assistant=corpus_assistant, k=0)


async def test_the_retriever_takes_the_same_without_waiting(retriever: PassageRetriever) -> None:
    assert ids(await retriever.ainvoke(QUESTION)) == ids(retriever.invoke(QUESTION))
    two = await retriever.ainvoke(QUESTION, k=2, filters={"kind": "beleid"})
    assert ids(two) == ids(retriever.invoke(QUESTION, k=2, filters={"kind": "beleid"}))
    with pytest.raises(BadUseError):
        await retriever.ainvoke("")


def test_the_retriever_works_in_a_chain(retriever: PassageRetriever) -> None:
    chain = RunnableParallel(
        context=retriever | RunnableLambda(joined),
        question=RunnableLambda(lambda question: question),
    )
    made = chain.invoke(QUESTION)
    assert made["question"] == QUESTION
    assert made["context"].count("\n\n") >= 4


def test_the_retriever_tells_who_listens(retriever: PassageRetriever) -> None:
    class Listener(BaseCallbackHandler):
        heard: list[int]

        def on_retriever_end(self, documents: Sequence[Document], *, run_id: UUID, **kwargs: Any) -> None:
            self.heard.append(len(documents))

    listener = Listener()
    listener.heard = []
    retriever.invoke(QUESTION, {"callbacks": [listener]}, k=4)
    assert listener.heard == [4]


def test_the_runnable_answers_as_the_assistant_does(corpus_assistant: Assistant) -> None:
    runnable = answer_runnable(corpus_assistant)
    chosen = {"places": ["Den Haag"]}
    assert without_time(runnable.invoke(TRANSVAAL)) == without_time(corpus_assistant.ask(TRANSVAAL))
    assert without_time(runnable.invoke({"question": TRANSVAAL})) == without_time(runnable.invoke(TRANSVAAL))
    filtered = runnable.invoke({"question": QUESTION, "filters": chosen})
    assert without_time(filtered) == without_time(corpus_assistant.ask(QUESTION, filters.parse(chosen)))


def test_the_runnable_takes_the_conversation_along(corpus_assistant: Assistant) -> None:
    runnable = answer_runnable(corpus_assistant)
    earlier = runnable.invoke(TRANSVAAL)
    answer = runnable.invoke({"question": "Wie publiceerde dat?", "history": [earlier]})
    assert without_time(answer) == without_time(corpus_assistant.ask("Wie publiceerde dat?", None, [earlier]))
    assert answer.sources[0].note == earlier.sources[0].note
    for wrong in ("Wat?", [{"question": "Wat?"}]):
        with pytest.raises(BadUseError, match="history"):
            runnable.invoke({"question": "Wat?", "history": wrong})


def test_the_runnable_answers_a_batch_in_order(corpus_assistant: Assistant) -> None:
    questions = [
        TRANSVAAL,
        "Wie won in 1974 het wereldkampioenschap voetbal?",
        QUESTION,
        "Wat is een fixbrigade?",
    ]
    answers = answer_runnable(corpus_assistant).batch(list(questions))
    assert [answer.question for answer in answers] == questions
    assert answers[1].abstained
    given: list[str | dict[str, Any]] = ["", TRANSVAAL]
    mixed: list[object] = [*answer_runnable(corpus_assistant).batch(given, return_exceptions=True)]
    assert [type(each) for each in mixed] == [BadUseError, Answer]


def test_the_runnable_streams_the_answer_once(corpus_assistant: Assistant) -> None:
    (answer,) = answer_runnable(corpus_assistant).stream(TRANSVAAL)
    assert without_time(answer) == without_time(corpus_assistant.ask(TRANSVAAL))


async def test_the_runnable_answers_without_waiting(corpus_assistant: Assistant) -> None:
    runnable = answer_runnable(corpus_assistant)
    assert (await runnable.ainvoke(TRANSVAAL)).question == TRANSVAAL
    assert [answer.question async for answer in runnable.astream(TRANSVAAL)] == [TRANSVAAL]


def test_the_runnable_works_in_a_chain(corpus_assistant: Assistant) -> None:
    chain = answer_runnable(corpus_assistant) | RunnableLambda(lambda answer: answer.text)
    assert chain.invoke(TRANSVAAL) == corpus_assistant.ask(TRANSVAAL).text


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"question": None},
        {"question": 3},
        {"input": "Wat?"},
        {"question": "Wat?", "filters": ["Tilburg"]},
        {"question": "Wat?", "filters": {"place": "Tilburg"}},
        {"question": "Wat?", "k": 3},
        {"question": ""},
        ["Wat?"],
        None,
    ],
)
def test_bad_use_of_the_runnable_stays_bad_use(corpus_assistant: Assistant, given: Any) -> None:
    with pytest.raises(BadUseError):
        answer_runnable(corpus_assistant).invoke(given)


def test_a_missing_index_stays_that(tmp_path: Path) -> None:
    assistant = Assistant(FakeEncoder(), tmp_path)
    with pytest.raises(IndexMissingError):
        PassageRetriever(assistant=assistant).invoke(QUESTION)
    with pytest.raises(IndexMissingError):
        answer_runnable(assistant).invoke(QUESTION)


def test_answering_needs_no_langchain() -> None:
    """The joint is for other people's chains: the assistant itself does not pay for it."""
    code = (
        "import sys, ingest, assistant.__main__, assistant.pipeline\n"
        "sys.exit(any(name.startswith('langchain') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], check=False)
    assert done.returncode == 0
