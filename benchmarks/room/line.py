"""A room full of people, filled by the room's own scripts and kept alive by hubs, as a country's web tier would."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import redis

from queueing import tickets
from queueing.room import CLEANUP_BUDGET, Advance, WaitingRoom
from queueing.seats import RESTORED_AT_ONCE
from queueing.settings import RoomSettings
from queueing.store import Store

SLUG = "benchmark"
SEALED_BYTES = 300
CHUNK = 500
PLENTY = 1_000_000
# What one web process holds.
SEATS = 20_000
# Each web process gives its sign of life this often.
BEAT_S = 0.5
# After a standstill the line waits for its web processes; it never takes longer.
SETTLED_S = 60

T = TypeVar("T")


@dataclass(slots=True)
class Person:
    """`hub`: the web process that holds the ticket."""

    id: str
    number: int
    hub: str = ""

    @property
    def reference(self) -> str:
        return tickets.reference(self.id).replace("-", "")


class Line:
    """One room, and all who ever joined it, in their order."""

    def __init__(self, client: redis.Redis) -> None:
        self.client = client
        self.room = WaitingRoom(SLUG)
        self.keys = self.room.keys
        self.people: list[Person] = []
        self._store = Store(client)
        self._beat_at = 0.0
        self._hubs: list[str] = []
        self._called: set[str] = set()

    def publish(self, heartbeat_ttl_s: int = 300, grace_period_s: int = 3_600) -> None:
        settings = RoomSettings(
            slug=SLUG,
            total_active_users=PLENTY,
            new_users_per_minute=PLENTY,
            heartbeat_ttl_s=heartbeat_ttl_s,
            grace_period_s=grace_period_s,
            lease_s=3_600,
        )
        self._store.run(self.room.publish(settings, hold=False))

    def join(self, count: int, addresses: int) -> None:
        """So many newcomers, of so many addresses."""
        names = [secrets.token_urlsafe(16) for _ in range(addresses)]
        for chunk in _chunks([secrets.token_urlsafe(tickets.ID_BYTES) for _ in range(count)]):
            ops = [
                self.room.join(
                    id_,
                    secrets.token_bytes(SEALED_BYTES),
                    Person(id_, 0).reference,
                    names[(len(self.people) + place) % addresses],
                    PLENTY,
                )
                for place, id_ in enumerate(chunk)
            ]
            for id_, joined in zip(chunk, self._store.run_many(ops), strict=True):
                if joined.ticket is None or joined.ticket.number is None:
                    raise RuntimeError(f"no place was given: {joined.verdict}")
                self.people.append(Person(id_, joined.ticket.number))

    def hold(self, people: Sequence[Person], hub: str) -> None:
        for person in people:
            person.hub = hub
        self._hold(people)

    def _hold(self, people: Sequence[Person]) -> None:
        for chunk in _chunks(people):
            self._store.run_many([self.room.hold(person.id, person.hub) for person in chunk])

    def release(self, people: Sequence[Person]) -> None:
        for chunk in _chunks(people):
            released = self._store.run_many([self.room.release(person.id, person.hub) for person in chunk])
            if not all(released):
                raise RuntimeError("somebody was not held")

    def hold_everybody(self) -> None:
        """By as many hubs as that takes, each of them by turns: so a load balancer deals people out."""
        self._hubs = [f"hub-{number}" for number in range(math.ceil(len(self.people) / SEATS))]
        self.beat(*self._hubs)
        for place, person in enumerate(self.people):
            person.hub = self._hubs[place % len(self._hubs)]
        self._hold(self.people)

    def head(self, count: int) -> list[Person]:
        """The first of those not yet called."""
        return list(islice((person for person in self.people if person.id not in self._called), count))

    def held_by_one(self) -> list[Person]:
        """Whom the first hub holds, in the order of joining."""
        return [person for person in self.people if person.hub == self._hubs[0]]

    @property
    def hub(self) -> str:
        """Any of the web processes."""
        return self._hubs[-1]

    def beat(self, *hubs: str) -> None:
        for hub in hubs:
            self._store.run(self.room.heartbeat(hub, SEATS))

    def ladder(self) -> None:
        self.client.delete(self.keys.ladder)
        if not self._store.run(self.room.ladder()):
            raise RuntimeError("the line was not read")

    def advance(self, may_call: int, budget: int = CLEANUP_BUDGET) -> Advance:
        """One step of the line, its web processes alive."""
        if time.monotonic() - self._beat_at >= BEAT_S:
            self.beat(*self._hubs)
            self._beat_at = time.monotonic()
        step = self._store.run(self.room.advance(may_call, budget))
        self._called.update(id_ for id_, _at in step.called)
        return step

    def settle(self) -> None:
        """Until the line moves: after a pause it first waits for every web process."""
        deadline = time.monotonic() + SETTLED_S
        while not self.advance(1).called:
            if time.monotonic() > deadline:
                raise RuntimeError("nobody is called")
            time.sleep(0.1)

    def restore(self, people: Sequence[Person]) -> None:
        """As their web process does after a loss, unasked."""
        for chunk in _chunks(people):
            batches = _chunks(chunk, RESTORED_AT_ONCE)
            ops = [self.room.restore_all([_lost_ticket(person) for person in batch], batch[0].hub) for batch in batches]
            verdicts = {restored.verdict for answers in self._store.run_many(ops) for restored in answers}
            if others := verdicts - {"restored"}:
                raise RuntimeError(f"not restored: {', '.join(sorted(others))}")

    def lose(self, people: Sequence[Person]) -> None:
        """Redis forgets them, as after a crash."""
        for chunk in _chunks(people):
            ids = [person.id for person in chunk]
            with self.client.pipeline(transaction=False) as pipe:
                for zset in (self.keys.waiting, self.keys.present, self.keys.polling):
                    pipe.zrem(zset, *ids)
                pipe.delete(*[self.keys.ticket(id_) for id_ in ids], *[self.keys.sealed(id_) for id_ in ids])
                pipe.delete(*[self.keys.reference(person.reference) for person in chunk])
                for hub in self._hubs:
                    pipe.srem(self.keys.held(hub), *ids)
                pipe.execute()


def _lost_ticket(person: Person) -> tickets.Ticket:
    """As its cookie shows it, of an earlier life of the room's state."""
    return tickets.Ticket(
        room=SLUG,
        id=person.id,
        epoch=1,
        incarnation="an earlier one",
        number=person.number,
        reply_key=b"",
        details=b"",
        sealed=secrets.token_bytes(SEALED_BYTES),
    )


def _chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
