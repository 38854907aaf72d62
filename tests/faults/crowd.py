"""The crowd of benchmarks/crowd, which besides writes down when it sat in line and which certificates it was given.

Two waves: the first comes at once, the latecomers while the fault lasts.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import pypdfium2

from benchmarks.crowd import arrivals, citizen, crowd, records, ticket, wire
from benchmarks.crowd.clock import RoomClock

IDENTIFIER = re.compile(r"URN:UVCI:\S+")
# A second attempt at the same ticket would have ended by then.
LOOK_AGAIN_AFTER_S = 5.0
LATECOMERS_PER_S = 20.0
GONE = frozenset({404, 410})


@dataclass
class Diary(records.Record):
    """`seated`: from when to when a socket was open that had been told of waiting and not of a call, monotonic s.

    `standing`: why the page said that the line stands still.
    """

    ticket: str = ""
    calls: set[int] = field(default_factory=set)
    seated: list[tuple[float, float]] = field(default_factory=list)
    seated_since_s: float | None = None
    certificates: list[str] = field(default_factory=list)
    standing: set[str] = field(default_factory=set)

    def told(self, state: Mapping[str, Any], now_s: float) -> None:
        super().told(state, now_s)
        if state.get("paused"):
            self.standing.add(state["paused"])
        if state.get("state") != "waiting":
            self._rise(now_s)
        elif self.seated_since_s is None and self.hooked_at_s is not None:
            self.seated_since_s = now_s

    def unhooked(self, now_s: float) -> None:
        super().unhooked(now_s)
        self._rise(now_s)

    def _called(self, called_at_us: object, now_s: float) -> None:
        super()._called(called_at_us, now_s)
        self._rise(now_s)
        if isinstance(called_at_us, int):
            self.calls.add(called_at_us)

    def _rise(self, now_s: float) -> None:
        if self.seated_since_s is not None:
            self.seated.append((self.seated_since_s, now_s))
        self.seated_since_s = None

    def serve_again(self) -> None:
        """The document has gone with Redis' memory: the ticket still leads to it."""
        self.end = self.outcome = None
        self.called_at_us = self.latest_call_us = None


class Ticket(ticket.Ticket):
    """Reads what it fetches."""

    _record: Diary

    async def join(self) -> None:
        await super().join()
        if self.cookie:
            self._record.ticket = self.cookie.partition("=")[2].split(".")[2]

    async def fetch(self) -> None:
        """The identifier printed on the document; nothing where there is none (any more)."""
        answer = await self._insist("passport", lambda: self._door.passport(self.cookie))
        if answer.status == 200:
            self._record.certificates.append(_identifier(answer.content))
        elif answer.status not in GONE:
            self._record.fault(f"passport_{answer.status}")


class Citizen(citizen.Citizen):
    """Fetches the document twice, some time apart: it must be the same one."""

    record: Diary

    def __init__(
        self, visit: arrivals.Visit, claims: ticket.Claims, door: wire.Door, clock: RoomClock, rng: random.Random
    ) -> None:
        super().__init__(visit, claims, door, clock, rng)
        self.record = Diary(visit.number)
        self.ticket = Ticket(self.record, claims, door, clock, rng)

    async def visit(self) -> None:
        await super().visit()
        while self.record.end == "issued" and len(self.record.certificates) < 2:
            await asyncio.sleep(LOOK_AGAIN_AFTER_S)
            before = len(self.record.certificates)
            await self.ticket.fetch()
            if len(self.record.certificates) == before:
                await self._ask_again()

    async def _ask_again(self) -> None:
        self.record.serve_again()
        await self.ticket.ask()
        while self.record.end is None:
            pause_s = await self._attend()
            if self.record.end is None:
                await asyncio.sleep(pause_s)


class Crowd(crowd.Crowd):
    """`latecomers`: how many of the plan's visits, the last ones, come only when `let_latecomers_in` is called."""

    def __init__(self, plan: crowd.Plan, latecomers: int) -> None:
        super().__init__(plan)
        self._in_time = len(plan.visits) - latecomers
        self._door_is_open = asyncio.Event()

    @property
    def diaries(self) -> Sequence[Diary]:
        return [one.record for one in self.citizens if isinstance(one.record, Diary)]

    @property
    def clock(self) -> RoomClock:
        return self._clock

    def let_latecomers_in(self) -> None:
        self._door_is_open.set()

    def all_seated(self) -> bool:
        """Whether everybody of the first wave is in line and hears, or has gone already."""
        first = self.diaries[: self._in_time]
        return len(first) == self._in_time and all(one.seated_since_s or one.end for one in first)

    def _citizen(self, visit: arrivals.Visit, door: wire.Door) -> citizen.Citizen:
        return Citizen(visit, self.plan.claims, door, self._clock, self._rng)

    async def _gather(self) -> None:
        began_s = monotonic()
        async with asyncio.TaskGroup() as visits:
            for index, (visit, one) in enumerate(zip(self.plan.visits, self.citizens, strict=True)):
                if index < self._in_time:
                    await asyncio.sleep(max(0.0, began_s + visit.arrives_at_s - monotonic()))
                else:
                    await self._door_is_open.wait()
                    await asyncio.sleep(1 / LATECOMERS_PER_S)
                visits.create_task(one.visit())


def _identifier(document: bytes) -> str:
    with pypdfium2.PdfDocument(document) as opened:
        text = opened[0].get_textpage().get_text_range()
    # On the card and among the facts.
    found = set(IDENTIFIER.findall(text))
    return found.pop() if len(found) == 1 else "unreadable"
