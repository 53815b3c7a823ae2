"""The read path as a whole, over the corpus and over an index that changes while it is in use."""

from __future__ import annotations

import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import citations, conversation, filters, grounding
from assistant.datatypes import Answer, Filters, Timings
from assistant.dutch import language_of
from assistant.errors import BadUseError, IndexMismatchError, IndexMissingError
from assistant.ingesting import ingest
from assistant.pipeline import EXAMPLES, MAX_QUESTION_CHARACTERS, NEAREST, Assistant, open_assistant
from assistant.settings import Settings
from tests.fakes import FakeEncoder, NarrowEncoder
from tests.samples import body_of, write_note, write_notes

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = Path(__file__).parents[1] / "corpus"
OVERVECHT = "Welke succesfactoren noemt het onderzoek in Overvecht voor samenwerking tussen afdelingen?"
NO_TIME = Timings(0, 0, 0)


def front_matter() -> dict[str, dict[str, Any]]:
    """The front matter of every note of the corpus, read without the program."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in CORPUS.glob("*.md")}
    return {name: yaml.load(text.split("---\n")[1], yaml.CSafeLoader) for name, text in texts.items()}


FRONT = front_matter()
LISTED = ("places", "themes", "audience")
SINGLE = ("kind", "workstream", "publisher", "language", "id", "date")


def values_of(name: str) -> list[str]:
    found = (front[name] for front in FRONT.values())
    return sorted(
        {str(value) for given in found for value in (given if isinstance(given, list) else [given])}
    )


def passes(front: dict[str, Any], given: dict[str, Any]) -> bool:
    """DESIGN section 10 in so many words."""
    for name, wanted in given.items():
        if name in {"year_from", "year_to"}:
            if not front["date"]:
                return False
            year = int(front["date"][:4])
            if year < wanted if name == "year_from" else year > wanted:
                return False
        else:
            own = front[name] if isinstance(front[name], list) else [front[name]]
            if not {str(value).casefold() for value in own} & {value.casefold() for value in wanted}:
                return False
    return True


@st.composite
def choices(draw: st.DrawFn) -> dict[str, Any]:
    """Filters made of values that occur, in any case, and sometimes of one that does not."""
    given: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(LISTED + SINGLE), max_size=2, unique=True)):
        known = st.sampled_from(values_of(name))
        values = draw(
            st.lists(known if name == "themes" else known | st.just("nergens"), min_size=1, max_size=3)
        )
        given[name] = [value.upper() if draw(st.booleans()) else value for value in values]
    for name in draw(st.lists(st.sampled_from(filters.YEARS), max_size=2, unique=True)):
        given[name] = draw(st.integers(2012, 2027))
    return given


def without_time(answer: Answer) -> Answer:
    return replace(answer, timings=NO_TIME)


class Desk:
    """A folder of notes, an index of them and an assistant on it."""

    def __init__(self, folder: Path) -> None:
        self.notes = folder / "notes"
        self.data = folder / "data"
        self.encoder = NarrowEncoder()
        self.assistant = Assistant(self.encoder, self.data)

    def ingest(self) -> None:
        ingest([self.notes], self.data, self.encoder.identity, lambda: self.encoder)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    write_notes(desk.notes)
    desk.ingest()
    return desk


def test_a_list_is_answered_whole_and_cites_the_originating_document(corpus_assistant: Assistant) -> None:
    # In words of the list, for this encoder knows no others; the browser test asks it as an officer would.
    question = "Welke punten helpen de samenwerking en afstemming tussen afdelingen in Overvecht?"
    answer = corpus_assistant.ask(question)
    assert not answer.abstained
    assert (answer.question, answer.language, answer.mode, answer.understood) == (
        question,
        "nl",
        "citaten",
        None,
    )
    assert answer.sources[0].note == "over-morgen-koppel-opgaven-aardgasvrij"
    texts = [statement.text for statement in answer.statements]
    items = texts[texts.index("Dit helpt de samenwerking en afstemming:") + 1 :]
    for item, expected in zip(
        items, ("elkaars data", "leidinggevenden", "opdracht", "overleggen"), strict=False
    ):
        assert expected in item


@pytest.mark.parametrize(
    ("question", "language", "said"),
    [
        ("Wie won in 1974 het wereldkampioenschap voetbal?", "nl", "Niet gevonden"),
        ("Who won the world championship of football in the year 1974?", "en", "Not found"),
    ],
)
def test_what_the_material_does_not_answer_is_said_plainly(
    corpus_assistant: Assistant, question: str, language: str, said: str
) -> None:
    answer = corpus_assistant.ask(question)
    assert answer.abstained
    assert answer.language == language
    assert answer.text.startswith(said)
    assert (answer.statements, answer.sources, answer.follow_ups) == ((), (), ())
    assert len(answer.nearest) == len({near.note for near in answer.nearest}) == NEAREST


def test_it_abstains_below_the_threshold_and_answers_above_it(
    corpus_assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = grounding.answerable(corpus_assistant.evidence(OVERVECHT).signals)
    monkeypatch.setattr(grounding, "threshold", lambda: chance + 1e-9)
    assert corpus_assistant.ask(OVERVECHT).abstained
    monkeypatch.setattr(grounding, "threshold", lambda: chance)
    assert not corpus_assistant.ask(OVERVECHT).abstained


def test_filters_that_no_note_passes_leave_nothing(corpus_assistant: Assistant) -> None:
    chosen = filters.parse({"places": "Utrecht", "year_to": 1990})
    answer = corpus_assistant.ask(OVERVECHT, chosen)
    assert answer.abstained
    assert answer.filters == chosen
    assert answer.nearest == ()
    assert "filters" in answer.text
    assert corpus_assistant.search(OVERVECHT, chosen, 10) == []
    assert corpus_assistant.matching(chosen) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_filters=choices(), question=st.sampled_from([OVERVECHT, "Wat kost een warmtenet?", "subsidie"]))
def test_filters_are_exact_and_apply_before_ranking(
    corpus_assistant: Assistant, given_filters: dict[str, Any], question: str
) -> None:
    expected = sorted(name for name, front in FRONT.items() if passes(front, given_filters))
    chosen = filters.parse(given_filters)
    assert corpus_assistant.matching(chosen) == expected
    hits = corpus_assistant.search(question, chosen, 10)
    assert {source.id for _, source in hits} <= set(expected)
    # Every note of the corpus has at least two passages.
    assert len(hits) == min(10, sum(len(passages_of(corpus_assistant, name)) for name in expected[:5]))
    assert hits == [
        (hit, corpus_assistant.read(hit.passage.id).source)
        for hit in corpus_assistant.evidence(question, chosen).hits[:10]
    ]
    answer = corpus_assistant.ask(question, chosen)
    assert {source.note for source in answer.sources} | {near.note for near in answer.nearest} <= set(
        expected
    )


def passages_of(assistant: Assistant, name: str) -> list[str]:
    """The ids of a note's passages, by reading on from the first."""
    found = [f"{name}#1"]
    while (following := assistant.read(found[-1]).next) is not None:
        found.append(following)
    return found


@pytest.mark.parametrize(
    "question", ["", " ", "\n\t \u00a0", "a" * (MAX_QUESTION_CHARACTERS + 1), "a " * 50_000]
)
def test_an_empty_or_endless_question_is_bad_use(corpus_assistant: Assistant, question: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: corpus_assistant.ask(question),
        lambda: corpus_assistant.search(question, Filters(), 3),
        lambda: corpus_assistant.evidence(question),
    ]
    for call in calls:
        with pytest.raises(BadUseError, match=r"question (is empty|has 1?\d\d?\d?,?\d+ characters)"):
            call()


@pytest.mark.parametrize(
    "question",
    [
        "a" * MAX_QUESTION_CHARACTERS,
        "????",
        '" OR (body:* AND ^',
        "\x00\x00 warmte",
        "\ud800 warmte \udfff",
        "\ufdfa" * 1000,
        "🔥" * 500,
        "de het een",
        "[1][^2] {{x}} ${y} <script>",
        "2020 12,5 % € 4.500",
        "\u202eetmraw\u202c",
    ],
)
def test_hostile_questions_are_answered_or_not_but_never_break(
    corpus_assistant: Assistant, question: str
) -> None:
    answer = corpus_assistant.ask(question)
    assert answer.question == question
    assert answer.abstained == (not answer.statements)


def test_the_time_is_the_whole_of_its_parts(asked: list[tuple[dict[str, Any], Answer]]) -> None:
    for _, answer in asked:
        timings = answer.timings
        assert min(timings.retrieve, timings.answer) > 0
        assert timings.total == pytest.approx(timings.retrieve + timings.answer)


def test_threads_get_the_answers_that_one_gets(corpus_assistant: Assistant) -> None:
    questions = [
        OVERVECHT,
        "Wat is een fixbrigade?",
        "What is energy poverty?",
        "Wie betaalt de onrendabele top?",
    ]
    alone = [without_time(corpus_assistant.ask(question)) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(corpus_assistant.ask, questions * 4))
    assert [without_time(answer) for answer in together] == alone * 4


def test_a_first_question_asked_by_many_opens_one_index(desk: Desk) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(desk.assistant.ask, ["Hoe gaat het in wijk-02?"] * 8))
    assert len({without_time(answer).text for answer in answers}) == 1


def test_a_new_generation_is_taken_up_without_a_restart(desk: Desk) -> None:
    question = "Wie won de zilveren radiator van Zwaagwesteinde?"
    before = desk.assistant.ask(question)
    write_note(
        desk.notes,
        "zwaagwesteinde",
        "# Zwaagwesteinde\n\nDe zilveren radiator van Zwaagwesteinde werd gewonnen door een bewoner.\n",
        (question,),
    )
    desk.ingest()
    after = desk.assistant.ask(question)
    assert "zwaagwesteinde" not in {near.note for near in before.nearest}
    assert after.sources[0].note == "zwaagwesteinde"
    assert "gewonnen door een bewoner" in after.text
    (desk.notes / "zwaagwesteinde.md").unlink()
    desk.ingest()
    assert desk.assistant.matching(Filters()) == ["wijk-01", "wijk-02", "wijk-03", "wijk-04"]
    with pytest.raises(BadUseError, match="ask the question again"):
        desk.assistant.read("zwaagwesteinde#1")


def test_a_changed_note_is_quoted_as_it_is_now(desk: Desk) -> None:
    question = "Deed wijk-03 mee met veel woningen?"
    desk.assistant.ask(question)
    write_note(
        desk.notes, "wijk-03", "# Nieuw\n\nInleiding.\n\n" + body_of("wijk-03", "Het werden er veertig.")
    )
    desk.ingest()
    (source,) = {
        hit_source for _, hit_source in desk.assistant.search(question, filters.parse({"id": "wijk-03"}), 9)
    }
    answer = desk.assistant.ask(question, filters.parse({"id": "wijk-03"}))
    assert source.text.startswith("# Nieuw")
    for statement in answer.statements:
        for quote in statement.quotes:
            assert source.text[quote.start : quote.end] == quote.text


def test_without_an_index_it_says_what_to_run(tmp_path: Path) -> None:
    assistant = Assistant(FakeEncoder(), tmp_path)
    for call in (assistant.warm_up, assistant.facets, assistant.examples, lambda: assistant.ask("Wat?")):
        with pytest.raises(IndexMissingError, match=r"ingest\.py"):
            call()
    assert list(tmp_path.iterdir()) == []


def test_an_index_appears_when_it_is_made(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with pytest.raises(IndexMissingError):
        desk.assistant.ask("Hoe gaat het?")
    write_notes(desk.notes, 1)
    desk.ingest()
    assert desk.assistant.ask("Hoe gaat het in wijk-01?").question


def test_an_index_of_another_encoder_is_refused(desk: Desk) -> None:
    with pytest.raises(IndexMismatchError, match=r"narrow .*not with .*other.*ingest\.py"):
        Assistant(FakeEncoder("other"), desk.data).ask("Hoe gaat het?")


def test_warming_up_loads_the_model(desk: Desk) -> None:
    before = desk.encoder.encoded
    desk.assistant.warm_up()
    assert desk.encoder.encoded > before


def test_opening_touches_nothing(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    assistant = open_assistant(Settings(data_dir, tmp_path, "", "127.0.0.1", 7860))
    with pytest.raises(IndexMissingError):
        assistant.matching(Filters())
    assert not data_dir.exists()


def test_reading_on_goes_through_the_whole_note(corpus_assistant: Assistant) -> None:
    ids = passages_of(corpus_assistant, "utrecht-overvecht-noord-koppelen")
    readings = [corpus_assistant.read(id_) for id_ in ids]
    assert (
        "".join(each.source.text[each.passage.start : each.passage.end] for each in readings)
        == readings[0].source.text
    )
    assert [each.previous for each in readings] == [None, *ids[:-1]]


@pytest.mark.parametrize("passage_id", ["", "#", "nergens#1", "utrecht-overvecht-noord-koppelen", "a#b#c"])
def test_an_unknown_passage_is_bad_use(corpus_assistant: Assistant, passage_id: str) -> None:
    with pytest.raises(BadUseError, match="ask the question again"):
        corpus_assistant.read(passage_id)


def test_facets_are_what_occurs(corpus_assistant: Assistant) -> None:
    facets = corpus_assistant.facets()
    years = [int(front["date"][:4]) for front in FRONT.values() if front["date"]]
    assert set(facets.places) == set(values_of("places"))
    assert list(facets.themes) == values_of("themes")
    assert list(facets.kinds) == values_of("kind")
    assert (facets.year_min, facets.year_max) == (min(years), max(years))
    assert list(facets.places) == sorted(facets.places, key=str.casefold)


@pytest.mark.parametrize(
    ("theme", "role"), [(None, None), ("warmtenet", None), (None, "trainer"), ("schulden", "corporatie")]
)
def test_examples_come_from_notes_of_that_theme_and_role(
    corpus_assistant: Assistant, theme: str | None, role: str | None
) -> None:
    found = corpus_assistant.examples(theme, role)
    notes = [{name for name, front in FRONT.items() if question in front["questions"]} for question in found]
    assert 0 < len(found) == len(set(found)) <= EXAMPLES
    assert found == corpus_assistant.examples(theme, role)
    for (name,) in notes:
        assert theme is None or theme in FRONT[name]["themes"]
        assert role is None or role in FRONT[name]["audience"]
    assert len({name for (name,) in notes}) == len(found)
    assert not any(
        re.search(r"\b(the|how|what|which|why|when|who|do|does)\b", question.lower()) for question in found
    )
    english = corpus_assistant.examples(theme, role, language="en")
    assert len(english) == len(found)
    assert {language_of(question) for question in english} == {"en"}


@pytest.mark.parametrize(
    "question", ["Welke projecten zijn er met jongeren?", "Give examples of projects with young people"]
)
def test_a_list_of_the_notes_on_a_theme_needs_no_words_that_are_found(
    corpus_assistant: Assistant, question: str
) -> None:
    answer = corpus_assistant.ask(question)
    notes = {quote.note for statement in answer.statements for quote in statement.quotes}
    assert len(notes) > 1
    assert all("jongeren" in FRONT[note]["themes"] for note in notes)


def test_no_example_where_nothing_fits(corpus_assistant: Assistant) -> None:
    assert corpus_assistant.examples("schulden", "nobody") == ()


def test_a_note_without_an_english_question_offers_all_it_has(desk: Desk) -> None:
    offered = {question for role in ("gemeente", None) for question in desk.assistant.examples(None, role)}
    assert all(re.match(r"(Hoe gaat het|Wie doet er mee) in wijk-0\d\?", question) for question in offered)
    assert desk.assistant.examples(language="en") == desk.assistant.examples()
    answer = desk.assistant.ask("Hoe gaat het in wijk-02?")
    assert not answer.abstained
    assert answer.follow_ups
    assert answer.question not in answer.follow_ups


def test_a_misspelt_word_is_mended_and_that_is_told_and_undone(corpus_assistant: Assistant) -> None:
    typed, meant = "Welke bewnoers doen mee in Tilbrug?", "Welke bewoners doen mee in Tilburg?"
    answer = corpus_assistant.ask(typed)
    assert (answer.question, answer.understood) == (typed, meant)
    assert answer.statements == corpus_assistant.ask(meant).statements
    assert corpus_assistant.ask(meant).understood is None
    assert corpus_assistant.ask(typed, literal=True).understood is None


def test_a_literal_question_is_read_without_the_conversation(corpus_assistant: Assistant) -> None:
    first = corpus_assistant.ask(TRANSVAAL)
    assert corpus_assistant.ask("Wie schreef dat?", None, [first]).understood
    assert corpus_assistant.ask("Wie schreef dat?", None, [first], literal=True).understood is None


def test_letters_whose_accents_came_apart_are_read_as_one(corpus_assistant: Assistant) -> None:
    typed = unicodedata.normalize("NFD", "Wat doet een energiecoöperatie met financiële ideeën?")
    answer = corpus_assistant.ask(typed)
    composed = corpus_assistant.ask(unicodedata.normalize("NFC", typed))
    assert (answer.question, answer.statements) == (typed, composed.statements)
    assert composed.understood is None


def test_search_gives_the_k_best_of_what_more_would_give(corpus_assistant: Assistant) -> None:
    ten = corpus_assistant.search(OVERVECHT, Filters(), 10)
    three = corpus_assistant.search(OVERVECHT, Filters(), 3)
    assert [hit.passage.id for hit, _ in ten[:3]] == [hit.passage.id for hit, _ in three]
    assert all(hit.passage.source_id == source.id for hit, source in ten)


# A conversation


TRANSVAAL = "Wat doet de sociaal projectleider van Staedion in Transvaal?"
VAN_HOOIJDONK = "Wat wil Van Hooijdonk met de plannen onder de grond?"


def talk(assistant: Assistant, *questions: str) -> list[Answer]:
    history: list[Answer] = []
    for question in questions:
        history.append(assistant.ask(question, None, history))
    return history


def test_a_question_that_points_back_is_asked_of_the_notes_cited_before(corpus_assistant: Assistant) -> None:
    first, second = talk(corpus_assistant, TRANSVAAL, "Wat waren daar de knelpunten?")
    assert not second.abstained
    assert {each.note for each in second.sources} <= {each.note for each in first.sources}
    assert second.understood
    assert second.understood.startswith("Wat waren daar de knelpunten? (over: ")
    assert second.question == "Wat waren daar de knelpunten?"


def spans(answer: Answer) -> set[tuple[str, int]]:
    """What an answer says, without what only introduces it."""
    saying = [each for each in answer.statements if each.kind not in {"heading", "lead_in", "header_row"}]
    return {(quote.note, quote.start) for each in saying for quote in each.quotes}


@pytest.mark.parametrize(
    "then",
    ["Wat waren daar de knelpunten?", "En de bewoners?", "En wat deed hij daar?"],
)
def test_what_was_just_said_is_not_said_again_in_full(corpus_assistant: Assistant, then: str) -> None:
    first, second = talk(corpus_assistant, TRANSVAAL, then)
    again = spans(second) & spans(first)
    assert not second.abstained
    assert len(again) < len(spans(first)) / 2
    assert second.text.startswith("Dit stond al in een eerder antwoord.") is (again == spans(second))


def test_a_question_whose_answer_stands_there_gets_that_and_is_told_so(corpus_assistant: Assistant) -> None:
    first, second = talk(corpus_assistant, TRANSVAAL, "En wat doet de sociaal projectleider daar?")
    assert spans(second) < spans(first)
    assert second.text.startswith("Dit stond al in een eerder antwoord.\n\n")
    _, whole = talk(corpus_assistant, TRANSVAAL, TRANSVAAL)
    assert whole.statements == first.statements, "who asks it again in full is answered in full"


def test_a_new_place_takes_the_place_of_the_old_one(corpus_assistant: Assistant) -> None:
    _, second, third = talk(
        corpus_assistant,
        "Waarom ging het warmtenet in Doesburg niet door?",
        "en in paddepoel",
        "En in Atlantis?",
    )
    assert second.understood == "Waarom ging het warmtenet in Paddepoel niet door?"
    assert second.sources[0].note == "groningen-paddepoel-buurtwarmte"
    assert third.abstained
    assert third.understood == "Waarom ging het warmtenet in Atlantis niet door?"


def test_a_change_of_topic_drags_nothing_along(corpus_assistant: Assistant) -> None:
    other = "Welke lessen noemt Berenschot over de aanpak van energiearmoede?"
    _, second, third = talk(corpus_assistant, TRANSVAAL, other, f"Iets anders: {OVERVECHT}")
    assert without_time(second) == replace(
        without_time(corpus_assistant.ask(other)), follow_ups=second.follow_ups
    )
    assert (second.understood, third.understood) == (None, OVERVECHT)
    assert third.statements == corpus_assistant.ask(OVERVECHT).statements


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Uit welk jaar is dat?", "5 februari 2021"),
        ("wie schreef dat", "geschreven door Lot van Hooijdonk"),
        ("Wie publiceerde het?", "VNG Magazine"),
        ("Waar kan ik dat lezen?", "https://"),
    ],
)
def test_questions_about_a_source_are_answered_from_its_metadata(
    corpus_assistant: Assistant, question: str, said: str
) -> None:
    first, second = talk(corpus_assistant, VAN_HOOIJDONK, question)
    assert said in second.text
    assert second.statements[0].quotes[0].note == first.sources[0].note
    assert {each.text for each in second.statements} <= {each.text for each in first.statements}
    assert [each.number for each in second.sources] == list(range(1, len(second.sources) + 1))


@pytest.mark.parametrize(
    ("question", "then", "said"),
    [
        (VAN_HOOIJDONK, "wanneer was dat?", " is van 5 februari 2021"),
        (VAN_HOOIJDONK, "when was that?", " is from 5 February 2021"),
        (OVERVECHT, "Wanneer was dat?", "is de datum niet bekend"),
    ],
)
def test_when_that_was_is_the_date_of_the_source(
    corpus_assistant: Assistant, question: str, then: str, said: str
) -> None:
    first, second = talk(corpus_assistant, question, then)
    assert said in second.text
    assert {each.text for each in second.statements} <= {each.text for each in first.statements}


def test_when_that_was_comes_with_what_the_answer_told_of_it(corpus_assistant: Assistant) -> None:
    _, second = talk(corpus_assistant, "Hoe werkt de Energiebank in Arnhem?", "Wanneer was dat?")
    assert second.statements
    assert all(conversation.tells_when(each.text) for each in second.statements)


AFTER = ["hoe liep dat af?", "wat kost zoiets?", "was dat een succes?", "lukte het?", "en toen?", "and then?"]


@pytest.mark.parametrize("then", AFTER)
@pytest.mark.parametrize("question", [OVERVECHT, TRANSVAAL])
def test_a_question_that_only_points_back_never_leaves_the_note(
    corpus_assistant: Assistant, question: str, then: str
) -> None:
    first, second = talk(corpus_assistant, question, then)
    assert {each.note for each in second.sources} <= {first.sources[0].note}
    assert second.understood
    assert re.search(r" \((over|about): ", second.understood)


@pytest.mark.parametrize("then", AFTER)
def test_a_question_that_only_points_back_to_a_refusal_is_not_answered(
    corpus_assistant: Assistant, then: str
) -> None:
    first, second = talk(corpus_assistant, "Wat is de beste camping op Texel?", then)
    assert first.abstained
    assert second.abstained


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("korter", "Er is nog geen antwoord om korter te maken."),
        ("in a nutshell", "There is no answer yet to make shorter."),
    ],
)
def test_a_refusal_cannot_be_said_shorter(corpus_assistant: Assistant, then: str, said: str) -> None:
    for history in ([], [corpus_assistant.ask("Wat is de beste camping op Texel?")]):
        answer = corpus_assistant.ask(then, None, history)
        assert (answer.text, answer.abstained, answer.nearest) == (said, True, ())


def test_authors_that_nobody_named_are_said_to_be_unknown(corpus_assistant: Assistant) -> None:
    _, second = talk(corpus_assistant, TRANSVAAL, "Wie heeft dat geschreven?")
    assert "niet bekend" in second.text


def test_shorter_says_part_of_the_same(corpus_assistant: Assistant) -> None:
    first, second = talk(corpus_assistant, TRANSVAAL, "kan het korter?")
    assert {each.text for each in second.statements} < {each.text for each in first.statements}
    assert second.understood == f"{TRANSVAAL} (korter)"


@pytest.mark.parametrize(
    "question",
    [TRANSVAAL, OVERVECHT, VAN_HOOIJDONK, "Waarom ging het niet door?"],
)
def test_shorter_keeps_the_likeliest_of_what_was_said(corpus_assistant: Assistant, question: str) -> None:
    first, second = talk(corpus_assistant, question, "korter")
    found = corpus_assistant.evidence(question).candidates
    shown = [item for item in found if (item.source.id, item.units[0].start) in spans(first)]
    best = max(shown, key=lambda item: item.chance)
    assert (best.source.id, best.units[0].start) in spans(second)


def test_what_can_be_no_shorter_is_said_to_be_so(corpus_assistant: Assistant) -> None:
    answers = talk(corpus_assistant, TRANSVAAL, "korter", "korter", "korter", "korter")
    assert len(answers[1].statements) < len(answers[0].statements)
    assert answers[-1].statements == answers[-2].statements
    assert answers[-1].text.startswith("Korter kan niet zonder iets weg te laten.\n\n")
    assert not answers[1].text.startswith("Korter kan niet")


def test_more_examples_come_from_other_notes(corpus_assistant: Assistant) -> None:
    first, second, third = talk(
        corpus_assistant,
        "Voorbeelden van energiecoaches aan huis",
        "meer voorbeelden",
        "nog meer voorbeelden",
    )
    shown = [{each.note for each in answer.sources} for answer in (first, second, third)]
    assert shown[0]
    assert not shown[1] & shown[0]
    assert not shown[2] & (shown[0] | shown[1])


def test_shorter_after_a_question_about_the_source_shortens_the_answer(corpus_assistant: Assistant) -> None:
    first, _, third = talk(corpus_assistant, TRANSVAAL, "Uit welk jaar is dat?", "korter")
    assert third.understood == f"{TRANSVAAL} (korter)"
    assert {each.text for each in third.statements} < {each.text for each in first.statements}


def test_a_year_that_the_material_does_not_tell_of_is_not_answered_with_another(
    corpus_assistant: Assistant,
) -> None:
    _, second = talk(corpus_assistant, "Hoeveel aanvragen kreeg de Energiebank in Arnhem?", "en in 1987?")
    assert second.abstained
    assert second.understood == "Hoeveel aanvragen kreeg de Energiebank in Arnhem in 1987?"
    _, third = talk(corpus_assistant, TRANSVAAL, "En hoeveel waren dat er in 1987?")
    assert third.abstained


def test_a_place_with_nothing_on_the_topic_is_not_answered_with_something_else(
    corpus_assistant: Assistant,
) -> None:
    _, second = talk(corpus_assistant, "Hoe werkt de Energiebank in Arnhem?", "En in Weert?")
    assert second.abstained
    assert second.understood == "Hoe werkt de Energiebank in Weert?"
    assert second.nearest


@pytest.mark.parametrize(
    ("first", "then", "note"),
    [
        ("Wat waren de knelpunten in Vrieheide?", "hoe was dat in Purmerend?", "purmerend-overwhere-zuid"),
        (
            "Hoe leidt Gent mensen op voor energieklussen?",
            "En Frankfurt?",
            "caritas-frankfurt-stromspar-check",
        ),
        ("Hoeveel woningen telt Groenoord?", "En de Benedenbuurt?", "wageningen-benedenbuurt"),
    ],
)
def test_a_new_place_is_answered_where_the_whole_question_is(
    corpus_assistant: Assistant, monkeypatch: pytest.MonkeyPatch, first: str, then: str, note: str
) -> None:
    monkeypatch.setattr(grounding, "threshold", lambda: 0.0)
    for above, answers in ((2.0, True), (-9.0, False)):
        monkeypatch.setattr(grounding, "above", lambda _, above=above: above)
        _, second = talk(corpus_assistant, first, then)
        assert [source.note for source in second.sources][:1] == ([note] if answers else [])


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("hoe gaat noorwegen van het gas af?", "Over Noorwegen staat niets in het materiaal. "),
        (
            "Wie betaalt warmtenetten in Zwolle en Finland?",
            "Over Zwolle en Finland staat niets in het materiaal. ",
        ),
        ("How does Sweden pay for heat networks?", "The material says nothing about Sweden. "),
        ("Hoeveel xylofoons zijn er in Denemarken?", "Niet gevonden in het materiaal. "),
    ],
)
def test_a_place_that_the_material_does_not_know_is_named(
    corpus_assistant: Assistant, question: str, start: str
) -> None:
    answer = corpus_assistant.ask(question)
    assert answer.abstained
    assert answer.nearest
    assert answer.text.startswith(start)


def test_places_named_side_by_side_are_both_told_of(
    corpus_assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grounding, "threshold", lambda: 0.0)
    answer = corpus_assistant.ask("Hoe werden bewoners betrokken in Selwerd en Vrieheide?")
    places = {place for source in answer.sources for place in FRONT[source.note]["places"]}
    assert {"Selwerd", "Vrieheide"} <= places
    assert answer.text.startswith("### Selwerd\n\n")
    assert "\n\n### Vrieheide\n\n" in answer.text
    assert {each.side for each in answer.statements} == {"Selwerd", "Vrieheide"}
    assert not any(each.text.startswith("#") for each in answer.statements)
    assert len(answer.text.split()) <= 300


def test_of_places_side_by_side_the_one_with_nothing_is_named(
    corpus_assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grounding, "threshold", lambda: 0.0)
    answer = corpus_assistant.ask("Wat deden Zwolle en Tilburg met VvE's?")
    assert answer.text.startswith("Over Zwolle is hierover niets gevonden.")
    assert answer.statements
    assert all("Tilburg" in (CORPUS / f"{source.note}.md").read_text("utf-8") for source in answer.sources)


def test_a_question_about_something_of_a_kind_leaves_the_conversation(corpus_assistant: Assistant) -> None:
    question = "wat kost een wijkbedrijf en wie betaalt dat"
    _, second = talk(corpus_assistant, TRANSVAAL, question)
    assert second.understood is None
    assert second.statements == corpus_assistant.ask(question).statements


@pytest.mark.parametrize(
    ("text", "language", "offers"),
    [("hoi", "nl", True), ("What can you do?", "en", True), ("bedankt!", "nl", False)],
)
def test_small_talk_gets_a_friendly_line_and_claims_nothing(
    corpus_assistant: Assistant, text: str, language: str, *, offers: bool
) -> None:
    answer = corpus_assistant.ask(text)
    assert answer.abstained
    assert (answer.language, answer.statements, answer.sources, answer.nearest) == (language, (), (), ())
    assert "Niet gevonden" not in answer.text
    assert bool(answer.follow_ups) is offers
    assert {language_of(question) for question in answer.follow_ups} <= {language}


def test_small_talk_is_no_part_of_the_conversation(corpus_assistant: Assistant) -> None:
    _, _, third = talk(corpus_assistant, TRANSVAAL, "bedankt", "Wat waren daar de knelpunten?")
    _, plain = talk(corpus_assistant, TRANSVAAL, "Wat waren daar de knelpunten?")
    assert third.statements == plain.statements
    assert corpus_assistant.ask("bedankt", literal=True).nearest


def test_a_list_over_notes_is_gathered_from_several(corpus_assistant: Assistant) -> None:
    answer = corpus_assistant.ask("welke gemeenten hebben een fixbrigade?")
    assert not answer.abstained
    assert len({source.note for source in answer.sources}) > 1
    assert citations.preface(answer)
    assert len(answer.text.split()) <= 300


def test_what_was_asked_before_is_not_offered_again(corpus_assistant: Assistant) -> None:
    first = corpus_assistant.ask(TRANSVAAL)
    second = corpus_assistant.ask(TRANSVAAL, None, [replace(first, question=first.follow_ups[0])])
    assert first.follow_ups[0] not in second.follow_ups


def test_filters_hold_in_a_conversation_too(corpus_assistant: Assistant) -> None:
    first = corpus_assistant.ask(TRANSVAAL)
    only = Filters({"places": ("Tilburg",)})
    answer = corpus_assistant.ask("Wat waren daar de knelpunten?", only, [first])
    assert all("Tilburg" in FRONT[each.note]["places"] for each in answer.sources)


def test_an_answer_from_an_index_that_is_gone_is_no_hindrance(
    desk: Desk, corpus_assistant: Assistant
) -> None:
    gone = corpus_assistant.ask(TRANSVAAL)
    for question in ("Wat waren daar de knelpunten?", "Wie schreef dat?", "korter", "meer voorbeelden"):
        assert desk.assistant.ask(question, None, [gone]).question == question


def test_what_the_metadata_say_can_be_told_from_the_statements(corpus_assistant: Assistant) -> None:
    first, second = talk(corpus_assistant, TRANSVAAL, "Uit welk jaar is dat?")
    assert citations.preface(first) == ""
    assert citations.preface(second)
    assert second.text == f"{citations.preface(second)}\n\n{citations.markdown(second.statements)}"


def test_what_is_said_of_a_source_comes_with_more_than_a_heading(corpus_assistant: Assistant) -> None:
    _, second = talk(corpus_assistant, "Hoeveel proeftuinen zijn er?", "Van wanneer is dat?")
    assert {each.kind for each in second.statements} - conversation.INTRODUCING


def test_a_neighbourhood_that_nobody_knows_takes_the_place_of_the_old_one(
    corpus_assistant: Assistant,
) -> None:
    asked = (
        "Hoe betrek je bewoners in Overvecht?",
        "En in Bloemenbuurt?",
        "en bij lombok?",
        "En in Tilburg?",
    )
    understood = [answer.understood for answer in talk(corpus_assistant, *asked)]
    assert understood == [
        None,
        "Hoe betrek je bewoners in Bloemenbuurt?",
        "Hoe betrek je bewoners bij Lombok?",
        "Hoe betrek je bewoners in Tilburg?",
    ]


def test_a_place_may_hold_any_sign(corpus_assistant: Assistant) -> None:
    for place in (r"Foo\q", r"Bar\1", r"\g<x>"):
        _, second = talk(corpus_assistant, TRANSVAAL, f"En in {place}?")
        assert second.question == f"En in {place}?"


def test_white_space_in_a_question_counts_once(corpus_assistant: Assistant) -> None:
    _, second = talk(corpus_assistant, TRANSVAAL, "En in Tilburg" + " " * 1_900 + "x?")
    assert "  " not in (second.understood or "")


def test_what_is_said_again_must_still_stand_in_the_material(corpus_assistant: Assistant) -> None:
    first = corpus_assistant.ask(TRANSVAAL)
    quote = first.statements[0].quotes[0]
    gone = replace(first.statements[0], quotes=(replace(quote, note="ingetrokken"),))
    changed = replace(first.statements[0], quotes=(replace(quote, text="Dit stond er."),))
    for statement in (gone, changed):
        history = [replace(first, statements=(statement, *first.statements[1:]))]
        for question in ("Korter graag", "Uit welk jaar is dat?", "Wie schreef dat?"):
            assert corpus_assistant.ask(question, None, history).abstained


def test_filters_hold_for_what_is_said_again(corpus_assistant: Assistant) -> None:
    first = corpus_assistant.ask(TRANSVAAL)
    elsewhere = Filters({"places": ("Tilburg",)})
    for question in ("Korter graag", "Uit welk jaar is dat?"):
        answer = corpus_assistant.ask(question, elsewhere, [first])
        assert answer.abstained
        assert answer.sources == ()


def test_shorter_is_the_answer_that_was_given_last(corpus_assistant: Assistant) -> None:
    nonsense = "Hoeveel xylofoons kochten Jansen en Pieters in 1951?"
    first, second, third = talk(corpus_assistant, TRANSVAAL, nonsense, "Korter graag")
    assert second.abstained
    assert third.understood == f"{TRANSVAAL} (korter)"
    assert {quote.note for each in third.statements for quote in each.quotes} <= {
        source.note for source in first.sources
    }


def test_a_place_that_the_material_does_not_know_gives_what_is_nearest(corpus_assistant: Assistant) -> None:
    _, second = talk(corpus_assistant, TRANSVAAL, "En in Timboektoe?")
    assert second.abstained
    assert second.nearest
    assert "filters" not in second.text


def test_nothing_can_be_said_again_when_nothing_was_said(corpus_assistant: Assistant) -> None:
    for question in ("Uit welk jaar is dat?", "Meer voorbeelden", "Korter graag"):
        _, second = talk(corpus_assistant, "Hoeveel xylofoons kochten Jansen en Pieters in 1951?", question)
        assert second.abstained
