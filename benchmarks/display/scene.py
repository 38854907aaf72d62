"""One room, measured at each of its sizes while people come, leave and are called."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

import redis

from benchmarks.display import ear, office, wiring
from benchmarks.display.crowd import Crowd
from benchmarks.display.judge import Judge, Verdict
from queueing import store
from queueing.hub import Hub
from queueing.settings import RoomSettings

SLUG = "benchmark"
LOOK_EVERY_S = 0.5
# Until the pace of a new room is known (outlook.ENOUGH_S), and a little.
WARM_S = 35.0
# After a rush, until its last hints are heard.
SETTLED_S = 3.0
# One round of the hub's reconciliation falls into it.
COUNTED_S = 30.0


@dataclass(frozen=True, slots=True)
class Size:
    """At so many waiting: what Redis was sent, what people saw, and for how long at most this process stood still."""

    waiting: int
    commands: dict[str, float]
    commands_per_s: float
    frames_per_person_minute: float
    position_frames_per_person_minute: float
    rises: int
    told_larger: int
    held_up_s: float
    troubles: dict[str, int]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Plan:
    """`warm_s` before anything is measured, `counted_s` at each size but `judged`, where it is `judged_s`.

    Pages are looked at in sizes up to `judged`.
    """

    sizes: tuple[int, ...]
    judged: int
    judged_s: float
    counted_s: float
    warm_s: float
    pattern: str
    calls_per_s: float
    seed: int


async def play(url: str, plan: Plan, tell: Callable[[str], None]) -> list[Size]:
    allowed_per_s = plan.calls_per_s * max(wiring.PATTERNS[plan.pattern](at_s) for at_s in range(120))
    settings = RoomSettings(slug=SLUG, total_active_users=1_000, new_users_per_minute=round(60 * allowed_per_s))
    with redis.Redis.from_url(url) as client:
        client.flushall()
    with office.open_for(url, settings, plan.pattern, plan.calls_per_s), _own_client(url) as (client, address):
        async with _hub(url) as hub:
            crowd = Crowd(hub, SLUG, plan.calls_per_s, plan.seed)
            return await _grow(url, plan, crowd, client, address, tell)


async def _grow(
    url: str, plan: Plan, crowd: Crowd, client: redis.Redis, address: str, tell: Callable[[str], None]
) -> list[Size]:
    measured: list[Size] = []
    async with asyncio.TaskGroup() as group:
        living = group.create_task(crowd.live())
        await crowd.come(plan.sizes[0])
        await asyncio.sleep(plan.warm_s)
        for before, size in zip((plan.sizes[0], *plan.sizes), plan.sizes, strict=False):
            began_s = time.monotonic()
            await crowd.come(size - before)
            await asyncio.sleep(SETTLED_S)
            tell(f"{size:>8,} waiting, {time.monotonic() - began_s:.0f} s later")
            measured.append(await _measure(url, plan, size, crowd, client, address))
        living.cancel()
    return measured


async def _measure(url: str, plan: Plan, size: int, crowd: Crowd, client: redis.Redis, address: str) -> Size:
    judge = Judge(client, crowd, SLUG)
    frames, positions, person_s = crowd.frames, crowd.position_frames, crowd.person_s
    rises, told_larger = crowd.rises, crowd.told_larger
    held_up_s = 0.0
    until_s = time.monotonic() + (plan.judged_s if size == plan.judged else plan.counted_s)
    with ear.listening(url, except_for={address}) as heard:
        while (asleep_s := time.monotonic()) < until_s:
            await asyncio.sleep(LOOK_EVERY_S)
            held_up_s = max(held_up_s, time.monotonic() - asleep_s - LOOK_EVERY_S)
            if size <= plan.judged:
                judge.look()
    person_minutes = (crowd.person_s - person_s) / 60
    return Size(
        waiting=size,
        commands=heard.per_s(),
        commands_per_s=heard.total_per_s,
        frames_per_person_minute=(crowd.frames - frames) / person_minutes,
        position_frames_per_person_minute=(crowd.position_frames - positions) / person_minutes,
        rises=crowd.rises - rises,
        told_larger=crowd.told_larger - told_larger,
        held_up_s=held_up_s,
        troubles=dict(crowd.troubles),
        verdict=judge.verdict,
    )


@contextlib.contextmanager
def _own_client(url: str) -> Iterator[tuple[redis.Redis, str]]:
    """For looking at the truth, and the address by which it is told apart."""
    with redis.Redis.from_url(url, single_connection_client=True) as client:
        yield client, str(client.client_info()["addr"])


@contextlib.asynccontextmanager
async def _hub(url: str) -> AsyncIterator[Hub]:
    hub = Hub(store.AsyncStore(store.connect_async(url)), [wiring.TIER_KEY.public_key()])
    try:
        yield hub
    finally:
        await hub.drain()
        await hub.aclose()
