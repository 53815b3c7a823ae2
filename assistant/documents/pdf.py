"""PDF first version."""
from __future__ import annotations
import re
import pypdfium2
from assistant.documents.blocks import Draft, Paragraph, place
from assistant.errors import RefusedError
def read(data, limits):
    try:
        d = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as e:
        raise RefusedError("encrypted" if "assword" in str(e) else "corrupt") from e
    out = []
    for n, p in enumerate(d, 1):
        t = p.get_textpage().get_text_bounded()
        out.append(Paragraph(place("page", str(n))))
        out += [Paragraph(x) for x in re.split(r"\r?\n\s*\r?\n", t) if x.strip()]
    return Draft(tuple(out))
