"""How long a worker spends on each stage of a visit: measured here, shown as metrics, told with the sign of life.

Numbers only. What is told goes to Redis (keys.worker), where `manage.py size_workers` and the console read it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from queueing import metrics

# claim: Redis takes the ticket on; try: the number's place is taken or given back; permit: waiting for the contract;
# registry: its calls; wait: until it is asked again; render: certificate, page, encryption; record: the row;
# finish: Redis takes the outcome.
STAGES = ("claim", "try", "permit", "registry", "wait", "render", "record", "finish")
# Of the last visits that asked the registry: enough for a mean, new enough to follow a registry that grew slow.
REMEMBERED = 500
REMEMBERED_S = 300.0


class Stopwatch:
    """Always runs on one stage; a stage inside another is not counted twice. For one thread."""

    def __init__(self, stage: str) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._stage = stage
        self._since = time.monotonic()

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        outer = self._switch(stage)
        try:
            yield
        finally:
            self._switch(outer)

    def stop(self) -> dict[str, float]:
        self._switch(self._stage)
        return self.seconds

    def _switch(self, stage: str) -> str:
        now, before = time.monotonic(), self._stage
        self.seconds[before] += now - self._since
        self._stage, self._since = stage, now
        return before


class Meter:
    """Of one worker process; safe to share between its threads."""

    def __init__(self, contract_per_s: float = 0.0) -> None:
        self._contract_per_s = contract_per_s
        self._visits: deque[tuple[float, Mapping[str, float]]] = deque(maxlen=REMEMBERED)
        self._busy = 0
        self._guard = threading.Lock()

    @contextmanager
    def busy(self) -> Iterator[None]:
        """One more thread serves somebody meanwhile."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def visited(self, room: str, seconds: Mapping[str, float]) -> None:
        """A visit has ended. Those that asked nothing say nothing about how many can be served."""
        for stage, spent_s in seconds.items():
            metrics.stage_seconds.labels(room, stage).observe(spent_s)
        if seconds["registry"]:
            with self._guard:
                self._visits.append((time.monotonic(), seconds))

    def told(self) -> dict[str, str]:
        """What the sign of life says: visits remembered, the mean of each stage in µs, threads busy, the contract."""
        oldest = time.monotonic() - REMEMBERED_S
        with self._guard:
            recent = [seconds for at, seconds in self._visits if at >= oldest]
            busy = self._busy
        numbers = {"visits": len(recent), "busy": busy, "contract_per_s": f"{self._contract_per_s:g}"}
        for stage in STAGES:
            mean_s = sum(seconds[stage] for seconds in recent) / len(recent) if recent else 0.0
            numbers[f"{stage}_us"] = round(mean_s * 1_000_000)
        return {name: str(number) for name, number in numbers.items()}

    def _count(self, change: int) -> None:
        with self._guard:
            self._busy += change
        metrics.threads_busy.inc(change)
