"""Losing what Redis held, in the model of the line, and bringing places back with what browsers have kept."""

from __future__ import annotations

from dataclasses import dataclass

from queueing import tickets
from queueing.room import Restoration
from tests.queueing.model.line import RESTORABLE_MS, Line, Ticket

# Of tickets given so shortly before Redis stopped, its file may know nothing.
UNSURE_MS = 10_000
# Outcomes must outlive the time in which a ticket without one is taken for lost.
SURE_OF_OUTCOME_MS = 30_000


@dataclass(frozen=True, slots=True)
class Cookie:
    """What a browser keeps of a place."""

    number: int
    epoch: int
    incarnation: str


def resume(line: Line) -> None:
    """Redis is another process with the same data; it was alive for certain when the line was advanced last."""
    line.life.resumed_at = line.now
    line.life.stopped_at = line.now if line.life.advanced_at is None else line.life.advanced_at


def restore(line: Line, id_: str, cookie: Cookie, request: bytes, hub: str) -> Restoration:
    if id_ in line.tickets or id_ in line.outcomes:
        return "known"
    if line.restarted and cookie.incarnation == line.life.incarnation:
        return "unready"
    if cookie.epoch != line.settings.epoch or id_ in line.life.ended or not _was_lost(line, cookie):
        return "gone"
    line.add(id_, Ticket(cookie.number, tickets.reference(id_).replace("-", ""), request))
    if hub:
        line.hold(id_, hub)
    else:
        line.tickets[id_].polled_until = line.now + line.settings.heartbeat_ttl_s * 1_000
    line.tally["restored"] += 1
    return "restored"


def _was_lost(line: Line, cookie: Cookie) -> bool:
    life = line.life
    if cookie.incarnation != life.incarnation:
        return line.now < life.born_at + RESTORABLE_MS
    if life.resumed_at is None or life.stopped_at is None:
        return False
    given_at = cookie.number / 1_000
    sure_until = life.stopped_at + line.settings.result_ttl_s * 1_000 - SURE_OF_OUTCOME_MS
    until = min(life.resumed_at + RESTORABLE_MS, sure_until)
    return line.now < until and life.stopped_at - UNSURE_MS <= given_at <= life.resumed_at
