"""Who was called out of turn: counts pairs of tickets in O(n log n). Pure.

Source: PROTOCOL, "Wrong order, for any judge of logs".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Stay(NamedTuple):
    """One ticket's time in line, µs of room time; `until_us`: when it was called, or stopped waiting."""

    joined_at_us: int
    until_us: int


def wrong_order(called: Sequence[Stay]) -> int:
    """Pairs of called tickets of which the later `joined_at_us` has the earlier `called_at_us`."""
    return overtaken(called, called)


def overtaken(waiters: Iterable[Stay], called: Iterable[Stay]) -> int:
    """Pairs of a waiter and a ticket that joined later, yet was called while the waiter still stood there."""
    newest_first = sorted(called, reverse=True)
    calls = _Calls(stay.until_us for stay in newest_first)
    pairs = index = 0
    for waiter in sorted(waiters, reverse=True):
        while index < len(newest_first) and newest_first[index].joined_at_us > waiter.joined_at_us:
            calls.add(newest_first[index].until_us)
            index += 1
        pairs += calls.before(waiter.until_us)
    return pairs


class _Calls:
    """A Fenwick tree over the instants of all calls: how many of those added lie before an instant."""

    def __init__(self, instants: Iterable[int]) -> None:
        self._instants = sorted(set(instants))
        self._sums = [0] * (len(self._instants) + 1)

    def add(self, instant_us: int) -> None:
        place = bisect_left(self._instants, instant_us) + 1
        while place < len(self._sums):
            self._sums[place] += 1
            place += place & -place

    def before(self, instant_us: int) -> int:
        place = bisect_left(self._instants, instant_us)
        total = 0
        while place:
            total += self._sums[place]
            place -= place & -place
        return total
