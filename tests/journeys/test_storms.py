"""A storm of browsers against one small web process, under both servers, over real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack

import aiohttp
import pytest

from project.local import options, stack, watchdog
from project.local.stack import Stack
from tests.journeys.test_servers import SERVERS, Web
from tests.journeys.visitors import Visitor, details, somebody, visitor

MOST_SOCKETS = 8
PEOPLE = 14
TRIES = 20


@pytest.fixture(scope="module")
def vestibule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A paused room; each of its web processes takes MOST_SOCKETS."""
    directory = tmp_path_factory.mktemp("vestibule")
    chosen = options.Options(directory=directory, public={"MAX_SOCKETS": str(MOST_SOCKETS)})
    with stack.running(chosen) as running:
        running.manage("rooms", "pause", "passport")
        yield running


@pytest.fixture(params=list(SERVERS))
def web(vestibule: Stack, guard: watchdog.Watchdog, request: pytest.FixtureRequest) -> Iterator[Web]:
    started = Web(vestibule, guard, request.param)
    yield started
    started.process.kill()


async def opened(citizen: Visitor) -> aiohttp.ClientWebSocketResponse:
    return await citizen.session.ws_connect(f"{citizen.url}/ws/rooms/passport", headers={"Origin": citizen.url})


async def asked_to_come_back(citizen: Visitor) -> int:
    """After how many seconds."""
    socket = await opened(citizen)
    message = await socket.receive(timeout=30)
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1013)
    return int(str(message.extra))


async def let_in(citizen: Visitor) -> None:
    """It may take the server a moment to hear that others have gone."""
    for _ in range(100):
        async with await opened(citizen) as socket:
            message = await socket.receive(timeout=30)
            if message.type is aiohttp.WSMsgType.TEXT:
                assert json.loads(message.data)["state"] == "waiting"
                return
        await asyncio.sleep(0.05)
    raise AssertionError("nobody is let in any more")


async def number(citizen: Visitor) -> int:
    status, body = await citizen.get("ticket")
    assert status == 200
    return int(json.loads(body)["joined_at_us"])


async def test_storm_is_sent_away_and_everybody_keeps_their_place(vestibule: Stack, web: Web) -> None:
    await web.answers()
    async with AsyncExitStack() as stack_:
        crowd = [await stack_.enter_async_context(visitor(web.url)) for _ in range(PEOPLE)]
        for skip, citizen in enumerate(crowd):
            assert (await citizen.join(details(somebody("vaccinated", 300 + skip))))[0] in (200, 201)
        numbers = [await number(citizen) for citizen in crowd]
        seated = [await opened(citizen) for citizen in crowd[:MOST_SOCKETS]]
        for socket in seated:
            assert json.loads((await socket.receive(timeout=10)).data)["state"] == "waiting"

        refused = crowd[MOST_SOCKETS:] * TRIES
        waits = await asyncio.gather(*(asked_to_come_back(citizen) for citizen in refused))
        assert all(5 <= wait <= 20 for wait in waits)
        assert len(set(waits)) > 1

        assert not any(socket.closed for socket in seated)
        assert [await number(citizen) for citizen in crowd] == numbers
        await asyncio.gather(*(socket.close() for socket in seated))
        for citizen in crowd[MOST_SOCKETS:]:
            await let_in(citizen)
