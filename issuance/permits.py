"""Permits: the right to make one call to the registry, from one bucket that all workers share.

Owns `tat`, `run`, `free`, `under_way`, `pause` of keys.RegistryKeys. Slots are reserved ahead, and the caller sleeps
until its own; one that is not needed after all goes back. Fails closed: no answer from Redis, no permit.
"""

import functools
import math
import pathlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import redis

from issuance import breaker, errors, keys
from queueing import metrics
from queueing.store import ALLOW_OOM

SHARE_OF_CONTRACT = 0.9
"""The rest absorbs jitter: rate + 1 slots span 1.11 s, so calls may come 111 ms late before a second overflows."""

STALE_AFTER_MS = 75.0
"""A slot is not used when that late: what is left of those 111 ms is for the network."""

LONGEST_SLEEP_MS = 3_000
SLICE_S = 0.25
LOOKS_BEFORE_S = (0.120, 0.015)
"""The last looks before the slot: one in time for somebody else to have it, one so late that it still holds then."""

LONG_PAUSE_S = 3.0
"""Whoever waits for longer than a slot may lie ahead waits better in line, where the page says why."""

ROUNDS = 10
"""Slots tried for one permit when each was overslept or fell into a pause."""

DEAD_AFTER_S = 20.0
"""A call whose end nobody told is over by then: none takes longer than wire.SILENCE_S behind its deadline of 10 s."""

# used; overslept; inside a pause; too many under way; not needed: given back in time, or too late.
Fate = Literal["used", "late", "paused", "crowded", "given_back", "left"]

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
        at_once: int = 0,
    ) -> None:
        """`at_once`: so many calls of all workers may be under way at a time, 0 for as many as come."""
        if not rate_per_s > 0:
            raise ValueError("the registry's rate must be above 0 calls per second")
        self.interval_us = math.ceil(1_000_000 / (SHARE_OF_CONTRACT * rate_per_s))
        self.max_sleep_ms = max_sleep_ms
        self._keys = keys.RegistryKeys(name)
        self._at_once = at_once
        self._client = client
        self._reserve, self._due, self._extend, self._return = (
            client.register_script(ALLOW_OOM + (_LUA / f"{script}.lua").read_text())
            for script in ("permit", "due", "pause", "give_back")
        )

    def take(self, meanwhile: Callable[[], None] | None = None) -> Callable[[], None]:
        """Wait for a permit and return when the call may go out at once: without another word with Redis.

        What it returns is to be called when the call has ended.

        `meanwhile` (is the person still there?) runs before a slot is reserved, four times a second of waiting, and
        shortly before the slot; what it raises ends the wait, and the slot goes back. The pause is looked at last.
        Raises: NoPermit.
        """
        for _ in range(ROUNDS):
            if meanwhile:
                meanwhile()
            asked_at = time.monotonic()
            reservation = self.reserve()
            if reservation.later_ms:
                raise errors.NoPermit("no permit within reach", reservation.later_ms / 1_000)
            # From the question on: a slow answer makes nobody late, and what is left of it is slept in _fate.
            self._wait_until(asked_at + reservation.sleep_ms / 1_000, reservation.slot_us, meanwhile)
            call = secrets.token_hex(8)
            fate = self._fate(reservation.slot_us, call)
            metrics.permits.labels(fate).inc()
            if fate == "used":
                return functools.partial(self._end, call)
            if fate == "late":
                self._end(call)
        raise errors.NoPermit("every slot was overslept, paused or one too many", 1.0)

    def give_back(self, slot_us: int) -> bool:
        """Let somebody else have a slot that will not be used; False where it has passed. Atomic; safe to repeat.

        Fails open: Redis that does not answer loses a slot, and breaks no contract.
        """
        try:
            return bool(self._return(keys=(self._keys.free,), args=(slot_us, 10 * self.max_sleep_ms)) == 1)
        except redis.RedisError:
            return False

    def reserve(self) -> Reservation:
        """Reserve a slot at most `max_sleep_ms` ahead; one atomic command, and each repeat reserves another.

        Raises: NoPermit, where Redis cannot say.
        """
        longest_us = self.max_sleep_ms * 1_000
        # A lost bucket may have promised slots as far ahead as anybody sleeps.
        arguments = (self.interval_us, longest_us, max(self.interval_us, longest_us))
        used = (self._keys.tat, self._keys.pause, self._keys.run, self._keys.free)
        try:
            slot, sleep_us, later_us = self._reserve(keys=used, args=arguments)
        except redis.RedisError as exc:
            raise errors.NoPermit("Redis gives no permits", 1.0) from exc
        return Reservation(slot, sleep_us / 1_000, later_us / 1_000)

    def _wait_until(self, slot_at: float, slot_us: int, meanwhile: Callable[[], None] | None) -> None:
        """Until just before the slot."""
        try:
            for before_s in LOOKS_BEFORE_S:
                while (left_s := slot_at - before_s - time.monotonic()) > 0:
                    time.sleep(min(left_s, SLICE_S))
                    if meanwhile:
                        meanwhile()
        except BaseException:
            metrics.permits.labels("given_back" if self.give_back(slot_us) else "left").inc()
            raise

    def _fate(self, slot_us: int, call: str) -> Fate:
        """Wait for the slot, which is near, and say whether it may be used.

        Redis may stand still within this very question: the time of the answer counts as lateness.
        """
        asked_at = time.monotonic()
        try:
            used = (self._keys.pause, self._keys.under_way)
            args = (slot_us, self._at_once, call, round(DEAD_AFTER_S * 1_000))
            left_us, why_not = self._due(keys=used, args=args)
        except redis.RedisError as exc:
            raise errors.NoPermit("Redis gives no permits", 1.0) from exc
        left_ms = int(left_us) / 1_000
        if why_not:
            return "paused" if why_not == b"paused" else "crowded"
        # Far ahead: the reservation stood still on its way, or the clock was set back.
        if left_ms > STALE_AFTER_MS:
            return "late"
        if left_ms > 0:
            time.sleep(left_ms / 1_000)
        late_ms = (time.monotonic() - asked_at) * 1_000 - left_ms
        return "used" if late_ms <= STALE_AFTER_MS else "late"

    def _end(self, call: str) -> None:
        """Fails open: a call whose end Redis does not hear of is taken for dead after DEAD_AFTER_S."""
        if not self._at_once:
            return
        try:
            self._client.zrem(self._keys.under_way, call)
        except redis.RedisError:
            return

    def pause(self, retry_after_s: float) -> float:
        """Let nobody call for that long, at most LONGEST_RETRY_S; a longer pause under way stays.

        From LONG_PAUSE_S on pages say so, and nobody is called meanwhile. Returns the seconds left. Atomic; safe to
        repeat. Raises: redis.RedisError.
        """
        wanted_s = min(max(retry_after_s, 0.0), errors.LONGEST_RETRY_S)
        wish = (math.ceil(wanted_s * 1_000), round(LONG_PAUSE_S * 1_000), breaker.REASON)
        return int(self._extend(keys=(self._keys.pause, self._keys.unable), args=wish)) / 1_000
