"""The joint to LangChain: the encoder as Embeddings, the search as a retriever, the assistant as a Runnable.

Conversion to and from LangChain's types happens here and nowhere else; the errors that its calls raise stay
those of `assistant.errors`. Nothing of this is imported when the assistant runs by itself.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from langchain_core.runnables.config import run_in_executor
from pydantic import Field, field_validator

from assistant import filters as filtering
from assistant.datatypes import Answer
from assistant.errors import BadUseError

# The fields of a retriever are read at run time.
from assistant.pipeline import Assistant  # noqa: TC001
from assistant.sources import MARKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
    from langchain_core.runnables import Runnable

    from assistant.datatypes import Encoder, Hit, Source


class EncoderEmbeddings(Embeddings):
    """An encoder as LangChain's Embeddings: vectors of unit length, with the model's own prompts."""

    def __init__(self, encoder: Encoder) -> None:
        """Take the encoder; its model is loaded by the first text."""
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector per passage, each of `encoder.identity.dimension` numbers; raises EncoderError."""
        vectors: list[list[float]] = self._encoder.encode_passages(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question; raises EncoderError."""
        vector: list[float] = self._encoder.encode_queries([text])[0].tolist()
        return vector


class PassageRetriever(BaseRetriever):
    """The assistant's search as LangChain's retriever: the `k` best passages, best first.

    `filters` are as `assistant.filters.parse` takes them, for example `{"places": "Tilburg"}`. Both may be
    given anew with each call: `retriever.invoke("vraag", k=3, filters={})`. An unknown filter or a question
    that is empty or too long raises BadUseError; other errors are those of `Assistant.search`.
    """

    assistant: Assistant
    k: int = Field(default=10, ge=1)
    filters: dict[str, Any] = Field(default_factory=dict)

    @field_validator("filters")
    @classmethod
    def _known(cls, given: dict[str, Any]) -> dict[str, Any]:
        filtering.parse(given)
        return given

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun | None = None,
        k: int | None = None,
        filters: Mapping[str, object] | None = None,
    ) -> list[Document]:
        wanted = self.k if k is None else k
        if wanted < 1:
            raise BadUseError("k must be at least 1.")
        chosen = filtering.parse(self.filters if filters is None else filters)
        return [_document(hit, source) for hit, source in self.assistant.search(query, chosen, wanted)]

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        k: int | None = None,
        filters: Mapping[str, object] | None = None,
    ) -> list[Document]:
        # LangChain's own version takes no k and no filters.
        return await run_in_executor(None, self._get_relevant_documents, query, k=k, filters=filters)


def answer_runnable(assistant: Assistant) -> Runnable[str | dict[str, Any], Answer]:
    """The assistant as LangChain's Runnable: a question to an Answer.

    The input is a text, or `{"question": …, "filters": {…}, "history": […]}`, of which `history` holds the
    Answers given before in the same conversation, oldest first, and may be left out like `filters`.

    `stream` gives the whole Answer at once: it is composed as a whole, and no part of it is known earlier.
    Errors are those of `Assistant.ask`; input of another form raises BadUseError.
    """

    def answer(given: str | dict[str, Any]) -> Answer:
        asked = {"question": given} if isinstance(given, str) else given
        if not isinstance(asked, dict) or asked.keys() - {"question", "filters", "history"}:
            raise BadUseError("Give a question as a text, or an object with question, filters and history.")
        question, filters = asked.get("question"), asked.get("filters") or {}
        history = asked.get("history") or ()
        if not isinstance(question, str) or not isinstance(filters, dict):
            raise BadUseError("A question must be a text, and filters an object of field names and values.")
        if not isinstance(history, list | tuple) or not all(isinstance(each, Answer) for each in history):
            raise BadUseError("history must be a list of the Answers given before.")
        return assistant.ask(question, filtering.parse(filters), history)

    return RunnableLambda(answer)


def _document(hit: Hit, source: Source) -> Document:
    """A passage without footnote marks; `sources` in its metadata are the documents that those designate."""
    passage = hit.passage
    entries = dict.fromkeys(
        entry for unit in passage.units if unit.kind != "heading" for entry in unit.entries
    )
    return Document(
        id=passage.id,
        page_content=MARKS.sub("", source.text[passage.start : passage.end]).strip(),
        metadata={
            "note": source.id,
            "passage": passage.id,
            "heading": list(passage.heading),
            "start": passage.start,
            "end": passage.end,
            "score": hit.score,
            "title": source.title,
            "publisher": source.publisher,
            "date": source.date,
            "url": source.url,
            "kind": source.kind,
            "places": list(source.places),
            "themes": list(source.themes),
            "wording": source.wording,
            "sources": [{"entry": entry, **asdict(source.entries[entry - 1])} for entry in sorted(entries)],
        },
    )
