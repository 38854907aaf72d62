"""Redis loses what it knew, and people still hold their tickets."""

from __future__ import annotations

from collections.abc import Iterable

from queueing.room import Restored
from queueing.tickets import Ticket
from tests.queueing.lines import Line


def tickets_of(line: Line, ids: Iterable[str]) -> dict[str, Ticket]:
    """What the browsers hold of these tickets, which are in line or being served."""
    return {id_: _ticket(line, id_) for id_ in ids}


def lose_everything(line: Line, hold: bool = True, **settings: object) -> None:
    """Redis starts anew with nothing, and an usher has published the room again."""
    line.client.flushdb()
    line.publish(hold, **settings)
    line.beat()


def restore(line: Line, ticket: Ticket, hub: str = "hub-1") -> Restored:
    return line.store.run(line.room.restore(ticket, hub))


def _ticket(line: Line, id_: str) -> Ticket:
    incarnation = (line.client.hget(line.keys.incarnation, "id") or b"").decode()
    number = line.look(id_).number
    assert number is not None
    return Ticket(
        "test", id_, line.settings.epoch, incarnation, number, bytes(32), bytes(16), b"sealed " + id_.encode()
    )
