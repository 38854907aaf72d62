"""Whether any worker opens what this process seals and signs: asked before anybody is given a place. Only reads Redis.

A web process with other keys than the workers' would take in people whom nobody could serve.
"""

from __future__ import annotations

import logging
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from queueing import errors, keys, metrics, vouching
from queueing.store import AsyncStore

log = logging.getLogger(__name__)

FRESH_S = 1.0


class Openers:
    """Answers from memory while fresh."""

    def __init__(self, store: AsyncStore) -> None:
        self._client = store.client
        self._asked_at_s = -FRESH_S
        self._is_known = True

    async def check(self, issuing: X25519PublicKey, web: Ed25519PublicKey) -> None:
        """Raises: IssuingKeyUnknown where there are workers, and none of them has the private half of the one key and

        knows the other.

        Without any worker it lets people in: nobody can say with which keys the next one comes.
        """
        if time.monotonic() - self._asked_at_s >= FRESH_S:
            opener = vouching.opener(issuing, web)
            self._note(opener, await self._ask(opener))
            self._asked_at_s = time.monotonic()
        if not self._is_known:
            raise errors.IssuingKeyUnknown

    async def _ask(self, opener: str) -> bool:
        async with self._client.pipeline(transaction=False) as pipe:
            pipe.zscore(keys.OPENERS, opener)
            pipe.zrange(keys.OPENERS, 0, 0, desc=True, withscores=True)
            pipe.time()
            own_until_ms, latest, now = await pipe.execute()
        now_ms = int(now[0]) * 1_000 + int(now[1]) // 1_000
        is_anybody_there = bool(latest) and latest[0][1] > now_ms
        return not is_anybody_there or (own_until_ms or 0) > now_ms

    def _note(self, opener: str, is_known: bool) -> None:
        metrics.issuing_key_unknown.set(not is_known)
        if self._is_known and not is_known:
            log.error("nobody is let in: no worker opens for ISSUING_PUBLIC_KEY and WEB_SIGNING_KEY (%s)", opener)
        elif is_known and not self._is_known:
            log.info("people are let in again: a worker opens for our keys (%s)", opener)
        self._is_known = is_known
