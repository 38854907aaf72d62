"""Operations of many callers in few round trips: who comes while one is under way goes with the next.

No timer, so that one caller alone waits no longer than without.
"""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from queueing.store import AsyncStore, Op

T = TypeVar("T")

# Operations a round trip: long enough to be cheap, short enough not to hold Redis up.
MOST = 500


class Gathering:
    """Runs what it is given in the order in which it came."""

    def __init__(self, store: AsyncStore) -> None:
        self._store = store
        self._waiting: list[tuple[Op[Any], asyncio.Future[Any]]] = []
        self._running: asyncio.Task[None] | None = None

    async def run(self, op: Op[T]) -> T:
        """Raises: whatever the round trip raised, for all who went with it."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((op, answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        try:
            while self._waiting:
                those, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._round_trip(those)
        finally:
            self._running = None

    async def _round_trip(self, those: list[tuple[Op[Any], asyncio.Future[Any]]]) -> None:
        try:
            results = await self._store.run_many([op for op, _answer in those])
        except Exception as error:  # noqa: BLE001 it is raised where somebody waits for it
            for _op, answer in those:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_op, answer), result in zip(those, results, strict=True):
            if not answer.done():
                answer.set_result(result)
