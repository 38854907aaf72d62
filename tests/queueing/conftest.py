from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis
from channels.layers import channel_layers

from project.settings import public
from queueing import room, web
from queueing.usher import LOOK_S
from tests.queueing.lines import Line


@pytest.fixture
def line(redis_client: redis.Redis) -> Line:
    return Line(redis_client)


@pytest.fixture
async def served(line: Line, settings: Any) -> AsyncIterator[Line]:
    """A line, and the web application of this process over it, as the public tier runs it; drained afterwards."""
    settings.MIDDLEWARE = public.MIDDLEWARE
    line.client.sadd("rooms", "test")
    line.client.set(line.keys.pulse, "")
    channel_layers.backends.clear()
    ladders = asyncio.create_task(_ladders(line))
    yield line
    ladders.cancel()
    hub = web.hub()
    await hub.drain()
    await hub.aclose()


async def _ladders(line: Line) -> None:
    """As ushers publish them, where a test has not done so lately."""
    while True:
        await asyncio.sleep(LOOK_S / 2)
        with contextlib.suppress(redis.RedisError, OSError):
            if line.client.pttl(line.keys.ladder) < room.LADDER_TTL_MS - 2 * LOOK_S * 1_000:
                line.store.run(line.room.ladder())
