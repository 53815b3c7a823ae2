"""Practice notes: Markdown files with front matter → `Source` records, under a strict schema.

Every fault of a file is reported at once, each with path, line and field. Nothing here knows what happens to
a source next.
"""

from __future__ import annotations

import hashlib
import re
import stat
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

import yaml

from assistant.datatypes import Entry, Source
from assistant.errors import BadUseError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    _Check = Callable[[Any], Any]

KINDS = ("artikel", "beleid", "handreiking", "onderzoek", "praktijkvoorbeeld", "programma", "training")
THEMES = (
    "energiearmoede",
    "financiering",
    "gezondheid",
    "jongeren",
    "klimaatadaptatie",
    "leefbaarheid",
    "monitoring",
    "openbare-ruimte",
    "participatie",
    "particuliere-eigenaren",
    "samenwerking",
    "schulden",
    "sociaal-renoveren",
    "veiligheid",
    "vve-gespikkeld-bezit",
    "warmtenet",
    "werk-en-opleiding",
    "woningcorporaties",
)
AUDIENCES = ("gemeente", "corporatie", "trainer", "bewonersorganisatie")
LANGUAGES = ("nl", "en")
WORKSTREAMS = range(5)
MAX_NOTE_BYTES = 2_000_000
"""A note is a page or two; a larger file is something else that got the wrong name."""
MAX_FRONT_MATTER = 100_000
"""Characters; reading YAML takes about a second for as many."""

MARK = re.compile(r"\[\^([0-9]{1,4})\]")
"""A footnote mark: the 1-based entry of the source that the words before it rest on."""

MARKS = re.compile(rf"{MARK.pattern}(?:[ \t]*,?[ \t]*{MARK.pattern})*")
"""Marks in a row, with or without commas between them."""

_LIKE_MARK = re.compile(r"\[\^(\d+)\]")
_FENCE = re.compile(r"\A---\n(.*?\n)?---\n", re.DOTALL)
_OF_NOTES = re.compile(r"(?m)^(id|title_exact|workstream|audience|questions|sources):")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The note files below `paths` (files or folders), sorted, each once.

    Raises:
        BadUseError: a path does not exist, cannot be read, or holds no `.md` file.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        try:
            files = [path] if path.is_file() else sorted(path.rglob("*.md")) if path.is_dir() else None
        except OSError as error:
            raise BadUseError(f"{path} cannot be read: {error.strerror}.") from error
        if files is None:
            raise BadUseError(f"{path} does not exist; name a folder with notes or a note (.md).")
        if not files:
            raise BadUseError(f"{path} holds no notes (.md files).")
        for file in files:
            found.setdefault(file.resolve(), file)
    return sorted(found.values())


def load(path: Path) -> Source:
    """The note at `path`.

    Raises:
        SourceError: the file cannot be read or breaks the schema; each fault with path, line and field.
    """
    raw = _read(path)
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    fence = _FENCE.match(text)
    if fence is None:
        raise SourceError(
            (f"{path}:1: front matter: the file must begin with a block between two lines '---'",)
        )
    reader = _FrontMatter(path, fence[1] or "")
    body = text[fence.end() :]
    source = reader.source(body, hashlib.sha256(raw).hexdigest())
    first_line = text.count("\n", 0, fence.end()) + 1
    faults = [*sorted(reader.faults, key=itemgetter(0)), *_body_faults(body, source, first_line)]
    if faults:
        raise SourceError(tuple(f"{path}:{line}: {what}" for line, what in faults))
    return source


def is_note(path: Path) -> bool:
    """Whether a Markdown file claims to be a note: its front matter has a field that only notes have."""
    try:
        with path.open("rb") as file:
            head = file.read(MAX_FRONT_MATTER).decode("utf-8", "replace").removeprefix("\ufeff")
    except OSError:
        return True  # `load` says what is wrong with it
    fence = _FENCE.match(head.replace("\r\n", "\n"))
    return fence is not None and _OF_NOTES.search(fence[1] or "") is not None


def read_sidecar(path: Path) -> dict[str, Any]:
    """What a sidecar tells of its document: any fields of a note but `id` and `sources`, each optional.

    Raises:
        SourceError: it cannot be read or breaks the schema; each fault with path, line and field.
    """
    reader = _FrontMatter(path, _read(path).decode("utf-8-sig").replace("\r\n", "\n"), first_line=1)
    values = reader.given()
    if reader.faults:
        raise SourceError(
            tuple(f"{path}:{line}: {what}" for line, what in sorted(reader.faults, key=itemgetter(0)))
        )
    return values


def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values of fields of a document, as the schema wants them; a text may be empty here.

    Raises:
        BadUseError: there is no such field, or the value is not allowed in it.
    """
    found: dict[str, Any] = {}
    for name, value in fields.items():
        check = _SCHEMA.get(name, _unknown)
        try:
            if isinstance(check, _ListOf):
                found[name] = [check.item(item) for item in value]
            else:
                found[name] = value if value == "" else check(value)
        except (TypeError, ValueError) as error:
            raise BadUseError(f"{name}: {error}.") from error
    return found


def _unknown(value: object) -> NoReturn:
    raise ValueError("is not a field of a document")


def _read(path: Path) -> bytes:
    try:
        found = path.stat()
        # Reading a pipe or a device would wait for ever.
        if not stat.S_ISREG(found.st_mode):
            raise SourceError((f"{path}:1: file: not an ordinary file",))
        if found.st_size > MAX_NOTE_BYTES:
            raise SourceError((f"{path}:1: file: larger than {MAX_NOTE_BYTES:,} bytes, which no note is",))
        raw = path.read_bytes()
        raw.decode("utf-8")
    except OSError as error:
        raise SourceError((f"{path}:1: file: cannot be read: {error.strerror}",)) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SourceError((f"{path}:{line}: file: not UTF-8; save the note as UTF-8",)) from error
    return raw


def _body_faults(body: str, source: Source, first_line: int) -> Iterator[tuple[int, str]]:
    if not MARK.sub("", body).strip():
        yield first_line, "body: the note has no text"
    line, seen = first_line, 0
    for mark in _LIKE_MARK.finditer(body):
        if not MARK.fullmatch(mark[0]) or not 1 <= int(mark[1]) <= len(source.entries):
            line += body.count("\n", seen, mark.start())
            seen = mark.start()
            yield line, f"body: mark [^{mark[1][:9]}] has no entry; 'sources' counts {len(source.entries)}"


@dataclass(frozen=True, slots=True)
class _Field:
    """A value with the line it stands on: a scalar, a list of fields, or a dict of names and fields."""

    value: Any
    line: int


@dataclass(frozen=True, slots=True)
class _ListOf:
    """The check of a list: each item by itself, so that a fault names its own line."""

    item: _Check


class _FrontMatter:
    """Reads one block of front matter; collects every fault instead of stopping at the first."""

    def __init__(self, path: Path, block: str, first_line: int = 2) -> None:
        self.path = path
        self.first_line = first_line
        self.faults: list[tuple[int, str]] = []
        self.fields: dict[str, _Field] = {}
        self.block = block
        if len(block) > MAX_FRONT_MATTER:
            raise SourceError((f"{path}:2: front matter: longer than {MAX_FRONT_MATTER:,} characters",))
        try:
            node = yaml.compose(block, Loader=yaml.SafeLoader)
            anchor = _first_anchor(block) if "&" in block else None
        except yaml.YAMLError as error:
            raise SourceError((self._not_yaml(error),)) from error
        except RecursionError as error:
            raise SourceError((f"{path}:2: front matter: nested too deeply",)) from error
        if anchor is not None:
            line = self._line_at(anchor)
            raise SourceError((f"{path}:{line}: front matter: anchors and aliases (&, *) are not allowed",))
        if not isinstance(node, yaml.MappingNode):
            raise SourceError((f"{path}:2: front matter: must be lines of 'field: value'",))
        self.fields = self._mapping(node)

    def source(self, body: str, digest: str) -> Source:
        """The record, with empty values where a fault was noted."""
        known = _SCHEMA.keys() | {"sources"}
        for name, entry in self.fields.items():
            if name not in known:
                self._fault(entry.line, name, "unknown field; known are " + ", ".join(sorted(known)))
        values = {name: self._value(name, check) for name, check in _SCHEMA.items()}
        if values["id"] and values["id"] != self.path.stem:
            self._fault(self.fields["id"].line, "id", f"must equal the file name, {self.path.stem!r}")
        own = Entry(values["title"], values["publisher"], values["date"], values["url"])
        return Source(entries=self._entries() or (own,), text=body, digest=digest, **values)

    def given(self) -> dict[str, Any]:
        """The values of the fields that are given, for a document: none is required."""
        known = _SCHEMA.keys() - {"id"}
        for name, entry in self.fields.items():
            if name not in known:
                self._fault(entry.line, name, "unknown field; known are " + ", ".join(sorted(known)))
        given = {name: self.fields[name] for name in known & self.fields.keys()}
        return {name: self._checked(name, entry, _SCHEMA[name]) for name, entry in given.items()}

    def _value(self, name: str, check: _Check | _ListOf) -> Any:  # noqa: ANN401 - YAML values are of any type
        if name not in self.fields:
            if name not in _OPTIONAL:
                self._fault(2, name, "missing")
            return _OPTIONAL.get(name, "")
        return self._checked(name, self.fields[name], check)

    def _checked(self, name: str, entry: _Field, check: _Check | _ListOf) -> Any:  # noqa: ANN401 - as above
        try:
            if not isinstance(check, _ListOf):
                return check(entry.value)
            return tuple(self._checked(name, item, check.item) for item in _items(entry.value))
        except ValueError as error:
            self._fault(entry.line, name, str(error))
            return ""

    def _entries(self) -> tuple[Entry, ...]:
        listed = self.fields.get("sources")
        if listed is None or listed.value is None:
            return ()
        try:
            items = enumerate(_items(listed.value), start=1)
            return tuple(self._entry(f"sources[{place}]", item) for place, item in items)
        except ValueError as error:
            self._fault(listed.line, "sources", str(error))
            return ()

    def _entry(self, name: str, item: _Field) -> Entry:
        given = item.value
        if not isinstance(given, dict) or given.keys() != _ENTRY_SCHEMA.keys():
            self._fault(item.line, name, "must have exactly title, publisher, date and url")
            return Entry("", "", "", "")
        checks = _ENTRY_SCHEMA.items()
        return Entry(**{key: self._checked(f"{name}.{key}", given[key], check) for key, check in checks})

    def _mapping(self, node: yaml.MappingNode) -> dict[str, _Field]:
        fields: dict[str, _Field] = {}
        for key, value in node.value:
            line = self._line_at(key.start_mark.index)
            name = (str(key.value) if isinstance(key, yaml.ScalarNode) else "") or "?"
            if name in fields:
                self._fault(line, name, "given twice")
            fields[name] = _Field(self._construct(value), line)
        return fields

    def _construct(self, node: yaml.Node) -> Any:  # noqa: ANN401 - as above
        if isinstance(node, yaml.SequenceNode):
            return [
                _Field(self._construct(item), self._line_at(item.start_mark.index)) for item in node.value
            ]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        try:
            return yaml.SafeLoader("").construct_object(node)
        except (yaml.YAMLError, ValueError):
            return node.value

    def _fault(self, line: int, name: str, what: str) -> None:
        self.faults.append((line, f"{name}: {what}"))

    def _line_at(self, index: int) -> int:
        """The line in the file; YAML's own count goes up at U+2028 too, where an editor shows no new line."""
        return self.first_line + self.block.count("\n", 0, index)

    def _not_yaml(self, error: yaml.YAMLError) -> str:
        index, problem = 0, "unreadable"
        if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
            index, problem = error.problem_mark.index, error.problem or problem
        elif isinstance(error, yaml.reader.ReaderError):
            index, problem = error.position, error.reason
        return f"{self.path}:{self._line_at(index)}: front matter: not valid YAML: {problem}"


def _first_anchor(block: str) -> int | None:
    """Where the first anchor or alias stands in the block."""
    for event in yaml.parse(block):
        if getattr(event, "anchor", None) and event.start_mark is not None:
            return event.start_mark.index
    return None


def _items(value: object) -> list[_Field]:
    if not isinstance(value, list):
        raise ValueError("must be a list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text that is not empty (put it between quotes)")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("holds half a character (a lone surrogate), which cannot be stored")
    return value


def _identifier(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("must be lower-case letters and digits with single hyphens")
    return value


def _day(value: object) -> str:
    problem = "must be '' or YYYY, YYYY-MM or YYYY-MM-DD between quotes"
    if value == "":
        return ""
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(problem)
    try:
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError as error:
        raise ValueError(f"{value} is not a day of the calendar") from error
    return match[0]


def _address(value: object) -> str:
    """An address, or '' where the document is not on the web."""
    if isinstance(value, str) and (not value or _is_address(value)):
        return value
    raise ValueError("must be '' or an address that begins with http:// or https://")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and not re.search(r"\s", text)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _workstream(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value not in WORKSTREAMS:
        raise ValueError("must be a number from 0 to 4")
    return value


def _one_of(known: Sequence[str]) -> _Check:
    def check(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError(f"must be one of {', '.join(known)}")
        if value not in known:
            raise ValueError(f"{value!r} is unknown; known are {', '.join(known)}")
        return value

    return check


_SCHEMA: Mapping[str, _Check | _ListOf] = {
    "id": _identifier,
    "title": _text,
    "title_exact": _flag,
    "publisher": _text,
    "authors": _ListOf(_text),
    "date": _day,
    "url": _address,
    "kind": _one_of(KINDS),
    "places": _ListOf(_text),
    "themes": _ListOf(_one_of(THEMES)),
    "workstream": _workstream,
    "audience": _ListOf(_one_of(AUDIENCES)),
    "language": _one_of(LANGUAGES),
    "questions": _ListOf(_text),
    "also_asked": _ListOf(_text),
}
_OPTIONAL: Mapping[str, Any] = {"title_exact": True, "also_asked": ()}
_ENTRY_SCHEMA: Mapping[str, _Check] = {
    "title": _text,
    "publisher": _text,
    "date": _day,
    "url": _address,
}
