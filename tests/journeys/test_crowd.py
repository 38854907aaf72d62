"""A crowd against the whole of it: the honest line, the registry's contract, and what happens without workers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from benchmarks.crowd import arrivals, crowd, measures
from issuance.registry import people
from project.local import options, stack
from queueing import stats, store
from tests.journeys import calls
from tests.journeys.visitors import details

RATE_PER_S = 20
SIZE = 300
WITHOUT_WORKERS_S = 60
PATIENCE_S = 150.0


def plan(url: str, leave: float, drop: float = 0.1) -> crowd.Plan:
    visits = arrivals.plan(size=SIZE, arrive_per_s=50, leave=leave, drop=drop, seed=1, population=5_000)
    return crowd.Plan(
        url, "passport", visits, lambda number: details(people.person(number, 1)), timeout_s=PATIENCE_S, seed=1
    )


def chosen(directory: Path) -> options.Options:
    return options.Options(directory=directory, registry_rate_per_s=RATE_PER_S, registry_latency_ms=100)


def everybody_got_an_outcome(summary: measures.Summary) -> bool:
    ended = summary.issued + sum(summary.refused.values()) + summary.left + summary.gone_silent
    return (summary.joined, ended, summary.still_waiting, summary.lapsed) == (SIZE, SIZE, 0, 0)


@pytest.mark.timeout(300)
def test_crowd_is_served_in_order_within_the_registrys_contract(tmp_path: Path) -> None:
    with stack.running(chosen(tmp_path)) as vestibule:
        summary = asyncio.run(crowd.run(plan(vestibule.address(), leave=0.3)))
        asked = calls.read(vestibule.site.registry_calls)
    left_before_called = {one["person"] for one in summary.people if one["how_left"] and one["called_at_us"] is None}
    assert (summary.wrong_order, summary.passed_over, summary.errors) == (0, 0, {})
    assert summary.failed == {}
    assert everybody_got_an_outcome(summary)
    assert len(left_before_called) > 30
    assert not {call.person for call in asked} & left_before_called
    assert {call.status for call in asked} == {200}
    assert calls.worst_second(asked) <= RATE_PER_S


@pytest.mark.timeout(400)
def test_line_stands_still_without_workers_and_goes_on_when_they_return(tmp_path: Path) -> None:
    with stack.running(chosen(tmp_path)) as vestibule:
        client = store.connect(vestibule.site.redis_url)
        waiting = plan(vestibule.address(), leave=0.0, drop=0.0)
        summary, still = asyncio.run(without_workers(vestibule, client, waiting))
        asked = calls.read(vestibule.site.registry_calls)
        client.close()
    called_us = [one["called_at_us"] for one in summary.people]
    assert not [at for at in called_us if still.began_us < at < still.ended_us]
    assert [at for at in called_us if at < still.began_us]
    assert [at for at in called_us if at > still.ended_us]
    assert {one.pulse for one in still.seen} == {"no_workers"}
    assert {one.minute.get("failed", 0) for one in still.seen} == {0}
    assert (summary.wrong_order, summary.failed, summary.errors) == (0, {}, {})
    assert everybody_got_an_outcome(summary)
    assert calls.worst_second(asked) <= RATE_PER_S


@dataclass(frozen=True)
class Standstill:
    """From when the ushers knew that nobody works until somebody did again, in room time; a look each second."""

    began_us: int
    ended_us: int
    seen: list[stats.Stats]


async def without_workers(
    vestibule: stack.Stack, client: redis.Redis, waiting: crowd.Plan
) -> tuple[measures.Summary, Standstill]:
    """Kill the only worker in the middle of a crowd, and start it again after a minute."""
    visits = asyncio.create_task(crowd.run(waiting))
    await until(lambda: stats.read(client, "passport").waiting >= SIZE // 3)
    await asyncio.to_thread(vestibule.kill, "worker")
    await until(lambda: stats.read(client, "passport").pulse == "no_workers")
    began_us, seen = room_time_us(client), []
    for _ in range(WITHOUT_WORKERS_S):
        await asyncio.sleep(1)
        seen.append(stats.read(client, "passport"))
    ended_us = room_time_us(client)
    await asyncio.to_thread(vestibule.start, "worker")
    return await visits, Standstill(began_us, ended_us, seen)


async def until(happened: Callable[[], bool]) -> None:
    while not happened():  # noqa: ASYNC110 another process makes it happen
        await asyncio.sleep(0.1)


def room_time_us(client: redis.Redis) -> int:
    seconds, micros = client.time()
    return int(seconds) * 1_000_000 + int(micros)
