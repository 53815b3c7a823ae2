"""Filters: exact against the expected notes, and against the rule written down a second time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant import filters
from assistant.datatypes import Filters
from assistant.errors import BadUseError
from assistant.sources import THEMES, find_files, load

ROOT = Path(__file__).parents[1]
SOURCES = [load(path) for path in find_files([ROOT / "corpus"])]
FRONT: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])
    for path in (ROOT / "corpus").glob("*.md")
}
LINES = (ROOT / "tests" / "questions" / "filters.jsonl").read_text(encoding="utf-8").splitlines()
EXPECTED = [record for line in LINES if not (record := json.loads(line))["question"]]


def matching(chosen: Filters) -> list[str]:
    return sorted(source.id for source in SOURCES if filters.matches(source, chosen))


@pytest.mark.parametrize("record", EXPECTED, ids=lambda record: str(record["id"]))
def test_the_question_file_gets_exactly_its_notes(record: dict[str, Any]) -> None:
    assert matching(filters.parse(record["filters"])) == sorted(record["expected_ids"])


def values(name: str) -> list[str]:
    listed = (front[name] if isinstance(front[name], list) else [front[name]] for front in FRONT.values())
    return sorted({str(value) for group in listed for value in group})


NAMES = ("places", "themes", "kind", "audience", "publisher", "workstream", "language", "authors")
CHOICES = st.fixed_dictionaries(
    {},
    optional={name: st.lists(st.sampled_from(values(name)), min_size=1, max_size=3) for name in NAMES}
    | {name: st.integers(2010, 2027) for name in filters.YEARS},
)


@given(CHOICES)
def test_fields_combine_and_values_of_one_field_are_alternatives(chosen: dict[str, Any]) -> None:
    expected = []
    for name, front in FRONT.items():
        year = int(front["date"][:4]) if front["date"] else None
        fits = all(
            year is not None and (year >= wanted if field == "year_from" else year <= wanted)
            if field in filters.YEARS
            else {
                str(value) for value in (front[field] if isinstance(front[field], list) else [front[field]])
            }
            & set(wanted)
            for field, wanted in chosen.items()
        )
        expected += [name] if fits else []
    assert matching(filters.parse(chosen)) == sorted(expected)


@given(CHOICES)
def test_what_is_written_reads_back(chosen: dict[str, Any]) -> None:
    parsed = filters.parse(chosen)
    assert filters.parse(filters.as_json(parsed)) == parsed
    assert bool(parsed) == bool(chosen)


def test_case_does_not_matter_and_part_of_a_value_is_not_enough() -> None:
    assert (
        matching(filters.parse({"places": "uTRECHT"})) == matching(filters.parse({"places": "Utrecht"})) != []
    )
    assert matching(filters.parse({"places": "Utrech"})) == []


def test_pairs_of_the_command_line_repeat_and_take_lists() -> None:
    once = filters.parse_pairs(["places=Tilburg", "places=Gent", "year_from=2020"])
    assert once == filters.parse_pairs(['places=["Tilburg", "Gent"]', "year_from=2020"])
    assert once == Filters({"places": ("Tilburg", "Gent")}, year_from=2020)


@pytest.mark.parametrize(
    ("given_filters", "named"),
    [
        ({"plaats": "Tilburg"}, "plaats"),
        ({"themes": "geluk"}, "geluk"),
        ({"year_from": "tweeduizend"}, "year_from"),
        ({"year_to": True}, "year_to"),
        ({"places": [["Tilburg"]]}, "places"),
    ],
)
def test_an_unknown_field_theme_or_year_is_bad_use(given_filters: dict[str, Any], named: str) -> None:
    with pytest.raises(BadUseError, match=named):
        filters.parse(given_filters)


@pytest.mark.parametrize("pair", ["places", 'places=["Tilburg"', "onzin=1"])
def test_a_pair_that_is_none_is_bad_use(pair: str) -> None:
    with pytest.raises(BadUseError):
        filters.parse_pairs([pair])


def test_every_theme_of_the_list_may_be_asked_for() -> None:
    assert all(filters.parse({"themes": theme.upper()}) for theme in THEMES)
