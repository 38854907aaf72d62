"""What one web process can take. Beyond it newcomers are asked to come back, so that those it has stay served.

Counts what is under way and how late the event loop runs. Nobody loses a place by being asked to come back.
"""

from __future__ import annotations

import asyncio
import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager

# Descriptors for all but sockets: requests, Redis, logs. At most a tenth where there are few.
RESERVED_FILES = 500
# A second's work, or two, on one core: more at a time only makes everybody wait longer.
MOST_CONNECTING = 2_000
MOST_JOINING = 500
# So few at a time are let in however late it is: a pause of the machine is no storm, and a storm must pass.
FEW = 50
# Whoever has a place comes before whoever wants one.
TOO_LATE_TO_CONNECT_S = 2.0
TOO_LATE_TO_JOIN_S = 1.0
LOOK_S = 0.1
# A crowd that was asked to come back does so spread over this.
SOONEST_S = 5
LATEST_S = 20


class Capacity:
    """Of one event loop. `sockets` is how many are open, the refused among them until they have gone."""

    def __init__(self, loop: asyncio.AbstractEventLoop, most_sockets: int) -> None:
        self.sockets = self.connecting = self.joining = 0
        self._loop = loop
        self._most_sockets = most_sockets
        self._late_s = 0.0
        self._due_at = loop.time() + LOOK_S
        self._loop.call_at(self._due_at, self._look)

    def may_connect(self) -> bool:
        if self.sockets > self._most_sockets or self.connecting >= MOST_CONNECTING:
            return False
        return self.connecting < FEW or self.late_s() < TOO_LATE_TO_CONNECT_S

    def may_join(self) -> bool:
        if self.joining >= MOST_JOINING:
            return False
        return self.joining < FEW or self.late_s() < TOO_LATE_TO_JOIN_S

    @contextmanager
    def one_more_socket(self) -> Iterator[None]:
        self.sockets += 1
        try:
            yield
        finally:
            self.sockets -= 1

    @contextmanager
    def one_more_connecting(self) -> Iterator[None]:
        self.connecting += 1
        try:
            yield
        finally:
            self.connecting -= 1

    @contextmanager
    def one_more_joining(self) -> Iterator[None]:
        self.joining += 1
        try:
            yield
        finally:
            self.joining -= 1

    def late_s(self) -> float:
        """How late the loop was when it last looked, or is by now."""
        return max(self._late_s, self._loop.time() - self._due_at)

    def _look(self) -> None:
        now_s = self._loop.time()
        self._late_s = now_s - self._due_at
        self._due_at = now_s + LOOK_S
        self._loop.call_at(self._due_at, self._look)


def come_back_after_s() -> int:
    return random.randint(SOONEST_S, LATEST_S)  # noqa: S311 spreads a crowd, guards nothing


def most_sockets(wanted: int) -> int:
    """`wanted`, or where that is 0 as many as the process may have files open."""
    if wanted:
        return wanted
    files, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return 1_000_000
    return files - min(RESERVED_FILES, files // 10)
