"""What people and their web processes do in random histories."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from queueing.room import Ended
from tests.queueing.model.steps import (
    HUB,
    HUBS,
    PICK,
    STALE,
    TICKET,
    TOLD,
    VISITS,
    Steps,
)
from tests.queueing.model.timing import duration_s


class Crowd(Steps):
    @rule(ticket=TICKET, address=st.sampled_from(("here", "there")), more=st.sampled_from((100, 1, 0)))
    def join(self, ticket: str, address: str, more: int) -> None:
        """So many more may join from there."""
        joined = self.play.line.joins.get(address, (0, 0))[0]
        self.take(lambda: self.play.join(ticket, address, joined + more))

    @initialize(count=st.integers(0, 5), hub=HUB)
    def open(self, count: int, hub: str) -> None:
        self.take(lambda: self.come(count, hub))

    @rule(count=st.integers(1, 3), hub=HUB)
    def arrive(self, count: int, hub: str) -> None:
        self.take(lambda: self.come(count, hub))

    @rule(pick=PICK, hub=HUB)
    def hold(self, pick: int, hub: str) -> None:
        ticket = self.one(self.play.line.tickets, pick)
        self.take(lambda: self.play.hold(ticket, hub))

    @rule(pick=PICK, hub=st.sampled_from(("its", "its", *HUBS)))
    def release(self, pick: int, hub: str) -> None:
        ticket = self.one(self.play.line.tickets, pick)
        self.take(lambda: self.play.release(ticket, self.holder(ticket) if hub == "its" else hub))

    @rule(hub=HUB, sockets=st.integers(0, 2))
    def heartbeat(self, hub: str, sockets: int) -> None:
        self.take(lambda: self.play.heartbeat(hub, sockets))

    @rule(pick=PICK, good_for=st.integers(0, 4), instead=st.booleans())
    def poll(self, pick: int, good_for: int, instead: bool) -> None:
        """Beside a socket, or instead of it."""
        ticket = self.one(self.play.line.tickets, pick)

        def poll() -> None:
            self.play.poll(ticket, duration_s(good_for))
            if instead:
                self.play.release(ticket, self.holder(ticket))

        self.take(poll)

    @rule(ticket=TICKET, what=VISITS, stale=STALE, told=TOLD)
    def ask_for_anybody(self, ticket: str, what: str, stale: int, told: tuple[Ended, str]) -> None:
        """What may be asked of any ticket, whatever has become of it."""
        self.take(lambda: self.visit(ticket, what, self.attempt(ticket, stale), told))

    @rule(pick=PICK, what=VISITS, told=TOLD)
    def ask_for_the_ended(self, pick: int, what: str, told: tuple[Ended, str]) -> None:
        ticket = self.one(self.play.line.outcomes, pick)
        self.take(lambda: self.visit(ticket, what, 1, told))
