"""The sockets of one room in one web process, by ticket: who is seated, what they were told, what they must be told."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from queueing import metrics, tickets, wire
from queueing.room import TicketState, WaitingRoom
from queueing.rooms import Rooms, RoomView
from queueing.sockets import GONE, Kind, Socket
from queueing.store import AsyncStore

# Tickets per round trip: long enough to be cheap, short enough not to hold Redis up.
CHUNK = 500
# A page must hear from us at least this often (docs/protocol.md).
SILENCE_S = 60
# How often those being served are looked up, should the hint about their outcome be lost.
SERVING_LOOK_S = 5

T = TypeVar("T")


class Seat:
    """One ticket and its sockets in this process; `state` is what they were last told."""

    __slots__ = ("looked_at", "sent_at", "sockets", "state", "ticket")

    def __init__(self, ticket: tickets.Ticket) -> None:
        self.ticket = ticket
        self.sockets: set[Socket] = set()
        self.state: TicketState | None = None
        self.sent_at = 0.0
        self.looked_at = 0.0


class RoomSeats:
    """All seats of a room. Owns which web process holds a ticket; never decides who is called."""

    def __init__(self, slug: str, hub_id: str, store: AsyncStore, rooms: Rooms) -> None:
        self.slug = slug
        self.hub_id = hub_id
        self.seats: dict[str, Seat] = {}
        self._room = WaitingRoom(slug)
        self._store = store
        self._rooms = rooms
        self._first_heartbeat = asyncio.Event()
        self._told: tuple[str | None, str] = (None, "")

    def sockets(self) -> Iterator[Socket]:
        for seat in self.seats.values():
            yield from seat.sockets

    async def ready(self) -> None:
        """Wait for the first heartbeat: until then, whoever is held would count as held by a dead process."""
        await self._first_heartbeat.wait()

    async def attach(self, ticket: tickets.Ticket, socket: Socket) -> TicketState:
        seat = self.seats.setdefault(ticket.id, Seat(ticket))
        seat.sockets.add(socket)
        state = await self._store.run(self._room.hold(ticket.id, self.hub_id))
        view = await self._rooms.view(self.slug)
        self._tell(seat, state, view, to=[socket])
        if view.settings.notice:
            socket.push("notice", _notice(view))
        return state

    async def detach(self, ticket_id: str, socket: Socket, release: bool) -> bool:
        """True when the ticket was released by this: nobody here has a socket of it any more."""
        seat = self.seats.get(ticket_id)
        if seat is None or socket not in seat.sockets:
            return False
        seat.sockets.discard(socket)
        if seat.sockets:
            return False
        del self.seats[ticket_id]
        if not release:
            return False
        released = await self._store.run(self._room.release(ticket_id, self.hub_id))
        if ticket_id in self.seats:
            # A reload: the new socket's hold may have been overtaken by this release.
            await self._store.run(self._room.hold(ticket_id, self.hub_id))
            return False
        return released

    async def heartbeat(self) -> None:
        """Keep everybody here present. A process that had been silent too long holds its tickets again."""
        sockets = sum(len(seat.sockets) for seat in self.seats.values())
        metrics.sockets.labels(self.slug).set(sockets)
        known = await self._store.run(self._room.heartbeat(self.hub_id, sockets))
        self._first_heartbeat.set()
        if not known:
            await self.take_back(list(self.seats))

    async def tick(self) -> None:
        """Once a second: everybody's position, and whether the room itself has something new to say."""
        view = await self._rooms.view(self.slug)
        self._announce(view)
        waiting = [seat for seat in self.seats.values() if seat.state is None or seat.state.state == "waiting"]
        for chunk in _chunks(waiting):
            ranks = await self._ranks([seat.ticket.id for seat in chunk])
            for seat, rank in zip(chunk, ranks, strict=True):
                if rank is not None:
                    self._tell(seat, TicketState("waiting", seat.ticket.number, rank + 1), view)
            await self.look([seat.ticket.id for seat, rank in zip(chunk, ranks, strict=True) if rank is None])
        now = time.monotonic()
        served = (seat for seat in self.seats.values() if seat.state and seat.state.state == "serving")
        await self.look([seat.ticket.id for seat in served if now - seat.looked_at >= SERVING_LOOK_S])

    async def look(self, ticket_ids: Iterable[str]) -> None:
        """Ask Redis what became of tickets that are seated here, and tell their sockets."""
        view = await self._rooms.view(self.slug)
        for chunk in _chunks([ticket_id for ticket_id in ticket_ids if ticket_id in self.seats]):
            states = await self._store.run_many([self._room.look(ticket_id) for ticket_id in chunk])
            for ticket_id, state in zip(chunk, states, strict=True):
                seat = self.seats.get(ticket_id)
                if seat is not None:
                    seat.looked_at = time.monotonic()
                    self._tell(seat, state, view)

    async def take_back(self, ticket_ids: Iterable[str]) -> None:
        """Hold tickets of which sockets are open here."""
        for chunk in _chunks([ticket_id for ticket_id in ticket_ids if ticket_id in self.seats]):
            await self._store.run_many([self._room.hold(ticket_id, self.hub_id) for ticket_id in chunk])

    async def reconcile(self) -> None:
        """Whoever is marked absent though a socket of theirs is open here is taken back."""
        away = self._room.keys.away
        for chunk in _chunks(list(self.seats)):
            since = await self._store.client.zmscore(away, chunk)
            await self.take_back([ticket_id for ticket_id, at in zip(chunk, since, strict=True) if at is not None])

    async def _ranks(self, ticket_ids: Sequence[str]) -> list[int | None]:
        async with self._store.client.pipeline(transaction=False) as pipe:
            for ticket_id in ticket_ids:
                pipe.zrank(self._room.keys.waiting, ticket_id)
            ranks: list[int | None] = await pipe.execute()
        return ranks

    def _announce(self, view: RoomView) -> None:
        """Staff's notice when it changes; everybody's state again when the line stops or moves on."""
        paused, notice = self._told
        self._told = (view.paused, view.settings.notice)
        if notice != view.settings.notice:
            for socket in self.sockets():
                socket.push("notice", _notice(view))
        if paused != view.paused:
            for seat in self.seats.values():
                seat.sent_at = 0.0

    def _tell(self, seat: Seat, state: TicketState, view: RoomView, to: Iterable[Socket] | None = None) -> None:
        """Send what is new, or everything to sockets that have just come."""
        now = time.monotonic()
        if to is None and state == seat.state and now - seat.sent_at < SILENCE_S:
            return
        seat.state, seat.sent_at = state, now
        for socket in to or seat.sockets:
            if state.state in ("left", "lapsed", "gone"):
                socket.close(GONE)
                continue
            for kind, frame in _frames(seat.ticket, state, view):
                metrics.frames.labels(kind).inc()
                socket.push(kind, frame)


def _frames(ticket: tickets.Ticket, state: TicketState, view: RoomView) -> Iterator[tuple[Kind, str]]:
    """The frames that say a state, as docs/protocol.md has them."""
    shown = wire.ticket_out(ticket, state, view.settings, view.paused)
    yield "state", json.dumps({"type": "state", **shown.model_dump()}, separators=(",", ":"))
    if state.state == "serving":
        yield "called", json.dumps({"type": "called", "called_at_us": state.called_us})
    elif state.state != "waiting":
        outcome = {"type": "outcome", "outcome": state.state, "called_at_us": state.called_us}
        outcome |= {"expires_at": shown.expires_at} if state.state == "issued" else {"reason": state.reason}
        yield "outcome", json.dumps(outcome)


def _notice(view: RoomView) -> str:
    return json.dumps({"type": "notice", "text": view.settings.notice, "level": view.settings.notice_level})


def _chunks(items: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
