"""The page of a room over HTTP: in the phase of the browser's ticket, in the person's language, with nothing to ask."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse

from project.settings import public
from queueing import errors
from queueing.pages import handover, newcomers, words
from tests.queueing.browsers import ORIGIN, Browser
from tests.queueing.lines import Line
from tests.queueing.pages.visitors import ENTRY, FORM, Visitor, shown
from tests.queueing.test_api import finished

pytestmark = pytest.mark.usefixtures("served")


async def page(browser: Browser, path: str = "/rooms/test", **headers: str) -> HttpResponse:
    return await browser.client.get(path, headers=headers)


def handed(answer: HttpResponse) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="page">(.*?)</script>', answer.content.decode())
    assert found
    return dict(json.loads(found[1]))


async def test_newcomer_sees_the_form_and_how_many_wait(line: Line) -> None:
    line.join("a", "b")
    answer = await page(Browser())
    assert answer.status_code == 200
    assert shown(answer) == {"form"}
    assert "2 people are waiting" in answer.content.decode()
    assert (handed(answer)["ticket"], handed(answer)["end"]) == (None, None)
    assert handed(answer)["room"]["slug"] == "test"


async def test_front_of_a_host_with_one_room_is_that_room() -> None:
    assert handed(await page(Browser(), "/"))["room"]["slug"] == "test"


async def test_who_waits_sees_the_place_before_any_script_runs(line: Line) -> None:
    line.join("a")
    browser = Browser()
    await browser.join()
    answer = await page(browser)
    assert shown(answer) == {"waiting"}
    assert '<p class="place-number" id="position">2</p>' in answer.content.decode()
    assert "<title>(2) You are in line" in answer.content.decode()
    assert handed(answer)["ticket"]["position"] == 2
    assert answer["Cache-Control"] == "no-store"


async def test_each_look_at_the_page_is_a_sign_of_life(line: Line) -> None:
    browser = Browser()
    await browser.join()
    line.let_pass(80)
    assert browser.ticket_id not in line.call()
    await page(browser)
    assert browser.ticket_id in line.call()
    assert shown(await page(browser)) == {"serving"}


async def test_arabic_page_runs_right_to_left_but_not_what_comes_from_elsewhere() -> None:
    browser = Browser()
    await browser.join()
    written = (await page(browser, **{"Accept-Language": "ar"})).content.decode()
    assert '<html lang="ar" dir="rtl">' in written
    assert re.search(r"<bdi>[^<]+</bdi>", written)
    assert '<p dir="auto">' in written
    assert 'id="reference" dir="ltr"' in written


async def test_passport_that_is_ready_is_offered_at_once(line: Line) -> None:
    browser = Browser()
    await browser.join()
    await page(browser)
    finished(line, browser)
    answer = await page(browser)
    assert shown(answer) == {"issued"}
    assert 'href="/api/rooms/test/passport" download="passport.pdf"' in answer.content.decode()


async def test_refusal_is_told_with_its_reason(line: Line) -> None:
    browser = Browser()
    await browser.join()
    await page(browser)
    line.call()
    line.finish(browser.ticket_id, line.claim(browser.ticket_id).attempt, "refused", "no_record")
    answer = await page(browser)
    assert shown(answer) == {"ended"}
    assert words.Words("en").get("refused.no_record.title") in answer.content.decode()
    assert handed(answer)["ticket"]["reason"] == "no_record"


async def test_place_that_lapsed_is_told_once_and_its_ticket_let_go(line: Line) -> None:
    browser = Browser()
    await browser.join()
    line.leave(browser.ticket_id)
    answer = await page(browser)
    assert shown(answer) == {"ended"}
    assert handed(answer)["end"] == {"kind": "left"}
    assert answer.cookies["vestibule-test"].value == ""
    assert shown(await page(browser)) == {"form"}


async def test_closed_room_says_why(line: Line) -> None:
    line.publish(state="closed", state_reason="We open at <eight>.")
    answer = await page(Browser())
    assert shown(answer) == {"closed"}
    assert "We open at &lt;eight&gt;." in answer.content.decode()
    assert "<eight>" not in answer.content.decode()
    assert handed(answer)["room"]["state_reason"] == "We open at <eight>."


async def test_ticket_that_is_none_counts_as_none() -> None:
    browser = Browser()
    browser.client.cookies["vestibule-test"] = "forged"
    assert shown(await page(browser)) == {"form"}


async def test_unknown_room_is_a_page_that_says_so() -> None:
    answer = await page(Browser(), "/rooms/other")
    assert (answer.status_code, answer["X-Accel-Expires"]) == (404, "1")
    assert "There is no such waiting room" in answer.content.decode()


async def test_lost_room_is_trouble_that_passes_and_ends_nothing(line: Line) -> None:
    browser = Browser()
    await browser.join()
    line.client.flushall()
    for path in ("/", "/rooms/test"):
        answer = await page(browser, path)
        assert (answer.status_code, answer["Retry-After"]) == (503, str(errors.RoomNotReady.retry_after_s))
        assert not answer.cookies
        assert "it stays yours" in answer.content.decode()


async def test_newcomers_share_one_page_and_nobody_else_gets_it(line: Line) -> None:
    first = await page(Browser(), accept_encoding="gzip")
    assert first["X-Accel-Expires"] == "1"
    assert newcomers.shelf().fresh(("room", "test", "en", "")) is not None
    assert (await page(Browser(), accept_encoding="gzip")).content == first.content
    assert gzip.decompress(first.content) == (await page(Browser())).content
    browser = Browser()
    await browser.join()
    answer = await page(browser)
    assert shown(answer) == {"waiting"}
    assert "X-Accel-Expires" not in answer


async def test_compressed_page_goes_to_nobody_who_refuses_it() -> None:
    answer = await page(Browser(), accept_encoding="gzip;q=0, identity")
    assert "Content-Encoding" not in answer
    assert b"<h1" in answer.content


async def test_language_chosen_by_hand_is_kept_and_the_address_is_plain_again() -> None:
    browser = Browser()
    answer = await page(browser, "/rooms/test?language=en")
    assert (answer.status_code, answer["Location"]) == (303, "/rooms/test")
    assert answer.cookies["language"].value == "en"
    nonsense = await page(Browser(), "/rooms/test?language=<x>")
    assert (nonsense.status_code, nonsense["Location"], len(nonsense.cookies)) == (303, "/rooms/test", 0)


@pytest.mark.parametrize("path", ["/", "/rooms/test", "/rooms/other"])
async def test_who_follows_an_address_with_much_behind_it_is_asked_for_nothing(
    path: str, settings: Any, caplog: Any
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = public.DATA_UPLOAD_MAX_NUMBER_FIELDS
    plain, long = [await page(Browser(), path + query) for query in ("", "?language=de" + "&utm_x=1" * 30)]
    assert (long.status_code, shown(long)) == (plain.status_code, shown(plain))
    assert '<html lang="en"' in long.content.decode()
    assert caplog.records == []


async def test_form_is_taken_wherever_a_language_stands_in_its_address(line: Line) -> None:
    body = urlencode({"step": "join"} | ENTRY)
    sent = {"content_type": FORM, "headers": {"Origin": ORIGIN}}
    answer = await Visitor().client.post("/rooms/test?language=de", body, **sent)
    assert (answer.status_code, "vestibule-test" in answer.cookies) == (303, True)
    assert line.client.zcard(line.keys.waiting) == 1


async def test_scripts_are_handed_every_text_that_no_template_names() -> None:
    told = handed(await page(Browser()))["texts"]
    assert set(told) == set(handover.keys())
    assert {"page.title", "refused.no_record.title", "errors.required", "issued.title"} <= set(told)
    assert "form.title" not in told
    assert "language.name" not in told
