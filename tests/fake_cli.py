"""The real command line on a `NarrowEncoder`, as a process of its own: python -m tests.fake_cli COMMAND.

What it tries to do on a network is told on stderr.
"""

from __future__ import annotations

import sys

from assistant import pipeline
from assistant.__main__ import main
from tests.fakes import NarrowEncoder


def _tell(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        sys.stderr.write(f"network: {event} {arguments[1:]}\n")


if __name__ == "__main__":
    sys.addaudithook(_tell)
    vars(pipeline)["open_encoder"] = lambda name, data_dir: NarrowEncoder()
    sys.exit(main(sys.argv[1:]))
