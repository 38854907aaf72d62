"""The passport as a page: for the browser that waited, escaped, kept nowhere, readable without scripts."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse
from django.test import AsyncClient

from queueing import documents
from tests.queueing import handed
from tests.queueing.browsers import Browser
from tests.queueing.lines import Line
from tests.queueing.test_api import finished

pytestmark = pytest.mark.usefixtures("served")

PATH = "/rooms/test/passport"
DOCUMENT = documents.pack(b"%PDF passport", handed.VIEW)


class Outline(HTMLParser):
    """What a reader of the page meets: (tag, attributes), and the text by tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.met: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for met, attributes in self.met if met == tag]


async def read(browser: Browser) -> HttpResponse:
    return await browser.client.get(PATH)


async def issued(line: Line, document: bytes = DOCUMENT) -> Browser:
    browser = Browser()
    await browser.join()
    finished(line, browser, document)
    return browser


async def test_page_and_pdf_are_two_parts_of_one_document(line: Line) -> None:
    browser = await issued(line)
    answer = await read(browser)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")
    assert (await browser.get("passport")).content == b"%PDF passport"
    for word in ("Surname", "الفلسطيني", "AL FALASTINI", "Compare it."):
        assert word in answer.content.decode()


async def test_page_is_kept_nowhere_and_may_load_nothing_from_elsewhere(line: Line) -> None:
    answer = await read(await issued(line))
    assert answer["Cache-Control"] == "no-store"
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    assert policy["style-src"] == "'self'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    page = Outline(answer.content.decode())
    assert not page.all("script")
    assert not [attributes for _tag, attributes in page.met if "style" in attributes]


async def test_only_our_own_pages_may_show_it_in_a_frame_where_nothing_leads_away(line: Line) -> None:
    browser = await issued(line)
    whole = await read(browser)
    assert whole["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in whole["Content-Security-Policy"]
    assert Outline(whole.content.decode()).all("a")
    framed = {"Sec-Fetch-Dest": "iframe"}
    shown = Outline((await browser.client.get(PATH, headers=framed)).content.decode())
    assert shown.all("svg")
    assert not shown.all("a")
    nothing = Outline((await Browser().client.get(PATH, headers=framed)).content.decode())
    assert not nothing.all("a")


async def test_whatever_stands_in_it_is_escaped(line: Line) -> None:
    page = (await read(await issued(line))).content.decode()
    assert "<script" not in page
    assert "<Umlaut>" not in page
    assert "HC1:<X>" not in page
    assert handed.NASTY in Outline(page).text


async def test_page_is_built_for_readers_that_do_not_see_it(line: Line) -> None:
    page = Outline((await read(await issued(line))).content.decode())
    assert [attributes["lang"] for attributes in page.all("html")] == ["en"]
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert len(page.all("h2")) == 1
    assert len(page.all("dt")) == len(page.all("dd")) == 2
    (code,) = page.all("svg")
    assert code["role"] == "img"
    named = {attributes.get("id") for tag, attributes in page.met if tag in ("title", "desc")}
    assert set(str(code["aria-labelledby"]).split()) <= named
    arabic = [attributes for attributes in page.all("span") if attributes.get("lang") == "ar"]
    assert len(arabic) == 4
    assert {attributes["dir"] for attributes in arabic} == {"rtl"}


async def test_code_is_drawn_as_it_was_handed(line: Line) -> None:
    page = (await read(await issued(line))).content.decode()
    drawing = ET.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])  # noqa: S314 ours
    assert drawing.attrib["viewBox"] == "-4 -4 11 11"
    assert drawing[-1].attrib == {"d": handed.VIEW.code.path, "fill": "#000"}


async def test_nobody_else_sees_anything(line: Line) -> None:
    browser = await issued(line)
    other, waiting = Browser(), Browser()
    await waiting.join()
    for stranger in (other, waiting):
        answer = await read(stranger)
        assert answer.status_code == 404
        assert answer["Cache-Control"] == "no-store"
        assert "الفلسطيني" not in answer.content.decode()
    assert (await AsyncClient().get("/rooms/nobody-knows-it/passport")).status_code == 404
    await browser.leave()
    assert (await read(browser)).status_code == 404


async def test_what_has_expired_is_said_to_have_been_there(line: Line) -> None:
    browser = await issued(line)
    line.client.delete(line.keys.outcome(browser.ticket_id))
    answer = await read(browser)
    assert answer.status_code == 410
    assert "no longer here" in answer.content.decode()


async def test_document_without_a_view_has_no_page(line: Line) -> None:
    browser = await issued(line, b"%PDF alone")
    assert (await read(browser)).status_code == 404
    assert (await browser.get("passport")).content == b"%PDF alone"


async def test_page_is_for_reading_only(line: Line) -> None:
    browser = await issued(line)
    answer = await browser.client.post(PATH)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"
