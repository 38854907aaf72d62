"""The lines that are tried: how fast they are called, how many leave, how long the wait is. Fixed by seed.

An estimator is told none of this, no name and no period: it sees what an usher sees.
"""

from __future__ import annotations

import bisect
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from benchmarks.wait import line

MINUTE_S = 60.0
# Periods and holds from a fifth of a short wait to several long ones, each twice the one before.
SINE_MIN = (6, 12, 25, 50, 100)
HOLD_MIN = (3, 6, 12, 25, 50)
CHANCE_MIN = (6, 30)
STEADY_PER_S = (1.0, 3.0, 6.0, 3.0)
CALLS_PER_S = 3.0
# What a wait is aimed at: one for each horizon that is scored.
WAITS_S = (80.0, 330.0, 1_080.0)
RUSH_S = 120.0
# How long people are asked as they join.
ASKED_S = {80.0: 5_400.0, 330.0: 6_000.0, 1_080.0: 8_400.0}

# Families whose figures are promised; the others show what cannot be learned.
PROMISED = ("steady", "drift", "step")

Rate = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Leavers:
    """`share` give up before they are called, when the line is as long as it is meant to be."""

    name: str
    share: float
    early: bool = False


# Of early leavers 60 % cannot stand it: their patience is an eighth of the wait, 20 to 90 s. The others' is longer.
LEAVERS = (Leavers("25 %", 0.25), Leavers("35 %", 0.35), Leavers("50 %", 0.50), Leavers("35 % early", 0.35, early=True))
IMPATIENT = 0.6


@dataclass(frozen=True, slots=True)
class Scenario:
    """One line, called at `calls_per_s` in the mean; `minutes` is the period, hold or memory of its family (_shape)."""

    family: str
    minutes: int
    calls_per_s: float
    wait_s: float
    leavers: Leavers
    seed: int

    @property
    def name(self) -> str:
        return f"{self.family} {self.minutes} min" if self.minutes else self.family

    def crowd(self) -> line.Crowd:
        """It opens to a rush that makes the line as long as meant, and joins keep it there at the mean rate."""
        joins_per_s = self.calls_per_s / (1 - self.leavers.share)
        leaving = -math.log(1 - self.leavers.share) / self.wait_s
        rush_per_s = (joins_per_s - self.calls_per_s) / leaving / RUSH_S
        shape = _shape(self.family, self.minutes * MINUTE_S, random.Random(self.seed))
        return line.Crowd(
            joins_per_s=lambda at_s: joins_per_s + (rush_per_s if at_s < RUSH_S else 0.0),
            calls_per_s=lambda at_s: self.calls_per_s * shape(at_s),
            patience_s=_patience(self.leavers, self.wait_s),
        )


def every(seed: int) -> Iterator[Scenario]:
    """All scenarios, cheap ones last; each with seeds of its own."""
    kinds = [("steady", 0, calls_per_s) for calls_per_s in STEADY_PER_S]
    kinds += [("drift", minutes, CALLS_PER_S) for minutes in SINE_MIN]
    kinds += [("step", minutes, CALLS_PER_S) for minutes in HOLD_MIN]
    kinds += [(family, minutes, CALLS_PER_S) for family in ("wander", "switch") for minutes in CHANCE_MIN]
    for index, wait_s in enumerate(reversed(WAITS_S)):
        for number, (family, minutes, calls_per_s) in enumerate(kinds):
            leavers = LEAVERS[(number + index) % len(LEAVERS)]
            yield Scenario(family, minutes, calls_per_s, wait_s, leavers, seed * 1_000 + index * 100 + number)


def few(seed: int) -> list[Scenario]:
    """One line for each promised family and length of wait, of one rate; periods and holds of 12 minutes."""
    first: dict[tuple[str, float], Scenario] = {}
    for scenario in every(seed):
        if scenario.family in PROMISED and scenario.minutes in (0, 12) and scenario.calls_per_s == CALLS_PER_S:
            first.setdefault((scenario.family, scenario.wait_s), scenario)
    return list(first.values())


def _shape(family: str, period_s: float, chance: random.Random) -> Rate:
    """A rate over time, around a mean of 1.

    drift: a sine from 0.5 to 1.5, its phase by chance. step: two rates in turn, the lower half the higher, each held as
    long, begun by chance. switch: the same two, but each change comes by chance. wander: log-normal noise.
    """
    match family:
        case "drift":
            phase = chance.uniform(0, math.tau)
            return lambda at_s: 1 + 0.5 * math.sin(math.tau * at_s / period_s + phase)
        case "step":
            offset_s = chance.uniform(0, 2 * period_s)
            return lambda at_s: (2 / 3, 4 / 3)[int((at_s + offset_s) // period_s) % 2]
        case "switch":
            lengths = (chance.expovariate(1 / period_s) for _ in range(2_000))
            switched_s = list(accumulate(lengths))
            return lambda at_s: (2 / 3, 4 / 3)[bisect.bisect(switched_s, at_s) % 2]
        case "wander":
            return _wander(period_s, chance)
    return lambda _at_s: 1.0


def _wander(memory_s: float, chance: random.Random, spread: float = 0.35, every_s: float = 10.0) -> Rate:
    """The logarithm forgets by 1/e in `memory_s` and spreads by ± `spread`: no period, nothing to learn."""
    keeps = math.exp(-every_s / memory_s)
    level, rates = chance.gauss(0, spread), []
    for _ in range(1_500):
        rates.append(math.exp(level - spread**2 / 2))
        level = level * keeps + chance.gauss(0, spread * math.sqrt(1 - keeps**2))
    return lambda at_s: rates[min(int(at_s / every_s), len(rates) - 1)]


def _patience(leavers: Leavers, wait_s: float) -> Callable[[random.Random], float]:
    if not leavers.early:
        mean_s = wait_s / -math.log(1 - leavers.share)
        return lambda chance: chance.expovariate(1 / mean_s)
    impatient = IMPATIENT * leavers.share
    short_s = max(20.0, min(90.0, wait_s / 8))
    long_s = wait_s / -math.log((1 - leavers.share) / (1 - impatient))
    return lambda chance: chance.expovariate(1 / (short_s if chance.random() < impatient else long_s))
