"""A room is dressed in a theme and can be dressed back; samples can be read in light and dark."""

from __future__ import annotations

import colorsys
import itertools
import json
from pathlib import Path

import pytest
import redis
from django.core.management import CommandError

from queueing import settings
from queueing.settings import RoomSettings
from queueing.staff import theme_files
from queueing.staff.models import Room
from tests.queueing.staff.test_rooms import published, rooms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_client")]
SAMPLES = [name for name in theme_files.samples() if name != theme_files.USUAL]


@pytest.fixture
def room(redis_client: redis.Redis) -> Room:
    rooms("ensure", "passport")
    return Room.objects.get(slug="passport")


def look() -> theme_files.Theme:
    return theme_files.of(Room.objects.get())


def test_there_are_three_samples() -> None:
    assert SAMPLES == ["dusk", "harbour", "orchard"]


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_is_whole_and_can_be_read(name: str) -> None:
    theme = theme_files.read(name)
    assert all(theme[part] for part in theme_files.PARTS if part != "logo_alt")
    settings.check(RoomSettings(slug="passport", **theme))  # type: ignore[arg-type]
    assert len(theme["logo"]) < 2_000


def test_samples_are_told_apart_at_a_glance() -> None:
    accents = [theme_files.read(name)["accent"] for name in SAMPLES]
    hues = sorted(colorsys.rgb_to_hls(*bytes.fromhex(accent[1:]))[0] for accent in accents)
    assert all(later - earlier > 0.1 for earlier, later in itertools.pairwise(hues))


@pytest.mark.parametrize("name", SAMPLES)
def test_room_is_dressed_and_told_how_to_undo_it(redis_client: redis.Redis, room: Room, name: str) -> None:
    printed = rooms("look", "passport", name)
    assert "manage.py rooms look passport usual" in printed
    shown = published(redis_client)
    assert shown is not None
    assert {part: getattr(shown, part) for part in theme_files.PARTS} == theme_files.read(name)
    assert f"* {name}" in rooms("look", "passport")
    rooms("look", "passport", "usual")
    assert look() == theme_files.of(room)


def test_second_theme_is_undone_to_the_first(room: Room) -> None:
    rooms("look", "passport", "harbour")
    assert "rooms look passport harbour" in rooms("look", "passport", "dusk")


def test_own_look_is_not_lost(room: Room, tmp_path: Path) -> None:
    rooms("set", "passport", "accent=#1d3f8a", "logo_alt=Office of health")
    own, kept = look(), tmp_path / "own.json"
    with pytest.raises(CommandError, match="--keep"):
        rooms("look", "passport", "dusk")
    assert look() == own
    assert f"rooms look passport {kept}" in rooms("look", "passport", "dusk", keep=kept)
    assert look() == theme_files.read("dusk")
    rooms("look", "passport", str(kept))
    assert look() == own
    with pytest.raises(CommandError, match="cannot be written"):
        rooms("look", "passport", "dusk", keep=kept)


def test_file_of_staff_may_have_its_logo_beside_it(room: Room, tmp_path: Path) -> None:
    (tmp_path / "mark.svg").write_bytes((theme_files.SAMPLES / "dusk.svg").read_bytes())
    (tmp_path / "ours.json").write_text(json.dumps({"logo": "mark.svg", "accent": "#7a2757"}))
    rooms("look", "passport", str(tmp_path / "ours.json"))
    assert (look()["logo"], look()["paper"]) == (theme_files.read("dusk")["logo"], "")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "not JSON"),
        ("[]", "JSON object"),
        ('{"accent": 7}', "each a text"),
        ('{"notice": "x"}', "each a text"),
        ('{"accent": "#ffcc00"}', "accent: links in warnings"),
        ('{"logo": "nothing.svg"}', "cannot be read"),
    ],
)
def test_file_that_is_no_theme_is_refused(room: Room, tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "theme.json"
    file.write_text(content)
    with pytest.raises(CommandError, match=complaint):
        rooms("look", "passport", str(file))
    assert look() == theme_files.of(room)


def test_unknown_theme_names_those_there_are(room: Room) -> None:
    with pytest.raises(CommandError, match="usual, dusk, harbour, orchard"):
        rooms("look", "passport", "sepia")
