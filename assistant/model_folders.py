"""From the name of a model to a folder that holds it, and to its identity; torch is not needed for either.

Three kinds of names: none (the default model, written from a Python package on first use), a folder of
Sentence Transformers, and the name of a model on a hub. This module knows nothing of vectors.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Protocol

from assistant import e5
from assistant.datatypes import EncoderIdentity
from assistant.errors import EncoderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LAYOUT = 1
"""Raise this when `e5.convert` writes something else, so that folders on disk are made anew."""
_CONTENTS = "contents.json"
_WEIGHTS = "model.safetensors"
_TEMPORARY = ".making-"
_LOCK_TIMEOUT_S = 600.0
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")
_HUB_FILES = ("*.json", "*.txt", "*.model", "*.safetensors")
_HUB_COPIES = ("onnx/*", "openvino/*")


class Model(Protocol):
    """One model, before it is loaded."""

    def identity(self) -> EncoderIdentity:
        """Which model this is, from what is on disk; nothing is written or downloaded."""
        ...

    def folder(self, *, weights: bool) -> Path:
        """The folder of the model, made or downloaded when it is not there yet; raises EncoderError.

        `weights` says whether the weights will be read: only then the time is taken to check them too.
        """
        ...


def locate(name: str | None, data_dir: Path) -> Model:
    """The model of that name; None or "" is the default model, kept below `data_dir`.

    Raises:
        EncoderError: the name is neither an existing folder nor of the form of a hub's names.
    """
    if not name:
        return DefaultModel(data_dir)
    path = Path(name).expanduser()
    if path.is_dir():
        return FolderModel(path.resolve())
    if path.exists() or path.is_absolute() or not _HUB_NAME.fullmatch(name):
        raise EncoderError(
            f"There is no sentence encoder {name!r}: ASSISTANT_ENCODER must name a folder of Sentence "
            "Transformers or a model on a hub, or be left out for the default model."
        )
    return HubModel(name)


@dataclass(frozen=True, slots=True)
class DefaultModel:
    """The model of `assistant.e5`, kept below `data_dir`/models; `write` fills an empty folder with it."""

    data_dir: Path
    write: Callable[[Path], None] = e5.write_model

    def identity(self) -> EncoderIdentity:
        """Constant: the SHA-256 of the source of the weights."""
        return EncoderIdentity(e5.NAME, e5.SOURCE_SHA256, e5.DIMENSION, normalised=True)

    def folder(self, *, weights: bool) -> Path:
        """The folder, written now if it is missing, half-written or damaged; two processes may ask at once.

        Raises:
            EncoderError: the source of the weights is missing or damaged, or the folder cannot be written.
        """
        target = self.data_dir / "models" / e5.NAME
        if _is_whole(target, weights=weights):
            return target
        try:
            _make(target, self.write)
        except OSError as error:
            raise EncoderError(
                f"The sentence encoder cannot be written to {target} ({error.strerror or error}); it needs a "
                "folder that may be written to, with 250 MB free."
            ) from error
        return target


@dataclass(frozen=True, slots=True)
class FolderModel:
    """A folder of Sentence Transformers."""

    path: Path

    def identity(self) -> EncoderIdentity:
        """The folder's name, and the SHA-256 over its configuration and weights.

        Raises:
            EncoderError: they cannot be read.
        """
        digest = hashlib.sha256()
        try:
            for path in _model_files(self.path):
                digest.update(f"{path.relative_to(self.path).as_posix()} {_digest(path)}\n".encode())
        except OSError as error:
            raise EncoderError(
                f"The sentence encoder in {self.path} cannot be read: {error.strerror}."
            ) from error
        return EncoderIdentity(self.path.name, digest.hexdigest(), dimension_of(self.path), normalised=True)

    def folder(self, *, weights: bool) -> Path:
        """The folder itself: what a user has chosen is taken as it is."""
        return self.path


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model on a hub; once it is in the local cache, no request is made any more."""

    name: str

    def identity(self) -> EncoderIdentity:
        """The name, and commit and dimension when the model is in the local cache ("" and 0 before)."""
        folder = self._cached()
        if folder is None:
            return EncoderIdentity(self.name, "", 0, normalised=True)
        return EncoderIdentity(self.name, folder.name, dimension_of(folder), normalised=True)

    def folder(self, *, weights: bool) -> Path:
        """The model's snapshot in the local cache, downloaded when it is not there.

        Raises:
            EncoderError: the model cannot be downloaded, or has no weights in the format safetensors.
        """
        folder = self._cached() or self._download()
        if not _has_weights(folder):
            raise EncoderError(
                f"The model {self.name} has no weights in the format safetensors; name another one in "
                "ASSISTANT_ENCODER."
            )
        return folder

    def _cached(self) -> Path | None:
        from huggingface_hub.errors import LocalEntryNotFoundError

        with suppress(LocalEntryNotFoundError):
            folder = self._snapshot(local_files_only=True)
            # Another program may have fetched no more than the tokenizer.
            return folder if _has_weights(folder) else None
        return None

    def _download(self) -> Path:
        try:
            return self._snapshot(local_files_only=False)
        # The hub's client lets through what its HTTP library raises, and that library changes.
        except Exception as error:
            raise EncoderError(
                f"The model {self.name} is not on this machine and cannot be downloaded; leave "
                "ASSISTANT_ENCODER out for the default model, which needs no hub."
            ) from error

    def _snapshot(self, *, local_files_only: bool) -> Path:
        from huggingface_hub import snapshot_download

        name = self.name if "/" in self.name else f"sentence-transformers/{self.name}"
        return Path(
            snapshot_download(
                name,
                allow_patterns=list(_HUB_FILES),
                ignore_patterns=list(_HUB_COPIES),
                local_files_only=local_files_only,
            )
        )


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a model's configuration file; empty when there is no such file.

    Raises:
        EncoderError: the file is there but cannot be read as a JSON object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise EncoderError(f"The sentence encoder's file {path} cannot be read: {error}.") from error
    if not isinstance(content, dict):
        raise EncoderError(f"The sentence encoder's file {path} does not hold a JSON object.")
    return content


def dimension_of(folder: Path) -> int:
    """The length of the vectors that a model folder gives, from its configuration alone.

    The last dense layer decides, else the pooling, else the size of the network's hidden states; 0 when the
    configuration tells none of these.
    """
    dense = [read_json(path).get("out_features") for path in sorted(folder.glob("*_Dense/config.json"))]
    pooling = [
        content.get("embedding_dimension", content.get("word_embedding_dimension"))
        for content in map(read_json, sorted(folder.glob("*_Pooling/config.json")))
    ]
    hidden = [read_json(folder / "config.json").get("hidden_size")]
    told = [size for size in (*dense[::-1], *pooling, *hidden) if isinstance(size, int)]
    return told[0] if told else 0


def _model_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".json", ".safetensors", ".bin", ".model", ".txt"}:
            yield path


def _has_weights(folder: Path) -> bool:
    return any(folder.rglob("*.safetensors"))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_whole(folder: Path, *, weights: bool) -> bool:
    """Whether the folder holds exactly what its list of contents says; the list is written last."""
    try:
        contents = json.loads((folder / _CONTENTS).read_text(encoding="utf-8"))
        if contents["layout"] != _LAYOUT or contents["source"] != e5.SOURCE_SHA256:
            return False
        return all(
            (folder / name).stat().st_size == facts["bytes"]
            and ((name == _WEIGHTS and not weights) or _digest(folder / name) == facts["sha256"])
            for name, facts in contents["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _make(target: Path, write: Callable[[Path], None]) -> None:
    """Write the default model beside `target` and rename it when all is on disk; one process at a time."""
    from filelock import FileLock, Timeout

    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(target.parent / f".{e5.NAME}.lock", timeout=_LOCK_TIMEOUT_S):
            # Another process may have made it while this one waited for the lock.
            if not _is_whole(target, weights=True):
                _make_locked(target, write)
    except Timeout as error:
        raise EncoderError(
            f"Another process has been writing {target} for {_LOCK_TIMEOUT_S:.0f} s; stop it and try again."
        ) from error


def _make_locked(target: Path, write: Callable[[Path], None]) -> None:
    # Whoever left a temporary folder here was killed: it would still hold the lock otherwise.
    for leftover in target.parent.glob(f"{_TEMPORARY}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    temporary = Path(mkdtemp(prefix=_TEMPORARY, dir=target.parent))
    try:
        new = temporary / "new"
        new.mkdir()
        write(new)
        _write_contents(new)
        if target.exists():
            target.rename(temporary / "damaged")
        new.rename(target)
        _sync(target.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_contents(folder: Path) -> None:
    files = {}
    for path in _model_files(folder):
        _sync(path)
        files[path.relative_to(folder).as_posix()] = {"bytes": path.stat().st_size, "sha256": _digest(path)}
    contents = folder / _CONTENTS
    facts = {"files": files, "layout": _LAYOUT, "source": e5.SOURCE_SHA256}
    contents.write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for path in (contents, *(child for child in folder.iterdir() if child.is_dir()), folder):
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
