"""A closed room opens by itself when its time has come, once, whoever asks first."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
import redis
from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.db import connections
from django.utils import timezone

from queueing.settings import RoomSettings
from queueing.staff import openings, publication
from queueing.staff.models import Room
from queueing.usher import Usher
from tests.queueing.lines import TIER_KEY
from tests.queueing.staff.test_rooms import published, rooms
from tests.thieves.test_forged_settings import NoJobs

# Ushers look at the database by connections of their own.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_client")]

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def close() -> Callable[[datetime.timedelta], Room]:
    """A room closed until so long from now; written past the checks, as if that time had come."""

    def close(ahead: datetime.timedelta) -> Room:
        rooms("ensure", "passport")
        Room.objects.update(state="closed", state_reason="Until eight.", opens_at=timezone.now() + ahead)
        return Room.objects.get()

    return close


def test_room_opens_when_its_time_has_come_and_forgets_why_it_was_closed(close: Callable[..., Room]) -> None:
    before = close(-HOUR)
    [shown] = publication.rooms()
    assert (shown.state, shown.state_reason, shown.opens_at) == ("open", "", None)
    assert shown.version > before.version
    assert Room.objects.get().settings() == shown


def test_room_stays_closed_until_then(close: Callable[..., Room]) -> None:
    before = close(HOUR)
    [shown] = publication.rooms()
    assert shown == before.settings()
    assert shown.state == "closed"


def test_room_that_staff_close_again_stays_closed(close: Callable[..., Room]) -> None:
    close(-HOUR)
    publication.rooms()
    rooms("close", "passport", "--reason", "Not today after all.")
    [shown] = publication.rooms()
    assert (shown.state, shown.state_reason) == ("closed", "Not today after all.")


def test_of_two_ushers_one_opens_it_and_both_see_it_open(close: Callable[..., Room]) -> None:
    seen_by_one, seen_by_other = close(-HOUR), Room.objects.get()
    opened = openings.opened_if_due(seen_by_one)
    assert openings.opened_if_due(seen_by_other).version == opened.version == Room.objects.get().version


def test_usher_that_read_before_staff_changed_their_mind_opens_nothing(close: Callable[..., Room]) -> None:
    read_before = close(-HOUR)
    rooms("close", "passport", "--reason", "Not today after all.")
    assert openings.opened_if_due(read_before).state == "closed"
    assert Room.objects.get().state == "closed"


def test_room_that_is_removed_at_that_moment_does_not_come_back(close: Callable[..., Room]) -> None:
    read_before = close(-HOUR)
    Room.objects.all().delete()
    openings.opened_if_due(read_before)
    assert not Room.objects.exists()


def test_paused_room_is_no_business_of_the_clock(close: Callable[..., Room]) -> None:
    close(-HOUR)
    Room.objects.update(state="paused")
    assert [shown.state for shown in publication.rooms()] == ["paused"]


def test_usher_publishes_it_open_at_its_next_look(close: Callable[..., Room], redis_client: redis.Redis) -> None:
    def wanted() -> list[RoomSettings]:
        """In the usher's thread, which outlives the test: nothing of it may hold the database."""
        try:
            return publication.rooms()
        finally:
            connections.close_all()

    usher = Usher(redis_client, NoJobs(), wanted, TIER_KEY)
    close(-HOUR)
    usher.step()
    shown = published(redis_client)
    assert shown is not None
    assert (shown.state, shown.opens_at) == ("open", None)


def test_staff_close_a_room_until_a_time(redis_client: redis.Redis) -> None:
    rooms("ensure", "passport")
    rooms("close", "passport", "--opens-at", "2099-12-01T08:00+01:00")
    shown = published(redis_client)
    assert shown is not None
    assert (shown.state, shown.opens_at) == ("closed", datetime.datetime(2099, 12, 1, 7, tzinfo=datetime.UTC))
    rooms("resume", "passport")
    shown = published(redis_client)
    assert shown is not None
    assert (shown.state, shown.opens_at) == ("open", None)


@pytest.mark.parametrize("time", ["2099-12-01T08:00", "tomorrow", "8:00", "2020-12-01T08:00Z"])
def test_time_that_cannot_be_meant_is_refused(time: str) -> None:
    rooms("ensure", "passport")
    with pytest.raises(CommandError, match="opens_at"):
        rooms("close", "passport", "--opens-at", time)
    assert Room.objects.get().state == "open"


def test_form_that_is_saved_a_moment_after_the_time_is_no_mistake(close: Callable[..., Room]) -> None:
    room = close(-HOUR)
    room.notice = "Have your card ready."
    room.full_clean()
    room.opens_at = timezone.now() - 2 * HOUR
    with pytest.raises(ValidationError, match="past"):
        room.full_clean()
