"""Filters choose exactly the notes that a reader of the front matter would choose."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import filters
from assistant.datatypes import Filters, Source
from assistant.errors import BadUseError
from assistant.sources import THEMES, load
from tests.fakes import NOTES

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "corpus").glob("*.md"))
SOURCES = [load(path) for path in FILES]
# Read by another way than the product's own.
FRONT: dict[str, dict[str, Any]] = {
    path.stem: yaml.load(path.read_text(encoding="utf-8").split("---\n")[1], yaml.CSafeLoader)
    for path in FILES
}
RECORDS = [
    json.loads(line)
    for line in (ROOT / "tests" / "questions" / "filters.jsonl").read_text(encoding="utf-8").splitlines()
]


def chosen(wanted: Filters) -> list[str]:
    passing = filters.passing(SOURCES, wanted)
    return [source.id for source in SOURCES if source.id in passing]


def by_hand(
    given: dict[str, list[str]], year_from: int | None = None, year_to: int | None = None
) -> list[str]:
    return [
        name
        for name, front in FRONT.items()
        if all(any(has(front, field, value) for value in values) for field, values in given.items())
        and dated(front["date"], year_from, year_to)
    ]


def has(front: dict[str, Any], field: str, value: str) -> bool:
    found = front.get(field, True if field == "title_exact" else None)
    listed = found if isinstance(found, list) else [found]
    return any(str(item).strip().casefold() == value.strip().casefold() for item in listed)


def dated(date: str, year_from: int | None, year_to: int | None) -> bool:
    if year_from is None and year_to is None:
        return True
    return date != "" and (year_from or 0) <= int(date.split("-")[0]) <= (
        9999 if year_to is None else year_to
    )


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_the_filters_of_the_question_file_choose_what_they_should(record: dict[str, Any]) -> None:
    found = chosen(filters.parse(record["filters"]))

    if record["question"]:
        assert set(record["expected_ids"]) <= set(found)
    else:
        assert found == record["expected_ids"]


VALUES = {
    field: sorted(
        {
            str(item)
            for front in FRONT.values()
            for item in (front[field] if isinstance(front[field], list) else [front[field]])
        }
    )
    for field in filters.FIELDS
    if field != "title_exact"
} | {"title_exact": ["true", "false"]}
CASES = st.sampled_from([str, str.upper, str.lower, str.title, "  {} ".format])


@st.composite
def wanted(draw: st.DrawFn) -> dict[str, list[str]]:
    """Values that occur in the corpus, in any case, and some that do not."""
    fields = draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=3, unique=True))
    found: dict[str, list[str]] = {}
    for field in fields:
        known = st.sampled_from(VALUES[field])
        # A theme must be one of the list; what else is asked may be found nowhere.
        value = known if field == "themes" else st.one_of(known, known, st.just("Nergens"))
        cased = st.builds(lambda case, text: case(text), CASES, value)
        found[field] = draw(st.lists(cased, min_size=1, max_size=3))
    return found


YEARS = st.one_of(st.none(), st.integers(2012, 2027))


@settings(max_examples=100, deadline=None)
@given(wanted(), YEARS, YEARS)
def test_a_choice_is_exact(given: dict[str, list[str]], year_from: int | None, year_to: int | None) -> None:
    years = {
        name: year for name, year in (("year_from", year_from), ("year_to", year_to)) if year is not None
    }
    parsed = filters.parse({**given, **years})

    assert chosen(parsed) == by_hand(given, year_from, year_to)
    assert filters.parse(filters.as_json(parsed)) == parsed
    assert bool(parsed) == bool(given or years)
    pairs = [f"{name}={value}" for name, values in given.items() for value in values]
    listed = [f"{name}={json.dumps(values)}" for name, values in given.items()]
    years_given = [f"{name}={year}" for name, year in years.items()]
    assert filters.parse_pairs([*pairs, *years_given]) == parsed
    assert filters.parse_pairs([*listed, *years_given]) == parsed


def test_each_value_of_the_corpus_chooses_its_notes() -> None:
    for field in ("publisher", "date", "kind", "places", "themes", "workstream", "audience", "language"):
        for value in VALUES[field]:
            found = chosen(filters.parse({field: value}))
            assert found == by_hand({field: [value]})
            assert found


def of_year(date: str) -> Source:
    return replace(NOTES[0], date=date)


@pytest.mark.parametrize("date", ["2020", "2020-01", "2020-01-01", "2020-12-31"])
def test_both_years_are_included(date: str) -> None:
    for years in ({"year_from": 2020}, {"year_to": 2020}, {"year_from": "2020", "year_to": ["2020"]}):
        assert filters.passing([of_year(date)], filters.parse(years))
    assert not filters.passing([of_year(date)], filters.parse({"year_from": 2021}))
    assert not filters.passing([of_year(date)], filters.parse({"year_to": 2019}))
    assert not filters.passing([of_year(date)], filters.parse({"year_from": 2021, "year_to": 2019}))


def test_an_undated_note_passes_no_year() -> None:
    assert not filters.passing([of_year("")], filters.parse({"year_from": 0}))
    assert not filters.passing([of_year("")], filters.parse({"year_to": 9999}))
    assert filters.passing([of_year("")], filters.parse({}))
    assert filters.passing([of_year("")], filters.parse({"date": ""}))


def test_a_workstream_may_be_a_number_or_a_text() -> None:
    assert chosen(filters.parse({"workstream": 2})) == chosen(filters.parse({"workstream": "2"}))
    assert chosen(filters.parse({"workstream": [1, "2"]})) == by_hand({"workstream": ["1", "2"]})
    assert chosen(filters.parse({"title_exact": False})) == by_hand({"title_exact": ["false"]})


def test_letters_match_in_any_case_of_any_language() -> None:
    source = replace(NOTES[0], places=("Straße", "İJmuiden"))
    assert filters.passing([source], filters.parse({"places": "STRASSE"}))
    assert not filters.passing([source], filters.parse({"places": "Straβe"}))
    assert not filters.passing([source], filters.parse({"places": "Stra"}))


def test_no_alternatives_match_nothing() -> None:
    assert chosen(filters.parse({"places": []})) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"plaats": "Tilburg"}, "Unknown filter 'plaats'; known are id, title, .*year_to"),
        ({"sources": "Tilburg"}, "Unknown filter 'sources'"),
        ({"text": "Tilburg"}, "Unknown filter 'text'"),
        ({"themes": ["warmtenet", "tuinieren"]}, "Unknown theme 'tuinieren'; known are energiearmoede"),
        ({"themes": ""}, "Unknown theme ''"),
        ({"places": None}, "Filter 'places' takes texts or numbers"),
        ({"places": {"a": 1}}, "Filter 'places' takes texts or numbers"),
        ({"places": [["Tilburg"]]}, "Filter 'places' takes texts or numbers"),
        *(
            ({"year_from": year}, "Filter year_from must be a year such as 2022")
            for year in (
                "",
                "gisteren",
                "20211",
                "-5",
                "2021.5",
                2021.5,
                True,
                None,
                [],
                [2020, 2021],
                "２０２０",
            )
        ),
    ],
)
def test_what_cannot_be_asked_is_told(given: dict[str, object], message: str) -> None:
    with pytest.raises(BadUseError, match=message):
        filters.parse(given)


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("Tilburg", "A filter is written name=value"),
        ("", "A filter is written name=value"),
        ("=Tilburg", "Unknown filter ''"),
        ('places=["Tilburg"', "is not a valid JSON list"),
        ("places=[Tilburg]", "is not a valid JSON list"),
        ("places=" + "[" * 50_000, "is not a valid JSON list"),
        ("workstream=[" + "9" * 5_000 + "]", "is not a valid JSON list"),
        ('places=["Tilburg", null]', "takes texts or numbers"),
        ("year_from=[]", "must be a year"),
        ("year_to=[2020, 2021", "is not a valid JSON list"),
    ],
)
def test_a_pair_that_cannot_be_read_is_told(pair: str, message: str) -> None:
    with pytest.raises(BadUseError, match=message):
        filters.parse_pairs([pair])


def test_a_value_may_hold_an_equals_sign_and_a_year_may_be_given_anew() -> None:
    parsed = filters.parse_pairs(["url=https://a.invalid/?b=c", "year_from=2019", "year_from=2021"])

    assert parsed == Filters({"url": ("https://a.invalid/?b=c",)}, year_from=2021)


def test_every_theme_can_be_asked() -> None:
    assert filters.parse({"themes": list(THEMES)}).values["themes"] == THEMES
