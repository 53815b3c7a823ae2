"""SIGKILL at any moment of an ingest: the live generation answers, and the next ingest succeeds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from assistant.encoder import identify
from assistant.model_folders import locate
from tests.killing import REPO, check_live, kills
from tests.samples import body_of, write_note, write_notes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.timeout(600)
def test_thirty_kills(tmp_path: Path) -> None:
    rounds = list(kills(tmp_path, count=30, seed=20261121))
    assert len(rounds) == 30
    # The moments are spread over the ingest: most hit it, and not all at its beginning.
    assert sum(kill.killed for kill in rounds) >= 15
    assert max(kill.lived_s for kill in rounds) > 2 * min(kill.lived_s for kill in rounds)


@pytest.mark.timeout(600)
def test_eight_power_cuts(tmp_path: Path) -> None:
    rounds = list(kills(tmp_path, count=8, seed=20261122, cut=True))
    assert sum(kill.killed for kill in rounds) >= 4


def command(notes: Path, data_dir: Path, model: Path) -> subprocess.Popen[bytes]:
    environ = os.environ | {"ASSISTANT_DATA_DIR": str(data_dir), "ASSISTANT_ENCODER": str(model)}
    return subprocess.Popen(
        [sys.executable, "ingest.py", str(notes)], cwd=REPO, env=environ, stdout=subprocess.DEVNULL
    )


@pytest.mark.real_model
@pytest.mark.timeout(600)
def test_a_kill_of_the_command_with_the_real_encoder(tmp_path: Path, real_encoder_data: Path) -> None:
    model = locate("", real_encoder_data).folder(weights=True)
    notes, data_dir = tmp_path / "notes", tmp_path / "data"
    write_notes(notes)
    started = time.perf_counter()
    assert command(notes, data_dir, model).wait() == 0
    duration_s = time.perf_counter() - started
    identity = identify(str(model), data_dir)
    before = check_live(data_dir, identity)
    write_note(notes, "wijk-02", body_of("wijk-02", "Dit is nieuw."))
    ingest = command(notes, data_dir, model)
    time.sleep(0.6 * duration_s)  # amid the writing: half of it is the start
    ingest.send_signal(signal.SIGKILL)
    ingest.wait()
    after = check_live(data_dir, identity)
    assert command(notes, data_dir, model).wait() == 0
    wanted = check_live(data_dir, identity)
    assert "Dit is nieuw." in wanted["wijk-02"]
    assert after in (before, wanted)
