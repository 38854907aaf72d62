"""The form of a room in the console: what staff save is published at once, or refused beside the field."""

from __future__ import annotations

import json
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from queueing import logos
from queueing.staff.models import Room
from tests.queueing.staff.test_rooms import published, rooms
from tests.queueing.test_logos import SVG, png
from tests.thieves.test_forged_looks import DRAWINGS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_client")]


class Desk:
    """Somebody of the staff, with the form of one room open."""

    def __init__(self, client: Client, room: Room) -> None:
        self.client = client
        self.address = f"/admin/staff/room/{room.pk}/change/"
        self.page = client.get(self.address)

    def fields(self) -> dict[str, Any]:
        """As the browser would send them back unchanged."""
        form = self.page.context["adminform"].form
        values = {bound.html_name: bound.value() for bound in form if bound.name not in ("logo", "opens_at")}
        return {name: value for name, value in values.items() if value not in (None, False)}

    def save(self, **changed: Any) -> HttpResponse:
        return self.client.post(self.address, self.fields() | changed)

    def refused(self, **changed: Any) -> dict[str, list[str]]:
        answer = self.save(**changed)
        assert answer.status_code == 200
        return dict(answer.context["adminform"].form.errors)


@pytest.fixture
def desk(settings: Any, client: Client) -> Desk:
    settings.ROOT_URLCONF = "project.urls.private"
    client.force_login(User.objects.create_superuser("staff", password="a long enough password"))
    rooms("ensure", "passport")
    return Desk(client, Room.objects.get())


def upload(content: bytes, name: str = "logo.svg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_form_that_is_saved_changes_the_room_at_once(redis_client: redis.Redis, desk: Desk) -> None:
    before = Room.objects.get().settings()
    assert desk.save(new_users_per_minute=77).status_code == 302
    shown = published(redis_client)
    assert shown is not None
    assert shown.new_users_per_minute == 77
    assert (shown.texts, shown.logo, shown.opens_at) == (before.texts, before.logo, before.opens_at)


def test_what_cannot_be_is_refused_beside_its_field(desk: Desk) -> None:
    assert "heartbeat_ttl_s" in desk.refused(heartbeat_ttl_s=1)
    assert "opens_at" in desk.refused(state="closed", opens_at_0="2020-12-01", opens_at_1="08:00")


def test_room_is_dressed_in_the_form(redis_client: redis.Redis, desk: Desk) -> None:
    words = {"de": {"form.title": "Ihr Gesundheitspass"}}
    colours = {"accent": "#1d3f8a", "paper": "#eef3fb", "accent_dark": "#9db8ff", "paper_dark": "#0d1426"}
    saved = desk.save(logo=upload(SVG), logo_alt="Office", texts=json.dumps(words), languages="de en", **colours)
    assert saved.status_code == 302
    shown = published(redis_client)
    assert shown is not None
    assert logos.read(shown.logo).content == SVG
    assert {name: getattr(shown, name) for name in colours} == colours
    assert (shown.texts, shown.languages, shown.logo_alt) == (words, ("de", "en"), "Office")


def test_logo_stays_until_another_comes_or_it_is_taken_away(desk: Desk) -> None:
    desk.save(logo=upload(SVG))
    desk.save(title="Passports")
    assert logos.read(Room.objects.get().logo).content == SVG
    desk.save(logo=upload(png(9, 9), "logo.png"))
    assert logos.read(Room.objects.get().logo).content == png(9, 9)
    desk.save(without_logo="on")
    assert Room.objects.get().logo == ""


@pytest.mark.parametrize("kind", ["script", "event", "page within", "a billion laughs", "huge"])
def test_drawing_that_does_more_than_draw_is_refused_and_says_what(desk: Desk, kind: str) -> None:
    [complaint] = desk.refused(logo=upload(DRAWINGS[kind].encode()))["logo"]
    assert complaint.startswith(("This file may not hold ", "This file has "))
    assert Room.objects.get().logo == ""


def test_colour_that_cannot_be_read_is_refused_with_one_that_can_and_shown(desk: Desk) -> None:
    answer = desk.save(accent="#ffcc00")
    assert "The nearest shade that can is #826800." in answer.content.decode()
    assert 'fill="#ffcc00"' in answer.content.decode()
    assert desk.save(accent="#826800").status_code == 302


def test_colour_that_is_none_is_refused_and_gets_into_no_drawing(desk: Desk) -> None:
    answer = desk.save(accent='"/><s>')
    assert answer.status_code == 200
    assert 'fill="&quot;' not in answer.content.decode()
    assert "<s>" not in answer.content.decode()


def test_words_are_shown_to_be_read_and_mistakes_in_them_named(desk: Desk) -> None:
    assert "texts" in desk.refused(texts="{")
    assert "placeholders" in desk.refused(texts='{"en": {"form.title": "Hello {name}"}}')["texts"][0]
    desk.save(texts='{"el": {"form.title": "Πάρτε"}}')
    page = desk.client.get(desk.address)
    assert "Πάρτε" in page.content.decode()
    assert desk.save(texts="").status_code == 302
    assert Room.objects.get().texts == {}


def test_new_room_is_made_in_the_form(redis_client: redis.Redis, desk: Desk) -> None:
    desk.address = "/admin/staff/room/add/"
    desk.page = desk.client.get(desk.address)
    assert desk.page.status_code == 200
    assert desk.save(slug="harbour", title="Harbour office").status_code == 302
    shown = published(redis_client, "harbour")
    assert shown is not None
    assert (shown.title, shown.logo, shown.texts) == ("Harbour office", "", {})
