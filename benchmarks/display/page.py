"""What one person sees: frames as they come, and between them the page's own countdown."""

from __future__ import annotations

import json
import math

from queueing import countdown


class Page:
    """An open page. `shown` is the number on it, infinite before the first.

    `seen` is the number that this person saw last, perhaps on the page before; a `corrected` frame forgets both.
    `rises`: numbers above the one seen last. `told_larger`: frames with a position above the number shown then.
    """

    __slots__ = ("ended", "frames", "rises", "seen", "shown", "sighting", "told_larger")

    def __init__(self, seen: float = math.inf) -> None:
        self.sighting: countdown.Sighting | None = None
        self.shown: float = math.inf
        self.seen = seen
        self.frames = 0
        self.rises = 0
        self.told_larger = 0
        self.ended = False

    def hear(self, text: str, now_s: float) -> None:
        """A frame of docs/protocol.md. Until this instant the page has counted down by the one before."""
        self.look(now_s)
        self.frames += 1
        frame = json.loads(text)
        if frame["type"] != "state":
            return
        if frame["state"] == "waiting":
            if frame.get("corrected"):
                self.shown = self.seen = math.inf
            self.told_larger += frame["position"] > self.shown
            self.sighting = countdown.Sighting(frame["position"], frame["pace_per_s"], now_s)
        else:
            self.sighting = None
            self.ended = frame["state"] != "serving"
        self.look(now_s)

    def look(self, now_s: float) -> int | None:
        """The number that the page shows now; None where it shows none."""
        if self.sighting is None:
            return None
        number = countdown.position(self.sighting, now_s, self.shown)
        self.rises += number > self.seen
        self.shown = self.seen = number
        return number
