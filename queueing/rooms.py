"""What a web process knows of the published rooms, at most a second old. Reads Redis, changes nothing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from queueing import errors, keys, ladder, metrics, outlook, pace, settings, vouching, wire
from queueing.ladder import Trail
from queueing.store import AsyncStore

log = logging.getLogger(__name__)

FRESH_S = 1.0
# Names that do not exist are remembered too, so that guessing costs Redis little; bounded, oldest out first.
REMEMBERED = 1_000
# After a restart with its data Redis may lack what came last: so long until whoever is still there has returned.
RETURNING_S = 60


@dataclass(frozen=True, slots=True)
class RoomView:
    """A published room: its settings, its life, why its line stands still (None while it moves), how many wait.

    `resumed_ms`: when Redis last restarted with its data, 0 for never. `restoring`: nobody is called before
    everybody could report; `unsure`: places may be missing still, so ranks say nothing yet; `restored`: they have been
    brought back so lately that clients that ask now and then may not know.
    `ladder` is None where nobody has published one lately, `ladder_read_s` when it was read, or a
    little earlier, by the clock of time.monotonic().
    `trail` holds the ladders before it; `outlook` is None while nothing can be said about waits.
    """

    settings: settings.RoomSettings
    incarnation: str
    paused: str | None
    waiting: int
    resumed_ms: int = 0
    restoring: bool = False
    unsure: bool = False
    restored: bool = False
    ladder: ladder.Ladder | None = None
    ladder_read_s: float = 0.0
    trail: Trail = field(default_factory=Trail)
    outlook: outlook.Outlook | None = None


class Rooms:
    """Answers from memory while fresh; one round trip per room and second otherwise, whoever waits for it."""

    def __init__(self, store: AsyncStore, tier_keys: Sequence[Ed25519PublicKey]) -> None:
        self.tier_keys = tier_keys
        self._client = store.client
        self._forged: set[str] = set()
        self._seen: OrderedDict[str, tuple[float, RoomView | None]] = OrderedDict()
        self._slugs: tuple[float, list[str]] = (-FRESH_S, [])
        self._trails: dict[str, Trail] = {}
        self._reading: dict[str, asyncio.Task[RoomView | None]] = {}

    async def view(self, slug: str) -> RoomView:
        """Raises: RoomUnknown; RoomNotReady while Redis holds no state, so that nobody is told that a room is gone."""
        if not settings.SLUG.fullmatch(slug):
            raise errors.RoomUnknown(slug)
        at, view = self._seen.get(slug, (-FRESH_S, None))
        if time.monotonic() - at >= FRESH_S:
            return await self.refresh(slug)
        if view is None:
            raise errors.RoomUnknown(slug)
        return view

    async def refresh(self, slug: str) -> RoomView:
        """As it is now: one round trip, shared by all who ask meanwhile. Raises: as view."""
        task = self._reading.get(slug)
        if task is None:
            task = self._reading[slug] = asyncio.create_task(self._read_and_remember(slug))
            task.add_done_callback(lambda done: self._was_read(slug, done))
        view = await asyncio.shield(task)
        if view is None:
            raise errors.RoomUnknown(slug)
        return view

    async def _read_and_remember(self, slug: str) -> RoomView | None:
        view = await self._read(slug)
        self._seen[slug] = (time.monotonic(), view)
        self._seen.move_to_end(slug)
        while len(self._seen) > REMEMBERED:
            forgotten, _ = self._seen.popitem(last=False)
            self._trails.pop(forgotten, None)
        return view

    def _was_read(self, slug: str, done: asyncio.Task[RoomView | None]) -> None:
        del self._reading[slug]
        if not done.cancelled():
            # Whoever asked may have gone meanwhile: then nobody else looks at what it raised.
            done.exception()

    async def slugs(self) -> list[str]:
        """Of all published rooms."""
        at, slugs = self._slugs
        if time.monotonic() - at >= FRESH_S:
            published = cast(set[bytes], await self._client.smembers(keys.ROOMS))
            slugs = sorted(slug.decode() for slug in published)
            self._slugs = (time.monotonic(), slugs)
        return slugs

    async def of_host(self, host: str) -> list[RoomView]:
        views = []
        for slug in await self.slugs():
            try:
                view = await self.view(slug)
            except errors.RoomUnknown:
                continue
            if view.settings.serves_host(host):
                views.append(view)
        return views

    def _settings(self, slug: str, published: Mapping[bytes, bytes]) -> settings.RoomSettings | None:
        """None for a room that is not there or was withdrawn. What the private tier has not signed is shown to nobody:

        the last that it has signed count on, for as long as this process lives; an usher puts it right within a second,
        and nobody must lose a place over it. Raises: RoomNotReady where there are none.
        """
        if vouching.settings_verify(self.tier_keys, slug, published):
            self._forged.discard(slug)
            return settings.from_hash(published)
        _at, before = self._seen.get(slug, (0.0, None))
        if published and slug not in self._forged:
            self._forged.add(slug)
            log.error("the settings of room %s were not signed by the private tier", slug)
        if published:
            metrics.forged.labels(slug, "settings").inc()
        if published and before is None:
            raise errors.RoomNotReady
        return before.settings if before else None

    async def _read(self, slug: str) -> RoomView | None:
        k = keys.RoomKeys(slug)
        asked_s = time.monotonic()
        async with self._client.pipeline(transaction=False) as pipe:
            pipe.hgetall(k.settings)
            pipe.hmget(k.incarnation, "id", "resumed_ms", "hold_until_ms", "settling_ms")
            pipe.get(k.pulse)
            pipe.zcard(k.waiting)
            pipe.exists(keys.ROOMS)
            pipe.get(k.ladder)
            pipe.hgetall(k.pace)
            pipe.time()
            published, life, pulse, waiting, any_room, packed, learned, now = await pipe.execute()
        room_settings = self._settings(slug, published)
        # With its incarnation a room is lost, not withdrawn: whoever waits in it is told to come back.
        lost = life[0] is None and self._seen.get(slug, (0.0, None))[1] is not None
        if room_settings is None and any_room and not lost:
            return None
        if room_settings is None or life[0] is None:
            raise errors.RoomNotReady
        now_s = int(now[0]) + int(now[1]) / 1e6
        since_hold_s = now_s - int(life[2] or 0) / 1e3
        restoring = since_hold_s < 0 or life[3] is not None
        rungs = ladder.parse(packed)
        trail = self._trails.setdefault(slug, Trail())
        if rungs:
            trail.add(rungs)
        resumed_ms = int(life[1] or 0)
        lately_resumed = now_s - resumed_ms / 1e3 < RETURNING_S
        return RoomView(
            settings=room_settings,
            incarnation=life[0].decode(),
            paused=wire.standstill(room_settings, None if pulse is None else pulse.decode(), restoring),
            waiting=waiting,
            resumed_ms=resumed_ms,
            restoring=restoring,
            unsure=since_hold_s < 0 or (restoring and lately_resumed),
            restored=0 <= since_hold_s < wire.HIDDEN_TAB_S,
            ladder=rungs,
            ladder_read_s=asked_s - (now_s - rungs.at_us / 1e6) if rungs else 0.0,
            trail=trail,
            outlook=outlook.of(pace.from_hash(learned), room_settings.calls_per_minute),
        )
