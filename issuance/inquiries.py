"""One ticket's inquiry at the registry: asks until there is an answer, each call with a permit and the person there.

While the breaker is open nothing is asked: the ticket goes back to its place in line, where the page says why.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from issuance import errors
from issuance.breaker import Breaker
from issuance.permits import Permits
from issuance.registry import records
from issuance.registry.client import Claims, Registry
from issuance.stages import Stopwatch

log = logging.getLogger(__name__)

# Between two tries of one search that fails while the registry answers others.
BACK_OFF_S = (1.0, 2.0, 4.0, 8.0, 15.0)
# How often whoever waits looks whether the person is still there, and the registry.
LOOK_S = 1.0
LEAST_WAIT_S = 0.1


@dataclass(frozen=True, slots=True)
class Inquiry:
    """`look` raises where there is no reason to ask any more: nobody is there, the lease is lost, the worker stops."""

    registry: Registry
    permits: Permits
    breaker: Breaker
    ticket_id: str
    look: Callable[[], None]
    watch: Stopwatch = field(default_factory=lambda: Stopwatch("registry"))

    def record(self, claims: Claims) -> records.Record:
        """Ask, and ask again, ever more rarely.

        Raises: Refused; BreakerOpen, which costs nobody anything; RegistryUnavailable, RegistryRejected where the
        registry answers others and not this search; and what `look` raises.
        """
        for round_ in itertools.count():
            try:
                return self._ask(claims)
            except errors.NoPermit as error:
                wait_s = max(error.retry_after_s, LEAST_WAIT_S)
            except errors.RegistryPaused as error:
                self.permits.pause(error.retry_after_s)
                wait_s = BACK_OFF_S[0]
                log.warning("ticket %s: the registry asks for a pause", self.ticket_id)
            except (errors.RegistryUnavailable, errors.RegistryRejected) as error:
                self._judge(error)
                wait_s = BACK_OFF_S[min(round_, len(BACK_OFF_S) - 1)]
                log.warning("ticket %s: %s, asking again", self.ticket_id, type(error).__name__)
            with self.watch.on("wait"):
                self._wait(wait_s)
        raise AssertionError("unreachable")

    def _ask(self, claims: Claims) -> records.Record:
        """Raises: as Registry.find. No is an answer."""
        try:
            record = self.registry.find(claims, self._permit)
        except errors.Refused:
            self.breaker.answered(self.ticket_id)
            raise
        self.breaker.answered(self.ticket_id)
        return record

    def _permit(self) -> None:
        with self.watch.on("permit"):
            self.permits.take(meanwhile=self._check)

    def _judge(self, error: errors.IssuanceError) -> None:
        """Raises where it makes no sense to hold the turn."""
        verdict = self.breaker.unanswered(self.ticket_id)
        if verdict.given_up:
            raise error
        if verdict.is_open:
            raise errors.BreakerOpen("the registry is down") from None
        if isinstance(error, errors.RegistryRejected):
            raise error

    def _check(self) -> None:
        self.look()
        if self.breaker.is_open():
            raise errors.BreakerOpen("the registry is down, or wants silence")

    def _wait(self, seconds: float) -> None:
        wake_at = time.monotonic() + seconds
        while (left_s := wake_at - time.monotonic()) > 0:
            self._check()
            time.sleep(min(left_s, LOOK_S))
