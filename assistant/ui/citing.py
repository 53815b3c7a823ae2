"""The citations in an answer: buttons that open the source. Pure: records in, HTML out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.export import located, spoken_date, spoken_places, wording_label
from assistant.passages import plain, without_emphasis
from assistant.ui.inline import inline_html, plain_html

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from assistant.datatypes import CitedSource, Quote, Statement
    from assistant.ui.texts import Texts

_OPENING = re.compile("<[a-z]")
_LONG_WORD = 30


def publisher_of(source: CitedSource) -> str:
    """Who speaks: the publisher, or the title of a document of which nobody knows the publisher."""
    return source.publisher or without_emphasis(source.title)


class Citer:
    """Makes the citation buttons of one answer; of one that was `written` they tell what it rests on."""

    def __init__(
        self,
        turn_id: str,
        sources: Sequence[CitedSource],
        texts: Texts,
        bare: Container[int] = (),
        *,
        written: bool = False,
    ) -> None:
        """Take the turn that shows the answer, the sources of the answer, and what `citations.bare` gives."""
        self.turn_id = turn_id
        self.sources = {source.number: source for source in sources}
        self.texts = texts
        self.bare = bare
        self.written = written

    def said(self, place: int, statement: Statement) -> str:
        """The words of the statement at `place`, then its buttons; no line breaks just before these."""
        words, marks = inline_html(statement.text), self.marks(place, statement)
        start, space, last = words.rpartition(" ")
        if not marks or len(last) > _LONG_WORD or last.count("</") != len(_OPENING.findall(last)):
            return words + marks
        return f'{start}{space}<span class="nobr">{last}{marks}</span>'

    def marks(self, place: int, statement: Statement) -> str:
        """The buttons of the statement at `place`, in order; none where it goes without."""
        numbers = () if place in self.bare else statement.citations
        known = (number for number in numbers if number in self.sources)
        return "".join("&nbsp;" + self.one(number, statement.quotes, place) for number in known)

    def one(self, number: int, quotes: Sequence[Quote], place: int | None = None) -> str:
        """The button of a number; it tells where in a document the words of these quotes stand."""
        source = self.sources[number]
        named = (
            publisher_of(source),
            spoken_date(source.date, self.texts.language),
            spoken_places(located(quotes, number), self.texts.language),
        )
        label = self.texts.open_citation.format(
            number=number, named=", ".join(part for part in named if part)
        )
        where = "" if place is None else f' data-statement="{place}"'
        told = label if place is None else label + self._rests_on(source, quotes)
        return (
            f'<button type="button" class="cite" data-act="read" data-turn="{self.turn_id}"'
            f' data-number="{number}"{where} lang="{self.texts.language}"'
            f' aria-label="{plain_html(label)}" title="{plain_html(told)}">{number}</button>'
        )

    def _rests_on(self, source: CitedSource, quotes: Sequence[Quote]) -> str:
        """The exact words below a written sentence, and whose they are; nothing for words that are quoted."""
        exact = dict.fromkeys(plain(quote.text) for quote in quotes if quote.citation == source.number)
        if not self.written or not exact:
            return ""
        return f"\n\n{wording_label(source.wording, self.texts.language)}:\n{' … '.join(exact)}"
