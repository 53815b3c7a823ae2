"""What holds of every answer that is composed, whatever the scores: over real notes, with chances drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import answering, citations
from assistant.answering import FEATURES, MAX_LIST_WORDS, Candidate, compose
from assistant.passages import split, statement_text, statements
from assistant.retrieval import Query, read
from assistant.sources import load
from tests.fakes import FakeEncoder
from tests.samples import make_source

if TYPE_CHECKING:
    import pytest

    from assistant.citations import Chosen

CORPUS = Path(__file__).parents[1] / "corpus"
ENCODER = FakeEncoder()
NOTES = (
    "over-morgen-koppel-opgaven-aardgasvrij",
    "utrecht-overvecht-noord-warmtenet-gestopt",
    "aedes-vergoedingentabel-duurzaamheid",
    "rotterdam-botu-wijkenergiewerkt",
    "platform31-democratisch-aardgasvrij",
    "amsterdam-fixbrigade",
)
PLAIN = ("Wat gebeurde er?", "Hoeveel kost het in Utrecht?", "What happened?")
LISTS = ("Noem alle punten", "Welke zes lessen zijn er?", "What are the five steps?", "Geef een opsomming")


@cache
def material(names: tuple[str, ...]) -> tuple[Candidate, ...]:
    """The candidates of some notes, none of them likely."""
    found = []
    for name in names:
        source = load(CORPUS / f"{name}.md")
        for passage in split(source, ENCODER.count_tokens):
            found += [
                Candidate(source, passage, units, np.zeros(len(FEATURES)), 0.0)
                for units in statements(passage)
            ]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Judged:
    """Candidates of some notes with chances drawn by `seed`: the smaller `shape`, the fewer are likely."""

    names: tuple[str, ...]
    seed: int
    shape: float

    def candidates(self) -> list[Candidate]:
        known = material(self.names)
        chances = np.random.default_rng(self.seed).beta(self.shape, 2.0, len(known))
        return [replace(item, chance=float(chance)) for item, chance in zip(known, chances, strict=True)]


JUDGED = st.builds(
    Judged,
    names=st.lists(st.sampled_from(NOTES), min_size=1, max_size=4, unique=True).map(tuple),
    seed=st.integers(0, 2**32 - 1),
    shape=st.sampled_from([0.1, 0.5, 2.0]),
)


@cache
def question(text: str) -> Query:
    return read(text, ENCODER)


def kind(choice: Chosen | Candidate) -> str:
    return choice.units[0].kind


def says_something(item: Candidate) -> bool:
    """Not so by itself: a question, and what introduces a list or table."""
    asks = statement_text(item.source, item.units).endswith("?")
    return kind(item) not in {"lead_in", "header_row"} and not asks


def words(chosen: tuple[Chosen, ...]) -> int:
    return len(" ".join(c.source.text[unit.start : unit.end] for c in chosen for unit in c.units).split())


ANY = st.sampled_from(PLAIN + LISTS)


@settings(max_examples=40, deadline=None)
@given(judged=JUDGED, text=ANY)
def test_something_is_said_and_nothing_twice(judged: Judged, text: str) -> None:
    chosen = compose(question(text), judged.candidates())
    spans = [(choice.source.id, unit.start) for choice in chosen for unit in choice.units]
    assert spans
    assert len(set(spans)) == len(spans)
    able = answering._local(question(text), judged.candidates())
    best = max(filter(says_something, able), key=lambda item: item.chance)
    if text in PLAIN:
        assert best.units in [choice.units for choice in chosen]


@settings(max_examples=40, deadline=None)
@given(judged=JUDGED, text=ANY)
def test_an_answer_stays_within_its_room(judged: Judged, text: str) -> None:
    # The sentence that names the place, and headings, come on top of what was chosen.
    room = 155 if text in PLAIN else MAX_LIST_WORDS
    assert words(compose(question(text), judged.candidates())) <= room + 50


@settings(max_examples=40, deadline=None)
@given(judged=JUDGED, text=ANY)
def test_rows_stand_below_their_header_and_items_below_what_introduces_them(
    judged: Judged, text: str
) -> None:
    chosen = compose(question(text), judged.candidates())
    leads = {
        (item.source.id, following.units[0].block): item.units
        for item, following in pairwise(judged.candidates())
        if item.units[0].kind == "lead_in" and following.passage is item.passage
    }
    for place, choice in enumerate(chosen):
        before = [each.units for each in chosen[:place] if each.source is choice.source]
        key = (choice.source.id, choice.units[0].block)
        if kind(choice) in {"item", "row"} and key in leads:
            assert leads[key] in before
        if kind(choice) == "row":
            assert any(units[0].kind == "header_row" and units[0].block == key[1] for units in before)
    kinds = [kind(choice) for choice in chosen] + [""]
    for own, below in pairwise(kinds):
        assert own != "header_row" or below == "row"
        assert own != "lead_in" or below in {"item", "header_row"}


@settings(max_examples=40, deadline=None)
@given(judged=JUDGED, text=ANY)
def test_what_belongs_together_stands_together_in_the_order_of_the_note(judged: Judged, text: str) -> None:
    chosen = compose(question(text), judged.candidates())
    notes = [choice.source.id for choice in chosen]
    # The sentence that names the place may come first, from elsewhere in the first note.
    runs = [note for place, note in enumerate(notes) if place == 0 or note != notes[place - 1]]
    assert len(runs) == len(set(runs))
    for choice, following in pairwise(chosen[1:]):
        if choice.passage is following.passage:
            assert choice.units[0].start < following.units[0].start


@settings(max_examples=20, deadline=None)
@given(judged=JUDGED, text=ANY)
def test_the_same_is_composed_each_time(judged: Judged, text: str) -> None:
    assert compose(question(text), judged.candidates()) == compose(question(text), judged.candidates())


@settings(max_examples=30, deadline=None)
@given(judged=JUDGED)
def test_one_likely_statement_is_said_first_from_its_note(judged: Judged) -> None:
    found = judged.candidates()
    likely = max(filter(says_something, found), key=lambda item: item.chance)
    chosen = compose(
        question(PLAIN[0]), [replace(item, chance=0.99 if item is likely else 0.001) for item in found]
    )
    assert chosen[0].source is likely.source
    assert words(chosen) <= 155


def test_a_whole_list_is_shown_from_its_introduction_to_its_end() -> None:
    likely = [
        replace(
            item,
            chance=0.9
            if "leidinggevenden" in item.source.text[item.units[0].start : item.units[-1].end]
            else 0.1,
        )
        for item in material(NOTES[:1])
    ]
    statements_, _ = citations.number(compose(question("Noem alle succesfactoren in Overvecht"), likely))
    assert [statement.text for statement in statements_][:5] == [
        "Dit helpt de samenwerking en afstemming:",
        "afdelingen kunnen over en weer over elkaars data beschikken;",
        "leidinggevenden geven steun;",
        "het bestuur geeft een brede opdracht en er is politiek draagvlak;",
        "de afdelingen overleggen regelmatig.",
    ]


def sentences(*chances: float, said: tuple[int, ...], body: str = "") -> list[Candidate]:
    """A note of sentences of twelve words, or `body`, with their chances; those at `said` were said."""
    body = body or "\n\n".join(f"Zin {place} {'woord ' * 9}einde.[^1]" for place in range(len(chances)))
    with TemporaryDirectory() as folder:
        source = make_source(Path(folder), "wijk", f"# Wijk\n\n{body}\n")
    found = [(p, u) for p in split(source, ENCODER.count_tokens) for u in statements(p)]
    return [
        Candidate(source, passage, units, np.zeros(len(FEATURES)), chance, said=place in said)
        for place, ((passage, units), chance) in enumerate(zip(found, chances, strict=True))
    ]


def shown(found: list[Candidate]) -> list[int]:
    """Which of the candidates an answer to a plain question shows."""
    chosen = [choice.units for choice in compose(question(PLAIN[0]), found)]
    return [place for place, item in enumerate(found) if item.units in chosen]


def test_what_was_said_before_fills_no_answer_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "A_NOTE", 1)  # these notes are short, and not to be taken for letters
    chances = (0.9, 0.5, 0.3, 0.2, 0.1)
    assert shown(sentences(*chances, said=())) == [0, 1, 2, 3, 4]
    assert shown(sentences(*chances, said=(2, 4))) == [0, 1, 3]


def test_what_answers_is_said_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "A_NOTE", 1)
    assert shown(sentences(0.9, 0.5, 0.3, 0.8, said=(0,))) == [0, 3]
    assert shown(sentences(0.7, 0.9, 0.8, 0.1, said=(0, 1, 2))) == [1, 2], "and the likeliest of it only"


def test_of_a_list_that_was_said_before_the_part_that_answers_is_said_again() -> None:
    items = "Dit zijn drie redenen:\n" + "\n".join(f"- Reden {name}.[^1]" for name in "abc")
    chances = (0.1, 0.9, 0.2, 0.2)
    assert shown(sentences(*chances, said=(), body=items)) == [0, 1, 2, 3]
    assert shown(sentences(*chances, said=(0, 1, 2, 3), body=items)) == [0, 1]
    pieces = items.replace(".[^1]", ";[^1]")
    assert shown(sentences(*chances, said=(0, 1, 2, 3), body=pieces)) == [0, 1, 2, 3], "it is one sentence"


def test_the_shipped_coefficients_are_those_of_the_features() -> None:
    assert set(answering.ranker()) == {*FEATURES, "intercept"}


def letter(count: int) -> list[Candidate]:
    """The statements of a text of `count` sentences of ten words, of which one answers."""
    text = " ".join(
        f"In straat nummer {place} staan wel {place} huizen aan de kant." for place in range(count)
    )
    source = replace(load(CORPUS / f"{NOTES[0]}.md"), text=text)
    every = [
        Candidate(source, passage, units, np.zeros(len(FEATURES)), 0.3)
        for passage in split(source, ENCODER.count_tokens)
        for units in statements(passage)
    ]
    every[count // 2] = replace(every[count // 2], chance=0.9)
    return every


def test_of_a_short_text_a_part_is_shown_with_what_answers() -> None:
    shares = []
    for count in (5, 10, 20, 40):
        every = letter(count)
        chosen = compose(question(PLAIN[0]), every)
        assert any(choice.units == every[count // 2].units for choice in chosen)
        shares.append(len(chosen) / count)
    assert max(shares) <= 0.5
    assert shares[-1] < 0.3
