"""A worker that does what its file is called after: crash, hang, fill memory, or say what it has imported."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from assistant.datatypes import Extracted
from assistant.documents import worker

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.documents import Limits


def serve(limits: Limits) -> None:
    """The worker of the product, with a reader that misbehaves."""
    worker.serve(limits, _read)


def _read(path: Path, limits: Limits) -> Extracted:
    what = path.stem
    if what == "crash":
        os.abort()
    if what == "hang":
        time.sleep(600)
    if what == "spin":
        while True:
            pass
    if what == "fill":
        return Extracted(str(len(bytearray(limits.memory_bytes))))
    if what == "noise":
        os.write(1, b"noise\n")
        os.write(2, b"noise\n")
    if what == "swell":
        bytearray(b"x") * (limits.memory_bytes * 6 // 10)
    text = "\n".join(sorted(sys.modules)) if what == "modules" else f"{what} {os.getpid()}"
    return Extracted(text)
