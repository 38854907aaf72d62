"""The logo of a room, as browsers and caches get it."""

from __future__ import annotations

import gzip
import json

import pytest
from django.http import HttpResponse
from django.test import AsyncClient

from queueing import logos
from queueing.pages import logo as pages_logo
from tests.queueing.lines import Line
from tests.queueing.test_logos import SVG, png

pytestmark = pytest.mark.usefixtures("served")


async def address(line: Line, content: bytes, version: int) -> str:
    line.publish(logo=logos.to_uri(content), version=version)
    return f"/rooms/test/{logos.read(line.settings.logo).file_name}"


async def ask(path: str, **headers: str) -> HttpResponse:
    return await AsyncClient().get(path, headers=headers)


@pytest.mark.parametrize(
    ("content", "content_type"), [(SVG, "image/svg+xml; charset=utf-8"), (png(30, 20), "image/png")]
)
async def test_logo_is_kept_for_a_year_and_can_do_nothing(line: Line, content: bytes, content_type: str) -> None:
    answer = await ask(await address(line, content, 1))
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, content, content_type)
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Security-Policy"] == pages_logo.POLICY
    assert "'none'" in answer["Content-Security-Policy"] and "sandbox" in answer["Content-Security-Policy"]


async def test_logo_travels_compressed_where_the_browser_takes_that(line: Line) -> None:
    answer = await ask(await address(line, SVG, 1), accept_encoding="gzip, br")
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content) == SVG
    plain = await ask(await address(line, SVG, 2), accept_encoding="gzip;q=0")
    assert (plain.content, plain.has_header("Content-Encoding")) == (SVG, False)


async def test_room_tells_where_its_logo_is(line: Line) -> None:
    path = await address(line, SVG, 1)
    await ask(path)
    theme = json.loads((await ask("/api/rooms/test")).content)["theme"]
    assert (theme["logo"], theme["accent"]) == (path, None)


async def test_new_logo_has_a_new_address_and_the_old_one_is_gone(line: Line) -> None:
    first = await address(line, SVG, 1)
    assert (await ask(first)).status_code == 200
    second = await address(line, SVG.replace(b"#123456", b"#654321"), 2)
    assert second != first
    # Seen at once, though this process has looked at the room within the last second.
    assert (await ask(second)).status_code == 200
    gone = await ask(first)
    assert (gone.status_code, gone["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize("path", ["/rooms/test/logo-0123456789abcdef.svg", "/rooms/other/logo-0123456789abcdef.png"])
async def test_logo_that_is_none_is_not_there(path: str) -> None:
    assert (await ask(path)).status_code == 404


async def test_names_of_logos_that_are_guessed_cost_redis_little(line: Line) -> None:
    await ask(await address(line, SVG, 1))
    before = line.client.info("commandstats")["cmdstat_hgetall"]["calls"]
    for number in range(200):
        assert (await ask(f"/rooms/test/logo-{number:016x}.svg")).status_code == 404
    assert line.client.info("commandstats")["cmdstat_hgetall"]["calls"] - before < 100


async def test_room_of_the_usual_look_has_no_theme() -> None:
    room = json.loads((await ask("/api/rooms/test")).content)
    assert (room["theme"], room["languages"], room["opens_at"]) == (None, [], None)
