"""The interface without a browser: what handlers yield, what markup holds, what the server lets through."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import threading
from copy import deepcopy
from dataclasses import fields, replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

import app
from assistant import citations
from assistant.datatypes import Filters
from assistant.dutch import language_of
from assistant.errors import (
    AssistantError,
    BadUseError,
    EncoderError,
    IndexBusyError,
    IndexMismatchError,
    IndexMissingError,
)
from assistant.feedback import FILE_NAME
from assistant.pipeline import MAX_QUESTION_CHARACTERS
from assistant.sources import AUDIENCES, KINDS, THEMES
from assistant.ui.desk import MAX_STEPS, STEP_S, Desk, Screen, chosen_filters
from assistant.ui.frame import (
    active_filters_html,
    disclosure_html,
    examples_html,
    filter_help_html,
    filters_title,
    header_html,
)
from assistant.ui.inline import cells, inline_html, plain_html
from assistant.ui.panel import Wanted
from assistant.ui.render import announcement, conversation_html
from assistant.ui.server import create
from assistant.ui.session import REMEMBERED, Session, Turn
from assistant.ui.texts import EN, NL, Texts
from assistant.ui.warmup import WarmUp
from tests.fakes import FakeAssistant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fastapi import FastAPI

    from assistant.datatypes import Answer

ALLOWED_TAGS = {
    *("article", "aside", "blockquote", "cite", "div", "h2", "h3", "i", "nav", "p", "section", "span"),
    *("a", "b", "button", "em", "label", "mark", "strong", "textarea"),
    *("dd", "dl", "dt", "li", "ol", "ul", "table", "tbody", "td", "th", "thead", "tr"),
}


class Reader(HTMLParser):
    """Collects tags, attributes and words of markup; complains about tags that are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag and wanted.items() <= attrs.items()]


def _desk(assistant: FakeAssistant, folder: Path, texts: Texts = NL, *, started: bool = True) -> Desk:
    warm_up = WarmUp(assistant.warm_up)
    desk = Desk(assistant, warm_up, folder, texts, pause=lambda _: None)
    if started:
        warm_up.start()
        if assistant.gate is None:
            warm_up.wait()
    return desk


def _asked(desk: Desk, session: Session, question: str, filters: Filters | None = None) -> Screen:
    *_, last = desk.ask(session, question, filters or Filters())
    return last


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return _desk(FakeAssistant(), tmp_path)


# ---- Asking


def test_a_list_is_shown_whole_with_a_citation_at_each_point(desk: Desk) -> None:
    page = Reader(
        _asked(desk, Session(), "Welke succesfactoren noemt het onderzoek in Overvecht?").conversation
    )
    assert len(page.all("li")) == 4 + 1 + 1, "four points, one source, one follow-up"
    assert len(page.all("button", **{"data-act": "read", "data-number": "1"})) == 5 + 1, (
        "lead-in, four points, and in the sources"
    )
    for point in (
        "over elkaars data beschikken;",
        "leidinggevenden geven steun;",
        "politiek draagvlak;",
        "overleggen regelmatig.",
    ):
        assert point in page.text


def test_the_answer_appears_statement_by_statement_in_few_steps(tmp_path: Path) -> None:
    pauses: list[float] = []
    desk = replace(_desk(FakeAssistant(), tmp_path), pause=pauses.append)
    screens = list(desk.ask(Session(), "Wat kost de FIXbrigade?", Filters()))
    lengths = [len(Reader(screen.conversation).text) for screen in screens]
    assert lengths == sorted(lengths)
    assert 4 < len(screens) <= MAX_STEPS + 2
    assert sum(pauses) <= 0.5
    assert set(pauses) == {STEP_S}
    assert [bool(screen.announced) for screen in screens] == [False] * (len(screens) - 1) + [True], (
        "announced once, when complete"
    )


def test_what_is_announced_is_words_only(desk: Desk) -> None:
    announced = _asked(desk, Session(), "Wat kost de FIXbrigade?").announced
    assert announced.startswith("Antwoord met 4 bronnen: De FIXbrigade helpt mensen in Amsterdam gratis om")
    assert "**" not in announced


def test_the_question_box_is_emptied_at_once(desk: Desk) -> None:
    first, *rest = desk.ask(Session(), "Wat kost de FIXbrigade?", Filters())
    assert first.typed == ""
    assert all(screen.typed is None for screen in rest), "what is typed meanwhile stays"
    assert NL.searching in first.conversation


@pytest.mark.parametrize("question", ["", "  \n ", "x" * 100_000])
def test_a_question_that_cannot_be_asked_is_told_in_one_sentence_and_stays_in_the_box(
    desk: Desk, question: str
) -> None:
    session = Session()
    (screen,) = desk.ask(session, question, Filters())
    assert screen.notice.endswith(".")
    assert str(MAX_QUESTION_CHARACTERS // 1_000) in screen.notice or not question.strip()
    assert screen.typed is None
    assert not session.turns


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (IndexMissingError("x"), "python ingest.py"),
        (IndexMismatchError("x"), "python ingest.py"),
        (IndexBusyError("x"), "over een minuut"),
        (EncoderError("x"), "python -m assistant ask test"),
        (BadUseError("x"), "Maak hem korter"),
        (AssistantError("x"), "Er ging iets mis"),
    ],
)
def test_an_error_is_one_dutch_sentence_and_the_question_can_be_asked_again(
    tmp_path: Path, error: AssistantError, words: str
) -> None:
    desk = _desk(FakeAssistant(problem=error), tmp_path)
    page = Reader(_asked(desk, Session(), "Wat kost de FIXbrigade?").conversation)
    assert words in page.text
    assert page.all("button", **{"data-act": "ask", "data-question": "Wat kost de FIXbrigade?"})
    assert words in Reader(desk.status()).text


def test_a_fault_of_ours_is_one_sentence_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FakeAssistant):
        def ask(
            self,
            question: str,
            chosen: Filters | None = None,
            history: Sequence[Answer] = (),
            *,
            literal: bool = False,
        ) -> Answer:
            raise ZeroDivisionError

    desk = _desk(Broken(), tmp_path)
    assert NL.broken in Reader(_asked(desk, Session(), "geheime vraag").conversation).text
    assert "ZeroDivisionError" in caplog.text
    assert "geheime vraag" not in caplog.text


def test_when_the_cause_is_mended_the_status_says_so(tmp_path: Path) -> None:
    assistant = FakeAssistant(problem=IndexMissingError("x"))
    desk = _desk(assistant, tmp_path)
    assert "failed" in desk.status()
    assistant.problem = None
    _asked(desk, Session(), "Wat kost de FIXbrigade?")
    assert NL.ready in desk.status()


def test_a_question_asked_while_the_model_loads_waits_visibly_and_is_then_answered(tmp_path: Path) -> None:
    gate = threading.Event()
    desk = _desk(FakeAssistant(gate=gate), tmp_path)
    assert NL.loading in desk.status()
    screens = desk.ask(Session(), "Wat kost de FIXbrigade?", Filters())
    waiting = next(screens)
    assert NL.waiting in waiting.conversation
    assert waiting.announced == NL.waiting
    gate.set()
    *_, last = screens
    assert "400.000 euro" in last.conversation
    assert NL.ready in desk.status()


def test_the_opening_says_loading_and_then_ready(tmp_path: Path) -> None:
    gate = threading.Event()
    opening = _desk(FakeAssistant(gate=gate), tmp_path).opening()
    assert NL.loading in next(opening)
    gate.set()
    assert NL.ready in next(opening)
    assert list(opening) == []


def test_loading_that_breaks_in_an_unexpected_way_is_told_too(tmp_path: Path) -> None:
    def load() -> None:
        raise MemoryError

    warm_up = WarmUp(load)
    warm_up.start()
    warm_up.wait()
    assert NL.broken in Desk(FakeAssistant(), warm_up, tmp_path, NL).status()


def test_what_is_not_found_is_said_plainly_with_the_nearest_notes(desk: Desk) -> None:
    session = Session()
    page = Reader(_asked(desk, session, "Wat is de hoofdstad van Peru?").conversation)
    assert "Hierover staat niets in het materiaal." in page.text
    assert NL.without_filters not in page.text
    assert page.all("button", **{"data-act": "read", "data-note": "overvecht"})
    wider = _asked(desk, session, "En van Chili?", Filters({"places": ("Tilburg",)}))
    assert NL.without_filters in wider.conversation
    assert "Gezocht met filters: Tilburg" in wider.conversation


def test_how_a_question_was_understood_is_shown_and_said(desk: Desk) -> None:
    session = Session()
    _asked(desk, session, "Wat kost de FIXbrigade?")
    question = "Welke succesfactoren waren daar?"
    *_, almost, screen = desk.ask(session, question, Filters())
    words = "Opgevat als: Welke succesfactoren noemt Over Morgen?"
    page = Reader(screen.conversation)
    assert words in page.text
    assert screen.announced.startswith(f"{words} Antwoord met 1 bronnen:")
    assert page.all("button", **{"data-act": "literal", "data-question": question})
    assert NL.literally in page.text
    assert 'data-act="literal"' not in almost.conversation, "not before the answer is complete"


def test_a_question_can_be_asked_literally_instead(desk: Desk) -> None:
    session = Session()
    _asked(desk, session, "Wat kost de FIXbrigade?")
    *_, screen = desk.ask(session, "Welke succesfactoren waren daar?", Filters(), literal=True)
    assert NL.asked_literally in screen.conversation
    assert "Opgevat als" not in screen.conversation
    assert "leidinggevenden geven steun" in screen.conversation


def test_a_question_on_its_own_says_nothing_of_how_it_was_understood(desk: Desk) -> None:
    screen = _asked(desk, Session(), "Welke succesfactoren waren daar?")
    assert "Opgevat als" not in screen.conversation
    assert NL.asked_literally not in screen.conversation


def test_a_heading_above_a_list_has_no_citation_and_its_points_have() -> None:
    answer = FakeAssistant().ask("Welke succesfactoren?")
    heading = replace(answer.statements[0], text="Wat **helpt**", kind="heading")
    session = Session()
    turn = session.begin("x", Filters())
    assert turn
    said = (heading, *answer.statements[1:])
    session.put(replace(turn, answer=replace(answer, statements=said), shown=len(said), complete=True))
    html = conversation_html(session.turns, NL)
    assert '<p class="over">Wat <strong>helpt</strong></p>' in html
    pointed = [attrs["data-statement"] for attrs in Reader(html).all("button") if "data-statement" in attrs]
    assert pointed == ["1", "2", "3", "4"]


def test_each_place_of_a_comparison_stands_above_its_statements() -> None:
    answer = FakeAssistant().ask("Welke succesfactoren?")
    session = Session()
    turn = session.begin("x", Filters())
    assert turn
    first, *others = (replace(each, side="Den <b>Haag") for each in answer.statements)
    said = (first, *others[:-1], replace(others[-1], side="Tilburg"))
    session.put(replace(turn, answer=replace(answer, statements=said), shown=len(said), complete=True))
    html = conversation_html(session.turns, NL)
    assert re.findall(r'<h3 class="side">(.*?)</h3><div', html) == ["Den &lt;b&gt;Haag", "Tilburg"]
    assert "Tilburg: " in announcement(replace(answer, statements=said), NL)


def test_sentences_of_several_notes_stand_apart_under_their_publisher_and_date(desk: Desk) -> None:
    html = _asked(desk, Session(), "Wat kost de FIXbrigade?").conversation
    first, second = re.findall(r'<div class="block" lang="nl"><p class="whose" lang="nl">(.*?)</p>', html)
    assert first == "AT5, april 2022 · Mensen maken de transitie, 3 juli 2023 · NRC, 1 april 2022"
    assert second == "Over Morgen, datum onbekend"


def test_a_table_is_a_table_and_a_numbered_list_keeps_its_numbers(desk: Desk) -> None:
    html = _asked(desk, Session(), "Wat kost de FIXbrigade?").conversation
    page = Reader(html)
    assert len(page.all("table")) == 1
    assert [attrs["value"] for attrs in page.all("li") if "value" in attrs] == ["1", "2"]
    assert '<th scope="col">Wat</th><th scope="col">Getal</th>' in html
    assert "<td>Bijdrage gemeente Amsterdam</td><td>400.000 euro</td>" in html
    assert "|" not in page.text


def test_every_citation_names_its_source_and_points_at_its_statement(desk: Desk) -> None:
    session = Session()
    page = Reader(_asked(desk, session, "Wat kost de FIXbrigade?").conversation)
    answer = session.turns[0].answer
    assert answer
    pointed = [
        (int(button["data-statement"]), int(button["data-number"]))
        for button in page.all("button", **{"data-act": "read"})
        if "data-statement" in button
    ]
    assert pointed == [
        (place, number)
        for place, said in enumerate(answer.statements)
        for number in said.citations
        if said.kind != "header_row"
    ]
    labels = {
        button["data-number"]: button["aria-label"] for button in page.all("button", **{"data-act": "read"})
    }
    assert labels["2"] == "Bron 2: Mensen maken de transitie, 3 juli 2023. Open de passage."


def test_sources_are_named_as_summaries_without_quotation_marks_and_open_safely(desk: Desk) -> None:
    page = Reader(_asked(desk, Session(), "Wat kost de FIXbrigade?").conversation)
    assert page.text.count("Onze samenvatting van:") == 4
    assert not set(page.text) & set('"“”„«»')
    links = page.all("a")
    assert [link["href"] for link in links] == [
        f"https://www.example.org/{name}" for name in ("at5", "mmdt", "nrc", "overvecht")
    ]
    assert all(link["rel"] == "noopener noreferrer" and link["target"] == "_blank" for link in links)


def test_copy_takes_the_answer_with_its_sources(desk: Desk) -> None:
    page = Reader(_asked(desk, Session(), "Wat kost de FIXbrigade?").conversation)
    (copy,) = page.all("button", **{"data-act": "copy"})
    assert (
        "[2] Onze samenvatting van: Mensen maken de transitie, Fixbrigades: win-win, 3 juli 2023"
        in copy["data-text"]
    )


# ---- Sessions


def test_two_visitors_share_nothing(desk: Desk) -> None:
    one, other = Session(), Session()
    _asked(desk, one, "Wat kost de FIXbrigade?")
    assert _asked(desk, other, "Welke succesfactoren?").conversation.count("<article") == 1
    assert len(one.turns) == 1


def test_a_new_conversation_forgets_the_turns_and_stops_an_answer_that_was_coming(desk: Desk) -> None:
    session = Session()
    screens = desk.ask(session, "Wat kost de FIXbrigade?", Filters())
    next(screens)
    assert desk.clear(session) == Screen("", typed="")
    assert list(screens) == []
    assert session.turns == ()


def test_a_double_click_asks_once(desk: Desk) -> None:
    session = Session()
    first = desk.ask(session, "Wat kost de FIXbrigade?", Filters())
    next(first)
    assert len(list(desk.ask(session, " Wat kost de FIXbrigade? ", Filters()))) == 1
    list(first)
    assert len(session.turns) == 1
    _asked(desk, session, "Wat kost de FIXbrigade?")
    assert len(session.turns) == 2, "asking again, later, is allowed"


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Threads take turns as often as they can, so that what must not be interrupted would be."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("eager_threads")
def test_clicks_at_the_same_moment_ask_once() -> None:
    clicks, rounds = 4, 300
    sessions = [Session() for _ in range(rounds)]
    begun: list[Turn | None] = []
    together = threading.Barrier(clicks)

    def click() -> None:
        for session in sessions:
            together.wait()
            begun.append(session.begin("Wat kost de FIXbrigade?", Filters()))

    threads = [threading.Thread(target=click) for _ in range(clicks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == clicks * rounds
    assert {len(session.turns) for session in sessions} == {1}
    assert sum(turn is not None for turn in begun) == rounds


def test_a_copy_of_a_session_goes_its_own_way() -> None:
    session = Session()
    session.begin("Een", Filters())
    copied = deepcopy(session)
    assert copied.turns == session.turns
    copied.begin("Twee", Filters())
    assert len(session.turns) == 1


class Remembering(FakeAssistant):
    """Keeps the questions of the answers that each question came with."""

    def __init__(self) -> None:
        super().__init__()
        self.histories: list[list[str]] = []
        self.literal: list[bool] = []

    def ask(
        self,
        question: str,
        chosen: Filters | None = None,
        history: Sequence[Answer] = (),
        *,
        literal: bool = False,
    ) -> Answer:
        self.histories.append([answer.question for answer in history])
        self.literal.append(literal)
        return super().ask(question, chosen, history)


def test_a_question_comes_with_the_last_answers_of_its_own_conversation(tmp_path: Path) -> None:
    assistant = Remembering()
    desk = _desk(assistant, tmp_path)
    session, other = Session(), Session()
    asked = [f"Wat kost de FIXbrigade {number}?" for number in range(REMEMBERED + 2)]
    for question in asked:
        _asked(desk, session, question)
    assert assistant.histories == [asked[max(0, n - REMEMBERED) : n] for n in range(len(asked))]
    _asked(desk, other, "Welke succesfactoren?")
    assert assistant.histories[-1] == [], "of another visitor nothing is known"
    list(desk.ask(session, "En daar?", Filters(), literal=True))
    assert assistant.literal == [False] * (len(asked) + 1) + [True]
    _asked(desk, session, "Welke succesfactoren?")
    assert assistant.histories[-1] == [*asked[-REMEMBERED + 1 :], "En daar?"]
    desk.clear(session)
    _asked(desk, session, "En daar?")
    assert assistant.histories[-1] == [], "a new conversation"


def test_what_failed_is_no_part_of_the_history(tmp_path: Path) -> None:
    assistant = Remembering()
    desk = _desk(assistant, tmp_path)
    session = Session()
    assistant.problem = IndexBusyError("x")
    _asked(desk, session, "Wat kost de FIXbrigade?")
    assistant.problem = None
    _asked(desk, session, "Wat is de hoofdstad van Peru?")
    _asked(desk, session, "En van Chili?")
    assert assistant.histories == [[], [], ["Wat is de hoofdstad van Peru?"]]


def test_a_second_question_keeps_the_first_answer(desk: Desk) -> None:
    session = Session()
    _asked(desk, session, "Wat kost de FIXbrigade?")
    page = Reader(_asked(desk, session, "Welke succesfactoren?").conversation)
    assert len(page.all("article")) == 2
    assert "400.000 euro" in page.text


# ---- The source panel


def _cited(session: Session, number: int, statement: int | None = None) -> Wanted:
    return Wanted(turn=session.turns[-1].id, number=number, statement=statement)


def _marked(html: str) -> list[str]:
    return [Reader(found).text for found in re.findall(r"<mark>(.*?)</mark>", html, re.DOTALL)]


def test_a_citation_opens_its_passage_with_exactly_its_words_highlighted(desk: Desk) -> None:
    session = Session()
    _asked(desk, session, "Welke succesfactoren?")
    html = desk.read(session, _cited(session, 1, 2))
    assert _marked(html) == ["leidinggevenden geven steun;"]
    page = Reader(html)
    for words in (
        "Onze samenvatting van",
        "Koppel meer opgaven aan aardgasvrij",
        "Over Morgen",
        "datum onbekend",
        "Artikel",
    ):
        assert words in page.text
    assert "afdelingen overleggen regelmatig." in page.text, "the context is there"
    assert NL.panel_chosen in page.text
    assert page.all("a", href="https://www.example.org/overvecht", rel="noopener noreferrer")


def test_the_number_in_the_list_of_sources_highlights_all_that_rests_on_it(desk: Desk) -> None:
    session = Session()
    _asked(desk, session, "Welke succesfactoren?")
    html = desk.read(session, _cited(session, 1))
    assert len(_marked(html)) == 5
    assert NL.panel_highlighted in html
    assert NL.panel_chosen not in html


def test_the_panel_names_the_cited_document_and_whose_words_the_others_are(desk: Desk) -> None:
    session = Session()
    _asked(desk, session, "Wat kost de FIXbrigade?")
    html = desk.read(session, _cited(session, 2, 1))
    assert _marked(html) == ["Volgens Mensen maken de transitie (2023) begon het in 2018 in Amsterdam-Oost."]
    page = Reader(html)
    assert "Fixbrigades: win-win" in page.text
    assert "fixer. (steunt op: AT5, april 2022)" in page.text
    assert "[^" not in page.text


def test_a_cited_row_is_highlighted_in_its_table(desk: Desk) -> None:
    session = Session()
    _asked(desk, session, "Wat kost de FIXbrigade?")
    place = next(n for n, s in enumerate(session.turns[0].answer.statements) if "911.485" in s.text)  # type: ignore[union-attr]
    assert _marked(desk.read(session, _cited(session, 1, place))) == [
        "Bijdrage Europese Unie",
        "911.485 euro",
    ]


def test_previous_and_next_passage_lead_on_and_end(desk: Desk) -> None:
    session = Session()
    _asked(desk, session, "Welke succesfactoren?")
    page = Reader(desk.read(session, _cited(session, 1, 2)))
    steps = [attrs.get("data-passage") for attrs in page.all("button", **{"data-act": "read"})]
    assert steps == ["overvecht#1", "overvecht#3"]
    last = desk.read(session, replace(_cited(session, 1, 2), passage="overvecht#3"))
    assert "Planningen en investeringsritmes" in last
    assert _marked(last) == []
    assert "disabled>Volgende passage" in last


def test_a_nearest_note_opens_at_its_beginning(desk: Desk) -> None:
    session = Session()
    _asked(desk, session, "Wat is de hoofdstad van Peru?")
    html = desk.read(session, Wanted(passage="fixbrigade#1", turn=session.turns[0].id))
    assert "Statushouders leren woningen isoleren" in html
    assert _marked(html) == []


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(passage="weg#1"),
        Wanted(turn="onbekend", number=1),
        Wanted(passage="../../etc/passwd", number=99, statement=99),
    ],
)
def test_a_passage_that_is_not_there_is_told(desk: Desk, wanted: Wanted) -> None:
    session = Session()
    _asked(desk, session, "Welke succesfactoren?")
    assert NL.no_passage in desk.read(session, wanted)
    assert NL.no_passage in desk.read(session, replace(wanted, turn=session.turns[0].id, number=99))


# ---- "Klopt niet"


def test_a_report_is_stored_and_thanked_for(desk: Desk, tmp_path: Path) -> None:
    session = Session()
    _asked(desk, session, "Wat kost de FIXbrigade?")
    turn = session.turns[0].id
    form = Reader(desk.report(session, turn, opened=True))
    (field,) = form.all("textarea")
    assert form.all("label", **{"for": field["id"]})
    assert form.all("p", id=field["aria-describedby"])
    screen = desk.remark(session, turn, "Het bedrag is verouderd.")
    assert NL.report_thanks in screen.conversation
    assert screen.announced == NL.report_thanks
    stored = json.loads((tmp_path / FILE_NAME).read_text(encoding="utf-8"))
    assert stored["remark"] == "Het bedrag is verouderd."


def test_a_report_can_be_given_up(desk: Desk) -> None:
    session = Session()
    _asked(desk, session, "Wat kost de FIXbrigade?")
    turn = session.turns[0].id
    desk.report(session, turn, opened=True)
    assert "<textarea" not in desk.report(session, turn, opened=False)


def test_a_report_that_cannot_be_stored_is_told_and_the_form_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    desk = _desk(FakeAssistant(), tmp_path / "file")
    session = Session()
    _asked(desk, session, "Wat kost de FIXbrigade?")
    screen = desk.remark(session, session.turns[0].id, "x")
    assert NL.report_failed in screen.conversation
    assert "<textarea" in screen.conversation


def test_reports_on_turns_that_do_not_exist_change_nothing(desk: Desk, tmp_path: Path) -> None:
    assert desk.report(Session(), "onbekend", opened=True) == ""
    assert desk.remark(Session(), "onbekend", "x") == Screen("")
    assert not (tmp_path / FILE_NAME).exists()


# ---- Text of documents is data


def test_hostile_text_is_shown_as_text_in_the_answer_and_in_the_panel(desk: Desk) -> None:
    session = Session()
    answer = _asked(desk, session, "vreemd").conversation
    panel = desk.read(session, _cited(session, 1))
    for html in (answer, panel):
        page = Reader(html)
        assert {tag for tag, _ in page.tags} <= ALLOWED_TAGS
        assert not page.all("a"), "the address of this source is not one of the web"
        assert not any(
            name.startswith("on") or name in {"src", "srcset", "style"}
            for _, attrs in page.tags
            for name in attrs
        )
        assert "<script>window.hacked = true</script>" in page.text
        assert "![spoor](http://tracker.invalid/pixel.png)" in page.text
        assert "[klik](javascript:window.hacked=true)" in page.text
        assert "${window.hacked=true} en {{value}}" in page.text
        assert "\u202e" not in page.text


def test_a_hostile_question_is_shown_as_text(desk: Desk) -> None:
    page = Reader(
        _asked(desk, Session(), '<img src=x onerror="alert(1)"> "fixbrigade" & \u202eabc').conversation
    )
    assert {tag for tag, _ in page.tags} <= ALLOWED_TAGS
    assert '<img src=x onerror="alert(1)"> "fixbrigade" & abc' in page.text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**vet** en *schuin*", "<strong>vet</strong> en <em>schuin</em>"),
        ("twee\nregels[^2][^3]", "twee regels"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("nul\x00 en \ufeffbom", "nul en bom"),
        ("2 * 3 * 4", "2 * 3 * 4"),
    ],
)
def test_only_emphasis_means_anything(text: str, html: str) -> None:
    assert inline_html(text) == html


def test_plain_text_escapes_for_attributes() -> None:
    assert plain_html("\"<'&") == "&quot;&lt;&#x27;&amp;"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("| a | b |", ["a", "b"]),
        ("| a | b", ["a", "b"]),
        ("a | | c |", ["a", "", "c"]),
        (r"| a \| b | c |[^2]", ["a | b", "c"]),
        ("|", [""]),
    ],
)
def test_a_raw_row_falls_apart_in_cells(row: str, expected: list[str]) -> None:
    assert cells(row) == expected


def test_rows_of_unequal_length_are_filled_up() -> None:
    session = Session()
    answer = FakeAssistant().ask("Wat kost de FIXbrigade?")
    rows = [statement for statement in answer.statements if statement.kind in {"header_row", "row"}]
    said = (rows[0], replace(rows[1], text="| alleen dit"))
    turn = session.begin("x", Filters())
    assert turn
    session.put(replace(turn, answer=replace(answer, statements=said), shown=2, complete=True))
    assert "<td>alleen dit</td><td></td>" in conversation_html(session.turns, NL)


def test_the_header_of_a_table_has_no_button_where_its_rows_have_it(desk: Desk) -> None:
    session = Session()
    asked = _asked(desk, session, "Wat kost de FIXbrigade?").conversation
    (table,) = re.findall(r"<thead>(.*?)</thead><tbody>(.*?)</tbody>", asked)
    head, body = (Reader(part) for part in table)
    assert NL.source_column in head.text
    assert not head.all("button")
    assert body.all("button", **{"data-act": "read"})
    growing = replace(session.turns[0], shown=5, complete=False)
    (early,) = re.findall(r"<thead>(.*?)</thead>", conversation_html([growing], NL))
    assert "<button" not in early, "no button that goes away again"


# ---- The fixed parts


def test_the_page_says_before_the_first_question_that_this_is_an_automatic_system() -> None:
    assert "automatisch systeem (AI)" in disclosure_html(NL)
    assert "automatic system (AI)" in disclosure_html(EN)


def test_the_filters_that_are_on_are_shown_in_words() -> None:
    filters = chosen_filters(["Tilburg"], ["vve-gespikkeld-bezit"], ["onderzoek"], 2019, 0)
    assert filters == Filters(
        {"places": ("Tilburg",), "themes": ("vve-gespikkeld-bezit",), "kind": ("onderzoek",)}, 2019, None
    )
    shown = Reader(active_filters_html(filters, NL))
    assert "Tilburg · VvE's en gespikkeld bezit · Onderzoek · vanaf 2019" in shown.text
    assert shown.all("button", **{"data-act": "clear"})


def test_no_filters_show_nothing() -> None:
    assert chosen_filters([], [], [], 0, 0) == Filters()
    assert chosen_filters([], [], [], 2024, 2022) == Filters({}, 2022, 2024)
    assert active_filters_html(Filters(), NL) == ""
    assert filters_title(Filters(), NL) == "Filters"


def test_the_closed_filters_tell_how_many_are_on() -> None:
    assert (
        filters_title(chosen_filters(["Tilburg", "Utrecht"], ["warmtenet"], [], 2019, 2024), NL)
        == "Filters (5)"
    )
    assert filters_title(chosen_filters([], [], [], 0, 2024), EN) == "Filters (1)"


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (NL, ["Alle plaatsen", "Alle thema's", "Alle soorten"]),
        (EN, ["All places", "All themes", "All kinds"]),
    ],
)
def test_a_filter_in_which_nothing_is_chosen_says_that_it_takes_all(texts: Texts, words: list[str]) -> None:
    (help_,) = Reader(filter_help_html(texts)).all("p")
    assert [help_[f"data-{name}"] for name in ("places", "themes", "kinds")] == words


def test_examples_are_buttons_that_ask_them_and_follow_the_choice(desk: Desk) -> None:
    plain, chosen = desk.examples("", ""), desk.examples("warmtenet", "")
    assert plain != chosen
    assert chosen
    page = Reader(examples_html(chosen, NL))
    assert [attrs["data-question"] for attrs in page.all("button", **{"data-act": "ask"})] == list(chosen)
    assert NL.no_examples in examples_html((), NL)


def test_the_examples_of_a_page_are_in_its_language(desk: Desk) -> None:
    english = replace(desk, texts=EN)
    assert {language_of(each) for each in english.examples("", "") or ()} == {"en"}
    assert {language_of(each) for each in desk.examples("", "") or ()} == {"nl"}


def test_without_an_index_there_are_no_examples_and_no_filter_values(tmp_path: Path) -> None:
    desk = _desk(FakeAssistant(problem=IndexMissingError("x")), tmp_path)
    assert desk.examples("", "") is None
    assert examples_html(None, NL) == ""
    assert desk.facets() is None


@pytest.mark.parametrize("texts", [NL, EN])
def test_every_text_is_there_and_every_theme_kind_and_role_has_a_name(texts: Texts) -> None:
    for field in fields(texts):
        assert getattr(texts, field.name), field.name
    assert set(texts.themes) == set(THEMES)
    assert set(texts.kinds) == set(KINDS)
    assert set(texts.roles) == set(AUDIENCES)


def test_both_languages_fill_the_same_places() -> None:
    for field in fields(Texts):
        nl, en = getattr(NL, field.name), getattr(EN, field.name)
        if isinstance(nl, str):
            assert set(re.findall(r"{\w+}", nl)) == set(re.findall(r"{\w+}", en)), field.name


def test_the_header_leads_to_the_other_language() -> None:
    assert Reader(header_html(NL)).all("a", href="/en/", lang="en")
    assert Reader(header_html(EN)).all("a", href="/", lang="nl")


def test_a_turn_without_an_answer_has_no_buttons_yet() -> None:
    assert "<button" not in conversation_html([Turn("a", "vraag")], NL)


def test_what_the_metadata_say_stands_above_the_statements() -> None:
    answer = FakeAssistant().ask("Wat kost de FIXbrigade?")
    told = "Dit document is van <2022>."
    shown = f"{told}\n\n{citations.markdown(answer.statements)}"
    html = conversation_html([Turn("a", answer.question, answer=replace(answer, text=shown), shown=9)], NL)
    assert html.index("Dit document is van &lt;2022&gt;.") < html.index('class="block"')
    assert "preface" not in conversation_html(
        [
            Turn(
                "a",
                answer.question,
                answer=replace(answer, text=citations.markdown(answer.statements)),
                shown=9,
            )
        ],
        NL,
    )


# ---- The server


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("data")
    desks = [_desk(FakeAssistant(), folder, texts) for texts in (NL, EN)]

    async def build() -> FastAPI:
        return create(desks)

    return TestClient(asyncio.run(build()))


@pytest.mark.parametrize(("path", "language", "name"), [("/", "nl", NL.name), ("/en/", "en", EN.name)])
def test_each_language_has_a_page_in_that_language(
    client: TestClient, path: str, language: str, name: str
) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert re.search(r'<html\s+lang="(\w+)"', page.text)[1] == language  # type: ignore[index]
    assert f"<head><title>{name}</title><style>" in page.text
    assert "raw.githubusercontent" not in page.text, "no picture of elsewhere for those who share the link"


def test_the_address_without_its_last_stroke_leads_on(client: TestClient) -> None:
    assert client.get("/en", follow_redirects=False).headers["location"].endswith("/en/")


def test_every_answer_forbids_the_browser_to_fetch_anything_from_elsewhere(client: TestClient) -> None:
    for path in ("/", "/en/", "/theme.css", "/nowhere"):
        policy = client.get(path).headers.get("content-security-policy", "")
        assert policy.startswith("default-src 'self';"), path
        assert "http" not in policy


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/docs",
        "/monitoring",
        "/gradio_api/runs",
    ],
)
def test_what_the_page_does_not_need_is_closed(client: TestClient, prefix: str, path: str) -> None:
    assert client.get(prefix + path).status_code == 404
    assert client.post(prefix + path).status_code == 404


def test_the_page_offers_no_interface_for_programs(client: TestClient) -> None:
    config = client.get("/config").json()
    assert {dependency["api_visibility"] for dependency in config["dependencies"]} == {"private"}


def test_importing_the_interface_imports_no_model_and_sends_no_statistics() -> None:
    code = (
        "import assistant.ui.server, gradio, sys; from gradio import analytics, component_meta;"
        "print('torch' in sys.modules, component_meta.create_or_modify_pyi.__module__);"
        "print(analytics.analytics_enabled())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "assistant.ui.quick_import", "False"]


# ---- Starting


def test_a_port_in_use_is_told_in_one_sentence() -> None:
    with app.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            BadUseError, match=f"^Port {port} is in use; choose another with ASSISTANT_PORT.$"
        ):
            app.listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no host at all"])
def test_a_host_that_is_not_this_machine_is_told_in_one_sentence(host: str) -> None:
    with pytest.raises(BadUseError, match=f"^{host} .* ASSISTANT_HOST.$"):
        app.listen(host, 0)


def test_who_starts_the_app_reads_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    app.warm(FakeAssistant())
    assert capsys.readouterr() == ("", "")
    with pytest.raises(IndexMissingError):
        app.warm(FakeAssistant(problem=IndexMissingError("There is no index yet.")))
    assert capsys.readouterr() == ("", "There is no index yet.\n")
