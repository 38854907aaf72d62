"""The part of a web process that speaks for its sockets: their heartbeat, their positions, their outcomes.

One Hub per process and event loop, started by the first connection (Daphne has no lifespan) and drained on SIGTERM.
What it is told by others are hints; it asks Redis for the truth before it tells anybody anything.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import threading
import time
from collections.abc import Coroutine, Sequence
from types import FrameType
from typing import Any

from channels.layers import get_channel_layer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from redis.exceptions import RedisError

from queueing import capacity, events, metrics, openers, seats, tickets, trust_list
from queueing.room import TicketState
from queueing.rooms import Rooms
from queueing.sockets import GOING_AWAY, Socket
from queueing.store import AsyncStore

log = logging.getLogger(__name__)

# One command per room this often; must fit at least three times into heartbeat_ttl.
HEARTBEAT_S = 5
TICK_S = 1
# Heals lost hints and lost holds.
RECONCILE_S = 30
# Pause after a failed round, so that a Redis that is down is not hammered.
RETRY_S = 1
# How long hints are gathered before they go out.
GATHER_S = 0.05
# Closes between two turns of the event loop.
CLOSED_AT_ONCE = 100
# How long a stopping process waits for its sockets to close.
DRAIN_S = 8


class Hub:
    """Holds the tickets of this process' sockets, in all rooms."""

    def __init__(self, store: AsyncStore, tier_keys: Sequence[Ed25519PublicKey], most_sockets: int = 0) -> None:
        """`tier_keys`: whose settings and outcomes count. `most_sockets`: 0 for as many as there may be files."""
        self.id = secrets.token_hex(8)
        self.store = store
        self.capacity = capacity.Capacity(asyncio.get_running_loop(), capacity.most_sockets(most_sockets))
        self.rooms = Rooms(store, tier_keys)
        self.openers = openers.Openers(store)
        self.trust_list = trust_list.Relay(store)
        self.draining = False
        self._seats: dict[str, seats.RoomSeats] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._channel = ""
        self._failing: set[tuple[str, str]] = set()
        self._released: dict[str, list[str]] = {}
        self._changed: dict[str, list[str]] = {}

    async def attach(self, ticket: tickets.Ticket, socket: Socket) -> TicketState:
        """Seat a socket and hold its ticket; the first frame goes out at once. The caller closes what is gone."""
        return await (await self._room(ticket.room)).attach(ticket, socket)

    async def detach(self, ticket: tickets.Ticket, socket: Socket) -> None:
        """Let a closed socket go; its ticket is absent at once, unless another socket of it is here."""
        room_seats = self._seats.get(ticket.room)
        if room_seats is None:
            return
        # A draining process keeps its heartbeat's last word, so that people have time to come back elsewhere.
        released = await room_seats.detach(ticket.id, socket, release=not self.draining)
        if released:
            self._tell_soon(self._released, ticket)

    def forget(self, ticket: tickets.Ticket, socket: Socket) -> None:
        """Let a socket go without waiting; its ticket is released with the next heartbeat. Nothing if it has gone."""
        if ticket.room in self._seats:
            self._seats[ticket.room].forget(ticket.id, socket)

    def tell_of_change(self, ticket: tickets.Ticket) -> None:
        """Let the ticket's other tabs hear soon, here or at another web process."""
        self._tell_soon(self._changed, ticket)

    async def drain(self) -> None:
        """Tell every socket to come back elsewhere, and wait until they have gone."""
        if self.draining:
            return
        self.draining = True
        log.info("draining %d sockets", self.capacity.sockets)
        try:
            async with asyncio.timeout(DRAIN_S):
                while await self._send_away() or self.capacity.connecting:  # noqa: ASYNC110 all rooms, and who comes in
                    await asyncio.sleep(0.05)
        except TimeoutError:
            log.warning("some sockets did not close within %d s", DRAIN_S)
        for task in self._tasks:
            task.cancel()

    async def aclose(self) -> None:
        """Let go of Redis; nothing may be asked of this hub afterwards."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.store.client.aclose(close_connection_pool=True)
        await get_channel_layer().close_pools()

    async def _send_away(self) -> int:
        """Ask all who are seated to come back elsewhere; how many there were."""
        everybody = [socket for room_seats in self._seats.values() for socket in room_seats.sockets()]
        for number, socket in enumerate(everybody):
            socket.close(GOING_AWAY)
            if number % CLOSED_AT_ONCE == 0:
                await asyncio.sleep(0)
        return len(everybody)

    async def _room(self, slug: str) -> seats.RoomSeats:
        if slug not in self._seats:
            room_seats = seats.RoomSeats(slug, self.id, self.store, self.rooms)
            self._seats[slug] = room_seats
            if not self._channel:
                self._start_listening()
            self._run(self._beat(room_seats))
            self._run(self._tick(room_seats))
            self._run(self._reconcile(room_seats))
        room_seats = self._seats[slug]
        await room_seats.ready()
        return room_seats

    def _tell_soon(self, outbox: dict[str, list[str]], ticket: tickets.Ticket) -> None:
        """Hints go out together: when a thousand sockets close at once, that is a few messages and not a thousand."""
        if not self._released and not self._changed:
            self._run(self._tell())
        outbox.setdefault(ticket.room, []).append(ticket.id)

    async def _tell(self) -> None:
        await asyncio.sleep(GATHER_S)
        released, self._released = self._released, {}
        changed, self._changed = self._changed, {}
        for room, ticket_ids in released.items():
            await events.tell(events.released(room, ticket_ids, self.id))
        for room, ticket_ids in changed.items():
            await events.tell(events.changed(room, ticket_ids))

    def _start_listening(self) -> None:
        self._channel = "starting"
        self._run(self._listen())
        self._drain_on_sigterm()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _beat(self, room_seats: seats.RoomSeats) -> None:
        while True:
            delay_s: float = RETRY_S
            try:
                await room_seats.heartbeat()
                if self._is_well("heartbeat", room_seats.slug):
                    await room_seats.reconcile()
                delay_s = min(HEARTBEAT_S, (await self.rooms.view(room_seats.slug)).settings.heartbeat_ttl_s / 3)
            except Exception as error:  # noqa: BLE001 a heartbeat that stops would lose everybody's place
                self._note("heartbeat", room_seats.slug, error)
            await asyncio.sleep(delay_s)

    async def _tick(self, room_seats: seats.RoomSeats) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            try:
                await room_seats.tick()
                self._is_well("update", room_seats.slug)
            except Exception as error:  # noqa: BLE001 one bad second must not end all later ones
                self._note("update", room_seats.slug, error)

    async def _reconcile(self, room_seats: seats.RoomSeats) -> None:
        while True:
            await asyncio.sleep(RECONCILE_S)
            try:
                await room_seats.reconcile()
                self._is_well("reconciliation", room_seats.slug)
            except Exception as error:  # noqa: BLE001 as above
                self._note("reconciliation", room_seats.slug, error)

    async def _listen(self) -> None:
        """Hear of changes. Membership is renewed often: a Redis that restarted has forgotten it."""
        layer = get_channel_layer()
        self._channel = await layer.new_channel()
        joined_at = -float(HEARTBEAT_S)
        while True:
            try:
                if time.monotonic() - joined_at >= HEARTBEAT_S:
                    for slug in tuple(self._seats):
                        await layer.group_add(events.group(slug), self._channel)
                    joined_at = time.monotonic()
                event = await self._next_event(layer)
                self._is_well("listening", "*")
                if event is not None:
                    await self._hear(event)
            except Exception as error:  # noqa: BLE001 the layer raises whatever its connection raises
                self._note("listening", "*", error)
                joined_at = -float(HEARTBEAT_S)
                await asyncio.sleep(RETRY_S)

    async def _next_event(self, layer: Any) -> events.Event | None:
        """None when nothing came for a while."""
        try:
            async with asyncio.timeout(HEARTBEAT_S):
                event: events.Event = await layer.receive(self._channel)
                return event
        except TimeoutError:
            return None

    async def _hear(self, event: events.Event) -> None:
        room_seats = self._seats.get(event["room"])
        if room_seats is None:
            return
        if event["kind"] == "changed":
            await room_seats.look(room_seats.named(event["tickets"]))
        elif event["hub"] != self.id:
            await room_seats.take_back(room_seats.named(event["tickets"]))

    def _drain_on_sigterm(self) -> None:
        """Drain first, then do what the server had installed for SIGTERM."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        before = signal.getsignal(signal.SIGTERM)

        async def drain_then_stop() -> None:
            await self.drain()
            if callable(before):
                before(signal.SIGTERM, None)

        def on_sigterm(_signal: int, _frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(lambda: asyncio.ensure_future(drain_then_stop()))

        signal.signal(signal.SIGTERM, on_sigterm)

    def _is_well(self, what: str, room: str) -> bool:
        """True the first time that something works again."""
        if (what, room) not in self._failing:
            return False
        self._failing.discard((what, room))
        log.info("%s of room %s works again", what, room)
        return True

    def _note(self, what: str, room: str, error: Exception) -> None:
        """Told once, until it works again."""
        metrics.hub_errors.labels(what).inc()
        if (what, room) in self._failing:
            return
        self._failing.add((what, room))
        if isinstance(error, RedisError | OSError):
            log.warning("%s of room %s: Redis does not answer (%s)", what, room, type(error).__name__)
        else:
            log.error("%s of room %s", what, room, exc_info=error)
