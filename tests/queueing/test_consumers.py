"""WebSockets against the application in this process, with a real Redis and a real channel layer."""

from __future__ import annotations

import asyncio

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings as configured

from project.asgi import application
from queueing import events, web
from queueing.hub import Hub
from queueing.store import AsyncStore, connect_async
from tests.queueing.browsers import Browser, close_code, frame, opened
from tests.queueing.lines import HUB, Line
from tests.queueing.test_api import finished

pytestmark = pytest.mark.usefixtures("served")


async def waiting(line: Line) -> Browser:
    browser = Browser()
    assert (await browser.join()).status_code == 201
    return browser


async def test_first_frame_is_the_state_and_comes_at_once(line: Line) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket())
    state = await frame(socket, "state")
    assert (state["state"], state["position"], state["kept_for_s"]) == ("waiting", 1, 120)
    assert line.client.hget(line.keys.ticket(browser.ticket_id), "holder") == web.hub().id.encode()
    await socket.disconnect()


@pytest.mark.parametrize(
    ("origin", "cookie", "code"),
    [
        ("https://evil.example", None, 4403),
        ("null", None, 4403),
        ("http://testserver", "", 4401),
        ("http://testserver", "vestibule-test=forged", 4401),
        ("http://testserver", "vestibule-test=\x00;;==", 4401),
    ],
)
async def test_refusals_are_accepted_first_so_that_browsers_see_the_code(
    line: Line, origin: str, cookie: str | None, code: int
) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket(origin=origin, cookie=cookie))
    assert await close_code(socket) == code


async def test_strange_cookie_of_another_application_does_not_hide_ours(line: Line) -> None:
    browser = await waiting(line)
    ours = f"vestibule-test={browser.client.cookies['vestibule-test'].value}"
    socket = await opened(browser.socket(cookie=f'consent={{"ads": false}}; {ours}; x=\x7f'))
    assert (await frame(socket, "state"))["position"] == 1
    await socket.disconnect()


async def test_cookie_that_is_slow_to_read_is_left_out(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await waiting(line)
    ours = f"vestibule-test={browser.client.cookies['vestibule-test'].value}"
    read: list[str] = []
    monkeypatch.setattr("http.cookies._unquote", lambda value: read.append(value) or value)
    socket = await opened(browser.socket(cookie='a="' + "\\" * 1_000 + f'"; {ours}'))
    assert (await frame(socket, "state"))["position"] == 1
    assert read == [browser.client.cookies["vestibule-test"].value]
    await socket.disconnect()


async def test_lost_state_sends_sockets_away_for_a_moment_only(line: Line) -> None:
    browser = await waiting(line)
    line.client.flushall()
    web.hub().rooms._seen.clear()
    socket = await opened(browser.socket())
    assert await close_code(socket) == 1013


async def test_socket_that_leads_nowhere_is_refused(line: Line) -> None:
    connected, _code = await WebsocketCommunicator(application, "/ws/elsewhere").connect()
    assert not connected


async def test_position_is_pushed_as_the_line_moves(line: Line) -> None:
    line.join("a", "b", "c", "d", "e", "f")
    browser = await waiting(line)
    socket = await opened(browser.socket())
    assert (await frame(socket, "state"))["position"] == 7
    for ticket in "abc":
        line.leave(ticket)
    assert (await frame(socket, "state"))["position"] == 4
    assert line.call(may_call=3) == ["d", "e", "f"]
    assert (await frame(socket, "state"))["position"] == 1
    await socket.disconnect()


async def test_called_and_outcome_are_pushed_and_repeated_on_reconnect(line: Line) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket())
    await frame(socket, "state")
    finished(line, browser)
    await events.tell(events.changed("test", [browser.ticket_id]))
    outcome = await frame(socket, "outcome")
    assert outcome["outcome"] == "issued" and outcome["expires_at"].endswith("Z")
    await socket.disconnect()
    again = await opened(browser.socket())
    assert (await frame(again, "outcome"))["outcome"] == "issued"
    await again.disconnect()


async def test_lost_hints_are_healed(line: Line) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket())
    await frame(socket, "state")
    line.call()
    called = await frame(socket, "called")
    assert called["called_at_us"] == line.look(browser.ticket_id).called_us
    await socket.disconnect()


async def test_closing_the_last_socket_is_absence_at_once(line: Line) -> None:
    browser = await waiting(line)
    first, second = await opened(browser.socket()), await opened(browser.socket())
    await frame(first, "state")
    await frame(second, "state")
    await first.disconnect()
    assert line.where(browser.ticket_id) == {"waiting", "present"}
    await second.disconnect()
    assert line.where(browser.ticket_id) == {"waiting", "away"}
    third = await opened(browser.socket())
    assert (await frame(third, "state"))["position"] == 1
    assert line.where(browser.ticket_id) == {"waiting", "present"}
    await third.disconnect()


async def test_process_with_a_socket_left_takes_back_what_another_released(line: Line, redis_url: str) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket())
    await frame(socket, "state")
    line.beat("other")
    line.hold(browser.ticket_id, "other")
    line.release(browser.ticket_id, "other")
    assert line.where(browser.ticket_id) == {"waiting", "away"}
    other = Hub(AsyncStore(connect_async(redis_url)), configured.TIER_VERIFYING_KEYS)
    await web.hub()._hear(events.released("test", [browser.ticket_id], other.id))
    assert line.where(browser.ticket_id) == {"waiting", "present"}
    await other.store.client.aclose(close_connection_pool=True)
    await socket.disconnect()


async def test_reconciliation_takes_back_who_is_marked_absent_with_a_socket_open(line: Line) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket())
    await frame(socket, "state")
    line.beat("other")
    line.hold(browser.ticket_id, "other")
    line.release(browser.ticket_id, "other")
    await web.hub()._seats["test"].reconcile()
    assert line.where(browser.ticket_id) == {"waiting", "present"}
    await socket.disconnect()


async def test_process_that_was_silent_too_long_holds_its_tickets_again(line: Line) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket())
    await frame(socket, "state")
    line.let_pass(100, alive=())
    line.advance(may_call=0)
    assert line.where(browser.ticket_id) == {"waiting", "away"}
    await web.hub()._seats["test"].heartbeat()
    assert line.where(browser.ticket_id) == {"waiting", "present"}
    await socket.disconnect()


async def test_leave_frame_leaves(line: Line) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket())
    await socket.send_json_to({"type": "leave"})
    assert await close_code(socket) == 4410
    assert line.where(browser.ticket_id) == {"outcome"}


@pytest.mark.parametrize("text", ["hello", "{}", '{"type":"leave","x":1}', "x" * 1_000, "[" * 200])
async def test_anything_else_closes_as_a_violation(line: Line, text: str) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket())
    await socket.send_to(text_data=text)
    assert await close_code(socket) == 1008
    assert "outcome" not in line.where(browser.ticket_id)


async def test_binary_frames_are_a_violation(line: Line) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket())
    await socket.send_to(bytes_data=b"\x00" * 10)
    assert await close_code(socket) == 1008


async def test_ticket_that_left_elsewhere_is_told_so(line: Line) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket())
    await frame(socket, "state")
    line.leave(browser.ticket_id)
    assert await close_code(socket) == 4410
    again = await opened(browser.socket())
    assert await close_code(again) == 4410


async def test_staff_speak_to_everybody_and_pausing_is_said(line: Line) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket())
    await frame(socket, "state")
    line.publish(notice="The registry is slow today.", notice_level="warning", state="paused")
    assert (await frame(socket, "notice"))["text"] == "The registry is slow today."
    assert (await frame(socket, "state"))["paused"] == "paused"
    late = await opened((await waiting(line)).socket())
    assert (await frame(late, "notice"))["level"] == "warning"
    await late.disconnect()
    await socket.disconnect()


async def test_ladder_of_before_a_rush_places_nobody_who_came_with_it(line: Line) -> None:
    line.join("a", "b")
    line.store.run(line.room.ladder())
    line.join(*[f"t{place:02}" for place in range(30)])
    browser = await waiting(line)
    socket = await opened(browser.socket())
    assert (await frame(socket, "state"))["position"] == 33
    line.client.set(line.keys.pulse, "no_workers")
    told = await frame(socket, "state")
    assert (told["position"], told["paused"]) == (33, "no_workers")
    await socket.disconnect()


async def test_stopping_process_sends_everybody_elsewhere_and_keeps_their_places(line: Line) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket())
    await frame(socket, "state")
    draining = asyncio.create_task(web.hub().drain())
    assert await close_code(socket) == 1001
    await draining
    assert line.where(browser.ticket_id) == {"waiting", "present"}
    assert (await browser.join()).status_code == 503
    late = await opened(browser.socket())
    assert await close_code(late) == 1013


async def test_client_may_switch_between_socket_and_polling_both_ways(line: Line) -> None:
    await waiting(line)
    browser = await waiting(line)
    number = line.look(browser.ticket_id).number
    for _ in range(2):
        polled = (await browser.get("ticket")).json()
        assert (polled["position"], polled["joined_at_us"]) == (2, number)
        socket = await opened(browser.socket())
        state = await frame(socket, "state")
        assert (state["position"], state["joined_at_us"]) == (2, number)
        line.let_pass(80, alive=(HUB, web.hub().id))
        line.advance(may_call=0)
        assert line.where(browser.ticket_id) == {"waiting", "present"}
        await browser.get("ticket")
        await socket.disconnect()
        line.let_pass(60)
        line.advance(may_call=0)
        assert line.where(browser.ticket_id) == {"waiting", "present"}


async def test_who_is_near_the_door_is_taken_back_within_seconds_though_a_release_elsewhere_was_not_heard_of(
    line: Line,
) -> None:
    browser = await waiting(line)
    socket = await opened(browser.socket())
    await frame(socket, "state")
    line.hold(browser.ticket_id)
    line.release(browser.ticket_id)
    assert line.where(browser.ticket_id) == {"waiting", "away"}
    line.store.run(line.room.ladder())
    await web.hub()._seats["test"].tick()
    assert line.where(browser.ticket_id) == {"waiting", "present"}
    await socket.disconnect()
