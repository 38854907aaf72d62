"""One step of the line in the model: cleaning up what is due, then calling the first of those present.

With a small budget a script may clean up first what it likes; but only what is due, no more than the budget, and it
must say when something is left. What it did is read off the server (`done`) and told to the model.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from queueing.room import Advance
from tests.queueing.model import losses, outages
from tests.queueing.model.line import TRIES, WINDOW_MS, Line, Ticket
from tests.queueing.model.states import State

# An ended or given-back ticket counts so much: the last one may overdraw the budget.
DEAREST = 4
# For so long after the hold of a new life, calls are evenly spaced.
SPACED_MS = 60_000
NOTHING = Advance(False, (), (), 0, 0, 0)


@dataclass(slots=True)
class Cleaned:
    """Tickets struck off a silent hub, or off those polling; ended (and why); given back or failed for their lease."""

    unheld: set[str] = field(default_factory=set)
    unpolled: set[str] = field(default_factory=set)
    ended: dict[str, str] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)

    @property
    def spent(self) -> int:
        return len(self.unheld) + len(self.unpolled) + DEAREST * (len(self.ended) + len(self.settled))


def begin(line: Line) -> Cleaned | None:
    """What comes first in each step, and what could be cleaned up in it; None where it stands still and only looks."""
    if line.restarted:
        line.restarted = False
        losses.resume(line)
    still_ms = line.now - (line.life.born_at if line.life.advanced_at is None else line.life.advanced_at)
    line.life.advanced_at = line.now
    may_lapse = outages.may_lapse(line, still_ms)
    return None if outages.settles(line, still_ms) else _due(line, may_lapse)


def _due(line: Line, may_lapse: bool) -> Cleaned:
    silent = _silent(line)
    tickets = line.tickets.items()
    return Cleaned(
        unheld={id_ for id_, ticket in tickets if ticket.holder in silent},
        unpolled={id_ for id_, ticket in tickets if ticket.polled_until and ticket.polled_until < line.polled_since()},
        ended={id_: why for id_, ticket in tickets if ticket.waiting and (why := _why_over(line, ticket, may_lapse))},
        settled={id_ for id_, ticket in tickets if ticket.lease_until and ticket.lease_until < line.now},
    )


def done(line: Line, due: Cleaned, found: State) -> Cleaned:
    """What of all that was due the server has done."""
    tickets, polling, serving = found["ticket"], found["polling"], found["serving"]
    return Cleaned(
        unheld={id_ for id_ in due.unheld if tickets.get(id_, {}).get("holder") != line.tickets[id_].holder},
        unpolled={id_ for id_ in due.unpolled if id_ not in polling},
        ended={id_: why for id_, why in due.ended.items() if id_ not in tickets},
        settled={id_ for id_ in due.settled if serving.get(id_) != line.tickets[id_].lease_until},
    )


def problem(due: Cleaned, done_: Cleaned, budget: int, more: bool) -> str:
    """'' where the server was free to do so."""
    if more != (done_.spent >= budget):
        return f"more is {more} with {done_.spent} of {budget} spent"
    if done_.spent and done_.spent >= budget + DEAREST:
        return f"{done_.spent} spent with a budget of {budget}"
    if not more and done_ != due:
        return f"left undone without a word: of {due} only {done_}"
    return ""


def advance(line: Line, may_call: int, more: bool, cleaned: Cleaned) -> Advance:
    marked = _mark_the_silent(line, cleaned)
    for id_, reason in cleaned.ended.items():
        line.end(id_, "lapsed", reason)
    failed = [id_ for id_ in sorted(cleaned.settled) if _fails(line, id_)]
    called: list[tuple[str, int]] = []
    for id_ in _asked(line, may_call):
        if line.here(id_):
            called.append((id_, max(line.now * 1_000 + len(called), line.last_number + 1)))
            line.call(*called[-1])
        else:
            marked += line.mark(id_)
    return Advance(more, tuple(called), tuple(failed), marked, len(cleaned.ended), len(cleaned.settled) - len(failed))


def _why_over(line: Line, ticket: Ticket, may_lapse: bool) -> str:
    """Why a waiting ticket's time in line is over; '' while it is not."""
    grace_ms = line.settings.grace_period_s * 1_000
    if may_lapse and ticket.away_since is not None and ticket.away_since + grace_ms < line.now:
        return "away_too_long"
    return "line_ended" if ticket.number < line.epoch_began else ""


def _free(line: Line, may_call: int) -> int:
    """How many may be called now; nobody while the room is paused, or a new life waits for those who return."""
    if line.settings.state == "paused" or line.life.born_at <= line.now < line.life.hold_until:
        return 0
    slots = line.settings.total_active_users - len(line.serving())
    recent = sum(at > line.now - WINDOW_MS for at in line.calls)
    return min(may_call, slots, line.settings.new_users_per_minute - recent, _spaced(line))


def _spaced(line: Line) -> int:
    """How many more the first minute after the hold allows by now."""
    since = line.life.hold_until
    if not since or not line.life.born_at <= line.now < since + SPACED_MS:
        return line.settings.new_users_per_minute
    share = math.ceil(line.settings.new_users_per_minute * (line.now - since) / SPACED_MS)
    return share - sum(at > since for at in line.calls)


def _silent(line: Line) -> list[str]:
    return [hub for hub in line.hubs if not line.alive(hub)]


def _mark_the_silent(line: Line, cleaned: Cleaned) -> int:
    """How many are away from now on. A silent hub is forgotten once nobody is left to it."""
    for id_ in cleaned.unheld:
        line.tickets[id_].holder = None
    for id_ in cleaned.unpolled:
        line.tickets[id_].polled_until = None
    for hub in _silent(line):
        if not line.held(hub):
            del line.hubs[hub]
            line.sockets.pop(hub, None)
    return sum(line.mark(id_) for id_ in cleaned.unheld | cleaned.unpolled)


def _fails(line: Line, id_: str) -> bool:
    """Settle a lapsed lease. Only a claimed one is a try, and the third is the last."""
    ticket = line.tickets[id_]
    ticket.tries += bool(ticket.claimed)
    if ticket.tries < TRIES:
        line.give_back(id_)
        return False
    line.end(id_, "failed", "internal")
    return True


def _asked(line: Line, may_call: int) -> Iterator[str]:
    """Those present of the line that has not ended, the first one first, for as long as somebody may be called."""
    for id_ in line.present():
        if line.tickets[id_].number < line.epoch_began:
            continue
        if _free(line, may_call) <= 0:
            return
        may_call -= line.here(id_)
        yield id_
