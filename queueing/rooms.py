"""What a web process knows of the published rooms, at most a second old. Reads Redis, changes nothing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from queueing import errors, glance, keys, ladder, metrics, outlook, pace, settings, settings_hash, vouching, wire
from queueing.ladder import Trail
from queueing.store import AsyncStore

log = logging.getLogger(__name__)

FRESH_S = 1.0
# Names that do not exist are remembered too, so that guessing costs Redis little; bounded, oldest out first.
REMEMBERED = 1_000


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
        # What was verified last, and what was read in it: the same hash need not be verified and parsed again.
        self._verified: dict[str, tuple[dict[bytes, bytes], settings.RoomSettings | None]] = {}
        self._trails: dict[str, Trail] = {}
        self._reading: dict[str, asyncio.Task[RoomView | None]] = {}
        self._looked_again: dict[str, float] = {}

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

    async def newer(self, slug: str) -> RoomView:
        """For who asks for what the view does not know: one look besides, a second and room. Raises: as view."""
        if time.monotonic() - self._looked_again.get(slug, -FRESH_S) < FRESH_S:
            return await self.view(slug)
        self._looked_again[slug] = time.monotonic()
        return await self.refresh(slug)

    def last(self, slug: str) -> RoomView | None:
        """As this process saw it last, however long ago."""
        _at, view = self._seen.get(slug, (0.0, None))
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
            self._verified.pop(forgotten, None)
            self._looked_again.pop(forgotten, None)
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

    async def _read(self, slug: str) -> RoomView | None:
        asked_s = time.monotonic()
        told = await glance.at(self._client, slug)
        room_settings = self._settings(slug, told.published)
        # With its incarnation a room is lost, not withdrawn: whoever waits in it is told to come back.
        lost = told.life[0] is None and self._seen.get(slug, (0.0, None))[1] is not None
        if room_settings is None and told.any_room and not lost:
            return None
        life = glance.life_of(told)
        if room_settings is None or life is None:
            raise errors.RoomNotReady
        return self._view(room_settings, life, told, asked_s)

    def _settings(self, slug: str, published: dict[bytes, bytes]) -> settings.RoomSettings | None:
        """None for a room that is not there or was withdrawn. What the private tier has not signed is shown to nobody:

        the last that it has signed count on, for as long as this process lives; an usher puts it right within a second,
        and nobody must lose a place over it. Raises: RoomNotReady where there are none.
        """
        before, read = self._verified.get(slug, ({}, None))
        if not published or published != before:
            if not vouching.settings_verify(self.tier_keys, slug, published):
                return self._settings_before(slug, forged=bool(published))
            read = settings_hash.read(published)
            self._verified[slug] = (published, read)
        self._forged.discard(slug)
        return read

    def _settings_before(self, slug: str, *, forged: bool) -> settings.RoomSettings | None:
        _at, before = self._seen.get(slug, (0.0, None))
        if forged and slug not in self._forged:
            self._forged.add(slug)
            log.error("the settings of room %s were not signed by the private tier", slug)
        if forged:
            metrics.forged.labels(slug, "settings").inc()
        if forged and before is None:
            raise errors.RoomNotReady
        return before.settings if before else None

    def _view(
        self, room_settings: settings.RoomSettings, life: glance.Life, told: glance.Told, asked_s: float
    ) -> RoomView:
        rungs = ladder.parse(told.ladder)
        trail = self._trails.setdefault(room_settings.slug, Trail())
        if rungs:
            trail.add(rungs)
        pulse = None if told.pulse is None else told.pulse.decode()
        return RoomView(
            settings=room_settings,
            **life._asdict(),
            paused=wire.standstill(room_settings, pulse, life.restoring),
            waiting=told.waiting,
            ladder=rungs,
            ladder_read_s=asked_s - (told.now_s - rungs.at_us / 1e6) if rungs else 0.0,
            trail=trail,
            outlook=outlook.of(pace.from_hash(told.pace), room_settings.calls_per_minute),
        )
