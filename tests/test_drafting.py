"""The text of a model as it comes: whole sentences with their numbers, and nothing but plain words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.drafting import Draft, Drafted


def drafted(text: str, size: int = 4) -> list[Drafted]:
    draft = Draft("nl")
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    return [each for piece in pieces for each in draft.feed(piece)] + list(draft.finish())


def only(text: str) -> Drafted:
    found = drafted(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("Het kost 5 euro [1].", (1,)),
        ("Het kost 5 euro. [1]", (1,)),
        ("Het kost 5 euro [1][2].", (1, 2)),
        ("Het kost 5 euro. [1] [3]", (1, 3)),
        ("Het kost 5 euro [1, 2].", (1, 2)),
        ("Het kost 5 euro [2-4].", (2, 3, 4)),
        ("Het kost 5 euro [1 en 2].", (1, 2)),
        ("Het kost 5 euro [bron 2].", (2,)),
        ("Het kost 5 euro [passage 2].", (2,)),
        ("Het kost 5 euro [Passages 1, 2].", (1, 2)),
        ("Het kost 5 euro 【3】.", (3,)),
        ("Het kost [2] 5 euro [2].", (2,)),
        ("Het kost 5 euro[^1].", (1,)),
        ("Het kost 5 euro.", ()),
    ],
)
def test_a_sentence_comes_without_its_numbers(written: str, numbers: tuple[int, ...]) -> None:
    assert only(written) == Drafted("Het kost 5 euro.", numbers)


def test_a_year_between_brackets_is_no_citation() -> None:
    assert only("Het begon toen [2018].").numbers == ()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Bewoners gaan naar !WOON voor hulp [1].", ["Bewoners gaan naar !WOON voor hulp."]),
        ("!WOON helpt huurders [1]. Dat kan ook (!WOON).", ["!WOON helpt huurders.", "Dat kan ook (!WOON)."]),
        ("**!WOON** helpt. Zo is het!", ["!WOON helpt.", "Zo is het!"]),
        ('Is dat zo ? Nee ! Het is "!WOON".', ["Is dat zo?", "Nee!", 'Het is "!WOON".']),
        ("De app ?Vraag helpt. Wat kost dat? Niets!", ["De app ?Vraag helpt.", "Wat kost dat?", "Niets!"]),
    ],
)
@pytest.mark.parametrize("size", [1, 5, 1_000])
def test_a_sign_that_begins_a_name_ends_no_sentence(text: str, sentences: list[str], size: int) -> None:
    assert [each.text for each in drafted(text, size)] == sentences


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
def test_however_it_is_cut_the_sentences_are_the_same(size: int) -> None:
    text = (
        "<think>Even denken. Ja.</think>De brigade kreeg **400.000** euro [1]. Dat is bijv. veel. [2][3] "
        "Klaar [1].\n## Kop\n- Eerste punt. Tweede zin [2].\n2) Derde [3]\n| cel | ander [1] |\n| --- |"
        " --- |\nDe laatste [1]"
    )

    assert drafted(text, size) == [
        Drafted("De brigade kreeg 400.000 euro.", (1,)),
        Drafted("Dat is bijv. veel.", (2, 3)),
        Drafted("Klaar.", (1,)),
        Drafted("Kop", (), "heading"),
        Drafted("Eerste punt.", (), "item", "-"),
        Drafted("Tweede zin.", (2,), "item"),
        Drafted("Derde", (3,), "item", "2)"),
        Drafted("cel | ander", (1,), "item", "-"),
        Drafted("De laatste", (1,)),
    ]


def test_a_sentence_comes_as_soon_as_the_next_one_begins() -> None:
    draft = Draft("nl")

    assert list(draft.feed("De eerste zin. [1]")) == []
    assert list(draft.feed(" [2]")) == []
    assert list(draft.feed(" D")) == [Drafted("De eerste zin.", (1, 2))]
    assert draft.unfinished.strip() == "D"


def test_thoughts_are_left_out_also_when_the_first_tag_is_not_written() -> None:
    draft = Draft("nl")
    found = list(draft.feed("Dat is lastig. Er is meer nodig.</thi"))
    assert found
    assert list(draft.feed("nk>Het antwoord [1].\n")) == [Drafted("Het antwoord.", (1,))]
    assert draft.restarted == 1


def test_a_thought_that_does_not_end_says_nothing() -> None:
    assert drafted("<think>Hier komt het. Nog steeds. <b>") == []


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Zie [hier](http://kwaad.example/?q=vraag) nu.", "Zie hier nu."),
        ("Zie ![spoor](http://kwaad.example/p.png) nu.", "Zie nu."),
        ("Zie ![spoor][1] nu.", "Zie nu."),
        ("Zie [![a](http://x/p.png)](http://y/) nu.", "Zie nu."),
        ("Zie <img src=x onerror=alert(1)> nu.", "Zie nu."),
        ("Zie <b>vet</b> en <i>schuin</i> nu.", "Zie vet en schuin nu."),
        ("Zie <script>window.x=1</script> nu.", "Zie nu."),
        ("Zie <scr<b>ipt>x</scr</b>ipt> nu.", "Zie ipt>x ipt> nu."),
        ("Zie <http://kwaad.example/> nu.", "Zie nu."),
        ("Zie https://kwaad.example/?q=a. Nu", "Zie."),
        ("Zie www.kwaad.example nu.", "Zie nu."),
        ("Zie //kwaad.example/x nu.", "Zie nu."),
        ("Zie kwaad.example/steel?q=vraag nu.", "Zie nu."),
        ("Zie javascript:alert(1) nu.", "Zie (1) nu."),
        ("Zie data:text/html;base64,xx nu.", "Zie nu."),
        ("Zie `code` en **vet** nu.", "Zie code en vet nu."),
        ("Zie \u202etxt\u202c en \u200bhier nu.", "Zie txt en hier nu."),
        ("Zie energieloket.nl nu.", "Zie energieloket.nl nu."),
        ("Het is <5% of < 3 nu.", "Het is <5% of < 3 nu."),
        ("Zie [tekst]: http://kwaad.example nu.", "Zie tekst nu."),
    ],
)
def test_what_could_be_loaded_or_clicked_becomes_plain_words(written: str, text: str) -> None:
    assert drafted(written)[0].text == text


def test_a_number_with_an_address_stays_a_citation() -> None:
    assert only("Het kost 5 euro [1](http://kwaad.example/).") == Drafted("Het kost 5 euro.", (1,))


_TEXT = st.text(st.sampled_from("ab .!?:[]()<>/1,\n-*#|`\\&;_thinkscript=\"'【】^\u00a0\u202e"), max_size=120)


@given(_TEXT, st.integers(1, 9))
def test_nothing_that_a_model_writes_becomes_markup(text: str, size: int) -> None:
    for each in drafted(text, size):
        assert "](" not in each.text
        assert "![" not in each.text
        assert "<a" not in each.text
        assert "<s" not in each.text
        assert "\n" not in each.text
        assert any(character.isalnum() for character in each.text)


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    drafted(text)
