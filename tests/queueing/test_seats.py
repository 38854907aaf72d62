"""Many sockets at once: tabs of one browser, a whole room that is told something, a crowd that asks for one room."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from queueing import consumers, seats, web
from queueing.sockets import Socket
from tests.queueing.browsers import Browser, frame, opened
from tests.queueing.lines import Line

pytestmark = pytest.mark.usefixtures("served")

CROWD = 1_000


async def seated(browser: Browser | None = None) -> tuple[Browser, WebsocketCommunicator]:
    browser = browser or Browser()
    if not browser.client.cookies:
        assert (await browser.join()).status_code == 201
    socket = await opened(browser.socket())
    await frame(socket, "state")
    return browser, socket


async def test_second_tab_takes_nothing_from_the_first(line: Line) -> None:
    browser, first = await seated()
    (called,) = line.call(may_call=1)
    line.finish(called, line.claim(called).attempt, "issued", document=b"passport")
    second = await opened(browser.socket())
    for tab in (second, first):
        assert (await frame(tab, "outcome"))["outcome"] == "issued"
    await first.disconnect()
    await second.disconnect()


async def test_standstill_without_a_loss_corrects_no_position(line: Line) -> None:
    line.join("a", "b")
    _browser, socket = await seated()
    line.advance(may_call=0)
    alive_ms = int(line.client.hget(line.keys.incarnation, "alive_ms") or 0)
    line.client.hset(line.keys.incarnation, "alive_ms", alive_ms - 6_000)
    line.advance(may_call=0)
    stopped = await frame(socket, "state")
    assert (stopped["position"], stopped["paused"], stopped["corrected"]) == (3, "restoring", None)
    while line.client.hexists(line.keys.incarnation, "settling_ms"):
        await asyncio.sleep(0.2)
        line.client.set(line.keys.pulse, "")
        line.beat()
        line.advance(may_call=0)
    moving = await frame(socket, "state")
    assert (moving["position"], moving["paused"], moving["corrected"]) == (3, None, None)
    await socket.disconnect()


async def test_crowd_that_asks_for_a_room_shares_one_read(line: Line) -> None:
    rooms = web.hub().rooms
    await rooms.view("test")
    rooms._seen.clear()
    before = line.client.info("commandstats")["cmdstat_hgetall"]["calls"]
    views = await asyncio.gather(*[rooms.view("test") for _ in range(CROWD)])
    # Settings and pace.
    assert line.client.info("commandstats")["cmdstat_hgetall"]["calls"] - before == 2
    assert len({id(view) for view in views}) == 1


async def test_read_that_nobody_waits_for_any_more_disturbs_nobody(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    rooms = web.hub().rooms
    line.client.flushall()
    impatient = asyncio.ensure_future(rooms.view("test"))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0.2)
    assert (rooms._reading, caplog.text) == ({}, "")


async def test_notice_to_many_lets_others_have_their_turn(line: Line) -> None:
    _browser, socket = await seated()
    room = web.hub()._seats["test"]
    (seat,) = room.seats.values()
    sent: list[int] = []
    turns = [0]

    async def send(_message: dict[str, Any]) -> None:
        sent.append(turns[0])

    for number in range(CROWD):
        room.seats[f"t{number}"] = other = seats.Seat(seat.ticket)
        other.add(Socket(send))
    view = await web.hub().rooms.view("test")
    announcing = asyncio.ensure_future(room._announce(view))
    room._told = (None, False, "an older notice")
    while not announcing.done() or len(sent) < CROWD:
        turns[0] += 1
        await asyncio.sleep(0)
    assert max(sent.count(turn) for turn in set(sent)) <= 2 * seats.AT_ONCE
    for number in range(CROWD):
        del room.seats[f"t{number}"]
    await socket.disconnect()


async def test_flood_of_frames_ends_the_socket(line: Line) -> None:
    _browser, socket = await seated()
    for _ in range(CROWD):
        await socket.send_input({"type": "websocket.receive", "text": "x"})
    closed = await socket.receive_output(timeout=10)
    assert (closed["type"], closed["code"]) == ("websocket.close", 1008)
    await socket.disconnect()


def test_frames_of_the_last_minute_alone_are_counted_and_no_more_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    consumer, now = consumers.WaitingConsumer(), [0.0]
    consumer.frames = deque(maxlen=consumers.FRAMES_PER_MINUTE)
    monkeypatch.setattr(consumers.time, "monotonic", lambda: now[0])
    leave = {"text": json.dumps({"type": "leave"})}
    assert [consumer._is_leaving(leave) for _ in range(12)] == [True] * 10 + [False] * 2
    now[0] = 61.0
    assert consumer._is_leaving(leave)
    assert len(consumer.frames) == consumers.FRAMES_PER_MINUTE
