"""Why nobody can be called just now: no worker, no broker, or the private work says that it cannot serve.

Reads keys.WORKERS, keys.UNABLE and the broker. Of the private work it knows no more than the word it left.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Protocol, cast

import redis

from queueing import keys

log = logging.getLogger(__name__)

NO_WORKERS = "no_workers"
BROKER_UNREACHABLE = "broker_unreachable"
REGISTRY_UNAVAILABLE = "registry_unavailable"
REASONS = (NO_WORKERS, BROKER_UNREACHABLE, REGISTRY_UNAVAILABLE)
# Called tickets waiting for a worker, in multiples of all worker threads.
RESERVE = 2
FORGET_WORKERS_MS = 60_000


class Jobs(Protocol):
    """Where called tickets go."""

    def hand_over(self, room: str, ticket_ids: Iterable[str]) -> None:
        """Raises: whatever the broker raises; then the tickets' leases bring them back."""

    def backlog(self) -> int | None:
        """How many wait for a worker; None when the broker does not answer."""


class Obstacles:
    """What one usher knows of them."""

    def __init__(self, client: redis.Redis, jobs: Jobs) -> None:
        self._client = client
        self._jobs = jobs
        self._threads = 0
        # Nobody to serve, or no way to them; what the private work says, and how many it may try all the same.
        self._office: str | None = None
        self._work: str | None = None
        self._trial = 0

    @property
    def now(self) -> str | None:
        """Why the line stands still; None while people are called."""
        return self._office or self._work

    @property
    def blocked(self) -> bool:
        """Whether nobody at all may be called."""
        return bool(self._office or (self._work and not self._trial))

    def look(self) -> None:
        """Count the workers and ask the broker."""
        self._threads = worker_threads(self._client)
        if self._jobs.backlog() is None:
            self._see(BROKER_UNREACHABLE, self._work)
        else:
            self._see(None if self._threads else NO_WORKERS, self._work)

    def glance(self) -> None:
        """Read what the private work says: one command, so at each step."""
        said = cast(bytes | None, self._client.get(keys.UNABLE))
        reason, _, trial = said.decode(errors="replace").partition(" ") if said else ("", "", "")
        self._trial = int(trial) if trial.isdecimal() else 0
        self._see(self._office, reason or None)

    def broker_failed(self) -> None:
        self._see(BROKER_UNREACHABLE, self._work)

    def may_call(self, slugs: Iterable[str]) -> int:
        """As many as keep every worker thread busy with one more in reserve: whoever is called is served soon.

        Where the private work only tries, as many as it tries at a time; several ushers may each let in so many.
        """
        if self.blocked:
            return 0
        backlog = self._jobs.backlog()
        if backlog is None:
            self.broker_failed()
            return 0
        free = RESERVE * self._threads - backlog
        if self._work:
            free = min(free, self._trial - self._serving(slugs))
        return max(0, free)

    def _serving(self, slugs: Iterable[str]) -> int:
        return sum(int(self._client.zcard(keys.RoomKeys(slug).serving)) for slug in slugs)

    def _see(self, office: str | None, work: str | None) -> None:
        before = self.now
        self._office, self._work = office, work
        if self.now != before:
            log.warning("calling nobody: %s", self.now) if self.now else log.info("calling people")


def worker_threads(client: redis.Redis) -> int:
    """How many threads serve, in all worker processes that gave a sign of life in time. Source: keys.WORKERS."""
    seconds, micros = client.time()
    now_ms = int(seconds) * 1_000 + int(micros) // 1_000
    for members in (keys.WORKERS, keys.OPENERS):
        client.zremrangebyscore(members, "-inf", now_ms - FORGET_WORKERS_MS)
    alive = cast(list[bytes], client.zrangebyscore(keys.WORKERS, now_ms, "+inf"))
    return sum(int(member.rpartition(b":")[2]) for member in alive)
