"""A worker process' sign of life, and the leases of what it serves: one thread keeps both alive."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from redis.exceptions import RedisError

from queueing import keys
from queueing.room import Lease, WaitingRoom
from queueing.store import Store, write

log = logging.getLogger(__name__)

BEAT_S = 1.0
# Ushers stop calling this long after a worker was killed.
ALIVE_MS = 3_500
# What a killed worker told is read by nobody; then it goes.
TOLD_TTL_MS = 60_000


def _always() -> bool:
    return True


class Attendance:
    """Start it once per worker process; `threads` is how many tickets it serves at a time."""

    def __init__(
        self,
        store: Store,
        threads: int,
        opens: Sequence[str] = (),
        able: Callable[[], bool] = _always,
        tell: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """`opens`: for whose keys (vouching.opener). `able`: while it says no, nobody is called for this worker.
        `tell`: numbers for staff, published with each sign of life.
        """
        self._store = store
        self._opens = opens
        self._able = able
        self._tell = tell
        self._member = f"{secrets.token_hex(8)}:{threads}"
        self._served: dict[tuple[str, str], int] = {}
        self._guard = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="attendance", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Take no more; what is being served keeps its lease until it is finished."""
        self._stop.set()
        try:
            self._store.client.zrem(keys.WORKERS, self._member)
        except (RedisError, OSError) as error:
            log.warning("could not sign off: Redis does not answer (%s)", type(error).__name__)

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    @contextmanager
    def serving(self, room: str, ticket_id: str, attempt: int) -> Iterator[None]:
        """Keep the lease of an attempt alive meanwhile."""
        with self._guard:
            self._served[room, ticket_id] = attempt
        try:
            yield
        finally:
            with self._guard:
                self._served.pop((room, ticket_id), None)

    def check(self, room: str, ticket_id: str, attempt: int) -> Lease:
        """Ask now whether the attempt still has the ticket and the person is there. Raises: RedisError."""
        return self._store.run(WaitingRoom(room).renew(ticket_id, attempt))

    def _beat(self) -> None:
        failing = False
        while True:
            try:
                self._sign()
                failing = False
            except (RedisError, OSError) as error:
                if not failing:
                    log.warning("no sign of life: Redis does not answer (%s)", type(error).__name__)
                failing = True
            if self._stop.wait(BEAT_S) and not self._served:
                return
            if self._stop.is_set():
                threading.Event().wait(BEAT_S)

    def _sign(self) -> None:
        if not self._stop.is_set() and self._able():
            self._sign_in()
        with self._guard:
            served = list(self._served.items())
        self._store.run_many([WaitingRoom(room).renew(ticket, attempt) for (room, ticket), attempt in served])
        # Last: places come before figures.
        if not self._stop.is_set():
            self._publish(self._tell())

    def _sign_in(self) -> None:
        seconds, micros = self._store.client.time()
        until_ms = int(seconds) * 1_000 + int(micros) // 1_000 + ALIVE_MS
        self._store.run(write(keys.WORKERS, "ZADD", until_ms, self._member))
        if self._opens:
            scored = [part for fingerprint in self._opens for part in (until_ms, fingerprint)]
            self._store.run(write(keys.OPENERS, "ZADD", *scored))

    def _publish(self, told: Mapping[str, str]) -> None:
        if told:
            key, pairs = keys.worker(self._member), [part for pair in told.items() for part in pair]
            self._store.run_many([write(key, "HSET", *pairs), write(key, "PEXPIRE", TOLD_TTL_MS)])
