"""Brings the settings of a room to Redis, signed, and knows them again there: what another key wrote is put right."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import NamedTuple

import redis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from queueing import keys, metrics, settings_hash, vouching
from queueing.room import Publication, WaitingRoom
from queueing.settings import RoomSettings
from queueing.store import Store, write

log = logging.getLogger(__name__)


class Published(NamedTuple):
    """What Redis holds of a room. `settings`: None where there are none, or none that this key has signed.

    `stored`: the hash they were read from. `forged`: somebody else has written there. `listed`: the room stands among
    those of this Redis.
    """

    settings: RoomSettings | None
    stored: Mapping[bytes, bytes]
    state: Publication | None
    forged: bool
    listed: bool


def read(client: redis.Redis, key: Ed25519PrivateKey, slug: str) -> Published:
    k = keys.RoomKeys(slug)
    with client.pipeline(transaction=False) as pipe:
        pipe.hgetall(k.settings)
        pipe.hmget(k.incarnation, "id", "resumed_ms")
        pipe.sismember(keys.ROOMS, slug)
        found, (id_, resumed_ms), listed = pipe.execute()
    ours = vouching.settings_verify([key.public_key()], slug, found)
    state = Publication(id_.decode(), False, int(resumed_ms or 0)) if id_ else None
    return Published(settings_hash.read(found) if ours else None, found, state, bool(found) and not ours, bool(listed))


def publish(store: Store, key: Ed25519PrivateKey, room_settings: RoomSettings, hold: bool = True) -> Publication:
    """Make Redis say what staff want, signed with this key. One read where nothing has changed.

    Settings that are older than the published change nothing; what this key has not signed was not published.
    `hold`: where Redis has no state of this room, it has lost one; False for a room that staff have just made.
    """
    room = WaitingRoom(room_settings.slug)
    found = read(store.client, key, room.slug)
    if found.settings and found.state and found.listed:
        newer = found.settings.version > room_settings.version
        if newer or settings_hash.says(found.stored, room_settings):
            return found.state
    if found.forged:
        _discard(store, room)
    store.run(write(keys.ROOMS, "SADD", room.slug))
    signature = vouching.sign_settings(key, room.slug, settings_hash.of(room_settings))
    publication = store.run(room.publish(room_settings, hold, signature))
    if publication.withdrawn:
        store.client.srem(keys.ROOMS, room.slug)
        return publication
    log.info("published room %s%s", room.slug, ", in a new incarnation" if publication.born else "")
    return publication


def withdraw(store: Store, key: Ed25519PrivateKey, slug: str, version: int) -> None:
    """Let nobody find the room any more. `version`: newer than all published, so that none of them comes back."""
    signature = vouching.sign_settings(key, slug, {"version": str(version)})
    store.run(WaitingRoom(slug).withdraw(version, signature))
    store.client.srem(keys.ROOMS, slug)


def _discard(store: Store, room: WaitingRoom) -> None:
    """Whatever version they claim: the script would leave newer ones alone."""
    metrics.forged.labels(room.slug, "settings").inc()
    log.error("the settings of room %s were not signed with our key: they are put right", room.slug)
    store.run(write(room.keys.settings, "DEL"))
