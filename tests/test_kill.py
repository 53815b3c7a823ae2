"""SIGKILL at any moment of an ingest: the live generation answers, and the next ingest succeeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.killing import kills

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.timeout(600)
def test_thirty_kills(tmp_path: Path) -> None:
    rounds = list(kills(tmp_path, count=30, seed=20261121))
    assert len(rounds) == 30
    # The moments are spread over the ingest: most hit it, and not all at its beginning.
    assert sum(kill.killed for kill in rounds) >= 15
    assert max(kill.lived_s for kill in rounds) > 2 * min(kill.lived_s for kill in rounds)
