"""The analysis of words: one way for index and question, stable, and as Dutch as it claims to be."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import category

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant import generations
from assistant.building import build
from assistant.dutch import (
    GRAM,
    analyse,
    bases,
    content_words,
    fold,
    grams,
    language_of,
    same_as,
    stem,
    stemmed,
    stop_words,
    synonyms,
    words,
)
from assistant.index import open_live
from assistant.passages import plain
from assistant.sources import load
from tests.fakes import FakeEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
DATA = files("assistant") / "data"
NO_CHARACTER = {"Cn", "Co", "Cs"}
TRICKY = "De wijk VvE's 1.000-2.000 €4.500,- 12,5% 55+'ers e-mail co₂ café Ĳmuiden ½ t.a.v. d'66 foto’s ﷺ _a_"
LIKE_DUTCH = st.lists(st.sampled_from([*TRICKY.split(" ")]) | st.text(max_size=8)).map(" ".join)


def test_folding_twice_is_folding_once_for_every_character() -> None:
    assigned = (
        letter for letter in map(chr, range(sys.maxunicode + 1)) if category(letter) not in NO_CHARACTER
    )

    assert [letter for letter in assigned if fold(once := fold(letter)) != once] == []


@settings(max_examples=150, deadline=None)
@given(st.text())
@example("I\u0307\u0323")
@example("\u1100\u1161\u11a8")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("IJsselmeer Ĳmuiden", "ijsselmeer ijmuiden"),
        ("CAFÉ Curaçao Zoë", "cafe curacao zoe"),
        ("ﬁx CO₂ m²", "fix co2 m2"),
    ],
)
def test_letters_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("VvE's, corpo's en foto’s", ["vve", "corpo", "en", "foto"]),
        ("warmte-transitie en/of e-mail", ["warmte", "transitie", "en", "of", "e", "mail"]),
        ("4.500 woningen, 12,5% en 1.250.000", ["4.500", "woningen", "12,5", "en", "1.250.000"]),
        (
            "1.000-2.000 euro, 12,5-jarig, 2022/2023",
            ["1.000", "2.000", "euro", "12,5", "jarig", "2022", "2023"],
        ),
        ("€ 4.500,- voor 55+'ers.", ["4.500", "voor", "55+", "ers"]),
        ("", []),
        (" -- … _ ", []),
    ],
)
def test_words_and_numbers(text: str, found: list[str]) -> None:
    assert words(text) == found


@settings(max_examples=150, deadline=None)
@given(LIKE_DUTCH | st.text())
def test_words_are_words_still_when_read_again(text: str) -> None:
    found = words(text)

    assert words(" ".join(found)) == found
    assert words(fold(text)) == found
    kept = content_words(text)
    assert content_words(" ".join(kept)) == kept
    # Stems are not stems of themselves (Snowball is not made for that), so what is stable is the way to them.
    assert analyse(" ".join(kept)) == analyse(text)


@settings(max_examples=150, deadline=None)
@given(LIKE_DUTCH | st.text())
def test_a_token_is_one_word_for_any_index(text: str) -> None:
    analysis = analyse(text)
    for token in (*analysis.stems, *analysis.grams, *synonyms(text)):
        assert token
        assert token.split() == [token]
        assert token == fold(token)
    assert all(len(gram) <= GRAM for gram in analysis.grams)


@given(st.text(alphabet="abcdefgh", min_size=1, max_size=12))
def test_the_grams_of_a_word_spell_it(word: str) -> None:
    found = grams(word)

    assert found[0] + "".join(gram[-1] for gram in found[1:]) == f"_{word}_"


def test_a_question_and_an_index_see_the_same_words(tmp_path: Path) -> None:
    note = load(ROOT / "corpus" / "tilburg-mozartflat-vve.md")
    encoder = FakeEncoder()
    with generations.writing(tmp_path):
        build([note], {}, encoder, tmp_path)
    index = open_live(tmp_path, encoder.identity)

    for passage in index.passages(index.passage_ids[note.id]):
        asked = analyse(plain(note.text[passage.start : passage.end]))
        for field, tokens in (("body", asked.stems), ("grams", asked.grams)):
            for token in tokens:
                assert passage.id in dict(index.words({field: {token: 1.0}}, 1_000, None))
    for question in note.questions:
        assert all(index.document_frequency("asked", token) for token in analyse(question).stems)


def test_threads_do_not_disturb_each_other() -> None:
    listed = sorted(
        {word for path in (ROOT / "corpus").glob("a*.md") for word in words(path.read_text("utf-8"))}
    )
    expected = [stem(word) for word in listed]
    stem.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: [stem(word) for word in listed], range(4)))

    assert found == [expected] * 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("wijken", "wijk"),
        ("gemeenten", "gemeente"),
        ("woningen", "woning"),
        ("buurten", "buurt"),
        ("bewoners", "bewoner"),
        ("eigenaren", "eigenaar"),
        ("knelpunten", "knelpunt"),
        ("samenwerken", "samenwerking"),
        ("huizen", "huis"),
        ("subsidies", "subsidie"),
        ("huishoudens", "huishouden"),
        ("gezinnen", "gezin"),
        ("bedrijven", "bedrijf"),
        ("adviezen", "advies"),
        ("gemeentes", "gemeente"),
        ("VvE's", "vve"),
        ("corpo's", "corpo"),
        ("Coöperaties", "cooperaties"),
    ],
)
def test_forms_of_one_word_have_one_stem(one: str, other: str) -> None:
    assert analyse(one).stems == analyse(other).stems != ()


@pytest.mark.parametrize(
    ("form", "verb"),
    [
        ("geisoleerd", "isoleren"),
        ("isoleert", "isoleren"),
        ("isoleerde", "isoleren"),
        ("gestopt", "stoppen"),
        ("stopte", "stoppen"),
        ("opgeknapt", "opknappen"),
        ("betaalt", "betalen"),
    ],
)
def test_a_form_of_a_verb_has_the_stem_of_the_verb_among_its_bases(form: str, verb: str) -> None:
    assert stem(form) != stem(verb)
    assert stem(verb) in map(stem, bases(form))


def test_what_only_a_word_of_a_name_means_is_no_other_name() -> None:
    assert same_as("Ouder-Amstel") == same_as("Woningstichting Haag Wonen") == same_as("Lisa Burger") == ()
    assert "vve" in same_as("vereniging van eigenaars")
    assert set(same_as("Warmtefonds")) == {stem("nwf"), stemmed("Nationaal Warmtefonds").strip()}


@pytest.mark.parametrize("word", ["wijken", "gas", "geld", "vve", "2024", "", "warmtenet", "planten"])
def test_other_words_have_no_base(word: str) -> None:
    assert bases(word) == ()


def test_a_stem_is_its_own_stem() -> None:
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "corpus").glob("*.md"))[:20])
    assert [word for word in words(text) if stem(stem(word)) != stem(word)] == []


def test_the_parts_of_compounds_are_tokens_too() -> None:
    analysis = analyse("Koppelkansen voor de warmtetransitie")
    assert analysis.stems == (stem("koppelkansen"), stem("warmtetransitie"))
    assert analysis.parts == tuple(stem(part) for part in ("koppel", "kansen", "warmte", "transitie"))


@pytest.mark.parametrize(
    ("one", "other"),
    [("gemeente", "gemeen"), ("geldig", "geld"), ("bewoner", "woning"), ("2022", "2023"), ("wijk", "wij")],
)
def test_other_words_have_other_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("whole", "part", "least"),
    [
        ("subsidies", "subsidie", 6),
        ("huishoudens", "huishouden", 8),
        ("energiearmoede", "armoede", 5),
        ("woningcorporaties", "corporatie", 7),
        ("wijkuitvoeringsplannen", "uitvoeringsplan", 12),
        ("warmtetransitie", "transitievisie", 6),
    ],
)
def test_forms_and_compounds_that_the_stemmer_keeps_apart_share_grams(
    whole: str, part: str, least: int
) -> None:
    assert len(set(grams(whole)) & set(grams(part))) >= least


def records(name: str) -> list[dict[str, str]]:
    path = ROOT / "tests" / "questions" / name
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_language_of_every_dev_question_is_seen() -> None:
    asked = records("dev.jsonl")

    assert [record["id"] for record in asked if language_of(record["question"]) != record["language"]] == []
    assert {record["language"] for record in asked} == {"nl", "en"}


def test_the_language_of_every_note_is_seen() -> None:
    notes = [load(path) for path in sorted((ROOT / "corpus").glob("*.md"))]

    assert [note.id for note in notes if language_of(note.text) != note.language] == []


@pytest.mark.parametrize(
    "text", ["", "Tilburg", "VvE warmtenet 2022", "de Community of Practice van Berenschot"]
)
def test_what_shows_no_language_is_dutch(text: str) -> None:
    assert language_of(text) == "nl"


@pytest.mark.parametrize(
    "text", ["examples of health", "examples climate adaptation", "Compare Toronto and Vienna"]
)
def test_a_question_without_a_verb_may_be_english(text: str) -> None:
    assert language_of(text) == "en"


def data_lines(name: str) -> Iterator[str]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def test_the_synonyms_are_well_formed() -> None:
    groups = [[phrase.strip() for phrase in line.split(",")] for line in data_lines("synonyms.txt")]
    stemmed = [[" ".join(stem(word) for word in words(phrase)) for phrase in group] for group in groups]

    assert all(len(group) > 1 for group in groups)
    assert all(all(group) for group in stemmed), "a phrase without a word"
    phrases = [phrase for group in stemmed for phrase in set(group)]
    assert [phrase for phrase in phrases if phrases.count(phrase) > 1] == [], "a phrase in two groups"
    assert all(set(phrase.split()) - {stem(word) for word in stop_words()} for phrase in phrases)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("Wat staat er in de TVW?", "transitievisie warmte warmtevisie"),
        (
            "Welke buurten gaan van het gas los?",
            "aardgasvrij gasloos gasvrij af wijk neighbourhood",
        ),
        ("Hoe betrek je een vereniging van eigenaars?", "vve"),
        (
            "Wat doen corpo's?",
            "corporatie woningcorporatie woningbouwvereniging woningstichting sociale verhuurder "
            "housing association",
        ),
        ("hoe vraag je de lai aan", "lokale aanpak isolatie"),
        ("Wat is de specifieke uitkering?", "spuk"),
        (
            "Kan het met ISDE of de Wmo?",
            "investeringssubsidie duurzame energie wet maatschappelijke ondersteuning",
        ),
        ("Hoe maak je WUP's?", "wijkuitvoeringsplan uitvoeringsplan"),
        (
            "Staat het in het MJOP van de VvE?",
            "meerjarenonderhoudsplan onderhoudsplan vereniging eigenaars eigenaren",
        ),
        ("Wat doet de ser met de res?", "sociaal economische raad regionale energiestrategie"),
        ("Hoe zit het vh met hvl?", ""),
        ("Wat kost de lunch?", ""),
    ],
)
def test_a_synonym_finds_the_rest_of_its_group(question: str, meant: str) -> None:
    found = synonyms(question)

    assert set(found) == {stem(word) for word in words(meant)}


def test_what_a_question_says_itself_is_no_synonym() -> None:
    assert "warmt" not in synonyms("Staat de warmte in de TVW?")


def test_stop_words_are_words_of_their_own() -> None:
    for name in ("dutch.txt", "english.txt"):
        for line in data_lines(f"stopwords/{name}"):
            assert words(line) == line.split()
    assert not stop_words() & {"wijk", "warmte", "gemeente", "bewoners", "energie", "niemandsland"}
    assert content_words("Wat zijn de knelpunten in Tilburg?") == ["knelpunten", "tilburg"]
