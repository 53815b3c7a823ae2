"""A name and an address → a language model that streams text: within a time, and not too much at once.

LangChain is the joint to the models and stays in here: callers see texts and ModelErrors. Its
packages are imported by the first request. Nothing here knows what is written, or whether it is true.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
import time
from contextlib import aclosing
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urlsplit

from assistant.errors import AssistantError, BadUseError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from pathlib import Path

    from langchain_core.language_models import BaseChatModel

Message = tuple[Literal["system", "user"], str]
Trouble = Literal["busy", "timeout", "unreachable", "refused", "crowded", "broken", "cancelled"]
"""Why nothing came: too many at once here; too late; no connection; an error status; the same of a server
that is busy; an answer that cannot be read or ends in the middle; stopped by who asked for it."""

PROVIDERS = ("ollama", "openai")
OPENAI_ADDRESS = "https://api.openai.com/v1"
ANSWER_TOKENS = 900
"""The longest answer that a model is asked for; 150 words of Dutch with citations are about 400."""
CHARACTERS_PER_TOKEN = 2.5
"""Of Dutch text, until the model reports that it needs more tokens; most vocabularies need fewer."""
_POLL_S = 0.1
_GRACE_S = 1.0
_CROWDED = 429
_MAX_KEY_BYTES = 10_000
_DONE = object()

_OLLAMA = "http://127.0.0.1:11434"
"""Where Ollama is when no address is given."""


class ModelError(AssistantError):
    """A language model gave no usable text; `trouble` says why."""

    def __init__(self, trouble: Trouble, message: str) -> None:
        """Keep the kind of trouble beside the sentence."""
        super().__init__(message)
        self.trouble = trouble


class ChatModel(Protocol):
    """What writing asks of a model; `Model` is one."""

    @property
    def context_tokens(self) -> int:
        """How much the model reads and writes together."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, rather too many than too few."""
        ...

    def stream(
        self, messages: Sequence[Message], timeout_s: float, cancelled: threading.Event | None = None
    ) -> Generator[str]:
        """The text as it is written; raises ModelError. To close it ends the request."""
        ...


class Model:
    """A language model behind LangChain. Threads may share it.

    All requests run in one event loop in a thread of their own: a request that is given up is cancelled
    there, which closes its connection, however long the server is silent.
    """

    def __init__(
        self,
        connect: Callable[[], BaseChatModel],
        name: str,
        *,
        context_tokens: int = 8_192,
        at_once: int = 2,
    ) -> None:
        """Take what makes the chat model when it is first needed, and how many requests it takes at once."""
        self.name = name
        self._context_tokens = context_tokens
        self._connect = connect
        self._chat: BaseChatModel | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(at_once)
        self._characters_per_token = CHARACTERS_PER_TOKEN

    def __repr__(self) -> str:
        """Only the name: an address may hold a password, and the key is nobody's business."""
        return f"Model({self.name!r})"

    @property
    def context_tokens(self) -> int:
        """How much the model reads and writes together."""
        return self._context_tokens

    def warm_up(self) -> None:
        """Import what the model needs; asks the server nothing.

        Raises:
            BadUseError: the package for this model is missing, or its settings are refused.
        """
        self._chat_model()

    def count_tokens(self, text: str) -> int:
        """Tokens of a text: by the tokenizer that the chat model was given, else by characters per token.

        The other counters of LangChain are not used: they fetch a tokenizer from the web.
        """
        own = self._chat.custom_get_token_ids if self._chat else None
        return len(own(text)) if own else math.ceil(len(text) / self._characters_per_token)

    def stream(
        self, messages: Sequence[Message], timeout_s: float, cancelled: threading.Event | None = None
    ) -> Generator[str]:
        """The text as it is written, in pieces as they come.

        To close the iterator ends the request. `timeout_s` is wall clock for the whole text.

        Raises:
            ModelError: no or no whole text in this time; the model is busy; `cancelled` was set.
            BadUseError: the package for this model is missing, or its settings are refused.
        """
        deadline = time.monotonic() + timeout_s
        chat = self._chat_model()
        if not self._free.acquire(blocking=False):
            raise ModelError("busy", f"{self.name} is writing other answers; ask again in a moment.")
        received: SimpleQueue[Any] = SimpleQueue()
        given_up = threading.Event()
        try:
            future = asyncio.run_coroutine_threadsafe(
                self._receive(chat, list(messages), received, given_up), self._running_loop()
            )
            try:
                yield from self._until(received, deadline, cancelled)
            finally:
                given_up.set()
                future.cancel()
        finally:
            self._free.release()

    def close(self) -> None:
        """End the thread of the requests; the next request starts another."""
        with self._lock:
            loop, self._loop, self._chat = self._loop, None, None
        if loop:
            loop.call_soon_threadsafe(loop.stop)

    def _until(
        self, received: SimpleQueue[Any], deadline: float, cancelled: threading.Event | None
    ) -> Iterator[str]:
        while True:
            if cancelled is not None and cancelled.is_set():
                raise ModelError("cancelled", "Stopped.")
            left = deadline - time.monotonic()
            if left <= 0:
                raise ModelError("timeout", f"{self.name} did not finish in time.")
            try:
                piece = received.get(timeout=min(_POLL_S, left))
            except Empty:
                continue
            if piece is _DONE:
                return
            if isinstance(piece, ModelError):
                raise piece
            yield piece

    async def _receive(
        self,
        chat: BaseChatModel,
        messages: Sequence[Message],
        received: SimpleQueue[Any],
        given_up: threading.Event,
    ) -> None:
        from langsmith import tracing_context

        begun = ended = False
        try:
            # Whatever the environment says: no question is sent to a service that traces.
            with tracing_context(enabled=False):
                async with aclosing(chat.astream(list(messages))) as pieces:  # type: ignore[type-var]
                    async for piece in pieces:
                        # Python 3.11 may lose the cancelling of a task that never has to wait.
                        if given_up.is_set():
                            return
                        begun = True
                        ended = ended or bool(
                            {"finish_reason", "done_reason"} & piece.response_metadata.keys()
                        )
                        self._learn(messages, piece)
                        received.put(str(piece.text))
        except Exception as error:  # noqa: BLE001 - two vendors' clients raise what they like
            received.put(_translated(self.name, error, begun=begun))
            return
        # A connection that is dropped in the middle may look like an end.
        received.put(_DONE if ended else ModelError("broken", f"{self.name} stopped in the middle."))

    def _learn(self, messages: Sequence[Message], piece: Any) -> None:  # noqa: ANN401
        """Take over how long this model's tokens are, where it reports what it read."""
        usage = getattr(piece, "usage_metadata", None)
        read = usage["input_tokens"] if usage else 0
        characters = sum(len(text) for _, text in messages)
        # Of a short text most tokens are the model's own frame; some servers leave out what they had kept.
        if read > 200 and characters / read < 8:
            self._characters_per_token = min(CHARACTERS_PER_TOKEN, 0.95 * characters / read)

    def _chat_model(self) -> BaseChatModel:
        with self._lock:
            if self._chat is None:
                self._chat = self._connect()
            return self._chat

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_run, args=(self._loop,), name="model", daemon=True).start()
            return self._loop


def open_model(
    name: str,
    *,
    base_url: str = "",
    key: str = "",
    timeout_s: float = 60.0,
    temperature: float = 0.1,
    context_tokens: int = 8_192,
    at_once: int = 2,
) -> Model:
    """The model of this name, such as "ollama:qwen3:8b" or "openai:NAME"; nothing is imported or asked yet.

    Args:
        name: the provider, a colon, and the model as its server calls it.
        base_url: where it is served; empty for the provider's own address.
        key: what the server asks for; empty for none.
        timeout_s: how long the server may be silent.
        temperature: how freely it writes; 0 is the likeliest word each time.
        context_tokens: what the model reads and writes together.
        at_once: how many requests it takes at once.

    Raises:
        BadUseError: an unknown provider, or an address that is none.
    """
    provider, _, model = name.partition(":")
    if provider not in PROVIDERS or not model:
        known = " or ".join(f"{each}:NAME" for each in PROVIDERS)
        raise BadUseError(f"ASSISTANT_LLM must be {known}, not {name!r}.")
    if base_url and (urlsplit(base_url).scheme not in {"http", "https"} or not urlsplit(base_url).hostname):
        raise BadUseError("ASSISTANT_LLM_BASE_URL must be an address such as http://127.0.0.1:8000/v1.")
    if provider == "openai" and not base_url and not key:
        raise BadUseError("openai:NAME needs ASSISTANT_LLM_BASE_URL, or a key in ASSISTANT_LLM_KEY.")
    common = {"temperature": temperature}
    if provider == "ollama":
        options = common | _for_ollama(base_url, key, timeout_s, context_tokens)
        return Model(lambda: _connected(name, options), name, context_tokens=context_tokens, at_once=at_once)
    address = base_url or OPENAI_ADDRESS
    return Model(
        lambda: _connected(name, common | _for_openai(address, key, timeout_s)),
        name,
        context_tokens=context_tokens,
        at_once=at_once,
    )


def read_key(path: Path) -> str:
    """The key in a file, white space at its ends left out.

    Raises:
        BadUseError: it cannot be read, is empty or too long, or is no single line.
    """
    try:
        with path.open("rb") as file:
            key = file.read(_MAX_KEY_BYTES + 1).decode("ascii").strip()
    except (OSError, ValueError) as error:
        raise BadUseError("The file of ASSISTANT_LLM_KEY_FILE cannot be read.") from error
    if not key or len(key) > _MAX_KEY_BYTES or len(key.split()) > 1:
        raise BadUseError("The file of ASSISTANT_LLM_KEY_FILE must hold one line with the key.")
    return key


def _connected(name: str, options: dict[str, Any]) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    # These log the text of a question when someone turns on all logging.
    for library in ("openai", "httpx", "httpcore"):
        logging.getLogger(library).setLevel(logging.WARNING)
    try:
        chat: BaseChatModel = init_chat_model(name, **options)
    except ImportError as error:
        raise BadUseError(f"{name} needs a package that is not installed: {error.name}.") from error
    except ValueError as error:
        # The text of the error may hold the key.
        raise BadUseError(f"The settings for {name} are refused; see ASSISTANT_LLM_BASE_URL.") from error
    return chat


def _for_ollama(base_url: str, key: str, timeout_s: float, context_tokens: int) -> dict[str, Any]:
    # The client would read another address, and where to, from the environment.
    base_url = base_url or _OLLAMA
    client = _client(base_url, timeout_s)
    if key:
        client["headers"] = {"Authorization": f"Bearer {key}"}
    # Without num_ctx Ollama cuts off what passes its own limit, and says nothing.
    return {
        "base_url": base_url,
        "client_kwargs": client,
        "num_ctx": context_tokens,
        "num_predict": ANSWER_TOKENS,
        "reasoning": False,
    }


def _for_openai(base_url: str, key: str, timeout_s: float) -> dict[str, Any]:
    import httpx

    client = _client(base_url, timeout_s)
    return {
        "base_url": base_url,
        # A key in the environment for another server is not for this one.
        "api_key": key or "none",
        "timeout": timeout_s,
        "max_retries": 0,
        "stream_usage": True,
        "max_tokens": ANSWER_TOKENS,
        "use_responses_api": False,
        # Its way of waiting loses a cancelling on Python 3.11; `stream` watches the time.
        "stream_chunk_timeout": None,
        "http_client": httpx.Client(**client),
        "http_async_client": httpx.AsyncClient(**client),
    }


def _client(base_url: str, timeout_s: float) -> dict[str, Any]:
    """Options of a client: no redirect is followed to another address, and this machine is asked directly."""
    import httpx

    return {
        "timeout": timeout_s,
        # An answer takes seconds: a connection that is kept for the next one gains nothing, and may be stale.
        "limits": httpx.Limits(max_keepalive_connections=0),
        "follow_redirects": False,
        "trust_env": not _local(base_url),
        # Without TLS there is nothing to verify; reading the certificates takes half a second.
        "verify": urlsplit(base_url).scheme != "http",
    }


def _local(base_url: str) -> bool:
    """Whether an address is this machine; then no proxy of the environment is asked."""
    host = urlsplit(base_url).hostname or "localhost"
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _translated(name: str, error: Exception, *, begun: bool) -> ModelError:
    """The error of a vendor's client as ours; its text is left out, for it may hold a key or the question."""
    status = getattr(error, "status_code", None)
    kinds = " ".join(kind.__name__ for kind in type(error).__mro__)
    if isinstance(status, int) and status >= 0:
        trouble: Trouble = "crowded" if status == _CROWDED else "refused"
        return ModelError(trouble, f"The server of {name} answered with status {status}.")
    if "Timeout" in kinds:
        return ModelError("timeout", f"{name} did not answer in time.")
    if not begun and ("ConnectError" in kinds or "ConnectionError" in kinds):
        return ModelError("unreachable", f"The server of {name} cannot be reached.")
    return ModelError("broken", f"The answer of {name} cannot be read ({type(error).__name__}).")


def _run(loop: asyncio.AbstractEventLoop) -> None:
    """Run a loop until it is stopped; then end what still runs in it, and close it."""
    try:
        loop.run_forever()
        loop.run_until_complete(_end())
    finally:
        loop.close()


async def _end() -> None:
    """Let requests that were given up close their connections; a second cancel would interrupt just that."""
    pending = asyncio.all_tasks() - {asyncio.current_task()}
    _, late = await asyncio.wait(pending, timeout=_GRACE_S) if pending else (set(), set())
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    loop = asyncio.get_running_loop()
    await loop.shutdown_asyncgens()
    await loop.shutdown_default_executor()
