"""A line to test with: a published room, and people who join it, come, go and are served."""

from __future__ import annotations

import secrets
from typing import Any

import redis
from django.conf import settings as configured

from queueing import publications, settings_hash, vouching
from queueing.room import Advance, Claim, Joined, TicketState, WaitingRoom
from queueing.settings import RoomSettings
from queueing.store import Store
from tests.queueing.passing import let_pass

HUB = "hub-1"
TIER_KEY = configured.TIER_SIGNING_KEY
PLENTY = 100_000


class Line:
    """One room on a real server. Hub `hub-1` is alive from the start."""

    def __init__(self, client: redis.Redis, **values: Any) -> None:
        self.client = client
        self.store = Store(client)
        self.room = WaitingRoom("test")
        self.keys = self.room.keys
        self.settings = RoomSettings(slug="test", **values)
        self.publish()
        self.beat()

    def publish(self, hold: bool = False, **values: Any) -> None:
        known = {name: getattr(self.settings, name) for name in self.settings.__slots__}
        self.settings = RoomSettings(**known | values)
        signature = vouching.sign_settings(TIER_KEY, "test", settings_hash.of(self.settings))
        self.store.run(self.room.publish(self.settings, hold, signature))

    def published(self) -> RoomSettings | None:
        """As the private tier has signed them."""
        return publications.read(self.client, TIER_KEY, "test").settings

    def beat(self, hub: str = HUB, sockets: int = 0) -> bool:
        return self.store.run(self.room.heartbeat(hub, sockets))

    def try_to_join(self, ticket: str = "", address: str = "somewhere", allowed: int = PLENTY) -> Joined:
        ticket = ticket or secrets.token_urlsafe(16)
        return self.store.run(
            self.room.join(ticket, b"sealed " + ticket.encode(), "REF" + ticket[:4], address, allowed)
        )

    def join(self, *tickets: str, hold: bool = True) -> list[str]:
        """New places in this order, each held by hub-1 unless said otherwise."""
        for ticket in tickets:
            assert self.try_to_join(ticket).verdict == "joined"
            if hold:
                self.hold(ticket)
        return list(tickets)

    def hold(self, ticket: str, hub: str = HUB) -> TicketState:
        return self.store.run(self.room.hold(ticket, hub))

    def release(self, ticket: str, hub: str = HUB) -> bool:
        return self.store.run(self.room.release(ticket, hub))

    def poll(self, ticket: str, good_for_ms: int = 75_000) -> TicketState:
        return self.store.run(self.room.poll(ticket, good_for_ms))

    def look(self, ticket: str) -> TicketState:
        return self.store.run(self.room.look(ticket))

    def leave(self, ticket: str) -> bool:
        return self.store.run(self.room.leave(ticket))

    def advance(self, may_call: int = PLENTY, budget: int = 400) -> Advance:
        return self.store.run(self.room.advance(may_call, budget))

    def call(self, may_call: int = PLENTY) -> list[str]:
        """Who is called by one step."""
        return [ticket for ticket, _at in self.advance(may_call).called]

    def claim(self, ticket: str) -> Claim:
        claim = self.store.run(self.room.claim(ticket))
        assert claim is not None
        return claim

    def finish(self, ticket: str, attempt: int, state: Any = "issued", reason: str = "", document: bytes = b"") -> bool:
        proof = vouching.prove_outcome(TIER_KEY, "test", ticket, state, reason, document)
        return self.store.run(self.room.finish(ticket, attempt, state, reason, document, proof))

    def let_pass(self, seconds: float, alive: tuple[str, ...] = (HUB,)) -> None:
        """Time passes; the hubs named stay alive."""
        let_pass(self.client, "test", seconds, alive)
        for hub in alive:
            self.beat(hub)

    def where(self, ticket: str) -> set[str]:
        """In which of the sets a ticket is, and whether it has an outcome."""
        k = self.keys
        sets = {"waiting": k.waiting, "present": k.present, "away": k.away, "serving": k.serving}
        found = {name for name, key in sets.items() if self.client.zscore(key, ticket) is not None}
        return found | ({"outcome"} if self.client.exists(k.outcome(ticket)) else set())
