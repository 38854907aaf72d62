"""Which screen a browser is shown, and what that screen must be told. Pure; named as in static/js/visit.js."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from queueing import wire

Screen = Literal["form", "closed", "conflict", "waiting", "leave", "serving", "issued", "ended", "missing"]
Kind = Literal["", "refused", "failed", "lapsed", "expired", "left", "cleared"]

# Of the address, for browsers without scripts: what was there before, and that a question is asked.
AFTER = "after"
AFTER_LEAVING = "left"
AFTER_CLEARING = "cleared"
AFTER_ISSUE = "issued"
WITHOUT_TICKET: dict[str, Kind] = {AFTER_LEAVING: "left", AFTER_CLEARING: "cleared"}
ASK = "ask"
ASK_LEAVE = "leave"


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

    def is_after(self, ends: str) -> bool:
        """`refused`: all of the kind; `refused.no_record`: that one; `!refused.no_record`: not that one.

        As static/js/components/explanation.js.
        """
        names, named = ends.split(), f"{self.kind}.{self.reason}"
        return (self.kind in names or named in names) and f"!{named}" not in names


def of_newcomer(room: wire.RoomOut, after: str = "") -> Phase:
    """`after`: one of the AFTER_…, anything else for none."""
    kind = WITHOUT_TICKET.get(after)
    if kind:
        return Phase("ended", kind)
    return Phase("closed" if room.state == "closed" else "form")


def of_ticket(ticket: wire.TicketOut, asked: str = "") -> Phase:
    """`asked`: ASK_LEAVE, or anything else for nothing."""
    match ticket.state:
        case "refused" | "failed":
            return Phase("ended", ticket.state, ticket.reason or "")
        case "admitted":
            return Phase("serving")
        case "waiting" if asked == ASK_LEAVE:
            return Phase("leave")
        case _:
            return Phase(ticket.state)


def of_gone(reason: str, after: str = "") -> Phase:
    """`reason` as errors.TicketGone has it."""
    if reason == AFTER_LEAVING:
        return Phase("ended", "left")
    if after == AFTER_ISSUE:
        return Phase("ended", "expired")
    return Phase("ended", "lapsed", reason)
