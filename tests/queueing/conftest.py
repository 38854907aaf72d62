from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis
import redis.asyncio
from channels.layers import channel_layers

from project.settings import public
from queueing import web
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
    yield line
    hub = web.hub()
    await hub.drain()
    await hub.aclose()
