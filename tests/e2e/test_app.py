"""The product in a real browser: real pages, real index, real model."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.steps import ROOT, START_S, Open, ask, free_port, marked, running

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "Welke succesfactoren noemt het onderzoek in Overvecht voor samenwerking tussen afdelingen?"
POINTS = (
    "afdelingen kunnen over en weer over elkaars data beschikken;",
    "leidinggevenden geven steun;",
    "het bestuur geeft een brede opdracht en er is politiek draagvlak;",
    "de afdelingen overleggen regelmatig.",
)


def test_an_officer_asks_gets_the_whole_list_and_sees_where_it_stands(
    app_address: str, open_page: Open, shots: Path
) -> None:
    page = open_page(app_address)
    page.wait_for_timeout(200)
    page.screenshot(path=shots / "start.png")
    turn = ask(page, QUESTION)
    items = turn.locator(".block li")
    for point in POINTS:
        item = items.filter(has_text=point)
        expect(item).to_have_count(1)
        expect(item.locator(".cite")).to_have_count(1)
    items.filter(has_text=POINTS[1]).locator(".cite").click()
    panel = page.locator("#source aside")
    expect(panel).to_contain_text("Onze samenvatting van")
    expect(panel).to_contain_text("Koppel meer opgaven aan aardgasvrij in achterstandswijken")
    expect(panel).to_contain_text("datum onbekend")
    expect(panel.get_by_role("link", name=re.compile("Naar het origineel"))).to_have_attribute(
        "rel", "noopener noreferrer"
    )
    assert marked(page) == [POINTS[1]]
    expect(panel.locator("mark")).to_be_in_viewport()
    page.screenshot(path=shots / "answer.png")


def test_the_status_says_when_the_model_is_ready(app_address: str, open_page: Open) -> None:
    expect(open_page(app_address).locator("#status")).to_contain_text("Klaar", timeout=60_000)


def test_filters_limit_the_answer_are_visible_and_can_be_cleared(app_address: str, open_page: Open) -> None:
    page = open_page(app_address)
    page.locator("#filters > button").click()
    page.get_by_label("Plaats").click()
    page.get_by_label("Plaats").press_sequentially("Tilb")
    page.get_by_role("option", name="Tilburg", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.locator("#active-filters")).to_contain_text("Filters aan: Tilburg")
    turn = ask(page, "Hoe krijg je bewoners mee?")
    expect(turn).to_contain_text("Gezocht met filters: Tilburg")
    page.get_by_role("button", name="Wis filters").click()
    expect(page.locator("#active-filters")).not_to_contain_text("Tilburg")
    expect(ask(page, "Wat doet een FIXbrigade?")).not_to_contain_text("Gezocht met filters")


def test_an_example_is_asked_by_a_click_and_follows_the_choice_of_theme(
    app_address: str, open_page: Open
) -> None:
    page = open_page(app_address)
    examples = page.locator("#examples button")
    expect(examples).to_have_count(6)
    before = examples.all_inner_texts()
    page.get_by_label("Thema").first.click()
    page.get_by_role("option", name="Warmtenetten").click()
    expect(examples.first).not_to_have_text(before[0])
    question = examples.first.inner_text()
    examples.first.click()
    expect(page.locator(".turn .question")).to_contain_text(question)
    expect(page.locator(".turn .sources, .turn .nearest").first).to_be_visible()
    expect(page.locator("#welcome")).to_be_hidden()


def test_without_an_index_the_page_says_what_to_do(open_page: Open, tmp_path: Path) -> None:
    port = free_port()
    with running(["app.py"], port, ASSISTANT_DATA_DIR=str(tmp_path), ASSISTANT_PORT=str(port)) as address:
        page = open_page(address)
        expect(page.locator("#status")).to_contain_text("python ingest.py")
        page.locator("#question textarea").fill(QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator(".turn .problem")).to_contain_text("python ingest.py")
        expect(page.get_by_role("button", name="Probeer opnieuw")).to_be_visible()


def test_a_port_in_use_and_a_bad_setting_are_one_sentence() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        taken = _run(ASSISTANT_PORT=str(port))
    assert (taken.returncode, taken.stdout) == (2, "")
    assert taken.stderr == f"Port {port} is in use; choose another with ASSISTANT_PORT.\n"
    wrong = _run(ASSISTANT_PORT="eighty")
    assert wrong.returncode == 2
    assert wrong.stderr.count("\n") == 1
    elsewhere = _run(ASSISTANT_HOST="192.0.2.1", ASSISTANT_PORT=str(port))
    assert elsewhere.returncode == 2
    assert "192.0.2.1 is not an address of this machine" in elsewhere.stderr


def test_interrupting_ends_the_app_quietly(data_dir: Path) -> None:
    port = free_port()
    environment = os.environ | {"ASSISTANT_DATA_DIR": str(data_dir), "ASSISTANT_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == f"http://127.0.0.1:{port}\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=START_S)
    assert (process.returncode, said) == (0, "")


def test_who_starts_the_app_without_an_index_is_told_in_one_line(tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | {"ASSISTANT_DATA_DIR": str(tmp_path), "ASSISTANT_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline() == f"http://127.0.0.1:{port}\n"
    assert process.stderr.readline() == f"There is no index in {tmp_path} yet; run `python ingest.py`.\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=START_S) == ("", "")
    assert process.returncode == 0


def _run(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=START_S,
    )
