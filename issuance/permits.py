"""Permits: the right to make one call to the registry, from one bucket that all workers share.

Owns `tat`, `run` and `pause` of keys.RegistryKeys. Slots are reserved ahead, and the caller sleeps until its own.
Fails closed: no answer from Redis, no permit.
"""

import math
import pathlib
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis

from issuance import breaker, errors, keys
from queueing.store import ALLOW_OOM

SHARE_OF_CONTRACT = 0.9
"""The rest absorbs jitter: rate + 1 slots span 1.11 s, so calls may come 111 ms late before a second overflows."""

STALE_AFTER_MS = 75.0
"""A slot is not used when that late: what is left of those 111 ms is for the network."""

LONGEST_SLEEP_MS = 3_000
LONG_PAUSE_S = 3.0
"""Whoever waits for longer than a slot may lie ahead waits better in line, where the page says why."""

SLICE_MS = 500.0
ROUNDS = 10
"""Slots tried for one permit when each was overslept or fell into a pause."""

_LUA = pathlib.Path(__file__).with_name("lua")


@dataclass(frozen=True, slots=True)
class Reservation:
    """Sleep `sleep_ms`, then call; or, where `later_ms` is not 0, nothing was reserved: ask again after that.

    `slot_us` is the instant of the slot by Redis' clock, µs since the epoch.
    """

    slot_us: int
    sleep_ms: float
    later_ms: float


class Permits:
    """The bucket of one contract; safe to share between threads."""

    def __init__(
        self,
        client: redis.Redis,
        rate_per_s: float,
        name: str = keys.REGISTRY,
        *,
        max_sleep_ms: int = LONGEST_SLEEP_MS,
    ) -> None:
        if not rate_per_s > 0:
            raise ValueError("the registry's rate must be above 0 calls per second")
        self.interval_us = math.ceil(1_000_000 / (SHARE_OF_CONTRACT * rate_per_s))
        self.max_sleep_ms = max_sleep_ms
        self._keys = keys.RegistryKeys(name)
        self._reserve, self._due, self._extend = (
            client.register_script(ALLOW_OOM + (_LUA / f"{script}.lua").read_text())
            for script in ("permit", "due", "pause")
        )

    def take(self, meanwhile: Callable[[], None] | None = None) -> None:
        """Wait for a permit and return when the call may go out at once: without another word with Redis.

        `meanwhile` runs twice a second of waiting and once behind it (is the person still there?); what it raises ends
        the wait, and the slot is lost. The pause is looked at last. Raises: NoPermit.
        """
        for _ in range(ROUNDS):
            asked_at = time.monotonic()
            reservation = self.reserve()
            if reservation.later_ms:
                raise errors.NoPermit("no permit within reach", reservation.later_ms / 1_000)
            # From the question on: a slow answer makes nobody late, and what is left of it is slept in _is_good.
            _wait_until(asked_at + reservation.sleep_ms / 1_000, meanwhile)
            if meanwhile:
                meanwhile()
            if self._is_good(reservation.slot_us):
                return
        raise errors.NoPermit("every slot was overslept or paused", 1.0)

    def reserve(self) -> Reservation:
        """Reserve a slot at most `max_sleep_ms` ahead; one atomic command, and each repeat reserves another.

        Raises: NoPermit, where Redis cannot say.
        """
        longest_us = self.max_sleep_ms * 1_000
        # A lost bucket may have promised slots as far ahead as anybody sleeps.
        arguments = (self.interval_us, longest_us, max(self.interval_us, longest_us))
        used = (self._keys.tat, self._keys.pause, self._keys.run)
        try:
            slot, sleep_us, later_us = self._reserve(keys=used, args=arguments)
        except redis.RedisError as exc:
            raise errors.NoPermit("Redis gives no permits", 1.0) from exc
        return Reservation(slot, sleep_us / 1_000, later_us / 1_000)

    def _is_good(self, slot_us: int) -> bool:
        """Wait for the slot, which is near; False where it was overslept or lies inside a pause.

        Redis may stand still within this very question: the time of the answer counts as lateness.
        """
        asked_at = time.monotonic()
        try:
            left_us, is_paused = self._due(keys=(self._keys.pause,), args=(slot_us,))
        except redis.RedisError as exc:
            raise errors.NoPermit("Redis gives no permits", 1.0) from exc
        left_ms = int(left_us) / 1_000
        # Far ahead: the reservation stood still on its way, or the clock was set back.
        if is_paused or left_ms > STALE_AFTER_MS:
            return False
        if left_ms > 0:
            time.sleep(left_ms / 1_000)
        return (time.monotonic() - asked_at) * 1_000 - left_ms <= STALE_AFTER_MS

    def pause(self, retry_after_s: float) -> float:
        """Let nobody call for that long, at most LONGEST_RETRY_S; a longer pause under way stays.

        From LONG_PAUSE_S on pages say so, and nobody is called meanwhile. Returns the seconds left. Atomic; safe to
        repeat. Raises: redis.RedisError.
        """
        wanted_s = min(max(retry_after_s, 0.0), errors.LONGEST_RETRY_S)
        wish = (math.ceil(wanted_s * 1_000), round(LONG_PAUSE_S * 1_000), breaker.REASON)
        return int(self._extend(keys=(self._keys.pause, self._keys.unable), args=wish)) / 1_000


def _wait_until(wake_at: float, meanwhile: Callable[[], None] | None) -> None:
    while (left_s := wake_at - time.monotonic()) > SLICE_MS / 1_000:
        time.sleep(SLICE_MS / 1_000)
        if meanwhile:
            meanwhile()
    if left_s > 0:
        time.sleep(left_s)
