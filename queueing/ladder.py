"""The ladder: a few points of the line that say where everybody stands. Pure; made by lua/ladder.lua, read by hubs.

Position is a rising step function of the queue number. Queue numbers at ranks 1 to 100 and then at every rank 1 %
further are enough to place any ticket by bisection and interpolation: exact in the first hundred, under 1 % off behind.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import msgpack


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
