r"""The nouns of this project as frozen records, and the protocols that its parts meet on.

This module knows nothing of files, models, indexes or screens; everything else may import it.

Offsets are code points into the note text: everything after the closing `---` line of the front matter, with
footnote marks and `\n` newlines. `text == source.text[start:end]` holds for every span in this module.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from assistant.reasons import Reason

Wording = Literal["note", "original"]
"""`note`: our own summary of an originating document. `original`: the document's own words."""

UnitKind = Literal["heading", "sentence", "lead_in", "item", "header_row", "row"]
"""What a quotable unit is in its note. A `lead_in` is a sentence that introduces a list or table."""

Language = Literal["nl", "en"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One originating document of a note, as listed in its `sources`."""

    title: str
    publisher: str
    date: str
    url: str


@dataclass(frozen=True, slots=True)
class Location:
    """Where the text from `start` (code points) on stands in the original, up to the next location.

    `label` is the number of a page or slide as it is counted from 1, or the name of a sheet.
    """

    start: int
    kind: Literal["page", "slide", "sheet"]
    label: str


@dataclass(frozen=True, slots=True)
class Extracted:
    r"""What a file says: its text as Markdown, where that stands in the file, what the file tells of itself.

    `text` has `\n` newlines and no footnote marks; headings are `#` lines, tables have a header row. What the
    file does not tell is empty; `date` is YYYY[-MM[-DD]], `language` "nl", "en" or "".
    """

    text: str
    locations: tuple[Location, ...] = ()
    title: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    date: str = ""
    url: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One note, or one document that was taken in itself (`wording` "original"), with its metadata.

    `entries` is never empty: a note without a list of sources rests on one document, the note's own title,
    publisher, date and url. `questions` are what the note answers according to its editor: an aid to search,
    never quoted. `also_asked` are more of these, in the words of people who have not read it: only their
    words are searched, and they are never shown. `digest` is the SHA-256 of the file, front matter included.

    A document has `locations` in the order of its text, the name of its stored `file` (see
    `assistant.originals`), empty texts where nothing is known, and in `suggested` the names of the fields
    that were not given but found in its text.
    """

    id: str
    title: str
    title_exact: bool
    publisher: str
    authors: tuple[str, ...]
    date: str
    url: str
    kind: str
    places: tuple[str, ...]
    themes: tuple[str, ...]
    workstream: int
    audience: tuple[str, ...]
    language: str
    questions: tuple[str, ...]
    entries: tuple[Entry, ...]
    text: str
    digest: str
    wording: Wording = "note"
    locations: tuple[Location, ...] = ()
    file: str = ""
    suggested: tuple[str, ...] = ()
    also_asked: tuple[str, ...] = ()

    def location(self, offset: int) -> Location | None:
        """Where the text at an offset stands in the original: a page, slide or sheet; None where unknown."""
        place = bisect_right(self.locations, offset, key=lambda location: location.start)
        return self.locations[place - 1] if place else None


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest stretch that is quoted: one sentence, or one table row; never across a footnote mark.

    `group` numbers the statements of a passage: units of one list item (or one sentence that marks cut in
    two) share a group. `block` numbers the paragraphs, lists and tables of the note: units of one list share
    a block. `entries` are the 1-based entries of the source that the unit rests on, in the order of its
    marks; `(1,)` where there is no mark. `marker` is what stands before a list item ("-", "3."), else empty.
    """

    start: int
    end: int
    kind: UnitKind
    group: int
    block: int
    entries: tuple[int, ...] = (1,)
    marker: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a source that is embedded and indexed.

    The passages of a source cover its text without gaps, in order. `heading` is the path of headings above
    the passage, without the title of the note. `id` is `<source id>#<1-based place>`.
    """

    id: str
    source_id: str
    heading: tuple[str, ...]
    start: int
    end: int
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `score` and all `scores` are similarities: higher is better.

    `score` is the fused score that orders the hits (0 to 5; comparable within one question only). `scores`
    holds its parts, each 0 to 1, under the names of `retrieval.WEIGHTS`; of a document without wordings the
    score is more than their sum.
    """

    passage: Passage
    score: float
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Filters:
    """An exact choice of notes: `values` maps a front matter field to what it may be; years are inclusive."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None

    def __bool__(self) -> bool:
        """True when the filters exclude anything at all."""
        return bool(self.values) or self.year_from is not None or self.year_to is not None


@dataclass(frozen=True, slots=True)
class Quote:
    """The exact words that a statement rests on: `text == source.text[start:end]`, cited as `citation`.

    `location` tells where they begin in a document that was taken in; None in a note.
    """

    citation: int
    note: str
    passage: str
    start: int
    end: int
    text: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, list item or table row of an answer; its citations are numbers into `Answer.sources`.

    `side` is the place that it tells of, where places were asked about side by side.
    """

    text: str
    citations: tuple[int, ...]
    quotes: tuple[Quote, ...]
    kind: UnitKind = "sentence"
    marker: str = ""
    supported: bool = True
    reasons: tuple[Reason, ...] = ()
    side: str = ""


@dataclass(frozen=True, slots=True)
class CitedSource:
    """An originating document under its number in an answer; `entry` is its 1-based place in the note."""

    number: int
    note: str
    entry: int
    wording: Wording
    title: str
    publisher: str
    date: str
    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class Nearest:
    """A note that comes nearest to a question that the material does not answer."""

    note: str
    title: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Wall clock in milliseconds, the model already loaded."""

    retrieve: float
    answer: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says to one question; DESIGN section 10 is its JSON."""

    question: str
    language: Language
    abstained: bool
    text: str
    statements: tuple[Statement, ...]
    sources: tuple[CitedSource, ...]
    timings: Timings
    filters: Filters = field(default_factory=Filters)
    understood: str | None = None
    mode: Literal["citaten", "schrijven"] = "citaten"
    notice: str | None = None
    follow_ups: tuple[str, ...] = ()
    nearest: tuple[Nearest, ...] = ()


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What an index and its encoder must share. `revision` is a SHA-256 of the weights or a hub commit."""

    name: str
    revision: str
    dimension: int
    normalised: bool


class Encoder(Protocol):
    """Texts to vectors: float32, shape (n, d), finite, of unit length. Safe to call from several threads."""

    @property
    def identity(self) -> EncoderIdentity:
        """Which model this is; costs no import of the model's library."""
        ...

    @property
    def max_tokens(self) -> int:
        """The longest input that is read whole, special tokens and prompt included."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (n, d); raises EncoderError."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (n, d); raises EncoderError."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as `encode_passages` reads it, with prompt and special tokens, untruncated."""
        ...
