"""Settings: from the environment, else from assistant.toml, else as they are without either."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import BadUseError
from assistant.settings import CONFIG_NAME, LlmSettings, Settings


def configured(folder: Path, text: str) -> Path:
    (folder / CONFIG_NAME).write_text(text, encoding="utf-8")
    return folder


def places(settings: Settings) -> tuple[Path, Path, str, str, int]:
    return settings.data_dir, settings.corpus_dir, settings.encoder, settings.host, settings.port


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    found = Settings.from_env({}, tmp_path)

    assert places(found) == (tmp_path / "data", tmp_path / "corpus", "", "127.0.0.1", 7860)
    assert (found.max_file_mb, found.library) == (100, False)
    assert Settings.from_env({"PATH": "/bin", "ASSISTANT_OTHER": "x"}, tmp_path) == found


@pytest.mark.parametrize(
    ("name", "value"),
    [("MAX_FILE_MB", "0"), ("MAX_FILE_MB", "veel"), ("MAX_FILE_MB", "10001"), ("LIBRARY", "ja")],
)
def test_a_value_that_is_not_allowed_is_told(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadUseError, match=f"ASSISTANT_{name} must be .*{value}"):
        Settings.from_env({f"ASSISTANT_{name}": value}, tmp_path)


def test_the_file_overrules_the_defaults_and_the_environment_the_file(tmp_path: Path) -> None:
    configured(
        tmp_path,
        'assistant_data_dir = "hier"\nassistant_port = 8000\nassistant_host = "::1"\nassistant_encoder = "e"',
    )
    found = Settings.from_env({"ASSISTANT_PORT": "9000", "ASSISTANT_ENCODER": "ander"}, tmp_path)

    assert places(found) == (tmp_path / "hier", tmp_path / "corpus", "ander", "::1", 9000)


def test_a_name_may_go_without_its_prefix_in_the_file(tmp_path: Path) -> None:
    assert Settings.from_env({}, configured(tmp_path, 'port = "8000"')).port == 8000


def test_what_is_set_to_nothing_is_not_set(tmp_path: Path) -> None:
    configured(tmp_path, 'assistant_corpus_dir = ""\nassistant_port = 8000')
    found = Settings.from_env(
        {"ASSISTANT_DATA_DIR": "", "ASSISTANT_PORT": "", "ASSISTANT_HOST": ""}, tmp_path
    )

    assert places(found) == (tmp_path / "data", tmp_path / "corpus", "", "127.0.0.1", 8000)


def test_relative_paths_are_below_the_folder_others_stay(tmp_path: Path) -> None:
    away = tmp_path / "elders"
    given = {"ASSISTANT_DATA_DIR": str(away), "ASSISTANT_CORPUS_DIR": "een/twee"}
    found = Settings.from_env(given, tmp_path / "hier")

    assert found.data_dir == away
    assert found.corpus_dir == tmp_path / "hier" / "een" / "twee"


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert Settings.from_env({"ASSISTANT_DATA_DIR": "~/data"}, Path("/")).data_dir == tmp_path / "data"
    with pytest.raises(BadUseError, match="ASSISTANT_DATA_DIR names a home folder"):
        Settings.from_env({"ASSISTANT_DATA_DIR": "~niemand-heet-zo/data"}, tmp_path)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80a", "8e3", "80.0", " 80", "٨٠", "9" * 5_000])
def test_a_port_is_a_number_that_a_port_can_have(tmp_path: Path, port: str) -> None:
    with pytest.raises(BadUseError, match="ASSISTANT_PORT must be a number from 1 to 65535"):
        Settings.from_env({"ASSISTANT_PORT": port}, tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('assistant_poort = "8000"', "assistant_poort is not a setting"),
        ("assistant_port = true", "assistant_port is not a setting with a text or number"),
        ("assistant_host = [1]", "assistant_host is not a setting with a text or number"),
        ("assistant_port = 1.5", "assistant_port is not a setting with a text or number"),
        ("[assistant]\nport = 1", "assistant is not a setting"),
        ("assistant_port", "cannot be read"),
        ("assistant_port = " + "9" * 5_000, "cannot be read"),
        ("a = " + "[" * 5_000, "cannot be read"),
    ],
)
def test_a_file_that_is_wrong_is_told_in_a_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadUseError, match=message) as caught:
        Settings.from_env({}, configured(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / CONFIG_NAME).write_bytes(b"assistant_host = '\xff'")
    with pytest.raises(BadUseError, match="cannot be read"):
        Settings.from_env({}, tmp_path)

    (tmp_path / CONFIG_NAME).unlink()
    (tmp_path / CONFIG_NAME).mkdir()
    with pytest.raises(BadUseError, match="cannot be read"):
        Settings.from_env({}, tmp_path)


def test_without_a_name_no_language_model_writes(tmp_path: Path) -> None:
    assert Settings.from_env({}, tmp_path).llm == LlmSettings()


def test_a_language_model_is_set_in_the_file_and_its_key_in_the_environment(tmp_path: Path) -> None:
    configured(
        tmp_path,
        'assistant_llm = "openai:groot"\nllm_base_url = "http://127.0.0.1:8000/v1"\nllm_temperature = 0.5\n'
        'llm_key_file = "sleutel"\nllm_timeout_s = 20\nllm_context_tokens = 4096\nllm_at_once = 3\n'
        'llm_unsupported = "drop"',
    )
    found = Settings.from_env({"ASSISTANT_LLM_KEY": " sk-geheim\n"}, tmp_path)

    assert found.llm == LlmSettings(
        "openai:groot",
        "http://127.0.0.1:8000/v1",
        "sk-geheim",
        tmp_path / "sleutel",
        timeout_s=20,
        temperature=0.5,
        context_tokens=4_096,
        at_once=3,
        mark=False,
    )
    assert "geheim" not in repr(found)


def test_a_key_does_not_belong_in_the_file(tmp_path: Path) -> None:
    with pytest.raises(BadUseError, match="llm_key is not a setting") as raised:
        Settings.from_env({}, configured(tmp_path, 'llm_key = "sk-geheim"'))
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TEMPERATURE", "warm"),
        ("TEMPERATURE", "3"),
        ("TEMPERATURE", "nan"),
        ("UNSUPPORTED", "x"),
        ("AT_ONCE", "0"),
    ],
)
def test_a_setting_of_the_language_model_that_is_not_allowed_is_told(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(BadUseError, match=f"ASSISTANT_LLM_{name} must be .*{value}"):
        Settings.from_env({f"ASSISTANT_LLM_{name}": value}, tmp_path)


@pytest.mark.parametrize("value", ["nli", "cross-encoder:", "cross-encoder", "llm:qwen3", "LLM"])
def test_a_judge_that_there_cannot_be_is_told(tmp_path: Path, value: str) -> None:
    with pytest.raises(
        BadUseError, match=f"ASSISTANT_JUDGE must be cross-encoder:NAME or llm, not '{value}'"
    ):
        Settings.from_env({"ASSISTANT_JUDGE": value, "ASSISTANT_LLM": "ollama:klein"}, tmp_path)


def test_a_language_model_that_judges_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(BadUseError, match="ASSISTANT_LLM must name a language model"):
        Settings.from_env({"ASSISTANT_JUDGE": "llm"}, tmp_path)
    found = Settings.from_env({}, configured(tmp_path, 'judge = "llm"\nllm = "ollama:klein"'))
    assert found.judge == "llm"
