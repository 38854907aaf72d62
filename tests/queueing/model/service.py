"""What workers, ushers and staff do in random histories."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from queueing.room import Ended
from tests.queueing.model.play import PLENTY, USHER
from tests.queueing.model.steps import (
    ALIVE,
    CHANGE,
    HUB,
    HUBS,
    PICK,
    STALE,
    TOLD,
    Steps,
)
from tests.queueing.model.timing import STEP_MS


class Service(Steps):
    @rule(pick=PICK)
    def claim(self, pick: int) -> None:
        ticket = self.one(self.play.line.serving(), pick)
        self.take(lambda: self.play.claim(ticket))

    @rule(pick=PICK, stale=STALE)
    def renew(self, pick: int, stale: int) -> None:
        ticket = self.one(self.play.line.serving(), pick)
        self.take(lambda: self.play.renew(ticket, self.attempt(ticket, stale)))

    @rule(pick=PICK)
    def renew_for_one_who_went(self, pick: int) -> None:
        ticket = self.one(self.play.line.serving(), pick)

        def renew() -> None:
            self.play.claim(ticket)
            self.play.release(ticket, self.holder(ticket))
            self.play.renew(ticket, self.attempt(ticket, 0))

        self.take(renew)

    @rule(pick=PICK, stale=STALE)
    def hand_back(self, pick: int, stale: int) -> None:
        ticket = self.one(self.play.line.serving(), pick)
        self.take(lambda: self.play.hand_back(ticket, self.attempt(ticket, stale)))

    @rule(pick=PICK, stale=STALE, told=TOLD)
    def finish(self, pick: int, stale: int, told: tuple[Ended, str]) -> None:
        ticket = self.one(self.play.line.serving(), pick)
        self.take(lambda: self.play.finish(ticket, self.attempt(ticket, stale), *told))

    @rule(pick=PICK, times=st.integers(1, 3))
    def crash(self, pick: int, times: int) -> None:
        """A worker takes a ticket on, and is not heard of any more; perhaps the next one, too."""
        ticket = self.one(self.play.line.serving(), pick)

        def lapse() -> None:
            for _ in range(times):
                self.play.claim(ticket)
                self.play.pass_time(self.play.line.settings.lease_s * 1_000 // STEP_MS, *HUBS, USHER)
                self.play.pass_time(1, *HUBS)
                self.play.claim(ticket)
                self.play.advance()

        self.take(lapse)

    @rule(pick=PICK, told=TOLD, then=st.sampled_from(("finish", "leave", "restore")))
    def serve(self, pick: int, told: tuple[Ended, str], then: str) -> None:
        ticket = self.one(self.play.line.serving(), pick)

        def serve() -> None:
            self.play.claim(ticket)
            self.visit(ticket, "finish", self.attempt(ticket, 0), told)
            self.visit(ticket, then, self.attempt(ticket, 0), told)

        self.take(serve)

    @rule()
    def advance(self) -> None:
        self.take(self.play.advance)

    @rule(may_call=st.integers(0, 3), budget=st.sampled_from((0, 1, 2, 3, 5, 9, 400)))
    def advance_a_little(self, may_call: int, budget: int) -> None:
        self.take(lambda: self.play.advance(may_call, budget))

    @rule(hub=HUB, alive=ALIVE, budget=st.integers(0, 2))
    def advance_past_the_silent(self, hub: str, alive: tuple[str, ...], budget: int) -> None:
        """A web process has died, and there was no time yet to mark its tickets."""
        others = [name for name in alive if name not in (hub, USHER)]

        def call() -> None:
            self.come(3, hub)
            self.play.pass_time(self.play.line.settings.heartbeat_ttl_s * 1_000 // STEP_MS, *others, USHER)
            self.play.pass_time(1, *others)
            self.play.advance(budget=budget)

        self.take(call)

    @rule(pick=PICK, steps=st.integers(1, 9), hub=HUB)
    def call_and_claim(self, pick: int, steps: int, hub: str) -> None:
        """Some are called, and a minute later, more or less, more may be."""

        def call() -> None:
            self.play.pass_time(steps, *HUBS, USHER)
            self.come(1, hub)
            self.play.advance()
            self.play.claim(self.one(self.play.line.serving(), pick))

        self.take(call)

    @rule(state=st.sampled_from(("open", "open", "paused", "closed")))
    def switch(self, state: str) -> None:
        self.take(lambda: self.play.publish(state=state))

    @rule(change=CHANGE)
    def publish(self, change: dict[str, Any]) -> None:
        self.take(lambda: self.play.publish(**change))

    @rule(cleaned=st.booleans())
    def end_the_line(self, cleaned: bool) -> None:
        def end() -> None:
            old = self.play.line.settings
            self.play.publish(epoch=old.epoch + 1)
            # Somebody who read the table just before.
            self.play.publish(version=old.version, epoch=old.epoch)
            self.play.publish(state=old.state)
            self.play.advance(budget=PLENTY if cleaned else 0)

        self.take(end)
