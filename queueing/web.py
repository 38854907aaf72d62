"""What the parts of one web process share: its hub and, through it, its connection to Redis."""

from __future__ import annotations

import asyncio
import weakref

from django.conf import settings as configured

from queueing.hub import Hub
from queueing.store import AsyncStore, connect_async

_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def hub() -> Hub:
    """The hub of this process' event loop, made by the first who asks."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        store = AsyncStore(connect_async(configured.REDIS_URL))
        _hubs[loop] = Hub(store, configured.TIER_VERIFYING_KEYS, configured.MAX_SOCKETS)
    return _hubs[loop]
