"""What is compared: ours, and two plainer ones. Each sees what an usher sees, once a second, and nothing else."""

from __future__ import annotations

import math
from collections import deque
from typing import Protocol

from queueing import outlook, pace


class Estimator(Protocol):
    def observe(self, seen: pace.Observation) -> None: ...

    def band(self, position: int) -> outlook.Band | None:
        """None while nothing can be said."""


class Ours:
    """Through the hash each time it is asked, as a web process has it."""

    def __init__(self, calls_per_minute: int) -> None:
        self._calls_per_minute = calls_per_minute
        self._state = pace.State()
        self._outlook: outlook.Outlook | None = None
        self._asked = False

    def observe(self, seen: pace.Observation) -> None:
        self._state = pace.advance(self._state, seen)
        self._asked = False

    def band(self, position: int) -> outlook.Band | None:
        if not self._asked:
            stored = {name.encode(): text.encode() for name, text in pace.to_hash(self._state).items()}
            self._outlook = outlook.of(pace.from_hash(stored), self._calls_per_minute)
            self._asked = True
        return self._outlook.wait(position) if self._outlook else None


class MeanInterval:
    """Position × mean interval between all calls so far, or between those of the last `window_s`; it has no band."""

    def __init__(self, window_s: float = math.inf) -> None:
        self._window_s = window_s
        self._seen: deque[pace.Observation] = deque()
        self._lasted_s = 0.0
        self._called = 0

    def observe(self, seen: pace.Observation) -> None:
        self._seen.append(seen)
        self._lasted_s += seen.elapsed_s
        self._called += seen.called
        while self._lasted_s - self._seen[0].elapsed_s >= self._window_s:
            gone = self._seen.popleft()
            self._lasted_s -= gone.elapsed_s
            self._called -= gone.called

    def band(self, position: int) -> outlook.Band | None:
        if not self._called:
            return None
        wait_s = position * self._lasted_s / self._called
        return outlook.Band(wait_s, wait_s, wait_s)
