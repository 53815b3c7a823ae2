"""The source panel: a passage in its context, what the answer took from it, and what document it rests on.

Of a document that was taken in itself it also tells the page, and links to the file as it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import dropwhile, groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from assistant.export import spoken_date, spoken_places, wording_label
from assistant.passages import note_title, without_emphasis
from assistant.ui.inline import cells, inline_html, plain_html
from assistant.ui.render import button, new_tab_link, source_link, table_html, table_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.datatypes import Answer, CitedSource, Entry, Location, Quote, Source, Unit
    from assistant.pipeline import Reading
    from assistant.ui.session import Turn
    from assistant.ui.texts import Texts


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which passage to show, and why: the turn, citation and statement that were clicked, if known."""

    passage: str = ""
    turn: str = ""
    number: int | None = None
    statement: int | None = None


def wanted_quotes(answer: Answer, number: int | None, statement: int | None) -> tuple[Quote, ...]:
    """The quotes behind a citation: of one statement if known, else of all that cite this number."""
    chosen = answer.statements if statement is None else answer.statements[statement : statement + 1]
    return tuple(quote for each in chosen for quote in each.quotes if quote.citation == number)


def panel_html(reading: Reading, wanted: Wanted, turn: Turn | None, texts: Texts) -> str:
    """The panel for one passage. `turn` is the turn that cites it, None when it is no longer there."""
    answer = turn.answer if turn else None
    quotes = (
        wanted_quotes(answer, wanted.number, wanted.statement) if answer and wanted.number is not None else ()
    )
    cited = next((s for s in answer.sources if s.number == wanted.number), None) if answer else None
    passage = _Passage(reading, quotes, cited.entry if cited else 1, texts)
    label = texts.panel_passage if reading.source.wording == "note" else texts.panel_passage_original
    written = answer is not None and answer.mode == "schrijven"
    quoted = texts.panel_highlighted if wanted.statement is None else texts.panel_chosen
    highlighted = texts.panel_rests_on if written else quoted
    marked = f'<p class="help">{highlighted}</p>' if passage.has_marks else ""
    body = (
        f'{_about(reading, cited, passage.location, texts)}<section class="passage"><h3>{label}</h3>'
        f"{_where(reading, passage.location, texts)}{marked}"
        f'<div class="words"{_lang(reading.source)}>{passage.html()}</div></section>'
    )
    foot = f'<nav class="reader-foot" aria-label="{label}">{_neighbours(reading, wanted, texts)}</nav>'
    return _panel(f"{texts.source} {cited.number}" if cited else texts.source, body, foot, texts)


def problem_panel_html(texts: Texts) -> str:
    """The panel for a passage that cannot be read any more."""
    return _panel(texts.source, f'<p class="problem">{texts.no_passage}</p>', "", texts)


def _panel(heading: str, body: str, foot: str, texts: Texts) -> str:
    close = button(texts.panel_close, "close", "quiet")
    return (
        f'<aside class="reader" aria-label="{texts.panel}">'
        f'<div class="reader-head"><h2 tabindex="-1" data-panel-focus>{heading}</h2>{close}</div>'
        f'<div class="reader-body">{body}</div>{foot}</aside>'
    )


def original_link(source: Source, location: Location | None, texts: Texts, words: str = "") -> str:
    """A link to the file of a document as it is kept, a PDF at the page of `location`; nothing for a note."""
    name = PurePosixPath(source.file).name
    if not name:
        return ""
    at = f"#page={location.label}" if location and location.kind == "page" and is_pdf(name) else ""
    address = f"/original/{quote(source.id, safe='')}/{quote(name, safe='')}{at}"
    return new_tab_link(address, words or texts.open_document, texts)


def is_pdf(name: str) -> bool:
    """Whether a file of that name is a PDF."""
    return name.lower().endswith(".pdf")


def suggested_words(source: Source, texts: Texts) -> tuple[str, ...]:
    """What was found in the text of a document and checked by nobody, as in "plaats: Tilburg, Utrecht"."""
    labels = {"places": texts.place, "themes": texts.theme, "language": texts.language_label}
    names = {"themes": texts.themes, "language": texts.languages}
    words = []
    for field in source.suggested:
        value = getattr(source, field, "")
        values = (value,) if isinstance(value, str) else value
        said = ", ".join(names.get(field, {}).get(each, each) for each in values)
        words.append(f"{labels.get(field, field).lower()}: {said}")
    return tuple(words)


def _about(reading: Reading, cited: CitedSource | None, location: Location | None, texts: Texts) -> str:
    """What document this rests on: as the citation says, else as the note says of itself."""
    source = reading.source
    named = cited or source.entries[0]
    facts = (
        (texts.panel_publisher, named.publisher),
        (texts.panel_date, spoken_date(named.date, texts.language)),
        (texts.panel_kind, texts.kinds.get(source.kind, source.kind)),
    )
    rows = "".join(
        f"<div><dt>{name}</dt><dd>{plain_html(value)}</dd></div>" for name, value in facts if value
    )
    links = original_link(source, location, texts) + source_link(named.url, texts)
    return (
        f'<div class="about"><p class="wording">{wording_label(source.wording, texts.language)}</p>'
        f'<p class="title"{_lang(source)}>{plain_html(without_emphasis(named.title))}</p>'
        f'<dl>{rows}</dl><p class="links">{links}</p>{_of_document(reading, texts)}</div>'
    )


def _of_document(reading: Reading, texts: Texts) -> str:
    """What else there is to say of a document that was taken in itself; nothing of a note."""
    source = reading.source
    if source.wording == "note":
        return ""
    copies = ", ".join(
        original_link(copy, None, texts, PurePosixPath(copy.file).name) for copy in reading.copies
    )
    suggested = "; ".join(suggested_words(source, texts))
    lines = (
        texts.panel_own_words,
        f"{texts.panel_copies} {copies}" if copies else "",
        f"{texts.panel_suggested} {plain_html(suggested)}." if suggested else "",
    )
    return "".join(f'<p class="help">{line}</p>' for line in lines if line)


def _lang(source: Source) -> str:
    return f' lang="{plain_html(source.language)}"' if source.language else ""


def _where(reading: Reading, location: Location | None, texts: Texts) -> str:
    """The path to the passage: where it is in the file, the title, then the headings above it."""
    place = spoken_places([location], texts.language) if location else ""
    at = f'<span class="at">{plain_html(place)}</span> ' if place else ""
    path = " › ".join((note_title(reading.source), *reading.passage.heading))
    return f'<p class="path">{at}<span{_lang(reading.source)}>{plain_html(path)}</span></p>'


def _neighbours(reading: Reading, wanted: Wanted, texts: Texts) -> str:
    steps = ((texts.panel_previous, reading.previous), (texts.panel_next, reading.next))
    return "".join(_step(label, passage, wanted) for label, passage in steps)


def _step(label: str, passage: str | None, wanted: Wanted) -> str:
    if passage is None:
        return f'<button type="button" class="quiet" disabled>{label}</button>'
    known = {"number": wanted.number, "statement": wanted.statement}
    given = {name: value for name, value in known.items() if value is not None}
    return button(label, "read", "quiet", passage=passage, turn=wanted.turn, **given)


class _Passage:
    """The units of a passage in their blocks, quotes marked; the headings at its top are told in its path."""

    def __init__(self, reading: Reading, quotes: Sequence[Quote], entry: int, texts: Texts) -> None:
        self.source = reading.source
        self.units = tuple(dropwhile(lambda unit: unit.kind == "heading", reading.passage.units))
        self.spans = [(quote.start, quote.end) for quote in quotes if quote.note == reading.source.id]
        own = [start for start, _ in self.spans if reading.passage.start <= start < reading.passage.end]
        first = self.units[0].start if self.units else reading.passage.start
        self.location = self.source.location(min(own, default=first))
        self.entry = entry
        self.texts = texts

    @property
    def has_marks(self) -> bool:
        """Whether any word of this passage is highlighted."""
        return any(self._overlaps(unit) for unit in self.units)

    def html(self) -> str:
        """The passage as HTML."""
        blocks = [list(units) for _, units in groupby(self.units, key=lambda unit: unit.block)]
        html = []
        for place, units in enumerate(blocks):
            before = blocks[place - 1][0] if place else units[0]
            html += [self._turned(before, units[0]), self._block(units)]
        return "".join(html)

    def _turned(self, before: Unit, unit: Unit) -> str:
        """The number of the page where another one begins."""
        here = self.source.location(unit.start)
        if here is None or here == self.source.location(before.start):
            return ""
        return f'<p class="page" lang="{self.texts.language}">{self._page(here)}</p>'

    def _page(self, location: Location) -> str:
        return plain_html(spoken_places([location], self.texts.language))

    def _block(self, units: Sequence[Unit]) -> str:
        kind = units[0].kind
        if kind == "heading":
            return "".join(f'<p class="heading">{inline_html(self._text(unit))}</p>' for unit in units)
        if kind in {"header_row", "row"}:
            return self._table(units)
        if kind == "item":
            return self._list(units)
        return f"<p>{self._flow(units)}</p>"

    def _list(self, units: Sequence[Unit]) -> str:
        tag = "ol" if units[0].marker[:1].isdigit() else "ul"
        groups = groupby(units, key=lambda unit: unit.group)
        return f"<{tag}>{''.join(self._item(list(group), tag) for _, group in groups)}</{tag}>"

    def _item(self, units: Sequence[Unit], tag: str) -> str:
        digits = units[0].marker.rstrip(".)")
        value = f' value="{int(digits)}"' if tag == "ol" and digits.isdigit() else ""
        return f"<li{value}>{self._flow(units)}</li>"

    def _table(self, units: Sequence[Unit]) -> str:
        width = max(len(cells(self._text(unit))) for unit in units)
        rows: dict[str, list[str]] = {"header_row": [], "row": []}
        for unit in units:
            tag = "th" if unit.kind == "header_row" else "td"
            rows[unit.kind].append(table_row(self._text(unit), width, tag, marked=self._overlaps(unit)))
        return table_html(rows["header_row"], rows["row"]) + self._rests_on(units[-1])

    def _flow(self, units: Sequence[Unit]) -> str:
        return " ".join(self._runs(units))

    def _runs(self, units: Sequence[Unit]) -> Iterator[str]:
        """Sentences in order; behind those that rest on another entry than the cited one, its publisher."""
        for place, unit in enumerate(units):
            last = place + 1 == len(units) or units[place + 1].entries != unit.entries
            yield self._marked(unit) + (self._rests_on(unit) if last else "")

    def _marked(self, unit: Unit) -> str:
        html = inline_html(self._text(unit))
        return f"<mark>{html}</mark>" if self._overlaps(unit) else html

    def _rests_on(self, unit: Unit) -> str:
        if self.entry in unit.entries:
            return ""
        named = [self._named(self.source.entries[number - 1]) for number in unit.entries]
        return f' <span class="rests" lang="{self.texts.language}">({"; ".join(named)})</span>'

    def _named(self, entry: Entry) -> str:
        date = spoken_date(entry.date, self.texts.language)
        publisher = entry.publisher or without_emphasis(entry.title)
        return plain_html(self.texts.panel_other_source.format(publisher=publisher, date=date))

    def _overlaps(self, unit: Unit) -> bool:
        return any(unit.start < end and start < unit.end for start, end in self.spans)

    def _text(self, unit: Unit) -> str:
        return self.source.text[unit.start : unit.end]
