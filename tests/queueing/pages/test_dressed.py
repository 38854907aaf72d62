"""The page of a room that has a look, words and languages of its own."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from queueing import logos, settings_hash, vouching, web
from queueing.pages import policy
from queueing.room import WaitingRoom
from queueing.settings import RoomSettings
from tests.queueing.browsers import Browser
from tests.queueing.lines import TIER_KEY, Line
from tests.queueing.test_logos import SVG

pytestmark = pytest.mark.usefixtures("served")

COLOURS = {"accent": "#1d3f8a", "paper": "#eef3fb", "accent_dark": "#9db8ff", "paper_dark": "#0d1426"}
HOSTILE = "</style><script>alert(1)</script>"


async def page(browser: Browser | None = None, query: str = "", **headers: str) -> HttpResponse:
    return await (browser or Browser()).client.get(f"/rooms/test{query}", headers=headers)


def styles(answer: HttpResponse) -> list[str]:
    return re.findall(r"<style>(.*?)</style>", answer.content.decode(), re.DOTALL)


def handed(answer: HttpResponse) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="page">(.*?)</script>', answer.content.decode())
    assert found
    return dict(json.loads(found[1]))


async def test_usual_look_needs_no_style_in_the_page_and_no_wider_policy() -> None:
    answer = await page()
    assert styles(answer) == []
    assert "style-src 'self';" in answer["Content-Security-Policy"]
    assert "<img" not in answer.content.decode().partition("<main")[0]


@pytest.mark.parametrize("waiting", [False, True])
async def test_colours_stand_in_the_page_and_its_policy_allows_exactly_them(line: Line, waiting: bool) -> None:
    line.publish(**COLOURS, version=1)
    browser = Browser()
    if waiting:
        await browser.join()
    answer = await page(browser)
    [style] = styles(answer)
    assert "--accent:#1d3f8a" in style and "--paper:#0d1426" in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}';" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Content-Security-Policy"].replace(f" 'sha256-{digest}'", "").count("style-src 'self';") == 1
    assert policy.content().split(";")[-1] in answer["Content-Security-Policy"]


async def test_logo_stands_before_the_title_with_its_room_kept(line: Line) -> None:
    line.publish(logo=logos.to_uri(SVG), logo_alt='Office "of" health', version=1)
    head = (await page()).content.decode().partition("<main")[0]
    name = logos.read(line.settings.logo).file_name
    assert f'<img class="logo" src="/rooms/test/{name}" alt="Office &quot;of&quot; health"' in head
    assert 'width="120" height="40"' in head


async def test_own_words_stand_where_ours_would_in_their_language_alone(line: Line) -> None:
    own = {"form.title": "Get your card", "room.title": "Cards", "form.wait": "It takes {wait}."}
    line.publish(texts={"en": own}, version=1)
    english = await page(accept_language="en")
    assert '<h1 tabindex="-1">Get your card</h1>' in english.content.decode()
    assert "<title>Get your card – Cards</title>" in english.content.decode()
    assert handed(english)["texts"]["form.wait"] == "It takes {wait}."
    assert handed(english)["room"]["title"] == "Cards"
    german = await page(accept_language="de")
    assert "card" not in german.content.decode().lower()
    assert handed(german)["room"]["title"] == line.settings.title


async def test_words_that_were_taken_back_are_ours_again(line: Line) -> None:
    line.publish(texts={"en": {"form.wait": "It takes {wait}."}}, version=1)
    await page(accept_language="en")
    line.publish(texts={}, version=2)
    await web.hub().rooms.refresh("test")
    browser = Browser()
    await browser.join()
    assert handed(await page(browser, accept_language="en"))["texts"]["form.wait"] != "It takes {wait}."


async def test_words_are_text_and_never_markup(line: Line) -> None:
    own = {"form.title": HOSTILE, "room.title": HOSTILE, "form.wait": HOSTILE + "{wait}"}
    line.publish(texts={"en": own}, title=HOSTILE, logo_alt=HOSTILE, version=1)
    assert "<script>alert" not in (await page(accept_language="en")).content.decode()


async def test_room_offers_the_languages_it_has_chosen_its_first_by_default(line: Line) -> None:
    line.publish(languages=("de", "xx", "en"), version=1)
    text = (await page(accept_language="pl")).content.decode()
    assert '<html lang="de"' in text
    assert re.findall(r"\?language=(\w+)", text) == ["de", "en"]
    assert '<html lang="en"' in (await page(accept_language="en")).content.decode()
    line.publish(languages=("xx",), version=2)
    await web.hub().rooms.refresh("test")
    browser = Browser()
    await browser.join()
    assert '<html lang="pl"' in (await page(browser, accept_language="pl")).content.decode()


async def test_closed_room_says_when_it_opens_and_looks_again_then(line: Line) -> None:
    opens_at = timezone.now() + datetime.timedelta(hours=3, seconds=10)
    line.publish(state="closed", opens_at=opens_at, version=1)
    answer = await page(accept_language="en")
    text = answer.content.decode()
    assert f"It opens on {opens_at:%A}, {opens_at:%B} {opens_at.day}, {opens_at:%Y} at " in text
    assert "That is in 3 hours." in text
    assert '<p id="opens-some-time" hidden>' in text
    assert handed(answer)["room"]["opens_at"] == f"{opens_at:%Y-%m-%dT%H:%M:%SZ}"
    assert '<meta name="again" content="60;url=/rooms/test">' in text


@pytest.mark.parametrize(("in_s", "least", "most"), [(20, 22, 29), (-5, 3, 8)])
async def test_page_without_scripts_looks_again_a_few_seconds_after_the_opening(
    line: Line, in_s: int, least: int, most: int
) -> None:
    line.publish(state="closed", opens_at=timezone.now() + datetime.timedelta(seconds=in_s), version=1)
    found = re.search(r'name="again" content="(\d+);', (await page()).content.decode())
    assert found
    assert least <= int(found[1]) <= most


async def test_closed_room_that_knows_no_time_says_that_it_looks_again(line: Line) -> None:
    line.publish(state="closed", version=1)
    text = (await page()).content.decode()
    assert '<div class="notice" id="opening" hidden>' in text
    assert '<p id="opens-some-time">' in text


async def test_list_of_rooms_names_them_in_the_language_of_the_page(line: Line) -> None:
    line.publish(title="Cards", texts={"de": {"room.title": "Ausweise"}}, version=1)
    other = WaitingRoom("other")
    fields = settings_hash.of(RoomSettings(slug="other"))
    line.store.run(other.publish(RoomSettings(slug="other"), False, vouching.sign_settings(TIER_KEY, "other", fields)))
    line.client.sadd("rooms", "other")
    for language, title in (("de", "Ausweise"), ("en", "Cards")):
        answer = await Browser().client.get("/", headers={"Accept-Language": language})
        assert f'<a href="/rooms/test"><bdi>{title}</bdi></a>' in answer.content.decode()
