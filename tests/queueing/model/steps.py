"""How a random history takes its steps, and of what it chooses. Which steps there are: crowd, service, faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from queueing.room import Ended
from tests.queueing.model.judge import Broken
from tests.queueing.model.play import USHER, Play
from tests.queueing.model.scripts import Scripts
from tests.queueing.model.timing import duration_s

# Longer than any outage is forgiven, and than anything lasts after it: grace, lease, poll.
FOR_EVER_STEPS = 150
# Longer than lost places may be brought back.
FORGOTTEN_STEPS = 72

TICKETS = "abcdefgh"
HUBS = ("red", "blue", "green")
TICKET = st.sampled_from(TICKETS)
HUB = st.sampled_from(HUBS)
# Who brings a place back: a web process, or a browser that polls.
BY = st.sampled_from(("", *HUBS))
# One of those that a step is about, by its place among them.
PICK = st.integers(0, 7)
# How many attempts ago this worker had the ticket.
STALE = st.sampled_from((0, 0, 0, 1, 2))
TOLD = st.sampled_from(
    [("issued", ""), ("issued", ""), ("refused", "no_record"), ("failed", "internal"), ("admitted", "")]
)
VISITS = st.sampled_from(("join", "look", "poll", "hold", "leave", "finish", "restore"))
ALIVE = st.sampled_from(
    [(), (USHER,), ("red",), ("red", USHER), ("red", "blue", USHER), HUBS, (*HUBS, USHER), (*HUBS, USHER)]
)
# Mostly little, and now and then longer than lost places may be brought back, or than an outage is forgiven.
STEPS = st.sampled_from([*(1, 2, 3, 4, 5, 6, 7, 8) * 3, FORGOTTEN_STEPS, 110])
CHANGE = st.sampled_from(
    [
        *({"total_active_users": number} for number in (0, 1, 2, 3, 8)),
        *({"new_users_per_minute": number} for number in (0, 1, 3, 5, 100)),
        *({"heartbeat_ttl_s": duration_s(number)} for number in (2, 3)),
        *({"grace_period_s": duration_s(number)} for number in (1, 2, 3)),
        *({"lease_s": duration_s(number)} for number in (0, 1, 2)),
        *({"result_ttl_s": duration_s(number)} for number in (1, 3, 5)),
    ]
)

# What counts as a history, and from where on it may come to its end.
LONG_ENOUGH = 50
LATE = 45
# Counted besides what Play counts.
BEGUN = "histories begun"
BROKEN = "the first one to break"


class Steps(RuleBasedStateMachine):
    """Made for one set of scripts by exploration.py; `met` counts what all its histories came across."""

    scripts: Scripts
    met: Counter[str]
    broken: list[Broken]

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        self.met[BEGUN] += 1
        self.play = Play(self.scripts, self.met)

    def take(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Broken as broken:
            self.met.setdefault(BROKEN, self.met[BEGUN])
            self.broken.append(broken)
            raise
        self.steps += 1
        self.met["steps"] += 1
        self.met["histories"] += self.steps == LONG_ENOUGH

    def come(self, count: int, hub: str) -> None:
        """As people usually do: a place, and soon a socket in a process that lives."""
        self.play.heartbeat(hub)
        for ticket in [ticket for ticket in TICKETS if self.play.line.look(ticket).state == "gone"][:count]:
            self.play.join(ticket)
            self.play.hold(ticket, hub)

    def visit(self, ticket: str, what: str, attempt: int, told: tuple[Ended, str]) -> None:
        match what:
            case "join":
                self.play.join(ticket)
            case "look":
                self.play.look(ticket)
            case "poll":
                self.play.poll(ticket, duration_s(1))
            case "hold":
                self.play.hold(ticket, HUBS[0])
            case "leave":
                self.play.leave(ticket)
            case "restore":
                self.play.restore(ticket, HUBS[0])
            case "finish":
                self.play.finish(ticket, attempt, *told)

    def one(self, tickets: Iterable[str], pick: int) -> str:
        """One of these, or any where there are none."""
        among = sorted(tickets) or TICKETS
        return among[pick % len(among)]

    def holder(self, ticket: str) -> str:
        known = self.play.line.tickets.get(ticket)
        return (known and known.holder) or HUBS[0]

    def missing(self, pick: int) -> str:
        """Whose place the server does not know, if there is anybody."""
        return self.one(self.play.cookies.keys() - self.play.line.tickets.keys(), pick)

    def attempt(self, ticket: str, stale: int) -> int:
        """The latest one, or one before it."""
        known = [1, 1, 1, *self.play.attempts.get(ticket, [])]
        return known[-1 - stale]
