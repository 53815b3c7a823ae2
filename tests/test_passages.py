"""Passages of any text: no gap, no overlap, no mark inside a quote, nothing too long, nothing lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assistant.passages import (
    LIMIT_TOKENS,
    embedded_text,
    note_title,
    plain,
    split,
    statement_texts,
    statements,
    without_emphasis,
)
from tests.fakes import FakeEncoder
from tests.spans import check_entries, check_passages, check_sizes, quotable, source_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.datatypes import Unit

COUNT = FakeEncoder().count_tokens
EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TAME = (
    "de wijk koppelt warmte aan 4.500 woningen; zo'n 12,5% bijv. drs. J.P. **vet** *schuin _ook_ «ja» (zie)"
)
ODD = "½ 𝔄 ᄀ é ⁂ -- … [3] `code` \\| \\ <b> &amp; #1 1. 2) https://a.org/a_b ﷺ \u00a0J. \u2028 \x0c \x85 \0"
WORDS = st.sampled_from([*TAME.split(" "), *ODD.split(" ")])
MARK = st.sampled_from(["[^1]", "[^2]", "[^2][^3]", "[^3] [^1]", "[^2][^2]", " [^4]", "[^12345]"])
ENDS = st.sampled_from([".", "!", "?", ":", ";", '."', "...", ""])


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """Words with marks anywhere, and an end with or without one."""
    words = draw(st.lists(st.one_of(WORDS, WORDS, WORDS, MARK), min_size=1, max_size=12))
    return " ".join(words) + draw(ENDS) + draw(st.one_of(st.just(""), MARK))


PARAGRAPH = st.lists(sentences(), min_size=1, max_size=4).map(" ".join)
WRAPPED = st.lists(sentences(), min_size=2, max_size=4).map("\n".join)
HEADING = st.builds(
    "{} {}{}".format, st.sampled_from(["#", "##", "###", "######"]), sentences(), st.sampled_from(["", " ##"])
)
SETEXT = st.builds("{}\n{}".format, sentences(), st.sampled_from(["===", "---"]))
ITEM = st.builds(
    "{}{} {}".format,
    st.sampled_from(["", "  ", "    ", "\t", "> "]),
    st.sampled_from(["-", "*", "+", "1.", "2)", "- -", "- 1."]),
    st.one_of(sentences(), st.just(""), HEADING),
)
LIST = st.lists(ITEM, min_size=1, max_size=6).map("\n".join)
ROW = st.lists(st.one_of(sentences(), st.just("-")), min_size=1, max_size=4)


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A table with marks in any cell, with and without outer bars."""
    rows = draw(st.lists(ROW, min_size=2, max_size=4))
    left, right = draw(st.sampled_from([("| ", " |"), ("| ", ""), ("", " |"), ("", "")]))
    lines = [left + " | ".join(cells) + right for cells in rows]
    lines.insert(1, left + " | ".join("---" for _ in rows[0]) + right)
    return "\n".join(lines)


BLOCK = st.one_of(
    PARAGRAPH,
    WRAPPED,
    HEADING,
    SETEXT,
    LIST,
    tables(),
    PARAGRAPH.map("> {}".format),
    PARAGRAPH.map("```\n{}\n```".format),
    PARAGRAPH.map("<div>\n{}\n</div>".format),
    PARAGRAPH.map("    {}".format),
    st.sampled_from(["---", "* * *", "```", "[a]: http://b 'c'", "[^2]", "##", "# !", "-", "|", "\t"]),
    st.text(max_size=30),
)


@st.composite
def markdown(draw: st.DrawFn) -> str:
    """Blocks of every kind, closed up or apart."""
    blocks = draw(st.lists(st.tuples(BLOCK, st.sampled_from(["\n\n", "\n", "\n\n\n"])), max_size=8))
    return "".join(block + gap for block, gap in blocks)


def every_word(tokens: int) -> Callable[[Sequence[str]], list[int]]:
    """A counter by which each word is so many tokens, so that a text is cut wherever it can be."""
    return lambda texts: [tokens * len(text.split()) for text in texts]


def units_of(text: str) -> list[Unit]:
    return [unit for passage in split(source_of(text), COUNT) for unit in passage.units]


@EXAMPLES
@given(st.one_of(markdown(), st.text()))
@example("Wie?\n3. Nog iets, en meer.")
@example("Dit is \u00a0J. de Vries.")
@example("a\rb\r\nc\r")
@example("## [^2]\n\ntekst")
def test_any_text_is_covered_and_quoted_within_its_marks(text: str) -> None:
    source = source_of(text)
    passages = split(source, COUNT)

    check_passages(source, passages)
    check_entries(source, passages)
    check_sizes(source, passages, COUNT)
    assert split(source_of(text), COUNT) == passages


@EXAMPLES
@given(markdown(), st.sampled_from([90, 200, 400]))
@example("Wie?\n3. Nog iets, en meer.", 400)
def test_a_text_that_is_cut_everywhere_is_covered_too(text: str, tokens: int) -> None:
    source = source_of(text)

    check_passages(source, split(source, every_word(tokens)))


PLAIN_WORD = st.text(alphabet="abcdefghijklmnopqrstuvwxyzéëï", min_size=1, max_size=12)
PLAIN_LINE = st.builds(
    "{}{}{}".format,
    st.lists(PLAIN_WORD, min_size=1, max_size=40).map(" ".join),
    st.sampled_from([".", "?", ":", ""]),
    st.sampled_from(["", "[^1]", "[^2][^3]"]),
)
PLAIN_BLOCK = st.one_of(
    st.lists(PLAIN_LINE, min_size=1, max_size=5).map(" ".join),
    st.lists(PLAIN_LINE.map("- {}".format), min_size=1, max_size=5).map("\n".join),
    st.lists(PLAIN_LINE.map("  * {}".format), min_size=1, max_size=5).map("\n".join),
    st.lists(PLAIN_LINE, min_size=1, max_size=3).map(
        lambda cells: f"| {' | '.join(cells)} |\n{'|-' * len(cells)}|"
    ),
    PLAIN_LINE.map("## {}".format),
)


@EXAMPLES
@given(st.lists(PLAIN_BLOCK, min_size=1, max_size=8).map("\n\n".join))
def test_every_word_of_an_ordinary_text_can_be_quoted_once(text: str) -> None:
    source = source_of(text + "\n\neinde")
    written = re.sub(r"\[\^\d\]", " ", source.text)

    assert re.findall(r"\w+", quotable(source, split(source, COUNT))) == re.findall(r"\w+", written)


@EXAMPLES
@given(markdown())
def test_a_statement_is_found_in_what_is_embedded_of_its_passage(text: str) -> None:
    source = source_of(text)
    for passage in split(source, COUNT):
        words = set(plain(embedded_text(source, passage)).split())
        for group, embedded in zip(statements(passage), statement_texts(source, passage), strict=True):
            for unit in group:
                content = {word for word in text[unit.start : unit.end].split() if word.isalnum()}
                assert content <= words
                assert content <= set(embedded.replace("|", " ").split())


HOSTILE = {
    "a word of a megabyte": "x" * 1_000_000,
    "words of one letter": "a " * 100_000,
    "10,000 levels of list in a line": "- " * 10_000 + "tekst",
    "1,000 levels of list": "\n".join("  " * level + "- a" for level in range(1_000)),
    "10,000 levels of quotation": ">" * 10_000 + " tekst",
    "100,000 marks": "Zin.[^1] " * 100_000,
    "100,000 marks in a row": "Zin" + "[^1]" * 100_000,
    "100,000 line ends": "\n" * 100_000 + "tekst",
    "5,000 paragraphs": "tekst\n\n" * 5_000,
    "5,000 headings": "# kop\n" * 5_000 + "tekst",
    "a heading of 10,000 words": "# " + "*a " * 10_000 + "\n\ntekst",
    "spaces in a heading": "# a" + " " * 100_000 + "b\n\ntekst",
    "open emphasis": "*a " * 10_000 + "_a " * 10_000 + "**" * 10_000,
    "open brackets": "[" * 50_000 + "[a](" * 20_000,
    "open quotations": " ".join("`" * (length % 300) for length in range(1_000)) + ' "' * 20_000 + "a",
    "rules and signs": "tekst\n\n" + "- " * 100_000 + "\n\n" + "|" * 50_000 + "\n\n" + "-" * 100_000 + "x",
    "a table of 3,000 rows": "| a | b |\n|---|---|\n" + "| c | d |\n" * 3_000,
    "a table of 3,000 columns": "|" + " a |" * 3_000 + "\n|" + "-|" * 3_000 + "\n|" + " b |" * 3_000,
    "definitions": "[a]: b\n" * 3_000 + "\ntekst",
    "HTML": "<div>\n" * 20_000 + "tekst",
    "line separators": "tekst\u2028" * 50_000,
    "one character that becomes 18": "\ufdfa " * 20_000,
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_end(name: str) -> None:
    source = source_of(HOSTILE[name])
    passages = split(source, COUNT)

    check_passages(source, passages)
    check_sizes(source, passages, COUNT)
    for passage in passages:
        plain(source.text[passage.start : passage.end])


def test_a_word_of_a_megabyte_can_be_quoted_in_parts() -> None:
    source = source_of("x" * 1_000_000)

    assert quotable(source, split(source, COUNT)).replace(" ", "") == source.text


def test_a_list_stays_with_the_sentence_that_introduces_it() -> None:
    filler = "Nog een zin om de ruimte van een passage op te maken. " * 9
    text = f"## Kop\n{filler}\n\nDit helpt:\n- geld;\n- tijd;\n\nSlot."
    passages = split(source_of(text), COUNT)

    holding = [passage for passage in passages if "Dit helpt" in text[passage.start : passage.end]]
    assert len(passages) > 1
    assert [unit.kind for unit in holding[0].units[:3]] == ["lead_in", "item", "item"]
    assert [unit.marker for unit in holding[0].units[:3]] == ["", "-", "-"]
    assert text[holding[0].start :].startswith("Dit helpt:")


def test_a_list_over_the_limit_falls_apart_between_its_items() -> None:
    items = [f"Punt {number} gaat over {'geld en ' * 10}tijd." for number in range(60)]
    text = "Dit helpt:\n" + "".join(f"- {item}\n" for item in items)
    passages = split(source_of(text), COUNT)

    assert len(passages) > 1
    found = [[text[unit.start : unit.end] for unit in passage.units] for passage in passages]
    assert [item for listed in found for item in listed] == ["Dit helpt:", *items]
    assert max(sum(COUNT(listed)) for listed in found) <= LIMIT_TOKENS
    assert all(text[passage.start :].startswith("- ") for passage in passages[1:])


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("## De kop\ntekst", "De kop"),
        ("## De kop ##\ntekst", "De kop"),
        ("## C#\ntekst", "C#"),
        ("De kop\n---\ntekst", "De kop"),
        ("## De **kop**[^2]\ntekst", "De kop"),
        ("- ## De kop\n\ntekst", "De kop"),
        ("> ## De kop\n\ntekst", "De kop"),
    ],
)
def test_the_path_holds_the_words_of_a_heading(text: str, title: str) -> None:
    assert split(source_of(text), COUNT)[0].heading == (title,)


def test_the_path_follows_the_levels_and_leaves_out_the_title_of_the_note() -> None:
    text = "# Titel\nnul\n## Een\neen\n### Diep\ntwee\n## Twee\ndrie\n## !\n##\nvier\n"

    found = {
        plain(text[p.units[-1].start : p.units[-1].end]): p.heading for p in split(source_of(text), COUNT)
    }
    assert found == {"nul": (), "een": ("Een",), "twee": ("Een", "Diep"), "drie": ("Twee",), "vier": ()}


def test_a_heading_of_a_page_is_a_paragraph() -> None:
    text = "## " + "Dit is een zin van een kop. " * 30

    assert {unit.kind for unit in units_of(text)} == {"sentence"}


def test_bare_headings_go_with_the_next_words() -> None:
    passages = split(source_of("# Titel\n## Een\n## Twee\nwoorden\n## Slot\n"), COUNT)

    assert [passage.heading for passage in passages] == [("Twee",)]
    assert [unit.kind for unit in passages[0].units] == [
        "heading",
        "heading",
        "heading",
        "sentence",
        "heading",
    ]


@pytest.mark.parametrize(
    "text", ["", " \n", "# Kop\n\n## Nog een\n", "---\n\n***\n", "[^1]\n", "| - |\n|---|\n"]
)
def test_a_text_without_a_quotable_unit_has_no_passages(text: str) -> None:
    assert split(source_of(text), COUNT) == ()


@pytest.mark.parametrize("between", ["", " ", ",", ", ", " , "])
def test_marks_may_have_a_comma_between_them(between: str) -> None:
    text = f"A zegt dit.[^2]{between}[^3] B zegt dat.\n"
    found = [(text[unit.start : unit.end], unit.entries) for unit in units_of(text)]
    assert found == [("A zegt dit.", (2, 3)), ("B zegt dat.", (1,))]
    assert plain(text) == "A zegt dit. B zegt dat."


def test_marks_of_a_sentence_item_and_row() -> None:
    text = (
        "A zegt dit[^2] en B dat.[^3] C niets. D wel.[^1][^2]\n\n"
        "- Een. Twee.[^4]\n- Drie\n\n"
        "| K | L[^2] |\n|---|---|\n| e[^3] | f | g[^2] |\n| h | i |[^5]\n"
    )

    found = [(text[unit.start : unit.end], unit.entries) for unit in units_of(text)]
    assert found == [
        ("A zegt dit", (2,)),
        ("en B dat.", (3,)),
        ("C niets.", (1,)),
        ("D wel.", (1, 2)),
        ("Een.", (1,)),
        ("Twee.", (4,)),
        ("Drie", (1,)),
        ("| K | L", (2,)),
        ("| e", (3,)),
        ("| f | g", (2,)),
        ("| h | i |", (5,)),
    ]


def test_statements_are_sentences_items_and_rows() -> None:
    text = "A zegt dit[^2] en B dat.[^3] C niets.\n\n- Een. Twee.[^4]\n- Drie\n\n| e[^3] | f |\n|---|---|\n"
    (passage,) = split(source_of(text), COUNT)

    found = [[text[unit.start : unit.end] for unit in group] for group in statements(passage)]
    assert found == [["A zegt dit", "en B dat."], ["C niets."], ["Een.", "Twee."], ["Drie"], ["| e", "| f |"]]


def test_parts_of_a_sentence_that_is_too_long_rest_on_its_mark() -> None:
    units = units_of("woord " * 400 + "slot.[^3] Kort.")

    assert len(units) > 2
    assert {unit.entries for unit in units[:-1]} == {(3,)}
    assert len({unit.group for unit in units[:-1]}) == 1
    assert units[-1].entries == (1,)


def test_signs_and_headings_beyond_measure_are_not_embedded() -> None:
    text = "# kop\n" * 500 + "Voor.\n\n" + "* * * " * 500 + "\n\nNa."
    source = source_of(text)
    (passage,) = split(source, COUNT)

    assert embedded_text(source, passage).split("\n")[1] == " ".join(["kop"] * 40 + ["Voor. Na."])


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# De **titel**  \n\ntekst", "De titel"),
        ("voor\n\n# Titel\n# Nog een\n", "Titel"),
        ("## Geen titel\n", "Koppel meer opgaven aan aardgasvrij"),
        ("#  \ntekst", "Koppel meer opgaven aan aardgasvrij"),
    ],
)
def test_the_title_of_a_note_is_its_first_heading_or_that_of_its_document(text: str, title: str) -> None:
    assert note_title(source_of(text)) == title


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("## De **kop**[^2]", "De kop"),
        ("> een\n> twee", "een twee"),
        ("| a | **b**[^2] |\n| --- | :---: |\n| c | d |", "a | b | | c | d"),
        ("*schuin* en __vet__ en ***beide***", "schuin en vet en beide"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("regel\u2028een \n\t twee", "regel een twee"),
    ],
)
def test_plain_text_has_no_marks_and_no_signs(text: str, words: str) -> None:
    assert plain(text) == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Doelen halen door te *doen*", "Doelen halen door te doen"),
        ("**Vet**, (*schuin*) en __ook vet__ of _schuin_", "Vet, (schuin) en ook vet of schuin"),
        ("verslag_2020_def_v2", "verslag_2020_def_v2"),
        ("2*3*4 is 24", "2*3*4 is 24"),
        ("5 * 6 en prijs*", "5 * 6 en prijs*"),
    ],
)
def test_only_signs_around_words_are_emphasis(text: str, shown: str) -> None:
    assert without_emphasis(text) == shown


def test_a_sentence_does_not_end_inside_emphasis() -> None:
    text = "**Doe mee! (rond 2011).** Er waren cursussen. Nog een zin.\n"
    spans = [text[unit.start : unit.end] for unit in units_of(text)]
    assert spans == ["**Doe mee! (rond 2011).** Er waren cursussen.", "Nog een zin."]


def test_a_sign_that_begins_a_name_ends_no_sentence() -> None:
    text = "- !WOON (projectpagina) helpt bewoners. Dat is gratis.\n\nSamen met !WOON! En nu verder.\n"
    spans = [text[unit.start : unit.end] for unit in units_of(text)]
    assert spans == [
        "!WOON (projectpagina) helpt bewoners.",
        "Dat is gratis.",
        "Samen met !WOON!",
        "En nu verder.",
    ]
