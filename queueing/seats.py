"""The sockets of one room in one web process, by ticket: who is seated, what they were told, what they must be told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from queueing import countdown, errors, events, frames, gathering, ladder, metrics, outcomes, tickets, wire
from queueing.room import TicketState, WaitingRoom
from queueing.rooms import Rooms, RoomView
from queueing.seat import Seat
from queueing.sockets import GONE, Socket
from queueing.store import AsyncStore

# Tickets per round trip: long enough to be cheap, short enough not to hold Redis up.
CHUNK = 500
# Of those that only read a score: about a millisecond of Redis.
READ_CHUNK = 2_500
# Seats between two turns of the event loop: outcomes must not wait until everybody has been told a new position.
AT_ONCE = 20
# Tickets put back by one script: about 2 ms of Redis, in which it does nothing else.
RESTORED_AT_ONCE = 50
# Whoever stands nearer than this is looked at every second, in case the hint about being called was lost.
HEAD = 30
# How often those being served are looked up, should the hint about their outcome be lost.
SERVING_LOOK_S = 5

T = TypeVar("T")


class RoomSeats:
    """All seats of a room. Owns which web process holds a ticket; never decides who is called."""

    def __init__(self, slug: str, hub_id: str, store: AsyncStore, rooms: Rooms) -> None:
        self.slug = slug
        self.hub_id = hub_id
        self.seats: dict[str, Seat] = {}
        self._ids: dict[str, str] = {}
        # Released, and to be released once more: see reconcile.
        self._gone: set[str] = set()
        self._gone_before: set[str] = set()
        self._room = WaitingRoom(slug)
        self._store = store
        self._together = gathering.Gathering(store)
        self._rooms = rooms
        self._first_heartbeat = asyncio.Event()
        self._unreleased: set[str] = set()
        self._told: tuple[str | None, bool, str] = (None, False, "")
        self._life: tuple[str, int] | None = None

    def sockets(self) -> Iterator[Socket]:
        for seat in self.seats.values():
            yield from seat.sockets

    def named(self, names: Sequence[str]) -> list[str]:
        """Which of the tickets that a hint names are seated here."""
        return [self._ids[name] for name in names if name in self._ids]

    async def ready(self) -> None:
        """Wait for the first heartbeat: until then, whoever is held would count as held by a dead process."""
        await self._first_heartbeat.wait()

    async def attach(self, ticket: tickets.Ticket, socket: Socket) -> TicketState:
        view = await self._rooms.view(self.slug)
        seat = self.seats.setdefault(ticket.id, Seat(ticket))
        self._ids[events.name(ticket.id)] = ticket.id
        seat.add(socket)
        state = await self._together.run(self._room.hold(ticket.id, self.hub_id))
        if state.state == "gone":
            restored = await self._store.run(self._room.restore(ticket, self.hub_id))
            if restored.verdict == "unready":
                raise errors.RoomNotReady
            state = restored.ticket
        self._tell(seat, state, view, afresh=True)
        if view.settings.notice:
            socket.push("notice", frames.notice(view))
        return state

    async def detach(self, ticket_id: str, socket: Socket, release: bool) -> bool:
        """True when the ticket was released by this: nobody here has a socket of it any more."""
        if not self.forget(ticket_id, socket) or not release:
            return False
        return ticket_id in await self._release([ticket_id])

    def forget(self, ticket_id: str, socket: Socket) -> bool:
        """Let a socket go without waiting for Redis; True when it was the ticket's last one here.

        The ticket is released by the caller, or by the next heartbeat: who has gone must not count as present.
        """
        seat = self.seats.get(ticket_id)
        if seat is None or socket not in seat.sockets:
            return False
        seat.sockets.remove(socket)
        if seat.sockets:
            return False
        del self.seats[ticket_id]
        self._ids.pop(events.name(ticket_id), None)
        self._unreleased.add(ticket_id)
        self._gone.add(ticket_id)
        return True

    async def heartbeat(self) -> None:
        """Keep everybody here present, and let those go whose release failed. Raises: RedisError."""
        sockets = sum(len(seat.sockets) for seat in self.seats.values())
        metrics.sockets.labels(self.slug).set(sockets)
        known = await self._store.run(self._room.heartbeat(self.hub_id, sockets))
        self._first_heartbeat.set()
        if not known:
            await self.take_back(list(self.seats))
        await self._release(list(self._unreleased))

    async def _release(self, ticket_ids: list[str]) -> set[str]:
        """Those that this process held and holds no more."""
        released = set()
        for chunk in _chunks(ticket_ids):
            releases = [self._together.run(self._room.release(ticket_id, self.hub_id)) for ticket_id in chunk]
            answers = await asyncio.gather(*releases)
            self._unreleased.difference_update(chunk)
            released |= {ticket_id for ticket_id, ours in zip(chunk, answers, strict=True) if ours}
        # A reload: the new socket's hold may have been overtaken by this release.
        back = [ticket_id for ticket_id in ticket_ids if ticket_id in self.seats]
        await self.take_back(back)
        return released - set(back)

    async def tick(self) -> None:
        """Once a second, by one read of the ladder: tell whoever's page must be showing something too far off."""
        view = await self._rooms.refresh(self.slug)
        await self._notice_loss(view)
        await self._announce(view)
        if view.ladder is not None and view.ladder.incarnation == view.incarnation:
            await self._look_at_the_head(await self._place_everybody(view, view.ladder))
        else:
            await self._tell_as_known(view)
        now = time.monotonic()
        served = (seat for seat in self.seats.values() if seat.state and seat.state.state == "serving")
        await self.look([seat.ticket.id for seat in served if now - seat.looked_at >= SERVING_LOOK_S])

    async def _notice_loss(self, view: RoomView) -> None:
        """Redis may have lost all it knew, or the last second of it: bring back whoever is seated here."""
        life = (view.incarnation, view.resumed_ms)
        if self._life is not None and self._life[0] != view.incarnation:
            await self._store.run(self._room.heartbeat(self.hub_id, len(self.seats)))
            await self._restore(list(self.seats), view)
        elif self._life != life:
            await self.reconcile()
            # Of whoever came in that second Redis may know the join and not the hold: absent soon, though here.
            await self.take_back(list(self.seats))
        self._life = life

    async def _restore(self, ticket_ids: list[str], view: RoomView) -> None:
        """Put tickets that Redis does not know back, where they were lost; tell of all of them, once Redis is ready."""
        for chunk in _chunks(ticket_ids):
            seats = [self.seats[ticket_id] for ticket_id in chunk if ticket_id in self.seats]
            batches = [[seat.ticket for seat in batch] for batch in _chunks(seats, RESTORED_AT_ONCE)]
            done = await self._store.run_many([self._room.restore_all(batch, self.hub_id) for batch in batches])
            answers = [restored for batch in done for restored in batch]
            for seat, restored in zip(seats, answers, strict=True):
                if restored.verdict != "unready":
                    self._tell(seat, restored.ticket, view)
            known = [seat.ticket.id for seat, answer in zip(seats, answers, strict=True) if answer.verdict == "known"]
            await self.take_back(known)

    async def _place_everybody(self, view: RoomView, rungs: ladder.Ladder) -> list[str]:
        """Tell where people stand; the tickets near the head, of which some may have been called meanwhile."""
        head = []
        for chunk in _chunks(list(self.seats.values()), AT_ONCE):
            for seat in chunk:
                if seat.state is None or seat.state.state != "waiting" or seat.state.number is None:
                    continue
                read = rungs.position(seat.state.number)
                if read <= HEAD:
                    head.append(seat.ticket.id)
                # Who was placed since may have come since: the ladder knows nothing of where they stand.
                if seat.known_at_s >= view.ladder_read_s:
                    continue
                as_read = replace(seat.state, position=read)
                pace_per_s = wire.pace_per_s(view.outlook, view.trail, as_read, view.paused)
                position = countdown.carried(read, pace_per_s, time.monotonic() - view.ladder_read_s)
                self._tell(seat, TicketState("waiting", seat.state.number, position), view, view.ladder_read_s)
            await asyncio.sleep(0)
        return head

    async def _tell_as_known(self, view: RoomView) -> None:
        """Without an usher there is no ladder, and nobody is called: places stand, and people are told why."""
        for chunk in _chunks([seat for seat in self.seats.values() if seat.state and seat.state.state == "waiting"]):
            for seat in chunk:
                self._tell(seat, seat.state or TicketState("gone"), view, seat.known_at_s)
            await asyncio.sleep(0)

    async def _look_at_the_head(self, ticket_ids: list[str]) -> None:
        """The ladder places a number, wherever its ticket is: lost hints of calls and of releases are healed here."""
        for chunk in _chunks(ticket_ids):
            scores = await self._store.client.zmscore(self._room.keys.present, chunk)
            elsewhere = [ticket_id for ticket_id, score in zip(chunk, scores, strict=True) if score is None]
            await self.take_back(elsewhere)
            await self.look(elsewhere)

    async def look(self, ticket_ids: Iterable[str]) -> None:
        """Ask Redis what became of tickets that are seated here, and tell their sockets."""
        view = await self._rooms.view(self.slug)
        for chunk in _chunks([ticket_id for ticket_id in ticket_ids if ticket_id in self.seats]):
            states = await self._store.run_many([self._room.look(ticket_id) for ticket_id in chunk])
            found = dict(zip(chunk, states, strict=True))
            await self._restore([ticket_id for ticket_id, state in found.items() if state.state == "gone"], view)
            for ticket_id, state in found.items():
                seat = self.seats.get(ticket_id)
                if seat is not None and state.state != "gone":
                    seat.looked_at = time.monotonic()
                    self._tell(seat, state, view)

    async def take_back(self, ticket_ids: Iterable[str]) -> None:
        """Hold tickets of which sockets are open here."""
        for chunk in _chunks([ticket_id for ticket_id in ticket_ids if ticket_id in self.seats]):
            await self._store.run_many([self._room.hold(ticket_id, self.hub_id) for ticket_id in chunk])

    async def reconcile(self) -> None:
        """Set right what lost commands left wrong: who is held without a socket here, or is absent with one.

        Redis may have read a hold late whose answer nobody waits for any more, or have lost its last second with a
        release or a leaving in it: whoever has gone is released again, twice, for the first may have come before that.
        """
        keys = self._room.keys
        gone = self._gone | self._gone_before
        await self._release([ticket_id for ticket_id in gone if ticket_id not in self.seats])
        # Not before it has succeeded: a Redis that has just restarted knows no script.
        self._gone, self._gone_before = set(), self._gone
        for chunk in _chunks(list(self.seats), READ_CHUNK):
            async with self._store.client.pipeline(transaction=False) as pipe:
                pipe.zmscore(keys.waiting, chunk)
                pipe.zmscore(keys.away, chunk)
                numbers, since = await pipe.execute()
            await self.take_back([ticket_id for ticket_id, at in zip(chunk, since, strict=True) if at is not None])
            await self.look([ticket_id for ticket_id, number in zip(chunk, numbers, strict=True) if number is None])

    async def _announce(self, view: RoomView) -> None:
        """Staff's notice when it changes; everybody's state again when the line stops or moves on."""
        before, self._told = self._told, (view.paused, view.restoring, view.settings.notice)
        if before[2] != view.settings.notice:
            notice = frames.notice(view)
            for chunk in _chunks(list(self.sockets()), AT_ONCE):
                for socket in chunk:
                    socket.push("notice", notice)
                await asyncio.sleep(0)
        if before[:2] != self._told[:2]:
            for seat in self.seats.values():
                seat.untold = True

    def _tell(
        self, seat: Seat, state: TicketState, view: RoomView, known_at_s: float | None = None, *, afresh: bool = False
    ) -> None:
        """Send what is new, known as of now or of an instant before; `afresh` once a socket has come, all there is."""
        now = time.monotonic()
        state = outcomes.vouched_for(self._rooms.tier_keys, self.slug, seat.ticket.id, seat.steady(state, view))
        if not afresh and not seat.must_hear(state, now):
            return
        corrected = not view.unsure and (seat.unsure or (afresh and view.restored))
        seat.unsure, seat.untold = view.unsure, False
        seat.known_at_s = now if known_at_s is None else known_at_s
        seat.state = state
        pace_per_s = wire.pace_per_s(view.outlook, view.trail, state, view.paused)
        seat.sighting = countdown.Sighting(state.position or 1, pace_per_s, now)
        for socket in seat.sockets:
            if state.state in ("left", "lapsed", "gone"):
                socket.close(GONE)
                continue
            for kind, frame in frames.of_state(seat.ticket, state, view, corrected):
                metrics.frames.labels(kind).inc()
                socket.push(kind, frame)


def _chunks(items: list[T], size: int = CHUNK) -> Iterator[list[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
