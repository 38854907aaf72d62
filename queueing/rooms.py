"""What a web process knows of the published rooms, at most a second old. Reads Redis, changes nothing."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import cast

from queueing import errors, keys, ladder, settings, wire
from queueing.store import AsyncStore

FRESH_S = 1.0
# Names that do not exist are remembered too, so that guessing costs Redis little; bounded, oldest out first.
REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class RoomView:
    """A published room: its settings, its life, why its line stands still (None while it moves), how many wait.

    `ladder` is None where nobody has published one lately, `ladder_age_s` how old it was when it was read.
    """

    settings: settings.RoomSettings
    incarnation: str
    paused: str | None
    waiting: int
    ladder: ladder.Ladder | None = None
    ladder_age_s: float = 0.0


class Rooms:
    """Answers from memory while fresh; one round trip per room and second otherwise."""

    def __init__(self, store: AsyncStore) -> None:
        self._client = store.client
        self._seen: OrderedDict[str, tuple[float, RoomView | None]] = OrderedDict()

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
        """As it is now: one round trip. Raises: as view."""
        view = await self._read(slug)
        self._seen[slug] = (time.monotonic(), view)
        self._seen.move_to_end(slug)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        if view is None:
            raise errors.RoomUnknown(slug)
        return view

    async def of_host(self, host: str) -> list[RoomView]:
        published = cast(set[bytes], await self._client.smembers(keys.ROOMS))
        slugs = sorted(slug.decode() for slug in published)
        views = []
        for slug in slugs:
            try:
                view = await self.view(slug)
            except errors.RoomUnknown:
                continue
            if view.settings.serves_host(host):
                views.append(view)
        return views

    async def _read(self, slug: str) -> RoomView | None:
        k = keys.RoomKeys(slug)
        async with self._client.pipeline(transaction=False) as pipe:
            pipe.hgetall(k.settings)
            pipe.hget(k.incarnation, "id")
            pipe.get(k.pulse)
            pipe.zcard(k.waiting)
            pipe.exists(keys.ROOMS)
            pipe.get(k.ladder)
            pipe.time()
            published, incarnation, pulse, waiting, any_room, packed, now = await pipe.execute()
        room_settings = settings.from_hash(published)
        if room_settings is None and any_room:
            return None
        if room_settings is None or incarnation is None:
            raise errors.RoomNotReady
        paused = wire.standstill(room_settings, None if pulse is None else pulse.decode())
        rungs = ladder.parse(packed)
        age_s = int(now[0]) + int(now[1]) / 1e6 - rungs.at_us / 1e6 if rungs else 0.0
        return RoomView(room_settings, incarnation.decode(), paused, waiting, rungs, age_s)
