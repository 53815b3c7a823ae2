"""Which files below some paths are to be taken in, and which are refused before anything opens them.

Every file has its outcome. Passed over are only the names that people do not make themselves (hidden files,
what office programs and file managers leave behind) and sidecars, which belong to the file they describe.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.documents import SUFFIXES, check_name, check_size, check_suffix
from assistant.errors import BadUseError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SIDECARS = (".yaml", ".yml")
_LEFT_BEHIND = ("~$", ".")
_NOT_MADE = frozenset(("thumbs.db", "desktop.ini"))


@dataclass(frozen=True, slots=True)
class Gathered:
    """The files to take in, sorted, each once; and those that are refused, with the reason."""

    files: tuple[Path, ...]
    refused: tuple[tuple[Path, RefusedError], ...]


def gather(paths: Sequence[Path], max_bytes: int) -> Gathered:
    """The files below `paths` (files or folders); links are followed to files of the same folder only.

    Args:
        paths: files, or folders with all below them.
        max_bytes: a larger file is refused unread.

    Raises:
        BadUseError: a path does not exist or cannot be read, or holds no file at all.
    """
    files: dict[Path, Path] = {}
    refused: dict[Path, RefusedError] = {}
    for path in paths:
        root, found = _below(path)
        if not found:
            raise BadUseError(
                f"{path} holds no notes or documents; what was read from it earlier stays, until --remove."
            )
        for file in found:
            try:
                _check(file, root, max_bytes)
                files.setdefault(file.resolve(), file)
            except RefusedError as error:
                refused[file] = error
    return Gathered(tuple(sorted(files.values())), tuple(sorted(refused.items(), key=lambda item: item[0])))


def sidecar(file: Path) -> Path | None:
    """The file beside it that describes it: NAME.yaml, or NAME.SUFFIX.yaml; None where there is none.

    Raises:
        RefusedError: it is a link out of the folder.
    """
    named = (
        base.with_name(base.name + suffix) for suffix in SIDECARS for base in (file, file.with_suffix(""))
    )
    found = next((path for path in named if path.is_file()), None)
    if found is not None and found.resolve().parent != file.resolve().parent:
        raise RefusedError("outside")
    return found


def _below(path: Path) -> tuple[Path, list[Path]]:
    """The folder that links may not leave, and the files in it (or the one file)."""
    try:
        if path.is_dir():
            return path.resolve(), list(_walk(path))
        if path.exists() or path.is_symlink():
            return path.resolve().parent, [path]
    except OSError as error:
        raise BadUseError(f"{path} cannot be read: {error.strerror}.") from error
    raise BadUseError(f"{path} does not exist; name a folder with notes and documents, or a file.")


def _walk(folder: Path) -> Iterator[Path]:
    closed: list[Path] = []  # a folder that cannot be read is refused as a file would be

    def note(error: OSError) -> None:
        closed.append(Path(error.filename))

    # Linked folders are not entered: what is in this one is read at its own place, and the rest is outside.
    for top, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = (Path(top, name) for name in folders if Path(top, name).is_symlink())
        yield from (link for link in links if not link.resolve().is_relative_to(folder.resolve()))
        for name in sorted(names):
            file = Path(top, name)
            if not (name.startswith(_LEFT_BEHIND) or name.lower() in _NOT_MADE or _is_sidecar(file, names)):
                yield file
    yield from closed


def _is_sidecar(file: Path, names: Sequence[str]) -> bool:
    """Whether it describes another file of its folder."""
    if file.suffix.lower() not in SIDECARS:
        return False
    described = (name for name in names if Path(name).suffix.lower() in SUFFIXES)
    return any(file.stem in (name, Path(name).stem) for name in described)


def _check(file: Path, root: Path, max_bytes: int) -> None:
    """See to it that a file may be opened.

    Raises:
        RefusedError: it may not.
    """
    check_name(file.name)
    if file.is_symlink() and not file.resolve().is_relative_to(root):
        raise RefusedError("outside")
    try:
        found = file.stat()
    except OSError as error:
        raise RefusedError("unreadable", error.strerror or "") from error
    if stat.S_ISDIR(found.st_mode) and not file.is_symlink():
        raise RefusedError("unreadable")
    if not stat.S_ISREG(found.st_mode):
        raise RefusedError("not_regular")
    check_suffix(file.suffix.lower())
    check_size(found.st_size, max_bytes)
