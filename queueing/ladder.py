"""The ladder: a few points of the line that say where everybody stands. Pure; made by lua/ladder.lua, read by hubs.

Position is a rising step function of the queue number. Queue numbers at ranks 1 to 100 and then at every rank 1 %
further are enough to place any ticket by bisection and interpolation: exact in the first hundred, under 1 % off behind.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

import msgpack

# What a Trail looks back at: long enough that calls in steps even out, short enough that a stall shows.
TRAIL_US = 30_000_000
LATELY_US = 5_000_000
# So many standard deviations of a Poisson count.
CHANCE = 2.0
LEAP = 5.0


@dataclass(frozen=True, slots=True)
class Ladder:
    """`ranks[i]` is the rank of queue number `numbers[i]`, both rising; both empty when nobody waits.

    `at_us` is room time when it was read, `incarnation` the life of the state it was read from.
    """

    incarnation: str
    at_us: int
    ranks: Sequence[int]
    numbers: Sequence[int]

    @property
    def waiting(self) -> int:
        return self.ranks[-1] if self.ranks else 0

    def position(self, number: int) -> int:
        """Where a ticket with this queue number stands, if it is in line at all; 1 at least.

        A newcomer, behind all that the ladder has seen, stands behind its last rank.
        """
        if not self.numbers or number <= self.numbers[0]:
            return 1
        step = bisect_right(self.numbers, number) - 1
        if step == len(self.numbers) - 1:
            return self.ranks[step] + (number > self.numbers[step])
        below, above = self.numbers[step], self.numbers[step + 1]
        share = (number - below) / (above - below)
        return self.ranks[step] + round(share * (self.ranks[step + 1] - self.ranks[step]))


def parse(packed: bytes | None) -> Ladder | None:
    """None where there is no ladder, or one that this version cannot read. Source: string keys.ladder (MessagePack)."""
    if packed is None:
        return None
    try:
        incarnation, at_us, ranks, numbers = msgpack.unpackb(packed)
        return Ladder(incarnation, int(at_us), list(map(int, ranks)), list(map(int, numbers)))
    except (ValueError, TypeError, msgpack.UnpackException):
        return None


class Trail:
    """Ladders of the last half minute, of one life of the room: how fast any place in line has been falling.

    Measured and not foretold: whoever left counts when the place is given up, and not before.
    """

    def __init__(self) -> None:
        self._kept: deque[Ladder] = deque()
        self._all = self._lately = Window(())

    def add(self, ladder: Ladder) -> None:
        if self._kept and (ladder.incarnation != self._kept[-1].incarnation or ladder.at_us < self._kept[-1].at_us):
            self._kept.clear()
        if not self._kept or ladder.at_us > self._kept[-1].at_us:
            self._kept.append(ladder)
        while ladder.at_us - self._kept[0].at_us > TRAIL_US:
            self._kept.popleft()
        before = [index for index, kept in enumerate(self._kept) if ladder.at_us - kept.at_us >= LATELY_US]
        self._all = Window(tuple(self._kept))
        self._lately = Window(self._all.ladders[before[-1] :] if before else ())

    def pace_per_s(self, number: int) -> float | None:
        """Places a second for the ticket with this queue number; None while too little was seen.

        Of the half minute, or of its last seconds where those differ by more than chance does: a line that stops, or
        speeds up. Whoever has come since is taken to fall like the last one who was there before.
        """
        if not self._lately.anybody:
            return None
        lately = self._lately.pace_per_s(number)
        if not self._all.anybody:
            return lately
        of_all = self._all.pace_per_s(number)
        by_chance = math.sqrt(max(1.0, of_all * self._lately.seconds))
        return lately if abs(lately - of_all) * self._lately.seconds > CHANCE * by_chance else of_all


class Window:
    """Ladders one after the other; none, or two at least. Who is asked about was there when it began."""

    def __init__(self, ladders: tuple[Ladder, ...]) -> None:
        self.ladders = ladders
        self.anybody = bool(ladders and ladders[0].numbers)
        self.seconds = _seconds(ladders[0], ladders[-1]) if ladders else 0.0
        self._leap = _leap(ladders)

    def pace_per_s(self, number: int) -> float:
        """But for a leap: a number that has run ahead of the line cannot return."""
        number = min(number, self.ladders[0].numbers[-1])
        fell, seconds = _fell(number, self.ladders[0], self.ladders[-1]), self.seconds
        if self._leap:
            fell, seconds = fell - _fell(number, *self._leap), seconds - _seconds(*self._leap)
        return fell / seconds if seconds else 0.0


def _leap(ladders: Sequence[Ladder]) -> tuple[Ladder, Ladder] | None:
    """Two ladders between which the line fell by far more than by chance, as where a minute's calls come at once."""
    steps = [(_fell(one.numbers[-1], one, two), one, two) for one, two in itertools.pairwise(ladders) if one.numbers]
    if not steps:
        return None
    mean = sum(fell for fell, _one, _two in steps) / len(steps)
    biggest, one, two = max(steps, key=itemgetter(0))
    return (one, two) if biggest - mean > LEAP * math.sqrt(max(1.0, mean)) else None


def _fell(number: int, since: Ladder, now: Ladder) -> int:
    return max(0, since.position(number) - now.position(number))


def _seconds(since: Ladder, now: Ladder) -> float:
    return (now.at_us - since.at_us) / 1e6
