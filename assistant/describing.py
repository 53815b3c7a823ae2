"""What is known of a document → its `Source`: what people say of it goes before what it tells of itself.

Places and themes that nobody gave are suggested from the text, and named in `suggested`; the language too.
Everything else that is missing stays empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any

from assistant.datatypes import Entry, Source
from assistant.dutch import language_of, named_in
from assistant.gazetteer import municipalities, unmistakable
from assistant.sources import THEMES
from assistant.themes import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from assistant.datatypes import Extracted

MOST = 5
"""So many places, and so many themes, are suggested at most."""
_OFTEN = 2
"""A theme is suggested when its words occur this often, and a place when it is named so, or in the title.

Measured on the notes of the corpus: 89 % of the themes suggested so are those of the note (of all of a note's
themes, 40 % are suggested), and 91 % of the places (40 %)."""
_TOP = 1_500
"""Characters of the top of a text, where a municipality that calls itself one, once, is what it is about."""
_OFFICIAL = re.compile(r"\b(?:[Gg]emeente:?|[Mm]unicipality of|(?:Plaats|Place):) +")
_HEADING = re.compile(r"(?m)^#{1,2} +(.+)$")
_NAME = re.compile(r"[\w’'-]+")
_MAX_ID = 60
_SAMPLE = 20_000
_LISTS = ("authors", "places", "themes", "audience", "questions", "also_asked")


def new_id(name: str, taken: Collection[str]) -> str:
    """An id for the document in a file of that name, which nothing else has."""
    plain = unicodedata.normalize("NFKD", name.rpartition(".")[0] or name).encode("ascii", "ignore").decode()
    base = re.sub("[^a-z0-9]+", "-", plain.lower())[:_MAX_ID].strip("-") or "document"
    number = 1
    while (id_ := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return id_


def describe(
    id_: str, name: str, extracted: Extracted, digest: str, file: str, given: Mapping[str, Any]
) -> Source:
    """The source of a document.

    Args:
        id_: its id.
        name: the name of its file, which is its title where nothing else is known.
        extracted: what was read from it.
        digest: the SHA-256 of the file.
        file: the name of the stored original.
        given: fields as people gave them, in a sidecar or by correcting them; checked already.
    """
    values: dict[str, Any] = {
        "title": extracted.title or _first_heading(extracted.text) or name,
        "authors": extracted.authors,
        "publisher": extracted.publisher,
        "date": extracted.date,
        "url": extracted.url,
        "language": extracted.language,
    }
    values |= {field: value for field, value in given.items() if value or field != "title"}
    found = _suggestions(extracted, values["title"])
    suggested = {name: found[name] for name in found if not values.get(name) and name not in given}
    values = {"kind": "", "workstream": 0, "title_exact": True, **values, **suggested}
    lists: dict[str, Any] = {name: tuple(values.pop(name, ())) for name in _LISTS}
    entry = Entry(values["title"], values["publisher"], values["date"], values["url"])
    return Source(
        id=id_,
        entries=(entry,),
        text=extracted.text,
        digest=digest,
        wording="original",
        locations=extracted.locations,
        file=file,
        suggested=tuple(suggested),
        **lists,
        **values,
    )


def _suggestions(extracted: Extracted, title: str) -> dict[str, Any]:
    """The values of fields that the text itself shows."""
    found = {
        "places": places_in(title, extracted.text),
        "themes": themes_in(extracted.text),
        "language": language_of(extracted.text[:_SAMPLE]),
    }
    return {name: value for name, value in found.items() if value}


def places_in(title: str, text: str) -> tuple[str, ...]:
    """The Dutch municipalities that a text is about, commonest first.

    That is: in its title, as "gemeente …" at its top, or twice or more anywhere.
    """
    counts = Counter({*_named(title), *_official(text[:_TOP])})
    counts.update(counts)  # once there is as good as twice in the text
    counts.update(_named(text))
    return tuple(name for name, count in counts.most_common(MOST) if count >= _OFTEN)


def themes_in(text: str) -> tuple[str, ...]:
    """The themes whose words a text uses often, commonest first."""
    counts = counted(text)
    often = sorted((theme for theme in THEMES if counts[theme] >= _OFTEN), key=lambda theme: -counts[theme])
    return tuple(often[:MOST])


def _named(text: str) -> list[str]:
    """The municipalities that a text names, once for each time; a name is written with a capital."""
    capitals = Counter(word for word in _NAME.findall(text) if word[:1].isupper())
    single = {name: capitals[name] for name in municipalities() if " " not in name and capitals[name]}
    several = [name for name in unmistakable() if " " in name and name in text]
    return [
        name
        for name, count in [*single.items(), *((name, text.count(name)) for name in named_in(text, several))]
        for _ in range(count)
    ]


def _official(text: str) -> list[str]:
    """The municipalities that a text names as such: "gemeente Apeldoorn"."""
    after = [text[found.end() :] for found in _OFFICIAL.finditer(text)]
    longest = sorted(municipalities(), key=len, reverse=True)
    named = (next((n for n in longest if re.match(rf"{re.escape(n)}\b", rest)), "") for rest in after)
    return [name for name in named if name]


def _first_heading(text: str) -> str:
    found = _HEADING.search(text)
    return found[1].strip() if found else ""
