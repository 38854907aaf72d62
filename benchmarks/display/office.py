"""The private tier, in a process of its own: a real usher, and workers who serve so many people a second.

Workers ask no registry: each takes its next ticket on when its permit comes, as a rate-limited registry has it.
"""

from __future__ import annotations

import contextlib
import heapq
import multiprocessing
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import redis

from benchmarks.display import wiring
from queueing import events, publications, store, usher, vouching
from queueing.attendance import Attendance
from queueing.room import WaitingRoom
from queueing.settings import RoomSettings

THREADS = 16
# From claim to outcome.
SERVED_S = 0.3
STOP_S = 10
DOCUMENT = b"a document"


class Desk:
    """Where the usher hands the called over (obstacles.Jobs); one thread does what all workers do."""

    def __init__(self, shop: store.Store, slug: str, rate_per_s: Callable[[float], float]) -> None:
        self._store = shop
        self._room = WaitingRoom(slug)
        self._rate_per_s = rate_per_s
        self._teller = events.Teller()
        self._tickets: deque[str] = deque()
        self._served: list[tuple[float, str, int]] = []

    def hand_over(self, room: str, ticket_ids: Iterable[str]) -> None:
        self._tickets.extend(ticket_ids)

    def backlog(self) -> int:
        return len(self._tickets)

    def work(self, stop: threading.Event) -> None:
        began_s = permit_s = time.monotonic()
        while not stop.is_set():
            now_s = time.monotonic()
            rate = self._rate_per_s(now_s - began_s)
            if rate > 0 and permit_s <= now_s and self._tickets:
                # A permit that nobody came for is gone.
                permit_s = max(permit_s + 1 / rate, now_s - 1 / rate)
                self._claim(self._tickets.popleft(), now_s)
            while self._served and self._served[0][0] <= now_s:
                self._finish(*heapq.heappop(self._served)[1:])
            stop.wait(0.002)

    def _claim(self, ticket_id: str, now_s: float) -> None:
        claim = self._store.run(self._room.claim(ticket_id))
        if claim is not None:
            heapq.heappush(self._served, (now_s + SERVED_S, ticket_id, claim.attempt))

    def _finish(self, ticket_id: str, attempt: int) -> None:
        proof = vouching.prove_outcome(wiring.TIER_KEY, self._room.slug, ticket_id, "issued", "", DOCUMENT)
        self._store.run(self._room.finish(ticket_id, attempt, "issued", document=DOCUMENT, proof=proof))
        self._teller.tell(events.changed(self._room.slug, [ticket_id]))


@contextlib.contextmanager
def open_for(url: str, settings: RoomSettings, pattern: str, calls_per_s: float) -> Iterator[None]:
    """The room is published, and people are called until this is left."""
    with redis.Redis.from_url(url) as client:
        publications.publish(store.Store(client), wiring.TIER_KEY, settings, hold=False)
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    process = context.Process(target=_run, args=(url, settings, pattern, calls_per_s, stop), daemon=True)
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join(STOP_S)
        process.kill()


def _run(url: str, settings: RoomSettings, pattern: str, calls_per_s: float, asked_to_stop: Any) -> None:
    wiring.configure(url)
    client = store.connect(url)
    shape = wiring.PATTERNS[pattern]
    desk = Desk(store.Store(client), settings.slug, lambda at_s: calls_per_s * shape(at_s))
    attendance = Attendance(store.Store(client), THREADS)
    attendance.start()
    stop = threading.Event()
    threads = [
        threading.Thread(target=usher.Usher(client, desk, lambda: [settings], wiring.TIER_KEY).run, args=(stop,)),
        threading.Thread(target=desk.work, args=(stop,)),
    ]
    for thread in threads:
        thread.start()
    asked_to_stop.wait()
    stop.set()
    attendance.stop()
    for thread in threads:
        thread.join()
