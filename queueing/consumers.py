"""The WebSocket of a waiting browser: proves its ticket, takes a seat at the hub, and may ask to leave. Thin.

Refusals are accepted first and then closed, so that browsers see the code.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from typing import Any

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.conf import settings as configured
from django.http.cookie import parse_cookie
from redis.exceptions import RedisError

from queueing import cookies, errors, metrics, origins, tickets, web
from queueing.hub import Hub
from queueing.room import WaitingRoom
from queueing.sockets import FOREIGN_ORIGIN, GONE, NO_TICKET, POLICY, TRY_LATER, Socket

# The only frame a browser ever sends is {"type":"leave"}.
MAX_FRAME_CHARACTERS = 256
# Daphne kills what takes 10 s to end, and says so in its log.
PATIENCE_S = 5
FRAMES_PER_MINUTE = 10


class WaitingConsumer(AsyncConsumer):  # type: ignore[misc]
    """One socket. Has no channel of its own: the hub hears for all sockets of the process."""

    channel_layer_alias = "no layer"
    ticket: tickets.Ticket | None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """However it ends, no seat is left behind. Listens to the browser alone, so no task of its own is needed."""
        self.scope, self.base_send, self.ticket = scope, send, None
        with web.hub().capacity.one_more_socket():
            try:
                while True:
                    await self.dispatch(await receive())
            except StopConsumer:
                return
            finally:
                self._forget()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Skips the thread hop that closes database connections: this tier has none."""
        handlers = {
            "websocket.connect": self.connect,
            "websocket.receive": self.receive,
            "websocket.disconnect": self.disconnect,
        }
        await handlers[message["type"]](message)

    async def connect(self, _message: dict[str, Any]) -> None:
        self.socket = Socket(self.base_send)
        self.frames: deque[float] = deque(maxlen=FRAMES_PER_MINUTE)
        await self.base_send({"type": "websocket.accept"})
        code = await self._refusal()
        metrics.connects.labels(str(code or "seated")).inc()
        if code:
            self.socket.close(code)

    async def receive(self, message: dict[str, Any]) -> None:
        if self.socket.closed:
            return
        if self.ticket is None or not self._is_leaving(message):
            self.socket.close(POLICY)
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                await web.hub().store.run(WaitingRoom(self.ticket.room).leave(self.ticket.id))
        except (RedisError, OSError, TimeoutError):
            metrics.hub_errors.labels("leave").inc()
            self.socket.close(TRY_LATER)
            return
        web.hub().tell_of_change(self.ticket)
        self.socket.close(GONE)

    async def disconnect(self, _message: dict[str, Any]) -> None:
        self.socket.closed = True
        if self.ticket is not None:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await web.hub().detach(self.ticket, self.socket)
            except (RedisError, OSError, TimeoutError):
                # The hub remembers, and releases the ticket with its next heartbeat.
                metrics.hub_errors.labels("release").inc()
        raise StopConsumer

    async def _refusal(self) -> int | None:
        """Seat the socket, or say with which code to close it."""
        hub, headers = web.hub(), dict(self.scope["headers"])
        if not origins.is_ours(headers.get(b"origin", b"").decode("latin-1")):
            return FOREIGN_ORIGIN
        if hub.draining or not hub.capacity.may_connect():
            return TRY_LATER
        with hub.capacity.one_more_connecting():
            return await self._seat(hub, headers)

    async def _seat(self, hub: Hub, headers: dict[bytes, bytes]) -> int | None:
        """As _refusal, for a browser that may come in."""
        room = self.scope["url_route"]["kwargs"]["room"]
        try:
            async with asyncio.timeout(PATIENCE_S):
                await hub.rooms.view(room)
                self.ticket = tickets.verify(_ticket_cookie(headers, room), room, configured.TICKET_KEYS)
                state = await hub.attach(self.ticket, self.socket)
        except (errors.TicketInvalid, errors.RoomUnknown):
            return NO_TICKET
        except errors.RoomNotReady:
            return TRY_LATER
        except (RedisError, OSError, TimeoutError):
            metrics.hub_errors.labels("attach").inc()
            return TRY_LATER
        return None if state.state not in ("left", "lapsed", "gone") else GONE

    def _forget(self) -> None:
        if self.ticket is not None:
            web.hub().forget(self.ticket, self.socket)

    def _is_leaving(self, message: dict[str, Any]) -> bool:
        now, text = time.monotonic(), message.get("text") or ""
        if len(self.frames) == FRAMES_PER_MINUTE and now - self.frames[0] < 60:
            return False
        self.frames.append(now)
        if not 0 < len(text) <= MAX_FRAME_CHARACTERS:
            return False
        try:
            return bool(json.loads(text) == {"type": "leave"})
        except (ValueError, RecursionError):
            return False


def _ticket_cookie(headers: dict[bytes, bytes], room: str) -> str:
    """Raises: TicketInvalid where the browser has none for this room."""
    # As Django reads them for HTTP: one strange cookie of another application does not hide ours.
    found = parse_cookie(cookies.readable(headers.get(b"cookie", b"")).decode("latin-1"))
    if cookies.name(room) not in found:
        raise errors.TicketInvalid("no ticket")
    return found[cookies.name(room)]
