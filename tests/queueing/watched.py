"""A line, the hub that reads it and the pages that show it, simulated by the project's own rules. Fixed by seed.

What is not a rule of ours is as bad as on a busy day: calls in steps, ladders and ticks that come late, frames that
travel, and until the trail of ladders says anything a pace that is known only from the last quarter of a minute.
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from queueing import countdown, ladder
from tests.queueing.test_ladder import of

STEP_S = 0.2
LOOK_EVERY_S = 0.4
LOOKS_IN_3_S = 8
# Ladders and ticks come a second apart, and up to this much later.
LATE_S = 0.3
TRAVEL_S = 0.1
PACE_OVER_S = 15.0
# Frames count from then on: before, little is known of the pace.
WARM_S = 15.0
GRACE_S = 30.0
# Of all who come: leave with the button, fall silent for good, fall silent and come back.
LEAVING, SILENT, BACK = 0.15, 0.05, 0.05
BACK_AFTER_S = 10.0


@dataclass
class Page:
    """`told` as the hub knows it, `heard` as the page does."""

    told: countdown.Sighting
    heard: countdown.Sighting
    shown: float = math.inf
    truths: deque[int] = field(default_factory=lambda: deque(maxlen=LOOKS_IN_3_S))


@dataclass(frozen=True, slots=True)
class Look:
    """One page at one instant. `pace_per_s`: the fastest within the last minute; `fell`: places, in the last 3 s."""

    at_s: float
    position: int
    before: float
    shown: int
    pace_per_s: float
    fell: int

    @property
    def beyond(self) -> float:
        """Whole places by which the page is off beyond three seconds of pace, and beyond one place or 2 %."""
        moved = max(math.ceil(3 * self.pace_per_s), self.fell)
        return abs(self.shown - self.position) - moved - max(1.0, 0.02 * self.position)


@dataclass
class Watched:
    """Run it, then ask it. So many wait when it begins, and as many come as go where `mean_per_s` are called."""

    calls_per_s: Callable[[float], float]
    waiting: int
    mean_per_s: float
    seed: int
    frames: int = 0
    person_s: float = 0.0
    looks: list[Look] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        come_per_s = self.mean_per_s / (1 - LEAVING - SILENT)
        shares = {"come": 1.0, "leave": LEAVING, "silent": SILENT + BACK}
        self._chance = {what: share * come_per_s * STEP_S for what, share in shares.items()}
        self._line = [round((place - self.waiting) / come_per_s * 1e6) for place in range(self.waiting)]
        self._pages: dict[int, Page] = {}
        self._away: dict[int, float] = {}
        self._returns: deque[tuple[float, int]] = deque()
        self._calls: deque[tuple[float, int]] = deque()
        self._paces: deque[tuple[float, float]] = deque()
        self._trail = ladder.Trail()
        self._owed = 0.0
        self._now_s = 0.0
        for position, number in enumerate(self._line, start=1):
            self._send(number, position)

    def run(self, seconds: float) -> Watched:
        rungs, ladder_s, tick_s, look_s = of([]), 0.0, 0.5, 0.0
        while self._now_s < seconds:
            self._now_s += STEP_S
            self._step()
            if self._now_s >= ladder_s:
                rungs, read_s = replace(of(self._line), at_us=round(self._now_s * 1e6)), self._now_s
                ladder_s = self._now_s + 1 + self._dice.uniform(0, LATE_S)
            if self._now_s >= tick_s:
                self._tick(rungs, read_s)
                tick_s = self._now_s + 1 + self._dice.uniform(0, LATE_S)
            if self._now_s >= look_s:
                self._look()
                look_s = self._now_s + LOOK_EVERY_S
        return self

    @property
    def frames_per_person_minute(self) -> float:
        return self.frames * 60 / self.person_s

    def _step(self) -> None:
        if self._now_s >= WARM_S:
            self.person_s += STEP_S * len(self._pages)
        for _ in range(self._happen("come")):
            number = max(round(self._now_s * 1e6), self._line[-1] if self._line else 0) + 1
            self._line.append(number)
            self._send(number, len(self._line))
        for _ in range(self._happen("leave")):
            self._end(self._anybody())
        for _ in range(self._happen("silent")):
            self._fall_silent(self._anybody())
        while self._returns and self._returns[0][0] <= self._now_s:
            self._come_back(self._returns.popleft()[1])
        for number in [number for number, since_s in self._away.items() if self._now_s - since_s >= GRACE_S]:
            self._end(number)
        self._call()

    def _happen(self, what: str) -> int:
        mean = self._chance[what]
        return int(mean) + (self._dice.random() < mean % 1)

    def _anybody(self) -> int | None:
        return self._dice.choice(self._line) if self._line else None

    def _end(self, number: int | None) -> None:
        if number is not None:
            self._line.remove(number)
            self._pages.pop(number, None)
            self._away.pop(number, None)

    def _fall_silent(self, number: int | None) -> None:
        if number is None or number in self._away:
            return
        self._pages.pop(number, None)
        self._away[number] = self._now_s
        if self._dice.random() < BACK / (SILENT + BACK):
            self._returns.append((self._now_s + BACK_AFTER_S, number))

    def _come_back(self, number: int) -> None:
        """The place is the old one, and the first frame goes out at once."""
        if self._away.pop(number, None) is not None:
            self._send(number, self._line.index(number) + 1)

    def _call(self) -> None:
        """The first of those present, whoever is away before them."""
        self._owed += self.calls_per_s(self._now_s) * STEP_S
        present = [number for number in self._line[: len(self._away) + int(self._owed)] if number not in self._away]
        called = present[: int(self._owed)]
        self._owed -= int(self._owed)
        for number in called:
            self._end(number)
        self._calls.append((self._now_s, len(called)))
        self._paces.append((self._now_s, self._calls_per_s(3.0)))
        while self._paces[0][0] < self._now_s - 60:
            self._paces.popleft()

    def _calls_per_s(self, over_s: float) -> float:
        since_s = self._now_s - over_s
        return sum(count for at_s, count in self._calls if at_s > since_s) / min(over_s, max(STEP_S, self._now_s))

    def _pace_per_s(self, number: int, position: int) -> float:
        """As this place has been falling; else as outlook has it: calls, and those who leave ahead."""
        seen = self._trail.pace_per_s(number)
        return self._calls_per_s(PACE_OVER_S) + self._leaving_per_s(position) if seen is None else seen

    def _leaving_per_s(self, position: int) -> float:
        """Of those ahead."""
        return self._chance["leave"] / STEP_S * position / max(1, len(self._line))

    def _tick(self, rungs: ladder.Ladder, read_s: float) -> None:
        """Whoever was told something newer than the ladder is left alone: it does not know the last who came."""
        self._trail.add(rungs)
        for number, page in self._pages.items():
            if page.told.at_s >= read_s:
                continue
            read = rungs.position(number)
            position = countdown.carried(read, self._pace_per_s(number, read), self._now_s - read_s)
            if countdown.must_send(page.told, position, self._now_s):
                self._send(number, position)

    def _send(self, number: int, position: int) -> None:
        pace = self._pace_per_s(number, position)
        told = countdown.Sighting(position, pace, self._now_s)
        heard = countdown.Sighting(position, pace, self._now_s + TRAVEL_S)
        page = self._pages.get(number)
        if page is None:
            self._pages[number] = Page(told, heard)
        else:
            page.shown = countdown.position(page.heard, self._now_s, page.shown)
            page.told, page.heard = told, heard
        self.frames += self._now_s >= WARM_S

    def _look(self) -> None:
        fastest = max(pace for _at_s, pace in self._paces)
        for position, number in enumerate(self._line, start=1):
            page = self._pages.get(number)
            if page is not None:
                before = page.shown
                page.shown = shown = countdown.position(page.heard, self._now_s, before)
                page.truths.append(position)
                pace = fastest + self._leaving_per_s(position)
                fell = page.truths[0] - position
                self.looks.append(Look(self._now_s, position, before, shown, pace, fell))
