from __future__ import annotations

import json

import pytest
from django.test import AsyncClient

from queueing import sealing, web
from tests.queueing.browsers import DETAILS, ORIGIN, Browser
from tests.queueing.lines import Line

pytestmark = pytest.mark.usefixtures("served")


def finished(line: Line, browser: Browser, document: bytes = b"%PDF passport") -> None:
    """The browser's ticket is called and ends with this document, as a worker would end it."""
    ticket = browser.ticket_id
    assert ticket in line.call()
    reply_key = sealing.from_text(browser.client.cookies["vestibule-test"].value.split(".")[6])
    locked = sealing.lock(reply_key, "test", ticket, document)
    assert line.finish(ticket, line.claim(ticket).attempt, "issued", document=locked)


async def test_joining_gives_a_place_and_a_cookie_that_scripts_cannot_read() -> None:
    browser = Browser()
    answer = await browser.join()
    state = json.loads(answer.content)
    assert answer.status_code == 201
    assert (state["state"], state["position"], state["paused"]) == ("waiting", 1, None)
    cookie = answer.cookies["vestibule-test"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] > 86_400 and cookie["path"] == "/"
    assert len(cookie.OutputString()) <= 3_500
    assert answer["Cache-Control"] == "no-store"


async def test_secure_cookies_are_bound_to_their_host(settings: object) -> None:
    settings.SECURE_COOKIES = True  # type: ignore[attr-defined]
    answer = await Browser().join()
    cookie = answer.cookies["__Host-vestibule-test"]
    assert cookie["secure"] and cookie["path"] == "/" and not cookie["domain"]


async def test_repeated_post_finds_the_same_ticket_without_a_cookie(line: Line) -> None:
    key = "k" * 22
    first, second = Browser(), Browser()
    one, two = await first.join(key), await second.join(key)
    assert (one.status_code, two.status_code) == (201, 200)
    assert json.loads(one.content)["reference"] == json.loads(two.content)["reference"]
    assert first.ticket_id == second.ticket_id
    assert line.client.zcard(line.keys.waiting) == 1


async def test_browser_that_waits_keeps_its_place_for_the_same_details_and_is_asked_for_others(line: Line) -> None:
    browser = Browser()
    await browser.join()
    assert (await browser.join()).status_code == 200
    other = await browser.join(body=DETAILS | {"given_names": "Ada"})
    assert other.status_code == 409
    assert line.client.zcard(line.keys.waiting) == 1


async def test_browser_gives_up_its_place_for_other_details_once_these_have_one(line: Line) -> None:
    browser = Browser()
    await browser.join()
    before = browser.ticket_id
    other = DETAILS | {"given_names": "Ada"}
    line.publish(state="closed")
    assert (await browser.join(body=other, query="?replace=true")).status_code == 503
    assert line.look(before).in_line
    line.publish(state="open")
    assert (await browser.join(body=other, query="?replace=true")).status_code == 201
    assert line.look(before).state == "left"
    assert line.look(browser.ticket_id).in_line


async def test_after_a_refusal_a_post_makes_a_new_ticket(line: Line) -> None:
    browser = Browser()
    await browser.join()
    before = browser.ticket_id
    line.call()
    line.finish(before, line.claim(before).attempt, "refused", "no_record")
    assert (await browser.join()).status_code == 201
    assert browser.ticket_id != before


async def test_passport_is_found_again_by_the_same_details_and_left_behind_by_others(line: Line) -> None:
    browser = Browser()
    await browser.join()
    before = browser.ticket_id
    finished(line, browser)
    again = await browser.join()
    assert (again.status_code, json.loads(again.content)["state"]) == (200, "issued")
    assert browser.ticket_id == before
    assert (await browser.join(body=DETAILS | {"given_names": "Ada"})).status_code == 201


async def test_form_without_scripts_is_answered_with_the_page() -> None:
    client = AsyncClient()
    answer = await client.post(
        "/api/rooms/test/tickets",
        "given_names=Ieva+Dzidra&family_name=Ozoli%C5%86a&date_of_birth=1969-03-12&document_number=XX7720646",
        content_type="application/x-www-form-urlencoded",
        headers={"Origin": ORIGIN},
    )
    assert (answer.status_code, answer["Location"]) == (303, "/rooms/test")
    assert "vestibule-test" in answer.cookies


async def test_wrong_fields_are_named_with_messages_and_codes() -> None:
    answer = await Browser().join(body=DETAILS | {"given_names": "", "date_of_birth": "2999-01-01"})
    problem = json.loads(answer.content)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["error_codes"] == {"given_names": ["required"], "date_of_birth": ["in_future"]}
    assert set(problem["errors"]) == {"given_names", "date_of_birth"}
    assert "vestibule-test" not in answer.cookies


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 10_000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b"", "application/json", 422),
        (b"<x/>", "text/xml", 415),
        (b"x", "multipart/form-data; boundary=x", 415),
    ],
)
async def test_bodies_that_are_no_form_are_refused(body: bytes, content_type: str, status: int) -> None:
    answer = await AsyncClient().post("/api/rooms/test/tickets", body, content_type=content_type)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


async def test_foreign_pages_may_neither_join_nor_leave() -> None:
    browser = Browser()
    for origin in ("https://evil.example", "null"):
        assert (await browser.join(Origin=origin)).status_code == 403
    await browser.join()
    assert (await browser.leave(origin="https://evil.example")).status_code == 403
    assert (await browser.get("ticket")).status_code == 200


@pytest.mark.parametrize("key", ["short", "x" * 201])
async def test_idempotency_keys_that_cannot_be_unique_are_refused(key: str) -> None:
    assert (await Browser().join(key)).status_code == 400


async def test_unknown_rooms_do_not_exist() -> None:
    for room in ("other", "Not-A-Slug", "x" * 50):
        browser = Browser(room)
        assert (await browser.join()).status_code == 404
        for what in ("ticket", "passport"):
            assert (await browser.get(what)).status_code == 404
        assert (await AsyncClient().get(f"/api/rooms/{room}")).status_code == 404


async def test_room_that_has_just_closed_says_why_at_once(line: Line) -> None:
    browser = Browser()
    assert (await browser.client.get("/api/rooms/test")).json()["state"] == "open"
    line.publish(state="closed", state_reason="We open at eight.")
    assert (await browser.join()).status_code == 503
    assert (await browser.client.get("/api/rooms/test")).json()["state_reason"] == "We open at eight."


async def test_closed_room_says_so_and_when_to_come_back(line: Line) -> None:
    line.publish(state="closed", state_reason="We open at eight.")
    answer = await Browser().join()
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    shown = json.loads((await AsyncClient().get("/api/rooms/test")).content)
    assert (shown["state"], shown["state_reason"]) == ("closed", "We open at eight.")


async def test_room_whose_state_is_lost_ends_nothing(line: Line) -> None:
    browser = Browser()
    await browser.join()
    line.client.delete(line.keys.incarnation)
    answer = await Browser().join()
    assert answer.status_code == 503 and int(answer["Retry-After"]) > 0


async def test_redis_that_lost_everything_makes_no_room_unknown(line: Line) -> None:
    browser = Browser()
    await browser.join()
    line.client.flushall()
    web.hub().rooms._seen.clear()
    for answer in (await browser.get("ticket"), await browser.join(), await AsyncClient().get("/api/rooms/test")):
        assert (answer.status_code, "Retry-After" in answer) == (503, True)
        assert "vestibule-test" not in answer.cookies


async def test_wrong_methods_are_problems_too(line: Line) -> None:
    answer = await AsyncClient().put("/api/rooms/test/ticket")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert "GET" in answer["Allow"]


async def test_too_many_joins_from_one_address_are_asked_to_wait_but_never_those_in_line(settings: object) -> None:
    settings.JOINS_PER_ADDRESS_PER_MIN = 2  # type: ignore[attr-defined]
    settings.TRUSTED_PROXIES = []  # type: ignore[attr-defined]
    first = Browser()
    assert (await first.join()).status_code == 201
    assert (await Browser().join()).status_code == 201
    crowded = await Browser().join(**{"X-Forwarded-For": "198.51.100.7"})
    assert crowded.status_code == 429 and int(crowded["Retry-After"]) > 0
    assert (await first.join()).status_code == 200
    assert (await first.get("ticket")).status_code == 200


async def test_no_ticket_no_state() -> None:
    assert (await Browser().get("ticket")).status_code == 401
    forged = Browser()
    forged.client.cookies["vestibule-test"] = "1.test.x.1.y.2.z.z.z:forged"
    assert (await forged.get("ticket")).status_code == 401
    assert (await forged.leave()).status_code == 401
    assert (await forged.get("passport")).status_code == 404


async def test_polling_is_a_sign_of_life(line: Line) -> None:
    browser = Browser()
    await browser.join()
    line.let_pass(16)
    line.advance(may_call=0)
    assert line.where(browser.ticket_id) == {"waiting", "away"}
    assert (await browser.get("ticket")).status_code == 200
    assert line.where(browser.ticket_id) == {"waiting", "present"}


async def test_whoever_leaves_is_gone_at_once(line: Line) -> None:
    browser = Browser()
    await browser.join()
    ticket = browser.ticket_id
    saved = browser.client.cookies["vestibule-test"].value
    answer = await browser.leave()
    assert answer.status_code == 204
    assert answer.cookies["vestibule-test"]["max-age"] == 0
    assert line.where(ticket) == {"outcome"}
    browser.client.cookies["vestibule-test"] = saved
    gone = await browser.get("ticket")
    assert gone.status_code == 410 and json.loads(gone.content)["reason"] == "left"
    assert gone.cookies["vestibule-test"]["max-age"] == 0


async def test_ticket_of_an_ended_line_is_gone_but_no_passport_is(line: Line) -> None:
    done = Browser()
    await done.join(body=DETAILS | {"given_names": "Ada"})
    finished(line, done)
    browser = Browser()
    await browser.join()
    line.publish(epoch=2)
    line.advance(may_call=0)
    gone = await browser.get("ticket")
    assert (gone.status_code, json.loads(gone.content)["reason"]) == (410, "line_ended")
    assert (await browser.join()).status_code == 201
    assert (await done.get("passport")).status_code == 200


async def test_passport_is_for_the_browser_that_waited(line: Line) -> None:
    browser = Browser()
    await browser.join()
    assert (await browser.get("passport")).status_code == 404
    finished(line, browser)
    answer = await browser.get("passport")
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "application/pdf", b"%PDF passport")
    assert answer["Cache-Control"] == "no-store"
    assert "Ozoli" not in answer["Content-Disposition"]
    assert (await Browser().get("passport")).status_code == 404
    state = json.loads((await browser.get("ticket")).content)
    assert state["state"] == "issued" and state["expires_at"].endswith("Z")


async def test_passport_of_another_ticket_does_not_open(line: Line) -> None:
    one, two = Browser(), Browser()
    await one.join()
    await two.join(body=DETAILS | {"given_names": "Ada"})
    finished(line, one)
    document = line.client.hget(line.keys.outcome(one.ticket_id), "document")
    assert line.call() == [two.ticket_id] or line.look(two.ticket_id).state == "serving"
    line.finish(two.ticket_id, line.claim(two.ticket_id).attempt, "issued", document=document or b"")
    assert (await two.get("passport")).status_code == 404


async def test_passport_expires(line: Line) -> None:
    browser = Browser()
    await browser.join()
    finished(line, browser)
    line.client.delete(line.keys.outcome(browser.ticket_id))
    assert (await browser.get("passport")).status_code == 410


async def test_clearing_the_device_erases_the_document(line: Line) -> None:
    browser = Browser()
    await browser.join()
    finished(line, browser)
    saved = browser.client.cookies["vestibule-test"].value
    assert (await browser.leave()).status_code == 204
    assert (await browser.get("passport")).status_code == 404
    assert line.client.hget(line.keys.outcome(saved.split(".")[2]), "document") is None
    browser.client.cookies["vestibule-test"] = saved
    assert (await browser.get("passport")).status_code == 404


async def test_rooms_of_this_host_are_listed(line: Line) -> None:
    listed = json.loads((await AsyncClient().get("/api/rooms")).content)["rooms"]
    assert listed == [{"slug": "test", "title": "Waiting room", "mode": "issue", "state": "open"}]
    line.publish(hosts=("other.example",))
    web.hub().rooms._seen.clear()
    assert json.loads((await AsyncClient().get("/api/rooms")).content)["rooms"] == []


async def test_line_without_an_usher_says_that_it_stands_still(line: Line) -> None:
    line.client.delete(line.keys.pulse)
    assert json.loads((await Browser().join()).content)["paused"] == "no_usher"


async def test_health_and_readiness(line: Line) -> None:
    client = AsyncClient()
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200
    line.client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert (await client.get("/readyz")).status_code == 503
    finally:
        line.client.config_set("maxmemory-policy", "noeviction")


async def test_repeat_in_another_language_finds_the_same_ticket(line: Line) -> None:
    browser = Browser()
    first = await browser.join("the-key-of-this-page", DETAILS | {"language": "fr"})
    again = await browser.join("the-key-of-this-page", DETAILS | {"language": "pl"})
    alone = await Browser().join("the-key-of-this-page", DETAILS)
    assert [first.status_code, again.status_code, alone.status_code] == [201, 200, 200]
    assert line.client.zcard(line.keys.waiting) == 1
