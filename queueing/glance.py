"""What Redis says of a room in one round trip, as web reads it once a second; changes nothing."""

from __future__ import annotations

from typing import NamedTuple

from redis.asyncio import Redis

from queueing import keys, wire

# After a restart with its data Redis may lack what came last: so long until whoever is still there has returned.
RETURNING_S = 60


class Told(NamedTuple):
    """`life`: id, resumed_ms, hold_until_ms, settling_ms of keys.incarnation."""

    published: dict[bytes, bytes]
    life: list[bytes | None]
    pulse: bytes | None
    waiting: int
    any_room: int
    ladder: bytes | None
    pace: dict[bytes, bytes]
    now: tuple[int, int]

    @property
    def now_s(self) -> float:
        return int(self.now[0]) + int(self.now[1]) / 1e6


class Life(NamedTuple):
    """As in rooms.RoomView."""

    incarnation: str
    resumed_ms: int
    restoring: bool
    unsure: bool
    restored: bool


async def at(client: Redis, slug: str) -> Told:
    k = keys.RoomKeys(slug)
    async with client.pipeline(transaction=False) as pipe:
        pipe.hgetall(k.settings)
        pipe.hmget(k.incarnation, "id", "resumed_ms", "hold_until_ms", "settling_ms")
        pipe.get(k.pulse)
        pipe.zcard(k.waiting)
        pipe.exists(keys.ROOMS)
        pipe.get(k.ladder)
        pipe.hgetall(k.pace)
        pipe.time()
        return Told(*await pipe.execute())


def life_of(told: Told) -> Life | None:
    """None where Redis has no state of the room."""
    id_, resumed, hold_until, settling = told.life
    if id_ is None:
        return None
    resumed_ms = int(resumed or 0)
    since_hold_s = told.now_s - int(hold_until or 0) / 1e3
    restoring = since_hold_s < 0 or settling is not None
    lately_resumed = told.now_s - resumed_ms / 1e3 < RETURNING_S
    return Life(
        incarnation=id_.decode(),
        resumed_ms=resumed_ms,
        restoring=restoring,
        unsure=since_hold_s < 0 or (restoring and lately_resumed),
        restored=0 <= since_hold_s < wire.HIDDEN_TAB_S,
    )
