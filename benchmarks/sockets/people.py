"""A room and its people, made straight on Redis by the room's own code: tickets with cookies, calls, outcomes."""

from __future__ import annotations

import os
import secrets
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from queueing import events, publications, tickets, usher, vouching
from queueing.attendance import Attendance
from queueing.room import WaitingRoom
from queueing.settings import RoomSettings
from queueing.store import Store, connect

ROOM = "benchmark"
SEALED_BYTES = 300
CHUNK = 500
PLENTY = 1_000_000
# Threads of workers: an usher calls two for each.
WORKERS = 50


@dataclass(frozen=True, slots=True)
class Person:
    ticket_id: str
    cookie: str


class Called:
    """Where the usher hands the called over (obstacles.Jobs)."""

    def __init__(self) -> None:
        self.tickets: deque[str] = deque()

    def hand_over(self, _room: str, ticket_ids: Iterable[str]) -> None:
        self.tickets.extend(ticket_ids)

    def backlog(self) -> int:
        return len(self.tickets)


class Room:
    """One published room, on the real thing."""

    def __init__(self, redis_url: str, ticket_keys: Sequence[str], tier_key: Ed25519PrivateKey) -> None:
        self._client = connect(redis_url)
        self._store = Store(self._client)
        self._room = WaitingRoom(ROOM)
        self._settings = RoomSettings(slug=ROOM, total_active_users=PLENTY, new_users_per_minute=PLENTY)
        self._teller = events.Teller()
        self._ticket_keys = ticket_keys
        self._tier_key = tier_key

    def publish(self) -> None:
        publications.publish(self._store, self._tier_key, self._settings, hold=False)
        # Until an usher is there to say so: the line is not paused.
        self._client.set(self._room.keys.pulse, "")

    def start_over(self) -> None:
        """A new line without those who joined before: they have no sockets, and would be called first."""
        self._client.flushdb()
        self.publish()

    def join(self, count: int) -> list[Person]:
        """So many new people, in this order in line."""
        people: list[Person] = []
        for chunk in _chunks([secrets.token_urlsafe(tickets.ID_BYTES) for _ in range(count)]):
            sealed = [os.urandom(SEALED_BYTES) for _ in chunk]
            joined = self._store.run_many(
                [
                    self._room.join(ticket_id, request, tickets.reference(ticket_id).replace("-", ""), "", PLENTY)
                    for ticket_id, request in zip(chunk, sealed, strict=True)
                ]
            )
            for ticket_id, request, given in zip(chunk, sealed, joined, strict=True):
                if given.ticket is None or given.ticket.number is None:
                    raise RuntimeError(f"no place was given: {given.verdict}")
                ticket = tickets.Ticket(
                    room=ROOM,
                    id=ticket_id,
                    epoch=given.epoch,
                    incarnation=given.incarnation,
                    number=given.ticket.number,
                    reply_key=os.urandom(tickets.REPLY_KEY_BYTES),
                    details=os.urandom(tickets.DETAILS_BYTES),
                    sealed=request,
                )
                people.append(Person(ticket_id, f"vestibule-{ROOM}={tickets.sign(ticket, self._ticket_keys)}"))
        return people

    def finish(self, ticket_id: str) -> None:
        """As a worker does it at the end, the hint to the web included."""
        claim = self._store.run(self._room.claim(ticket_id))
        if claim is not None:
            proof = vouching.prove_outcome(self._tier_key, ROOM, ticket_id, "refused", "no_record", b"")
            self._store.run(self._room.finish(ticket_id, claim.attempt, "refused", "no_record", proof=proof))
            self._teller.tell(events.changed(ROOM, [ticket_id]))

    @contextmanager
    def open_for_calls(self) -> Iterator[Called]:
        """A real usher calls as fast as the called are taken on."""
        called = Called()
        attendance = Attendance(self._store, WORKERS)
        attendance.start()
        stop = threading.Event()
        working = usher.Usher(self._client, called, lambda: [self._settings], self._tier_key)
        thread = threading.Thread(target=working.run, args=(stop,))
        thread.start()
        try:
            yield called
        finally:
            stop.set()
            attendance.stop()
            thread.join()

    def close(self) -> None:
        self._client.close()


def _chunks(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
