"""What staff and metrics see of a room: how many are where, and what happened in the last minute. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, field

import redis

from queueing import keys

OUTCOMES = ("issued", "refused", "failed", "admitted", "left", "lapsed")


@dataclass(frozen=True, slots=True)
class Stats:
    """One room at one moment. `servers`: open sockets by web process; `minute`: events of the last 60 to 120 s."""

    waiting: int
    present: int
    away: int
    serving: int
    calls_last_minute: int
    pulse: str | None
    servers: dict[str, int] = field(default_factory=dict)
    minute: dict[str, int] = field(default_factory=dict)

    @property
    def sockets(self) -> int:
        return sum(self.servers.values())


def read(client: redis.Redis, slug: str) -> Stats:
    """One round trip. `pulse` is None when no usher is at work, '' when calling, else why it calls nobody.

    Source: cardinalities of the room's zsets; keys.servers; keys.calls; keys.tally of the last full minute.
    """
    k = keys.RoomKeys(slug)
    seconds, micros = client.time()
    now_us = int(seconds) * 1_000_000 + int(micros)
    with client.pipeline(transaction=False) as pipe:
        for zset in (k.waiting, k.present, k.away, k.serving):
            pipe.zcard(zset)
        pipe.zrangebyscore(k.calls, now_us - 60_000_000, "+inf")
        pipe.get(k.pulse)
        pipe.hgetall(k.servers)
        pipe.hgetall(k.tally(int(seconds) // 60 - 1))
        pipe.hgetall(k.tally(int(seconds) // 60))
        waiting, present, away, serving, calls, pulse, servers, last, current = pipe.execute()
    elapsed = int(seconds) % 60
    return Stats(
        waiting=waiting,
        present=present,
        away=away,
        serving=serving,
        calls_last_minute=sum(int(batch.split()[0]) for batch in calls),
        pulse=None if pulse is None else pulse.decode(),
        servers={name.decode(): int(count.split()[0]) for name, count in servers.items()},
        minute=_blend(last, current, elapsed),
    )


def _blend(last: dict[bytes, bytes], current: dict[bytes, bytes], elapsed_s: int) -> dict[str, int]:
    """This minute so far plus the share of the last one that lies within 60 s."""
    share = (60 - elapsed_s) / 60
    names = {name.decode() for name in (*last, *current)}
    return {name: round(int(last.get(name.encode(), 0)) * share) + int(current.get(name.encode(), 0)) for name in names}
