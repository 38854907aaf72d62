"""The web application under both servers that it is meant for: limits, close codes, and a stop that loses nobody."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import sys
import urllib.request
from collections.abc import Iterator

import aiohttp
import pytest

from project.local import environments, folders, options, ports, processes, stack, watchdog
from project.local.stack import Stack
from queueing import keys
from queueing.store import connect
from tests.journeys.visitors import Visitor, details, somebody, visitor

SERVERS = {
    "daphne": ["-m", "project.serve", "--port"],
    "uvicorn": [
        *(
            "-m",
            "uvicorn",
            "project.asgi:application",
            "--ws",
            "websockets-sansio",
            "--ws-per-message-deflate",
            "false",
        ),
        *(
            "--ws-max-size",
            "65536",
            "--no-access-log",
            "--no-date-header",
            "--timeout-graceful-shutdown",
            "15",
            "--port",
        ),
    ],
}


@pytest.fixture(scope="module")
def vestibule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A paused room, so that whoever joins stays in line."""
    chosen = options.Options(directory=tmp_path_factory.mktemp("vestibule"), registry_latency_ms=20)
    with stack.running(chosen) as running:
        running.manage("rooms", "pause", "passport")
        yield running


class Web:
    """One more web process of the stack, under a server of our choice."""

    def __init__(self, vestibule: Stack, guard: watchdog.Watchdog, server: str) -> None:
        port, ops_port = ports.free(), ports.free()
        environment = environments.of_process(vestibule.site, "web", port, ops_port)
        log = vestibule.site.folders.log(f"web-{server}-{port}")
        command = [sys.executable, *SERVERS[server], str(port)]
        self.process = processes.Process(f"web-{server}", command, environment, log, folders.ROOT)
        self.url = f"http://{ports.HOST}:{port}"
        self.ops_url = f"http://{ports.HOST}:{ops_port}"
        self.process.start(guard)

    async def answers(self) -> None:
        async with aiohttp.ClientSession() as session:
            for _ in range(300):
                try:
                    async with session.get(f"{self.url}/readyz") as answer:
                        assert answer.status == 200
                        return
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.1)
        raise AssertionError(self.process.tail())


@pytest.fixture(params=list(SERVERS))
def web(vestibule: Stack, guard: watchdog.Watchdog, request: pytest.FixtureRequest) -> Iterator[Web]:
    started = Web(vestibule, guard, request.param)
    yield started
    started.process.kill()


async def joined(web: Web, citizen: Visitor, skip: int) -> aiohttp.ClientWebSocketResponse:
    """In line, with an open socket that has heard its first frame."""
    status, _state = await citizen.join(details(somebody("vaccinated", skip)))
    assert status in (200, 201)
    socket = await citizen.session.ws_connect(f"{web.url}/ws/rooms/passport", headers={"Origin": web.url})
    assert json.loads((await socket.receive(timeout=10)).data)["type"] == "state"
    return socket


async def code(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    while not (await socket.receive(timeout=20)).type.name.startswith("CLOS"):
        continue
    return socket.close_code


async def test_anything_but_leaving_closes_as_a_violation(web: Web) -> None:
    await web.answers()
    async with visitor(web.url) as citizen:
        for junk in ("hello", "x" * 1_000, "x" * 60_000):
            socket = await joined(web, citizen, 200)
            await socket.send_str(junk)
            assert await code(socket) == 1008
        socket = await joined(web, citizen, 200)
        # A server may cut it off before it has heard the end.
        with contextlib.suppress(ConnectionError):
            await socket.send_str("x" * 1_000_000)
        assert await code(socket) in (1006, 1009)


async def test_large_bodies_are_refused_and_small_ones_still_taken(web: Web) -> None:
    await web.answers()
    path = f"{web.url}/api/rooms/passport/tickets"
    async with aiohttp.ClientSession() as session:
        for size in (16_385, 10_000_000):
            body = io.BytesIO(b'{"given_names": "' + b"x" * size)
            async with session.post(path, data=body, headers={"Content-Type": "application/json"}) as answer:
                assert answer.status == 413
        async with session.post(path, data=_endless(), headers={"Content-Type": "application/json"}) as answer:
            assert answer.status == 413
    async with visitor(web.url) as citizen:
        await (await joined(web, citizen, 210)).close()


async def _endless() -> object:
    for _ in range(100):
        yield b"x" * 1_000


async def test_stopping_tells_everybody_and_keeps_their_places(vestibule: Stack, web: Web) -> None:
    await web.answers()
    line = keys.RoomKeys("passport")
    async with visitor(web.url) as one, visitor(web.url) as two:
        sockets = [await joined(web, one, 220), await joined(web, two, 221)]
        with connect(vestibule.site.redis_url) as client:
            before = set(client.zrange(line.present, 0, -1))
            stopping = asyncio.create_task(asyncio.to_thread(processes.stop, [web.process]))
            assert [await code(socket) for socket in sockets] == [1001, 1001]
            await stopping
            assert web.process.returncode in (0, -15)
            assert before <= set(client.zrange(line.present, 0, -1))
        other = vestibule.address()
        for citizen in (one, two):
            cookies = citizen.session.cookie_jar.filter_cookies(aiohttp.client.URL(web.url))
            async with citizen.session.get(f"{other}/api/rooms/passport/ticket", cookies=cookies) as answer:
                assert (answer.status, (await answer.json())["state"]) == (200, "waiting")


async def test_every_process_tells_of_itself_apart(web: Web) -> None:
    await web.answers()

    def read(path: str) -> str:
        with urllib.request.urlopen(web.ops_url + path, timeout=10) as answer:
            return str(answer.read().decode())

    assert "vestibule_sockets" in await asyncio.to_thread(read, "/metrics")
    assert "ready" in await asyncio.to_thread(read, "/readyz")
    assert "alive" in await asyncio.to_thread(read, "/healthz")
    async with aiohttp.ClientSession() as session, session.get(f"{web.url}/metrics") as answer:
        assert answer.status == 404
