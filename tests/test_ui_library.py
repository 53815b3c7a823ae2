"""The library without a browser: what its handlers yield, its form, its list, its inbox, its originals."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.testclient import TestClient

from assistant import documents, underway
from assistant.citations import Chosen, number
from assistant.datatypes import Answer, Entry, Location, Source, Timings
from assistant.documents import Limits, extract
from assistant.errors import (
    AssistantError,
    BadUseError,
    EncoderError,
    IndexBusyError,
    RefusedError,
    UnfinishedError,
)
from assistant.ingesting import ingest
from assistant.library import Library
from assistant.listing import Item
from assistant.passages import split, statements
from assistant.pipeline import Assistant, Reading
from assistant.refusals import sentence
from assistant.reports import FileReport, Report
from assistant.sources import KINDS
from assistant.ui import inbox as inboxes
from assistant.ui import shelf
from assistant.ui.corrections import MAX_CHARACTERS, filled
from assistant.ui.desk import Desk
from assistant.ui.inbox import ADDRESS, KEY_HEADER, Inbox, discard
from assistant.ui.library_desk import LibraryDesk, Shown, Visit, library_desks
from assistant.ui.library_texts import LIBRARY_EN, LIBRARY_NL, LibraryTexts
from assistant.ui.library_view import report_html
from assistant.ui.panel import Wanted, panel_html
from assistant.ui.server import create
from assistant.ui.session import Turn
from assistant.ui.shelf import PER_PAGE, Query
from assistant.ui.texts import EN, NL
from assistant.ui.warmup import WarmUp
from assistant.ui.work import Work
from assistant.underway import Underway
from tests.fakes import FakeAssistant, FakeEncoder, NarrowEncoder
from tests.samples import write_note
from tests.shelves import MINUTES, evaluation_docx, evaluation_pdf, memo_docx
from tests.test_ui import ALLOWED_TAGS, Reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI

    from assistant.datatypes import Extracted

FORM_TAGS = ALLOWED_TAGS | {
    *("details", "fieldset", "h4", "input", "legend", "option", "progress", "select", "summary")
}
FLOWING = {"a", "b", "i", "mark", "span"}
"""Elements inside a line: what is in others stands apart."""


class Page(Reader):
    """A reader that knows that a field has no end, and that paragraphs stand apart."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        self.words.append("" if tag in FLOWING else " ")
        if tag == "input":
            self._open.pop()


@pytest.fixture
def desk(tmp_path: Path) -> LibraryDesk:
    library = Library(tmp_path / "data", NarrowEncoder(), Limits(max_bytes=200_000))
    warm_up = WarmUp(lambda: None)
    return library_desks(library, warm_up, (NL, EN))["nl"]


@pytest.fixture(scope="module")
def read_only(tmp_path_factory: pytest.TempPathFactory) -> LibraryDesk:
    """A library with one report, for tests that change nothing."""
    library = Library(tmp_path_factory.mktemp("data"), NarrowEncoder(), Limits(max_bytes=200_000))
    found = library_desks(library, WarmUp(lambda: None), (NL,))["nl"]
    added(found, rapport_pdf=evaluation_pdf())
    return found


def put(desk: LibraryDesk, batch: str, **files: bytes) -> None:
    """Files as they are when they have been sent; a name is written with `_` for its dot."""
    client = TestClient(_app(desk))
    for name, content in files.items():
        named = {"batch": batch, "name": name.replace("_", "."), "size": str(len(content))}
        sent = client.post(ADDRESS, params=named, content=content, headers={KEY_HEADER: desk.inbox.key})
        assert sent.status_code == 204


def _app(desk: LibraryDesk) -> Any:
    from starlette.applications import Starlette
    from starlette.routing import Route

    return Starlette(routes=[Route(ADDRESS, desk.inbox.receive, methods=["POST"])])


def last(shown: Iterator[Shown]) -> Shown:
    """What the screen shows in the end: of each part the latest."""
    found = Shown()
    for each in shown:
        known = {field.name: getattr(each, field.name) for field in fields(each)}
        found = replace(found, **{name: value for name, value in known.items() if value is not None})
    return found


def added(desk: LibraryDesk, **files: bytes) -> Shown:
    put(desk, "b", **files)
    return last(desk.sent(Visit(), "b"))


# ---- Adding


def test_files_are_taken_in_with_progress_and_a_report(desk: LibraryDesk) -> None:
    put(desk, "b", rapport_pdf=evaluation_pdf(), zelfde_docx=evaluation_docx(), foto_png=b"\x89PNG")
    screens = list(desk.sent(Visit(), "b", lost="weg.pdf"))
    assert NL.library.working["add"] in str(screens[0].work)
    shown = last(iter(screens))
    page = Page(str(shown.work))
    assert "2 geweigerd, 1 dubbel, 1 toegevoegd" in page.text
    assert "foto.png Dit soort bestand (.png)" in page.text
    assert f"weg.pdf {sentence(RefusedError('lost'), 'nl')}" in page.text
    assert "zelfde.docx Dezelfde tekst als ‘Evaluatie buurtwarmte Tilburg’." in page.text
    assert page.all("details", open="")
    assert "2 documenten" in Page(str(shown.listed)).text
    assert shown.said == "2 geweigerd, 1 dubbel, 1 toegevoegd"
    assert list((desk.library.data_dir / "inbox").iterdir()) == []
    assert "Laatste keer inlezen" in str(last(desk.opening(Visit())).work)


def test_a_second_one_is_told_to_wait_and_can_follow_the_first(desk: LibraryDesk, tmp_path: Path) -> None:
    gate = threading.Event()
    job = desk.work.begin("add", lambda progress: gate.wait())
    assert job
    put(desk, "b", memo_docx=memo_docx())
    shown = last(desk.sent(Visit(), "b"))
    assert NL.library.busy in str(shown.work)
    assert NL.library.working["add"] in str(shown.work), "what is being done stays on the screen"
    assert desk.inbox.take("b") == ()
    assert list((desk.library.data_dir / "inbox").iterdir()) == []
    opening = desk.opening(Visit())
    next(opening)
    assert NL.library.working["add"] in str(next(opening).work), "whoever opens the page sees it"
    gate.set()
    assert list(opening)
    assert desk.work.current is None


def test_questions_are_answered_while_documents_are_read_in(desk: LibraryDesk) -> None:
    added(desk, notulen_txt=MINUTES)
    gate = threading.Event()

    class Slow(NarrowEncoder):
        def encode_passages(self, texts: Any) -> Any:
            gate.wait(30)
            return super().encode_passages(texts)

    assistant = Assistant(desk.library.encoder, desk.library.data_dir)
    slow = replace(desk, library=replace(desk.library, encoder=Slow()))
    put(desk, "c", rapport_pdf=evaluation_pdf())
    screens = slow.sent(Visit(), "c")
    next(screens)
    asked = "Wat vroegen de bewoners in café De Ketel?"
    assert not assistant.ask(asked).abstained
    gate.set()
    last(screens)
    assert assistant.facets().places == ("Deventer", "Tilburg"), "and then knows them, without a restart"


def test_nothing_sent_is_told(desk: LibraryDesk) -> None:
    assert NL.library.nothing_sent in str(last(desk.sent(Visit(), "onbekend")).work)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (IndexBusyError("x"), LIBRARY_NL.busy_elsewhere),
        (EncoderError("x"), LIBRARY_NL.broken_encoder),
        (BadUseError("x"), LIBRARY_NL.gone),
        (RefusedError("empty"), "Het bestand is leeg"),
        (UnfinishedError("x"), LIBRARY_NL.unfinished),
        (AssistantError("x"), LIBRARY_NL.broken),
    ],
)
def test_an_error_is_one_dutch_sentence(error: AssistantError, words: str) -> None:
    assert LIBRARY_NL.problem(error).startswith(words)


def test_a_fault_of_ours_is_told_too(desk: LibraryDesk, caplog: pytest.LogCaptureFixture) -> None:
    def broken(progress: object) -> None:
        raise ZeroDivisionError

    job = desk.work.begin("add", broken)
    assert job
    assert job.wait(10)
    assert NL.library.broken in desk._ended(job)
    assert "ZeroDivisionError" in caplog.text


# ---- The inbox


def test_a_file_without_the_key_of_the_page_is_not_taken(desk: LibraryDesk) -> None:
    client = TestClient(_app(desk))
    named = {"batch": "b", "name": "x.pdf", "size": "3"}
    for headers in ({}, {b"x-library-key": b"geraden"}, {b"x-library-key": b"\xe9"}):
        assert client.post(ADDRESS, params=named, content=b"abc", headers=headers).status_code == 403
    assert desk.inbox.take("b") == ()


@pytest.mark.parametrize(
    "named", [{"batch": "b"}, {"name": "x"}, {"batch": "b", "name": "x", "size": "-1"}, {"batch": "b" * 99}]
)
def test_a_request_that_is_not_ours_is_refused(desk: LibraryDesk, named: dict[str, str]) -> None:
    told = {"batch": "b", "name": "x.pdf", "size": "1"} if "batch" in named and len(named) == 1 else {}
    params = {**told, **named} if named.get("batch") == "b" * 99 else named
    client = TestClient(_app(desk))
    sent = client.post(ADDRESS, params=params, content=b"a", headers={KEY_HEADER: desk.inbox.key})
    assert sent.status_code == 400


def test_a_file_that_is_too_large_is_not_kept_but_named(desk: LibraryDesk) -> None:
    client = TestClient(_app(desk))
    named = {"batch": "b", "name": "groot.pdf", "size": "500000"}
    headers = {KEY_HEADER: desk.inbox.key}
    assert client.post(ADDRESS, params=named, content=bytes(300_000), headers=headers).status_code == 204
    (file,) = desk.inbox.take("b")
    assert file.path is None
    assert file.reason
    assert file.reason.code == "too_large"
    folder = desk.library.data_dir / "inbox"
    assert not folder.exists() or list(folder.iterdir()) == []


@pytest.mark.parametrize("told", ["0", "3", "1000"])
def test_of_a_file_no_more_is_taken_than_it_said_to_be(desk: LibraryDesk, told: str) -> None:
    asked: list[int] = []

    def parts() -> Iterator[bytes]:
        for part in range(50):
            asked.append(part)
            yield bytes(100)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": next(coming), "more_body": True}

    coming = parts()
    query = f"batch=b&name=x.pdf&size={told}".encode()
    headers = [(KEY_HEADER.encode(), desk.inbox.key.encode())]
    scope = {"type": "http", "method": "POST", "query_string": query, "headers": headers}
    with pytest.raises(HTTPException) as refused:
        asyncio.run(desk.inbox.receive(Request(scope, receive)))
    assert refused.value.status_code == 400
    assert len(asked) == int(told) // 100 + 1, "what was too much was read on"
    assert desk.inbox.take("b") == ()
    assert list((desk.library.data_dir / "inbox").iterdir()) == []


def test_what_nobody_takes_in_goes(desk: LibraryDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    put(desk, "oud", a_txt=b"a")
    monkeypatch.setattr(inboxes, "KEPT_S", -1.0)
    put(desk, "nieuw", b_txt=b"b")
    assert desk.inbox.take("oud") == ()
    assert len(list((desk.library.data_dir / "inbox").iterdir())) == 1
    Inbox(desk.library.data_dir / "inbox", 1)
    assert not (desk.library.data_dir / "inbox").exists(), "nor is anything left after a restart"


def test_a_batch_has_an_end(desk: LibraryDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "MAX_FILES", 1)
    put(desk, "b", a_txt=b"a", b_txt=b"b")
    kept, refused = desk.inbox.take("b")
    assert kept.path
    assert refused.reason
    assert (refused.name, refused.path, refused.reason.code) == ("b.txt", None, "too_many")
    monkeypatch.setattr(inboxes, "_MAX_NAMES", 1)
    put(desk, "c", a_txt=b"a")
    client = TestClient(_app(desk))
    named = {"batch": "c", "name": "b.txt", "size": "1"}
    sent = client.post(ADDRESS, params=named, content=b"b", headers={KEY_HEADER: desk.inbox.key})
    assert sent.status_code == 429


def test_files_that_are_too_large_together_are_refused_from_there_on(
    desk: LibraryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inboxes, "MAX_BATCH_BYTES", 10)
    put(desk, "b", a_txt=b"12345678", b_txt=b"123", c_txt=b"12")
    shown = last(desk.sent(Visit(), "b"))
    page = Page(str(shown.work))
    assert "1 geweigerd, 2 toegevoegd" in page.text
    assert "b.txt De bestanden zijn samen te groot" in page.text
    assert {path.name for path in (desk.library.data_dir / "uploads").iterdir()} == {"a.txt", "c.txt"}


def test_what_waits_in_all_batches_together_has_an_end(
    desk: LibraryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inboxes, "MAX_BATCH_BYTES", 10)
    put(desk, "a", a_txt=b"123456789")
    put(desk, "b", b_txt=b"123456789")
    put(desk, "c", c_txt=b"123")
    (refused,) = desk.inbox.take("c")
    assert refused.reason
    assert (refused.path, refused.reason.code) == (None, "inbox_full")
    assert "over een uur" in sentence(refused.reason, "nl")
    desk.inbox.discard("a")
    monkeypatch.setattr(inboxes, "MAX_FILES", 1)
    put(desk, "c", c_txt=b"123")
    put(desk, "d", d_txt=b"1")
    (kept,), (refused,) = desk.inbox.take("c"), desk.inbox.take("d")
    assert kept.path
    assert refused.reason
    assert refused.reason.code == "inbox_full"
    discard([kept])


# ---- The list


def _item(place: int, **known: Any) -> Item:
    values: dict[str, Any] = {
        "id": f"d{place}",
        "title": f"Stuk {place:04d}",
        "title_exact": True,
        "publisher": "",
        "authors": (),
        "date": "",
        "url": "",
        "kind": "",
        "places": (),
        "themes": (),
        "workstream": 0,
        "audience": (),
        "language": "nl",
        "questions": (),
        "entries": (Entry("", "", "", ""),),
        "text": "",
        "digest": "",
        "wording": "original",
    }
    passages, copy_of = known.pop("passages", 1), known.pop("copy_of", "")
    return Item(Source(**(values | known)), passages, f"/map/stuk-{place}.pdf", copy_of)


ITEMS = [
    _item(1, title="Één aanpak", publisher="Platform", date="2021-05", places=("Tilburg",), passages=3),
    _item(2, title="Zonder datum", authors=("J. de Vries",), themes=("warmtenet",)),
    _item(3, title="Beleid", date="2023", kind="beleid", places=("Breda",), copy_of="d1", passages=0),
    _item(4, title="Notitie", date="2019", wording="note"),
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), [3, 1, 4, 2]),
        (Query(words="een AANPAK"), [1]),
        (Query(words="vries"), [2]),
        (Query(words="stuk-3.pdf"), [3]),
        (Query(words="niets hiervan"), []),
        (Query(place="Tilburg"), [1]),
        (Query(theme="warmtenet"), [2]),
        (Query(kind="beleid"), [3]),
        (Query(year="2021"), [1]),
        (Query(state="copy"), [3]),
        (Query(state="note"), [4]),
        (Query(state="document"), [1, 2]),
        (Query(order="newest"), [3, 1, 4, 2]),
        (Query(order="oldest"), [4, 1, 3, 2]),
        (Query(order="publisher"), [1, 3, 4, 2]),
        (Query(order="longest"), [1, 4, 2, 3]),
        (Query(page=-5), [3, 1, 4, 2]),
        (Query(page=99), [3, 1, 4, 2]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(query: Query, found: list[int]) -> None:
    assert [int(item.source.id[1:]) for item in shelf.leaf(ITEMS, query).items] == found


def test_options_are_counted() -> None:
    options = shelf.options([*ITEMS, _item(5, places=("Breda",), date="2023-02")])
    assert options.places == (("Breda", 2), ("Tilburg", 1))
    assert options.years == (("2023", 2), ("2021", 1), ("2019", 1))
    assert options.states == (("copy", 1), ("document", 3), ("note", 1))


def test_a_thousand_documents_come_in_pages() -> None:
    items = [_item(place) for place in range(1_000)]
    third = shelf.leaf(items, Query(page=3))
    assert (third.found, third.pages, len(third.items)) == (1_000, 1_000 // PER_PAGE, PER_PAGE)
    assert third.items[0].source.title == f"Stuk {2 * PER_PAGE:04d}"


def test_the_list_on_screen_follows_the_choice(desk: LibraryDesk) -> None:
    assert NL.library.no_documents in str(last(desk.opening(Visit())).listed)
    visit = Visit()
    added(desk, rapport_pdf=evaluation_pdf(), notulen_txt=MINUTES)
    shown = desk.seek(visit, {"words": "notulen", "order": "onzin"})
    assert "1 van 2 documenten" in Page(str(shown.listed)).text
    assert visit.query.order == "title"
    assert NL.library.none_found in str(desk.seek(visit, {"place": "Nergens"}).listed)
    assert "2 documenten" in str(desk.clear_choice(visit).listed)
    assert "2 documenten" in str(desk.leaf(visit, 7).listed)
    tools = Page(str(last(desk.opening(visit)).tools))
    assert {attrs["name"] for attrs in tools.all("select")} == {
        "place",
        "theme",
        "kind",
        "year",
        "state",
        "order",
    }
    for attrs in (*tools.all("select"), *tools.all("input")):
        assert tools.all("label", **{"for": attrs["id"]})


# ---- Correcting


def _opened(desk: LibraryDesk) -> Source:
    added(desk, rapport_pdf=evaluation_pdf())
    return desk.library.document("rapport").source


@pytest.mark.parametrize(
    ("told", "corrected"),
    [
        ({}, {}),
        ({"title": " Nieuwe  titel "}, {"title": "Nieuwe titel"}),
        ({"date": "1-7-2020"}, {"date": "2020-07-01"}),
        ({"date": "7-2020"}, {"date": "2020-07"}),
        ({"date": "2020"}, {"date": "2020"}),
        ({"authors": "A. Jansen\n\nB. de Boer\nA. Jansen"}, {"authors": ["A. Jansen", "B. de Boer"]}),
        ({"places": ""}, {"places": []}),
        ({"right": "places"}, {"places": ["Tilburg"]}),
        ({"right": "title\nonzin"}, {}),
        ({"themes": "warmtenet\nschulden"}, {"themes": ["warmtenet", "schulden"]}),
        ({"language": "en", "kind": "onderzoek"}, {"language": "en", "kind": "onderzoek"}),
    ],
)
def test_a_form_corrects_what_was_changed_or_said_to_be_right(
    told: dict[str, str], corrected: dict[str, Any]
) -> None:
    source = _item(1, title="Verslag", places=("Tilburg",), suggested=("places",)).source
    form = filled(told, source)
    assert form.wrong == ()
    assert form.fields == corrected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "  "),
        ("title", "x" * (MAX_CHARACTERS + 1)),
        ("date", "gisteren"),
        ("date", "31-2-2020"),
        ("url", "javascript:alert(1)"),
        ("url", "www.voorbeeld.nl"),
        ("kind", "roman"),
        ("themes", "voetbal"),
        ("language", "fr"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(
    read_only: LibraryDesk, field: str, value: str
) -> None:
    desk = read_only
    source = desk.library.document("rapport").source
    shown = last(desk.store(Visit(), "rapport", {"publisher": "Nieuwe uitgever", field: value}))
    page = Page(str(shown.detail))
    assert NL.library.wrong_some in page.text
    assert NL.library.wrong[field] in page.text
    assert page.all("input", name="publisher", value="Nieuwe uitgever")
    assert page.all("p", **{"class": "wrong", "id": f"field-{field}-wrong"})
    assert desk.library.document("rapport").source == source


def test_a_correction_is_saved_and_told(desk: LibraryDesk) -> None:
    _opened(desk)
    visit = Visit()
    assert NL.library.unchanged in str(last(desk.store(visit, "rapport", {})).detail)
    shown = last(desk.store(visit, "rapport", {"title": "Andere titel", "right": "places"}))
    assert NL.library.saved in str(shown.detail)
    assert shown.said == NL.library.saved
    assert "Andere titel" in str(shown.listed)
    assert "places" not in desk.library.document("rapport").source.suggested
    assert NL.library.read_same in str(last(desk.reread(visit, "rapport")).detail)


def test_what_was_typed_stays_when_it_cannot_be_saved(desk: LibraryDesk) -> None:
    _opened(desk)
    gate = threading.Event()
    desk.work.begin("add", lambda progress: gate.wait())
    shown = last(desk.store(Visit(), "rapport", {"title": "Andere titel"}))
    gate.set()
    assert NL.library.busy in str(shown.detail)
    assert Page(str(shown.detail)).all("input", name="title", value="Andere titel")


def test_what_was_asked_when_the_app_was_killed_is_done_at_its_start(desk: LibraryDesk) -> None:
    added(desk, memo_docx=memo_docx())
    library = desk.library
    arrived = {}
    desk.inbox._folder.mkdir(exist_ok=True)
    for name in ("notulen.txt", "niet_gevraagd.txt"):
        arrived[name] = desk.inbox._folder.absolute() / name.partition(".")[0]
        arrived[name].write_bytes(MINUTES)
    wanted = {
        "notulen.txt": str(arrived["notulen.txt"]),
        "weg.txt": str(arrived["notulen.txt"].parent / "weg"),
    }
    underway.note(library.data_dir, Underway(sent=wanted))
    warm_up = WarmUp(lambda: None)
    restarted = library_desks(library, warm_up, (NL,))["nl"]
    opening = restarted.opening(Visit())
    next(opening)
    assert NL.library.working["resume"] in str(next(opening).work), "it waits for the model"
    warm_up.start()
    shown = last(opening)
    assert "1 toegevoegd" in str(shown.work)
    assert "1 geweigerd" in str(shown.work), "one that is lost is named"
    assert "2 documenten" in str(shown.listed)
    assert not library.is_interrupted()
    assert not any(path.exists() for path in arrived.values())


def test_what_could_not_be_finished_at_the_start_is_told_and_logged(
    desk: LibraryDesk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.library.data_dir.mkdir(exist_ok=True)
    (desk.library.data_dir / "underway.json").write_text("{", "utf-8")
    warm_up = WarmUp(lambda: None)
    warm_up.start()
    restarted = library_desks(desk.library, warm_up, (NL,))["nl"]
    last(restarted.opening(Visit()))
    for _ in range(2):
        assert NL.library.not_resumed in str(last(restarted.opening(Visit())).work)
    assert "could not be finished: IndexError_" in caplog.text


def test_a_file_that_is_taken_in_while_others_come_counts_as_nothing(desk: LibraryDesk) -> None:
    put(desk, "b", memo_docx=memo_docx())
    for path in desk.inbox._folder.iterdir():
        path.unlink()
    put(desk, "b", notulen_txt=MINUTES)
    assert len(desk.inbox.take("b")) == 2


def test_a_document_that_is_read_well_is_read_again_when_asked(
    desk: LibraryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(desk, notulen_txt=MINUTES)
    words = NL.library
    before = desk.library.latest_report()
    assert words.read_same in str(last(desk.reread(Visit(), "notulen")).detail)
    assert desk.library.latest_report() != before

    def otherwise(reader: object, path: Path) -> Extracted:
        return replace(extract(path), title="Beter gelezen")

    monkeypatch.setattr(documents.Reader, "read", otherwise)
    shown = last(desk.reread(Visit(), "notulen"))
    assert words.read_new in str(shown.detail)
    assert "Beter gelezen" in str(shown.listed)


def test_a_file_that_is_gone_is_told(desk: LibraryDesk) -> None:
    _opened(desk)
    (desk.library.data_dir / "uploads" / "rapport.pdf").unlink()
    assert NL.library.gone in str(last(desk.reread(Visit(), "rapport")).detail)
    for shown in (desk.look("weg"), last(desk.store(Visit(), "weg", {})), last(desk.discard(Visit(), "weg"))):
        assert NL.library.gone in str(shown.detail)


# ---- Removing


def test_removal_is_asked_for_says_what_goes_and_happens(desk: LibraryDesk) -> None:
    _opened(desk)
    asked = Page(str(desk.doubt("rapport").detail))
    assert NL.library.remove_goes in asked.text
    assert NL.library.remove_uploaded in asked.text
    (dialog,) = asked.all("div", role="alertdialog")
    assert asked.all("h3", id=dialog["aria-labelledby"])
    shown = last(desk.discard(Visit(), "rapport"))
    assert shown.detail == ""
    assert shown.said == "‘Evaluatie buurtwarmte Tilburg’ is verwijderd."
    assert NL.library.no_documents in str(shown.listed)


def test_who_removes_a_file_of_a_folder_reads_that_it_comes_back(desk: LibraryDesk, tmp_path: Path) -> None:
    path = write_note(tmp_path / "notes", "wijk")
    library = desk.library
    ingest([tmp_path / "notes"], library.data_dir, library.encoder.identity, lambda: library.encoder)
    page = Page(str(desk.doubt("wijk").detail))
    assert f"Het bestand zelf blijft staan: {path}." in page.text
    assert NL.library.remove_note_goes in page.text
    opened = Page(str(desk.look("wijk").detail))
    assert NL.library.is_note in opened.text
    assert not opened.all("input"), "a note is corrected in its file"


def test_who_removes_a_text_that_stands_in_two_files_reads_that_it_stays(desk: LibraryDesk) -> None:
    added(desk, rapport_pdf=evaluation_pdf(), zelfde_docx=evaluation_docx())
    library = desk.library
    library.correct("zelfde", {"title": "De kopie"}, lambda *_: None)
    stays = NL.library.same_stays.format(other="De kopie")
    assert stays in Page(str(desk.doubt("rapport").detail)).text
    shown = last(desk.discard(Visit(), "rapport"))
    assert stays in str(shown.said)
    assert [(item.source.id, item.copy_of) for item in library.documents()] == [("zelfde", "")]
    assert last(desk.discard(Visit(), "zelfde")).said == "‘De kopie’ is verwijderd."


# ---- Words of documents are data


def test_hostile_names_and_titles_are_shown_as_text(desk: LibraryDesk) -> None:
    hostile = '<img src=x onerror="window.hacked=true">'
    put(desk, "b", rapport_pdf=evaluation_pdf())
    client = TestClient(_app(desk))
    named = {"batch": "b", "name": f"{hostile}.pdf", "size": "1"}
    client.post(ADDRESS, params=named, content=b"x", headers={KEY_HEADER: desk.inbox.key})
    shown = last(desk.sent(Visit(), "b"))
    stored = last(desk.store(Visit(), "rapport", {"title": hostile, "publisher": hostile, "places": hostile}))
    removing = desk.doubt("rapport")
    for html in (
        shown.work,
        stored.detail,
        stored.listed,
        removing.detail,
        last(desk.opening(Visit())).tools,
    ):
        page = Page(str(html))
        assert {tag for tag, _ in page.tags} <= FORM_TAGS
        assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert hostile in Page(str(stored.listed)).text


# ---- The report


def test_a_long_report_is_cut_off_and_what_matters_comes_first() -> None:
    files = (
        *(FileReport(f"/map/{place:03d}.pdf", "unchanged") for place in range(350)),
        FileReport("/map/notitie.md", "refused", faults=("/map/notitie.md:3: kind: is <unknown>",)),
        FileReport("/map/b.pdf", "duplicate", detail="/map/a.pdf"),
    )
    report = Report("2026-11-22T09:00:00+00:00", 1.0, files, ("/map/oud.pdf: gone",))
    page = Page(report_html(report, {"/map/a.pdf": "Het eerste stuk"}, NL, opened=False))
    assert "1 geweigerd, 1 dubbel, 350 ongewijzigd" in page.text
    assert page.text.index("Geweigerd (1)") < page.text.index("Dubbel (1)") < page.text.index("Ongewijzigd")
    assert "3: kind: is <unknown>" in page.text
    assert "‘Het eerste stuk’" in page.text
    assert "En nog 52 bestanden." in page.text
    assert "gone" in page.text
    assert report_html(None, {}, NL, opened=False) == ""


# ---- The panel of a document


def _reading() -> tuple[Reading, Turn]:
    text = "# Verslag\n\n## Kosten\nDe proef kostte 84.300 euro.\n\nDe provincie betaalde de helft.\n"
    half = text.index("De provincie")
    source = replace(
        _item(1, title="Verslag", places=("Tilburg",)).source,
        text=text,
        file="0123/mijn verslag.pdf",
        locations=(Location(0, "page", "6"), Location(half, "page", "7")),
        suggested=("places", "language"),
        entries=(Entry("Verslag", "", "", ""),),
    )
    passage = next(
        each for each in split(source, FakeEncoder().count_tokens) if "kostte" in text[each.start : each.end]
    )
    said, sources = number([Chosen(source, passage, units) for units in statements(passage)])
    answer = Answer("v", "nl", False, "", said, sources, Timings(1, 1, 2))
    copy = replace(source, id="kopie", file="4567/ander.docx")
    reading = Reading(source, passage, None, None, (copy,))
    return reading, Turn("t", "v", answer=answer, shown=9, complete=True)


def test_the_panel_of_a_document_tells_its_page_its_words_and_its_file() -> None:
    reading, turn = _reading()
    place = next(n for n, each in enumerate(turn.answer.statements) if "helft" in each.text)  # type: ignore[union-attr]
    page = Page(panel_html(reading, Wanted(reading.passage.id, "t", 1, place), turn, NL))
    assert "Letterlijk uit Verslag" in page.text
    assert NL.panel_own_words in page.text
    assert "p. 7 Verslag › Kosten" in page.text
    assert "Voorgesteld, niet door iemand nagekeken – plaats: Tilburg; taal: Nederlands." in page.text
    assert "Ook in: ander.docx" in page.text
    assert page.all("a", href=f"/original/d1/{quote('mijn verslag.pdf')}#page=7")
    assert page.all("a", href="/original/kopie/ander.docx")
    assert "Uitgever" not in page.text, "what is not known is not named"
    assert page.all("p", **{"class": "page"}), "where another page begins"


# ---- The server


PAGE = b"<html><body><h1>Blad</h1><p>Een lange regel tekst over warmte in de wijk.</p></body></html>"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    library = Library(tmp_path_factory.mktemp("data"), NarrowEncoder(), Limits(max_bytes=200_000))
    desk = library_desks(library, WarmUp(lambda: None), (NL,))["nl"]
    added(desk, rapport_pdf=evaluation_pdf(), notulen_txt=MINUTES, memo_docx=memo_docx(), blad_html=PAGE)
    assistant = Assistant(library.encoder, library.data_dir)

    async def build() -> FastAPI:
        return create([Desk(assistant, desk.warm_up, library.data_dir, NL, library=desk)])

    return TestClient(asyncio.run(build()))


def test_originals_are_served_and_nothing_in_them_can_run(served: TestClient) -> None:
    pdf = served.get("/original/rapport/rapport.pdf")
    assert pdf.content == evaluation_pdf()
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"].startswith("inline")
    assert served.get("/original/rapport/rapport.pdf", headers={"range": "bytes=0-3"}).content == b"%PDF"
    text = served.get("/original/notulen/notulen.txt")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert "In café De Ketel" in text.text
    for name in ("memo/memo.docx", "blad/blad.html"):
        other = served.get(f"/original/{name}")
        assert other.headers["content-disposition"].startswith("attachment")
        assert other.headers["content-type"] == "application/octet-stream"
    for answer in (pdf, text, other):
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "rapport/memo.docx",
        "rapport/",
        "weg/rapport.pdf",
        "rapport/../../CURRENT",
        "rapport/%2e%2e%2f%2e%2e%2fCURRENT",
        "..%2frapport/rapport.pdf",
    ],
)
def test_only_originals_of_the_index_are_served(served: TestClient, path: str) -> None:
    assert served.get(f"/original/{path}").status_code == 404


def test_with_the_library_there_is_a_tab_and_an_inbox(served: TestClient) -> None:
    config = served.get("/config").text
    assert "tab-library" in config
    assert served.post(ADDRESS).status_code == 403
    assert served.get(ADDRESS).status_code == 404
    assert served.post("/gradio_api/upload").status_code == 404
    assert "libraryUI" in served.get("/").text


def test_without_it_there_is_neither(tmp_path: Path) -> None:
    async def build() -> FastAPI:
        return create([Desk(FakeAssistant(), WarmUp(lambda: None), tmp_path, NL)])

    client = TestClient(asyncio.run(build()))
    assert "tab-library" not in client.get("/config").text
    assert "libraryUI" not in client.get("/").text
    assert client.post(ADDRESS).status_code == 404
    assert client.get("/original/overvecht/x.pdf").status_code == 404


def test_other_sites_may_not_read_the_page(served: TestClient) -> None:
    answer = served.get(
        "/config", headers={"origin": "https://elders.invalid", "host": "assistent.gemeente.nl"}
    )
    assert "access-control-allow-origin" not in answer.headers


# ---- Words


def test_every_word_is_there_in_both_languages() -> None:
    import re

    for field in fields(LibraryTexts):
        nl, en = getattr(LIBRARY_NL, field.name), getattr(LIBRARY_EN, field.name)
        assert nl
        assert en
        if isinstance(nl, str):
            assert set(re.findall(r"{\w+}", nl)) == set(re.findall(r"{\w+}", en)), field.name
        else:
            assert nl.keys() == en.keys(), field.name
    assert set(KINDS) == set(NL.kinds)
    assert Work().current is None
