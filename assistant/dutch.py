"""The analysis of Dutch words, the same for index and question: fold, stem, split, cut into grams.

Character 4-grams beat every stemmer on Dutch retrieval and need no word list; stems keep common short words
apart (on other Dutch data BM25 reached nDCG@10 .643 with 4-grams, .614 with `dutch_porter` stems, .582 with
plain words). Both are indexed, and with the stems those of the parts of compounds. `dutch_porter` is the
Snowball stemmer of Porter; PyStemmer's other Dutch stemmer (Kraaij-Pohlmann) turns gemeente into meen.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from threading import local
from typing import TYPE_CHECKING

import Stemmer

from assistant.compounds import parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from assistant.datatypes import Language

ANALYSIS_VERSION = 3
"""Part of the manifest: raise it with every change that makes other tokens of the same text."""

GRAM = 4
_WORD = re.compile(r"[^\W_]+(?:['’.,\-/&+][^\W_]+)*\+?")
_PART = re.compile(r"\d+(?:[.,]\d+)+(?![^\W_])|[^\W_]+\+?")
_APOSTROPHE_S = re.compile(r"['’](?:s|en|er)$")
_FINAL = {"v": "f", "z": "s"}
_PARTICIPLE = re.compile(
    r"(aan|achter|af|bij|door|in|mee|na|om|op|over|samen|tegen|terug|toe|uit|vast|voor|weg)?ge([a-z]+)[dt]"
)
_INFLECTED = re.compile(r"([a-z]*[aeiouy][a-z]*[bcdfghklmnprsvwz])(?:t|te|de)")
_MIN_BASE = 4
"""The letters of the shortest base: shorter ones are as often another word (kost: kos)."""
_ENGLISH_ASKS = frozenset(("compare", "example", "examples", "give", "list", "show", "shorter", "summarise"))
"""In a question without a verb they may be all that shows its language: "examples of health"."""
_DATA = files("assistant") / "data"
_thread = local()


@dataclass(frozen=True, slots=True)
class Analysis:
    """The tokens of a text, in order, with repeats.

    `stems` of content words, stems of the `parts` of those that are compounds, 4-character `grams` of each.
    """

    stems: tuple[str, ...]
    parts: tuple[str, ...]
    grams: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case without diacritics or compatibility forms; folding twice is folding once."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    stripped = "".join(character for character in decomposed if not unicodedata.combining(character))
    return unicodedata.normalize("NFKC", stripped)


def words(text: str) -> list[str]:
    """The folded words and numbers of a text in order; hyphens part words, 4.500 and 1,5 stay whole."""
    found: list[str] = []
    for match in _WORD.finditer(fold(text)):
        found += _PART.findall(_APOSTROPHE_S.sub("", match[0]))
    return found


def named_in(text: str, phrases: Iterable[str]) -> list[str]:
    """Those of the phrases that stand in a text as whole words: Epe does not stand in "begrepen"."""
    joined = f" {' '.join(words(text))} "
    return [phrase for phrase in phrases if _as_words(phrase) in joined]


@lru_cache(maxsize=4_096)
def _as_words(phrase: str) -> str:
    """The folded words of a name between spaces, so that whole words are found; the same names come again."""
    return f" {' '.join(words(phrase))} "


def content_words(text: str) -> list[str]:
    """The words of a text that carry meaning: no stop words, no question words."""
    return [word for word in words(text) if word not in stop_words()]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of a folded word; numbers and words of up to three letters stay as they are.

    The stemmer is applied until nothing changes, and its stems are spelled as the word alone would be, so
    that huizen and huis, gezinnen and gezin, subsidies and subsidie, huishoudens and huishouden meet.
    """
    while len(word) > 3 and word.isalpha():
        shorter = _as_spelled(str(_stemmer().stemWord(word)))
        if shorter == word:
            break
        word = shorter
    return word


def _as_spelled(stem: str) -> str:
    """A stem with the last letters that Dutch spelling gives it: no v, z or double consonant at the end."""
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "aeiou":
        return stem[:-1]
    if len(stem) > 4 and stem.endswith(("ies", "es")):
        return stem[:-1]
    return stem[:-1] + _FINAL.get(stem[-1:], stem[-1:])


def analyse(text: str) -> Analysis:
    """The tokens of a text, for the index and for a question alike."""
    found = content_words(text)
    return Analysis(
        tuple(stem(word) for word in found),
        tuple(stem(part) for word in found for part in parts(word) if part not in stop_words()),
        tuple(gram for word in found for gram in grams(word)),
    )


def bases(word: str) -> tuple[str, ...]:
    """What a folded word may be a form of, if it is a verb: compenseer of compenseert and gecompenseerd.

    Only its letters are looked at, so that other words have one too (dienst: diens, vijfde: vijf). For
    telling whether a word is known, where that does little harm, and not for the index: there 4-grams relate
    these forms, and such stems cost more than they found (decision 0020).
    """
    participle, inflected = _PARTICIPLE.fullmatch(word), _INFLECTED.fullmatch(word)
    found = (
        f"{participle[1] or ''}{participle[2]}" if participle else "",
        inflected[1] if inflected else "",
    )
    return tuple(each for each in found if len(each) >= _MIN_BASE)


def grams(word: str) -> list[str]:
    """The character 4-grams of a word with its borders marked; a word of up to two letters is one gram."""
    marked = f"_{word}_"
    return [marked[i : i + GRAM] for i in range(len(marked) - GRAM + 1)] or [marked]


def synonyms(text: str) -> Mapping[str, int]:
    """Stems that mean the same as a word or phrase of the text, with how often; not the text's own stems."""
    own = {stem(word) for word in words(text)}
    found = Counter(part for phrase in alternatives(text) for part in phrase.split())
    return {word: count for word, count in found.items() if word not in own and word not in _stop_stems()}


def alternatives(text: str) -> tuple[str, ...]:
    """The other words or phrases that mean the same as one in the text, each as stems parted by spaces."""
    joined = stemmed(text)
    found: list[str] = []
    for group in _synonym_groups():
        present = [phrase for phrase in group if f" {phrase} " in joined]
        if present:
            found += [phrase for phrase in group if phrase not in present]
    return tuple(found)


def same_as(name: str) -> tuple[str, ...]:
    """The other words or phrases that mean the same as a whole name, each as stems parted by spaces.

    What only a word of it means is no other name: "Woningstichting Haag Wonen" is not any corporatie, and
    Ouder-Amstel is nobody's age.
    """
    whole = stemmed(name).strip()
    return tuple(each for group in _synonym_groups() if whole in group for each in group if each != whole)


def stemmed(text: str) -> str:
    """The stems of all words of a text with spaces around, so that a phrase is found between spaces."""
    return f" {' '.join(stem(word) for word in words(text))} "


def language_of(text: str) -> Language:
    """English when English function words, or words to ask with, outnumber the Dutch ones; else Dutch."""
    found = words(text)
    english = sum(
        (word in _listed("english.txt") and word not in _listed("dutch.txt")) or word in _ENGLISH_ASKS
        for word in found
    )
    dutch = sum(word in _listed("dutch.txt") and word not in _listed("english.txt") for word in found)
    return "en" if english > dutch else "nl"


@cache
def stop_words() -> frozenset[str]:
    """Function words and question words of Dutch and English, folded."""
    return _listed("dutch.txt") | _listed("english.txt")


@cache
def _stop_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in stop_words())


@cache
def _listed(name: str) -> frozenset[str]:
    lines = (_DATA / "stopwords" / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in words(line))


@cache
def _synonym_groups() -> tuple[tuple[str, ...], ...]:
    lines = (_DATA / "synonyms.txt").read_text(encoding="utf-8").splitlines()
    groups = (line.split(",") for line in lines if line.strip() and not line.startswith("#"))
    return tuple(
        tuple(" ".join(stem(word) for word in words(phrase)) for phrase in group) for group in groups
    )


def _stemmer() -> Stemmer.Stemmer:
    """One stemmer per thread: it is not safe to share."""
    if not hasattr(_thread, "stemmer"):
        _thread.stemmer = Stemmer.Stemmer("dutch_porter", 0)
    return _thread.stemmer
