"""One citizen: joins, holds the socket, walks away or drops and returns as planned, and fetches the passport.

Behaves as the page does towards everything that goes wrong, and never gives up.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
from contextlib import suppress
from time import monotonic

import aiohttp

from benchmarks.crowd import arrivals, back_off, records, ticket, wire
from benchmarks.crowd.clock import RoomClock
from queueing import countdown

NORMAL, PAGE_CLOSED, ABNORMAL = 1000, 1001, 1006
# What a server or the network may do to anybody; every other code says that one of the two is at fault.
EXPECTED_CODES = frozenset({NORMAL, back_off.GOING_AWAY, ABNORMAL, 1011, 1012, back_off.TRY_LATER})
NO_TICKET, GONE = 4401, 4410
# A hub speaks at least every 60 s; beyond this the connection is dead, whatever TCP believes.
SILENCE_S = 75.0
# How long somebody who leaves waits for the server to hang up.
GOODBYE_S = 10.0
SHORTEST_ABSENCE_S, LONGEST_ABSENCE_S = 0.5, 10.0
LEAVE = json.dumps({"type": "leave"})


class Citizen:
    """One visit to the room; everything that happened stands in `record`."""

    def __init__(
        self,
        visit: arrivals.Visit,
        claims: ticket.Claims,
        door: wire.Door,
        clock: RoomClock,
        rng: random.Random,
    ) -> None:
        self.record = records.Record(visit.number)
        self.ticket = ticket.Ticket(self.record, claims, door, clock, rng)
        self._door = door
        self._rng = rng
        self._steps = list(visit.steps)
        self._losses = 0

    async def visit(self) -> None:
        """Come, wait and go; returns when `record.end` says how it ended."""
        await self.ticket.join()
        while self.record.end is None:
            pause_s = await self._attend()
            if self.record.end is None:
                await asyncio.sleep(pause_s)
        if self.record.end == "issued":
            await self.ticket.fetch()

    async def _attend(self) -> float:
        """One connection from opening to its end; the seconds until the next one."""
        try:
            live = await self._door.socket(self.ticket.cookie)
        except wire.Unreachable as exc:
            return self._lost(f"socket_{exc.kind}", ABNORMAL, exc.retry_after_s)
        self.record.hooked(monotonic(), self.ticket.age_s())
        try:
            return await self._listen(live)
        finally:
            self.record.unhooked(monotonic())
            await live.close()

    async def _listen(self, live: wire.Socket) -> float:
        while self.record.end is None:
            due_in_s, step = self._next_step()
            if due_in_s <= 0:
                return await self._do(step, live) if step else self._lost("silence", ABNORMAL)
            try:
                message = await wire.receive(live, due_in_s)
            except TimeoutError:
                continue
            if message.type is not aiohttp.WSMsgType.TEXT:
                return await self._closed(_close_code(message), str(message.extra or ""))
            self._hear(message.data)
        return 0.0

    def _hear(self, text: str) -> None:
        self._losses = 0
        try:
            frame = json.loads(text)
        except ValueError:
            frame = None
        if isinstance(frame, dict):
            self.record.hear(frame, monotonic())
        else:
            self.record.fault("bad_frame")

    def _next_step(self) -> tuple[float, arrivals.Step | None]:
        """Seconds until something is due unless a frame comes first: a step, or None for a dead line."""
        now_s = monotonic()
        silent_in_s = self.record.heard_at_s + SILENCE_S - now_s
        if self.record.stage == "called":
            self._steps = [step for step in self._steps if step.after >= arrivals.AT_THE_DOOR]
            return (0.0, self._steps[0]) if self._steps else (silent_in_s, None)
        due_in_s = self._due_in_s(now_s)
        if due_in_s is None or due_in_s > silent_in_s:
            return silent_in_s, None
        return due_in_s, self._steps[0]

    def _due_in_s(self, now_s: float) -> float | None:
        sighting, first = self.record.sighting, self.record.first_position
        if sighting is None or first is None or sighting.at_s < (self.record.hooked_at_s or now_s):
            return None
        if not self._steps or self._steps[0].after >= arrivals.AT_THE_DOOR:
            return None
        target = first - math.floor((first - 1) * self._steps[0].after)
        return countdown.seconds_until(sighting, target, now_s)

    async def _do(self, step: arrivals.Step, live: wire.Socket) -> float:
        self._steps.remove(step)
        if step.deed == "drop":
            return self._drop(step, live)
        self.record.how_left = step.deed
        self.record.leaving_at_s = monotonic()
        if step.deed == "leave":
            await self._say_leave(live)
        elif step.deed == "delete":
            await self.ticket.leave()
            await self._goodbye(live)
        else:
            await live.close(code=PAGE_CLOSED)
            self.record.left_at_s = monotonic()
            self.record.end = "silent"
        return 0.0

    def _drop(self, step: arrivals.Step, live: wire.Socket) -> float:
        self.record.drops += 1
        wire.vanish(live)
        longest_s = min(LONGEST_ABSENCE_S, ticket.SAFE_SHARE_OF_GRACE * self.record.kept_for_s)
        return SHORTEST_ABSENCE_S + step.away * max(0.0, longest_s - SHORTEST_ABSENCE_S)

    async def _say_leave(self, live: wire.Socket) -> None:
        with suppress(aiohttp.ClientError, OSError):
            await live.send_str(LEAVE)
        if await self._goodbye(live) in (NORMAL, GONE):
            self.record.left_at_s = monotonic()
            self.record.end = "left"
        else:
            self.record.trouble("leave_unconfirmed")
            await self.ticket.leave()

    async def _goodbye(self, live: wire.Socket) -> int:
        """Hear what was still under way until the server hangs up; the close code, 1006 where it does not."""
        until_s = monotonic() + GOODBYE_S
        while (left_s := until_s - monotonic()) > 0:
            with suppress(TimeoutError):
                message = await wire.receive(live, left_s)
                if message.type is not aiohttp.WSMsgType.TEXT:
                    return _close_code(message)
                self._hear(message.data)
        self.record.trouble("no_hang_up")
        return ABNORMAL

    async def _closed(self, code: int, reason: str) -> float:
        if code in (NO_TICKET, GONE):
            await self.ticket.ask()
        elif code not in EXPECTED_CODES:
            self.record.fault(f"socket_{code}")
        return self._lost(f"socket_{code}", code, reason=reason)

    def _lost(self, kind: str, code: int, retry_after_s: float | None = None, reason: str = "") -> float:
        """Seconds until the next attempt to connect."""
        tries, self._losses = self._losses, self._losses + 1
        self.record.trouble(kind)
        if retry_after_s is not None:
            return back_off.asked_delay_s(retry_after_s, self._rng)
        return back_off.delay_after_close_s(code, tries, self._rng, reason)


def _close_code(message: aiohttp.WSMessage) -> int:
    is_close = message.type is aiohttp.WSMsgType.CLOSE and isinstance(message.data, int)
    return message.data if is_close and message.data else ABNORMAL
