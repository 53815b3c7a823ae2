"""An answer as text to take along: numbered sources with dates and links, and how it was made.

Nothing here is ever put between quotation marks when a note is the source: a note is our summary, not the
document's words. A document that was taken in itself is cited with the page, slide or sheet of its words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.citations import bare, begins_side, preface
from assistant.passages import plain, without_emphasis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from assistant.datatypes import Answer, CitedSource, Language, Location, Quote, Statement, Wording

_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}
_AND: Mapping[Language, str] = {"nl": " en ", "en": " and "}
_UNDATED = {"nl": "datum onbekend", "en": "date unknown"}
_WORDING: dict[Language, dict[Wording, str]] = {
    "nl": {"note": "Onze samenvatting van", "original": "Letterlijk uit"},
    "en": {"note": "Our summary of", "original": "In the words of"},
}
_PLACES: Mapping[Language, Mapping[str, str]] = {
    "nl": {"page": "p.", "slide": "dia", "sheet": "blad"},
    "en": {"page": "p.", "slide": "slide", "sheet": "sheet"},
}
WRITTEN_FROM = {"nl": "Op basis van", "en": "Based on"}
WRITTEN_BY = {
    "nl": "Geschreven door een taalmodel (AI), en zin voor zin vergeleken met de bronnen.",
    "en": "Written by a language model (AI), and compared with the sources sentence by sentence.",
}
_SOURCES = {"nl": "Bronnen", "en": "Sources"}
_MADE_BY = {
    "nl": "Samengesteld door een automatisch systeem (AI).",
    "en": "Put together by an automatic system (AI).",
}
_CHECK = {
    "nl": "Controleer belangrijke feiten bij de bron.",
    "en": "Check important facts at the source.",
}
_UNDERSTOOD = {"nl": "Opgevat als", "en": "Understood as"}


def spoken_list(names: Sequence[object], language: Language) -> str:
    """Names as a sentence lists them: "A, B en C"; "" where there are none."""
    said = list(map(str, names))
    return _AND[language].join(filter(None, (", ".join(said[:-1]), *said[-1:])))


def spoken_date(date: str, language: Language) -> str:
    """A date of the front matter (YYYY[-MM[-DD]] or '') as people write it: 1 juli 2020, datum onbekend."""
    if not date:
        return _UNDATED[language]
    year, *rest = date.split("-")
    if not rest:
        return year
    month = _MONTHS[language].split()[int(rest[0]) - 1]
    return f"{int(rest[1])} {month} {year}" if len(rest) > 1 else f"{month} {year}"


def wording_label(wording: Wording, language: Language) -> str:
    """How our words relate to the originating document: "Onze samenvatting van" or "Letterlijk uit"."""
    return _WORDING[language][wording]


def spoken_places(locations: Iterable[Location], language: Language) -> str:
    """Where words stand in a document: "p. 7", "dia 3, 5", "blad Kosten"; empty where that is not known."""
    labels: dict[str, list[str]] = {}
    for location in sorted(locations, key=lambda each: each.start):
        known = labels.setdefault(location.kind, [])
        known += [location.label] if location.label not in known else []
    return ", ".join(f"{_PLACES[language][kind]} {', '.join(named)}" for kind, named in labels.items())


def located(quotes: Iterable[Quote], number: int) -> tuple[Location, ...]:
    """Where the words cited under a number stand in their document, in the order in which they are used."""
    return tuple(quote.location for quote in quotes if quote.citation == number and quote.location)


def quotes_of(answer: Answer) -> tuple[Quote, ...]:
    """All quotes of an answer, in the order of its statements."""
    return tuple(quote for statement in answer.statements for quote in statement.quotes)


def attribution(
    source: CitedSource, language: Language, locations: Iterable[Location] = (), *, written: bool = False
) -> str:
    """One line that names a source: "Letterlijk uit: publisher, title, date, p. 7"; without unknown parts.

    What a model has `written` from a document are not the document's words, and the line does not say so.
    """
    rewritten = written and source.wording == "original"
    label = WRITTEN_FROM[language] if rewritten else wording_label(source.wording, language)
    date = spoken_date(source.date, language)
    named = (source.publisher, without_emphasis(source.title), date, spoken_places(locations, language))
    return f"{label}: {', '.join(part for part in named if part)}"


def understood_as(answer: Answer, language: Language) -> str:
    """How the question was resolved from its conversation, as one line; empty where it stood on its own."""
    return "" if answer.understood is None else f"{_UNDERSTOOD[language]}: {answer.understood}"


def as_text(answer: Answer, language: Language) -> str:
    """Plain text for the clipboard or a terminal: question, answer with [n], sources with date and link.

    A question that was resolved from its conversation is followed by how it was understood.

    Args:
        answer: what to write out; when it abstained, its own text stands for the answer.
        language: of the words around the answer; the answer itself stays as it is.
    """
    asked = "\n".join(part for part in (answer.question, understood_as(answer, language)) if part)
    said = "\n".join(_lines(answer)) or "\n".join(
        [answer.text, *(f"- {near.title}" for near in answer.nearest)]
    )
    body = "\n\n".join(part for part in (preface(answer), said) if part)
    written = answer.mode == "schrijven"
    quotes = quotes_of(answer)
    sources = [
        f"[{each.number}] {attribution(each, language, located(quotes, each.number), written=written)}"
        + _link(each)
        for each in answer.sources
    ]
    made_by = f"{(WRITTEN_BY if written else _MADE_BY)[language]} {_CHECK[language]}"
    parts = (asked, answer.notice, body, _listed(sources, language), made_by)
    return "\n\n".join(part for part in parts if part)


def _lines(answer: Answer) -> Iterator[str]:
    """The statements as lines: sentences of one note flow on, items and rows stand on lines of their own.

    Places side by side are each named above what is said of them.
    """
    paragraph: list[str] = []
    note = ""
    previous: Statement | None = None
    uncited = bare(answer.statements)
    for place, statement in enumerate(answer.statements):
        if not statement.supported:
            continue
        numbers = () if place in uncited else statement.citations
        marked = plain(statement.text) + "".join(f" [{number}]" for number in numbers)
        own_note = statement.quotes[0].note if statement.quotes else note
        begins = begins_side(previous, statement)
        if paragraph and (_stands_alone(statement) or own_note != note or begins):
            yield " ".join(paragraph)
            paragraph = []
        if previous and (own_note != note or begins):
            yield ""
        if begins:
            yield f"{statement.side}:"
        note, previous = own_note, statement
        if _stands_alone(statement):
            yield f"{statement.marker or '-'} {marked}" if statement.kind == "item" else marked
        else:
            paragraph.append(marked)
    if paragraph:
        yield " ".join(paragraph)


def _stands_alone(statement: Statement) -> bool:
    return statement.kind in {"heading", "item", "header_row", "row"}


def _listed(sources: list[str], language: Language) -> str:
    return "\n".join([f"{_SOURCES[language]}:", *sources]) if sources else ""


def _link(source: CitedSource) -> str:
    return f"\n    {source.url}" if source.url else ""
