"""Whoever has gone must not stay present, whatever Redis did when they went."""

from __future__ import annotations

import asyncio

import pytest
import redis

from queueing import web
from queueing.keys import RoomKeys
from tests.queueing.browsers import Browser, close_code, frame, opened
from tests.queueing.lines import Line

pytestmark = pytest.mark.usefixtures("served")
GATE = "+@all"


async def seated(line: Line) -> tuple[Browser, object]:
    browser = Browser()
    await browser.join()
    socket = await opened(browser.socket())
    await frame(socket, "state")
    return browser, socket


async def test_socket_that_closes_while_redis_refuses_is_released_as_soon_as_it_answers(line: Line) -> None:
    browser, socket = await seated(line)
    line.client.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-evalsha", "-eval"])
    try:
        await socket.disconnect()  # type: ignore[attr-defined]
    finally:
        line.client.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=[GATE])
    assert line.where(browser.ticket_id) == {"waiting", "present"}
    await web.hub()._seats["test"].heartbeat()
    assert line.where(browser.ticket_id) == {"waiting", "away"}
    assert line.client.smembers(RoomKeys("test").held(web.hub().id)) == set()


async def test_ticket_held_without_a_socket_is_released_by_reconciliation(line: Line) -> None:
    browser, socket = await seated(line)
    await socket.disconnect()  # type: ignore[attr-defined]
    assert line.where(browser.ticket_id) == {"waiting", "away"}
    # Read by Redis after the release, for its connection was slower.
    line.hold(browser.ticket_id, web.hub().id)
    assert line.where(browser.ticket_id) == {"waiting", "present"}
    await web.hub()._seats["test"].reconcile()
    assert line.where(browser.ticket_id) == {"waiting", "away"}


async def test_whoever_left_in_the_second_that_redis_lost_is_not_called(line: Line) -> None:
    browser, socket = await seated(line)
    ticket = browser.ticket_id
    number = line.look(ticket).number or 0
    await browser.leave()
    assert await close_code(socket) == 4410  # type: ignore[arg-type]
    seats = web.hub()._seats["test"]
    # It looks about between the leaving and the loss, and once in vain after it: Redis knows no script yet.
    await seats.reconcile()
    line.client.delete(line.keys.outcome(ticket))
    line.client.srem(line.keys.ended, ticket)
    line.client.zadd(line.keys.waiting, {ticket: number})
    line.client.zadd(line.keys.present, {ticket: number})
    line.client.hset(line.keys.ticket(ticket), mapping={"number": number, "holder": seats.hub_id})
    line.client.sadd(line.keys.held(seats.hub_id), ticket)
    line.client.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-evalsha", "-eval"])
    try:
        with pytest.raises(redis.RedisError):
            await seats.reconcile()
    finally:
        line.client.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=[GATE])
    await seats.reconcile()
    assert line.where(ticket) == {"waiting", "away"}
    assert line.call() == []


async def test_leaving_while_redis_refuses_is_said_and_leaves_no_seat(line: Line) -> None:
    browser, socket = await seated(line)
    line.client.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-evalsha", "-eval"])
    try:
        await socket.send_json_to({"type": "leave"})  # type: ignore[attr-defined]
        assert await close_code(socket) == 1013  # type: ignore[arg-type]
    finally:
        line.client.acl_setuser("default", enabled=True, nopass=True, keys=["*"], commands=[GATE])
    await asyncio.sleep(0)
    assert web.hub()._seats["test"].seats == {}
    await web.hub()._seats["test"].heartbeat()
    assert line.where(browser.ticket_id) == {"waiting", "away"}
