"""The position a page shows between two frames: it counts down by itself and never rises.

Pure, and the same rule as the page's own (frontend/static/js/countdown.js): the crowd measures what people would have
seen. Source: PROTOCOL, "The page's countdown".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# After this the frame says nothing about now: the hub sends at the latest after 60 s.
STALE_AFTER_S = 65.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """A position heard at `at_s` (any clock that never jumps), at a pace of None or 0 where nobody knows."""

    position: int
    pace_per_s: float | None
    at_s: float


def position(sighting: Sighting, now_s: float, shown: float = math.inf, lost_at_s: float | None = None) -> int:
    """The number on the page: whole, rounded up, never below 1, never above `shown`, which it shows already.

    It stands still from `lost_at_s`, when the connection was lost, and once the frame is stale.
    """
    until_s = min(now_s, sighting.at_s + STALE_AFTER_S, math.inf if lost_at_s is None else lost_at_s)
    counted = sighting.position - (sighting.pace_per_s or 0.0) * max(0.0, until_s - sighting.at_s)
    return max(1, math.ceil(min(counted, shown)))


def seconds_until(sighting: Sighting, target: int, now_s: float) -> float | None:
    """Seconds from now until the page shows `target` or less; None where that takes another frame."""
    if position(sighting, now_s) <= target:
        return 0.0
    if not sighting.pace_per_s or target < 1:
        return None
    reached_after_s = (sighting.position - target) / sighting.pace_per_s
    return max(0.0, sighting.at_s + reached_after_s - now_s) if reached_after_s <= STALE_AFTER_S else None
