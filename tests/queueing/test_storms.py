"""More browsers than one process takes, and crowds that come or go at once: everybody keeps their place."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from queueing import capacity, consumers, seat, web
from tests.queueing.browsers import Browser, close_code, frame, opened
from tests.queueing.lines import Line

pytestmark = pytest.mark.usefixtures("served")


@pytest.fixture
def two_sockets(settings: Any) -> None:
    """All that this process takes."""
    settings.MAX_SOCKETS = 2


async def waiting() -> Browser:
    browser = Browser()
    assert (await browser.join()).status_code == 201
    return browser


async def asked_to_come_back(socket: WebsocketCommunicator) -> int:
    """After how many seconds."""
    while (message := await socket.receive_output(timeout=10))["type"] == "websocket.send":
        continue
    assert (message["type"], message["code"]) == ("websocket.close", 1013)
    await socket.disconnect(code=1013)
    return int(message["reason"])


@pytest.mark.usefixtures("two_sockets")
async def test_storm_beyond_the_limit_is_sent_away_while_those_seated_are_served(line: Line) -> None:
    first, second, *others = [await waiting() for _ in range(6)]
    seated = [await opened(first.socket()), await opened(second.socket())]
    assert [(await frame(socket, "state"))["position"] for socket in seated] == [1, 2]
    for _ in range(10):
        storm = await asyncio.gather(*(opened(browser.socket()) for browser in others))
        waits = await asyncio.gather(*(asked_to_come_back(socket) for socket in storm))
        assert all(capacity.SOONEST_S <= wait <= capacity.LATEST_S for wait in waits)
    line.publish(notice="Many people come at this moment.")
    for socket in seated:
        assert (await frame(socket, "notice"))["text"] == "Many people come at this moment."
    await first.leave()
    assert await close_code(seated[0]) == 4410
    third = await opened(others[0].socket())
    assert (await frame(third, "state"))["position"] == 2
    places = [line.look(browser.ticket_id).position for browser in (second, *others)]
    assert places == [1, 2, 3, 4, 5]
    await third.disconnect()
    await seated[1].disconnect()


async def test_oldest_of_too_many_sockets_of_one_ticket_goes(line: Line) -> None:
    browser = await waiting()
    sockets = []
    for _ in range(seat.SOCKETS_A_TICKET + 1):
        sockets.append(await opened(browser.socket()))
        await frame(sockets[-1], "state")
    assert await asked_to_come_back(sockets[0]) >= capacity.SOONEST_S
    assert line.where(browser.ticket_id) == {"waiting", "present"}
    line.join("another")
    line.publish(notice="You are all still here.")
    for socket in sockets[1:]:
        assert (await frame(socket, "notice"))["text"] == "You are all still here."
        await socket.disconnect()
    assert line.where(browser.ticket_id) == {"waiting", "away"}


async def test_crowd_that_goes_and_comes_back_at_once_stands_where_it_stood(line: Line) -> None:
    crowd = [await waiting() for _ in range(30)]
    for _ in range(3):
        sockets = await asyncio.gather(*(opened(browser.socket()) for browser in crowd))
        states = await asyncio.gather(*(frame(socket, "state") for socket in sockets))
        assert [state["position"] for state in states] == list(range(1, 31))
        assert {frozenset(line.where(browser.ticket_id)) for browser in crowd} == {frozenset({"waiting", "present"})}
        await asyncio.gather(*(socket.disconnect() for socket in sockets))
        assert {frozenset(line.where(browser.ticket_id)) for browser in crowd} == {frozenset({"waiting", "away"})}
    assert web.hub().capacity.sockets == 0


async def test_who_is_on_the_way_in_while_the_process_stops_is_told_too(line: Line) -> None:
    crowd = [await waiting() for _ in range(20)]
    coming = [asyncio.create_task(opened(browser.socket())) for browser in crowd]
    await asyncio.sleep(0)
    draining = asyncio.create_task(web.hub().drain())
    codes = await asyncio.gather(*(close_code(socket) for socket in await asyncio.gather(*coming)))
    assert set(codes) <= {1001, 1013}
    await draining
    assert all("waiting" in line.where(browser.ticket_id) for browser in crowd)


async def test_silent_redis_keeps_nobody_who_connects_waiting(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await waiting()
    monkeypatch.setattr(consumers, "PATIENCE_S", 0.5)
    web.hub().rooms._seen.clear()
    line.client.execute_command("CLIENT", "PAUSE", 2_000, "ALL")
    socket = await opened(browser.socket())
    assert await asked_to_come_back(socket) >= capacity.SOONEST_S
