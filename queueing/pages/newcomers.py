"""Pages of browsers without a ticket: the same for all who read a language, so each is written once a second."""

from __future__ import annotations

import asyncio
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable

from queueing.pages.writing import Written

FRESH_S = 1.0
# The same for the edge, in whole seconds.
EDGE_FRESH_S = 1
# Rooms times languages, and names that do not exist; oldest out first.
REMEMBERED = 500

Key = tuple[str, ...]


_shelves: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Shelf] = weakref.WeakKeyDictionary()


def shelf() -> Shelf:
    """Of this process' event loop, as its hub (web.py)."""
    return _shelves.setdefault(asyncio.get_running_loop(), Shelf())


class Shelf:
    def __init__(self) -> None:
        self._kept: OrderedDict[Key, tuple[float, Written]] = OrderedDict()

    def fresh(self, key: Key) -> Written | None:
        at, written = self._kept.get(key, (-FRESH_S, None))
        return written if time.monotonic() - at < FRESH_S else None

    def take(self, key: Key, write: Callable[[], Written]) -> Written:
        """Written anew only where nobody else has done so meanwhile."""
        written = self.fresh(key)
        if written is None:
            written = write()
            self._kept[key] = (time.monotonic(), written)
            self._kept.move_to_end(key)
            if len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
        return written
