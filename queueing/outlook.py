"""What a room's pace says of a position: the wait as a band, and how fast the page's countdown runs. Pure.

A web process makes one Outlook a room and second and asks it for each of its tickets.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from queueing import forecast, pace

# Fewer calls tell less than a band of ± 30 % promises: 1.2 / √16 = 0.3.
ENOUGH_CALLS = 16
ENOUGH_S = 30.0
# The band: so many times the spread of the forecast, and a little for what else may err, but never wider.
SPREADS = 1.35
MARGIN = 0.01
WIDEST = 0.30
# A wait without end would be no number: a day.
FOREVER_S = 86_400.0
# The forecast's stretches end so many seconds from now.
ENDS_S = tuple(last * forecast.BIN_S for _first, last in forecast.STRETCHES)


@dataclass(frozen=True, slots=True)
class Band:
    """A wait in seconds; `low_s` ≤ `expected_s` ≤ `high_s`."""

    low_s: float
    expected_s: float
    high_s: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """The same for everybody in line. Per second: `rates` of calls by stretch, `leaving` by class of age.

    `hazards`: what becomes of `leaving` for each class, stretch by stretch, as its people grow older. `share`: of those
    in line behind the passed, how many are present.
    """

    waiting: int
    present: pace.Ages
    passed: int
    share: float
    rates: tuple[float, ...]
    spread: tuple[float, ...]
    leaving: pace.Ages
    hazards: tuple[tuple[float, ...], ...]

    def wait(self, position: float) -> Band:
        """The fluid line dn/dt = −rate − leaving·n, the oldest first, down to none of those up to this position."""
        ahead = self._ahead(position)
        at_s = 0.0
        for age, count in enumerate(self._by_age(ahead)):
            if count:
                left = _left(self.leaving, pace.TYPICAL_S[age], pace.TYPICAL_S[age] + at_s) if at_s else 0.0
                at_s = self._passes(count * math.exp(-left), at_s, self.hazards[age])
        expected_s = min(at_s, FOREVER_S)
        half_s = expected_s * self._half_width(expected_s)
        return Band(expected_s - half_s, expected_s, expected_s + half_s)

    def pace_per_s(self, position: float) -> float:
        """How fast this position falls just now: calls, and those ahead who leave."""
        old, middle, young = self._by_age(self._ahead(position))
        of_old, of_middle, of_young = self.leaving
        return self.rates[0] + old * of_old + middle * of_middle + young * of_young

    def _ahead(self, position: float) -> float:
        """Those present up to and including this one; the absent are passed over, and most of them for good."""
        return max(1.0, (position - self.passed) * self.share)

    def _by_age(self, ahead: float) -> pace.Ages:
        """How many of the first `ahead` are of each class of age, the oldest first."""
        oldest, middle, _youngest = self.present
        old = min(ahead, oldest)
        between = min(ahead - old, middle)
        return old, between, ahead - old - between

    def _passes(self, count: float, at_s: float, hazards: Sequence[float]) -> float:
        """When the last of so many is called, from `at_s` on, stretch by stretch."""
        for end_s, rate, leaving in zip(ENDS_S, self.rates, hazards, strict=False):
            if end_s <= at_s:
                continue
            needed_s = duration_s(count, rate, leaving)
            if at_s + needed_s <= end_s:
                return at_s + needed_s
            count = _after(count, end_s - at_s, rate, leaving)
            at_s = end_s
        return at_s + duration_s(count, self.rates[-1], hazards[-1])

    def _half_width(self, wait_s: float) -> float:
        """Relative. Between the ends of stretches by the logarithm of time; few calls are less even than many.

        Each end is bounded by itself, else the band's lower edge could fall while the wait grows.
        """
        place = min(max(math.log2(max(wait_s, ENDS_S[0]) / ENDS_S[0]), 0.0), len(ENDS_S) - 1.0)
        lower = min(int(place), len(ENDS_S) - 2)
        near, far = (min(WIDEST, SPREADS * spread) for spread in self.spread[lower : lower + 2])
        uneven = SPREADS**2 / self.rates[0] * max(0.0, 1 / wait_s - 1 / ENDS_S[0])
        return min(WIDEST, math.sqrt((near + (place - lower) * (far - near)) ** 2 + uneven) + MARGIN)


def of(state: pace.State, calls_per_minute: int) -> Outlook | None:
    """None until enough is known, and where nobody may be called at all. `calls_per_minute`: the room's own cap."""
    lived_s = len(state.bins) * forecast.BIN_S + state.elapsed_s
    if sum(state.bins) + state.calls < ENOUGH_CALLS or lived_s < ENOUGH_S or calls_per_minute <= 0:
        return None
    lesson = pace.lesson(state)
    cap_per_s = calls_per_minute / 60
    # A cap may be used up in one second of each minute: then it is the pace, and counting would see a surge or nothing.
    capped_per_s = cap_per_s if state.uncapped_s < forecast.BIN_S else None
    rates = forecast.rates(lesson, state.bins, state.calls, state.elapsed_s, capped_per_s)
    leaving = pace.leaving(state)
    present, places = sum(state.present), state.waiting - state.passed
    return Outlook(
        waiting=state.waiting,
        present=state.present,
        passed=state.passed,
        share=min(1.0, present / places) if present and places > 0 else 1.0,
        rates=tuple(min(rate, cap_per_s) for rate in rates),
        spread=lesson.spread,
        leaving=leaving,
        hazards=tuple(_hazards(leaving, age_s) for age_s in pace.TYPICAL_S),
    )


def duration_s(count: float, rate: float, leaving: float) -> float:
    """W = ln(1 + h·n/μ)/h, which is n/μ where nobody leaves."""
    if leaving * count < 1e-9 * rate:
        return count / rate
    return math.log1p(leaving * count / rate) / leaving


def _after(count: float, for_s: float, rate: float, leaving: float) -> float:
    """How many of so many are left."""
    if leaving * for_s < 1e-9:
        return max(0.0, count - rate * for_s)
    return max(0.0, (count + rate / leaving) * math.exp(-leaving * for_s) - rate / leaving)


def _hazards(leaving: Sequence[float], age_s: float) -> tuple[float, ...]:
    """Of those of this age: the mean hazard in each stretch to come, and beyond."""
    stretches = zip((0.0, *ENDS_S), ENDS_S, strict=False)
    within = [_left(leaving, age_s + from_s, age_s + to_s) / (to_s - from_s) for from_s, to_s in stretches]
    return (*within, leaving[0])


def _left(leaving: Sequence[float], from_s: float, to_s: float) -> float:
    """The hazard of leaving between two ages, summed over the classes passed through."""
    return sum(
        hazard * max(0.0, min(to_s, until_s) - max(from_s, since_s))
        for hazard, since_s, until_s in zip(leaving, pace.SINCE_S, pace.UNTIL_S, strict=True)
    )
