"""Misspelt words of a question, and words that only look misspelt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import spelling
from assistant.dutch import stem
from assistant.errors import IndexError_

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = (
    "In Tilburg bespraken bewoners de warmtepomp en de huurverhoging. De coöperatie deed mee.",
    "In Tilburg kwam er een energiecoach langs; kwetsbare huishoudens kregen korting op de coöperatie.",
)
KNOWN = spelling.vocabulary(TEXTS)
STEMS = {stem(word) for word in KNOWN.words}


def mended(question: str) -> str:
    return spelling.mended(question, KNOWN, lambda word: stem(word) in STEMS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Wat kost een warmtpomp?", "Wat kost een warmtepomp?"),
        ("hoe ging dat in tilbrug?", "hoe ging dat in Tilburg?"),
        ("Wat deed de energiecoahc?", "Wat deed de energiecoach?"),
        ("Welke kwestbare huishuodens?", "Welke kwetsbare huishoudens?"),
        ("Wat doet de coöpratie?", "Wat doet de coöperatie?"),
    ],
)
def test_a_misspelt_word_becomes_the_one_that_was_meant(typed: str, meant: str) -> None:
    assert mended(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "Wat kosten warmtepompen?",  # another form of a word that the texts hold
        "Hoe zit het met huurverlaging?",  # two slips from huurverhoging, and the opposite
        "Hoe gaat het in Tiel en in Hilvarenbeek?",  # municipalities
        "Wat is een warmtepoort?",  # two slips from warmtepomp, and made of Dutch words
        "Wat vindt de bewaarder?",  # a Dutch word that no text holds
        "Wie is Xqzzy?",  # like nothing
        "Wat is een heet pmp?",  # too short to tell
        "What did the residnts of Tilbrug say about the heat pump?",  # not Dutch
        "Warmtpomp huurverhoginh tilbrug energiecoahc kwestbare huishuodens",  # nothing is known of it
        "",
    ],
)
def test_a_word_that_may_be_right_stays(typed: str) -> None:
    assert mended(typed) == typed


def test_of_words_equally_near_the_one_in_most_texts_is_meant() -> None:
    known = spelling.vocabulary(["bestuur", "bestuut bestuut", "bestuur"])
    assert spelling.mended("Wie is het bestuuf?", known, lambda _: False) == "Wie is het bestuur?"


def test_the_vocabulary_tells_how_words_are_mostly_written_and_in_how_many_texts() -> None:
    found = spelling.vocabulary(["De Wijkraad. Een wijkraad!", "de wijkraad", "Wijkraad", "Café"])
    assert found.words == {"wijkraad": ("wijkraad", 3)}


def test_a_vocabulary_is_read_as_it_was_written(tmp_path: Path) -> None:
    spelling.write(tmp_path, KNOWN)
    assert spelling.read(tmp_path).words == KNOWN.words
    assert KNOWN.words["cooperatie"] == ("coöperatie", 2)


@pytest.mark.parametrize(
    "content", ["", "{", "[1]", '{"a": 1}', '{"a": ["b", "c"]}', '{"": ["a", 1]}', "\ud800"]
)
def test_a_damaged_vocabulary_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "vocabulary.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(IndexError_, match="cannot be read"):
        spelling.read(tmp_path)


@given(st.text(max_size=80))
def test_whatever_is_typed_only_unknown_words_change(typed: str) -> None:
    result = mended(typed)
    assert mended(result) == result
    changed = len(typed.split()) == len(result.split())
    assert changed


def test_every_municipality_is_a_word() -> None:
    for name in ("Súdwest-Fryslân", "'s-Hertogenbosch", "Zwolle", "Den Haag", "Valkenburg aan de Geul"):
        assert mended(f"Hoe gaat het in {name}?") == f"Hoe gaat het in {name}?"
