"""The channel layer of the hints: channels_redis without its EVAL, for no process of ours may run scripts of its own.

Its scripts make sure that no message is lost. A hint may be: hubs look by themselves. Relies on the inside of
channels_redis 4.3.
"""

from __future__ import annotations

import time
from typing import Any

from channels_redis.core import RedisChannelLayer


class HintLayer(RedisChannelLayer):  # type: ignore[misc]
    """Plain commands only, and as few: three round trips a hint, however many web processes hear it."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        connection, key = self.connection(self.consistent_hash(group)), self._group_key(group)
        async with connection.pipeline(transaction=False) as pipe:
            pipe.zremrangebyscore(key, 0, int(time.time()) - self.group_expiry)
            pipe.zrange(key, 0, -1)
            _forgotten, members = await pipe.execute()
        names = [member.decode() for member in members]
        by_connection, messages, capacities = self._map_channel_keys_to_connection(names, message)
        for index, channels in by_connection.items():
            await self._push(self.connection(index), channels, messages, capacities)

    async def _push(
        self, connection: Any, channels: list[str], messages: dict[str, bytes], capacities: dict[str, int]
    ) -> None:
        """To those that are not full of hints that nobody fetches, because their process has died."""
        now = time.time()
        async with connection.pipeline(transaction=False) as pipe:
            for channel in channels:
                pipe.zremrangebyscore(channel, 0, int(now) - self.expiry)
                pipe.zcard(channel)
            lengths = (await pipe.execute())[1::2]
        async with connection.pipeline(transaction=False) as pipe:
            for channel, length in zip(channels, lengths, strict=True):
                if length < capacities[channel]:
                    pipe.zadd(channel, {messages[channel]: now})
                    pipe.expire(channel, self.expiry)
            await pipe.execute()

    async def _brpop_with_clean(
        self,
        index: int,
        channel: str,
        timeout: int,  # noqa: ASYNC109 the base class names it so
    ) -> bytes | None:
        """The next hint; None when none came in time."""
        found = await self.connection(index).bzpopmin(channel, timeout=timeout)
        return None if found is None else bytes(found[1])

    async def _clean_receive_backup(self, index: int, channel: str) -> None:
        """There is no copy of what was fetched."""
