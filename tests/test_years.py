"""Notes on one place from different years: both are shown, the newest first, and their years are told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from assistant import answering
from assistant.answering import FEATURES, SHORT, Candidate, compose
from assistant.passages import split, statements
from assistant.retrieval import read
from tests.fakes import FakeEncoder
from tests.samples import make_source

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.citations import Chosen

ENCODER = FakeEncoder()
OLD = "# Oud\n\nEr zijn nog honderd woningen aangesloten op het warmtenet.[^1]\n"
NEW = "# Nieuw\n\nInmiddels zijn er duizend woningen aangesloten op het warmtenet.[^1]\n"
HERE = ("Nederland", "Tilburg")


def candidates(folder: Path, body: str, date: str, places: tuple[str, ...], chance: float) -> list[Candidate]:
    """The statements of one note, each equally likely, and so far behind that the search is sure of it."""
    name = "".join(filter(str.isalnum, f"{body[2:5]}{date}")).lower()
    source = make_source(folder, name, body)
    entries = tuple(replace(entry, date=date) for entry in source.entries)
    source = replace(source, date=date, places=places, entries=entries)
    return [
        Candidate(source, passage, units, np.zeros(len(FEATURES)), chance)
        for passage in split(source, ENCODER.count_tokens)
        for units in statements(passage)
    ]


def composed(*found: list[Candidate]) -> tuple[Chosen, ...]:
    query = read("Hoeveel woningen in Tilburg?", ENCODER)
    return compose(query, [item for own in found for item in own], SHORT)


def dates(chosen: tuple[Chosen, ...]) -> list[str]:
    return list(dict.fromkeys(choice.source.date for choice in chosen))


@pytest.mark.parametrize("chance", [0.85, 0.75])
def test_the_newest_comes_first_though_the_older_is_a_little_likelier(tmp_path: Path, chance: float) -> None:
    old = candidates(tmp_path, OLD, "2020-05", HERE, 0.9)
    new = candidates(tmp_path, NEW, "2024", ("Tilburg",), chance)
    chosen = composed(old, new)
    assert dates(chosen) == ["2024", "2020-05"]
    assert answering.years(chosen) == (2024, 2020)


@pytest.mark.parametrize("chance", [0.6, 0.2])
def test_what_is_newer_and_beside_the_point_does_not_come_first(tmp_path: Path, chance: float) -> None:
    old = candidates(tmp_path, OLD, "2020-05", HERE, 0.9)
    chosen = composed(old, candidates(tmp_path, NEW, "2024", ("Tilburg",), chance))
    assert dates(chosen) == ["2020-05", "2024"]
    assert answering.years(chosen) == (2020, 2024), "the years are told, not as newest first"


@pytest.mark.parametrize(
    ("date", "places", "expected"),
    [
        ("2020-11", HERE, ["2020-05", "2020-11"]),  # the same year
        ("", HERE, ["2020-05", ""]),  # nobody knows when
        ("2024", ("Breda",), ["2020-05"]),  # elsewhere: not told of
        ("2024", ("Tilburg", "Groenewoud"), ["2020-05", "2024"]),  # a part of it
    ],
)
def test_other_notes_stand_in_order_of_likelihood(
    tmp_path: Path, date: str, places: tuple[str, ...], expected: list[str]
) -> None:
    old = candidates(tmp_path, OLD, "2020-05", HERE, 0.9)
    chosen = composed(old, candidates(tmp_path, NEW, date, places, 0.6))
    assert dates(chosen) == expected
    assert answering.years(chosen) == ()


def test_an_answer_without_a_date_or_without_statements_has_no_years(tmp_path: Path) -> None:
    assert answering.years(composed(candidates(tmp_path, OLD, "", HERE, 0.9))) == ()
    assert answering.years(()) == ()


def test_notes_on_the_whole_country_are_not_on_one_place(tmp_path: Path) -> None:
    old = candidates(tmp_path, OLD, "2020", ("Nederland",), 0.9)
    new = candidates(tmp_path, NEW, "2024", ("Nederland",), 0.6)
    chosen = composed(old, new)
    assert dates(chosen) == ["2020", "2024"]
    assert answering.years(chosen) == ()


def test_a_likely_note_from_another_year_is_added_to_a_full_answer(tmp_path: Path) -> None:
    long = "# Lang\n\n" + "\n\n".join(
        f"Alinea {number} vertelt in elf woorden wat er in de wijk gebeurt.[^1]" for number in range(12)
    )
    old = candidates(tmp_path, long, "2020", HERE, 0.9)
    assert "2024" in dates(composed(old, candidates(tmp_path, NEW, "2024", HERE, 0.6)))
    assert "2024" not in dates(composed(old, candidates(tmp_path, NEW, "2024", ("Breda",), 0.4)))


def test_the_years_are_those_of_the_documents_cited(tmp_path: Path) -> None:
    old = candidates(tmp_path, OLD, "2020", HERE, 0.9)
    new = candidates(tmp_path, NEW, "2024", HERE, 0.8)
    undated = replace(new[0].source, entries=tuple(replace(e, date="") for e in new[0].source.entries))
    chosen = composed(old, [replace(item, source=undated) for item in new])
    assert dates(chosen) == ["2024", "2020"]
    assert answering.years(chosen) == (), "the screen shows one year only"
