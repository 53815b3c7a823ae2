"""What people asked of the documents and what is not done yet, so that a kill loses nothing of it.

    <data_dir>/underway.json             files that were sent, corrections, removals; gone when all is done
    <data_dir>/uploads/<name>            a file that was sent
    <data_dir>/uploads/.<name>.before    what stood there, until it is known whether the new one is taken in

It is written before anything changes. What an error stops is taken back, for whoever asked is told so; what
was killed is finished by the next writer, for nobody was told anything.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import files
from assistant.errors import IndexError_

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

UPLOADS = "uploads"
"""The folder in the data directory for files that were sent to the app."""
TRIES = 3
"""So many writers may be killed over the same files before these are refused: they may be what kills."""

_NAME = "underway.json"


@dataclass(frozen=True, slots=True)
class Underway:
    """What is asked: name → where a file that was sent arrived, id → corrected fields, id → file to remove.

    `tries` counts the writers that began with it.
    """

    sent: Mapping[str, str] = field(default_factory=dict)
    corrected: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    removed: Mapping[str, str] = field(default_factory=dict)
    tries: int = 1

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return bool(self.sent or self.corrected or self.removed)


def read(data_dir: Path) -> Underway:
    """What a writer that was killed had been asked; nothing where none was.

    Raises:
        IndexError_: the file cannot be read.
    """
    path = data_dir / _NAME
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Underway(**raw | {"sent": dict(raw["sent"])})
    except FileNotFoundError:
        return Underway()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexError_(
            f"{path} cannot be read ({error}); it names what was not finished: remove it, and ask that again."
        ) from error


def begin(data_dir: Path, asked: Underway) -> None:
    """Write down what is asked, and move the files that arrived to where they are kept.

    What stands there waits beside them.

    Raises:
        IndexError_: it cannot be written, or a file cannot be moved; then all is as it was.
    """
    if not asked:
        return
    note(data_dir, asked)
    if not asked.sent:
        return
    moved: list[str] = []
    folder = data_dir / UPLOADS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, path in asked.sent.items():
            _place(folder, name, Path(path))
            moved.append(name)
        files.sync(folder)
    except OSError as error:
        with suppress(OSError):  # the note stays then, and the next writer tries again
            settle(data_dir, moved, moved)
            end(data_dir)
        raise IndexError_(f"A file cannot be kept in {folder}: {error.strerror}.") from error


def note(data_dir: Path, asked: Underway) -> None:
    """Write down what is asked; raises IndexError_ where it cannot be, and what stood there stays."""
    path = data_dir / _NAME
    try:
        files.replace(path, json.dumps(asdict(asked), ensure_ascii=True) + "\n")
    except OSError as error:
        files.draft(path).unlink(missing_ok=True)
        raise IndexError_(f"{path} cannot be written: {error.strerror}.") from error


def take_back(data_dir: Path, asked: Underway) -> None:
    """Put all back as it was before `begin`; raises OSError."""
    settle(data_dir, asked.sent, asked.sent)
    end(data_dir)


def end(data_dir: Path) -> None:
    """All is done: nothing of it is left to be known; raises OSError."""
    path = data_dir / _NAME
    for each in (path, files.draft(path)):
        each.unlink(missing_ok=True)


def placed(data_dir: Path, asked: Underway) -> list[Path]:
    """Where the files of `asked` are, once what a kill had left to be moved is moved.

    One that is lost is not there; but what stood in its place is there again.

    Raises:
        IndexError_: a file cannot be moved.
    """
    folder = data_dir / UPLOADS
    try:
        for name, path in asked.sent.items():
            if Path(path).is_file():
                folder.mkdir(parents=True, exist_ok=True)
                _place(folder, name, Path(path))
            elif not (folder / name).is_file():
                with suppress(FileNotFoundError):
                    _before(folder, name).replace(folder / name)
    except OSError as error:
        raise IndexError_(f"A file cannot be kept in {folder}: {error.strerror}.") from error
    return [folder / name for name in asked.sent]


def _place(folder: Path, name: str, path: Path) -> None:
    """Move one file to its place, and beside it what stands there; raises OSError, and all is as it was."""
    before = _before(folder, name)
    files.sync(path)
    with suppress(FileNotFoundError):
        (folder / name).replace(before)
    try:
        path.replace(folder / name)
    except OSError:
        with suppress(FileNotFoundError):
            before.replace(folder / name)
        raise


def settle(data_dir: Path, names: Collection[str], unwanted: Collection[str]) -> None:
    """Let the files of these names stay but the unwanted ones, whose place is for what stood there before.

    Raises OSError.
    """
    folder = data_dir / UPLOADS
    for name in names:
        before = _before(folder, name)
        if name in unwanted:
            (folder / name).unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                before.replace(folder / name)
        before.unlink(missing_ok=True)


def _before(folder: Path, name: str) -> Path:
    return folder / f".{name}.before"
