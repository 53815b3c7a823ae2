"""Written answers on screen, without a browser: growing, stopping, marks, the other mode, nothing as HTML."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from assistant.datatypes import Filters
from assistant.errors import EncoderError
from assistant.ui.desk import STEP_S, Desk, Screen
from assistant.ui.frame import disclosure_html, footer_html
from assistant.ui.panel import Wanted
from assistant.ui.render import conversation_html
from assistant.ui.server import create
from assistant.ui.session import Session, Turn
from assistant.ui.texts import EN, NL
from assistant.ui.warmup import WarmUp
from tests.fakes import FAILED, REASON, STOPPED, FakeAssistant, FakeWriter
from tests.test_ui import ALLOWED_TAGS, Reader

if TYPE_CHECKING:
    import threading
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from assistant.datatypes import Answer
    from assistant.ui.session import Mode

QUESTION = "Welke succesfactoren?"
OWN = "In eigen woorden: "
MARKS = ALLOWED_TAGS | {"details", "summary"}


def _desk(folder: Path, assistant: FakeAssistant | None = None) -> Desk:
    warm_up = WarmUp(lambda: None)
    warm_up.start()
    warm_up.wait()
    return Desk(assistant or FakeWriter(), warm_up, folder, NL, pause=lambda _: None)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return _desk(tmp_path)


def _ask(desk: Desk, session: Session, question: str, mode: Mode = "schrijven") -> list[Screen]:
    return list(desk.ask(session, question, Filters(), mode=mode))


def _turn(desk: Desk, session: Session, mode: Mode) -> Screen:
    *_, last = desk.turn_to(session, session.turns[-1].id, mode)
    return last


def _seen(screen: Screen) -> str:
    """The conversation without what is only there to be copied."""
    return re.sub(r' data-text="[^"]*"', "", screen.conversation)


# ---- Growing


def test_a_written_answer_grows_by_a_sentence_and_is_announced_once(tmp_path: Path) -> None:
    pauses: list[float] = []
    desk = replace(_desk(tmp_path), pause=pauses.append)
    first, *grown, last = _ask(desk, Session(), QUESTION)
    assert first.announced == NL.writing
    assert [screen.conversation.count(OWN) for screen in grown] == [1, 2, 3, 4, 5]
    assert all(NL.writing in screen.conversation for screen in grown)
    assert all(screen.growing for screen in grown), "nothing else is said or filled anew"
    assert not first.growing
    assert not last.growing
    assert set(pauses) == {STEP_S}
    assert NL.writing not in last.conversation
    assert last.announced.startswith(f"Antwoord met 1 bronnen: {OWN}Dit helpt")
    assert NL.written_by in last.conversation


def test_buttons_of_a_complete_answer_come_when_it_is_complete(desk: Desk) -> None:
    first, *_, before, last = _ask(desk, Session(), QUESTION)
    assert 'data-act="copy"' not in before.conversation
    assert [each["data-act"] for each in Reader(first.writing).all("button")] == ["turn", "stop"]
    assert 'data-act="copy"' in last.conversation
    assert last.writing == ""


def test_what_is_composed_has_no_stop_button(desk: Desk) -> None:
    assert not any(screen.writing for screen in _ask(desk, Session(), QUESTION, "citaten"))


def test_written_sentences_are_not_grouped_by_note_and_keep_their_citations(desk: Desk) -> None:
    session = Session()
    html = _ask(desk, session, "Wat kost de FIXbrigade?")[-1].conversation
    assert html.count('class="block"') == 1
    assert "whose" not in html
    answer = session.turns[0].answer
    assert answer
    pointed = [attrs for attrs in Reader(html).all("button") if "data-statement" in attrs]
    assert [(int(each["data-statement"]), int(each["data-number"])) for each in pointed] == [
        (place, number) for place, said in enumerate(answer.statements) for number in said.citations
    ]


def test_a_list_stays_a_list(desk: Desk) -> None:
    html = _ask(desk, Session(), f"{QUESTION} lijst")[-1].conversation
    assert len(re.findall(rf"<li>{OWN}", html)) == 5


# ---- What no source says


def test_what_is_not_found_back_stands_apart_with_its_reasons_and_without_a_citation(desk: Desk) -> None:
    html = _ask(desk, Session(), QUESTION)[-1].conversation
    (marked,) = re.findall(r'<details class="unsupported".*?</details>', html)
    page = Reader(marked)
    assert page.text.startswith(f"{NL.unsupported} Zonder deze steun mislukt elk project")
    assert page.text.endswith(REASON.text), "words, also where they look like HTML"
    assert page.all("summary", title=REASON.text), "to be read without opening it"
    assert not page.all("button")
    assert page.all("span", **{"class": "tag"})


def test_on_the_english_page_the_reasons_are_english(tmp_path: Path) -> None:
    html = _ask(replace(_desk(tmp_path), texts=EN), Session(), QUESTION)[-1].conversation
    (marked,) = re.findall(r'<details class="unsupported".*?</details>', html)
    page = Reader(marked)
    assert page.text.endswith(REASON.said("en"))
    assert REASON.said("en") != REASON.text
    assert page.all("ul", lang="en")


def test_what_is_not_found_back_is_not_copied_and_not_announced_as_an_answer(desk: Desk) -> None:
    last = _ask(desk, Session(), QUESTION)[-1]
    (copied,) = Reader(last.conversation).all("button", **{"data-act": "copy"})
    assert OWN in copied["data-text"]
    assert "mislukt elk project" not in copied["data-text"]
    assert "mislukt elk project" not in last.announced
    assert last.announced.endswith(NL.announced_unsupported.format(count=1))


def test_what_a_model_writes_never_becomes_html(desk: Desk) -> None:
    class Hostile(FakeWriter):
        def write(
            self,
            question: str,
            chosen: Filters | None = None,
            history: Sequence[Answer] = (),
            *,
            literal: bool = False,
            cancelled: threading.Event | None = None,
        ) -> Generator[Answer]:
            for answer in super().write(question, chosen, history, literal=literal, cancelled=cancelled):
                yield replace(answer, notice='<img src=x onerror="alert(1)">')

    hostile = replace(desk, assistant=Hostile())
    last = _ask(hostile, Session(), "vreemd")[-1]
    for html in (last.conversation, last.announced):
        page = Reader(html)
        assert {tag for tag, _ in page.tags} <= MARKS
        assert not [attrs for _, attrs in page.tags if any(name.startswith("on") for name in attrs)]
        assert not [attrs for _, attrs in page.tags if "tracker" in attrs.get("href", "")]
        assert not page.all("a", href="javascript:window.hacked=true")


# ---- What a sentence rests on


def test_a_citation_tells_the_exact_words_and_whose_they_are(desk: Desk) -> None:
    html = _ask(desk, Session(), QUESTION)[-1].conversation
    titles = [each["title"] for each in Reader(html).all("button", **{"data-statement": "3"})]
    assert titles == [
        "Bron 1: Over Morgen, datum onbekend. Open de passage.\n\nOnze samenvatting van:\n"
        "leidinggevenden geven steun;"
    ]
    assert "Onze samenvatting van" not in titles[0].partition("\n")[0]


def test_a_citation_of_quoted_words_does_not_repeat_them(desk: Desk) -> None:
    html = _ask(desk, Session(), QUESTION, "citaten")[-1].conversation
    assert all("\n" not in each["title"] for each in Reader(html).all("button", **{"data-act": "read"}))


def test_the_panel_highlights_what_a_written_sentence_rests_on(desk: Desk) -> None:
    session = Session()
    _ask(desk, session, QUESTION)
    html = desk.read(session, Wanted(turn=session.turns[0].id, number=1, statement=3))
    assert re.findall(r"<mark>(.*?)</mark>", html) == ["leidinggevenden geven steun;"]
    assert NL.panel_rests_on in html
    assert NL.panel_highlighted not in html


def test_what_a_model_wrote_from_a_document_is_not_called_its_words() -> None:
    answer = list(FakeWriter().write(QUESTION))[-1]
    answer = replace(answer, sources=tuple(replace(each, wording="original") for each in answer.sources))
    turn = Turn("a", QUESTION, answer=answer, shown=9, complete=True)
    sources = conversation_html([turn], NL).partition('class="sources"')[2].partition("</section>")[0]
    assert "Op basis van:" in sources
    assert "Letterlijk" not in sources
    quoted = replace(answer, mode="citaten", statements=answer.statements[:1])
    assert "Letterlijk uit:" in conversation_html([replace(turn, answer=quoted)], NL)


# ---- When it fails, or is stopped


def test_a_partial_answer_gives_way_to_the_quotes_with_one_line_that_says_why(desk: Desk) -> None:
    *_, before, last = _ask(desk, Session(), "FIXbrigade mislukt")
    assert OWN in before.conversation
    assert OWN not in last.conversation
    assert _seen(last).count(FAILED) == 1
    assert _seen(last).index(FAILED) < _seen(last).index("400.000 euro")
    assert last.announced.startswith(FAILED)
    assert NL.written_by not in last.conversation
    assert 'data-mode="schrijven"' in last.conversation, "it can be tried again"


def test_an_error_while_writing_is_one_sentence(desk: Desk) -> None:
    class Broken(FakeWriter):
        def ask(
            self,
            question: str,
            chosen: Filters | None = None,
            history: Sequence[Answer] = (),
            *,
            literal: bool = False,
        ) -> Answer:
            raise EncoderError("x")

    broken = replace(desk, assistant=Broken())
    last = _ask(broken, Session(), QUESTION)[-1]
    assert NL.broken_encoder in last.conversation
    assert last.writing == ""


def test_to_stop_keeps_what_was_checked_and_says_so(tmp_path: Path) -> None:
    ended: list[str] = []
    desk, session = _desk(tmp_path, FakeWriter(ended.append)), Session()
    screens = desk.ask(session, f"{QUESTION} traag", Filters(), mode="schrijven")
    shown = [next(screens) for _ in range(3)]
    assert shown[-1].conversation.count(OWN) == 2
    assert desk.stop(session) == "", "the button is gone at once"
    *_, last = screens
    assert _seen(last).count(OWN) == 2
    assert _seen(last).count(STOPPED) == 1
    assert ended == ["stopped"]


@pytest.mark.parametrize("leaving", ["leave", "clear"])
def test_nothing_is_written_for_who_is_gone_or_begins_anew(tmp_path: Path, leaving: str) -> None:
    ended: list[str] = []
    desk, session = _desk(tmp_path, FakeWriter(ended.append)), Session()
    screens = desk.ask(session, f"{QUESTION} traag", Filters(), mode="schrijven")
    for _ in range(3):
        next(screens)
    getattr(desk, leaving)(session)
    rest = list(screens)
    assert ended in (["stopped"], ["closed"])
    assert bool(rest) == (leaving == "leave"), "of a conversation that is gone nothing is shown"


def test_to_close_the_screen_ends_the_writing(tmp_path: Path) -> None:
    ended: list[str] = []
    desk = _desk(tmp_path, FakeWriter(ended.append))
    screens = desk.ask(Session(), QUESTION, Filters(), mode="schrijven")
    for _ in range(3):
        next(screens)
    screens.close()  # type: ignore[attr-defined]
    assert ended == ["closed"]


# ---- The other mode


def test_each_answer_is_one_click_from_the_other_and_back(desk: Desk) -> None:
    session = Session()
    written = _ask(desk, session, QUESTION)[-1].conversation
    assert re.findall(r'data-act="turn"[^>]*>([^<]*)<', written) == [NL.to_quotes]
    quotes = _turn(desk, session, "citaten")
    assert OWN not in quotes.conversation
    assert "leidinggevenden geven steun;" in quotes.conversation
    assert quotes.announced.startswith("Antwoord met 1 bronnen: Dit helpt")
    assert re.findall(r'data-act="turn"[^>]*>([^<]*)<', quotes.conversation) == [NL.to_written]
    assert len(session.turns) == 1, "in its place"


def test_what_was_written_is_not_written_again(tmp_path: Path) -> None:
    ended: list[str] = []
    desk, session = _desk(tmp_path, FakeWriter(ended.append)), Session()
    written = _ask(desk, session, QUESTION)[-1]
    _turn(desk, session, "citaten")
    assert _turn(desk, session, "schrijven").conversation == written.conversation
    assert ended == ["written"]


def test_quotes_are_shown_at_once_while_the_model_still_writes(tmp_path: Path) -> None:
    ended: list[str] = []
    desk, session = _desk(tmp_path, FakeWriter(ended.append)), Session()
    screens = desk.ask(session, f"{QUESTION} traag", Filters(), mode="schrijven")
    first, *_ = [next(screens) for _ in range(3)]
    assert 'data-mode="citaten"' in first.writing
    quotes = _turn(desk, session, "citaten")
    assert OWN not in quotes.conversation
    assert quotes.writing == ""
    assert list(screens) == [], "what comes late is not shown any more"
    assert ended in (["stopped"], ["closed"])
    assert session.turns[0].complete


def test_a_double_click_turns_once(desk: Desk) -> None:
    session = Session()
    _ask(desk, session, QUESTION)
    _turn(desk, session, "citaten")
    assert OWN not in _turn(desk, session, "citaten").conversation
    (screen,) = desk.turn_to(session, "nowhere", "citaten")
    assert screen.conversation == conversation_html(session.turns, NL)


def test_where_there_is_nothing_to_write_that_is_said_and_not_offered(desk: Desk) -> None:
    session = Session()
    html = _ask(desk, session, "FIXbrigade overzicht")[-1].conversation
    assert NL.unwritten in html
    assert 'data-act="turn"' not in html
    abstained = _ask(desk, session, "Wat is de hoofdstad van Peru?")[-1].conversation
    assert 'data-act="turn"' not in abstained
    assert abstained.count(NL.unwritten) == 1, "only at the first"


def test_the_answer_in_the_other_mode_has_the_same_conversation_before_it(tmp_path: Path) -> None:
    desk, session = _desk(tmp_path), Session()
    _ask(desk, session, "Wat kost de FIXbrigade?")
    _ask(desk, session, "Welke succesfactoren waren daar?")
    assert "Opgevat als" in _turn(desk, session, "citaten").conversation


# ---- With and without a model


def test_without_a_model_nothing_of_this_is_on_the_page(tmp_path: Path) -> None:
    desk = _desk(tmp_path, FakeAssistant())
    (html,) = {screen.conversation for screen in list(desk.ask(Session(), QUESTION, Filters()))[-1:]}
    assert 'data-act="turn"' not in html
    told = disclosure_html(NL) + footer_html(NL)
    assert NL.disclosure_writes not in told
    assert "taalmodel" not in told
    assert "Schrijven" not in _config(desk)


def test_with_a_model_the_page_has_the_switch_and_tells_where_questions_go(desk: Desk) -> None:
    page = _config(desk)
    assert "Schrijven" in page
    told = disclosure_html(EN, writes=True) + footer_html(EN, writes=True)
    assert "A written answer comes from a language model (AI)" in told
    assert "go to the language model that the administrator chose" in told
    assert EN.footer not in told, "it says that questions go nowhere"


def _config(desk: Desk) -> str:
    async def build() -> TestClient:
        return TestClient(create([desk]))

    return asyncio.run(build()).get("/config").text


def test_questions_are_in_their_own_language(desk: Desk) -> None:
    answer = replace(
        FakeAssistant().ask(QUESTION), follow_ups=("What did it cost?", "Wat waren de knelpunten daar?")
    )
    html = conversation_html([Turn("a", QUESTION, answer=answer, shown=9, complete=True)], NL)
    assert re.findall(r'<li lang="(\w+)"><button[^>]*class="suggestion"', html) == ["en", "nl"]


def test_small_talk_is_answered_in_its_own_words_without_a_list() -> None:
    answer = replace(FakeAssistant().ask("Hi"), text="Hello! <b>Ask</b> away.", language="en", nearest=())
    turn = Turn("a", "Hi", Filters({"places": ("Tilburg",)}), answer=answer, complete=True)
    html = conversation_html([turn], NL)
    assert '<p class="preface" lang="en">Hello! &lt;b&gt;Ask&lt;/b&gt; away.</p>' in html
    assert "nearest" not in html
    assert NL.without_filters not in html
