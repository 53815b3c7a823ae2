"""Misspelt words of a question → the words of the material that were meant.

A word is misspelt when nothing knows it: not the material, not a dictionary of Dutch or English, not the map
of the Netherlands. It is then read as the word of the material that is fewest slips away (letters left out,
added, changed or swapped: Damerau 1964, in the restricted form of "optimal string alignment"), and among
those the one in most notes. Nothing is done where no word is that near: an unknown word may well be right.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract
from spellchecker import SpellChecker

from assistant.compounds import parts
from assistant.dutch import fold, language_of, stop_words, words
from assistant.errors import IndexError_
from assistant.gazetteer import municipalities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from assistant.datatypes import Language

MIN_LETTERS = 5
"""Shorter words are left alone: too many others are one slip away."""
MOST = 5
"""A question with more unknown words than this is in another language, or no question."""
_LETTERS_FOR_TWO = 8
"""From here on two slips may be mended."""
_MIN_PART = 4
_NAME = "vocabulary.json"
_WORD = re.compile(r"[^\W\d_]+")
_ALONE = re.compile(r"(?<![\w-])[^\W\d_]+(?![\w-])")
"""Words without a hyphen: parts of "e-learning" and "non-profit" are not mended."""
_SENTENCE_ENDS = re.compile(r"(^|[.!?:]\s*)\W*$")


class Vocabulary:
    """The words of some material, to look for the one that was meant; safe to share."""

    def __init__(self, words: Mapping[str, tuple[str, int]]) -> None:
        """Take folded word → as it is mostly written, and in how many texts."""
        self.words = words
        # What differs in one or two letters from a word differs as little in length.
        self._shelves: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for word in words:
            self._shelves[word[0], len(word)].append(word)

    def nearest(self, word: str) -> str | None:
        """The word, as written, that is fewest slips away and begins with the same letter, if any is near."""
        slips = 2 if len(word) >= _LETTERS_FOR_TWO else 1
        near = [
            (distance, -self.words[each][1], each)
            for length in range(len(word) - slips, len(word) + slips + 1)
            for each, distance, _ in extract(
                word,
                self._shelves.get((word[0], length), ()),
                scorer=OSA.distance,
                score_cutoff=slips,
                limit=None,
            )
        ]
        return self.words[min(near)[2]][0] if near else None


def vocabulary(texts: Iterable[str]) -> Vocabulary:
    """The words of the texts that are long enough to be mended."""
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    texts_with: Counter[str] = Counter()
    for text in texts:
        found = Counter(word for word in _WORD.findall(text) if len(word) >= MIN_LETTERS)
        for word, count in found.items():
            written[fold(word)][word] += count
        texts_with.update({fold(word) for word in found})
    return Vocabulary(
        {
            word: (max(forms, key=lambda form: (forms[form], form)), texts_with[word])
            for word, forms in sorted(written.items())
        }
    )


def write(generation: Path, found: Vocabulary) -> None:
    """Write a vocabulary into the folder of a generation; raises OSError."""
    text = json.dumps(found.words, ensure_ascii=False)
    (generation / _NAME).write_text(text, encoding="utf-8", newline="\n")


def read(generation: Path) -> Vocabulary:
    """What `write` wrote.

    Raises:
        IndexError_: the file is missing or damaged.
    """
    path = generation / _NAME
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Vocabulary({str(word): (str(form), int(count)) for word, (form, count) in raw.items()})
    except (OSError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise IndexError_(
            f"{path} cannot be read ({error}); remove {generation} and run `python ingest.py`."
        ) from error


def mended(question: str, known: Vocabulary, holds: Callable[[str], bool]) -> str:
    """The question with its misspelt words as the material spells them.

    One in English stays as it is, and so does one with more than MOST unknown words: it is not misspelt.

    Args:
        question: as typed.
        known: the words of the material.
        holds: whether the material has a word with the same stem as this folded word.
    """
    if language_of(question) == "en":
        return question
    unknown = {
        word
        for word in dict.fromkeys(_ALONE.findall(question))
        if len(fold(word)) >= MIN_LETTERS
        and fold(word) not in known.words
        and not holds(fold(word))
        and not _is_right(word.casefold())
    }
    if not 0 < len(unknown) <= MOST:
        return question

    def mend(match: re.Match[str]) -> str:
        meant = known.nearest(fold(match[0])) if match[0] in unknown else None
        if not meant or not match[0][0].isupper():
            return meant or match[0]
        if _SENTENCE_ENDS.search(question[: match.start()]):
            return meant[0].upper() + meant[1:]
        # A name that nothing knows is not a common word.
        return meant if meant[0].isupper() else match[0]

    return _ALONE.sub(mend, question)


def _is_right(word: str) -> bool:
    """Whether a word is Dutch or English, part of a municipality's name, or made of Dutch words."""
    cut = parts(fold(word))
    return (
        word in dictionary("nl")
        or word in dictionary("en")
        or fold(word) in stop_words() | _of_municipalities()
        or (bool(cut) and min(map(len, cut)) >= _MIN_PART)
    )


@cache
def dictionary(language: Language) -> SpellChecker:
    """The words of a language; reading them takes half a second, the first time."""
    return SpellChecker(language=language)


@cache
def _of_municipalities() -> frozenset[str]:
    return frozenset(word for name in municipalities() for word in words(name))
