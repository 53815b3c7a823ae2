"""Numbers and quotes: what is numbered can be read back, and every quote is a literal slice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.citations import Chosen, bare, markdown, number, parse
from assistant.datatypes import Entry, Passage, Source, Unit
from assistant.passages import split, statements
from tests.fakes import NOTES, FakeEncoder

if TYPE_CHECKING:
    from assistant.datatypes import UnitKind

COUNT = FakeEncoder().count_tokens
ENTRIES = tuple(Entry(f"Titel {place}", f"Uitgever {place}", "", "") for place in range(1, 5))
KINDS: list[UnitKind] = ["heading", "sentence", "lead_in", "item", "header_row", "row"]


def source_of(name: str, text: str) -> Source:
    return replace(NOTES[0], id=name, text=text, entries=ENTRIES)


def chosen_of(text: str, name: str = "notitie") -> list[Chosen]:
    """All statements of a text, as an answer of everything would show them."""
    source = source_of(name, text)
    return [
        Chosen(source, passage, units) for passage in split(source, COUNT) for units in statements(passage)
    ]


def shown(text: str) -> str:
    return markdown(number(chosen_of(text))[0])


PIECE = st.one_of(
    st.sampled_from(
        [
            "[3]",
            "\\[3]",
            "[12]",
            "[",
            "]",
            "\\",
            "|",
            "\\|",
            "a",
            "Een zin.",
            "-",
            "1.",
            "(b)",
            "[0]",
            "[^",
            "*",
        ]
    ),
    st.text(alphabet=st.characters(exclude_characters="\n"), min_size=1, max_size=5),
)
WORDS = st.lists(PIECE, min_size=1, max_size=5).map("".join).filter(lambda text: text.strip() == text)


@st.composite
def choices(draw: st.DrawFn) -> list[Chosen]:
    """Statements of one to three units from a few notes, with any text, kind and entries."""
    found: list[Chosen] = []
    for place in range(draw(st.integers(1, 6))):
        texts = draw(st.lists(WORDS, min_size=1, max_size=3))
        kind = draw(st.sampled_from(KINDS))
        entries = st.lists(st.integers(1, len(ENTRIES)), min_size=1, max_size=3, unique=True).map(tuple)
        marker = draw(st.sampled_from(["", "-", "*", "+", "3.", "2)"]))
        units: list[Unit] = []
        start = 0
        for text in texts:
            units.append(Unit(start, start + len(text), kind, 1, 1, draw(entries), marker))
            start += len(text) + 1
        source = source_of(draw(st.sampled_from(["een", "twee"])), "\n".join(texts))
        passage = Passage(f"{source.id}#{place // 3}", source.id, (), 0, len(source.text), tuple(units))
        found.append(Chosen(source, passage, tuple(units)))
    return found


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(choices())
def test_what_is_numbered_is_read_back(chosen: list[Chosen]) -> None:
    numbered, _ = number(chosen)

    assert parse(markdown(numbered)) == [place for statement in numbered for place in statement.citations]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(choices())
def test_numbers_follow_first_use_and_quotes_are_slices(chosen: list[Chosen]) -> None:
    numbered, sources = number(chosen)

    used = [place for statement in numbered for place in statement.citations]
    assert list(dict.fromkeys(used)) == list(range(1, len(sources) + 1))
    assert [source.number for source in sources] == list(range(1, len(sources) + 1))
    assert len({(source.note, source.entry) for source in sources}) == len(sources)
    for choice, statement in zip(chosen, numbered, strict=True):
        expected = [(unit, entry) for unit in choice.units for entry in unit.entries]
        assert statement.text == " ".join(choice.source.text[unit.start : unit.end] for unit in choice.units)
        assert list(statement.citations) == list(dict.fromkeys(quote.citation for quote in statement.quotes))
        for (unit, entry), quote in zip(expected, statement.quotes, strict=True):
            cited = sources[quote.citation - 1]
            assert (quote.note, quote.passage) == (choice.source.id, choice.passage.id)
            assert (quote.start, quote.end) == (unit.start, unit.end)
            assert quote.text == choice.source.text[quote.start : quote.end]
            assert (cited.note, cited.entry, cited.title) == (choice.source.id, entry, f"Titel {entry}")


@settings(max_examples=60, deadline=None)
@given(st.text())
@example("[" + "9" * 5_000 + "]")
def test_any_text_can_be_read(text: str) -> None:
    assert all(place >= 0 for place in parse(text))


def test_two_marks_on_a_span_are_two_citations_in_that_order() -> None:
    chosen = chosen_of("Eerst dit.[^4] Dan dit.[^3][^2] Slot.")
    numbered, sources = number(chosen)

    assert [statement.citations for statement in numbered] == [(1,), (2, 3), (4,)]
    assert [source.entry for source in sources] == [4, 3, 2, 1]
    both = numbered[1].quotes
    assert [(quote.citation, quote.start, quote.end, quote.text) for quote in both] == [
        (2, 15, 23, "Dan dit."),
        (3, 15, 23, "Dan dit."),
    ]
    assert numbered[1].text == "Dan dit."
    assert markdown(numbered) == "Eerst dit.[1] Dan dit.[2][3] Slot.[4]"


def test_a_sentence_that_marks_cut_is_one_statement() -> None:
    (statement,), sources = number(chosen_of("A zegt dit[^2] en B dat.[^3]"))

    assert statement.text == "A zegt dit en B dat."
    assert [source.entry for source in sources] == [2, 3]
    assert [quote.text for quote in statement.quotes] == ["A zegt dit", "en B dat."]


def test_a_part_of_a_numbered_list_is_not_numbered_anew() -> None:
    steps = chosen_of("1. Kijken.\n2. Kiezen.\n3. Doen.\n4. Leren.")

    def markers(*places: int) -> list[str]:
        return [statement.marker for statement in number([steps[place - 1] for place in places])[0]]

    assert markers(1, 2, 3, 4) == ["1.", "2.", "3.", "4."]
    assert markers(1, 2) == ["1.", "2."]
    assert markers(2, 3, 4) == ["2.", "3.", "4."]
    assert markers(1, 3, 4) == markers(1, 2, 4) == ["-", "-", "-"]
    assert markers(1) == ["1."]
    assert markers(4) == ["-"]
    assert markdown(number([steps[0], steps[3]])[0]) == "- Kijken.[1]\n- Leren.[1]"


def test_each_numbered_list_counts_by_itself() -> None:
    (first, *_), (other, *rest) = chosen_of("1. Een.\n2. Twee.", "a"), chosen_of("1. Drie.\n2. Vier.", "b")
    assert [each.marker for each in number([first, other, *rest])[0]] == ["1.", "1.", "2."]
    same = chosen_of("1. Een.\n1. Twee.\n1. Drie.")
    assert [each.marker for each in number(same)[0]] == ["1.", "1.", "1."]


def test_one_entry_of_two_notes_has_two_numbers() -> None:
    numbered, sources = number(
        [*chosen_of("Een.[^2]", "a"), *chosen_of("Twee.[^2]", "b"), *chosen_of("Drie.[^2]", "a")]
    )

    assert [statement.citations for statement in numbered] == [(1,), (2,), (1,)]
    assert [(source.note, source.entry) for source in sources] == [("a", 2), ("b", 2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zie [3] en [12].", r"Zie \[3\] en \[12\].[1]"),
        (r"Zie \[3].", r"Zie \\[3\].[1]"),
        ("Zie [3](a).", r"Zie \[3\](a).[1]"),
        ("Zie [drie] en [3a].", "Zie [drie] en [3a].[1]"),
        ("Een pad: C:\\map\\", "Een pad: C:\\map\\ [1]"),
    ],
)
def test_a_number_in_the_material_is_no_citation(text: str, expected: str) -> None:
    assert shown(text) == expected
    assert parse(shown(text)) == [1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Een. Twee.", "Een.[1] Twee.[1]"),
        ("Een.\n\nTwee.", "Een.[1] Twee.[1]"),
        ("Dit:\n- een\n- twee", "Dit:[1]\n\n- een[1]\n- twee[1]"),
        ("Dit:\n* een\n* twee", "Dit:[1]\n\n* een[1]\n* twee[1]"),
        ("Dit:\n\n3. een\n4. twee", "Dit:[1]\n\n3. een[1]\n4. twee[1]"),
        ("2030. Een jaartal.", "2030. Een jaartal.[1]"),
        ("- een", "- een[1]"),
    ],
)
def test_sentences_flow_and_items_are_lists(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize("end", [" |", " |  ", "|", "", " "])
@pytest.mark.parametrize("begin", ["| ", "|", ""])
def test_rows_with_and_without_outer_bars_make_one_table(begin: str, end: str) -> None:
    lines = ["kop | getal", "--- | ---", "a \\| b | 1[^2]", "c[^3] | 2"]
    found = shown("\n".join(f"{begin}{line}{end}" for line in lines) + "\n")

    html = MarkdownIt("commonmark").enable("table").render(found)
    cells = [line.strip() for line in html.splitlines() if "<td>" in line or "<th>" in line]
    assert cells == [
        "<th>kop</th>",
        "<th>getal[1]</th>",
        "<td>a | b</td>",
        "<td>1[2]</td>",
        "<td>c</td>",
        "<td>2[3][1]</td>",
    ]
    assert html.count("<table>") == html.count("<thead>") == 1


TABLE = "| kop | getal |\n| --- | --- |\n| a | 1 |[^2]\n| b | 2 |[^1]\n"


def test_the_header_of_a_table_is_bare_where_its_rows_cite_the_same() -> None:
    statements, _ = number([*chosen_of(TABLE), *chosen_of("Een zin.")])
    header, two, one, sentence = statements
    assert header.citations == one.citations == sentence.citations != two.citations
    assert bare(statements) == {0}
    assert bare([header, two, sentence]) == frozenset(), "no row says what the header rests on"
    assert bare([header]) == bare([two, one, sentence]) == frozenset()


def test_of_headings_only_those_within_a_document_are_bare() -> None:
    source = source_of("notitie", "# Titel\n\nEen zin.\n\n## Kop\n\n- een\n")
    units = [(passage, unit) for passage in split(source, COUNT) for unit in passage.units]
    said, _ = number(Chosen(source, passage, (unit,)) for passage, unit in units)
    assert [each.text for place, each in enumerate(said) if place in bare(said)] == ["Kop"]


def test_a_row_without_its_header_is_a_line_of_its_own() -> None:
    rows = [
        choice for choice in chosen_of("| k | l |\n|---|---|\n| a | b |\n") if choice.units[0].kind == "row"
    ]

    assert markdown(number(rows)[0]) == "| a | b[1] |"


def test_statements_of_two_passages_do_not_flow_together() -> None:
    chosen = [*chosen_of("Een.", "a"), *chosen_of("Twee.", "b")]

    assert markdown(number(chosen)[0]) == "Een.[1]\n\nTwee.[2]"


def test_the_name_of_a_place_stands_above_what_is_said_of_it() -> None:
    one, two = (replace(each, side="Tilburg") for each in chosen_of("Een zin. Nog een zin."))
    other = replace(one, side="Den Haag")
    statements, _ = number([one, two, other])
    assert markdown(statements) == (
        "### Tilburg\n\nEen zin.[1] Nog een zin.[1]\n\n### Den Haag\n\nEen zin.[1]"
    )
    assert parse(markdown(statements)) == [1, 1, 1]


def test_nothing_chosen_is_nothing_said() -> None:
    assert number([]) == ((), ())
    assert markdown(()) == ""
    assert parse("") == []
