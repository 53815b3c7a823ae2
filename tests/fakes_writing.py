"""Fakes for writing: a chat model with a script, behind LangChain's own interface, and a simple verifier."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from assistant.dutch import stem, words
from assistant.models import Model
from assistant.reasons import Reason
from assistant.verifying import Verdict
from assistant.writing import WritingError, Written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langchain_core.callbacks import CallbackManagerForLLMRun


class ScriptedChat(BaseChatModel):
    """A chat model that says the next text of its script, in pieces, and keeps what it was asked.

    LangChain's GenericFakeChatModel cannot say that it has finished, which real servers do; with `finishes`
    False this one stops in the middle, as a connection that is lost.
    """

    script: list[str]
    finishes: bool = True
    piece: int = 5
    pause_s: float = 0.0
    problem: str = ""
    asked: list[list[BaseMessage]] = []  # noqa: RUF012 - a field, which pydantic copies

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.asked.append(messages)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=self._next()))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self.asked.append(messages)
        text = self._next()
        for start in range(0, len(text), self.piece):
            if self.pause_s:
                time.sleep(self.pause_s)
            yield ChatGenerationChunk(message=AIMessageChunk(content=text[start : start + self.piece]))
        if self.problem:
            raise ConnectionError(self.problem)
        if self.finishes:
            last = AIMessageChunk(content="", response_metadata={"finish_reason": "stop"})
            yield ChatGenerationChunk(message=last)

    def _next(self) -> str:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


def scripted(*script: str, **options: Any) -> Model:
    """A Model that says these texts, one per request; the last one again and again."""
    chat = ScriptedChat(script=list(script), **options)
    return Model(lambda: chat, "scripted")


def gathered(stream: Iterator[Written]) -> tuple[Written, str]:
    """The last that was written before it ended or failed, and why it failed, if it did."""
    seen = [Written()]
    try:
        for each in stream:
            seen.append(each)
    except WritingError as error:
        return seen[-1], error.reason
    return seen[-1], ""


class WordVerifier:
    """A verifier that supports a claim when one sentence of the evidence has all its words."""

    def __init__(self) -> None:
        """Nothing asked yet; `asked` keeps every claim."""
        self.asked: list[str] = []

    def verify_all(self, claims: Sequence[tuple[str, Sequence[str]]]) -> list[Verdict]:
        """A verdict per claim."""
        return [self._one(claim, evidence) for claim, evidence in claims]

    def _one(self, claim: str, evidence: Sequence[str]) -> Verdict:
        self.asked.append(claim)
        wanted = {stem(word) for word in words(claim)}
        for place, text in enumerate(evidence):
            for line in re.finditer(r"[^.\n;]+[.;]?(?=\s|\[|$)", text):
                held = {stem(word) for word in words(line[0])}
                if wanted and wanted <= held and not text[line.start() :].startswith("#"):
                    return Verdict(True, 0.99, (), (place, line.start(), line.end()))
        return Verdict(False, 0.1, (Reason("words"),), None)
