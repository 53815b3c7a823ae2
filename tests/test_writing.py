"""Writing with a model: what is shown of it, under which numbers, and what happens when it goes wrong."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from assistant.citations import Chosen, markdown, number, prose
from assistant.datatypes import Answer, Hit, Timings
from assistant.errors import EncoderError
from assistant.models import Model, open_model
from assistant.passages import split, statements
from assistant.prompting import Given, request
from assistant.writing import (
    CAUSES,
    Limits,
    Writer,
    WritingError,
    fallback,
    passages_for,
    stated,
    written,
)
from tests.fakes import NOTES, FakeEncoder
from tests.fakes_writing import ScriptedChat, WordVerifier, gathered, scripted
from tests.model_server import serving

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from assistant.verifying import Verdict
    from assistant.writing import Checked, Written

PASSAGES = {
    passage.id: Given(note, passage) for note in NOTES for passage in split(note, FakeEncoder().count_tokens)
}
GIVEN = [
    PASSAGES[id_] for id_ in ("fixbrigade#1", "fixbrigade#2", "fixbrigade#3", "overvecht#2", "overvecht#3")
]
HELPS = "De FIXbrigade helpt mensen in Amsterdam gratis om energie te besparen"
STEUN = "Leidinggevenden geven steun"
QUESTION = "Wat doet de FIXbrigade?"


def last_of(model: Model, given: Sequence[Given] = GIVEN, **options: Any) -> Written:
    *_, last = Writer(model, WordVerifier(), Limits(**options)).write(QUESTION, given, "nl")
    return last


def reason(model: Model, **options: Any) -> str:
    with pytest.raises(WritingError) as raised:
        last_of(model, **options)
    assert str(raised.value) == f"{CAUSES['en'][raised.value.reason]}."
    return raised.value.reason


def citaten() -> Answer:
    given = PASSAGES["fixbrigade#1"]
    said, sources = number(Chosen(given.source, given.passage, units) for units in statements(given.passage))
    return Answer(
        question=QUESTION,
        language="nl",
        abstained=False,
        text=markdown(said),
        statements=said,
        sources=sources,
        timings=Timings(1.0, 2.0, 3.0),
        follow_ups=("En wat kost het?",),
    )


def test_a_supported_sentence_comes_with_the_exact_words_that_it_rests_on() -> None:
    (statement,), (source,) = stated(last_of(scripted(f"{STEUN} [4].")).checked)
    (quote,) = statement.quotes

    assert statement.text == f"{STEUN}."
    assert statement.supported
    assert quote.text == "leidinggevenden geven steun;"
    assert quote.text == NOTES[0].text[quote.start : quote.end]
    assert (quote.note, quote.passage) == ("overvecht", "overvecht#2")
    assert statement.citations == (quote.citation,) == (source.number,) == (1,)
    assert (source.note, source.entry, source.publisher) == ("overvecht", 1, "Over Morgen")


def test_the_citation_is_the_document_that_the_words_designate() -> None:
    said = (
        "Tochtstrips zijn overgeverfd [3]. Fixers herstellen soms wat verhuurders laten liggen [3]. "
        + f"{STEUN} [4]."
    )
    made, sources = stated(last_of(scripted(said)).checked)

    assert [statement.citations for statement in made] == [(1,), (1, 2), (3,)]
    assert [(source.number, source.note, source.entry) for source in sources] == [
        (1, "fixbrigade", 2),
        (2, "fixbrigade", 3),
        (3, "overvecht", 1),
    ]


def test_what_is_not_supported_has_a_reason_and_neither_citation_nor_quote() -> None:
    said = f"{STEUN} [4]. De burgemeester danst graag op tafel [4]. De burgemeester woont in een kasteel."
    made, sources = stated(_checked(said))

    assert [statement.supported for statement in made] == [True, False, False]
    assert [reason.text for reason in made[1].reasons] == ["Een deel van deze zin staat niet in de bron."]
    assert [reason.text for reason in made[2].reasons] == ["Bij deze zin noemt het taalmodel geen bron."]
    assert {statement.citations for statement in made[1:]} == {()}
    assert {statement.quotes for statement in made[1:]} == {()}
    assert len(sources) == 1
    assert [statement.text for statement in stated(_checked(said), mark=False)[0]] == [f"{STEUN}."]
    assert prose(made) == f"{STEUN}.[1]"


def _checked(said: str) -> Sequence[Checked]:
    """What is checked of a text, also where it does not stand."""
    return gathered(Writer(scripted(said), WordVerifier()).write(QUESTION, GIVEN, "nl"))[0].checked


def test_a_wrong_number_is_mended_when_exactly_one_passage_says_it() -> None:
    (checked,) = last_of(scripted(f"{STEUN} [1].")).checked

    assert [choice.passage.id for choice in checked.rests_on] == ["overvecht#2"]


def test_a_wrong_number_is_never_guessed() -> None:
    twin = replace(NOTES[0], id="tweeling")
    passage = replace(PASSAGES["overvecht#2"].passage, id="tweeling#2", source_id="tweeling")
    given = [*GIVEN, Given(twin, passage)]
    model = scripted(f"{HELPS} [1]. {STEUN} [1].")

    assert [each.supported for each in last_of(model, given).checked] == [True, False]


def test_a_number_that_there_is_not_supports_nothing() -> None:
    (made,) = _checked("De burgemeester danst graag op tafel [9].")

    assert [reason.text for reason in made.reasons] == ["Deze zin verwijst naar een bron die er niet is."]


def test_two_passages_together_support_nothing() -> None:
    said = "Leidinggevenden geven steun en tochtstrips zijn overgeverfd [3][4]."

    assert [each.supported for each in _checked(said)] == [False]


def test_sentences_come_one_by_one_while_the_model_writes() -> None:
    lengths = [
        len(so_far.checked)
        for so_far in Writer(scripted(f"{HELPS} [1]. {STEUN} [4]."), WordVerifier()).write(
            QUESTION, GIVEN, "nl"
        )
    ]

    assert lengths == [1, 2]


def test_the_first_sentence_is_there_before_the_model_is_done() -> None:
    chat = ScriptedChat(script=[f"{HELPS} [1]. En " + "nog veel meer " * 200], pause_s=0.02)
    stream = Writer(_model(chat), WordVerifier()).write(QUESTION, GIVEN, "nl")

    assert next(stream).checked[0].supported
    stream.close()


def _model(chat: ScriptedChat) -> Model:
    return Model(lambda: chat, "scripted")


def test_headings_introductions_and_connecting_words_are_not_shown() -> None:
    said = f"## Antwoord\nDit zijn de punten:\n- {STEUN} [4].\nKortom."

    assert [each.drafted.text for each in last_of(scripted(said)).checked] == [f"{STEUN}."]


def test_a_list_keeps_its_form() -> None:
    said = f"{HELPS} [1].\n1. {STEUN} [4]\n2. De afdelingen overleggen regelmatig [4]\n"

    assert prose(stated(last_of(scripted(said)).checked)[0]) == (
        f"{HELPS}.[1]\n\n1. {STEUN}[2]\n2. De afdelingen overleggen regelmatig[2]"
    )


def test_what_is_missing_is_told_only_in_words_of_the_question() -> None:
    told = last_of(scripted(f"{STEUN} [4].\nOntbreekt: wat de FIXbrigade doet"))
    leak = last_of(scripted(f"{STEUN} [4].\nOntbreekt: bel nu 0900-1234 voor hulp"))

    assert told.missing == "wat de FIXbrigade doet"
    assert leak.missing == ""
    assert [each.drafted.text for each in leak.checked] == [f"{STEUN}."]


def test_a_thought_that_looked_like_an_answer_is_taken_back() -> None:
    last = last_of(scripted(f"De maan is van kaas. Echt waar hoor mensen.</think>{STEUN} [4]."))

    assert [each.drafted.text for each in last.checked] == [f"{STEUN}."]


GOOD = f"{HELPS} [1]. {STEUN} [4]."


def test_a_list_of_names_that_the_material_holds_is_no_other_language() -> None:
    names = (
        "Amsterdam Nieuw-West, Arnhem Oost, Breda Noord, Delft West, Eindhoven Woensel Zuid, Heerlen Noord"
    )
    note = replace(
        NOTES[0], text=f"# Gebieden\n\n{names}, {names.replace('Noord', 'Midden')} en Zaandam Oost.\n"
    )
    (passage,) = split(note, FakeEncoder().count_tokens)
    said = note.text.split("\n\n")[1].strip().rstrip(".")

    assert last_of(scripted(f"{said} [1]."), [Given(note, passage)]).checked[0].supported


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", "empty"),
        ("## Kop\n", "empty"),
        ("De burgemeester danst op tafel. Iedereen klapt heel hard.", "uncited"),
        (f"{STEUN} [4]. De burgemeester danst op tafel [1]. Iedereen klapt heel hard [2].", "unsupported"),
        (f"{STEUN} [9]. De burgemeester danst [1]. De raad zingt mee [1].", "unsupported"),
        (f"{GOOD} " + "Tochtstrips zijn overgeverfd [3]. " * 8, "repeats"),
        (f"{GOOD} " + "en nog een keer en " * 100, "repeats"),
        (f"{GOOD} " + "x" * 3_000, "repeats"),
        (
            "The brigade helps people in Amsterdam to save energy for free and trains refugees as well [1]. "
            "It started in the east of the city and it has grown since then [1].",
            "language",
        ),
        (
            "Die Brigade hilft Menschen in Amsterdam kostenlos Energie zu sparen und bildet andere aus [1]. "
            "Nach Angaben der Stadt begann alles vor einigen Jahren im Osten und wächst seither [1]. "
            "Viele Bewohner bekommen dadurch wieder Hoffnung und Arbeit in ihrer Nachbarschaft [1]. "
            "Manche bleiben danach noch lange und helfen ihrerseits den Neuen bei allem [1].",
            "language",
        ),
        (
            "消防队帮助阿姆斯特丹的人们免费节省能源，同时培训难民成为修理工。它始于城市的东部，此后一直在增长。",
            "language",
        ),
    ],
)
def test_an_answer_that_does_not_stand_is_told_why(said: str, expected: str) -> None:
    assert reason(scripted(said)) == expected


def test_a_model_without_one_good_sentence_is_not_listened_to_any_longer() -> None:
    sentences = [
        f"De {word} danst graag op de hoge tafel [1]. "
        for word in ["raad", "wethouder", "burger", "buur", "hond", "kat"]
    ]
    chat = ScriptedChat(script=["".join(sentences) + "Meer. " * 5_000], piece=20, pause_s=0.001)
    verifier = WordVerifier()
    with pytest.raises(WritingError) as raised:
        list(Writer(_model(chat), verifier).write(QUESTION, GIVEN, "nl"))

    assert raised.value.reason == "unsupported"
    assert len(set(verifier.asked)) <= 7


def test_no_more_is_read_than_the_limit() -> None:
    model = scripted(f"{GOOD} " + "".join(f"Zin {place} is een andere zin [1]. " for place in range(5_000)))

    writer = Writer(model, WordVerifier(), Limits(sentences=10))
    last, why = gathered(writer.write(QUESTION, GIVEN, "nl"))

    assert (len(last.checked), why) == (10, "unsupported")


def test_a_request_that_does_not_fit_is_not_made() -> None:
    chat = ScriptedChat(script=[GOOD])
    small = Model(lambda: chat, "klein", context_tokens=1_200)
    with pytest.raises(WritingError) as raised:
        list(Writer(small, WordVerifier()).write(QUESTION, GIVEN, "nl"))

    assert raised.value.reason == "room"
    assert chat.asked == []


def test_as_many_passages_as_fit_are_given() -> None:
    chat = ScriptedChat(script=[f"{HELPS} [1]. {STEUN} [4]."])
    model = Model(lambda: chat, "klein", context_tokens=2_300)
    last, _ = gathered(Writer(model, WordVerifier()).write(QUESTION, GIVEN, "nl"))
    shown = str(chat.asked[0][1].content)

    assert "\n[1] AT5" in shown
    assert "\n[5] Over Morgen" not in shown
    assert last.checked[0].supported


class BrokenVerifier:
    def verify_all(self, claims: Sequence[tuple[str, Sequence[str]]]) -> list[Verdict]:
        raise EncoderError("The model gave vectors that are not finite.")


def test_what_cannot_be_checked_is_not_shown() -> None:
    with pytest.raises(WritingError) as raised:
        list(Writer(scripted(GOOD), BrokenVerifier()).write(QUESTION, GIVEN, "nl"))

    assert raised.value.reason == "checking"


# The answer


def test_the_answer_grows_and_the_last_one_stands() -> None:
    answers = list(written(citaten(), GIVEN, Writer(scripted(GOOD), WordVerifier())))

    assert [len(answer.statements) for answer in answers] == [1, 2, 2]
    final = answers[-1]
    assert (final.mode, final.notice, final.abstained) == ("schrijven", None, False)
    assert final.text == f"{HELPS}.[1] {STEUN}.[2]"
    assert final.follow_ups == citaten().follow_ups
    assert final.timings.total > 3.0
    assert [source.number for source in final.sources] == [1, 2]


def test_what_is_missing_stands_above_the_answer() -> None:
    said = f"{STEUN} [4].\nOntbreekt: wat de FIXbrigade doet"
    *_, final = written(citaten(), GIVEN, Writer(scripted(said), WordVerifier()))

    assert final.text == (
        f"Volgens het taalmodel staat dit niet in het materiaal: wat de FIXbrigade doet\n\n{STEUN}.[1]"
    )


def test_the_citaten_answer_takes_the_place_of_one_that_does_not_stand() -> None:
    *_, final = written(citaten(), GIVEN, Writer(scripted("Niets. Geen bron hier te zien."), WordVerifier()))

    assert (
        final.notice
        == "Het taalmodel noemde geen bronnen. Daarom staan hier de zinnen uit het materiaal zelf."
    )
    assert (final.mode, final.statements, final.text) == ("citaten", citaten().statements, citaten().text)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_reason_has_one_plain_line(language: Any) -> None:
    for each in CAUSES["nl"]:
        line = fallback(each, language)
        assert "\n" not in line
        assert len(line) < 140
    assert CAUSES["nl"].keys() == CAUSES["en"].keys()


def test_the_model_is_not_asked_when_the_material_does_not_answer() -> None:
    chat = ScriptedChat(script=[GOOD])
    abstained = replace(citaten(), abstained=True, statements=(), sources=())

    assert list(written(abstained, GIVEN, Writer(_model(chat), WordVerifier()))) == [abstained]
    assert list(written(citaten(), [], Writer(_model(chat), WordVerifier()))) == [citaten()]
    assert chat.asked == []


def test_what_was_checked_stands_when_the_visitor_stops() -> None:
    cancelled = threading.Event()
    chat = ScriptedChat(script=[f"{HELPS} [1]. En " + "nog veel meer " * 500], pause_s=0.01)
    stream = written(citaten(), GIVEN, Writer(_model(chat), WordVerifier()), cancelled=cancelled)
    first = next(stream)
    cancelled.set()
    (final,) = stream

    assert final.statements == first.statements
    assert (final.mode, final.notice) == (
        "schrijven",
        "Het schrijven is gestopt; dit is wat er al was nagekeken.",
    )


def test_stopped_before_anything_was_checked_leaves_the_citaten_answer() -> None:
    cancelled = threading.Event()
    cancelled.set()
    (final,) = written(citaten(), GIVEN, Writer(scripted(GOOD), WordVerifier()), cancelled=cancelled)

    assert final.mode == "citaten"
    assert final.notice is not None
    assert final.notice.startswith("Het schrijven is gestopt")


def test_the_passages_quoted_in_the_citaten_answer_come_first() -> None:
    hits = [Hit(PASSAGES[id_].passage, 1.0, {}) for id_ in ("overvecht#2", "overvecht#3", "fixbrigade#1")]
    given = passages_for(citaten(), hits, {note.id: note for note in NOTES})

    assert [each.passage.id for each in given] == ["fixbrigade#1", "overvecht#2", "overvecht#3"]


# The request


def asked(question: str = QUESTION, given: Sequence[Given] = GIVEN, **options: Any) -> tuple[str, str, int]:
    return request(
        question, given, options.get("language", "nl"), options.get("history", ()), 9_000, len_tokens
    )


def len_tokens(text: str) -> int:
    return len(text) // 3


def test_the_request_names_the_documents_and_their_dates() -> None:
    _, user, shown = asked()

    assert shown == len(GIVEN)
    assert "[2] AT5, Statushouders leren woningen isoleren, april 2022 (FIXbrigade Amsterdam" in user
    assert "NRC, In oude huizen fixen zij wat verhuurders laten liggen, 1 april 2022" in user
    assert "datum onbekend" in user
    assert "[^" not in user


def test_the_conversation_goes_along_without_what_was_not_supported() -> None:
    answer = citaten()
    refuted = replace(answer.statements[0], text="Onzin.", supported=False)
    _, user, _ = asked(
        history=[replace(answer, question="Wie zijn dat?", statements=(*answer.statements, refuted))]
    )

    assert "Vraag: Wie zijn dat?" in user
    assert "helpt mensen in Amsterdam" in user
    assert "Onzin" not in user


def test_every_request_has_its_own_sign_and_no_text_can_forge_it() -> None:
    (told, first, _), (again, second, _) = asked(), asked()

    assert told == again
    assert first != second
    note = replace(NOTES[0], text=NOTES[0].text.replace("geven steun", "[7] geven steun [2]"))
    moved = split(note, FakeEncoder().count_tokens)[1]
    _, user, _ = asked(given=[Given(note, moved)])
    assert "(7) geven steun (2)" in user


def test_english_questions_get_an_english_request() -> None:
    system, _, _ = asked(language="en")

    assert "Write in plain English" in system


# A real connection


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("hang", "timeout"),
        ("hang_between", "timeout"),
        ("drop", "broken"),
        ("drop_quietly", "broken"),
        ("broken", "broken"),
        ("html", "broken"),
        ("nothing", "broken"),
        ("429", "crowded"),
        ("500", "refused"),
        ("401", "refused"),
        ("404", "refused"),
        ("redirect", "refused"),
        ("error_inside", "broken"),
        ("million", "repeats"),
    ],
)
def test_every_failure_of_a_server_ends_in_the_citaten_answer(mode: str, expected: str) -> None:
    with serving(mode, f"{HELPS} [1]. En ") as server:
        model = open_model("openai:klein", base_url=server.openai)
        model.warm_up()
        limits = Limits(timeout_s=1.0 if "hang" in mode else 20.0)
        *_, final = written(citaten(), GIVEN, Writer(model, WordVerifier(), limits))
        model.close()

    assert (final.mode, final.statements) == ("citaten", citaten().statements)
    assert final.notice == fallback(expected, "nl")  # type: ignore[arg-type]


def test_a_real_connection_streams_and_to_leave_the_page_closes_it() -> None:
    with serving("hang_between", f"{HELPS} [1]. {STEUN} [4]. En ") as server:
        model = open_model("openai:klein", base_url=server.openai)
        stream = written(citaten(), GIVEN, Writer(model, WordVerifier()))
        assert len(next(stream).statements) == 1
        assert len(next(stream).statements) == 2
        stream.close()
        assert server.gone.wait(10)
        model.close()


class Counting:
    """A model that writes on for ever, and knows whether it was closed."""

    context_tokens = 8_192
    closed = False

    def count_tokens(self, text: str) -> int:
        return len(text) // 4

    def stream(self, *_: Any) -> Generator[str]:
        try:
            while True:
                yield f"{HELPS} [1]. En "
        finally:
            self.closed = True


class Failing(WordVerifier):
    """A verifier that cannot compare anything."""

    def verify_all(self, claims: Sequence[tuple[str, Sequence[str]]]) -> list[Verdict]:
        raise EncoderError("It is out of memory.")


def test_the_request_is_closed_when_a_check_fails_and_when_the_reader_leaves() -> None:
    for verifier in (Failing(), WordVerifier()):
        model = Counting()
        stream = written(citaten(), GIVEN, Writer(model, verifier))
        kept = next(stream)
        assert kept.notice == (fallback("checking", "nl") if isinstance(verifier, Failing) else None)
        stream.close()
        assert model.closed
