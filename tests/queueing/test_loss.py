"""Browsers, by socket and by polling, while Redis loses all it knew and a room is published again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from queueing import web
from tests.queueing.browsers import Browser, close_code, frame, opened
from tests.queueing.lines import Line
from tests.queueing.passing import let_pass


@pytest.fixture
def line(served: Line) -> Line:
    return served


async def waiting(line: Line, count: int) -> list[tuple[Browser, WebsocketCommunicator]]:
    """Browsers in line, each with a socket that has had its first frame."""
    people = []
    for _ in range(count):
        browser = Browser()
        assert (await browser.join()).status_code == 201
        socket = await opened(browser.socket())
        await frame(socket, "state")
        people.append((browser, socket))
    return people


def lose(line: Line) -> None:
    line.client.flushdb()


def publish_again(line: Line) -> None:
    line.publish(hold=True)
    line.client.sadd("rooms", "test")
    line.client.set(line.keys.pulse, "")


async def until_in_line(line: Line, ticket_ids: list[str]) -> None:
    wanted = list(range(1, len(ticket_ids) + 1))
    async with asyncio.timeout(10):
        while [line.look(ticket_id).position for ticket_id in ticket_ids] != wanted:  # noqa: ASYNC110 Redis tells nobody
            await asyncio.sleep(0.05)


async def heard(socket: WebsocketCommunicator, **wanted: Any) -> dict[str, Any]:
    """The next state frame that says this."""
    while True:
        state = await frame(socket, "state")
        if all(state[name] == value for name, value in wanted.items()):
            return state


async def test_hub_brings_everybody_back_unasked_and_in_order(line: Line) -> None:
    people = await waiting(line, 4)
    ids = [browser.ticket_id for browser, _socket in people]
    numbers = [line.look(id_).number for id_ in ids]
    lose(line)
    publish_again(line)
    await until_in_line(line, ids)
    assert [line.look(id_).number for id_ in ids] == numbers
    assert all(line.where(id_) == {"waiting", "present"} for id_ in ids)
    for _browser, socket in people:
        await socket.disconnect()


async def test_nobody_is_told_to_be_gone_while_the_room_is_not_there(line: Line) -> None:
    (browser, socket), *_rest = await waiting(line, 1)
    await web.hub().rooms.refresh("test")
    lose(line)
    await web.hub()._seats["test"].look([browser.ticket_id])
    assert await socket.receive_nothing(timeout=0.3)
    await asyncio.sleep(1.1)
    answer = await browser.get("ticket")
    assert answer.status_code == 503
    assert not answer.cookies
    late = await opened(browser.socket())
    assert await close_code(late) == 1013
    publish_again(line)
    await until_in_line(line, [browser.ticket_id])
    await socket.disconnect()


async def test_positions_stand_still_meanwhile_and_are_corrected_once(line: Line) -> None:
    ((called, one),) = await waiting(line, 1)
    line.call(may_call=1)
    await web.hub()._seats["test"].look([called.ticket_id])
    await frame(one, "called")
    ((stays, other),) = await waiting(line, 1)
    lose(line)
    publish_again(line)
    restoring = await heard(other, paused="restoring")
    assert restoring["position"] == 1
    await until_in_line(line, [called.ticket_id, stays.ticket_id])
    # Of half a minute none is spent here: nobody is to be placed by a ladder from before they were back.
    line.store.run(line.room.ladder())
    let_pass(line.client, "test", 31)
    line.beat(web.hub().id)
    line.client.set(line.keys.pulse, "")
    corrected = await heard(other, paused=None)
    assert (corrected["position"], corrected["corrected"]) == (2, "restored")
    assert (await frame(one, "state"))["state"] == "waiting"
    for socket in (one, other):
        await socket.disconnect()


async def test_browser_without_a_socket_brings_its_own_ticket(line: Line) -> None:
    first, second = Browser(), Browser()
    await first.join()
    await second.join()
    lose(line)
    publish_again(line)
    await web.hub().rooms.refresh("test")
    assert (await second.get("ticket")).json()["position"] == 1
    answer = (await first.get("ticket")).json()
    assert (answer["position"], answer["paused"]) == (1, "restoring")
    assert (await second.get("ticket")).json()["position"] == 2
    let_pass(line.client, "test", 31)
    await web.hub().rooms.refresh("test")
    assert (await second.get("ticket")).json()["corrected"] == "restored"


async def test_join_of_a_browser_that_was_in_line_finds_the_old_place(line: Line) -> None:
    browser = Browser()
    before = (await browser.join()).json()
    lose(line)
    publish_again(line)
    await web.hub().rooms.refresh("test")
    answer = await browser.join()
    assert answer.status_code == 200
    assert answer.json()["joined_at_us"] == before["joined_at_us"]


async def test_socket_that_opens_after_the_loss_has_the_old_place(line: Line) -> None:
    browser = Browser()
    before = (await browser.join()).json()
    lose(line)
    publish_again(line)
    await web.hub().rooms.refresh("test")
    socket = await opened(browser.socket())
    assert (await frame(socket, "state"))["joined_at_us"] == before["joined_at_us"]
    assert line.client.sismember(line.keys.held(web.hub().id), browser.ticket_id)
    await socket.disconnect()


async def test_who_left_while_redis_knew_nothing_does_not_come_back(line: Line) -> None:
    (browser, socket), *_rest = await waiting(line, 1)
    ticket_id = browser.ticket_id
    lose(line)
    publish_again(line)
    await web.hub().rooms.refresh("test")
    assert (await browser.leave()).status_code == 204
    assert await close_code(socket) == 4410
    assert line.where(ticket_id) <= {"outcome"}


async def test_ticket_of_a_life_long_gone_is_gone(line: Line) -> None:
    browser = Browser()
    await browser.join()
    lose(line)
    publish_again(line)
    let_pass(line.client, "test", 601)
    await web.hub().rooms.refresh("test")
    answer = await browser.get("ticket")
    assert (answer.status_code, answer.json()["reason"]) == (410, "gone")


async def test_tickets_of_the_last_second_come_back_after_a_restart(line: Line) -> None:
    people = await waiting(line, 2)
    ids = [browser.ticket_id for browser, _socket in people]
    line.advance(may_call=0)
    await asyncio.sleep(1.1)
    line.client.zrem(line.keys.waiting, ids[1])
    line.client.zrem(line.keys.present, ids[1])
    line.client.delete(line.keys.ticket(ids[1]), line.keys.sealed(ids[1]))
    line.client.hset(line.keys.incarnation, "run_id", "0" * 40)
    line.advance(may_call=0)
    await until_in_line(line, ids)
    for _browser, socket in people:
        await socket.disconnect()


async def test_whose_hold_was_lost_with_the_last_second_is_held_again(line: Line) -> None:
    ((browser, socket),) = await waiting(line, 1)
    line.advance(may_call=0)
    await asyncio.sleep(1.1)
    hub, ticket = web.hub().id, browser.ticket_id
    line.client.hdel(line.keys.ticket(ticket), "holder")
    line.client.srem(line.keys.held(hub), ticket)
    line.client.zadd(line.keys.polling, {ticket: 10**15})
    line.client.hset(line.keys.incarnation, "run_id", "0" * 40)
    line.advance(may_call=0)
    async with asyncio.timeout(10):
        while not line.client.sismember(line.keys.held(hub), ticket):  # noqa: ASYNC110 Redis tells nobody
            await asyncio.sleep(0.05)
    assert line.client.zscore(line.keys.polling, ticket) is None
    await socket.disconnect()


async def test_room_that_is_published_later_than_another_is_not_unknown_meanwhile(line: Line) -> None:
    ((browser, socket),) = await waiting(line, 1)
    lose(line)
    line.client.sadd("rooms", "another")
    await asyncio.sleep(1.1)
    assert (await browser.get("ticket")).status_code == 503
    assert await close_code(await opened(browser.socket())) == 1013
    publish_again(line)
    await until_in_line(line, [browser.ticket_id])
    await socket.disconnect()
