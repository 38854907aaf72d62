"""What workers may do in the model of the line, and with which attempt."""

from __future__ import annotations

from queueing.room import Claim, Ended, Lease
from tests.queueing.model.line import Line


def claim(line: Line, id_: str, nonce: str) -> Claim | None:
    """Take a called ticket on, once; a repeat is answered alike. A lease that has lapsed is the usher's to settle."""
    ticket = line.tickets.get(id_)
    if ticket is None or ticket.lease_until is None or ticket.claimed not in ("", nonce):
        return None
    if not ticket.claimed:
        ticket.attempt, ticket.claimed = max(ticket.attempt + 1, line.now), nonce
        line.lease(id_)
    return Claim(ticket.attempt, ticket.request, line.settings.lease_s * 1_000)


def has(line: Line, id_: str, attempt: int) -> bool:
    """Whether this attempt has the ticket: it claimed it, and it was neither handed back nor given back since."""
    ticket = line.tickets.get(id_)
    return ticket is not None and not ticket.waiting and bool(ticket.claimed) and ticket.attempt == attempt


def renew(line: Line, id_: str, attempt: int) -> Lease:
    if not has(line, id_, attempt):
        return Lease(held=False, here=False)
    line.lease(id_)
    return Lease(held=True, here=line.here(id_))


def hand_back(line: Line, id_: str, attempt: int) -> bool:
    if not has(line, id_, attempt):
        return False
    line.give_back(id_)
    return True


def finish(line: Line, id_: str, attempt: int, state: Ended, reason: str, document: bytes) -> bool:
    """The first outcome stands; `issued` counts from any attempt, however late, while there is a ticket."""
    if id_ not in line.tickets:
        told = line.outcomes.get(id_)
        return told is not None and (told.state, told.reason) == (state, reason)
    if state != "issued" and not has(line, id_, attempt):
        return False
    line.end(id_, state, reason, document)
    return True
