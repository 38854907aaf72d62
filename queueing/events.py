"""Hints to the web processes that something happened in a room. Truth lives in Redis; a lost hint costs seconds.

One channel-layer group per room, one member per web process. Messages carry no outcome, and of tickets a name that
leads to none: every web process hears them all, and must not learn whom the others serve.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
from collections.abc import Iterable
from typing import TypedDict

from channels.layers import get_channel_layer

log = logging.getLogger(__name__)

# Enough that two tickets of a room hardly share a name; if they do, one is looked up for nothing.
NAME_CHARACTERS = 16

# No answer within this time and the hint is dropped: reconciliation will find out.
TELL_TIMEOUT_S = 5


class Event(TypedDict, total=False):
    """`kind`: changed (look these tickets up) or released (by `hub`: who still has a socket takes it back).

    `tickets`: their names, see `name`.
    """

    type: str
    kind: str
    room: str
    tickets: list[str]
    hub: str


def group(room: str) -> str:
    return f"room.{room}"


def name(ticket_id: str) -> str:
    """What a ticket is called in hints: whoever has it knows it by that, nobody finds it by that."""
    return hashlib.sha256(b"hint\0" + ticket_id.encode()).hexdigest()[:NAME_CHARACTERS]


def changed(room: str, ticket_ids: Iterable[str]) -> Event:
    return {"type": "room.event", "kind": "changed", "room": room, "tickets": [name(id_) for id_ in ticket_ids]}


def released(room: str, ticket_ids: Iterable[str], hub: str) -> Event:
    named = [name(id_) for id_ in ticket_ids]
    return {"type": "room.event", "kind": "released", "room": room, "tickets": named, "hub": hub}


async def tell(event: Event) -> None:
    """Fails open: a hint that cannot be sent is logged and forgotten."""
    layer = get_channel_layer()
    try:
        async with asyncio.timeout(TELL_TIMEOUT_S):
            await layer.group_send(group(event["room"]), event)
    except Exception as error:  # noqa: BLE001 the layer raises whatever its connection raises
        log.warning("a hint to room %s was not sent: %s", event["room"], type(error).__name__)


class Teller:
    """Sends hints from threads that must not wait: one event loop in a thread of its own, started by the first hint."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starting = threading.Lock()

    def tell(self, event: Event) -> None:
        asyncio.run_coroutine_threadsafe(tell(event), self._running_loop())

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="teller", daemon=True).start()
            return self._loop
