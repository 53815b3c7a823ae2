"""Pages: the main text without its frame, and what a page says of itself and nothing that is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.documents import extract
from tests.documents.making import LOREM

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.datatypes import Extracted

PAGE = f"""<!DOCTYPE html><html lang="nl"><head><title>Een wijk in beweging | Voorbeeldsite</title>
<meta property="og:site_name" content="Voorbeeldsite"><meta name="author" content="A. de Vries">
<meta property="article:published_time" content="2021-11-23T08:00:00+01:00">
<link rel="canonical" href="https://voorbeeld.example/wijk">
<script>var x = "<p>nee</p>";</script></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/nieuws">Nieuws</a></li></ul></nav>
<div class="cookie-banner">Wij gebruiken cookies om deze site te verbeteren. <button>Accepteer</button></div>
<main><article><h1>Een wijk in beweging</h1><p>{LOREM * 2}</p><h2>Wat helpt<a href="#x">#</a></h2>
<p>Een zin met <code>code</code>, <em>nadruk</em> en<br>een regeleinde. {LOREM}</p>
<ul><li>geduld<ul><li>en nog eens</li></ul></li><li>geld</li></ul>
<table><tr><th>Wijk</th><th>Jaar</th></tr><tr><td>Overvecht</td><td>2018</td></tr></table><p>{LOREM}</p></article></main>
<div class="share-buttons"><a href="https://facebook.example">Deel op Facebook</a></div>
<footer><p>Copyright Voorbeeldsite. Alle rechten voorbehouden.</p></footer></body></html>"""


def read(folder: Path, content: bytes | str, name: str = "pagina.html") -> Extracted:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return extract(path)


def test_the_main_text_stays_and_its_frame_goes(tmp_path: Path) -> None:
    text = read(tmp_path, PAGE).text

    assert "## Wat helpt\n" in text
    assert "Een zin met code, nadruk en een regeleinde." in text
    assert "- geduld\n  - en nog eens\n- geld\n" in text
    assert "| Wijk | Jaar |\n| --- | --- |\n| Overvecht | 2018 |\n" in text
    for gone in ("Home", "cookies", "Facebook", "Copyright", "nee"):
        assert gone not in text


def test_what_the_page_says_of_itself(tmp_path: Path) -> None:
    document = read(tmp_path, PAGE)

    assert (document.title, document.authors) == ("Een wijk in beweging", ("A. de Vries",))
    assert (document.publisher, document.date) == ("Voorbeeldsite", "2021-11-23")
    assert (document.url, document.language) == ("https://voorbeeld.example/wijk", "nl")


def test_what_it_does_not_say_is_empty(tmp_path: Path) -> None:
    text = f"<p>Geplaatst door Jan op 3 mei 2019. {LOREM * 3}</p><p>Copyright 2012 Iemand</p>"
    page = f"<html><body>{text}</body></html>"
    document = read(tmp_path, page)

    assert (document.title, document.authors, document.publisher) == ("", (), "")
    assert (document.date, document.url, document.language) == ("", "", "")


def test_json_ld_and_the_address_a_page_was_saved_from(tmp_path: Path) -> None:
    page = (
        "<!-- saved from url=(0029)https://voorbeeld.example/oud -->\n<html><head><script"
        ' type="application/ld+json">'
        '{"@graph": [{"@type": "NewsArticle", "datePublished": "2020-02-03", "author": [{"name":'
        ' "B. Jansen"}],'
        ' "publisher": {"name": "De Krant"}}]}</script></head><body><p>' + LOREM * 4 + "</p></body></html>"
    )
    document = read(tmp_path, page)

    assert (document.date, document.authors, document.publisher) == ("2020-02-03", ("B. Jansen",), "De Krant")
    assert document.url == "https://voorbeeld.example/oud"


def test_the_encoding_that_a_page_names_is_used(tmp_path: Path) -> None:
    page = (
        f'<html><head><meta charset="iso-8859-1"></head><body><p>Coördinatie. {LOREM * 3}</p></body></html>'
    )

    assert "Coördinatie." in read(tmp_path, page.encode("latin-1")).text


def test_a_page_without_a_main_text_is_read_whole(tmp_path: Path) -> None:
    body = "<h1>Lijst</h1><ul><li>een</li><li>twee</li></ul><div>los <b>woord</b></div>"
    page = f"<html><body>{body}</body></html>"

    assert read(tmp_path, page).text == "# Lijst\n\n- een\n- twee\n\nlos woord\n"


def test_a_page_that_a_browser_saved_in_one_file(tmp_path: Path) -> None:
    mhtml = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location:"
        " https://voorbeeld.example/pagina\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html";'
        ' boundary="x"\r\n\r\n--x\r\nContent-Type: text/html\r\n'
        f"Content-Transfer-Encoding: 8bit\r\n\r\n<html><body><p>{LOREM * 3}</p></body></html>\r\n--x--\r\n"
    )
    document = read(tmp_path, mhtml, "pagina.mhtml")

    assert document.text.strip() == (LOREM * 3).strip()
    assert document.url == "https://voorbeeld.example/pagina"
