"""The breaker: whether the registry is down, known by all workers at once, so that nobody is called for nothing.

Owns `unable`, `breaker` and `failing` of keys.RegistryKeys; each transition is one script, by Redis' clock.

closed     everybody is asked about. Opens where FAILURES searches or probes, of two sources at least, have failed since
           the last answer, and that is SILENCE_S ago: one record that fails by itself opens nothing
open       nobody is asked about, the line stands still. A probe every PROBE_EVERY_S, by one worker; answered: half open
half open  a few people are tried. An answer closes it, a failure opens it, and with nobody in line time closes it
"""

from __future__ import annotations

import logging
import pathlib
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import redis

from issuance import keys
from queueing import metrics
from queueing.store import ALLOW_OOM

log = logging.getLogger(__name__)

REASON = "registry_unavailable"
"""What pages are told: the word of the protocol."""
METADATA = "metadata"
"""The source that is no ticket."""

FAILURES = 3
SILENCE_S = 3.0
"""A gateway that is exchanged is away for a second or two: nobody need hear of that."""
FORGET_S = 60.0
OPEN_S = 30.0
"""Without a probe of any worker: with all of them dead it closes, and pages say `no_workers` instead."""
HALF_OPEN_S = 10.0
"""As long as a call may take: who is tried has failed by then."""
PROBE_EVERY_S = 2.0
"""With the trial behind it the line moves within 5 s after the registry's return."""
DOUBT_S = 5.0
TRIAL, MOST_TRIED = 2, 8
"""How many at a time are tried at first, and at most after trials that failed."""

STRIKES = 10
PATIENCE_S = 900.0
"""A ticket is given up after both: the registry answered others, and did not answer for this one, again and again."""
MEMORY_S = 3_600.0

State = Literal["closed", "half_open", "open"]
STATES: tuple[State, ...] = get_args(State)

_LUA = pathlib.Path(__file__).with_name("lua")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from a failure; `given_up`: this ticket's search alone fails, and has for long."""

    is_open: bool
    given_up: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """`may_probe`: it is the caller's turn, and nobody else's for PROBE_EVERY_S."""

    may_probe: bool
    state: State
    pause_left_s: float


class Breaker:
    """Of one registry; safe to share between threads."""

    def __init__(
        self, client: redis.Redis, name: str = keys.REGISTRY, *, patience_s: float = PATIENCE_S, strikes: int = STRIKES
    ) -> None:
        self._client = client
        self._keys = keys.RegistryKeys(name)
        self._patience_s = patience_s
        self._strikes = strikes
        self._answered, self._unanswered, self._probe, self._probed = (
            client.register_script(ALLOW_OOM + (_LUA / f"{script}.lua").read_text())
            for script in ("answered", "unanswered", "probe", "probed")
        )

    def is_open(self) -> bool:
        """Whether nobody may be asked about. Raises: redis.RedisError."""
        return self._client.get(self._keys.unable) == REASON.encode()

    def answered(self, ticket_id: str) -> None:
        """The registry has said something about this ticket's person, be it no. Closes it from any state.

        Fails open: what Redis does not hear now the next answer says.
        """
        used = (self._keys.unable, self._keys.breaker, self._keys.failing, self._keys.pause)
        try:
            closed = self._answered(keys=used, args=(ticket_id, _ms(MEMORY_S)))
        except redis.RedisError:
            return
        if closed:
            log.info("the registry answers again: calling people")

    def unanswered(self, source: str) -> Verdict:
        """A search for a ticket has failed, or, where `source` is METADATA, a probe. Raises: redis.RedisError."""
        limits = (FAILURES, _ms(SILENCE_S), _ms(OPEN_S), _ms(FORGET_S))
        patience = (self._strikes, _ms(self._patience_s), MOST_TRIED, _ms(MEMORY_S))
        used = (self._keys.unable, self._keys.breaker, self._keys.failing)
        is_open, opened, given_up = cast(
            list[int], self._unanswered(keys=used, args=(source, REASON, *limits, *patience))
        )
        if opened:
            metrics.breaker_openings.inc()
            log.warning("the registry does not answer: everybody keeps the place, and nobody is called")
        return Verdict(is_open == 1, given_up == 1)

    def look(self) -> Sight:
        """How it stands, and whether to probe now: then `probed` or `unanswered` follows. Raises: redis.RedisError."""
        used = (self._keys.unable, self._keys.breaker, self._keys.pause)
        args = (REASON, _ms(PROBE_EVERY_S), _ms(DOUBT_S), _ms(MEMORY_S))
        turn, state, pause_ms = cast(list[Any], self._probe(keys=used, args=args))
        return Sight(turn == 1, state.decode(), pause_ms / 1_000)

    def probed(self) -> None:
        """A probe was answered. Raises: redis.RedisError."""
        used = (self._keys.unable, self._keys.breaker, self._keys.pause)
        if self._probed(keys=used, args=(REASON, _ms(HALF_OPEN_S), TRIAL)):
            log.info("the registry answers a probe: trying a few people")


def _ms(seconds: float) -> int:
    return round(seconds * 1_000)
