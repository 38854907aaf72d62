"""What a web process sends down a socket, as docs/protocol.md has it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from queueing import tickets, wire
from queueing.room import TicketState
from queueing.rooms import RoomView
from queueing.sockets import Kind


def of_state(ticket: tickets.Ticket, state: TicketState, view: RoomView, corrected: bool) -> Iterator[tuple[Kind, str]]:
    """The frames that say a state, as docs/protocol.md has them."""
    shown = wire.ticket_out(
        ticket, state, view.settings, view.paused, corrected=corrected, ahead=view.outlook, trail=view.trail
    )
    yield "state", '{"type":"state",' + shown.model_dump_json().removeprefix("{")
    if state.state == "serving":
        yield "called", json.dumps({"type": "called", "called_at_us": state.called_us})
    elif state.state != "waiting":
        outcome = {"type": "outcome", "outcome": state.state, "called_at_us": state.called_us}
        outcome |= {"expires_at": shown.expires_at} if state.state == "issued" else {"reason": state.reason}
        yield "outcome", json.dumps(outcome)


def notice(view: RoomView) -> str:
    return json.dumps({"type": "notice", "text": view.settings.notice, "level": view.settings.notice_level})
