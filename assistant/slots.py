"""The place, organisation or year that a question names, and its change for another one.

"En in Tilburg?" after "Wie betaalde dat in Almere?" asks who paid for it in Tilburg. Pure: words in and out.
What no list of places holds is a name too where it stands as one: with a capital, or known to no text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.dutch import content_words, fold, language_of, named_in, words
from assistant.themes import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

ABOUT = re.compile(
    r"^\W*(hoe (zit|is|gaat|zat|ging|was) (het|dat)( dan)?( met)?|what about|how about)\b\s*", re.IGNORECASE
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PERIOD = re.compile(
    r"\b((?:tussen|van|vanaf|sinds|in|over|between|from|since)\s+)?(?:19|20)\d\d"
    r"(?:\s*(?:en|tot(?: en met)?|t/m|and|to|-|–)\s*(?:19|20)\d\d)+\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W_]+")
_KIND = r"(?:(?:wijk|buurt|gemeente|stad|stadsdeel|dorp|flat|corporatie|woningcorporatie)\s+)"
_PREPOSITION = re.compile(r"^(in|te|bij|voor|van|op|uit|for|at|of)\s+((de|het|the)\s+)?", re.IGNORECASE)
_TAIL = re.compile(r"[\s,]*(dan|then|zelf|ook|too)?\s*[?!.]*\s*$", re.IGNORECASE)
_ASKING = re.compile(
    r"\b(wie|wat|waar|waarom|wanneer|hoe|hoeveel|welke?|waar\w+|who|whom|what|where|why|when|how|which|noem|geef|"
    r"voorbeeld\w*|examples?)\b"
)
_AMONG = re.compile(r"^(bij|at)\s", re.IGNORECASE)
_WITHIN = re.compile(r"^(in|te)\s", re.IGNORECASE)
_CAPITALISED = r"[A-ZÀ-Ý][a-zà-ÿ'’]+(?:-\w+)*(?![\w'’-])"
"""A capital and small letters: an abbreviation ("VvE's") is no name of a place."""
_WRITTEN_AS_NAME = re.compile(_CAPITALISED)
_PLACED = re.compile(
    r"\b(?:in|te|bij|at)\s+(?:(?:de|het|the)\s+)?"
    rf"{_KIND}?(?P<name>{_CAPITALISED}(?:\s{_CAPITALISED})*|[a-z][\w'’-]+)(?!\w)"
)
_NAMED = re.compile(rf"(?<=\w ){_CAPITALISED}(?:\s{_CAPITALISED})*")
_ONLY_NAME = re.compile(rf"{_CAPITALISED}(?:\s{_CAPITALISED})*")
_ARTICLE = re.compile(r"^(de|het|the)\s+", re.IGNORECASE)
_MAX_WORDS = 3


def asked_for(
    asked: str, places: Collection[str], is_known: Callable[[str], bool], *, linked: bool
) -> tuple[str, ...]:
    """The names or years that a question names and says nothing else with: "En in Tilburg?".

    Args:
        asked: the question without the words that only link it.
        places: the places that the material knows.
        is_known: whether a word occurs anywhere in the material.
        linked: whether it was linked to the question before ("En").
    """
    placed = ABOUT.sub("", asked).strip()
    rest = _TAIL.sub("", _PREPOSITION.sub("", placed))
    if not rest:
        return ()
    years = tuple(_YEAR.findall(rest))
    named = _in_order(rest, named_in(rest, places))
    left = set(content_words(rest)) - {word for name in (*named, *years) for word in words(name)}
    if (named or years) and not left and not _ASKING.search(fold(rest)):
        return (*named, *years)
    name = re.sub(rf"^{_KIND}(?=\w)", "", rest, flags=re.IGNORECASE)
    if (linked or placed != asked) and _is_unlisted(placed, name, is_known):
        # Named with a capital, so that it counts as a name.
        return (name[0].upper() + name[1:],)
    return ()


def other_name(asked: str, before: str, places: Collection[str]) -> str:
    """The bare name in a question ("En Woonbron?") where the one before has one name, which is no place.

    Args:
        asked: the question without the words that only link it.
        before: the question that it follows on.
        places: the places that the material knows.
    """
    name = _TAIL.sub("", _ARTICLE.sub("", asked.strip()))
    # What a theme is told of by ("En Subsidie?") is a subject, whatever it is written with.
    bare = bool(_ONLY_NAME.fullmatch(name)) and not (named_in(name, places) or any(counted(name).values()))
    old = _only_name(before, places)
    return name if bare and old and old != [name] else ""


def _is_unlisted(placed: str, name: str, is_known: Callable[[str], bool]) -> bool:
    """Whether what is named is a place or organisation that no list holds."""
    short = len(name.split()) <= _MAX_WORDS and not set(words(name)) - set(content_words(name))
    if not short or not name[:1].isalpha():
        return False
    as_name, unknown = bool(_WRITTEN_AS_NAME.match(name)), not any(is_known(word) for word in words(name))
    if _AMONG.match(placed) or _WITHIN.match(placed):  # but not "in de winter", "in de praktijk"
        return as_name or unknown
    return as_name and unknown


def swapped(
    texts: Sequence[str],
    names: Sequence[str],
    places: Collection[str],
    is_known: Callable[[str], bool],
    asked: str = "",
    before: Sequence[str] = (),
) -> str:
    """The texts of a question as one sentence, with their places or years replaced by others.

    Args:
        texts: the question, and what it was asked of.
        names: from `asked_for`.
        places: the places that the material knows.
        is_known: whether a word occurs anywhere in the material.
        asked: the question that names the new ones.
        before: the names that the latest change put in.
    """
    years = [name for name in names if _YEAR.fullmatch(name)]
    named = [name for name in names if name not in years]
    text = _joined(texts)
    if named:
        among = bool(_AMONG.match(ABOUT.sub("", asked).strip())) and not named_in(" ".join(named), places)
        old = named_in(text, before) or (_only_name(text, places) if among else [])
        old = old or named_in(text, places) or _unlisted(text, is_known)
        text = _joined(_with_places(texts, _with_article(named, asked), _in_order(text, old), among=among))
    return _with_years(text, years) if years else text


def _joined(texts: Sequence[str]) -> str:
    """A question and what was asked of it as one: "Hoe werkt een energiebank, en wie betaalt dat?"."""
    first, *others = texts
    if not others:
        return first
    then = " ".join(others)
    link = {"nl": "en", "en": "and"}[language_of(then)]
    return f"{first.rstrip(' ?.!')}, {link} {then[:1].lower()}{then[1:].rstrip(' ?.!')}?"


def _with_article(named: Sequence[str], asked: str) -> str:
    """The names as one, after "de" or "het" where they were typed so: "in de Benedenbuurt"."""
    new = " ".join(named)
    typed = re.search(rf"\b(de|het)\s+{_loosely(new)}(?!\w)", asked, re.IGNORECASE)
    return f"{typed[1].lower()} {new}" if typed else new


def _with_years(text: str, years: Sequence[str]) -> str:
    new = " en ".join(years)
    if _PERIOD.search(text):
        return _PERIOD.sub(lambda match: f"in {new}" if match[1] else new, text)
    return _YEAR.sub(new, text) if _YEAR.search(text) else f"{text.rstrip(' ?.!')} in {new}?"


def _with_places(texts: Sequence[str], new: str, old: Sequence[str], *, among: bool) -> list[str]:
    placed = f"{'bij' if among else 'in'} {new}"
    if not old:
        return [f"{texts[0].rstrip(' ?.!')} {placed}?", *texts[1:]]
    first, *others = old
    found = []
    for text in texts:
        changed = _put(text, first, new, placed, among=among)
        for other in others:
            joined = r"([-–/]|(\s+(in|te|van|bij|en|op|of|uit|met)(\s+(de|het))?)?\s*)"
            changed = re.sub(rf"{joined}(?<!\w){_loosely(other)}(?!\w)", "", changed, flags=re.IGNORECASE)
        found.append(changed)
    return found


def _put(text: str, old: str, new: str, placed: str, *, among: bool) -> str:
    """The text with a name in the place of another, or "bij" that name where the other was "in" and so on."""
    taken = rf"(?<!\w){_loosely(old)}(?!\w)"
    if among:
        taken = rf"(?:(?<!\w)(?P<turned>in|te)\s+)?(?:(?<!\w)(?:de|het)\s+)?{_KIND}?{taken}"
    else:
        taken = rf"(?:(?<!\w)(?P<turned>in|te|bij)\s+(?:(?:de|het)\s+)?)?{taken}"

    # A function, for a name as typed may hold what a template would take for a reference.
    def put(match: re.Match[str]) -> str:
        return placed if match["turned"] else new

    return re.sub(taken, put, text, flags=re.IGNORECASE)


def _unlisted(text: str, is_known: Callable[[str], bool]) -> list[str]:
    """The last name that a text says to be a place and no list holds: with a capital, or known to no text."""
    found = [match["name"] for match in _PLACED.finditer(text)]
    return [name for name in found if _is_name(name, is_known)][-1:]


def _only_name(text: str, places: Collection[str]) -> list[str]:
    """The only name in a text that is no place: "Hoe doet Woonin dat in Utrecht?"."""
    names = [name for name in _NAMED.findall(text) if not named_in(name, places)]
    return names if len(names) == 1 else []


def _is_name(text: str, is_known: Callable[[str], bool]) -> bool:
    content = content_words(text)
    return bool(content) and (text[0].isupper() or not any(is_known(word) for word in content))


def _loosely(name: str) -> str:
    """A pattern for a name as people type it, with other signs between its words and without its accents."""
    spelled = ("".join(f"[{letter}{fold(letter)}]" for letter in part) for part in _LETTERS.findall(name))
    return r"\W+".join(spelled)


def _in_order(text: str, names: Iterable[str]) -> list[str]:
    """The names in the order in which a text holds them, without those that are part of another."""
    joined = f" {' '.join(words(text))} "
    found = sorted(names, key=lambda name: (joined.find(f" {' '.join(words(name))} "), -len(name)))
    kept: list[str] = []
    for name in found:
        if not any(set(words(name)) < set(words(other)) for other in found):
            kept.append(name)
    return kept
