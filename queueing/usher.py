"""The process that calls people: advances every room, hands the called to workers, keeps settings published.

Any number of ushers may run: each step is one atomic script, so they share the work and none must be first.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue

import redis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from redis.exceptions import RedisError

from queueing import events, metrics, obstacles, pacing, publications, stats
from queueing.room import Advance, Publication, WaitingRoom
from queueing.settings import RoomSettings
from queueing.store import Store, write

log = logging.getLogger(__name__)

STEP_S = 0.2
# How often settings are compared with what is published, and workers are counted.
LOOK_S = 1.0
# A pulse older than this means that no usher is at work; pages then say that the line stands still.
PULSE_TTL_MS = 5_000
# So long a look waits for the database; what comes later is for the next look.
PATIENCE_S = 0.5
# Where a room is lost, an usher that sees the database comes before one whose settings may be old.
BLIND_WAIT_S = 5.0
# Calls told to Redis at a time: Lua's unpack breaks near 8,000 words.
CHUNK = 1_000
# How long a call counts: the sliding window of new_users_per_minute.
WINDOW_S = 60


class Reader:
    """Asks `read` in a thread of its own, for a database that says nothing must not keep an usher from its work."""

    def __init__(self, read: Callable[[], list[RoomSettings]]) -> None:
        self._read = read
        self._questions: SimpleQueue[Future[list[RoomSettings]]] = SimpleQueue()
        self._asked: Future[list[RoomSettings]] | None = None
        threading.Thread(target=self._answer, name="rooms", daemon=True).start()

    def latest(self) -> list[RoomSettings]:
        """Raises: what `read` raises, and TimeoutError (an OSError) while it takes too long."""
        if self._asked is None:
            self._asked = Future()
            self._questions.put(self._asked)
        try:
            return self._asked.result(PATIENCE_S)
        finally:
            if self._asked.done():
                self._asked = None

    def _answer(self) -> None:
        while True:
            asked = self._questions.get()
            try:
                asked.set_result(self._read())
            except Exception as error:  # noqa: BLE001 raised where it is waited for
                asked.set_exception(error)


class Usher:
    """One usher. `rooms` gives the settings of all rooms as staff want them, `key` signs them."""

    def __init__(
        self, client: redis.Redis, jobs: obstacles.Jobs, rooms: Callable[[], list[RoomSettings]], key: Ed25519PrivateKey
    ) -> None:
        self._client = client
        self._store = Store(client)
        self._jobs = jobs
        self._key = key
        self._rooms = Reader(rooms)
        self._teller = events.Teller()
        self._looked_at = -LOOK_S
        self._slugs: list[str] = []
        self._wanted: list[RoomSettings] = []
        self._blind = False
        self._lost_at: dict[str, float] = {}
        self._obstacles = obstacles.Obstacles(client, jobs)
        # Called, and not handed over yet: (room, tickets).
        self._owed: deque[tuple[str, list[str]]] = deque()
        self._lives: dict[str, tuple[str, int]] = {}
        self._pacers: dict[str, pacing.Pacer] = {}
        # What Redis would forget with its data: (monotonic, called µs, member of keys.calls) of the last minute.
        self._calls: defaultdict[str, deque[tuple[float, int, str]]] = defaultdict(deque)

    def run(self, stop: threading.Event) -> None:
        """Step until told to stop. A Redis or database that does not answer is waited for."""
        failing = False
        while not stop.is_set():
            began = time.monotonic()
            try:
                more = self.step()
                if failing:
                    log.info("Redis answers again")
                failing = False
            except (RedisError, OSError) as error:
                more = False
                # Whatever has happened meanwhile, settings come first.
                self._looked_at = -LOOK_S
                self._lives.clear()
                if not failing:
                    log.warning("Redis does not answer (%s): calling nobody", type(error).__name__)
                failing = True
            if not more:
                stop.wait(max(0.0, STEP_S - (time.monotonic() - began)))

    def step(self) -> bool:
        """Advance every room once; True when one of them has more to clean up."""
        if time.monotonic() - self._looked_at >= LOOK_S:
            self._look()
        else:
            self._obstacles.glance()
        more = False
        for slug in self._slugs:
            more |= self._advance(slug)
        return more

    def _look(self) -> None:
        """Publish what is missing or has changed, and see whether anybody can serve."""
        self._learn_rooms()
        # Web processes may not.
        self._store.load_scripts()
        self._wanted = [published for wanted in self._wanted if (published := self._publish(wanted))]
        self._slugs = [room_settings.slug for room_settings in self._wanted]
        self._obstacles.look()
        self._obstacles.glance()
        for room_settings in self._wanted:
            slug = room_settings.slug
            self._store.run(WaitingRoom(slug).ladder())
            self._pacer(slug).look(room_settings, standing=self._obstacles.now is not None)
            self._show(slug)
        self._looked_at = time.monotonic()

    def _publish(self, wanted: RoomSettings) -> RoomSettings | None:
        """What is published from now on; None for a room that staff have removed.

        Without the database, what others have published counts; a room that is lost is left to those who see more.
        """
        if self._blind:
            found = publications.read(self._client, self._key, wanted.slug)
            if not found.settings and not found.state and not self._has_waited(wanted.slug):
                return wanted
            if found.settings and found.settings.version >= wanted.version:
                wanted = found.settings
        self._lost_at.pop(wanted.slug, None)
        publication = publications.publish(self._store, self._key, wanted)
        self._meet(wanted.slug, publication)
        return None if publication.withdrawn else wanted

    def _has_waited(self, slug: str) -> bool:
        return time.monotonic() - self._lost_at.setdefault(slug, time.monotonic()) >= BLIND_WAIT_S

    def _meet(self, slug: str, publication: Publication) -> None:
        """Tell a Redis that has forgotten all calls, or those of its last second, whom this usher has just called."""
        life = (publication.incarnation, publication.resumed_ms)
        recent = list(self._recent_calls(slug))
        if self._lives.get(slug) != life and recent:
            calls = WaitingRoom(slug).keys.calls
            for start in range(0, len(recent), CHUNK):
                scored = [part for _at, at_us, member in recent[start : start + CHUNK] for part in (at_us, member)]
                self._store.run(write(calls, "ZADD", *scored))
            self._client.expire(calls, 2 * WINDOW_S)
        self._lives[slug] = life

    def _pacer(self, slug: str) -> pacing.Pacer:
        return self._pacers.setdefault(slug, pacing.Pacer(self._store, slug))

    def _recent_calls(self, slug: str) -> deque[tuple[float, int, str]]:
        recent = self._calls[slug]
        while recent and time.monotonic() - recent[0][0] > WINDOW_S:
            recent.popleft()
        return recent

    def _learn_rooms(self) -> None:
        """What staff want; while the database does not answer, what they wanted last."""
        try:
            self._wanted, self._blind = self._rooms.latest(), False
        except OSError as error:
            if not self._blind:
                log.warning("going on with the settings known so far: %s", str(error) or "the database is silent")
            self._blind = True

    def _may_call(self) -> int:
        """Whoever was called before is handed over first."""
        if self._obstacles.blocked or not self._hand_over():
            return 0
        return self._obstacles.may_call(self._slugs)

    def _advance(self, slug: str) -> bool:
        room = WaitingRoom(slug)
        self._store.run(write(room.keys.pulse, "SET", self._obstacles.now or "", "PX", PULSE_TTL_MS))
        step = self._store.run(room.advance(self._may_call()))
        called = [ticket_id for ticket_id, _at in step.called]
        if called:
            member = f"{len(called)} {called[0]} {step.called[0][1]}"
            self._recent_calls(slug).append((time.monotonic(), step.called[-1][1] + 1, member))
            self._owed.append((slug, called))
            self._hand_over()
            self._pacer(slug).judge(zip(step.numbers, (at_us for _id, at_us in step.called), strict=True))
        if called or step.failed:
            self._teller.tell(events.changed(slug, [*called, *step.failed]))
        self._count(slug, step)
        return step.more

    def _hand_over(self) -> bool:
        """False where the broker did not take all: it is asked again, and their leases bring them back if this dies."""
        while self._owed:
            slug, called = self._owed[0]
            try:
                self._jobs.hand_over(slug, called)
            except Exception as error:  # noqa: BLE001 whatever the broker raises
                self._obstacles.broker_failed()
                log.warning("%d called in room %s were not handed over (%s)", len(called), slug, type(error).__name__)
                return False
            self._owed.popleft()
        return True

    def _count(self, slug: str, step: Advance) -> None:
        metrics.called.labels(slug).inc(len(step.called))
        for what, count in (
            ("marked", step.marked),
            ("lapsed", step.lapsed),
            ("given_back", step.given_back),
        ):
            metrics.moved.labels(slug, what).inc(count)
        for ticket_id in step.failed:
            log.error("ticket %s failed: three workers died over it", ticket_id)

    def _show(self, slug: str) -> None:
        now = stats.read(self._client, slug)
        for place in ("waiting", "present", "away", "serving"):
            metrics.in_room.labels(slug, place).set(getattr(now, place))
        for reason in obstacles.REASONS:
            metrics.standstill.labels(slug, reason).set(self._obstacles.now == reason)
