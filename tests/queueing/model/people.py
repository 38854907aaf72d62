"""What people and their web processes may do in the model of the line: come, be there, be silent, go."""

from __future__ import annotations

from queueing.room import Joined, TicketState
from tests.queueing.model.line import Line, Ticket

JOINS_WINDOW_MS = 60_000


def join(line: Line, id_: str, request: bytes, reference: str, address: str, allowed: int) -> Joined:
    if id_ in line.tickets or id_ in line.outcomes:
        return Joined("known", line.life.incarnation, line.settings.epoch, line.look(id_))
    if line.settings.state == "closed":
        return Joined("closed")
    count, until = line.joins.get(address, (0, line.now + JOINS_WINDOW_MS))
    line.joins[address] = count + 1, until
    if count + 1 > allowed:
        return Joined("crowded")
    number = max(line.now * 1_000, line.last_number + 1)
    polled_until = line.now + line.settings.heartbeat_ttl_s * 1_000
    line.add(id_, Ticket(number, reference, request, polled_until=polled_until))
    line.tally["joined"] += 1
    return Joined("joined", line.life.incarnation, line.settings.epoch, line.look(id_))


def hold(line: Line, id_: str, hub: str) -> TicketState:
    if id_ in line.tickets:
        line.hold(id_, hub)
    return line.look(id_)


def release(line: Line, id_: str, hub: str) -> bool:
    """Whether nobody holds it any more."""
    ticket = line.tickets.get(id_)
    if ticket is not None and ticket.holder == hub:
        ticket.holder = None
        line.mark(id_)
    return ticket is not None and ticket.holder is None


def heartbeat(line: Line, hub: str, sockets: int, nonce: str) -> bool:
    """A repeat is known by its nonce, and told the same."""
    known = line.alive(hub) and line.sockets.get(hub, (0, ""))[1] != nonce
    line.hubs[hub] = line.now + line.settings.heartbeat_ttl_s * 1_000
    line.sockets[hub] = sockets, "" if known else nonce
    return known


def poll(line: Line, id_: str, good_for_ms: int) -> TicketState:
    if id_ in line.tickets:
        line.tickets[id_].polled_until = line.now + good_for_ms
        line.tickets[id_].away_since = None
    return line.look(id_)


def leave(line: Line, id_: str) -> bool:
    """For good; after an outcome, the document is erased. Who is not known may have been lost: he does not return."""
    if id_ in line.tickets:
        line.end(id_, "left", "")
        return True
    told = line.outcomes.get(id_)
    if told is None:
        line.remember_end(id_)
        return False
    if told.state == "left":
        return False
    told.state, told.reason, told.document = "left", "", b""
    return True
