"""One ticket that is seated in a web process: its sockets, what they were told, whether they must hear again."""

from __future__ import annotations

from dataclasses import replace

from queueing import countdown, tickets
from queueing.room import TicketState
from queueing.rooms import RoomView
from queueing.sockets import TRY_LATER, Socket

# A phone that keeps losing its network leaves sockets behind that look alive for 40 s; nobody needs more tabs.
SOCKETS_A_TICKET = 8


class Seat:
    """One ticket and its sockets in this process; `state` and `sighting` are what they were last told, and when.

    `known_at_s`: as of when that was true.
    `untold`: something else than the position has changed, so they must hear again. `unsure`: its position was told
    while places were being restored, and may have to be corrected once.
    """

    __slots__ = ("known_at_s", "looked_at", "sighting", "sockets", "state", "ticket", "unsure", "untold")

    def __init__(self, ticket: tickets.Ticket) -> None:
        self.ticket = ticket
        self.sockets: list[Socket] = []
        self.state: TicketState | None = None
        self.sighting: countdown.Sighting | None = None
        self.known_at_s = 0.0
        self.looked_at = 0.0
        self.unsure = False
        self.untold = False

    def add(self, socket: Socket) -> None:
        """Beyond SOCKETS_A_TICKET the oldest goes: of all, it is the likeliest to be dead."""
        self.sockets.append(socket)
        if len(self.sockets) > SOCKETS_A_TICKET:
            self.sockets.pop(0).close(TRY_LATER)

    def steady(self, state: TicketState, view: RoomView) -> TicketState:
        """While places are being restored, ranks say nothing yet: what was told last stands."""
        if view.unsure and state.position and self.state is not None and self.state.position:
            return replace(state, position=self.state.position)
        return state

    def must_hear(self, state: TicketState, now: float) -> bool:
        """Whether the page is off by too much, shows another state, or has heard nothing for long."""
        if self.state is None or self.sighting is None or self.untold or state.state != self.state.state:
            return True
        if state.state == "waiting":
            return countdown.must_send(self.sighting, state.position or 1, now)
        return state != self.state or now - self.sighting.at_s >= countdown.SILENCE_S
