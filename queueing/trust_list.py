"""The trust list as the private tier signed it, for everybody: handed on as it is, verified by those who read it."""

from __future__ import annotations

import time
from typing import cast

from redis.exceptions import RedisError

from queueing import errors, keys
from queueing.store import AsyncStore

FRESH_S = 2.0


class Relay:
    """Answers from memory while fresh, so that a crowd of verifiers costs Redis nothing, and while Redis is away.

    A list bears its own dates, so an old one deceives nobody.
    """

    def __init__(self, store: AsyncStore) -> None:
        self._client = store.client
        self._read_at_s = -FRESH_S
        self._list: bytes | None = None

    async def latest(self) -> bytes:
        """JSON. Raises: NoTrustList; RedisError where there is nothing to remember."""
        if time.monotonic() - self._read_at_s >= FRESH_S:
            await self._read()
            self._read_at_s = time.monotonic()
        if self._list is None:
            raise errors.NoTrustList
        return self._list

    async def _read(self) -> None:
        try:
            self._list = cast(bytes | None, await self._client.get(keys.TRUST_LIST))
        except (RedisError, OSError):
            if self._list is None:
                raise
