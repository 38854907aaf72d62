"""A whole visit without scripts: each step is a form that is sent, each answer the way to what came of it."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack

import pytest

from queueing import capacity, errors, web
from queueing.pages import steps, words
from tests.queueing.lines import Line
from tests.queueing.pages.visitors import ENTRY, FORM, Visitor, refresh, shown, text, value
from tests.queueing.test_api import finished

pytestmark = pytest.mark.usefixtures("served")

ENGLISH = words.Words("en")


async def joined() -> Visitor:
    visitor = Visitor()
    assert shown(await visitor.follow(await visitor.take("join", **ENTRY))) == {"waiting"}
    return visitor


async def test_sent_form_gives_a_place_and_a_page_that_looks_again_by_itself(line: Line) -> None:
    line.join("a")
    visitor = Visitor()
    answer = await visitor.take("join", **ENTRY)
    assert (answer.status_code, answer["Location"]) == (303, "/rooms/test")
    page = await visitor.look()
    assert shown(page) == {"waiting"}
    assert refresh(page) == (20, "/rooms/test")
    assert ENGLISH.get("page.again") in text(page)
    assert line.client.zcard(line.keys.waiting) == 2


async def test_visit_without_scripts_leads_to_the_passport_and_a_clear_device(line: Line) -> None:
    visitor = await joined()
    finished(line, visitor)
    page = await visitor.look()
    assert shown(page) == {"issued"}
    seconds, address = refresh(page)
    assert 0 < seconds <= line.settings.result_ttl_s + 1
    assert address == "/rooms/test?after=issued"
    assert (await visitor.get("passport")).content == b"%PDF passport"
    page = await visitor.follow(await visitor.take("clear"))
    assert ENGLISH.get("cleared.title") in text(page)
    assert shown(page) == {"ended"}
    assert (await visitor.get("passport")).status_code == 404
    assert shown(await visitor.look()) == {"form"}


async def test_mistakes_stand_beside_their_fields_and_nothing_typed_is_lost(line: Line) -> None:
    visitor = Visitor()
    entry = ENTRY | {"given_names": 'R2"D2', "date_of_birth_month": "", "document_number": ""}
    answer = await visitor.take("join", **entry)
    assert (answer.status_code, answer["Cache-Control"]) == (422, "no-store")
    assert shown(answer) == {"form"}
    for key, field in (
        ("given_names.bad_characters", "given_names"),
        ("date_of_birth.no_month", "date_of_birth_month"),
        ("document_number.required", "document_number"),
    ):
        message = ENGLISH.get(f"errors.{key}")
        assert f'<a href="#{field}">{message}</a>' in text(answer)
        assert f'-error">{message}</p>' in text(answer)
    assert value(answer, "given_names") == "R2&quot;D2"
    assert value(answer, "family_name") == ENTRY["family_name"]
    assert value(answer, "date_of_birth_day") == "12"
    assert f"<title>{ENGLISH.get('errors.title')} – " in text(answer)
    assert "vestibule-test" not in answer.cookies
    assert line.client.zcard(line.keys.waiting) == 0


async def test_what_was_typed_is_never_compressed_beside_what_others_choose() -> None:
    answer = await Visitor().client.post(
        "/rooms/test", "step=join&given_names=Ieva", content_type=FORM, headers={"Accept-Encoding": "gzip"}
    )
    assert answer.status_code == 422
    assert "Content-Encoding" not in answer


async def test_leaving_is_asked_about_and_gives_the_place_back(line: Line) -> None:
    visitor = await joined()
    asked = await visitor.look("/rooms/test?ask=leave")
    assert shown(asked) == {"leave"}
    assert line.client.zcard(line.keys.waiting) == 1
    page = await visitor.follow(await visitor.take("leave"))
    assert shown(page) == {"ended"}
    assert ENGLISH.get("left.title") in text(page)
    assert line.client.zcard(line.keys.waiting) == 0


async def test_browser_with_a_place_is_asked_before_it_gets_another(line: Line) -> None:
    visitor = await joined()
    before = visitor.ticket_id
    entry = ENTRY | {"given_names": "Ada"}
    answer = await visitor.take("join", **entry)
    assert answer.status_code == 409
    assert shown(answer) == {"conflict"}
    assert '<input type="hidden" name="given_names" value="Ada">' in text(answer)
    assert shown(await visitor.look()) == {"waiting"}
    await visitor.take("replace", **entry)
    assert visitor.ticket_id != before
    assert line.client.zcard(line.keys.waiting) == 1
    assert line.look(before).state == "left"


async def test_place_is_kept_where_no_other_can_be_had_in_its_stead(line: Line) -> None:
    visitor = await joined()
    line.publish(state="closed")
    answer = await visitor.take("replace", **ENTRY | {"given_names": "Ada"})
    assert answer.status_code == 503
    assert ENGLISH.get("later.closed") in text(answer)
    assert shown(await visitor.look()) == {"waiting"}


async def test_button_that_is_pressed_twice_gives_one_place(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "MOMENT_S", 1e12)
    tickets = set()
    for _ in range(2):
        visitor = Visitor()
        await visitor.take("join", **ENTRY)
        tickets.add(visitor.ticket_id)
    assert len(tickets) == 1
    await visitor.look("/rooms/test?ask=leave")
    await visitor.take("leave")
    assert shown(await visitor.follow(await visitor.take("join", **ENTRY))) == {"waiting"}
    assert line.client.zcard(line.keys.waiting) == 1


async def test_button_that_is_pressed_twice_replaces_a_place_by_one(line: Line) -> None:
    visitor = await joined()
    cookies = visitor.client.cookies.copy()
    tickets = set()
    for _ in range(2):
        visitor.client.cookies = cookies.copy()
        await visitor.take("replace", **ENTRY | {"given_names": "Ada"})
        tickets.add(visitor.ticket_id)
    assert len(tickets) == 1
    assert line.client.zcard(line.keys.waiting) == 1


async def test_form_that_is_sent_again_does_not_lose_the_passport(line: Line) -> None:
    visitor = await joined()
    finished(line, visitor)
    assert shown(await visitor.follow(await visitor.take("join", **ENTRY))) == {"issued"}
    assert (await visitor.get("passport")).status_code == 200
    assert line.client.zcard(line.keys.waiting) == 0


@pytest.mark.parametrize("step", ["leave", "clear", "another", "edit", "join_again"])
async def test_page_from_before_ends_no_newer_ticket(line: Line, step: str) -> None:
    visitor = await joined()
    finished(line, visitor)
    before = text(await visitor.look())
    await visitor.take("another")
    await visitor.look()
    await visitor.take("join", **ENTRY | {"given_names": "Ada"})
    visitor.page = before
    assert shown(await visitor.follow(await visitor.take(step))) == {"waiting"}
    assert line.client.zcard(line.keys.waiting) == 1


async def test_same_details_once_more_find_the_place_that_is_there(line: Line) -> None:
    visitor = await joined()
    assert shown(await visitor.follow(await visitor.take("join", **ENTRY))) == {"waiting"}
    assert line.client.zcard(line.keys.waiting) == 1


@pytest.mark.parametrize("step", ["edit", "join_again", "another"])
async def test_who_was_refused_starts_anew_and_the_outcome_is_erased(line: Line, step: str) -> None:
    visitor = await joined()
    ticket = visitor.ticket_id
    line.call()
    line.finish(ticket, line.claim(ticket).attempt, "refused", "no_record")
    page = await visitor.look()
    assert shown(page) == {"ended"}
    assert refresh(page) is None
    assert shown(await visitor.follow(await visitor.take(step))) == {"form"}
    assert line.look(ticket).state == "left"


async def test_place_that_lapsed_says_nothing_of_what_only_scripts_keep(line: Line) -> None:
    visitor = await joined()
    line.let_pass(80)
    line.advance()
    line.let_pass(line.settings.grace_period_s + 1)
    line.advance()
    page = await visitor.look()
    assert shown(page) == {"ended"}
    assert ENGLISH.get("lapsed.title") in text(page)
    assert f'data-says="next">{ENGLISH.get("lapsed.next")}</p>' in text(page)
    assert f" hidden>{ENGLISH.get('form.kept')}</p>" in text(page)


@pytest.mark.parametrize(
    ("reason", "offered"),
    [
        ("no_record", [("edit", ""), ("clear-after-end", "")]),
        ("not_eligible", [("edit", "secondary"), ("clear-after-end", "")]),
        ("ambiguous_record", [("edit", "secondary"), ("clear-after-end", "")]),
        ("too_many_tries", [("clear-after-end", "")]),
    ],
)
async def test_change_of_details_is_offered_where_it_may_help(
    line: Line, reason: str, offered: list[tuple[str, str]]
) -> None:
    visitor = await joined()
    line.call()
    line.finish(visitor.ticket_id, line.claim(visitor.ticket_id).attempt, "refused", reason)
    page = text(await visitor.look())
    ended = page[page.index('id="screen-ended"') : page.index('id="screen-closed"')]
    buttons = re.findall(r'<(?:button|a)[^>]* id="([\w-]+)" data-after="[^"]*"(?! hidden)([^>]*)>', ended)
    assert [(name, "secondary" if 'class="secondary"' in rest else "") for name, rest in buttons] == offered


async def test_passport_whose_time_is_over_is_said_to_be_gone(line: Line) -> None:
    visitor = await joined()
    finished(line, visitor)
    line.client.delete(line.keys.outcome(visitor.ticket_id))
    page = await visitor.look("/rooms/test?after=issued")
    assert ENGLISH.get("expired.title") in text(page)


async def test_room_that_closed_meanwhile_gives_the_form_back_as_it_was(line: Line) -> None:
    line.publish(state="closed")
    answer = await Visitor().take("join", **ENTRY)
    assert (answer.status_code, answer["Retry-After"]) == (503, str(errors.RoomClosed.retry_after_s))
    assert shown(answer) == {"form"}
    assert ENGLISH.get("later.closed") in text(answer)
    assert value(answer, "family_name") == ENTRY["family_name"]


async def test_crowd_from_one_address_is_asked_to_come_back_with_the_form(line: Line, settings: object) -> None:
    settings.JOINS_PER_ADDRESS_PER_MIN = 1  # type: ignore[attr-defined]
    await joined()
    answer = await Visitor().take("join", **ENTRY | {"given_names": "Ada"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert ENGLISH.get("later.crowded") in text(answer)
    assert value(answer, "document_number") == ENTRY["document_number"]


async def test_form_comes_back_while_redis_has_lost_the_room(line: Line) -> None:
    visitor = Visitor()
    await visitor.look()
    line.client.flushall()
    answer = await visitor.take("join", **ENTRY)
    assert answer.status_code == 503
    assert ENGLISH.get("later.busy") in text(answer)
    assert value(answer, "family_name") == ENTRY["family_name"]


async def test_process_that_can_take_no_more_gives_the_form_back(line: Line) -> None:
    with ExitStack() as stack:
        for _ in range(capacity.MOST_JOINING):
            stack.enter_context(web.hub().capacity.one_more_joining())
        answer = await Visitor().take("join", **ENTRY)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) >= capacity.SOONEST_S
    assert ENGLISH.get("later.busy") in text(answer)
    assert value(answer, "family_name") == ENTRY["family_name"]


async def test_closed_room_looks_again_unhurriedly(line: Line) -> None:
    line.publish(state="closed")
    page = await Visitor().look()
    assert refresh(page) == (60, "/rooms/test")
    assert text(page).count(ENGLISH.get("form.kept")) == text(page).count(f" hidden>{ENGLISH.get('form.kept')}<") == 2


async def test_page_lets_browsers_name_the_origin_of_its_forms(line: Line) -> None:
    """Under `no-referrer` they say "null", which is foreign."""
    for answer in (await Visitor().look(), await Visitor().take("join"), await (await joined()).look()):
        assert answer["Referrer-Policy"] == "same-origin"


async def test_form_waits_for_as_long_as_somebody_needs() -> None:
    assert refresh(await Visitor().look()) is None


@pytest.mark.parametrize("step", ["join", "leave", "nonsense"])
async def test_foreign_pages_may_take_no_step(line: Line, step: str) -> None:
    visitor = await joined()
    assert (await visitor.take(step, origin="https://evil.example", **ENTRY)).status_code == 403
    assert line.client.zcard(line.keys.waiting) == 1


async def test_bodies_that_are_no_form_are_refused() -> None:
    answer = await Visitor().client.post("/rooms/test", json.dumps(ENTRY), content_type="application/json")
    assert answer.status_code == 415


async def test_unknown_step_changes_nothing(line: Line) -> None:
    visitor = await joined()
    assert shown(await visitor.follow(await visitor.take("nonsense"))) == {"waiting"}
