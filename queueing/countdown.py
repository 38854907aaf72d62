"""The position a page shows between two frames, and when the hub must send the next one.

Pure, and the same rule as the page's own (frontend/static/js/countdown.js) and the crowd's, so that the hub knows what
people see and the benchmarks measure it. Source: docs/protocol.md, "The page's countdown".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# After this the frame says nothing about now: the hub sends at the latest after 60 s.
STALE_AFTER_S = 65.0
# The hub sends at the latest after this; pages that hear nothing for longer stand still.
SILENCE_S = 60.0
# What a page may show beside the truth: one place, or this share of the position.
TOLERANCE = 0.01
# Calls come in steps and hubs look once a second: of a fast line nobody sees more than so much of its pace.
UNSEEN_S = 0.75
# No position is carried on for longer than a ladder may be old: where nothing new is read, the line may stand still.
CARRIED_S = 2.0
# So near to the door every place counts: what is off by one is put right, though not more often than this.
NEAR = 100
NEAR_SILENCE_S = 15.0


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


def carried(position_read: int, pace_per_s: float | None, age_s: float) -> int:
    """Where a position that was read `age_s` ago is by now, at this pace; never below 1."""
    return max(1, round(position_read - (pace_per_s or 0.0) * min(max(0.0, age_s), CARRIED_S)))


def must_send(sighting: Sighting, true_position: int, now_s: float) -> bool:
    """Whether the page that was last told `sighting` has drifted too far from the truth, or has heard nothing for long.

    What the page shows already is left out on purpose: a number that is too small cannot rise again, and telling it
    every second would not help.
    """
    drift = abs(position(sighting, now_s) - true_position)
    silence_s = now_s - sighting.at_s
    tolerated = max(1.0, TOLERANCE * true_position, UNSEEN_S * (sighting.pace_per_s or 0.0))
    if drift > tolerated or silence_s >= SILENCE_S:
        return True
    return drift > 0 and true_position <= NEAR and silence_s >= NEAR_SILENCE_S


def seconds_until(sighting: Sighting, target: int, now_s: float) -> float | None:
    """Seconds from now until the page shows `target` or less; None where that takes another frame."""
    if position(sighting, now_s) <= target:
        return 0.0
    if not sighting.pace_per_s or target < 1:
        return None
    reached_after_s = (sighting.position - target) / sighting.pace_per_s
    return max(0.0, sighting.at_s + reached_after_s - now_s) if reached_after_s <= STALE_AFTER_S else None
