"""One frozen record of settings, from environment and `assistant.toml`; only composition roots read it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import BadUseError

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG_NAME = "assistant.toml"
_PREFIX = "ASSISTANT_"
_DEFAULTS = {
    "data_dir": "data",
    "corpus_dir": "corpus",
    "encoder": "",
    "host": "127.0.0.1",
    "port": "7860",
    "max_file_mb": "100",
    "library": "off",
    "private_urls": "off",
    "judge": "",
    "llm": "",
    "llm_base_url": "",
    "llm_key_file": "",
    "llm_timeout_s": "60",
    "llm_temperature": "0.1",
    "llm_context_tokens": "8192",
    "llm_at_once": "2",
    "llm_unsupported": "mark",
}
_KEY = "ASSISTANT_LLM_KEY"
"""In the environment only: a key does not belong in a file that is shared."""


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """Which language model writes; `name` empty means none.

    `name` is "ollama:NAME" or "openai:NAME", the latter for every server with that interface. `key` is never
    shown, and `key_file` a file that holds it. `timeout_s` bounds a whole answer. With `mark`, sentences that
    are not found in the sources are shown as such; without, they are dropped.
    """

    name: str = ""
    base_url: str = ""
    key: str = field(default="", repr=False)
    key_file: Path | None = None
    timeout_s: int = 60
    temperature: float = 0.1
    context_tokens: int = 8_192
    at_once: int = 2
    mark: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and which model reads them. `encoder` empty means the default model.

    A file of more than `max_file_mb` million bytes is not taken in. With `library`, whoever opens the app may
    see, add, correct and remove documents. With `private_urls`, pages on this machine and in private networks
    may be fetched. `judge` is who decides on sentences that no rule refuses: "cross-encoder:NAME", "llm", or
    empty for the score that the product brings.
    """

    data_dir: Path
    corpus_dir: Path
    encoder: str
    host: str
    port: int
    max_file_mb: int = 100
    library: bool = False
    private_urls: bool = False
    judge: str = ""
    llm: LlmSettings = field(default_factory=LlmSettings)

    @classmethod
    def from_env(cls, environ: Mapping[str, str], folder: Path) -> Settings:
        """Settings from `folder`/assistant.toml, overruled by ASSISTANT_* variables.

        Relative paths are below `folder`; what is set to nothing counts as not set.

        Raises:
            BadUseError: the file cannot be read, names an unknown setting, or a value is of the wrong kind.
        """
        given = _from_file(folder / CONFIG_NAME)
        given |= {key: environ[name] for key in _DEFAULTS if environ.get(name := _PREFIX + key.upper())}
        values = _DEFAULTS | {key: value for key, value in given.items() if value}
        return cls(
            data_dir=_path("data_dir", folder, values),
            corpus_dir=_path("corpus_dir", folder, values),
            encoder=values["encoder"],
            host=values["host"],
            port=_port(values["port"]),
            max_file_mb=_number("max_file_mb", values, 10_000),
            library=_switch("library", values),
            private_urls=_switch("private_urls", values),
            judge=_judge(values),
            llm=_llm(folder, values, environ.get(_KEY, "").strip()),
        )


def _llm(folder: Path, values: Mapping[str, str], key: str) -> LlmSettings:
    return LlmSettings(
        name=values["llm"],
        base_url=values["llm_base_url"],
        key=key,
        key_file=_path("llm_key_file", folder, values) if values["llm_key_file"] else None,
        timeout_s=_number("llm_timeout_s", values, 3_600),
        temperature=_temperature(values["llm_temperature"]),
        context_tokens=_number("llm_context_tokens", values, 1_000_000),
        at_once=_number("llm_at_once", values, 100),
        mark=_one_of("llm_unsupported", values, ("mark", "drop")) == "mark",
    )


def _judge(values: Mapping[str, str]) -> str:
    judge = values["judge"]
    kind, _, name = judge.partition(":")
    if judge == "llm" and not values["llm"]:
        raise BadUseError("ASSISTANT_JUDGE is llm, so ASSISTANT_LLM must name a language model.")
    if judge in {"", "llm"} or (kind == "cross-encoder" and name.strip()):
        return judge
    raise BadUseError(f"ASSISTANT_JUDGE must be cross-encoder:NAME or llm, not {judge!r}.")


def _from_file(path: Path) -> dict[str, str]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise BadUseError(f"{path.name} cannot be read: {error}.") from error
    values: dict[str, str] = {}
    for name, value in raw.items():
        key = name.removeprefix(_PREFIX.lower())
        kinds = (str, int, float) if key == "llm_temperature" else (str, int)
        if key not in _DEFAULTS or not isinstance(value, kinds) or isinstance(value, bool):
            known = ", ".join(_PREFIX.lower() + known for known in _DEFAULTS)
            raise BadUseError(
                f"{path.name}: {name} is not a setting with a text or number; known are {known}."
            )
        values[key] = str(value)
    return values


def _path(name: str, folder: Path, values: Mapping[str, str]) -> Path:
    try:
        return folder / Path(values[name]).expanduser()
    except RuntimeError as error:
        raise BadUseError(
            f"{_PREFIX}{name.upper()} names a home folder that is unknown: {values[name]!r}."
        ) from error


def _number(name: str, values: Mapping[str, str], most: int) -> int:
    text = values[name]
    if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 0 < int(text) <= most:
        return int(text)
    raise BadUseError(f"{_PREFIX}{name.upper()} must be a number from 1 to {most:,}, not {text!r}.")


def _switch(name: str, values: Mapping[str, str]) -> bool:
    return _one_of(name, values, ("on", "off")) == "on"


def _one_of(name: str, values: Mapping[str, str], allowed: tuple[str, str]) -> str:
    if values[name] in allowed:
        return values[name]
    raise BadUseError(f"{_PREFIX}{name.upper()} must be {' or '.join(allowed)}, not {values[name]!r}.")


def _temperature(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if 0 <= value <= 2:
        return value
    raise BadUseError(f"ASSISTANT_LLM_TEMPERATURE must be a number from 0 to 2, not {text!r}.")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65_536:
        return int(text)
    raise BadUseError(f"ASSISTANT_PORT must be a number from 1 to 65535, not {text!r}.")
