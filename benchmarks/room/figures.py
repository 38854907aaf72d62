"""The figures: each is what Redis spent on one kind of work in a full room, the median of several rounds."""

from __future__ import annotations

import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks.room.line import Line
from benchmarks.room.meter import Meter
from queueing import room

# Long enough to be work and not its beginning, short enough that most go undisturbed where others want the processor.
A_ROUND = 1_000
ROUNDS = 15
# Who calls 50 a second in steps of 0.2 s has called so often within the minute that the cap looks at.
CALLS_IN_A_MINUTE = 300
CALLED_AT_ONCE = 50
MARKED_ABSENT = 5_000
SILENCE_S = 3
SILENT_HUB = "a hub that dies"
BARE = ("zadd", "hset")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything: smaller rooms, for trying the benchmark itself, get their share of it."""

    waiting: int

    @property
    def a_round(self) -> int:
        return min(A_ROUND, self.waiting // 100)

    @property
    def called(self) -> int:
        return min(CALLED_AT_ONCE, self.waiting // 200)

    @property
    def absent(self) -> int:
        return min(MARKED_ABSENT, self.waiting // 10)

    @property
    def budget(self) -> int:
        return min(room.CLEANUP_BUDGET, self.absent // 5)


@dataclass(frozen=True, slots=True)
class Filled:
    """Memory per ticket: by Redis' count just joined, then held by a web process; `resident`: the system's count."""

    join_bytes: float
    held_bytes: float
    resident_bytes: float
    fragmentation: float


def fill(line: Line, meter: Meter, scale: Scale, tell: Callable[[str], None]) -> Filled:
    """Everybody joins, then everybody's socket is taken by some web process."""
    empty, empty_resident = meter.used_bytes(), meter.resident_bytes()
    tenth = scale.waiting // 10
    for _ in range(10):
        cost_us = meter.us(partial(line.join, tenth, addresses=max(1, tenth // 10)))
        tell(f"{len(line.people):>10,} joined, {cost_us / tenth:5.1f} µs each")
    joined = meter.used_bytes()
    cost_us = meter.us(line.hold_everybody)
    tell(f"{len(line.people):>10,} held,   {cost_us / scale.waiting:5.1f} µs each")
    held, resident = meter.used_bytes(), meter.resident_bytes()
    return Filled(
        join_bytes=(joined - empty) / len(line.people),
        held_bytes=(held - empty) / len(line.people),
        resident_bytes=(resident - empty_resident) / len(line.people),
        fragmentation=resident / held,
    )


def of_tickets(line: Line, meter: Meter, scale: Scale) -> dict[str, float]:
    """Microseconds a ticket. Newcomers each have an address of their own; lost are some of one web process' tickets."""
    size, rounds = scale.a_round, range(ROUNDS)
    figures = {"join_us": meter.median_us((partial(line.join, size, size) for _ in rounds), size)}
    newcomers = line.people[-ROUNDS * size :]
    holds = (partial(line.hold, newcomers[size * turn :][:size], line.hub) for turn in rounds)
    figures["hold_us"] = meter.median_us(holds, size)
    figures["restore_us"] = meter.median_us(_restores(line, size), size)
    last = newcomers[:size]
    figures["release_us"] = meter.us(partial(line.release, last)) / size
    figures["return_us"] = meter.us(partial(line.hold, last, line.hub)) / size
    return figures


def of_bare_commands(line: Line, meter: Meter, scale: Scale) -> float:
    """Microseconds of one ZADD into the whole line and one HSET of what a ticket's hash holds, sent as they are."""
    return meter.median_us((partial(_bare, line, scale.a_round) for _ in range(ROUNDS)), scale.a_round, *BARE)


def of_the_ladder(line: Line, meter: Meter) -> float:
    """Milliseconds."""
    return meter.median_us((line.ladder for _ in range(ROUNDS)), 1_000)


def of_advancing(line: Line, meter: Meter, scale: Scale) -> dict[str, float]:
    """Milliseconds of one step that calls 50: nobody absent, many marked absent at the head."""
    for _ in range(min(CALLS_IN_A_MINUTE, scale.waiting // 10)):
        line.settle()
    figures = {"advance_nobody_absent_ms": meter.median_us(_calls(line, scale), 1_000)}
    line.release(line.head(scale.absent))
    line.settle()
    figures["advance_ms"] = meter.median_us(_calls(line, scale), 1_000)
    return figures


def of_cleaning_up(line: Line, meter: Meter, scale: Scale) -> dict[str, float]:
    """Milliseconds of steps that call 50 and have more to clean up than they may: marking absent, then ending."""
    silent = line.head(2 * scale.absent)[scale.absent :]
    line.beat(SILENT_HUB)
    line.hold(silent, SILENT_HUB)
    line.publish(heartbeat_ttl_s=SILENCE_S)
    line.beat(SILENT_HUB)
    _let_pass(line, SILENCE_S)
    marking = list(_until_clean(line, meter, scale))
    line.publish(grace_period_s=1)
    _let_pass(line, 1)
    ending = list(_until_clean(line, meter, scale))
    return {
        "advance_marking_ms": statistics.median(marking) / 1_000,
        "advance_marking_worst_ms": max(marking) / 1_000,
        "advance_ending_ms": statistics.median(ending) / 1_000,
        "advance_ending_worst_ms": max(ending) / 1_000,
    }


def _restores(line: Line, size: int) -> Iterator[Callable[[], None]]:
    """From the back, stretch by stretch in the order of joining, as a web process goes through its seats."""
    held = line.held_by_one()
    for turn in range(ROUNDS):
        stretch = held[len(held) - (turn + 1) * size :][:size]
        line.lose(stretch)
        yield partial(line.restore, stretch)


def _bare(line: Line, count: int) -> None:
    number = line.people[-1].number
    names = [secrets.token_urlsafe(16) for _ in range(count)]
    with line.client.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.zadd(line.keys.waiting, {name: number})
            pipe.hset(f"bare:{name}", mapping={"number": number, "reference": "K7F2QMX"})
        pipe.execute()
        pipe.zrem(line.keys.waiting, *names)
        pipe.delete(*[f"bare:{name}" for name in names])
        pipe.execute()


def _calls(line: Line, scale: Scale) -> Iterator[Callable[[], None]]:
    def call() -> None:
        if len(line.advance(scale.called).called) != scale.called:
            raise RuntimeError("not everybody was called")

    return (call for _ in range(ROUNDS))


def _until_clean(line: Line, meter: Meter, scale: Scale) -> Iterator[float]:
    """What each step costs that has to leave something for the next one."""
    more = True

    def step() -> None:
        nonlocal more
        more = line.advance(scale.called, scale.budget).more

    while more:
        cost_us = meter.us(step)
        if more:
            yield cost_us


def _let_pass(line: Line, seconds: float) -> None:
    """A little more than that; the line stays alive meanwhile, but cleans nothing up."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        line.advance(0, budget=0)
        time.sleep(0.1)
