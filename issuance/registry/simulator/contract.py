"""The contract: at most `rate` calls are served in any sliding second, so many at a time, each with a line in the log.

A line is JSON: `time_ns`, `status` (null: no answer was sent), `person` (a seeded number, null for nobody),
`kind`, and `retry_after_s` where the caller was told to wait. Never a name, a date or a document number.
"""

import collections
import contextlib
import json
import math
import pathlib
import time
from collections.abc import Iterator
from typing import Any, TextIO

SECOND_NS = 1_000_000_000


class Contract:
    """Counts and logs the calls of one server; used by one thread."""

    def __init__(self, rate_per_s: int, log: pathlib.Path | None, at_once: int | None = None) -> None:
        self._rate = rate_per_s
        self._at_once = at_once
        self._under_way = self._most_under_way = 0
        self._log: TextIO | None = log.open("a", encoding="ascii") if log else None
        # One clock for windows and log that is never set back.
        self._offset_ns = time.time_ns() - time.monotonic_ns()
        self._served: collections.deque[int] = collections.deque(maxlen=rate_per_s)
        self._window: collections.deque[int] = collections.deque()
        self._worst_window = 0
        self._calls: collections.Counter[str] = collections.Counter()
        self._statuses: collections.Counter[str] = collections.Counter()

    def arrive(self) -> int:
        """Note that a call came, whatever becomes of it; its instant in ns since the epoch."""
        now = time.monotonic_ns() + self._offset_ns
        self._window.append(now)
        while self._window[0] <= now - SECOND_NS:
            self._window.popleft()
        self._worst_window = max(self._worst_window, len(self._window))
        return now

    @contextlib.contextmanager
    def under_way(self) -> Iterator[None]:
        """A call, from its arrival to its answer."""
        self._under_way += 1
        self._most_under_way = max(self._most_under_way, self._under_way)
        try:
            yield
        finally:
            self._under_way -= 1

    def admit(self, now: int) -> int:
        """Serve the call of this instant: 0, or else the whole seconds after which to come back."""
        if self._at_once is not None and self._under_way > self._at_once:
            return 1
        if len(self._served) == self._rate and self._served[0] > now - SECOND_NS:
            return math.ceil((self._served[0] + SECOND_NS - now) / SECOND_NS)
        self._served.append(now)
        return 0

    def note(
        self, now: int, kind: str, status: int | None, person: int | None, retry_after_s: float | None = None
    ) -> None:
        """Count and log one call; the line can be read when this returns."""
        self._calls[kind] += 1
        self._statuses["none" if status is None else str(status)] += 1
        if self._log is None:
            return
        line: dict[str, Any] = {"time_ns": now, "status": status, "person": person, "kind": kind}
        if retry_after_s is not None:
            line["retry_after_s"] = retry_after_s
        self._log.write(json.dumps(line) + "\n")
        self._log.flush()

    def stats(self) -> dict[str, Any]:
        """Since the start; the most calls that came in a sliding second, and at a time, refused ones included."""
        return {
            "rate": self._rate,
            "calls": sum(self._calls.values()),
            "kinds": dict(self._calls),
            "statuses": dict(self._statuses),
            "too_many": self._statuses["429"],
            "worst_window": self._worst_window,
            "most_under_way": self._most_under_way,
        }

    def close(self) -> None:
        """Close the log."""
        if self._log:
            self._log.close()
