"""What several test modules share; made once per session, and read only."""

from __future__ import annotations

import gc
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from assistant.encoder import SentenceEncoder, open_encoder
from assistant.evaluation import read_file
from assistant.ingesting import ingest
from assistant.pipeline import Assistant
from tests.fakes import NarrowEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.datatypes import Answer

ROOT = Path(__file__).parents[1]
# No test is timed: how long an example takes is a matter of what else the machine does.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def corpus_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with an index of the whole corpus, made with a NarrowEncoder."""
    data_dir = tmp_path_factory.mktemp("corpus")
    encoder = NarrowEncoder()
    ingest([ROOT / "corpus"], data_dir, encoder.identity, lambda: encoder)
    return data_dir


@pytest.fixture(scope="session")
def corpus_assistant(corpus_data: Path) -> Assistant:
    """An assistant over the whole corpus."""
    return Assistant(NarrowEncoder(), corpus_data)


@pytest.fixture(scope="session")
def asked(corpus_assistant: Assistant) -> list[tuple[dict[str, Any], Answer]]:
    """Every question of the question files without filters, with its answer from the whole corpus."""
    names = ("dev", "list_questions", "hard_unanswerable")
    records = [
        record for name in names for record in read_file(ROOT / "tests" / "questions" / f"{name}.jsonl")
    ]
    return [(record, corpus_assistant.ask(record["question"])) for record in records]


@pytest.fixture(scope="session")
def talked(corpus_assistant: Assistant) -> list[tuple[dict[str, Any], Answer]]:
    """Every turn of the conversations, asked after the turns before it, with its answer."""
    found: list[tuple[dict[str, Any], Answer]] = []
    for record in read_file(ROOT / "tests" / "questions" / "conversations.jsonl"):
        history: list[Answer] = []
        for turn in record["turns"]:
            history.append(corpus_assistant.ask(turn["question"], None, history))
            found.append((turn, history[-1]))
    return found


@pytest.fixture(scope="session")
def real_encoder_data() -> Path:
    """A data directory for the default model, kept from run to run so that it is converted once."""
    return Path(os.environ.get("ASSISTANT_TEST_CACHE", ROOT / ".cache" / "models"))


@pytest.fixture(scope="session")
def real_encoder(real_encoder_data: Path) -> SentenceEncoder:
    """The default model."""
    return open_encoder(None, real_encoder_data)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB of its own, where the machine allows one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root can mount a small disk, and not everywhere")
    yield disk
    gc.collect()
    subprocess.run(["umount", "-l", str(disk)], check=True)
