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


@pytest.fixture(scope="module", autouse=True)
def _dictionaries() -> None:
    """Read once: the first word that they are asked for waits for them."""
    for language in ("nl", "en"):
        spelling.dictionary(language)


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


@pytest.mark.parametrize(
    ("typed", "few", "many", "often", "meant"),
    [
        ("coorperatie", "coöperatie", "corporatie", 30, "corporatie"),
        ("coorperatie", "coöperatie", "corporatie", 6, "coöperatie"),
        ("bewoenders", "bewonders", "bewoners", 40, "bewoners"),
        ("huurderes", "huurderse", "huurders", 2, "huurders"),
    ],
)
def test_a_word_of_many_texts_may_be_a_slip_further_away(
    typed: str, few: str, many: str, often: int, meant: str
) -> None:
    known = spelling.vocabulary([f"Een {few}.", *[f"De {many}."] * often])
    assert spelling.mended(f"hoe zit het met {typed}", known, lambda _: False) == f"hoe zit het met {meant}"


@pytest.mark.parametrize(
    ("typed", "known", "texts", "meant"),
    [
        ("draagvalk", "draagvlak", 5, "draagvlak"),
        ("proftuin", "proeftuin", 3, "proeftuin"),
        ("proftuin", "proeftuin", 2, "proftuin"),
        ("wijkbedrag", "wijkbedrijf", 9, "wijkbedrag"),
    ],
)
def test_a_word_that_is_made_of_words_is_mended_where_one_slip_makes_one_of_several_texts(
    typed: str, known: str, texts: int, meant: str
) -> None:
    vocabulary = spelling.vocabulary([f"Het {known}."] * texts)
    assert spelling.mended(f"hoe zit het met {typed}", vocabulary, lambda _: False) == (
        f"hoe zit het met {meant}"
    )


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


@given(st.lists(st.sampled_from(sorted(KNOWN.words)), min_size=1, max_size=4), st.data())
def test_words_that_are_known_stay_whatever_stands_beside_them(words: list[str], data: st.DataObject) -> None:
    slip = data.draw(st.sampled_from(["tilbrug", "warmtpomp", "energiecoahc"]))
    place = data.draw(st.integers(0, len(words)))
    typed = [*words[:place], slip, *words[place:]]
    result = mended(" ".join(typed)).split()
    assert [*result[:place], *result[place + 1 :]] == words
    assert result[place] in {"Tilburg", "warmtepomp", "energiecoach"}


@given(st.text(max_size=80))
def test_mending_twice_is_mending_once(typed: str) -> None:
    assert mended(mended(typed)) == mended(typed)


@pytest.mark.parametrize(
    ("word", "near"),
    [("Zwolle", "Zwollen"), ("Tiel", "Tieln"), ("bewaarder", "bewaarden"), ("Hilvarenbeek", "hilvarenbeeks")],
)
def test_a_word_that_the_material_lacks_is_not_taken_for_its_neighbour(word: str, near: str) -> None:
    known = spelling.vocabulary([f"Een {near} erbij."])
    assert spelling.mended(f"hoe zit het met {word}", known, lambda _: False) == f"hoe zit het met {word}"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Wat doet Gendt tegen armoede?", "Wat doet Gendt tegen armoede?"),  # a village, not "geldt"
        ("wat doet gelddt dan?", "wat doet geldt dan?"),
        ("Gelddt dat ook?", "Geldt dat ook?"),
        ("En dan? Gelddt dat ook?", "En dan? Geldt dat ook?"),
        ("Hoe gaat het in Tilbrug?", "Hoe gaat het in Tilburg?"),
        ("Is er e-learnink?", "Is er e-learnink?"),
        ("Welke learning community is er?", "Welke learning community is er?"),
    ],
)
def test_a_name_does_not_become_a_common_word(typed: str, meant: str) -> None:
    known = spelling.vocabulary(["Dat geldt in Tilburg ook voor een lening en voor warming."])
    assert spelling.mended(typed, known, lambda _: False) == meant
