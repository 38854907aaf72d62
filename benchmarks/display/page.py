"""What one person sees: frames as they come, and between them the page's own countdown."""

from __future__ import annotations

import json
import math

from queueing import countdown


class Page:
    """An open page. `shown` is the number on it, infinite before the first; `rises` counts what must never be."""

    __slots__ = ("ended", "frames", "rises", "shown", "sighting")

    def __init__(self) -> None:
        self.sighting: countdown.Sighting | None = None
        self.shown: float = math.inf
        self.frames = 0
        self.rises = 0
        self.ended = False

    def hear(self, text: str, now_s: float) -> None:
        """A frame of docs/protocol.md. Until this instant the page has counted down by the one before."""
        self.look(now_s)
        self.frames += 1
        frame = json.loads(text)
        if frame["type"] != "state":
            return
        if frame["state"] == "waiting":
            self.sighting = countdown.Sighting(frame["position"], frame["pace_per_s"], now_s)
        else:
            self.sighting = None
            self.ended = frame["state"] != "serving"

    def look(self, now_s: float) -> int | None:
        """The number that the page shows now; None where it shows none."""
        if self.sighting is None:
            return None
        number = countdown.position(self.sighting, now_s, self.shown)
        self.rises += number > self.shown
        self.shown = number
        return number
