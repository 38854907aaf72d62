"""What a fault may touch, and how it is seen that it is over: who waits, who is back, who is called again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import redis

from tests.faults import crowd, stage
from tests.faults.observer import Observer

STEP_S = 0.05
# Nobody waits as long as this for anything but a fault that lasts.
PATIENCE_S = 200.0


class Scene:
    """A crowd that waits before a running Vestibule. A fault says when it is over and whom it caught being served."""

    def __init__(
        self, place: stage.Stage, gathering: crowd.Crowd, observer: Observer, waiting: int, short: bool
    ) -> None:
        self.stage = place
        self.crowd = gathering
        self.observer = observer
        self.waiting = waiting
        self.short = short
        self.waiting_before: dict[str, int] = {}
        self.over_at_us = self.back_at_us = 0
        self.caught: set[str] = set()
        # Of those: whom the fault leaves without anybody who serves them.
        self.stranded: set[str] = set()
        self.notes: list[str] = []
        # From when to when the registry was ill, ns.
        self.ill: list[tuple[int, int]] = []
        # From the death of a web process until its people are known to be away, µs.
        self.unheard: list[tuple[int, int]] = []

    async def do(self, work: Callable[..., Any], *arguments: Any, **values: Any) -> Any:
        """What blocks, elsewhere."""
        return await asyncio.to_thread(work, *arguments, **values)

    async def wait_for_the_next(self) -> None:
        """Look who is there before something breaks. Raises: AssertionError where they are too few."""
        self.stranded = set()
        self.waiting_before = await self.do(self.stage.line)
        assert len(self.waiting_before) >= self.waiting, f"only {len(self.waiting_before)} wait"

    def recovered_s(self) -> float:
        return (self.back_at_us - self.over_at_us) / 1e6

    def over(self) -> None:
        """What was broken is whole again, or others have to go on without it: from now on recovery is measured."""
        self.over_at_us = self.now_us()
        self._watching = asyncio.create_task(self._watch())

    async def every_page_says(self, reason: str) -> None:
        """That the line stands still, and why. Raises: AssertionError where a page does not."""
        waiting = [one for one in self.crowd.diaries if one.ticket in self.waiting_before and one.leaving_at_s is None]
        await until(lambda: all(reason in one.standing or one.end for one in waiting), f"every page says {reason}")

    async def back(self) -> None:
        """Once everybody is back. Raises: AssertionError where somebody is not."""
        await self._watching

    async def _watch(self) -> None:
        await until(self.everybody_is_back, "everybody is back")
        self.back_at_us = self.now_us()

    def now_us(self) -> int:
        return self.crowd.clock.us(time.monotonic()) or 0

    def lasts_s(self, seconds: float, short_s: float) -> float:
        return short_s if self.short else seconds

    def first_call_us(self) -> int | None:
        """The first call since the fault was over, by whoever heard of it."""
        heard = [at_us for diary in self.crowd.diaries for at_us in diary.calls if at_us > self.over_at_us]
        seen = [at_us for _, at_us in list(self.observer.calls) if at_us > self.over_at_us]
        return min([*heard, *seen], default=None)

    def everybody_is_back(self) -> bool:
        """All who waited when it broke and have not left: hearing again, and present, called or ended in Redis.

        Whoever was stranded has been served.
        """
        if any(diary.end is None for diary in self.crowd.diaries if diary.ticket in self.stranded):
            return False
        left = [diary for diary in self.crowd.diaries if diary.ticket in self.waiting_before and diary.end is None]
        if any(diary.hooked_at_s is None or diary.heard_at_s <= diary.hooked_at_s for diary in left):
            return False
        with self.stage.client() as client:
            try:
                return self._all_in_place(client, [diary.ticket for diary in left if diary.leaving_at_s is None])
            except redis.RedisError:
                return False

    def _all_in_place(self, client: redis.Redis, tickets: list[str]) -> bool:
        k = self.stage.keys
        with client.pipeline(transaction=True) as pipe:
            pipe.zmscore(k.present, tickets or ["nobody"])
            pipe.zmscore(k.serving, tickets or ["nobody"])
            for ticket in tickets:
                pipe.exists(k.outcome(ticket))
            present, serving, *ended = pipe.execute()
        found = zip(present, serving, ended, strict=False)
        return all(number is not None or lease is not None or outcome for number, lease, outcome in found)


Fault = Callable[[Scene], Awaitable[None]]


async def until(happened: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Raises: AssertionError, naming what did not happen."""
    deadline = time.monotonic() + patience_s
    while not await asyncio.to_thread(happened):
        assert time.monotonic() < deadline, f"not within {patience_s:g} s: {what}"
        await asyncio.sleep(STEP_S)
