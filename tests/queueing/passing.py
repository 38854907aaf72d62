"""Lets time pass without waiting: every instant that a room has stored is moved into the past."""

from __future__ import annotations

from collections.abc import Collection

import redis

from queueing.keys import RoomKeys

LIFE = ("born_ms", "hold_until_ms", "settling_ms", "stood_from_ms", "stood_until_ms", "resumed_ms", "stopped_ms")
OUTAGE = ("began_ms", "returned_ms")


def let_pass(client: redis.Redis, slug: str, seconds: float, alive: Collection[str] = ()) -> None:
    """What Redis holds looks afterwards as if it had been written that much earlier; numbers stay, order stays.

    The line was advanced meanwhile: the instant of its last advance stays. Hubs that stay alive never look dead.
    """
    k = RoomKeys(slug)
    client.hsetnx(k.incarnation, "alive_ms", int(client.time()[0]) * 1_000)
    earlier_ms = dict.fromkeys((k.hubs, k.polling, k.away, k.serving), seconds * 1000) | {k.calls: seconds * 1e6}
    for zset, by in earlier_ms.items():
        for member, score in client.zrange(zset, 0, -1, withscores=True):
            if zset != k.hubs or member.decode() not in alive:
                client.zadd(zset, {member: int(score - by)})
    for key, names in ((k.incarnation, LIFE), (k.outage, OUTAGE)):
        for name in names:
            at_ms = int(client.hget(key, name) or 0)
            if at_ms:
                client.hset(key, name, at_ms - int(seconds * 1_000))
    looked_us = int(client.hget(k.pace, "at_us") or 0)
    if looked_us:
        client.hset(k.pace, "at_us", looked_us - int(seconds * 1e6))
