"""A line, simulated in steps of the usher: who joins, leaves, goes away and comes back, and is called. Fixed by seed.

It follows the rules of the room: positions count the absent during their grace, calls pass them over, and whoever comes
back is called before all others.
"""

from __future__ import annotations

import bisect
import heapq
import itertools
import math
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from queueing import pace

STEP_S = 0.2
GRACE_S = 120.0
# Of those who give up, so many just close the page; the others say so.
SILENT = 0.7
# So many are away once while they wait: a lift, a phone that sleeps, a reload.
BRIEFLY_AWAY = 0.15
AWAY_AFTER_S = 300.0
AWAY_FOR_S = 30.0


class Place(IntEnum):
    """Where a ticket is; `LOST` is away for good."""

    GONE = 0
    PRESENT = 1
    AWAY = 2
    LOST = 3


class Event(IntEnum):
    GIVES_UP = 0
    GOES_AWAY = 1
    COMES_BACK = 2
    GRACE_ENDS = 3


@dataclass(frozen=True, slots=True)
class Crowd:
    """Joins per second and calls per second at a moment, and how long somebody has patience for."""

    joins_per_s: Callable[[float], float]
    calls_per_s: Callable[[float], float]
    patience_s: Callable[[random.Random], float]


class Line:
    """Tickets are numbered from 0 as they join. `waited_s`: by ticket, once called."""

    def __init__(self, crowd: Crowd, seed: int) -> None:
        self.now_s = 0.0
        self.waiting = 0
        self.waited_s: dict[int, float] = {}
        self._crowd = crowd
        self._random = random.Random(seed)
        self._step = 0
        self._joined_s: list[float] = []
        self._place = bytearray()
        self._agenda: defaultdict[int, list[tuple[Event, int]]] = defaultdict(list)
        # The first ticket never called nor passed over, and those before it who came back.
        self._head = 0
        self._returned: list[int] = []
        self._away_s: dict[int, float] = {}
        # The first ticket still in line; then what was so when it was last observed.
        self._first = 0
        self._observed_s = 0.0
        self._called = 0
        self._bounds = [0, 0, 0, 0]

    def step(self) -> list[tuple[int, int]]:
        """One step of the usher; (ticket, position) of those who joined in it."""
        self._step += 1
        self.now_s = self._step * STEP_S
        for event, ticket in self._agenda.pop(self._step, ()):
            self._happens(event, ticket)
        joined = [self._join() for _ in range(self._poisson(self._crowd.joins_per_s(self.now_s) * STEP_S))]
        self._call(self._poisson(self._crowd.calls_per_s(self.now_s) * STEP_S))
        return joined

    def in_line(self, ticket: int) -> bool:
        return self._place[ticket] != Place.GONE

    def observe(self) -> pace.Observation:
        """What lua/observe.lua counts, by the same means: who is present between two queue numbers."""
        stayed = self._present_by_age()
        self._bounds = self._age_bounds()
        seen = pace.Observation(
            elapsed_s=self.now_s - self._observed_s,
            called=self._called,
            stayed=stayed,
            waiting=self.waiting,
            present=self._present_by_age(),
            passed=self._passed(),
        )
        self._observed_s, self._called = self.now_s, 0
        return seen

    def _age_bounds(self) -> list[int]:
        """The first ticket in line, the first of each younger class, the next to come."""
        while self._first < len(self._place) and not self._place[self._first]:
            self._first += 1
        younger = (bisect.bisect_right(self._joined_s, self.now_s - since_s) for since_s in pace.SINCE_S[:-1])
        return [self._first, *(max(self._first, ticket) for ticket in younger), len(self._place)]

    def _present_by_age(self) -> pace.Counts:
        """In the classes of the last observation."""
        oldest, middle, youngest = (
            self._place.count(Place.PRESENT, *ends) for ends in itertools.pairwise(self._bounds)
        )
        return oldest, middle, youngest

    def _passed(self) -> int:
        present = self._place.find(Place.PRESENT, self._first)
        if present < 0:
            return self.waiting
        return present - self._first - self._place.count(Place.GONE, self._first, present)

    def _plan(self, in_s: float, event: Event, ticket: int) -> None:
        self._agenda[self._step + 1 + int(in_s / STEP_S)].append((event, ticket))

    def _join(self) -> tuple[int, int]:
        ticket = len(self._joined_s)
        self._joined_s.append(self.now_s)
        self._place.append(Place.PRESENT)
        self.waiting += 1
        self._plan(self._crowd.patience_s(self._random), Event.GIVES_UP, ticket)
        if self._random.random() < BRIEFLY_AWAY:
            self._plan(self._random.expovariate(1 / AWAY_AFTER_S), Event.GOES_AWAY, ticket)
        return ticket, self.waiting

    def _happens(self, event: Event, ticket: int) -> None:
        place = self._place[ticket]
        if event == Event.GIVES_UP and place == Place.PRESENT:
            if self._random.random() < SILENT:
                self._is_away(ticket, Place.LOST)
            else:
                self._ends(ticket)
        elif event == Event.GIVES_UP and place == Place.AWAY:
            self._place[ticket] = Place.LOST
        elif event == Event.GOES_AWAY and place == Place.PRESENT:
            self._is_away(ticket, Place.AWAY)
            self._plan(self._random.expovariate(1 / AWAY_FOR_S), Event.COMES_BACK, ticket)
        elif event == Event.COMES_BACK and place == Place.AWAY:
            self._place[ticket] = Place.PRESENT
            del self._away_s[ticket]
            if ticket < self._head:
                heapq.heappush(self._returned, ticket)
        elif event == Event.GRACE_ENDS and self._away_s.get(ticket, self.now_s) <= self.now_s - GRACE_S:
            self._ends(ticket)

    def _is_away(self, ticket: int, place: Place) -> None:
        self._place[ticket] = place
        self._away_s[ticket] = self.now_s
        self._plan(GRACE_S, Event.GRACE_ENDS, ticket)

    def _ends(self, ticket: int) -> None:
        self._place[ticket] = Place.GONE
        self._away_s.pop(ticket, None)
        self.waiting -= 1

    def _call(self, count: int) -> None:
        while count and self._returned:
            ticket = heapq.heappop(self._returned)
            if self._place[ticket] == Place.PRESENT:
                self._is_called(ticket)
                count -= 1
        while count and self._head < len(self._place):
            ticket = self._head
            self._head += 1
            if self._place[ticket] == Place.PRESENT:
                self._is_called(ticket)
                count -= 1

    def _is_called(self, ticket: int) -> None:
        self.waited_s[ticket] = self.now_s - self._joined_s[ticket]
        self._called += 1
        self._ends(ticket)

    def _poisson(self, mean: float) -> int:
        """Knuth's; means are small, for steps are short."""
        count, product, limit = 0, self._random.random(), math.exp(-mean)
        while product > limit:
            count += 1
            product *= self._random.random()
        return count
