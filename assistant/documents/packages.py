"""Office files as what they are: ZIP archives of XML, opened only when what comes out is known to fit."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from assistant.documents.trees import parse_xml
from assistant.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

_DAMAGED = (KeyError, ValueError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)
_HEAD_BYTES = 4096
_MAX_MEMBERS = 10_000
_MAX_UNPACKED = 1_000_000_000
_MAX_MEMBER = 300_000_000
_RATIO = 200
"""XML of an honest document packs to a fifth or a fiftieth; deflate cannot go beyond about 1,030."""
_RATIO_FROM = 20_000_000
"""Bytes below which no ratio is a danger."""
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_CORE = {
    "title": "{http://purl.org/dc/elements/1.1/}title",
    "creator": "{http://purl.org/dc/elements/1.1/}creator",
    "language": "{http://purl.org/dc/elements/1.1/}language",
    "created": "{http://purl.org/dc/terms/}created",
}
_COMPANY = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}Company"
_PLACEHOLDER_COMPANIES = frozenset(
    {"microsoft", "microsoft corporation", "hewlett-packard company", "hp inc.", "home"}
)


class Package:
    """The members of an Office file by name."""

    def __init__(self, data: bytes) -> None:
        """Open the archive and look at what it says it holds, before anything is unpacked.

        Raises:
            RefusedError: `corrupt`, `encrypted`, `bomb` or `macros`.
        """
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OverflowError) as error:
            raise RefusedError("corrupt") from error
        members = self._archive.infolist()
        _check_sizes(members, len(data))
        if any(member.flag_bits & 1 for member in members):
            raise RefusedError("encrypted")
        self._members = {member.filename.lstrip("/").lower(): member for member in members}
        if any(_is_macro(name) for name in self._members):
            raise RefusedError("macros")

    def __contains__(self, name: str) -> bool:
        """Whether there is a member of that name; as in Office, capitals make no difference."""
        return name.lower() in self._members

    def read(self, name: str) -> bytes:
        """The bytes of a member, no more than it said it would be.

        Raises:
            RefusedError: `corrupt`, it is not there or cannot be unpacked.
        """
        try:
            return self._archive.read(self._members[name.lower()])
        except _DAMAGED as error:
            raise RefusedError("corrupt") from error

    def tree(self, name: str) -> _Element:
        """The root of a member that is XML.

        Raises:
            RefusedError: `corrupt` or `bomb`.
        """
        return parse_xml(self.read(name))

    def optional(self, name: str) -> _Element | None:
        """The root of a member, None where there is none or it is damaged: the text does without."""
        try:
            return self.tree(name) if name in self else None
        except RefusedError as error:
            if error.code == "bomb":
                raise
            return None

    def check_entities(self) -> None:
        """Look for entities in all XML, for a reader that parses it itself (openpyxl, which then says less).

        Raises:
            RefusedError: `bomb`, where there are any; Office Open XML has none.
        """
        for name in self._members:
            if name.endswith((".xml", ".rels")) and b"<!ENTITY" in self._head(name):
                raise RefusedError("bomb")

    def _head(self, name: str) -> bytes:
        try:
            with self._archive.open(self._members[name]) as member:
                return member.read(_HEAD_BYTES)
        except _DAMAGED as error:
            raise RefusedError("corrupt") from error

    def relations(self, name: str) -> Mapping[str, tuple[str, str]]:
        """Of an Office Open XML part: relation id → (last word of its type, name of the other part)."""
        folder, _, file = name.rpartition("/")
        tree = self.optional(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
        return dict(_targets(tree, folder)) if tree is not None else {}

    def main_part(self, kind: str) -> str:
        """The name of the main document, which must be of `kind` ("word", "ppt" or "xl").

        Raises:
            RefusedError: `wrong_format`, it is another kind of archive; `corrupt`, there is no main document.
        """
        parts = [part for kind_of, part in self.relations("").values() if kind_of == "officeDocument"]
        part = next((part for part in parts if part in self), "")
        folder = part.partition("/")[0].lower()
        if not part:
            raise RefusedError(
                *(("wrong_format", self.kind) if self.kind not in {"ZIP", _KINDS[kind]} else ("corrupt",))
            )
        if folder in _KINDS and folder != kind:
            raise RefusedError("wrong_format", _KINDS[folder])
        return part

    @property
    def kind(self) -> str:
        """What the archive is by the names of its members."""
        if "mimetype" in self and "content.xml" in self:
            return "ODT" if b"text" in self.read("mimetype") else "ODS/ODP"
        folders = {name.partition("/")[0] for name in self._members}
        return next((name for folder, name in _KINDS.items() if folder in folders), "ZIP")

    def core(self) -> dict[str, str]:
        """Title, authors, date, language and publisher of an Office Open XML file, as fields of a `Draft`."""
        found = dict.fromkeys(_CORE, "")
        tree = self.optional("docProps/core.xml")
        if tree is not None:
            found = {name: tree.findtext(tag) or "" for name, tag in _CORE.items()}
        app = self.optional("docProps/app.xml")
        company = (app.findtext(_COMPANY) or "").strip() if app is not None else ""
        return {
            **found,
            "publisher": "" if company.lower() in _PLACEHOLDER_COMPANIES else company,
        }


_KINDS = {"word": "DOCX", "xl": "XLSX", "ppt": "PPTX"}


def _check_sizes(members: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > _MAX_MEMBERS or unpacked > _MAX_UNPACKED:
        raise RefusedError("bomb")
    if unpacked > _RATIO_FROM and unpacked > _RATIO * packed:
        raise RefusedError("bomb")
    for member in members:
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > _MAX_MEMBER or (member.file_size > _RATIO_FROM and ratio > _RATIO):
            raise RefusedError("bomb")


def _is_macro(name: str) -> bool:
    return name.endswith("vbaproject.bin") or name.startswith(("basic/", "scripts/"))


def _targets(tree: _Element, folder: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for relation in tree.iter(_RELATIONS):
        if relation.get("TargetMode") == "External":
            continue
        target = relation.get("Target", "")
        steps: list[str] = [] if target.startswith("/") else [step for step in folder.split("/") if step]
        for step in target.split("/"):
            if step == "..":
                steps = steps[:-1]
            elif step not in {"", "."}:
                steps.append(step)
        yield relation.get("Id", ""), (relation.get("Type", "").rpartition("/")[2], "/".join(steps))
