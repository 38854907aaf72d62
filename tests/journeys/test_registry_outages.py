"""A crowd waits before a registry that is down, and before one that wants silence: the whole of it, two workers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from benchmarks.crowd import arrivals, crowd, measures
from issuance.registry import people
from project.local import options, stack
from queueing import stats, store
from tests.journeys import calls
from tests.journeys.visitors import Visitor, details, somebody, visitor

RATE_PER_S = 20
SIZE = 48
DOWN_S = 5.0
PAUSE_S = 3.0
STORM = 5
PATIENCE_S = 150.0


@pytest.fixture(scope="module")
def vestibule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stack.Stack]:
    chosen = options.Options(directory=tmp_path_factory.mktemp("vestibule"), registry_rate_per_s=RATE_PER_S)
    with stack.running(chosen) as running:
        running.start("worker-2")
        running.wait_ready("worker-2")
        yield running


@pytest.fixture
def client(vestibule: stack.Stack) -> Iterator[redis.Redis]:
    opened = store.connect(vestibule.site.redis_url)
    yield opened
    opened.close()


def switch(vestibule: stack.Stack, **fault: Any) -> None:
    httpx.put(f"{vestibule.address('registry')}/simulator/faults", json=fault).raise_for_status()


def registry_log(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def plan(vestibule: stack.Stack, seed: int) -> crowd.Plan:
    visits = arrivals.plan(size=SIZE, arrive_per_s=100, leave=0.0, drop=0.0, seed=seed, population=5_000)
    return crowd.Plan(
        vestibule.address(), "passport", visits, lambda number: details(people.person(number, 1)), timeout_s=PATIENCE_S
    )


async def until(happened: Callable[[], bool]) -> None:
    while not happened():  # noqa: ASYNC110 another process makes it happen
        await asyncio.sleep(0.05)


async def watch(url: str, person: people.Person, joined: asyncio.Event) -> Visitor:
    """The last in line, from joining to the outcome."""
    async with visitor(url) as citizen:
        assert (await citizen.join(details(person)))[0] == 201
        joined.set()
        await citizen.outcome()
        return citizen


async def before_a_crowd(
    vestibule: stack.Stack, client: redis.Redis, seed: int, trouble: Callable[[], Any]
) -> tuple[measures.Summary, list[dict[str, Any]]]:
    """What became of everybody, and all that the last in line was told; `trouble` begins when ten have been called."""
    await asyncio.to_thread(vestibule.manage, "rooms", "pause", "passport")
    visits = asyncio.create_task(crowd.run(plan(vestibule, seed)))
    await until(lambda: stats.read(client, "passport").waiting == SIZE)
    joined = asyncio.Event()
    last = asyncio.create_task(watch(vestibule.address(), somebody("vaccinated", 200 + seed), joined))
    await joined.wait()
    await asyncio.to_thread(vestibule.manage, "rooms", "resume", "passport")
    await until(lambda: stats.read(client, "passport").waiting < SIZE - 10)
    await trouble()
    return await visits, (await last).frames


def everybody_was_served_in_order(summary: measures.Summary) -> bool:
    ended = summary.issued + sum(summary.refused.values())
    assert (summary.failed, summary.errors, summary.lapsed) == ({}, {}, 0)
    assert (summary.wrong_order, summary.passed_over) == (0, 0)
    return (summary.joined, ended, summary.still_waiting) == (SIZE, SIZE, 0)


def standing(frames: list[dict[str, Any]]) -> set[str | None]:
    """Why the line stood still, as the page was told."""
    return {frame["paused"] for frame in frames if frame.get("state") == "waiting"}


@pytest.mark.timeout(240)
def test_nobody_loses_a_place_to_a_registry_that_is_down(vestibule: stack.Stack, client: redis.Redis) -> None:
    seen: dict[str, Any] = {}

    async def down() -> None:
        await asyncio.to_thread(switch, vestibule, kind="status", status=500)
        await until(lambda: stats.read(client, "passport").pulse == "registry_unavailable")
        # Nobody is "being served" by a registry that serves nobody: they are back in line.
        await until(lambda: stats.read(client, "passport").serving == 0)
        seen["known"] = len(registry_log(vestibule.site.registry_calls))
        await asyncio.sleep(DOWN_S)
        seen["still"] = stats.read(client, "passport")
        seen["log"] = len(registry_log(vestibule.site.registry_calls))
        await asyncio.to_thread(switch, vestibule)
        seen["back_ns"] = time.time_ns()

    summary, frames = asyncio.run(before_a_crowd(vestibule, client, 1, down))
    log = registry_log(vestibule.site.registry_calls)
    assert (seen["still"].pulse, seen["still"].serving) == ("registry_unavailable", 0)
    assert seen["still"].waiting > SIZE // 2
    assert everybody_was_served_in_order(summary)
    assert "registry_unavailable" in standing(frames)
    assert frames[-1]["outcome"] == "issued"
    # Once it was known, probes alone were sent; and what follows the return begins with one.
    assert {call["kind"] for call in log[seen["known"] : seen["log"]]} == {"metadata"}
    back = log[seen["log"] :]
    assert back[0]["kind"] == "metadata"
    assert {call["status"] for call in back} == {200}
    first = next(call for call in back if call["kind"] == "patient")
    print(f"the line moved {(first['time_ns'] - seen['back_ns']) / 1e9:.2f} s after the registry's return")


@pytest.mark.timeout(240)
def test_no_call_falls_into_a_pause_that_the_registry_asked_for(vestibule: stack.Stack, client: redis.Redis) -> None:
    pulses: set[str | None] = set()
    before = len(registry_log(vestibule.site.registry_calls))

    async def storm() -> None:
        await asyncio.to_thread(switch, vestibule, kind="status", status=429, retry_after_s=PAUSE_S, calls=STORM)
        while len(told_to_wait()) < STORM:
            pulses.add(stats.read(client, "passport").pulse)
            await asyncio.sleep(0.05)

    def told_to_wait() -> list[dict[str, Any]]:
        return [call for call in registry_log(vestibule.site.registry_calls)[before:] if call["status"] == 429]

    summary, frames = asyncio.run(before_a_crowd(vestibule, client, 2, storm))
    log = calls.read(vestibule.site.registry_calls)[before:]
    assert [call.retry_after_s for call in log if call.status == 429] == [PAUSE_S] * STORM
    assert calls.in_pauses(log) == []
    assert "registry_unavailable" in pulses
    assert "registry_unavailable" in standing(frames)
    assert everybody_was_served_in_order(summary)
