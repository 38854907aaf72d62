"""Who may write to Redis can change a room there: people are not shown it, and an usher puts it right."""

from __future__ import annotations

import dataclasses
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from queueing import errors, keys, publications, settings, settings_hash, vouching, web
from queueing.rooms import Rooms
from queueing.store import AsyncStore, connect_async
from queueing.usher import Usher
from tests.queueing.browsers import Browser
from tests.queueing.lines import TIER_KEY, Line

pytestmark = pytest.mark.usefixtures("served")

LIE = "Pay 20 at window 3."


class NoJobs:
    def hand_over(self, _room: str, _tickets: Any) -> None: ...

    def backlog(self) -> int:
        return 0


@pytest.fixture
def usher(line: Line) -> Usher:
    """One that has read the rooms before."""
    usher = Usher(line.client, NoJobs(), lambda: [line.settings], TIER_KEY)
    usher.step()
    return usher


def signed(line: Line, key: Ed25519PrivateKey, room: str = "test", **changed: Any) -> dict[str, str]:
    fields = settings_hash.of(dataclasses.replace(line.settings, **changed))
    return fields | {vouching.SIGNATURE: vouching.sign_settings(key, room, fields)}


def changes(line: Line) -> dict[str, Any]:
    """What he writes over the published hash; None takes it away."""
    his = Ed25519PrivateKey.generate()
    return {
        "a lie": {"notice": LIE, "title": LIE, "state_reason": LIE, "hosts": "elsewhere.example"},
        "a lie from the future": {"notice": LIE, "version": str(2**53)},
        "a look of his": {"logo": "data:image/svg+xml;base64,AAAA", "accent": "#ff0000", "texts": f'{{"en":"{LIE}"}}'},
        "signed with his key": signed(line, his, notice=LIE, version=2**53),
        "of another room": signed(line, TIER_KEY, room="other", notice=LIE),
        "one field more": {"note": LIE},
        "one field less": {"notice": None},
        "no signature": {vouching.SIGNATURE: None},
        "not text": {"notice": b"\xff\xfe", b"\xff": b"\xff", "total_active_users": "many"},
        "withdrawn": {name: None for name in settings_hash.of(line.settings) if name != "version"},
        "nothing left": dict.fromkeys((*settings_hash.of(line.settings), vouching.SIGNATURE, "epoch_began_us")),
    }


KINDS = [
    *(
        "a lie",
        "a lie from the future",
        "a look of his",
        "signed with his key",
        "of another room",
        "one field more",
        "one field less",
    ),
    *("no signature", "not text", "withdrawn", "nothing left"),
]


def write(line: Line, kind: str) -> None:
    for name, value in changes(line)[kind].items():
        if value is None:
            line.client.hdel(line.keys.settings, name)
        else:
            line.client.hset(line.keys.settings, name, value)


@pytest.mark.parametrize("kind", KINDS)
async def test_people_are_shown_what_the_private_tier_has_signed_last(line: Line, caplog: Any, kind: str) -> None:
    browser = Browser()
    await browser.join()
    write(line, kind)
    view = await web.hub().rooms.refresh("test")
    assert view.settings == line.settings
    assert LIE not in (await browser.client.get("/api/rooms/test")).content.decode()
    assert (await browser.get("ticket")).status_code in (200, 503)
    assert LIE not in caplog.text


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "nothing left"])
async def test_web_process_that_knows_none_yet_waits_for_an_usher(line: Line, kind: str, redis_url: str) -> None:
    """503, and nobody is told that there is no such room."""
    write(line, kind)
    store = AsyncStore(connect_async(redis_url))
    rooms = Rooms(store, [TIER_KEY.public_key()])
    with pytest.raises(errors.RoomNotReady):
        await rooms.view("test")
    await store.client.aclose(close_connection_pool=True)


@pytest.mark.parametrize("kind", KINDS)
def test_usher_puts_them_right_at_its_next_look(line: Line, usher: Usher, kind: str) -> None:
    before = line.client.hgetall(line.keys.settings)
    write(line, kind)
    usher._looked_at = 0.0
    usher.step()
    assert line.published() == line.settings
    assert line.client.hgetall(line.keys.settings) == before
    assert line.try_to_join("a").verdict == "joined"


def test_settings_that_were_signed_once_do_not_come_back(line: Line, usher: Usher) -> None:
    older = line.client.hgetall(line.keys.settings)
    line.publish(notice="We are back at two.", version=2)
    line.client.delete(line.keys.settings)
    line.client.hset(line.keys.settings, mapping=older)
    usher._looked_at = 0.0
    usher.step()
    assert line.published() == line.settings


def test_room_that_he_took_off_the_list_is_listed_again(line: Line, usher: Usher) -> None:
    line.client.srem(keys.ROOMS, "test")
    usher._looked_at = 0.0
    usher.step()
    assert line.client.smembers(keys.ROOMS) == {b"test"}


def test_usher_without_a_database_believes_no_settings_of_his(line: Line) -> None:
    seen = [True]

    def rooms() -> list[settings.RoomSettings]:
        if not seen[0]:
            raise OSError("the database does not answer")
        return [line.settings]

    blind = Usher(line.client, NoJobs(), rooms, TIER_KEY)
    blind.step()
    seen[0] = False
    write(line, "signed with his key")
    blind._looked_at = 0.0
    blind.step()
    assert line.published() == line.settings


async def test_reason_why_the_line_stands_still_is_no_place_to_speak_to_people(line: Line) -> None:
    browser = Browser()
    await browser.join()
    line.client.set(line.keys.pulse, LIE)
    await web.hub().rooms.refresh("test")
    shown = json.loads((await browser.get("ticket")).content)
    assert shown["paused"] == "no_usher"


def test_change_by_staff_is_told_while_somebody_writes_rubbish(line: Line, usher: Usher) -> None:
    """Whoever comes second, what is signed and newest is there a look later."""
    line.settings = dataclasses.replace(line.settings, notice="Come back at two.", version=time.time_ns() // 1_000)
    for kind in KINDS:
        write(line, kind)
        publications.publish(line.store, TIER_KEY, line.settings)
        assert line.published() == line.settings
