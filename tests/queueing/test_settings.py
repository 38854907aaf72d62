from __future__ import annotations

from dataclasses import replace

import pytest

from queueing import errors, settings

ROOM = settings.RoomSettings(slug="passport", title="Pässe", hosts=("a.example", "b.example"), grace_period_s=90)


def test_settings_survive_publication() -> None:
    published = {name.encode(): value.encode() for name, value in settings.to_hash(ROOM).items()}
    assert published[b"grace_period_ms"] == b"90000"
    assert settings.from_hash(published | {b"epoch_began_us": b"0", b"of_a_newer_version": b"x"}) == ROOM


def test_nothing_published_is_no_room() -> None:
    assert settings.from_hash({}) is None


def test_room_is_listed_for_its_hosts_alone() -> None:
    assert ROOM.serves_host("a.example") and not ROOM.serves_host("c.example")
    assert replace(ROOM, hosts=()).serves_host("c.example")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "Not a slug"),
        ("slug", ""),
        ("slug", "-a"),
        ("slug", "a" * 41),
        ("title", " "),
        ("mode", "other"),
        ("state", "other"),
        ("notice_level", "loud"),
        ("notice", "x" * 501),
        ("total_active_users", -1),
        ("new_users_per_minute", 10_000_001),
        ("heartbeat_ttl_s", 1),
        ("lease_s", 0),
        ("result_ttl_s", 0),
        ("grace_period_s", 0),
    ],
)
def test_settings_that_cannot_be_are_named(field: str, value: object) -> None:
    with pytest.raises(errors.BadSettings) as caught:
        settings.check(replace(ROOM, **{field: value}))
    assert list(caught.value.errors) == [field]


def test_good_settings_pass() -> None:
    settings.check(ROOM)
