"""Compounds fall apart into the words that they are made of, and other words stay whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.compounds import FIELD, MAX_WORD, parts


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("warmtetransitie", ("warmte", "transitie")),
        ("woningcorporatie", ("woning", "corporatie")),
        ("energiearmoede", ("energie", "armoede")),
        ("bewonersbijeenkomst", ("bewoners", "bijeenkomst")),
        ("gemeentehuis", ("gemeente", "huis")),
        ("isolatiemaatregelen", ("isolatie", "maatregelen")),
        ("woonlastenneutraliteit", ("woon", "lasten", "neutraliteit")),
    ],
)
def test_a_compound_is_cut_into_its_parts(word: str, expected: tuple[str, ...]) -> None:
    assert parts(word) == expected


def test_a_linking_s_belongs_to_neither_part() -> None:
    assert parts("bijstandsgerechtigden")[0] == "bijstand"
    assert parts("wijkuitvoeringsplan")[-1] == "plan"


@pytest.mark.parametrize(
    "word", ["huis", "sociaal", "participatie", "eigenaren", "gemeenschap", "4.500", "co2"]
)
def test_a_word_that_is_no_compound_stays_whole(word: str) -> None:
    assert parts(word) == ()


def test_the_words_of_this_field_are_never_cut() -> None:
    listed = [line for line in FIELD.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert listed
    assert all(parts(word) == () for word in listed)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=MAX_WORD + 5))
def test_parts_are_at_least_two_and_make_up_the_word(word: str) -> None:
    found = parts(word)
    assert len(found) != 1
    assert not found or set(word) - set("".join(found)) <= {"s"}
    assert not found or len(word) - len("".join(found)) in range(len(found))


def test_a_long_word_costs_no_time_and_is_not_cut() -> None:
    assert parts("warmte" * 1_000) == ()
