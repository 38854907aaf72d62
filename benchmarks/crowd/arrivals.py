"""Who comes when, and what they will do: the seeded plan of a crowd.

Pure: the same arguments give the same plan. People, arrivals, leavers and droppers are drawn apart, so that
asking for more leavers does not move anybody's arrival.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# leave: says so on the socket; delete: by HTTP; close: closes the page and never returns;
# drop: vanishes without a word and comes back.
Deed = Literal["leave", "delete", "close", "drop"]
WAYS_TO_LEAVE: tuple[Deed, ...] = ("leave", "delete", "close")

AT_THE_DOOR = 1.0
# Every tenth acts only when called, which is when a permit could be spent on somebody who is not there.
AT_THE_DOOR_SHARE = 0.1
# The others act within this much of their line: closer to its end they would be called between two frames.
FURTHEST = 0.8
# Three in ten of those with a bad connection lose it twice.
TWICE_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Step:
    """`after`: the share of their line walked by then, 0 at once, 1 when called. `away`: 0 short, 1 long."""

    after: float
    deed: Deed
    away: float = 0.0


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's day. `number`: the registry's seeded person; steps in order, a leaving one is the last."""

    number: int
    arrives_at_s: float
    steps: tuple[Step, ...] = ()

    @property
    def leaves(self) -> bool:
        return any(step.deed != "drop" for step in self.steps)


def plan(size: int, arrive_per_s: float, leave: float, drop: float, seed: int, population: int) -> tuple[Visit, ...]:
    """`size` visits by arrival (exponential gaps); the shares `leave` and `drop` of them, rounded, do so.

    People are drawn from numbers 1 to `population`, nobody twice as long as that many are enough.
    """
    gaps = random.Random(f"arrivals/{seed}")
    numbers = _numbers(size, population, random.Random(f"people/{seed}"))
    leavers = _chosen(size, leave, random.Random(f"leavers/{seed}"))
    droppers = _chosen(size, drop, random.Random(f"droppers/{seed}"))
    leaving, dropping = random.Random(f"leaving/{seed}"), random.Random(f"dropping/{seed}")
    visits = []
    at_s = 0.0
    for index, number in enumerate(numbers):
        drops = _drops(dropping) if index in droppers else ()
        ending = (_leaving(leaving),) if index in leavers else ()
        visits.append(Visit(number, at_s, _in_order([*drops, *ending])))
        at_s += gaps.expovariate(arrive_per_s)
    return tuple(visits)


def _numbers(size: int, population: int, rng: random.Random) -> list[int]:
    numbers: list[int] = []
    while len(numbers) < size:
        numbers += rng.sample(range(1, population + 1), min(population, size - len(numbers)))
    return numbers


def _chosen(size: int, share: float, rng: random.Random) -> frozenset[int]:
    return frozenset(rng.sample(range(size), round(size * share)))


def _leaving(rng: random.Random) -> Step:
    return Step(_point(rng), rng.choice(WAYS_TO_LEAVE))


def _drops(rng: random.Random) -> tuple[Step, ...]:
    times = 2 if rng.random() < TWICE_SHARE else 1
    return tuple(Step(_point(rng), "drop", rng.random()) for _ in range(times))


def _point(rng: random.Random) -> float:
    return AT_THE_DOOR if rng.random() < AT_THE_DOOR_SHARE else rng.uniform(0.0, FURTHEST)


def _in_order(steps: Sequence[Step]) -> tuple[Step, ...]:
    ordered = sorted(steps, key=lambda step: step.after)
    for index, step in enumerate(ordered):
        if step.deed != "drop":
            return tuple(ordered[: index + 1])
    return tuple(ordered)
