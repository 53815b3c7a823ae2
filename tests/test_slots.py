"""What a question names and says nothing else with, and how that takes the place of what stood there."""

from __future__ import annotations

import pytest

from assistant import slots

PLACES = ("Almere", "Schiedam", "Groenoord", "Zutphen", "Nederland")
TEXTS = frozenset({"flats", "huurders", "kosten", "portaal", "straat", "vve", "woonin"})


def is_known(word: str) -> bool:
    return word in TEXTS


def asked_for(asked: str, *, linked: bool = True) -> tuple[str, ...]:
    return slots.asked_for(asked, PLACES, is_known, linked=linked)


def swapped(text: str, asked: str, *before: str) -> str:
    return slots.swapped([text], asked_for(asked), PLACES, is_known, asked, before)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("In Zutphen?", ("Zutphen",)),
        ("Bij 2021?", ("2021",)),
        ("In Bloemenbuurt?", ("Bloemenbuurt",)),
        ("In de wijk Bloemenbuurt?", ("Bloemenbuurt",)),
        ("Bij de Bloemenbuurt", ("Bloemenbuurt",)),
        ("Bij bloemenbuurt", ("Bloemenbuurt",)),
        ("Bloemenbuurt?", ("Bloemenbuurt",)),
        ("Hoe zit dat in de bloemenbuurt", ("Bloemenbuurt",)),
        ("Bij Woonin?", ("Woonin",)),
        ("Bij huurders?", ()),
        ("Bij VvE's?", ()),
        ("Op straat?", ()),
        ("Kosten?", ()),
        ("Woonin?", ()),
        ("In de bloemenbuurt met oude flats van voor de oorlog?", ()),
        ("Wie betaalt dat in Zutphen?", ()),
        ("In?", ()),
    ],
)
def test_what_a_question_names_and_says_nothing_else_with(asked: str, names: tuple[str, ...]) -> None:
    assert asked_for(asked) == names


def test_a_question_that_is_not_linked_names_only_what_the_lists_hold() -> None:
    assert asked_for("In Zutphen?", linked=False) == ("Zutphen",)
    assert asked_for("In Bloemenbuurt?", linked=False) == ()


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("Wie isoleert in Almere?", "In Zutphen?", "Wie isoleert in Zutphen?"),
        ("Wie isoleert in Almere?", "In Bloemenbuurt?", "Wie isoleert in Bloemenbuurt?"),
        ("Wie isoleert in Almere?", "In de Bloemenbuurt?", "Wie isoleert in de Bloemenbuurt?"),
        ("Wat leerde Schiedam uit Groenoord?", "Zutphen?", "Wat leerde Zutphen?"),
        ("Wie isoleert in de Bloemenbuurt?", "In Almere?", "Wie isoleert in Almere?"),
        ("Wie isoleert in bloemenbuurt?", "In Almere?", "Wie isoleert in Almere?"),
        ("Wie isoleert flats?", "In Almere?", "Wie isoleert flats in Almere?"),
        ("Wie isoleert flats?", "Bij Woonin?", "Wie isoleert flats bij Woonin?"),
        ("Wie isoleert in Schiedam-Groenoord?", "In Almere?", "Wie isoleert in Almere?"),
        ("Hoe isoleert Portaal flats?", "Bij Woonin?", "Hoe isoleert Woonin flats?"),
        ("Wat doet de gemeente Almere met flats?", "Bij Woonin?", "Wat doet Woonin met flats?"),
        ("Wie isoleert in Almere?", "Bij Woonin?", "Wie isoleert bij Woonin?"),
        ("Wat doet Portaal in Almere?", "Bij Woonin?", "Wat doet Woonin in Almere?"),
        ("Wie werkt in Almere bij Portaal?", "Bij Woonin?", "Wie werkt in Almere bij Woonin?"),
        ("Wie isoleert bij Woonin?", "In Almere?", "Wie isoleert in Almere?"),
        ("Wat gebeurde er in 2020?", "In 2022?", "Wat gebeurde er in 2022?"),
    ],
)
def test_a_name_takes_the_place_of_the_one_before(text: str, asked: str, expected: str) -> None:
    assert swapped(text, asked) == expected


@pytest.mark.parametrize(
    ("asked", "before", "name"),
    [
        ("Woonbron?", "Hoe isoleert Portaal flats?", "Woonbron"),
        ("de Woonbond dan?", "Wat vindt Aedes van de huur in Almere?", "Woonbond"),
        ("Haag Wonen", "Wat doet Staedion?", "Haag Wonen"),
        ("Zutphen?", "Hoe isoleert Portaal flats?", ""),
        ("Portaal?", "Hoe isoleert Portaal flats?", ""),
        ("Woonbron?", "Hoe isoleert Almere flats?", ""),
        ("Woonbron?", "Hoe werken Portaal en Woonin samen?", ""),
        ("de huurders?", "Hoe isoleert Portaal flats?", ""),
        ("woonbron?", "Hoe isoleert Portaal flats?", ""),
    ],
)
def test_a_bare_name_is_meant_for_the_only_name_before(asked: str, before: str, name: str) -> None:
    assert slots.other_name(asked, before, PLACES) == name


def test_what_was_put_in_last_is_what_goes() -> None:
    assert swapped("Hoe isoleert Portaal flats in Almere?", "Bij Woonin?", "Portaal") == (
        "Hoe isoleert Woonin flats in Almere?"
    )
