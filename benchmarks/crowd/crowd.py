"""A whole crowd against one room: starts everybody on time, waits, and gives all places back when stopped.

From a test: `summary = await crowd.run(crowd.Plan(url, room, arrivals.plan(...), claims))`.
"""

from __future__ import annotations

import asyncio
import gc
import random
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, process_time

from benchmarks.crowd import arrivals, citizen, measures, records, ticket, wire
from benchmarks.crowd.clock import RoomClock

# Places given back at a time when the crowd is stopped, and how long that may take.
GIVE_BACK_AT_ONCE = 50
GIVE_BACK_WITHIN_S = 20.0
# Files a process needs besides its sockets: keep-alive connections of joins under way, logs, the loop itself.
OTHER_FILES = 200


class NoSuchRoom(Exception):
    """Nobody answers at the address, or there is no such room; the message is for people."""


class TooManySockets(Exception):
    """This process may not open as many sockets as the crowd needs; the message says how many it may."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`claims`: the form's fields of a seeded person by number. `timeout_s` ends the crowd as a stop does."""

    url: str
    room: str
    visits: tuple[arrivals.Visit, ...]
    claims: ticket.Claims
    timeout_s: float | None = None
    seed: int = 1


async def run(plan: Plan, stop: asyncio.Event | None = None) -> measures.Summary:
    """Let the whole plan happen. Raises: NoSuchRoom, TooManySockets."""
    return await Crowd(plan).run(stop)


class Crowd:
    """One run of a plan; `records` may be looked at while it runs."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.citizens: list[citizen.Citizen] = []
        self.peak_sockets = 0
        self.timed_out = False
        self._clock = RoomClock()
        self._rng = random.Random(f"crowd/{plan.seed}")

    @property
    def records(self) -> list[records.Record]:
        return [one.record for one in self.citizens]

    async def run(self, stop: asyncio.Event | None = None) -> measures.Summary:
        """Until everybody has an end, `stop` is set or the time is over; those who still wait then leave."""
        allow_sockets(len(self.plan.visits))
        began_s, began_cpu_s, began_mb = monotonic(), process_time(), _memory_mb()
        async with wire.Door(self.plan.url, self.plan.room) as door:
            await self._look_at_the_room(door)
            self.citizens = [self._citizen(visit, door) for visit in self.plan.visits]
            with _few_collections():
                ended_at_s = await self._let_happen(stop or asyncio.Event())
        effort = measures.Effort(
            elapsed_s=round(monotonic() - began_s, 1),
            cpu_s=round(process_time() - began_cpu_s, 2),
            peak_sockets=self.peak_sockets,
            memory_mb=round(_memory_mb() - began_mb, 1),
        )
        return measures.summary(self.records, self._clock, effort, ended_at_s)

    def sockets(self) -> int:
        """Sockets open now."""
        count = sum(one.record.hooked_at_s is not None for one in self.citizens)
        self.peak_sockets = max(self.peak_sockets, count)
        return count

    async def _look_at_the_room(self, door: wire.Door) -> None:
        try:
            answer = await door.room()
        except wire.Unreachable as exc:
            raise NoSuchRoom(f"Nobody answers at {self.plan.url} ({exc.kind}). Is it running?") from exc
        if answer.status == 404:
            raise NoSuchRoom(f"There is no room “{self.plan.room}” at {self.plan.url}.")

    def _citizen(self, visit: arrivals.Visit, door: wire.Door) -> citizen.Citizen:
        return citizen.Citizen(visit, self.plan.claims, door, self._clock, self._rng)

    async def _let_happen(self, stop: asyncio.Event) -> float:
        """The instant at which it was over."""
        happening = asyncio.create_task(self._gather())
        stopping = asyncio.create_task(stop.wait())
        counting = asyncio.create_task(self._count_sockets())
        try:
            ended, _ = await asyncio.wait(
                {happening, stopping}, timeout=self.plan.timeout_s, return_when=asyncio.FIRST_COMPLETED
            )
            self.timed_out = not ended
        finally:
            ended_at_s = monotonic()
            await _cancel(stopping, counting)
            if not happening.done() or happening.exception() is not None:
                await self._disperse(happening)
        if not happening.cancelled():
            happening.result()
        return ended_at_s

    async def _gather(self) -> None:
        began_s = monotonic()
        async with asyncio.TaskGroup() as visits:
            for visit, one in zip(self.plan.visits, self.citizens, strict=True):
                await asyncio.sleep(max(0.0, began_s + visit.arrives_at_s - monotonic()))
                visits.create_task(one.visit())

    async def _count_sockets(self) -> None:
        while True:
            self.sockets()
            await asyncio.sleep(0.5)

    async def _disperse(self, happening: asyncio.Task[None]) -> None:
        for record in self.records:
            record.over(self.timed_out)
        await _cancel(happening)
        gate = asyncio.Semaphore(GIVE_BACK_AT_ONCE)

        async def give_back(one: citizen.Citizen) -> None:
            async with gate:
                await one.ticket.give_back()

        tasks = [asyncio.create_task(give_back(one)) for one in self.citizens]
        _, late = await asyncio.wait(tasks, timeout=GIVE_BACK_WITHIN_S)
        await _cancel(*late)


def allow_sockets(count: int) -> None:
    """Raise this process's limit of open files, if it may. Raises: TooManySockets where it may not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = count + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
        if allowed < needed:
            most = max(0, allowed - OTHER_FILES)
            raise TooManySockets(f"One process may hold {most:,} sockets here: start several crowds instead.")


async def _cancel(*tasks: asyncio.Task[None] | asyncio.Task[bool]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Full collections over a million objects stop the loop for half a second: measured as a delay."""
    thresholds = gc.get_threshold()
    gc.set_threshold(10_000, 20, 1_000_000)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def _memory_mb() -> float:
    """The most this process ever held."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1_000_000
