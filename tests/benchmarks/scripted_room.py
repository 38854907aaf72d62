"""A room on loopback that does what a test tells it to: a real HTTP server, for what a healthy one never does.

async with scripted_room.opened(room): ...
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

STATE = {"state": "waiting", "position": 50, "joined_at_us": 1_000, "kept_for_s": 120, "pace_per_s": None}
ISSUED = {"type": "outcome", "outcome": "issued", "called_at_us": 2_000}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Scene = Callable[["Room", web.WebSocketResponse], Awaitable[None]]


def state(**fields: Any) -> str:
    return json.dumps({"type": "state", **STATE, **fields})


async def issue(room: Room, live: web.WebSocketResponse) -> None:
    """A citizen's best day."""
    await live.send_str(state())
    await live.send_str(json.dumps({"type": "called", "called_at_us": 2_000}))
    await live.send_str(json.dumps(ISSUED))
    await room.hear(live)


def hang_up(code: int) -> Scene:
    async def scene(_room: Room, live: web.WebSocketResponse) -> None:
        await live.close(code=code)

    return scene


async def stand(room: Room, live: web.WebSocketResponse) -> None:
    """One frame, and then nothing moves."""
    await live.send_str(state())
    room.held.set()
    await room.hear(live)


@dataclass
class Room:
    """Answers are used up one by one; the last one stays. `heard` is what citizens did, in order."""

    joins: list[web.Response | None] = field(default_factory=list)
    tickets: list[web.Response] = field(default_factory=list)
    scenes: list[Scene] = field(default_factory=lambda: [issue])
    passport: bytes = b"%PDF-1.7"
    heard: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, live: web.WebSocketResponse) -> None:
        """Until the citizen is gone; a leave is answered as the real room does."""
        async for message in live:
            if message.type is WSMsgType.TEXT:
                self.heard.append(message.data)
                await live.close(code=4410)
        self.heard.append(f"closed {live.close_code}")

    async def look(self, _request: web.Request) -> web.Response:
        return web.json_response({"slug": "passport"})

    async def join(self, request: web.Request) -> web.StreamResponse:
        self.keys.append(request.headers["Idempotency-Key"])
        self.asked.set()
        answer = self.joins.pop(0) if self.joins else joined()
        if answer is None and request.transport is not None:
            request.transport.close()
        return answer or web.Response()

    async def ticket(self, _request: web.Request) -> web.StreamResponse:
        self.heard.append("asked")
        return self.tickets.pop(0)

    async def leave(self, request: web.Request) -> web.StreamResponse:
        self.heard.append(f"DELETE {request.headers['Cookie']}")
        self.left.set()
        return web.Response(status=204)

    async def fetch(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(body=self.passport, content_type="application/pdf")

    async def live(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        scene = self.scenes.pop(0) if len(self.scenes) > 1 else self.scenes[0]
        await scene(self, socket)
        return socket


def joined() -> web.Response:
    answer = web.json_response(STATE, status=201)
    answer.set_cookie("ticket", "t", httponly=True)
    return answer


@asynccontextmanager
async def opened(room: Room) -> AsyncIterator[Room]:
    """Serve it on a free port; `room.url` says where."""
    app = web.Application()
    base = "/api/rooms/passport"
    app.router.add_get(base, room.look)
    app.router.add_post(f"{base}/tickets", room.join)
    app.router.add_get(f"{base}/ticket", room.ticket)
    app.router.add_delete(f"{base}/ticket", room.leave)
    app.router.add_get(f"{base}/passport", room.fetch)
    app.router.add_get("/ws/rooms/passport", room.live)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    room.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield room
    finally:
        await runner.cleanup()
