"""The line as the rules have it, in plain Python: docs/promises.md, and nothing of how Redis does it.

Its state, what can be seen of it, and what can happen to a ticket; who may do what is in people.py, workers.py,
ushers.py and losses.py. Instants are ms, queue numbers and instants of calls µs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from queueing.room import HOLD_MS, TicketState
from queueing.settings import RoomSettings

TRIES = 3
WINDOW_MS = 60_000
# Before all time: a hub that holds a ticket and has not given a sign of life yet.
NEVER = 0
# How long a place may be brought back after Redis has lost it.
RESTORABLE_MS = 600_000
# How long polls of before a standstill count after it.
POLLED_MS = 75_000


@dataclass(slots=True)
class Ticket:
    """A ticket in line (`lease_until` None) or being served. In line with `away_since` None: present.

    `claimed`: the nonce of the claim that has it.
    """

    number: int
    reference: str
    request: bytes
    holder: str | None = None
    polled_until: int | None = None
    away_since: int | None = None
    lease_until: int | None = None
    called_us: int | None = None
    attempt: int = 0
    claimed: str = ""
    tries: int = 0

    @property
    def waiting(self) -> bool:
        return self.lease_until is None


@dataclass(slots=True)
class Outcome:
    state: str
    reason: str
    number: int
    called_us: int | None
    ends_at: int
    document: bytes = b""


@dataclass(slots=True)
class Life:
    """One life of the room's state: `advanced_at` is when it was advanced last, `ended` may not return."""

    incarnation: str
    born_at: int
    hold_until: int = 0
    advanced_at: int | None = None
    settling_since: int | None = None
    stood_from: int | None = None
    stood_until: int | None = None
    stopped_at: int | None = None
    resumed_at: int | None = None
    ended: set[str] = field(default_factory=set)
    ended_until: int = 0

    @property
    def restorable_until(self) -> int:
        return max(self.born_at, self.resumed_at or 0) + RESTORABLE_MS


@dataclass(slots=True)
class Outage:
    """A mass disappearance: how many were away before it, and at its worst; since when half of them are back."""

    began_at: int
    base: int
    peak: int
    returned_at: int | None = None


class Line:
    """`last_number` and `epoch_began` are queue numbers; `joins` counts by address, with the end of the count.

    `sockets`: how many, and the nonce of the last heartbeat where its hub was told to hold its tickets again.
    """

    def __init__(self, settings: RoomSettings, now: int, incarnation: str, hold: bool = False) -> None:
        self.now = now
        self.life = Life(incarnation, now, hold_until=now + HOLD_MS if hold else 0)
        self.outage: Outage | None = None
        # Redis is another process now, and no step has noticed it yet.
        self.restarted = False
        self.settings = settings
        self.tickets: dict[str, Ticket] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.hubs: dict[str, int] = {}
        self.sockets: dict[str, tuple[int, str]] = {}
        self.calls: list[int] = []
        self.references: dict[str, set[str]] = {}
        self.fading_references: set[str] = set()
        self.joins: dict[str, tuple[int, int]] = {}
        self.tally: Counter[str] = Counter()
        self.last_number = 0
        self.epoch_began = 0

    # ---- what can be seen

    def waiting(self) -> list[str]:
        """Two have one number only where Redis has forgotten the first and its clock was set back."""
        return sorted((id_ for id_, ticket in self.tickets.items() if ticket.waiting), key=self._place)

    def present(self) -> list[str]:
        return [id_ for id_ in self.waiting() if self.tickets[id_].away_since is None]

    def away(self) -> dict[str, int]:
        """Since when."""
        tickets = self.tickets.items()
        return {id_: t.away_since for id_, t in tickets if t.waiting and t.away_since is not None}

    def serving(self) -> list[str]:
        return [id_ for id_, ticket in self.tickets.items() if not ticket.waiting]

    def held(self, hub: str) -> list[str]:
        return [id_ for id_, ticket in self.tickets.items() if ticket.holder == hub]

    def alive(self, hub: str | None) -> bool:
        return hub in self.hubs and self.hubs[hub] > self.now

    def here(self, id_: str) -> bool:
        """Whether anybody is there: the one question that presence, calls and permits turn on."""
        ticket = self.tickets[id_]
        polled = ticket.polled_until is not None and ticket.polled_until > self.polled_since()
        return self.alive(ticket.holder) or polled

    def polled_since(self) -> int:
        """When a poll must have been good still to count: now, or for a while after a standstill, before it."""
        since, until = self.life.stood_from, self.life.stood_until
        forgiven = since is not None and until is not None and until <= self.now < until + POLLED_MS
        return min(self.now, since) if forgiven and since is not None else self.now

    def look(self, id_: str) -> TicketState:
        if id_ in self.tickets:
            ticket = self.tickets[id_]
            if ticket.waiting:
                return TicketState("waiting", ticket.number, self.waiting().index(id_) + 1)
            return TicketState("serving", ticket.number, called_us=ticket.called_us)
        if id_ in self.outcomes:
            told = self.outcomes[id_]
            return TicketState(told.state, told.number, None, told.called_us, told.reason or None, told.ends_at)
        return TicketState("gone")

    def _place(self, id_: str) -> tuple[int, str]:
        return self.tickets[id_].number, id_

    # ---- what can happen to a ticket

    def add(self, id_: str, ticket: Ticket) -> None:
        """A place in line, new or brought back."""
        self.tickets[id_] = ticket
        self.last_number = max(self.last_number, ticket.number)
        self.references.setdefault(ticket.reference, set()).add(id_)
        self.fading_references.discard(ticket.reference)

    def hold(self, id_: str, hub: str) -> None:
        """The latest to hold wins. A hub not known to be alive is silent until its heartbeat comes."""
        ticket = self.tickets[id_]
        ticket.holder, ticket.polled_until, ticket.away_since = hub, None, None
        self.hubs.setdefault(hub, NEVER)

    def mark(self, id_: str) -> bool:
        """Away from now on, unless somebody is there, or it was away already, or is not in line."""
        ticket = self.tickets[id_]
        if not ticket.waiting or ticket.away_since is not None or self.here(id_):
            return False
        ticket.away_since = self.now
        return True

    def call(self, id_: str, called_us: int) -> None:
        self.tickets[id_].called_us = self.last_number = called_us
        self.lease(id_)
        self.calls.append(self.now)
        self.tally["called"] += 1

    def lease(self, id_: str) -> None:
        self.tickets[id_].lease_until = self.now + self.settings.lease_s * 1_000

    def give_back(self, id_: str) -> None:
        """At the old number; away where nobody is there."""
        ticket = self.tickets[id_]
        ticket.lease_until, ticket.claimed, ticket.called_us, ticket.away_since = None, "", None, None
        self.mark(id_)

    def end(self, id_: str, state: str, reason: str, document: bytes = b"") -> None:
        ticket = self.tickets.pop(id_)
        ends_at = self.now + self.settings.result_ttl_s * 1_000
        self.outcomes[id_] = Outcome(state, reason, ticket.number, ticket.called_us, ends_at, document)
        self.fading_references.add(ticket.reference)
        self.tally[state] += 1
        self.remember_end(id_)

    def remember_end(self, id_: str) -> None:
        """Whoever ends while places may be brought back is not brought back."""
        if self.now <= self.life.restorable_until:
            self.life.ended.add(id_)
            self.life.ended_until = self.life.restorable_until + 1_000

    # ---- staff and time

    def publish(self, **values: object) -> None:
        """A higher epoch begins now: whoever joined before is of the line that has ended. Older settings do nothing."""
        changed = replace(self.settings, **values)
        if changed.version < self.settings.version:
            return
        if changed.epoch > self.settings.epoch:
            self.epoch_began = self.last_number = max(self.now * 1_000, self.last_number + 1)
        self.settings = changed

    def pass_time(self, ms: int) -> None:
        self.now += ms
        self.outcomes = {id_: told for id_, told in self.outcomes.items() if told.ends_at > self.now}
        self.joins = {address: count for address, count in self.joins.items() if count[1] > self.now}
        self.calls = [at for at in self.calls if at > self.now - WINDOW_MS]
        if self.life.ended_until <= self.now:
            self.life.ended.clear()
