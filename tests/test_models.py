"""Language models behind LangChain: real connections to a server that answers, fails and hangs."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import pytest

from assistant.errors import BadUseError
from assistant.models import Model, ModelError, open_model, read_key
from tests.fakes_writing import ScriptedChat, scripted
from tests.model_server import BREAKS, HANGS, STATUSES, serving

if TYPE_CHECKING:
    from pathlib import Path

ASKED = [("system", "Antwoord kort."), ("user", "Wat is een wijk?")]
KEY = "sk-zeer-geheim"


@pytest.fixture(params=["openai", "ollama"])
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def opened(provider: str, address: str, **options: int) -> Model:
    base_url = f"{address}/v1" if provider == "openai" else address
    return open_model(f"{provider}:klein", base_url=base_url, key=KEY, **options)


def said(model: Model, timeout_s: float = 60.0, cancelled: threading.Event | None = None) -> str:
    try:
        return "".join(model.stream(ASKED, timeout_s, cancelled))  # type: ignore[arg-type]
    finally:
        model.close()


def trouble(model: Model, timeout_s: float = 60.0, cancelled: threading.Event | None = None) -> ModelError:
    with pytest.raises(ModelError) as raised:
        said(model, timeout_s, cancelled)
    assert KEY not in str(raised.value)
    assert "geheim" not in str(raised.value)
    return raised.value


def test_the_text_comes_in_pieces(provider: str) -> None:
    with serving(text="Een wijk is een deel van een stad.") as server:
        model = opened(provider, server.address)
        pieces = [piece for piece in model.stream(ASKED, 60) if piece]  # type: ignore[arg-type]
        model.close()

    assert "".join(pieces) == "Een wijk is een deel van een stad."
    assert len(pieces) > 3
    assert server.asked[0]["messages"][1]["content"] == "Wat is een wijk?"
    assert server.keys == [f"Bearer {KEY}"]


def test_ollama_is_told_how_much_to_read_and_not_to_think() -> None:
    with serving() as server:
        said(open_model("ollama:klein", base_url=server.address, context_tokens=5_000))

    assert server.asked[0]["options"]["num_ctx"] == 5_000
    assert server.asked[0]["think"] is False
    assert server.keys == [""]


def test_a_key_for_another_server_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving() as server:
        said(open_model("openai:klein", base_url=server.openai))

    assert server.keys == ["Bearer none"]


@pytest.mark.parametrize("mode", STATUSES)
def test_an_error_status_is_told_without_what_the_server_says(provider: str, mode: str) -> None:
    with serving(mode) as server:
        error = trouble(opened(provider, server.address))

    assert error.trouble == ("crowded" if mode == "429" else "refused")
    assert mode in str(error)
    assert len(server.asked) == 1


@pytest.mark.parametrize("mode", BREAKS)
def test_an_answer_that_breaks_off_or_cannot_be_read_is_no_answer(provider: str, mode: str) -> None:
    with serving(mode) as server:
        assert trouble(opened(provider, server.address)).trouble in {"broken", "refused", "unreachable"}


@pytest.mark.parametrize("mode", HANGS)
def test_a_server_that_hangs_is_left_in_time(provider: str, mode: str) -> None:
    with serving(mode) as server:
        model = opened(provider, server.address)
        model.warm_up()
        assert trouble(model, 1.0).trouble == "timeout"
        # On a machine that is very busy the question may not even have been sent.
        assert not server.asked or server.gone.wait(20)


def test_no_server_is_no_connection(provider: str) -> None:
    assert trouble(opened(provider, "http://127.0.0.1:9")).trouble == "unreachable"


def test_a_question_follows_no_redirect(provider: str) -> None:
    with serving() as other, serving("redirect", elsewhere=other.address) as server:
        assert trouble(opened(provider, server.address)).trouble == "refused"

    assert other.asked == []


@pytest.mark.parametrize("mode", HANGS)
def test_another_thread_can_stop_it_and_the_connection_closes(provider: str, mode: str) -> None:
    cancelled = threading.Event()
    with serving(mode) as server:

        def stop() -> None:
            server.heard.wait(30)
            cancelled.set()

        stopper = threading.Thread(target=stop)
        stopper.start()
        assert trouble(opened(provider, server.address), 60, cancelled).trouble == "cancelled"
        stopper.join()
        assert server.gone.wait(20)


def test_to_close_the_text_closes_the_connection(provider: str) -> None:
    with serving("million") as server:
        model = opened(provider, server.address)
        stream = model.stream(ASKED, 60)  # type: ignore[arg-type]
        assert "woord" in next(piece for piece in stream if piece)
        stream.close()
        assert server.gone.wait(20)
        model.close()


def test_more_at_once_than_it_takes_is_told_at_once_and_a_place_comes_free() -> None:
    with serving("hang") as server:
        model = opened("openai", server.address, at_once=1)
        first: list[ModelError] = []

        def wait() -> None:
            with pytest.raises(ModelError) as raised:
                list(model.stream(ASKED, 2))  # type: ignore[arg-type]
            first.append(raised.value)

        thread = threading.Thread(target=wait)
        thread.start()
        while not server.asked:
            time.sleep(0.01)
        with pytest.raises(ModelError) as raised:
            list(model.stream(ASKED, 2))  # type: ignore[arg-type]
        thread.join()
        assert (raised.value.trouble, first[0].trouble) == ("busy", "timeout")
        server.mode = "good"
        assert said(model) == "Goed."


def test_many_threads_share_a_model() -> None:
    with serving(text="Elke vraag krijgt antwoord.") as server:
        model = opened("openai", server.address, at_once=8)
        heard: list[str] = []

        def ask() -> None:
            heard.extend("".join(model.stream(ASKED, 30)) for _ in range(3))  # type: ignore[arg-type]

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        model.close()

    assert heard == ["Elke vraag krijgt antwoord."] * 24


def test_nothing_is_sent_to_a_service_that_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as tracing, serving() as server:
        monkeypatch.setenv("LANGSMITH_TRACING", "true")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", tracing.address)
        monkeypatch.setenv("LANGSMITH_API_KEY", "x")
        said(opened("openai", server.address))
        time.sleep(0.5)

    assert tracing.asked == []


def test_neither_key_nor_question_is_shown_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving() as server:
        model = opened("openai", server.address)
        said(model)

    assert repr(model) == "Model('openai:klein')"
    assert KEY not in caplog.text
    assert "Wat is een wijk" not in caplog.text


def test_tokens_are_counted_on_the_safe_side_or_by_its_own_tokenizer() -> None:
    model = scripted("Goed.")
    assert model.count_tokens("a" * 30) == 12

    chat = ScriptedChat(script=["Goed."], custom_get_token_ids=lambda text: [1] * len(text.split()))
    own = Model(lambda: chat, "eigen")
    own.warm_up()
    assert own.count_tokens("een twee drie") == 3


@pytest.mark.parametrize("name", ["", "klein", "openai:", "anthropic:groot", ":x"])
def test_an_unknown_model_is_told_in_a_sentence(name: str) -> None:
    with pytest.raises(BadUseError, match=r"must be ollama:NAME or openai:NAME"):
        open_model(name)


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "file:///etc/passwd", "http://", "x"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(BadUseError, match="must be an address"):
        open_model("openai:klein", base_url=address)


def test_without_address_openai_needs_a_key() -> None:
    with pytest.raises(BadUseError, match="ASSISTANT_LLM_KEY"):
        open_model("openai:klein")


def test_a_key_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n", encoding="utf-8")

    assert read_key(path) == KEY


@pytest.mark.parametrize("held", [b"", b"\n", b"two words", "sléutel".encode(), b"x" * 20_000])
def test_a_key_file_that_holds_no_key_is_told_without_its_content(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(held)

    with pytest.raises(BadUseError, match="ASSISTANT_LLM_KEY_FILE") as raised:
        read_key(path)
    assert "two" not in str(raised.value)


def test_a_key_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadUseError, match="cannot be read"):
        read_key(tmp_path / "weg")
