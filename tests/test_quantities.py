"""Dutch numbers as they are written, and when two of them say the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.quantities import MAX_CHARACTERS, derived, opposed, paired, quantities, same, within


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("ongeveer 44 procent van de uitstoot", "share", 0.44, "%"),
        ("44% van de uitstoot", "share", 0.44, "%"),
        ("een kwart van de huizen", "share", 0.25, "van"),
        ("de helft van de huizen", "share", 0.5, "van"),
        ("twee derde van de huurders", "share", 2 / 3, "van"),
        ("1 op de 10 huurders", "share", 0.1, "huurder"),
        ("een op de acht huurders", "share", 0.125, "huurder"),
        ("1,4 keer het minimum", "share", 1.4, "keer"),
        ("€ 4,5 mln", "money", 4_500_000, "€"),
        ("anderhalf miljoen euro", "money", 1_500_000, "€"),
        ("12,5 miljoen huizen", "count", 12_500_000, "huis"),
        ("ruim 2.000 huizen", "count", 2_000, "huis"),
        ("2000 huizen", "year", 2_000, ""),
        ("ruim 2000 huizen", "count", 2_000, "huis"),
        ("duizend huizen", "count", 1_000, "huis"),
        ("vijfentwintigduizend huizen", "count", 25_000, "huis"),
        ("tweehonderdvijftig huizen", "count", 250, "huis"),
        ("éénentwintig huizen", "count", 21, "huis"),
        ("tienduizenden huizen", "count", 10_000, "huis"),
        ("twaalf dagen", "duration", 12, "dag"),
        ("een half jaar", "duration", 182.625, "jar"),
        ("een kwart eeuw", "duration", 9131.25, "eeuw"),
        ("driekwart jaar", "duration", 273.9375, "jar"),
        ("een driejarig programma", "duration", 1095.75, "jar"),
        ("een 10-jarige lening", "duration", 3652.5, "jar"),
        ("een tweedaags congres", "duration", 2, "dag"),
        ("12-jarigen", "count", 12, ""),
        ("in 2022", "year", 2022, ""),
        ("in maart", "month", 3, ""),
        ("de derde ronde", "ordinal", 3, "rond"),
        ("een drievoudig effect", "count", 3, "effect"),
    ],
)
def test_a_quantity_is_read_however_it_is_written(text: str, kind: str, value: float, unit: str) -> None:
    (found,) = quantities(text)
    assert (found.kind, found.unit) == (kind, unit)
    assert found.value == pytest.approx(value)


def test_a_date_is_a_day_a_month_and_a_year() -> None:
    assert [(each.kind, each.value) for each in quantities("op 12 maart 2022")] == [
        ("day", 12),
        ("month", 3),
        ("year", 2022),
    ]


def test_numbers_of_a_range_share_their_unit() -> None:
    assert [(each.kind, each.value) for each in quantities("bij 10 tot 15 procent")] == [
        ("share", 0.1),
        ("share", pytest.approx(0.15)),
    ]


@pytest.mark.parametrize("text", ["een huis", "CO2 en G40", "label A++", "er mee", "op de fiets", ""])
def test_what_is_no_number_gives_none(text: str) -> None:
    assert quantities(text) == ()


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("44 procent", "44%"),
        ("ruim twee vijfde van de uitstoot", "ongeveer 44 procent van de uitstoot"),
        ("een kwart van de huizen", "25 procent van de huizen"),
        ("een kwart van de huizen", "24% van de huizen"),
        ("ruim 2.000 huizen", "2.012 huizen"),
        ("1,2 miljoen mensen", "1.234.567 mensen"),
        ("2000 euro", "€ 2.000"),
        ("nog geen twee weken", "twaalf dagen"),
        ("hooguit 15 procent", "15 procent"),
        ("meer dan 86 procent", "ruim 86 procent"),
        ("blok 2", "het tweede blok"),
        ("vanaf 2029", "na 2028"),
        ("driekwart van de huurders", "75 procent van de huurders"),
        ("honderden bewoners", "340 bewoners"),
        ("honderden bewoners", "300 bewoners"),
        ("miljoenen euro's", "174,5 miljoen euro"),
        ("een vijfjarige lening", "een lening van 5 jaar"),
    ],
)
def test_two_ways_to_say_it_are_the_same(claim: str, source: str) -> None:
    assert same(quantities(claim)[0], quantities(source)[0])


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("45 procent", "44 procent"),
        ("ongeveer 45 procent", "ongeveer 44 procent"),
        ("400 euro", "400 huizen"),
        ("40 procent", "40 huizen"),
        ("een kwart van de huizen", "een derde van de huizen"),
        ("2021", "2022"),
        ("600 huizen", "700 huizen"),
        ("ruim 3.000 huizen", "2.900 huizen"),
        ("de derde ronde", "de vierde ronde"),
        ("maart 2021", "april 2021"),
        ("twee weken", "twee maanden"),
        ("45.000 euro", "60.000 euro"),
        ("honderden bewoners", "34 bewoners"),
        ("honderden bewoners", "1.340 bewoners"),
        ("tientallen huizen", "duizenden huizen"),
        ("miljoenen euro's", "900.000 euro"),
        ("een vijfjarige lening", "een lening van 6 jaar"),
    ],
)
def test_another_value_or_another_thing_is_not_the_same(claim: str, source: str) -> None:
    assert not same(quantities(claim)[0], quantities(source)[0])


def test_a_value_within_a_limit_is_told_from_the_limit_itself() -> None:
    (limit,) = quantities("tot 60.000 euro")
    assert within(quantities("met 45.000 euro")[0], limit)
    assert not within(quantities("met 75.000 euro")[0], limit)
    assert not within(quantities("tot 45.000 euro")[0], limit)


def test_a_lower_bound_is_opposed_to_an_upper_bound() -> None:
    assert opposed(quantities("minstens 5 jaar")[0], quantities("hooguit 5 jaar")[0])
    assert not opposed(quantities("ruim 5 jaar")[0], quantities("meer dan 5 jaar")[0])


def test_parts_of_a_whole_are_derived() -> None:
    source = quantities("Van de 72.000 huishoudens horen er 9.000 tot de minima")
    assert derived(quantities("een op de acht huishoudens")[0], source)
    assert not derived(quantities("een op de vijf huishoudens")[0], source)
    assert derived(quantities("slechts vijf gemeenten")[0], quantities("337 van de 342 gemeenten"))


def test_each_number_of_the_source_is_used_once() -> None:
    source = quantities("In vier artikelen staan vier gevallen")
    assert paired(quantities("In vier artikelen staan vier gevallen"), source) == {0: 0, 1: 1}
    assert paired(quantities("In twee artikelen staan vier gevallen"), source) == {1: 0}


@given(st.integers(min_value=2, max_value=999_999))
def test_a_number_with_dots_is_the_number_without(number: int) -> None:
    dotted = quantities(f"ruim {number:,} huizen".replace(",", "."))
    plain = quantities(f"ruim {number} huizen")
    assert [each.value for each in dotted] == [each.value for each in plain] == [number]


@given(st.integers(min_value=2, max_value=99_999), st.integers(min_value=2, max_value=99_999))
def test_bare_numbers_are_the_same_only_when_they_are_equal_or_rounded(one: int, other: int) -> None:
    first, second = (quantities(f"zijn {number} huizen")[0] for number in (one, other))
    if first.kind == second.kind == "count" and same(first, second):
        assert one == other or float(f"{other:.{first.digits}g}") == one


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    for each in quantities(text):
        assert each.value >= 0


@pytest.mark.parametrize("sign", ["9", "9.", "een op de ", "honderd", "twintig", "€", "1 op 2 "])
def test_a_hostile_text_is_read_no_further_than_the_bound(sign: str) -> None:
    found = quantities(sign * 100_000)
    assert all(each.place <= MAX_CHARACTERS for each in found)
