"""Settings as they stand in Redis: they come out as they were, whatever else a newer version writes there."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from queueing import settings_hash
from queueing.settings import RoomSettings
from tests.queueing.test_settings import OWN_LOOK, ROOM


def stored(room: RoomSettings = OWN_LOOK, **changed: str) -> dict[bytes, bytes]:
    return {name.encode(): value.encode() for name, value in (settings_hash.of(room) | changed).items()}


@pytest.mark.parametrize("room", [ROOM, OWN_LOOK, RoomSettings(slug="a")])
def test_settings_survive_publication(room: RoomSettings) -> None:
    assert settings_hash.read(stored(room) | {b"epoch_began_us": b"0", b"of_a_newer_version": b"x"}) == room


def test_times_are_whole_milliseconds() -> None:
    published = settings_hash.of(OWN_LOOK)
    assert (published["grace_period_ms"], published["opens_at_ms"]) == ("90000", "1796108400000")
    assert settings_hash.of(ROOM)["opens_at_ms"] == ""


def test_room_with_half_a_character_can_be_published_all_the_same() -> None:
    room = replace(ROOM, title="half \ud800 a character", texts={"en": {"form.title": "\udfff"}})
    read = settings_hash.read(stored(room))
    assert read is not None
    assert (read.title, read.texts["en"]["form.title"]) == ("half ? a character", "?")
    assert settings_hash.says(stored(room), room)


def test_same_settings_are_known_again_also_where_a_newer_version_wrote_more() -> None:
    assert settings_hash.says(stored() | {b"of_a_newer_version": b"x"}, OWN_LOOK)
    assert not settings_hash.says(stored(), ROOM)
    assert not settings_hash.says({}, OWN_LOOK)


def test_nothing_published_is_no_room() -> None:
    assert settings_hash.read({}) is None


def test_what_an_older_version_did_not_publish_is_as_usual() -> None:
    older = {name: value for name, value in stored().items() if name in (b"slug", b"title", b"version")}
    assert settings_hash.read(older) == RoomSettings(slug="passport", title=OWN_LOOK.title)


@pytest.mark.parametrize(
    ("stored_as", "value", "name"),
    [
        ("opens_at_ms", "tomorrow", "opens_at"),
        ("opens_at_ms", "9" * 30, "opens_at"),
        ("logo", "data:image/avif;base64,AAAA", "logo"),
        ("accent", "oklch(50% 0.2 30)", "accent"),
        ("paper_dark", "#12345678", "paper_dark"),
        ("texts", "[]", "texts"),
        ("texts", "{", "texts"),
        ("mode", "appointment", "mode"),
        ("notice_level", "loud", "notice_level"),
        ("grace_period_ms", "a while", "grace_period_s"),
        ("total_active_users", "many", "total_active_users"),
    ],
)
def test_what_a_newer_version_writes_otherwise_is_as_usual_and_the_rest_counts(
    stored_as: str, value: str, name: str
) -> None:
    usual = getattr(RoomSettings(slug="passport"), name)
    assert settings_hash.read(stored(**{stored_as: value})) == replace(OWN_LOOK, **{name: usual})


def test_state_of_a_newer_version_lets_nobody_in() -> None:
    read = settings_hash.read(stored(state="prequeue"))
    assert read is not None
    assert read.state == "closed"


def test_every_setting_is_published() -> None:
    assert len(settings_hash.of(ROOM)) == len(fields(RoomSettings))
