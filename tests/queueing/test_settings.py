from __future__ import annotations

import dataclasses
import datetime
from dataclasses import replace

import pytest

from queueing import errors, logos, settings

ROOM = settings.RoomSettings(slug="passport", title="Pässe", hosts=("a.example", "b.example"), grace_period_s=90)
LOGO = logos.to_uri(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>')
OWN_LOOK = replace(
    ROOM,
    opens_at=datetime.datetime(2026, 12, 1, 7, tzinfo=datetime.UTC),
    languages=("de", "pt-BR"),
    logo=LOGO,
    logo_alt="Amt für Gesundheit",
    accent="#1d3f8a",
    paper="#eef3fb",
    accent_dark="#9db8ff",
    paper_dark="#0d1426",
    texts={"de": {"form.title": "Ihr Pass: “sofort”"}},
)


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
        ("opens_at", datetime.datetime(2026, 12, 1, 7)),  # noqa: DTZ001 that is what is wrong with it
        ("languages", ("English",)),
        ("languages", ("de", "de")),
        ("languages", tuple(f"a{letter}-{digit}a" for letter in "abcdefg" for digit in range(8))),
        ("logo", "https://elsewhere.example/logo.svg"),
        ("logo_alt", "x" * 201),
        ("accent", "red"),
        ("accent", "#ffcc00"),
        ("paper", "#334455"),
        ("accent_dark", "#0b5563"),
        ("paper_dark", "#ffffff"),
        ("texts", {"en": {"form.title": "Hello {name}"}}),
        ("texts", {"en": {"form.title": "half \ud800 a character"}}),
        ("title", "half \ud800 a character"),
        ("hosts", ("half.\ud800.example",)),
    ],
)
def test_settings_that_cannot_be_are_named(field: str, value: object) -> None:
    with pytest.raises(errors.BadSettings) as caught:
        settings.check(replace(ROOM, **{field: value}))
    assert list(caught.value.errors) == [field]


def test_good_settings_pass() -> None:
    settings.check(ROOM)
    settings.check(OWN_LOOK)


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = replace(ROOM, slug="Not a slug", title=" ", accent="#ffcc00", accent_dark="#000000", lease_s=0)
    with pytest.raises(errors.BadSettings) as caught:
        settings.check(wrong)
    assert set(caught.value.errors) == {"slug", "title", "accent", "accent_dark", "lease_s"}


def test_settings_have_the_usual_look_unless_staff_say_otherwise() -> None:
    plain = settings.RoomSettings(slug="passport")
    look = ("languages", "logo", "logo_alt", "accent", "paper", "accent_dark", "paper_dark", "texts", "opens_at")
    assert not any(getattr(plain, name) for name in look)
    assert set(look) < {field.name for field in dataclasses.fields(plain)}
