"""A question about two or three places → the same question about each: "Vergelijk Tilburg met Almelo".

Pure: words in and out. Whether one document tells of all of them is for the caller to see.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.dutch import content_words, language_of, named_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from assistant.datatypes import Language

MOST = 3
"""A question about more places than this asks for a list."""
_JOINT = re.compile(
    r"\s*(?:,|,?\s*\b(?:en|of|met|tegenover|versus|vs|and|or|with|than|dan)\b\.?)\s*"
    r"(?:(?:in|bij|te|de|het|van|die|dat|at|of|the|that)\s+){0,3}",
    re.IGNORECASE,
)

_COMPARES = re.compile(
    r"vergelijk\w*|versch\w+|overeenkomst\w*|compar\w+|differ\w+|similar\w*|aanpak|approach|wijk|wijken|projecten"
)
_COMPARING = re.compile(
    r"\b(?:vergelijk\w*|verschil\w*|overeenkomst\w*|compare|difference\w*|versus|vs)\b", re.IGNORECASE
)
_CAPITAL = re.compile(r"(?<=\w )[A-ZÀ-Ý][\w'’-]+")
_JOINT_OF_PROJECTS = re.compile(r",?\s+(?:en|met|tegenover|versus|vs\.?|and|with)\s+", re.IGNORECASE)
_UP_TO_PROJECTS = re.compile(
    r".*\b(?:vergelijk\w*|verschil\w*|overeenkomst\w*|compare|difference\w*)\b(?:\s+(?:tussen|between))?",
    re.IGNORECASE,
)
"""What stands before two projects, each named with its place: "Verschil fixbrigade Ede en spaarbank Epe"."""
_OF_PROJECT: Mapping[Language, str] = {
    "nl": "Wat is de aanpak van {name}?",
    "en": "What is the approach of {name}?",
}
_WHOLE: Mapping[Language, str] = {
    "nl": "Wat is de aanpak in {name}?",
    "en": "What is the approach in {name}?",
}


def compared(question: str) -> tuple[str, ...]:
    """The words with a capital of a question that compares, which may name projects; () for any other."""
    return tuple(_CAPITAL.findall(question)) if _COMPARING.search(question) else ()


def of(question: str, places: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The places that a question names side by side, each with the question as asked of that place alone.

    Args:
        question: as understood.
        places: the names that count as places.

    Returns:
        Two or three of them, as `places` has them, in the order of the question; () where it does not name
        them side by side.
    """
    named = _spans(question, named_in(question, places))
    spans = sorted(named)
    projects = _projects(question, named.values())
    if projects:
        whole = _OF_PROJECT[language_of(question)]
        return tuple((name, whole.format(name=project)) for name, project in projects)
    joined = all(_JOINT.fullmatch(question, first[1], second[0]) for first, second in pairwise(spans))
    if not 2 <= len(spans) <= MOST or not joined:
        return ()
    before, after = question[: spans[0][0]], question[spans[-1][1] :]
    if all(_COMPARES.fullmatch(word) for word in content_words(f"{before} {after}")):
        # Nothing is said of what to compare.
        whole = _WHOLE[language_of(question)]
        return tuple((named[span], whole.format(name=named[span])) for span in spans)
    return tuple((named[span], f"{before}{named[span]}{after}") for span in spans)


def _projects(question: str, named: Collection[str]) -> tuple[tuple[str, str], ...]:
    """The two projects that a question compares, each by a name and as it calls it; () for any other."""
    opening = _UP_TO_PROJECTS.match(question)
    called = _JOINT_OF_PROJECTS.split(question[opening.end() :].strip(" .?!")) if opening else []
    found = [(name, each) for each in called for name in named_in(each, named)[-1:]]
    more = [set(content_words(each)) - set(content_words(name)) for name, each in found]
    if len(called) != 2 or len(dict(found)) != 2 or not all(more):
        return ()
    return tuple(found)


def _spans(question: str, named: Iterable[str]) -> dict[tuple[int, int], str]:
    """Where the names stand first; of names in one another ("Den Haag Transvaal") the longest."""
    found = {
        match.span(): name
        for name in named
        if (match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question, re.IGNORECASE))
    }
    return {
        span: name
        for span, name in found.items()
        if not any(other[0] <= span[0] and span[1] <= other[1] and other != span for other in found)
    }
