"""Watches a room in Redis while a fault lasts: every call, and how many are served at a time."""

from __future__ import annotations

import threading
from typing import Any, Self, cast

import redis

from tests.faults.stage import Stage

# Shorter than the registry takes to answer: nobody is called and served in between.
LOOK_S = 0.03
# One instant: waiting, present, serving, and since when each of those has been called.
LOOK = """
local called = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  called[#called + 1] = id
  called[#called + 1] = redis.call('HGET', ARGV[1] .. id, 'called_us') or ''
end
return {redis.call('ZCARD', KEYS[1]), redis.call('ZCARD', KEYS[2]), called}
"""


class Observer:
    """A thread of its own, so that a busy crowd does not blind it; a Redis that is away is looked for again."""

    def __init__(self, stage: Stage) -> None:
        self.calls: set[tuple[str, int]] = set()
        self.most_serving = 0
        self.waiting = self.present = 0
        self._stage = stage
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="observer", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        k = self._stage.keys
        with self._stage.client() as client:
            while not self._over.wait(LOOK_S):
                try:
                    self._note(client.eval(LOOK, 3, k.waiting, k.present, k.serving, k.ticket_prefix))
                except redis.RedisError:
                    continue

    def _note(self, seen: Any) -> None:
        self.waiting, self.present, called = cast(tuple[int, int, list[bytes]], seen)
        pairs = [(called[i].decode(), called[i + 1]) for i in range(0, len(called), 2)]
        self.most_serving = max(self.most_serving, len(pairs))
        self.calls.update((ticket, int(at)) for ticket, at in pairs if at)
