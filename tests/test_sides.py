"""Questions about places side by side."""

from __future__ import annotations

import pytest

from assistant.sides import of

PLACES = ("Tilburg", "Almelo", "Den Haag", "Haag", "Overvecht", "Utrecht", "'s-Hertogenbosch")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Vergelijk de aanpak van Tilburg en Almelo.", "Vergelijk de aanpak van {}."),
        ("Wat is het verschil tussen tilburg en Almelo?", "Wat is het verschil tussen {}?"),
        ("Vergelijk Tilburg met die van Almelo", "Vergelijk {}"),
        ("Was de subsidie hoger in Tilburg dan in Almelo?", "Was de subsidie hoger in {}?"),
        ("How did Tilburg and Almelo reach owners?", "How did {} reach owners?"),
    ],
)
def test_each_place_gets_the_question(question: str, asked: str) -> None:
    found = of(question, PLACES)
    assert [name.capitalize() for name, _ in found] == ["Tilburg", "Almelo"]
    assert [text for _, text in found] == [asked.format(name) for name, _ in found]


def test_three_places_and_a_name_within_another() -> None:
    found = of("Hoe doen Den Haag, Tilburg en 's-Hertogenbosch dat?", PLACES)
    assert [name for name, _ in found] == ["Den Haag", "Tilburg", "'s-Hertogenbosch"]


@pytest.mark.parametrize(
    "question",
    [
        "Hoe gaat het in Tilburg?",
        "Wat deed Utrecht in Overvecht?",
        "Tilburg heeft een wijkbedrijf. Heeft Almelo dat ook?",
        "Tilburg, Almelo, Utrecht en Overvecht: wat deden zij?",
        "",
    ],
)
def test_other_questions_are_left_alone(question: str) -> None:
    assert of(question, PLACES) == ()
