"""The words by which themes are recognised."""

from __future__ import annotations

import pytest

from assistant import themes
from assistant.sources import THEMES
from assistant.ui.texts import EN, NL, Texts


def test_every_theme_has_a_name_and_words() -> None:
    assert set(themes.told()) == set(THEMES)
    assert all(themes.told().values())


@pytest.mark.parametrize(
    ("question", "called"),
    [
        ("Voorbeelden van werk en opleiding?", {"werk-en-opleiding"}),
        ("Wat doen corporaties aan schulden?", {"schulden", "woningcorporaties"}),
        ("Hoe werkt een fixbrigade?", set()),
        ("Wie betaalt de straat?", set()),
        ("examples of work and training", {"werk-en-opleiding"}),
        ("Which projects are about energy poverty?", {"energiearmoede"}),
        ("Which housing associations help with debts?", {"woningcorporaties", "schulden"}),
        ("Do homeowners join?", {"particuliere-eigenaren"}),
        ("Does the homeowners' association join?", {"vve-gespikkeld-bezit"}),
        (
            "Do homeowners and homeowners\u2019 associations join?",
            {"particuliere-eigenaren", "vve-gespikkeld-bezit"},
        ),
        ("Which trainings work well?", set()),
    ],
)
def test_a_question_calls_a_theme_by_its_name_only(question: str, called: set[str]) -> None:
    assert set(themes.called(question)) == called


@pytest.mark.parametrize("texts", [NL, EN])
def test_a_theme_is_called_as_it_is_on_the_screen(texts: Texts) -> None:
    for theme, label in texts.themes.items():
        assert set(themes.called(label)) == {theme}


def test_every_form_of_every_word_counts_for_a_document() -> None:
    counts = themes.counted("De fixbrigade hielp. Er zijn meer fixbrigades nodig tegen energiearmoede.")
    assert counts["energiearmoede"] == 3
    assert counts["jongeren"] == 0
    assert themes.counted("Monitoring in Utrecht")["monitoring"] == 1
