"""What one citizen lived through, as facts: frames are heard here, nothing is sent; no names come this far.

Instants in `…_s` are this process's monotonic clock, in `…_us` room time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.crowd.arrivals import Deed
from queueing import countdown

Stage = Literal["to come", "joining", "in line", "away", "called"]
Ended = Literal["issued", "refused", "failed", "admitted", "left", "silent", "lapsed", "turned away"]

OUTCOMES: frozenset[Ended] = frozenset({"issued", "refused", "failed", "admitted"})
NEED_A_REASON = frozenset({"refused", "failed"})
# A fresh ticket is present without a socket for one heartbeat's time; who takes longer was absent.
SOCKET_WITHIN_S = 15.0


@dataclass(slots=True)
class Record:
    """One person of the crowd. `faults`: broken promises; `troubles`: what was met and overcome; by kind."""

    number: int
    stage: Stage = "to come"
    end: Ended | None = None
    outcome: Ended | None = None
    reason: str | None = None
    asked_at_s: float | None = None
    joined_at_us: int | None = None
    join_took_s: float | None = None
    called_at_us: int | None = None
    latest_call_us: int | None = None
    called_again: int = 0
    call_heard_at_s: float | None = None
    outcome_heard_at_s: float | None = None
    how_left: Deed | None = None
    leaving_at_s: float | None = None
    left_at_s: float | None = None
    kept_for_s: float = 120.0
    hooked_at_s: float | None = None
    hooked_for_s: float = 0.0
    unhooked_at_s: float | None = None
    lost_at_s: float | None = None
    gapped: bool = False
    is_over: bool = False
    drops: int = 0
    frames: int = 0
    first_position: int | None = None
    last_position: int | None = None
    told_wait_s: tuple[float, float] | None = None
    sighting: countdown.Sighting | None = None
    shown: float = math.inf
    heard_at_s: float = 0.0
    grown: int = 0
    told_larger: int = 0
    faults: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()

    @property
    def present_throughout(self) -> bool:
        """Whether the ticket never was without its socket, from joining until called, left or last seen."""
        return self.joined_at_us is not None and not self.gapped

    def fault(self, kind: str) -> None:
        self.faults += (kind,)

    def trouble(self, kind: str) -> None:
        self.troubles += (kind,)

    def joined(self, state: Mapping[str, Any], sent_s: float, now_s: float) -> None:
        """A POST sent at `sent_s` was answered with a ticket."""
        self.stage = "in line"
        self.join_took_s = now_s - sent_s
        self.told(state, now_s)

    def hooked(self, now_s: float, age_s: float) -> None:
        """A socket is open, `age_s` after the ticket got its number."""
        self.hooked_at_s = self.heard_at_s = now_s
        if self.unhooked_at_s is None and age_s > SOCKET_WITHIN_S:
            self.gapped = True

    def unhooked(self, now_s: float) -> None:
        """The socket is gone, for whatever reason."""
        if self.hooked_at_s is not None:
            self.hooked_for_s += now_s - self.hooked_at_s
        self.hooked_at_s = None
        self.unhooked_at_s = now_s
        # A page counts on when it hears where it stands, and not because a socket is open again.
        self.lost_at_s = now_s if self.lost_at_s is None else self.lost_at_s
        if self.end is None and self.called_at_us is None and not self.is_over:
            self.gapped = True
            self.stage = "away"

    def over(self, timed_out: bool) -> None:
        """The crowd is stopped: what follows is not this person's doing."""
        self.is_over = True
        if timed_out and self.end is None:
            self.fault("timed_out")

    def hear(self, frame: Mapping[str, Any], now_s: float) -> None:
        """Take in one frame of the socket; kinds unknown to us are fine, the protocol may grow."""
        self.frames += 1
        self.heard_at_s = now_s
        match frame.get("type"):
            case "state":
                self.told(frame, now_s)
            case "called":
                self._called(frame.get("called_at_us"), now_s)
            case "outcome":
                self._ended(frame, frame.get("outcome"), now_s)

    def told(self, state: Mapping[str, Any], now_s: float) -> None:
        """Take in a ticket state, from the socket or from an HTTP answer."""
        name = state.get("state")
        self._number(state.get("joined_at_us"))
        self.kept_for_s = state.get("kept_for_s") or self.kept_for_s
        if name == "waiting":
            self._position(state, now_s)
        elif name == "serving":
            self._called(state.get("called_at_us"), now_s)
        elif name in OUTCOMES:
            self._ended(state, name, now_s)
        else:
            self.fault("unknown_state")

    def displayed(self, now_s: float) -> float:
        """The position the page shows now, or showed last; infinite before the first frame."""
        if self.sighting is None:
            return self.shown
        return countdown.position(self.sighting, now_s, self.shown, self.lost_at_s)

    def _number(self, joined_at_us: object) -> None:
        if not isinstance(joined_at_us, int):
            return
        if self.joined_at_us is not None and self.joined_at_us != joined_at_us:
            self.fault("joined_at_changed")
        self.joined_at_us = self.joined_at_us or joined_at_us

    def _position(self, state: Mapping[str, Any], now_s: float) -> None:
        position = state.get("position")
        self.stage = "in line"
        if not isinstance(position, int) or position < 1:
            self.fault("no_position")
            return
        if state.get("corrected"):
            self.shown = math.inf
        else:
            self.shown = self.displayed(now_s)
            if self.last_position is not None:
                self.grown += position > self.last_position
                self.told_larger += position > self.shown
        if self.first_position is None and state.get("wait_s"):
            least_s, most_s = state["wait_s"]
            self.told_wait_s = (least_s, most_s)
        self.first_position = self.first_position or position
        self.last_position = position
        self.sighting = countdown.Sighting(position, state.get("pace_per_s"), now_s)
        if self.hooked_at_s is not None:
            self.lost_at_s = None

    def _called(self, called_at_us: object, now_s: float) -> None:
        """Any frame of a called ticket may name the instant: a socket keeps only the latest of each kind."""
        self.stage = "called"
        self.last_position = None
        self.shown, self.sighting = self.displayed(now_s), None
        if not isinstance(called_at_us, int):
            return
        if self.called_at_us is None:
            self.called_at_us = called_at_us
            self.call_heard_at_s = now_s
        elif called_at_us != self.latest_call_us:
            self.called_again += 1
        self.latest_call_us = called_at_us

    def _ended(self, told: Mapping[str, Any], outcome: Any, now_s: float) -> None:
        if outcome not in OUTCOMES:
            self.fault("unknown_outcome")
        elif self.outcome is None:
            self._first_outcome(told, outcome, now_s)
        elif self.outcome != outcome:
            self.fault("outcome_changed")

    def _first_outcome(self, told: Mapping[str, Any], outcome: Ended, now_s: float) -> None:
        if self.called_at_us is None:
            self._called(told.get("called_at_us"), now_s)
        self.outcome = outcome
        self.outcome_heard_at_s = now_s
        self.reason = told.get("reason")
        if outcome in NEED_A_REASON and not self.reason:
            self.fault("no_reason")
        if self.end is None and self.leaving_at_s is None:
            self.end = outcome
