"""What work costs Redis, by its own account (INFO commandstats and memory): no clock of ours, no network."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable

import redis

# Every script runs by this command; its time includes all that the script does.
SCRIPT = "evalsha"


class Meter:
    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def us(self, work: Callable[[], object], *commands: str) -> float:
        """Microseconds that Redis spent on the scripts (or these commands) while `work` ran."""
        named = commands or (SCRIPT,)
        before = self._spent(named)
        work()
        return self._spent(named) - before

    def median_us(self, rounds: Iterable[Callable[[], object]], per: int, *commands: str) -> float:
        """Of several rounds, each divided by how many it did."""
        return statistics.median(self.us(work, *commands) / per for work in rounds)

    def used_bytes(self) -> int:
        return self._memory("used_memory")

    def resident_bytes(self) -> int:
        """With what the allocator has not given back, or cannot."""
        return self._memory("used_memory_rss")

    def _memory(self, field: str) -> int:
        return int(self._client.info("memory")[field])

    def _spent(self, commands: Iterable[str]) -> int:
        stats = self._client.info("commandstats")
        return sum(int(stats.get(f"cmdstat_{command}", {}).get("usec", 0)) for command in commands)
