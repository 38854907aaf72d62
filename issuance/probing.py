"""Probes: while it is in doubt whether the registry is there, some worker asks for /metadata, which needs no person.

Every worker process runs a Prober; the breaker gives one of them the turn. Each probe takes a permit.
"""

from __future__ import annotations

import logging
import threading

from redis.exceptions import RedisError

from issuance import breaker, errors, permits
from issuance.registry.client import Registry
from queueing import metrics

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.6
# A registry that says nothing holds a probe for wire.SILENCE_S; the next one must not wait for that.
THREADS = 3


class Prober:
    """Start it once per worker process."""

    def __init__(self, guard: breaker.Breaker, bucket: permits.Permits, registry: Registry) -> None:
        self._breaker = guard
        self._permits = bucket
        self._registry = registry
        self._stop = threading.Event()

    def start(self) -> None:
        for number in range(THREADS):
            first_s = LOOK_EVERY_S * (number + 1) / THREADS
            threading.Thread(target=self._run, args=(first_s,), name=f"probe-{number + 1}", daemon=True).start()

    def stop(self) -> None:
        """A probe under way ends by itself."""
        self._stop.set()

    def step(self) -> None:
        """Look, and probe where it is this process' turn. Raises: RedisError."""
        sight = self._breaker.look()
        for state in breaker.STATES:
            metrics.breaker.labels(state).set(state == sight.state)
        metrics.pause_seconds.set(sight.pause_left_s)
        if sight.may_probe:
            metrics.probes.labels(self._probe()).inc()

    def _run(self, first_s: float) -> None:
        wait_s = first_s
        while not self._stop.wait(wait_s):
            wait_s = LOOK_EVERY_S
            try:
                self.step()
            except (RedisError, OSError) as error:
                log.debug("no probe: Redis does not answer (%s)", type(error).__name__)

    def _probe(self) -> str:
        """How it was answered."""
        try:
            self._registry.probe(self._permits.take)
        except errors.NoPermit:
            return "no_permit"
        except errors.RegistryPaused as paused:
            self._permits.pause(paused.retry_after_s)
            return "paused"
        except (errors.RegistryUnavailable, errors.RegistryRejected):
            self._breaker.unanswered(breaker.METADATA)
            return "failed"
        self._breaker.probed()
        return "answered"
