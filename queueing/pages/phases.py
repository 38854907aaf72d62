"""Which screen a browser is shown, and what that screen must be told. Pure; named as in static/js/visit.js."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from queueing import wire

Screen = Literal["form", "closed", "conflict", "waiting", "serving", "issued", "ended", "missing"]
Kind = Literal["", "refused", "failed", "lapsed", "expired", "left", "cleared"]

LEFT = "left"


@dataclass(frozen=True, slots=True)
class Phase:
    """`kind`: how the visit ended, '' where it did not; `reason`: of a refusal, a failure or a lapse."""

    screen: Screen
    kind: Kind = ""
    reason: str = ""

    @property
    def circumstance(self) -> dict[str, str] | None:
        """As the scripts have it; None where there is nothing to be told."""
        if not self.kind:
            return None
        return {"kind": self.kind} | ({"reason": self.reason} if self.reason else {})


def of_newcomer(room: wire.RoomOut) -> Phase:
    return Phase("closed" if room.state == "closed" else "form")


def of_ticket(ticket: wire.TicketOut) -> Phase:
    match ticket.state:
        case "refused" | "failed":
            return Phase("ended", ticket.state, ticket.reason or "")
        case "admitted":
            return Phase("serving")
        case _:
            return Phase(ticket.state)


def of_gone(reason: str) -> Phase:
    """`reason` as errors.TicketGone has it."""
    return Phase("ended", "left") if reason == LEFT else Phase("ended", "lapsed", reason)
