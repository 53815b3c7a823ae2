"""Settings: where they come from, which wins, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import BadUseError
from assistant.settings import CONFIG_NAME, Settings


def test_defaults_are_those_of_the_design(tmp_path: Path) -> None:
    settings = Settings.from_env({}, tmp_path)
    expected = Settings(tmp_path / "data", tmp_path / "corpus", "", "127.0.0.1", 7860)
    assert settings == expected


def test_environment_wins_from_the_file(tmp_path: Path) -> None:
    (tmp_path / CONFIG_NAME).write_text(
        'assistant_port = 7001\nassistant_encoder = "model"\n', encoding="utf-8"
    )
    settings = Settings.from_env({"ASSISTANT_PORT": "7002", "UNRELATED": "x"}, tmp_path)
    assert (settings.port, settings.encoder) == (7002, "model")


def test_absolute_paths_stay_and_relative_ones_begin_at_the_folder(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {"ASSISTANT_DATA_DIR": "/elsewhere", "ASSISTANT_CORPUS_DIR": "notes"}, tmp_path
    )
    assert (settings.data_dir, settings.corpus_dir) == (Path("/elsewhere"), tmp_path / "notes")


@pytest.mark.parametrize("port", ["0", "65536", "7860.5", "-1", "abc", "٧٨٦٠"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(BadUseError, match="ASSISTANT_PORT"):
        Settings.from_env({"ASSISTANT_PORT": port}, tmp_path)


@pytest.mark.parametrize(
    "text", ["assistant_prot = 1", "assistant_port = [1]", "assistant_port = true", "not toml"]
)
def test_a_file_with_a_mistake_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / CONFIG_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(BadUseError, match=CONFIG_NAME):
        Settings.from_env({}, tmp_path)
