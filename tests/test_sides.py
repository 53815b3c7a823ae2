"""Questions about places side by side."""

from __future__ import annotations

import pytest

from assistant.sides import compared, of

PLACES = ("Tilburg", "Almelo", "Den Haag", "Haag", "Overvecht", "Utrecht", "'s-Hertogenbosch")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Vergelijk de aanpak van Tilburg en Almelo.", "Wat is de aanpak in {}?"),
        ("Wat is het verschil tussen tilburg en Almelo?", "Wat is de aanpak in {}?"),
        ("Compare Tilburg and Almelo", "What is the approach in {}?"),
        ("Vergelijk de kosten in Tilburg met die van Almelo", "Vergelijk de kosten in {}"),
        ("Was de subsidie hoger in Tilburg dan in Almelo?", "Was de subsidie hoger in {}?"),
        ("How did Tilburg and Almelo reach owners?", "How did {} reach owners?"),
    ],
)
def test_each_place_gets_the_question_or_one_on_its_approach_where_nothing_is_asked(
    question: str, asked: str
) -> None:
    found = of(question, PLACES)
    assert [name.capitalize() for name, _ in found] == ["Tilburg", "Almelo"]
    assert [text for _, text in found] == [asked.format(name) for name, _ in found]


def test_three_places_and_a_name_within_another() -> None:
    found = of("Hoe doen Den Haag, Tilburg en 's-Hertogenbosch dat?", PLACES)
    assert [name for name, _ in found] == ["Den Haag", "Tilburg", "'s-Hertogenbosch"]


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (
            "verschil klusbus tilburg en wijkwinkel almelo",
            ["Wat is de aanpak van klusbus tilburg?", "Wat is de aanpak van wijkwinkel almelo?"],
        ),
        (
            "Wat is het verschil tussen de klusbus in Tilburg en de wijkwinkel in Almelo?",
            ["Wat is de aanpak van de klusbus in Tilburg?", "Wat is de aanpak van de wijkwinkel in Almelo?"],
        ),
        (
            "Compare the repair bus in Tilburg with the shop in Almelo",
            [
                "What is the approach of the repair bus in Tilburg?",
                "What is the approach of the shop in Almelo?",
            ],
        ),
    ],
)
def test_two_projects_are_compared_each_with_its_place(question: str, asked: list[str]) -> None:
    found = of(question, PLACES)
    assert [name for name, _ in found] == ["Tilburg", "Almelo"]
    assert [text for _, text in found] == asked


@pytest.mark.parametrize(
    "question",
    [
        "Hoe gaat het in Tilburg?",
        "Wat is het verschil tussen koop en huur in Almelo?",
        "Wat is het verschil tussen de klusbus in Tilburg en de wijkwinkel?",
        "Wat is het verschil tussen de klusbus in Tilburg en de wijkwinkel in Tilburg?",
        "Wat deed Utrecht in Overvecht?",
        "Tilburg heeft een wijkbedrijf. Heeft Almelo dat ook?",
        "Tilburg, Almelo, Utrecht en Overvecht: wat deden zij?",
        "",
    ],
)
def test_other_questions_are_left_alone(question: str) -> None:
    assert of(question, PLACES) == ()


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Vergelijk de Klusbus met de Wijkwinkel", ("Klusbus", "Wijkwinkel")),
        ("Wat is het verschil in geld tussen Torenflat en Zonnehof?", ("Torenflat", "Zonnehof")),
        ("Compare the Klusbus and the Wijkwinkel", ("Klusbus", "Wijkwinkel")),
        ("Wat doen de Klusbus en de Wijkwinkel?", ()),
    ],
)
def test_a_question_that_compares_may_name_projects(question: str, named: tuple[str, ...]) -> None:
    assert compared(question) == named
