"""Lets time pass without waiting: every instant that a room has stored is moved into the past."""

from __future__ import annotations

import redis

from queueing.keys import RoomKeys


def let_pass(client: redis.Redis, slug: str, seconds: float) -> None:
    """What Redis holds looks afterwards as if it had been written that much earlier; numbers stay, order stays."""
    k = RoomKeys(slug)
    for zset in (k.hubs, k.polling, k.away, k.serving):
        for member, score in client.zrange(zset, 0, -1, withscores=True):
            client.zadd(zset, {member: score - seconds * 1_000})
    batches = client.lrange(k.calls, 0, -1)
    if batches:
        client.delete(k.calls)
        earlier = [b"%d %d" % (int(at) - int(seconds * 1e6), int(count)) for at, count in map(bytes.split, batches)]
        client.rpush(k.calls, *earlier)
