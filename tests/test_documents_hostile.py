"""Files made to do harm: each ends with its own sentence, within limits, and the next one is read."""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from assistant.documents import Limits, Reader, check_name, extract
from assistant.errors import RefusedError
from assistant.refusals import SENTENCES, sentence
from tests.documents.making import LOREM, Pdf, docx, odt, pptx, shape, slide, word, zipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMITS = Limits(seconds=20.0, memory_bytes=1_500_000_000)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "haha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><x>&a9;</x>"
)


def bomb(size: int) -> bytes:
    """A Word document whose text unpacks to as many bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("word/document.xml", "w", force_zip64=True) as member:
            for _ in range(size // 1_000_000):
                member.write(b" " * 1_000_000)
        archive.writestr("_rels/.rels", "<x/>")
    return buffer.getvalue()


def nested(count: int) -> str:
    return f'<w:document xmlns:w="x">{"<w:p>" * count}{"</w:p>" * count}</w:document>'


def laughing_sheet() -> bytes:
    book = openpyxl.Workbook()
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**members, "xl/worksheets/sheet1.xml": LAUGHS})


HOSTILE: dict[str, tuple[bytes, str]] = {
    "leeg.txt": (b"", "empty"),
    "leeg.pdf": (b"", "empty"),
    "bom.docx": (bomb(400_000_000), "bomb"),
    "leden.docx": (zipped({f"deel{n}": "" for n in range(10_001)}), "bomb"),
    "gelach.docx": (docx("", extra={"word/document.xml": LAUGHS}), "bomb"),
    "gelach.odt": (odt("", extra={"content.xml": LAUGHS}), "bomb"),
    "gelach.pptx": (pptx([LAUGHS]), "bomb"),
    "gelach.xlsx": (laughing_sheet(), "bomb"),
    "opmerkingen.html": (b"<!-- -->" * 1_000 + b"\x01", "no_text"),
    "diep.docx": (docx("", extra={"word/document.xml": nested(100_000)}), "bomb"),
    "diep.html": (b"<div>" * 1_000_000 + b"tekst", "bomb"),
    "diep.htm": (b"<html><body>" + b"<ul><li>" * 100_000 + b"tekst", "bomb"),
    "macro.docm": (docx(word(LOREM)), "macros"),
    "macro.docx": (docx(word(LOREM), extra={"word/vbaProject.bin": b"x"}), "macros"),
    "macro.pptx": (pptx([slide(shape([LOREM]))], extra={"ppt/vbaProject.bin": b"x"}), "macros"),
    "macro.odt": (odt("<text:p>x</text:p>", extra={"Basic/Standard/script-lb.xml": "<x/>"}), "macros"),
    "pdf.docx": (Pdf().bytes(), "wrong_format"),
    "word.pdf": (docx(word(LOREM)), "wrong_format"),
    "word.xlsx": (docx(word(LOREM)), "wrong_format"),
    "word.odt": (docx(word(LOREM)), "wrong_format"),
    "odt.docx": (odt("<text:p>tekst</text:p>"), "wrong_format"),
    "word.txt": (docx(word(LOREM)), "wrong_format"),
    "plaatje.txt": (b"\x89PNG\r\n\x1a\n" + bytes(100), "wrong_format"),
    "bytes.txt": (bytes(range(256)) * 20, "corrupt"),
    "pagina.md": (b"<!DOCTYPE html><html><body>tekst</body></html>", "wrong_format"),
    "oud.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "wrong_format"),
    "slot.docx": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600),
        "encrypted",
    ),
    "slot.odt": (
        odt("", extra={"META-INF/manifest.xml": '<m xmlns="x"><encryption-data/></m>'}),
        "encrypted",
    ),
    "half.docx": (docx(word(LOREM))[:-300], "corrupt"),
    "leeg.docx": (zipped({"a.txt": "niets"}), "corrupt"),
    "stil.docx": (docx(""), "no_text"),
    "extern.odt": (
        odt("", extra={"content.xml": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'}),
        "corrupt",
    ),
    "onbekend.xyz": (b"tekst", "unknown_format"),
    "zonder": (b"tekst", "unknown_format"),
    "wit.txt": (b" \n\t\n \xa0", "no_text"),
}


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(LIMITS) as reader:
        yield reader


@pytest.mark.parametrize("name", HOSTILE)
def test_each_hostile_file_is_refused_for_what_it_is(name: str, reader: Reader, tmp_path: Path) -> None:
    content, code = HOSTILE[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RefusedError) as error:
        reader.read(path)

    assert error.value.code == code
    assert sentence(error.value, "nl").endswith(".")


def test_what_is_no_ordinary_file_is_never_opened(reader: Reader, tmp_path: Path) -> None:
    fifo = tmp_path / "pijp.txt"
    os.mkfifo(fifo)
    device = tmp_path / "nul.txt"
    device.symlink_to("/dev/zero")
    folder = tmp_path / "map.txt"
    folder.mkdir()
    for path in (fifo, device, folder):
        with pytest.raises(RefusedError) as error:
            reader.read(path)
        assert error.value.code == "not_regular"


def test_a_huge_sparse_file_is_refused_by_its_size(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "groot.pdf"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    with pytest.raises(RefusedError) as error:
        reader.read(path)

    assert error.value.code == "too_large"
    assert "> 100 MB" in sentence(error.value, "en")


def test_a_file_that_is_gone_is_unreadable(reader: Reader, tmp_path: Path) -> None:
    loop = tmp_path / "kring.txt"
    loop.symlink_to(loop)
    for path in (tmp_path / "weg.txt", loop):
        with pytest.raises(RefusedError) as error:
            reader.read(path)
        assert error.value.code == "unreadable"


def test_a_member_that_lies_about_its_size_gives_no_more_than_it_says(reader: Reader, tmp_path: Path) -> None:
    raw = bytearray(docx(word(LOREM * 50)))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    honest, lie = size.to_bytes(4, "little"), (size // 2).to_bytes(4, "little")
    path = tmp_path / "liegt.docx"
    path.write_bytes(bytes(raw).replace(honest, lie))
    with pytest.raises(RefusedError) as error:
        reader.read(path)

    assert error.value.code == "corrupt"


@pytest.mark.parametrize(
    "name", ["nota.pdf", "map/één nota (2).docx", "a..b.txt", ".verborgen/x.md", "عقد.txt"]
)
def test_ordinary_names_are_left_alone(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "../x.txt",
        "map/../../x.txt",
        "..\\x.txt",
        "/etc/passwd",
        "nota\u202efdp.exe",
        "a\nb.txt",
        "a\x00.txt",
        "\udcff.txt",
        "",
    ],
)
def test_names_that_mislead_are_not(name: str) -> None:
    with pytest.raises(RefusedError) as error:
        check_name(name)

    assert error.value.code == "unsafe_name"


def test_every_sentence_is_whole_in_both_languages() -> None:
    for code, words in SENTENCES.items():
        for language in ("nl", "en"):
            plain = sentence(RefusedError(code), language)
            told = sentence(RefusedError(code, "12 MB"), language)
            assert plain.endswith(".")
            assert "[" not in plain + told
            assert plain[0].isupper()
            assert "{" not in plain
            assert ("(12 MB)" in told) == ("{detail}" in words[language])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"geen pdf", "beschadigd of geen PDF en"),
        ("b.pdf", b"%PDF-1.7\n", "beschadigd of geen PDF en"),
        ("c.docx", b"PK\x03\x04half", "beschadigd of geen DOCX en"),
        ("d.xlsx", b"tekst", "beschadigd of geen XLSX en"),
        ("e.txt", bytes(range(256)) * 20, "beschadigd of geen TXT en"),
        ("f.pdf", docx(word(LOREM)), "van een andere soort (ZIP)"),
    ],
)
def test_what_is_not_what_its_name_says_is_told_so(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RefusedError) as refused:
        extract(tmp_path / name)
    told = sentence(refused.value, "nl")
    assert said in told
    assert "opnieuw op" in told or "sla het op" in told


def test_an_unknown_code_still_has_a_sentence() -> None:
    assert sentence(RefusedError("iets"), "nl") == sentence(RefusedError("corrupt"), "nl")
