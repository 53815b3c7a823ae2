"""Texts to vectors, by a SentenceTransformer behind one interface.

The model's libraries take seconds to import, so nothing is loaded before the first text is encoded; counting
tokens loads the tokenizer alone. This module knows nothing of passages, indexes or settings.
"""

from __future__ import annotations

import gc
import math
import os
import re
import time
import unicodedata
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import RLock, Thread
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from assistant import e5
from assistant.errors import EncoderError
from assistant.model_folders import locate, read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import torch
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    from assistant.datatypes import EncoderIdentity
    from assistant.model_folders import Model

Dtype = Literal["float32", "bfloat16"]
"""The numbers that a network computes with; the vectors of both are interchangeable (cosine above .9999)."""

MAX_CHARACTERS = 20_000
"""Longer texts are cut here before anything else: more than a model reads, and a bound on hostile texts."""

# With more tokens in a batch, what a layer computes no longer fits in the processor's cache.
_BATCH_TOKENS = 2_048
# For every new shape of a batch the processor's kernels are made anew: with lengths and numbers of texts that
# come back, the notes were embedded in two thirds of the time.
_LENGTH_STEP = 16
_COUNT_STEP = 8
_MAX_THREADS = 8
_TRIALS = 5
_TRIAL_TOKENS = 256
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_E5_NAME = re.compile(r"(^|[-_/])e5[-_](?!.*instruct)", re.IGNORECASE)


def open_encoder(name: str | None, data_dir: Path) -> SentenceEncoder:
    """The encoder of that name: None or "" for the default model, else a folder or a model on a hub.

    The default model is kept below `data_dir`. Returns at once: the model is prepared and loaded when the
    first text comes.

    Raises:
        EncoderError: there can be no such model.
    """
    return SentenceEncoder(locate(name, data_dir))


def identify(name: str | None, data_dir: Path) -> EncoderIdentity:
    """Which model `open_encoder` would give, from what is on disk: no torch, no conversion, no download.

    Raises:
        EncoderError: there can be no such model, or its folder cannot be read.
    """
    return locate(name, data_dir).identity()


def import_ahead() -> None:
    """Import the model's libraries beside other work; what goes wrong shows when the model is loaded."""

    def import_them() -> None:
        with suppress(Exception):
            _import_libraries()

    Thread(target=import_them, name="import").start()


@dataclass(frozen=True, slots=True)
class Prompts:
    """What stands before a text when it is encoded as a question or as a passage."""

    query: str
    passage: str


class SentenceEncoder:
    """An `assistant.datatypes.Encoder` on a Sentence Transformers folder; threads may share it."""

    def __init__(self, model: Model, dtype: Dtype | None = None) -> None:
        """Take the model, nothing is read yet; `dtype` None chooses the faster one on this machine."""
        self._model = model
        self._dtype = dtype
        # One lock for all: a tokenizer keeps the truncation of its last call, and threads of torch that
        # compete for the same cores only slow each other down.
        self._lock = RLock()
        self._identity: EncoderIdentity | None = None
        self._folder: Path | None = None
        self._prompts: Prompts | None = None
        self._tokenizer: Tokenizer | None = None
        self._network: _Network | None = None

    @property
    def identity(self) -> EncoderIdentity:
        """Which model this is; one of a hub has revision "" and dimension 0 until it has been downloaded."""
        with self._lock:
            if self._identity is None or not self._identity.revision:
                self._identity = self._model.identity()
            return self._identity

    @property
    def max_tokens(self) -> int:
        """The longest input that is read whole, prompt and special tokens included; raises EncoderError."""
        with self._lock:
            return _read_max_tokens(self._place())

    @property
    def dtype(self) -> Dtype:
        """The numbers that the network computes with; loads the model; raises EncoderError."""
        with self._lock:
            return self._loaded().dtype

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (n, d), of unit length.

        Raises:
            EncoderError: the model cannot be prepared or loaded, or gave a vector without a direction.
        """
        return self._encode(
            texts, lambda network, batch: network.encode(batch, "query", self._prompt().query)
        )

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (n, d), of unit length; what lies beyond `max_tokens` is not read.

        Raises:
            EncoderError: the model cannot be prepared or loaded, or gave a vector without a direction.
        """
        return self._encode(
            texts, lambda network, batch: network.encode(batch, "document", self._prompt().passage)
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as `encode_passages` reads it, prompt and special tokens included.

        Nothing is truncated, but a text is counted no further than `MAX_CHARACTERS`.

        Raises:
            EncoderError: the model cannot be prepared, or has no tokenizer that can be read.
        """
        with self._lock:
            prompt = self._prompt().passage
            found = self._counter().encode_batch_fast([prompt + clean(text) for text in texts])
            return [len(encoding.ids) for encoding in found]

    def _place(self) -> Path:
        if self._folder is None:
            self._folder = self._model.folder(weights=False)
        return self._folder

    def _prompt(self) -> Prompts:
        if self._prompts is None:
            self._prompts = read_prompts(self._place(), self.identity.name)
        return self._prompts

    def _counter(self) -> Tokenizer:
        """A tokenizer that truncates nothing; the network's own once that is loaded: each takes 300 MB."""
        if self._tokenizer is None:
            self._tokenizer = _load_tokenizer(self._place())
        # The network sets truncation and padding anew before each use: under the lock, sharing is safe.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        return self._tokenizer

    def _loaded(self) -> _Network:
        if self._network is None:
            self._tokenizer = None
            self._network = _load_network(self._model.folder(weights=True), self._dtype)
            self._tokenizer = self._network.tokenizer
        return self._network

    def _encode(
        self, texts: Sequence[str], encode: Callable[[_Network, list[str]], NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.identity.dimension), dtype=np.float32)
        cleaned = [clean(text) for text in texts]
        with self._lock:
            self._loaded()  # first, or a second tokenizer would be loaded to count with
        sizes = [min(count, self.max_tokens) for count in self.count_tokens(cleaned)]
        order: list[int] = []
        parts: list[NDArray[np.float32]] = []
        for batch in _batches(sizes):
            # The lock is free between batches, so that a question need not wait for thousands of passages.
            with self._lock:
                found = encode(self._loaded(), [cleaned[place] for place in batch])
            parts.append(unit_length(found))
            order += batch
        vectors: NDArray[np.float32] = np.empty((len(cleaned), parts[0].shape[1]), dtype=np.float32)
        vectors[order] = np.concatenate(parts)
        return vectors


def _batches(sizes: Sequence[int]) -> Iterator[list[int]]:
    """The places of texts of so many tokens, in batches of like length: a batch takes as long as its longest.

    Batches of more than `_COUNT_STEP` texts hold a multiple of it, smaller ones a power of two, as long as
    there are texts enough.
    """
    places = sorted(range(len(sizes)), key=lambda place: sizes[place], reverse=True)
    start = 0
    while start < len(places):
        length = math.ceil(sizes[places[start]] / _LENGTH_STEP) * _LENGTH_STEP
        fitting = max(_BATCH_TOKENS // max(length, _LENGTH_STEP), 1)
        stepped = fitting // _COUNT_STEP * _COUNT_STEP or 1 << (fitting.bit_length() - 1)
        yield places[start : start + stepped]
        start += stepped


def clean(text: str) -> str:
    """The text as a model may read it: at most MAX_CHARACTERS, composed (NFC), no NUL, no lone surrogates."""
    return unicodedata.normalize("NFC", _NOT_TEXT.sub(" ", text[:MAX_CHARACTERS]))


def unit_length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """`vectors`, shape (n, d), each divided by its length (bfloat16 leaves lengths up to 0.5 % off).

    Raises:
        EncoderError: a number is not finite, or a vector is zero.
    """
    exact = vectors.astype(np.float64)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not (lengths > 0).all():
        raise EncoderError(
            "The sentence encoder gave a vector without a direction; its model is damaged, name another in "
            "ASSISTANT_ENCODER or remove its folder to have it made again."
        )
    unit: NDArray[np.float32] = (exact / lengths).astype(np.float32)
    return unit


def _read_max_tokens(folder: Path) -> int:
    told = (
        read_json(folder / "sentence_bert_config.json").get("max_seq_length"),
        read_json(folder / "tokenizer_config.json").get("model_max_length"),
        read_json(folder / "config.json").get("max_position_embeddings"),
    )
    sizes = [int(size) for size in told if isinstance(size, int | float) and size > 0]
    return min(sizes, default=e5.MAX_TOKENS)


def read_prompts(folder: Path, name: str) -> Prompts:
    """The model's own prompts; for one of the E5 family that tells none (as on the hub), those of E5."""
    told = read_json(folder / "config_sentence_transformers.json").get("prompts") or {}
    query = told.get("query") or ""
    passage = next((told[key] for key in ("document", "passage", "corpus") if told.get(key)), "")
    if not query and not passage and _E5_NAME.search(name):
        return Prompts(e5.QUERY_PROMPT, e5.PASSAGE_PROMPT)
    return Prompts(query, passage)


def _load_tokenizer(folder: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    try:
        tokenizer: Tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    # The library raises nothing more precise for a file that it cannot read.
    except Exception as error:
        raise EncoderError(f"The sentence encoder's tokenizer {path} cannot be read: {error}.") from error
    return tokenizer


@dataclass(frozen=True, slots=True)
class _Network:
    """A loaded SentenceTransformer; `tokenizer` is the one it uses itself, None when it has no fast one."""

    transformer: SentenceTransformer
    tokenizer: Tokenizer | None
    dtype: Dtype
    threads: int

    def encode(
        self, batch: list[str], task: Literal["query", "document"], prompt: str
    ) -> NDArray[np.float32]:
        """Vectors of one batch, shape (n, d), of any length; raises EncoderError."""
        import torch

        # One text is too little to share: with two threads it took 200 ms instead of 40 on busy cores.
        torch.set_num_threads(1 if len(batch) == 1 else self.threads)
        encode = self.transformer.encode_query if task == "query" else self.transformer.encode_document
        try:
            return encode(
                batch,
                prompt=prompt,
                batch_size=len(batch),
                show_progress_bar=False,
                processing_kwargs={"text": {"pad_to_multiple_of": _LENGTH_STEP}},
            )
        except (RuntimeError, ValueError, MemoryError) as error:
            raise EncoderError(f"The sentence encoder failed on a text: {error}.") from error


def _load_network(folder: Path, dtype: Dtype | None) -> _Network:
    try:
        _import_libraries()
        with _quiet():
            import torch
            from sentence_transformers import SentenceTransformer

            chosen = dtype or fastest_dtype()
            transformer = SentenceTransformer(
                str(folder),
                device="cpu",
                local_files_only=True,
                model_kwargs={"dtype": getattr(torch, chosen)},
            )
    # A folder that is no model, or a damaged one, makes these libraries raise nearly anything.
    except Exception as error:
        raise EncoderError(f"The sentence encoder in {folder} cannot be loaded: {error}.") from error
    tokenizer = getattr(transformer.tokenizer, "backend_tokenizer", None)
    return _Network(transformer, tokenizer, chosen, min(torch.get_num_threads(), _MAX_THREADS))


def _import_libraries() -> None:
    # Threads of OpenMP that spin while they wait for each other take 1.6 s over a question instead of 0.1 s
    # when other programs keep the cores busy. The variable is read once, when torch comes in.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with warnings.catch_warnings(), _no_collection():
        warnings.simplefilter("ignore")
        import sentence_transformers  # noqa: F401
        import torch  # noqa: F401


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for garbage: modules make a million objects that stay; going through them took 2 of 9 s."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # what is there now is not gone through later either
        if was_on:
            gc.enable()


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars, load reports or warnings of the model's libraries on the user's screen."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers.utils import logging

        # Most functions of that module have no types.
        log: Any = logging
        verbosity, bars = log.get_verbosity(), log.is_progress_bar_enabled()
        log.set_verbosity_error()
        log.disable_progress_bar()
        try:
            yield
        finally:
            log.set_verbosity(verbosity)
            if bars:
                log.enable_progress_bar()


def fastest_dtype() -> Dtype:
    """bfloat16 where the processor computes with it and a layer's product is indeed faster, else float32."""
    import torch

    if not any(has is True and "bf16" in name for name, has in torch.cpu.get_capabilities().items()):
        return "float32"
    return "bfloat16" if _time_of_layer_s(torch.bfloat16) < _time_of_layer_s(torch.float32) else "float32"


def _time_of_layer_s(dtype: torch.dtype) -> float:
    """The best of some runs of one product as the default model's feed-forward layers compute it."""
    import torch

    tokens = torch.ones((_TRIAL_TOKENS, e5.DIMENSION), dtype=dtype)
    weights = torch.ones((4 * e5.DIMENSION, e5.DIMENSION), dtype=dtype)

    def once() -> float:
        start = time.perf_counter()
        torch.nn.functional.linear(tokens, weights)
        return time.perf_counter() - start

    with torch.inference_mode():
        return min(once() for _ in range(_TRIALS))
