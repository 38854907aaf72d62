"""What time and Redis do in random histories: pass, forget, come back."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.queueing.model.play import USHER
from tests.queueing.model.steps import (
    ALIVE,
    BY,
    FOR_EVER_STEPS,
    FORGOTTEN_STEPS,
    HUBS,
    LATE,
    PICK,
    STEPS,
    Steps,
)
from tests.queueing.model.timing import STEP_MS


class Faults(Steps):
    @rule()
    def clock_falls_back(self) -> None:
        self.take(lambda: self.play.clock_falls_back(3_600))

    @rule(steps=STEPS, alive=ALIVE)
    def pass_time(self, steps: int, alive: tuple[str, ...]) -> None:
        self.take(lambda: self.play.pass_time(steps, *alive))

    @rule(
        picks=st.lists(PICK, max_size=8),
        by=BY,
        steps=st.integers(0, 9),
        behind_s=st.sampled_from((0, 0, 0, 0, 10, 3_600)),
    )
    def lose_and_return(self, picks: list[int], by: str, steps: int, behind_s: int) -> None:
        """Everything is lost, and some bring their places back, in any order; soon or later the first are called."""

        def return_() -> None:
            self.play.lose()
            self.play.restore_all([self.one(self.play.cookies, pick) for pick in picks], by)
            self.play.pass_time(steps, *HUBS, USHER)
            if behind_s:
                self.play.clock_falls_behind_the_birth(behind_s)
            self.play.advance()

        self.take(return_)

    @rule(pick=PICK, by=BY)
    def restore(self, pick: int, by: str) -> None:
        self.take(lambda: self.play.restore(self.missing(pick), by))

    @rule(pick=PICK, by=BY)
    def return_when_the_outcome_is_forgotten(self, pick: int, by: str) -> None:
        ticket = self.one(self.play.line.tickets, pick)

        def return_() -> None:
            self.play.leave(ticket)
            self.play.pass_time(self.play.line.settings.result_ttl_s * 1_000 // STEP_MS + 1, *HUBS, USHER)
            self.play.restore(ticket, by)

        self.take(return_)

    @rule()
    def reach_the_disk(self) -> None:
        self.take(self.play.reach_the_disk)

    @rule(pick=PICK, by=BY, noticed=st.booleans())
    def restart(self, pick: int, by: str, noticed: bool) -> None:
        def restart() -> None:
            self.play.restart()
            if noticed:
                self.play.advance()
            self.play.restore(self.missing(pick), by)

        self.take(restart)

    @rule(pick=PICK, by=BY)
    def restart_without_the_last_moments(self, pick: int, by: str) -> None:
        def restart() -> None:
            self.play.reach_the_disk()
            self.come(2, HUBS[0])
            self.play.restart()
            self.play.advance()
            self.play.restore(self.missing(pick), by)

        self.take(restart)

    @rule(pick=PICK, by=BY, away=st.booleans())
    def restart_when_old(self, pick: int, by: str, away: bool) -> None:
        """Who ended just before a restart is known to have ended as long as he could be taken for lost.

        `away`: Redis comes back when the outcome has run out.
        """

        def restart() -> None:
            self.play.pass_time(FORGOTTEN_STEPS)
            self.come(2, HUBS[0])
            self.play.advance()
            ticket = self.one(self.play.line.tickets, pick)
            self.play.leave(ticket)
            lasts = self.play.line.settings.result_ttl_s * 1_000 // STEP_MS + 1
            if away:
                self.play.pass_time(lasts)
            self.play.restart()
            self.play.advance()
            if not away:
                self.play.pass_time(lasts, *HUBS, USHER)
            self.play.restore(ticket, by)

        self.take(restart)

    @rule()
    def again(self) -> None:
        self.take(self.play.again)

    @precondition(lambda self: self.steps > LATE)
    @rule()
    def everybody_goes(self) -> None:
        """Every join ends in an outcome: nobody is there any more, and soon nothing is."""

        def go() -> None:
            self.play.pass_time(FOR_EVER_STEPS, USHER)
            self.play.must_be_over()
            self.met["ended to the last"] += 1

        self.take(go)
