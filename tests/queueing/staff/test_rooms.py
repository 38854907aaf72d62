from __future__ import annotations

import dataclasses
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as configured
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from queueing import keys, logos, publications, settings, settings_hash
from queueing.room import WaitingRoom
from queueing.staff.models import Room
from queueing.store import Store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_client")]


def rooms(*arguments: str, **options: Any) -> str:
    printed = io.StringIO()
    call_command("rooms", *arguments, stdout=printed, stderr=printed, **options)
    return printed.getvalue()


def published(client: redis.Redis, slug: str = "passport") -> settings.RoomSettings | None:
    return settings_hash.read(client.hgetall(keys.RoomKeys(slug).settings))


@pytest.fixture
def room(redis_client: redis.Redis) -> Room:
    rooms("ensure", "passport")
    return Room.objects.get(slug="passport")


def test_room_is_made_once_and_published(redis_client: redis.Redis) -> None:
    assert "made" in rooms("ensure", "passport")
    assert "was there" in rooms("ensure", "passport")
    shown = published(redis_client)
    assert shown is not None
    assert (shown.slug, shown.state, shown.epoch) == ("passport", "open", 1)


def test_new_room_calls_at_once_and_one_whose_state_was_lost_waits_for_its_people(redis_client: redis.Redis) -> None:
    incarnation = keys.RoomKeys("passport").incarnation
    rooms("ensure", "passport")
    assert redis_client.hget(incarnation, "hold_until_ms") == b"0"
    redis_client.flushdb()
    rooms("set", "passport", "total_active_users=7")
    assert int(redis_client.hget(incarnation, "hold_until_ms")) > 0


def test_settings_take_effect_at_once_and_say_what_they_were(redis_client: redis.Redis, room: Room) -> None:
    printed = rooms("set", "passport", "total_active_users=7", "title=Health passports")
    assert "→ 7" in printed
    shown = published(redis_client)
    assert shown is not None
    assert (shown.total_active_users, shown.title) == (7, "Health passports")


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("total_active_users=many", "whole number"),
        ("total_active_users=-1", "total_active_users"),
        ("heartbeat_ttl_s=1", "heartbeat_ttl_s"),
        ("state=asleep", "state"),
        ("colour=red", "write name=value"),
        ("title", "write name=value"),
        ("slug=other", "write name=value"),
        ("title= ", "title"),
    ],
)
def test_settings_that_cannot_be_are_refused_and_nothing_changes(room: Room, value: str, complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        rooms("set", "passport", value)
    assert Room.objects.get().settings() == room.settings()


def test_pause_resume_close_and_notice(redis_client: redis.Redis, room: Room) -> None:
    rooms("pause", "passport", "--reason", "Lunch.")
    shown = published(redis_client)
    assert shown is not None
    assert (shown.state, shown.state_reason) == ("paused", "Lunch.")
    rooms("close", "passport")
    rooms("notice", "passport", "--warning", "The registry is slow.")
    shown = published(redis_client)
    assert shown is not None
    assert (shown.state, shown.notice, shown.notice_level) == ("closed", "The registry is slow.", "warning")
    rooms("resume", "passport")
    rooms("notice", "passport", "")
    shown = published(redis_client)
    assert shown is not None
    assert (shown.state, shown.state_reason, shown.notice) == ("open", "", "")


def test_new_epoch_asks_first(redis_client: redis.Redis, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _question: "no")
    with pytest.raises(CommandError, match="nothing was changed"):
        rooms("epoch", "passport")
    rooms("epoch", "passport", "--yes")
    shown = published(redis_client)
    assert shown is not None
    assert shown.epoch == 2


def test_list_and_show_for_people_and_for_programs(redis_client: redis.Redis, room: Room) -> None:
    Store(redis_client).run(WaitingRoom("passport").join("a", b"", "REF", "address", 10))
    assert "passport" in rooms("list")
    assert json.loads(rooms("list", "--json"))[0]["slug"] == "passport"
    shown = json.loads(rooms("show", "passport", "--json"))
    assert (shown["title"], shown["now"]["waiting"], shown["now"]["minute"]["joined"]) == ("Passport", 1, 1)
    assert "waiting" in rooms("show", "passport")


def test_watch_shows_sockets_by_web_process(redis_client: redis.Redis, room: Room, capsys: Any) -> None:
    shop = Store(redis_client)
    shop.run(WaitingRoom("passport").heartbeat("web-one", 3))
    shop.run(WaitingRoom("passport").heartbeat("web-two", 4))
    rooms("watch", "passport", "--once")
    printed = capsys.readouterr().out
    assert "7" in printed.splitlines()[0]
    assert "web-one" in printed
    assert "web-two" in printed
    assert "no usher is at work" in printed


def test_room_is_removed_when_nobody_is_in_it(redis_client: redis.Redis, room: Room) -> None:
    shop, line = Store(redis_client), WaitingRoom("passport")
    shop.run(line.join("a", b"", "REF", "address", 10))
    with pytest.raises(CommandError, match="1 wait"):
        rooms("remove", "passport")
    shop.run(line.leave("a"))
    rooms("remove", "passport")
    assert published(redis_client) is None
    assert redis_client.smembers(keys.ROOMS) == set()
    assert not Room.objects.exists()


def test_room_stays_where_redis_cannot_be_told_of_its_removal(redis_client: redis.Redis, room: Room) -> None:
    redis_client.set(keys.RoomKeys("passport").settings, "what no script can write to")
    with pytest.raises(CommandError, match="Redis does not answer"):
        rooms("remove", "passport")
    assert Room.objects.filter(slug="passport").exists()


def test_usher_that_still_knows_a_removed_room_does_not_bring_it_back(redis_client: redis.Redis, room: Room) -> None:
    rooms("remove", "passport")
    publications.publish(Store(redis_client), configured.TIER_SIGNING_KEY, room.settings())
    assert published(redis_client) is None
    assert redis_client.smembers(keys.ROOMS) == set()
    rooms("ensure", "passport")
    assert published(redis_client) == Room.objects.get().settings()
    assert redis_client.smembers(keys.ROOMS) == {b"passport"}


def test_each_change_is_newer_whatever_the_clock_says(room: Room) -> None:
    assert abs(room.version / 1e6 - time.time()) < 3_600
    ahead = room.version + 10**15
    Room.objects.update(version=ahead)
    rooms("set", "passport", "title=Another")
    assert Room.objects.get().version == ahead + 1


def test_epoch_does_not_fall_where_two_change_a_room_at_once(redis_client: redis.Redis, room: Room) -> None:
    rooms("epoch", "passport", "--yes")
    room.title = "Written before the line was ended"
    room.save()
    assert (Room.objects.get().epoch, Room.objects.get().title) == (2, room.title)


def test_unknown_room_names_those_there_are(room: Room) -> None:
    with pytest.raises(CommandError, match=r"no room other .*passport"):
        rooms("show", "other")


def test_room_that_cannot_be_is_not_saved() -> None:
    with pytest.raises(ValidationError):
        Room(slug="Not a slug").full_clean()


def test_look_and_words_are_typed_or_named_as_files_and_shown_short(
    redis_client: redis.Redis, room: Room, tmp_path: Path
) -> None:
    logo, words = tmp_path / "office.svg", tmp_path / "words.json"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><path d="M0 0h9v9z"/></svg>')
    words.write_text('{"de": {"form.title": "Ihr Pass"}}', encoding="utf-8")
    values = ("accent=#1d3f8a", "paper_dark=#0d1426", "languages=de en", f"logo={logo}", f"texts={words}")
    printed = rooms("set", "passport", *values)
    assert f"svg, {logo.stat().st_size} bytes, 120 × 40" in printed
    assert "data:" not in printed + rooms("show", "passport")
    shown = published(redis_client)
    assert shown is not None
    assert (shown.accent, shown.paper_dark, shown.languages) == ("#1d3f8a", "#0d1426", ("de", "en"))
    assert shown.texts == {"de": {"form.title": "Ihr Pass"}}
    assert logos.read(shown.logo).content == logo.read_bytes()
    rooms("set", "passport", "accent=", "paper_dark=", "languages=", "logo=", "texts=")
    assert dataclasses.replace(Room.objects.get().settings(), version=room.version) == room.settings()


def test_show_tells_programs_the_look_as_it_is_kept(room: Room) -> None:
    rooms("close", "passport", "--opens-at", "2099-12-01T08:00Z")
    shown = json.loads(rooms("show", "passport", "--json"))
    assert (shown["opens_at"], shown["texts"], shown["accent"]) == ("2099-12-01T08:00+00:00", {}, "")
    assert json.loads(rooms("list", "--json"))[0]["opens_at"] == shown["opens_at"]


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("accent=#ffcc00", r"accent: links in warnings .* 1\.37, needed 4\.5.* #826800"),
        ("accent=yellow", "accent"),
        ("paper=#000000", "paper: "),
        ("languages=English", "languages"),
        ("logo=no/such/file.svg", "logo: no/such/file.svg cannot be read"),
        ("logo=README.md", "logo: README.md is neither"),
        ("logo=data:text/html;base64,AAAA", "logo: must be an SVG or a PNG"),
        ("texts=no/such/file.json", "texts: no/such/file.json cannot be read"),
        ("texts={", "texts: write JSON"),
        ('texts={"en": {"form.title": "Hello {name}"}}', "texts: en form.title: must have the placeholders"),
        ("opens_at=tomorrow", "opens_at: write date, time and time zone"),
        ("opens_at=9999-12-31T23:59:59-12:00", "opens_at: write date, time and time zone"),
    ],
)
def test_look_and_words_that_cannot_be_are_refused(room: Room, value: str, complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        rooms("set", "passport", value)
    assert Room.objects.get().settings() == room.settings()
