"""Documents for the tests, made here: Office files from the least XML that makes one, PDFs by reportlab."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns:"

LOREM = (
    "De gemeente wil bewoners vroeg betrekken bij het plan voor de wijk, omdat zij weten wat er speelt. "
    "Samen met de corporatie is een aanpak gemaakt die warmte en werk verbindt. "
)


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """An archive of those members, the first one stored and not packed, as OpenDocument wants it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, (name, content) in enumerate(members.items()):
            archive.writestr(name, content, zipfile.ZIP_STORED if place == 0 else None)
    return buffer.getvalue()


def relations(targets: Iterable[tuple[str, str, str]]) -> str:
    """A part with relations, each (id, last word of its type, target)."""
    rows = "".join(
        f'<Relationship Id="{i}" Type="{RELATIONS}/{kind}" Target="{t}"/>' for i, kind, t in targets
    )
    return f'<Relationships xmlns="{PACKAGE}">{rows}</Relationships>'


def core(title: str = "", creator: str = "", created: str = "", language: str = "") -> str:
    """The properties of an Office Open XML file."""
    return (
        "<cp:coreProperties"
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(creator)}</dc:creator>"
        f"<dc:language>{language}</dc:language><dcterms:created>{created}</dcterms:created></cp:coreProperties>"
    )


STYLES = f"""<w:styles xmlns:w="{WORDS}">
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Kop1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Kop2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="EigenKop"><w:name w:val="Eigen kop"/>
  <w:basedOn w:val="Kop2"/></w:style>
<w:style w:type="paragraph" w:styleId="Inhopg1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Lijst"><w:name w:val="List Bullet"/>
  <w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
</w:styles>"""

NUMBERING = f"""<w:numbering xmlns:w="{WORDS}">
<w:abstractNum w:abstractNumId="0">
  <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
  <w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
</w:numbering>"""


def docx(
    body: str, *, properties: str = "", company: str = "", extra: Mapping[str, str | bytes] | None = None
) -> bytes:
    """A Word document with the XML of its body."""
    app = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        f"<Company>{escape(company)}</Company></Properties>"
    )
    return zipped(
        {
            "_rels/.rels": relations([("r1", "officeDocument", "word/document.xml")]),
            "word/document.xml": f'<w:document xmlns:w="{WORDS}"><w:body>{body}</w:body></w:document>',
            "word/_rels/document.xml.rels": relations(
                [
                    ("r1", "styles", "styles.xml"),
                    ("r2", "numbering", "numbering.xml"),
                    ("r3", "footnotes", "footnotes.xml"),
                ]
            ),
            "word/styles.xml": STYLES,
            "word/numbering.xml": NUMBERING,
            "docProps/core.xml": properties or core(),
            "docProps/app.xml": app,
            **(extra or {}),
        }
    )


def word(text: str, style: str = "", numbering: tuple[int, int] | None = None) -> str:
    """A paragraph of Word in a style, as an item of (list, level)."""
    number = ""
    if numbering is not None:
        number = f'<w:numPr><w:ilvl w:val="{numbering[1]}"/><w:numId w:val="{numbering[0]}"/></w:numPr>'
    look = f'<w:pPr><w:pStyle w:val="{style}"/>{number}</w:pPr>'
    return f'<w:p>{look}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def word_table(rows: Sequence[Sequence[str]]) -> str:
    """A table of Word."""
    cells = ("".join(f"<w:tc>{word(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def odt(
    body: str, *, styles: str = "", meta: str = "", extra: Mapping[str, str | bytes] | None = None
) -> bytes:
    """An OpenDocument text with the XML of its body."""
    spaces = " ".join(
        f'xmlns:{name}="{ODF}{name}:1.0"' for name in ("office", "text", "table", "style", "meta")
    )
    spaces += f' xmlns:draw="{ODF}drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content"
            f" {spaces}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
            "meta.xml": f"<office:document-meta"
            f" {spaces}><office:meta>{meta}</office:meta></office:document-meta>",
            **(extra or {}),
        }
    )


def slide(*shapes: str) -> str:
    """A slide of those shapes."""
    tree = f"<p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld>"
    return f'<p:sld xmlns:p="{SLIDES}" xmlns:a="{DRAWING}">{tree}</p:sld>'


def shape(lines: Sequence[str], placeholder: str | None = None, at: tuple[int, int] | None = None) -> str:
    """A shape with lines of text; `placeholder` is its kind, `at` its left and top."""
    kind = "" if placeholder is None else f'<p:ph type="{placeholder}"/>'
    place = "" if at is None else f'<a:xfrm><a:off x="{at[0]}" y="{at[1]}"/></a:xfrm>'
    text = "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in lines)
    look = f"<p:nvSpPr><p:nvPr>{kind}</p:nvPr></p:nvSpPr><p:spPr>{place}</p:spPr>"
    return f"<p:sp>{look}<p:txBody>{text}</p:txBody></p:sp>"


def pptx(
    slides: Sequence[str], notes: Mapping[int, str] | None = None, extra: Mapping[str, bytes] | None = None
) -> bytes:
    """A presentation of slides; `notes` are the notes' slides by 1-based slide."""
    numbers = range(1, len(slides) + 1)
    references = "".join(f'<p:sldId id="{255 + n}" r:id="s{n}"/>' for n in numbers)
    members: dict[str, str | bytes] = {
        "_rels/.rels": relations([("r1", "officeDocument", "ppt/presentation.xml")]),
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{SLIDES}"'
        f' xmlns:r="{RELATIONS}"><p:sldIdLst>{references}'
        "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            [(f"s{n}", "slide", f"slides/slide{n}.xml") for n in numbers]
        ),
    }
    for number, content in enumerate(slides, start=1):
        members[f"ppt/slides/slide{number}.xml"] = content
        if notes and number in notes:
            members[f"ppt/notesSlides/n{number}.xml"] = notes[number]
            members[f"ppt/slides/_rels/slide{number}.xml.rels"] = relations(
                [("n", "notesSlide", f"../notesSlides/n{number}.xml")]
            )
    return zipped({**members, **(extra or {})})


class Pdf:
    """Pages of A4 on which text is put line by line."""

    def __init__(self, *, title: str = "", author: str = "", password: str = "") -> None:
        self._buffer = io.BytesIO()
        lock = StandardEncryption(password, canPrint=0) if password else None
        self.canvas = Canvas(self._buffer, pagesize=A4, invariant=1, encrypt=lock)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)

    def line(self, x: float, y: float, text: str, size: float = 11, font: str = "Helvetica") -> None:
        """One line; `y` counts from the bottom of the page."""
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, text)

    def paragraph(self, x: float, y: float, text: str, width: float, size: float = 11) -> float:
        """Words broken into lines of a width; gives the height below the last."""
        line = ""
        for token in text.split():
            longer = f"{line} {token}".strip()
            if self.canvas.stringWidth(longer, "Helvetica", size) > width:
                self.line(x, y, line, size)
                line, y = token, y - 1.25 * size
            else:
                line = longer
        self.line(x, y, line, size)
        return y - 1.25 * size

    def next_page(self) -> None:
        """End the page."""
        self.canvas.showPage()

    def bytes(self) -> bytes:
        """The file."""
        self.canvas.save()
        return self._buffer.getvalue()


def unreadable_pdf(codes: Sequence[int]) -> bytes:
    """A page in a font that draws signs and does not say which (Type 3, made-up names), by their codes."""
    count = 95
    content = b"BT /F1 12 Tf 72 700 Td <" + bytes(codes).hex().encode() + b"> Tj ET"
    names = [b"/g%d" % number for number in range(count)]
    stream = b"<< /Length %d >>\nstream\n%s\nendstream"
    drawing = b"1000 0 0 0 750 750 d1 0 0 m"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        stream % (len(content), content),
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 750 750] /FontMatrix [0.001 0 0 0.001 0 0]"
        b" /CharProcs << "
        + b" ".join(name + b" 6 0 R" for name in names)
        + b" >> /Encoding << /Type /Encoding /Differences [ 32 "
        + b" ".join(names)
        + b" ] >> /FirstChar 32 /LastChar %d /Widths [ " % (31 + count)
        + b"700 " * count
        + b"] >>",
        stream % (len(drawing), drawing),
    ]
    found = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(found))
        found += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
    return found + end % (len(objects) + 1, table, len(objects) + 1, len(found))
