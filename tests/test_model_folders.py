"""From a name to a folder: written once, whole or not at all, by one process at a time."""

from __future__ import annotations

import json
import multiprocessing
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from assistant import e5
from assistant.errors import EncoderError
from assistant.model_folders import DefaultModel, FolderModel, HubModel, dimension_of, locate

if TYPE_CHECKING:
    from pathlib import Path

HUB_NAME = "intfloat/multilingual-e5-small"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass(frozen=True)
class Writer:
    """Fills a folder with a small model, and notes each time in a file."""

    log: Path
    seconds: float = 0.0
    fails: bool = False

    def __call__(self, folder: Path) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write("x")
        (folder / "1_Pooling").mkdir()
        (folder / "1_Pooling" / "config.json").write_text("{}", encoding="utf-8")
        (folder / "tokenizer.json").write_text('{"tokens": 1}', encoding="utf-8")
        time.sleep(self.seconds)
        if self.fails:
            raise OSError(28, "No space left on device")
        (folder / "model.safetensors").write_bytes(bytes(1000))

    @property
    def times(self) -> int:
        return len(self.log.read_text(encoding="utf-8")) if self.log.exists() else 0


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path / "log")


@pytest.fixture
def model(tmp_path: Path, writer: Writer) -> DefaultModel:
    return DefaultModel(tmp_path / "data", writer)


def entries(model: DefaultModel) -> list[str]:
    return sorted(path.name for path in (model.data_dir / "models").iterdir())


def test_the_default_model_is_written_once(model: DefaultModel, writer: Writer) -> None:
    folder = model.folder(weights=True)
    assert folder == model.data_dir / "models" / e5.NAME
    assert model.folder(weights=True) == model.folder(weights=False) == folder
    assert writer.times == 1
    assert entries(model) == [f".{e5.NAME}.lock", e5.NAME]


def test_the_identity_writes_nothing(model: DefaultModel, writer: Writer) -> None:
    identity = model.identity()
    assert (identity.name, identity.dimension, identity.normalised) == (e5.NAME, 384, True)
    assert identity.revision == e5.SOURCE_SHA256
    assert writer.times == 0
    assert not model.data_dir.exists()


@pytest.mark.parametrize("weights", [True, False])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("contents.json", None),
        ("contents.json", b"{"),
        ("contents.json", b"[]"),
        ("contents.json", b'{"layout": 0, "source": "", "files": {}}'),
        ("tokenizer.json", None),
        ("tokenizer.json", b'{"tokens": 2}'),
        ("model.safetensors", bytes(999)),
        ("1_Pooling/config.json", b"  "),
    ],
)
def test_a_damaged_folder_is_made_again(
    model: DefaultModel, writer: Writer, name: str, content: bytes | None, weights: bool
) -> None:
    path = model.folder(weights=True) / name
    good = path.read_bytes()
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    assert model.folder(weights=weights) == model.data_dir / "models" / e5.NAME
    assert path.read_bytes() == good
    assert writer.times == 2
    assert entries(model) == [f".{e5.NAME}.lock", e5.NAME]


def test_a_changed_weight_is_noticed_before_the_weights_are_used(model: DefaultModel, writer: Writer) -> None:
    path = model.folder(weights=True) / "model.safetensors"
    path.write_bytes(bytes(999) + b"\x01")
    model.folder(weights=False)
    assert writer.times == 1
    model.folder(weights=True)
    assert writer.times == 2
    assert path.read_bytes() == bytes(1000)


def test_what_a_killed_process_left_is_removed(model: DefaultModel) -> None:
    left = model.data_dir / "models" / ".making-abc" / "new"
    left.mkdir(parents=True)
    (left / "model.safetensors").write_bytes(bytes(10))
    model.folder(weights=True)
    assert entries(model) == [f".{e5.NAME}.lock", e5.NAME]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    model = DefaultModel(tmp_path / "data", Writer(tmp_path / "log", fails=True))
    with pytest.raises(EncoderError, match=r"No space left on device.*250 MB free"):
        model.folder(weights=False)
    assert entries(model) == [f".{e5.NAME}.lock"]


def test_a_data_directory_that_is_a_file_is_told(tmp_path: Path, writer: Writer) -> None:
    (tmp_path / "data").write_text("", encoding="utf-8")
    with pytest.raises(EncoderError, match="may be written to"):
        DefaultModel(tmp_path / "data", writer).folder(weights=False)


def test_processes_that_start_together_write_it_once(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "log", seconds=0.5)
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        folders = pool.map(_folder, [DefaultModel(tmp_path / "data", writer)] * 2, chunksize=1)
    assert folders == [tmp_path / "data" / "models" / e5.NAME] * 2
    assert writer.times == 1


def _folder(model: DefaultModel) -> Path:
    return model.folder(weights=True)


@pytest.mark.parametrize("name", [None, ""])
def test_no_name_is_the_default_model(tmp_path: Path, name: str | None) -> None:
    assert locate(name, tmp_path) == DefaultModel(tmp_path)


@pytest.mark.parametrize("name", ["/no/such/folder", "./nowhere/at/all", "..", "a b", "-x", "http://x/y"])
def test_a_name_that_can_be_no_model_is_an_error(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if name == "..":
        (tmp_path / "file").write_text("", encoding="utf-8")
        name = "file"
    with pytest.raises(EncoderError, match="ASSISTANT_ENCODER"):
        locate(name, tmp_path)


def write_folder(folder: Path, weights: bytes = b"w") -> Path:
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "1_Pooling" / "config.json").write_text('{"word_embedding_dimension": 7}', encoding="utf-8")
    (folder / "config.json").write_text('{"hidden_size": 9}', encoding="utf-8")
    (folder / "model.safetensors").write_bytes(weights)
    return folder


def test_a_folder_is_known_by_its_contents(tmp_path: Path) -> None:
    first = locate(str(write_folder(tmp_path / "a" / "mine")), tmp_path)
    moved = locate(str(write_folder(tmp_path / "b" / "mine")), tmp_path)
    other = locate(str(write_folder(tmp_path / "c" / "mine", b"v")), tmp_path)
    assert isinstance(first, FolderModel)
    assert first.identity() == moved.identity()
    assert first.identity().revision != other.identity().revision
    assert (first.identity().name, first.identity().dimension) == ("mine", 7)


@pytest.mark.parametrize(
    ("files", "dimension"),
    [
        ({}, 0),
        ({"config.json": {"hidden_size": 9}}, 9),
        ({"config.json": {"hidden_size": 9}, "1_Pooling/config.json": {"embedding_dimension": 8}}, 8),
        (
            {"1_Pooling/config.json": {"embedding_dimension": 8}, "2_Dense/config.json": {"out_features": 5}},
            5,
        ),
    ],
)
def test_the_dimension_comes_from_the_configuration(
    tmp_path: Path, files: dict[str, dict[str, int]], dimension: int
) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    assert dimension_of(tmp_path) == dimension


def test_a_broken_configuration_is_told_with_its_path(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine")
    (folder / "config.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(EncoderError, match=r"config\.json does not hold a JSON object"):
        locate(str(folder), tmp_path).identity()
    (folder / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(EncoderError, match=r"config\.json cannot be read"):
        locate(str(folder), tmp_path).identity()


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the hub's client, which may make no request."""
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return tmp_path / "hub"


def snapshot(hub: Path, name: str) -> Path:
    """Where the hub's client keeps a model."""
    model = hub / f"models--{name.replace('/', '--')}"
    (model / "refs").mkdir(parents=True)
    (model / "refs" / "main").write_text(COMMIT, encoding="utf-8")
    return model / "snapshots" / COMMIT


def test_a_model_of_the_hub_that_is_not_there_is_told(hub: Path, tmp_path: Path) -> None:
    model = locate(HUB_NAME, tmp_path)
    assert model == HubModel(HUB_NAME)
    assert (model.identity().revision, model.identity().dimension) == ("", 0)
    with pytest.raises(EncoderError, match=r"not on this machine and cannot be downloaded"):
        model.folder(weights=True)


@pytest.mark.parametrize("name", [HUB_NAME, "short-name"])
def test_a_cached_model_of_the_hub_is_known_by_its_commit(hub: Path, tmp_path: Path, name: str) -> None:
    folder = write_folder(snapshot(hub, name if "/" in name else f"sentence-transformers/{name}"))
    model = locate(name, tmp_path)
    assert model.folder(weights=True) == folder
    assert (model.identity().name, model.identity().revision) == (name, COMMIT)
    assert model.identity().dimension == 7


def test_a_model_without_safe_weights_is_refused(hub: Path, tmp_path: Path) -> None:
    folder = write_folder(snapshot(hub, HUB_NAME))
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(EncoderError, match=r"safetensors|cannot be downloaded"):
        locate(HUB_NAME, tmp_path).folder(weights=True)
