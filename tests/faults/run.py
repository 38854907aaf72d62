"""One run: a crowd comes and waits, some are called, something breaks and is mended, and everybody is served."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.crowd import arrivals
from benchmarks.crowd import crowd as plain
from issuance.registry import people
from tests.faults import crowd, evidence, judge, stage
from tests.faults.observer import Observer
from tests.faults.scene import Fault, Scene, until
from tests.journeys.visitors import details

SEATED_WITHIN_S = 300.0
SERVED_WITHIN_S = 900.0
SEED = 1


@dataclass(frozen=True)
class Size:
    """How many come, how many of them later; at the fault at least `waiting` wait and `called` have been called."""

    crowd: int = 570
    arrive_per_s: float = 100.0
    latecomers: int = 20
    vaccinated: int = 120
    population: int = 5_000
    called: int = 16
    waiting: int = 500
    leave: float = 0.05
    active: int = 32
    per_minute: int = 400
    # Once the fault has been over for so long, more may be called.
    lifted_after_s: float = 70.0
    lifted_per_minute: int = 3_000
    registry_per_s: int = 50


@dataclass(frozen=True)
class Report:
    """`back_s`: until everybody who waited was in line, present and told so; `calling_s`: until the next call.

    Both since the broken thing was whole again or, where others took over, since it broke. `again`: people whom the
    registry was asked about once more.
    """

    fault: str
    waiting: int
    back_s: float
    calling_s: float
    took_s: float
    again: int
    notes: tuple[str, ...]
    broken: tuple[str, ...]
    evidence: judge.Evidence


async def run(fault: Fault, name: str, directory: Path, size: Size, short: bool, room: dict[str, int]) -> Report:
    """In a folder of its own. `room`: settings by name.

    Raises: AssertionError where the fault could not be brought about, or somebody never came back.
    """
    began_s = time.monotonic()
    by_number = {one.number: one for one in evidence.citizens(size.crowd, size.vaccinated, size.population)}
    settings = {"total_active_users": size.active, "new_users_per_minute": size.per_minute, **room}
    chosen = stage.Chosen(size.registry_per_s, size.population, settings)
    async with _staged(directory, chosen) as place:
        with Observer(place) as observer:
            gathering = crowd.Crowd(_plan(place.url, size, by_number), size.latecomers)
            scene = Scene(place, gathering, observer, size.waiting, short)
            after, caps = await _lived_through(scene, fault, size)
            limits = judge.Limits(size.active, caps, size.registry_per_s)
            seen = evidence.gather(scene, by_number, after, limits)
    return _report(name, scene, seen, time.monotonic() - began_s)


@contextlib.asynccontextmanager
async def _staged(directory: Path, chosen: stage.Chosen) -> AsyncIterator[stage.Stage]:
    """Starting and stopping it takes a while."""
    opened = stage.running(directory, chosen)
    place = await asyncio.to_thread(opened.__enter__)
    try:
        yield place
    finally:
        await asyncio.to_thread(opened.__exit__, None, None, None)


async def _lived_through(scene: Scene, fault: Fault, size: Size) -> tuple[dict[str, int], tuple[judge.Stay, ...]]:
    """The line as it was when everybody was back, and the caps on calls with their instants."""
    happening = asyncio.create_task(scene.crowd.run())
    try:
        await until(scene.crowd.all_seated, "everybody is seated", SEATED_WITHIN_S)
        await scene.do(scene.stage.set, state="open")
        await until(lambda: len(scene.observer.calls) >= size.called, "the first are called")
        await scene.wait_for_the_next()
        scene.crowd.let_latecomers_in()
        await fault(scene)
        await scene.back()
        after = await scene.do(scene.stage.line)
        await until(lambda: scene.first_call_us() is not None, "somebody is called again")
        lifted = await _lift_the_cap(scene, size)
        await happening
        scene.stage.stack.check()
    finally:
        happening.cancel()
        await asyncio.gather(happening, return_exceptions=True)
    return after, ((0, size.per_minute), *lifted)


async def _lift_the_cap(scene: Scene, size: Size) -> list[judge.Stay]:
    if size.lifted_per_minute <= size.per_minute:
        return []
    at_us = scene.over_at_us + round(size.lifted_after_s * 1e6)
    await until(lambda: scene.now_us() > at_us, "more may be called")
    lifted = (scene.now_us(), size.lifted_per_minute)
    await scene.do(scene.stage.set, new_users_per_minute=size.lifted_per_minute)
    return [lifted]


def _plan(url: str, size: Size, by_number: dict[int, people.Person]) -> plain.Plan:
    planned = arrivals.plan(size.crowd, size.arrive_per_s, size.leave, 0.0, SEED, size.crowd)
    visits = tuple(replace(visit, number=number) for visit, number in zip(planned, by_number, strict=True))
    return plain.Plan(url, stage.ROOM, visits, lambda number: details(by_number[number]), SERVED_WITHIN_S)


def _report(name: str, scene: Scene, seen: judge.Evidence, took_s: float) -> Report:
    called_us = scene.first_call_us() or scene.over_at_us
    return Report(
        fault=name,
        waiting=len(scene.waiting_before),
        back_s=scene.recovered_s(),
        calling_s=(called_us - scene.over_at_us) / 1e6,
        took_s=took_s,
        again=sum(times > 1 for times in Counter(seen.searched).values()),
        notes=tuple(scene.notes),
        broken=tuple(judge.broken_promises(seen)),
        evidence=seen,
    )
