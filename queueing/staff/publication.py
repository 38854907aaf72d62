"""Brings the rooms of the database to Redis: when staff save them, and again whenever they are missing there."""

from __future__ import annotations

from collections.abc import Callable

import redis
from django.conf import settings as configured
from django.db import DatabaseError, close_old_connections
from redis.exceptions import RedisError

from queueing import publications, store
from queueing.settings import RoomSettings
from queueing.staff import openings
from queueing.staff.models import Room


def rooms() -> list[RoomSettings]:
    """All rooms as staff want them, those opened whose time has come.

    Raises: OSError where the database does not answer, so that callers wait for it.
    """
    close_old_connections()
    try:
        return [openings.opened_if_due(room).settings() for room in Room.objects.all()]
    except DatabaseError as error:
        raise OSError(f"the database does not answer ({type(error).__name__})") from error


def publish(room: Room, new: bool = False) -> None:
    """At once, for staff who wait for the effect; ushers would do it within a second. Raises: RedisError."""
    touch_point = store.Store(store.connect(configured.REDIS_URL))
    publications.publish(touch_point, configured.TIER_SIGNING_KEY, room.settings(), hold=not new)


def withdraw(room: Room) -> None:
    """Let nobody find the room any more; an usher that still knows it does not bring it back. Raises: RedisError."""
    touch_point = store.Store(store.connect(configured.REDIS_URL))
    publications.withdraw(touch_point, configured.TIER_SIGNING_KEY, room.slug, room.version + 1)


def readiness(client: redis.Redis) -> Callable[[], str]:
    """'' when Redis keeps what it is given and the database answers, else why not."""

    def unready() -> str:
        try:
            unsafe = store.unsafe_for_places(client)
            if not unsafe:
                close_old_connections()
                Room.objects.exists()
        except (RedisError, OSError):
            return "Redis does not answer"
        except DatabaseError:
            return "the database does not answer"
        return unsafe

    return unready
