"""The page of who waits is light: issue 5 allows 30 kB and three requests, with everything and in every language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, sync_playwright

from project.local import watchdog
from tests import servers
from tests.weight import scales, scene

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def place(guard: watchdog.Watchdog, tmp_path_factory: pytest.TempPathFactory) -> Iterator[scene.Scene]:
    folder = tmp_path_factory.mktemp("weight")
    with servers.running_valkey(guard, folder) as valkey, scene.waiting(guard, valkey.url(), folder) as made:
        yield made


@pytest.mark.parametrize("language", scales.LANGUAGES)
def test_waiting_page_is_light_in_every_language(place: scene.Scene, language: str) -> None:
    weight = scales.weigh(place, language)
    assert weight.excess == ""
    assert {kind for kind in scales.KINDS if weight.bytes_of[kind] > 0} == set(scales.KINDS)


def test_too_much_is_said() -> None:
    assert scales.Weight({"document": 29_999}, 3).excess == ""
    assert scales.Weight({"document": 30_001}, 3).excess == "30,001 bytes, 30,000 are allowed"
    assert scales.Weight({"document": 1}, 4).excess == "4 requests, 3 are allowed"


class Wire:
    """What a browser fetches until the page is of use: it then opens its WebSocket."""

    def __init__(self, devtools: CDPSession) -> None:
        self.asked: list[str] = []
        self.bytes = 0
        self.useful = False
        devtools.on("Network.requestWillBeSent", self._asked)
        devtools.on("Network.loadingFinished", self._loaded)
        devtools.on("Network.webSocketCreated", self._opened)
        devtools.send("Network.enable")

    def _asked(self, event: dict[str, Any]) -> None:
        if not self.useful:
            self.asked.append(f"{event['type']} {event['request']['url']}")

    def _loaded(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]

    def _opened(self, _event: dict[str, Any]) -> None:
        self.useful = True


def test_browser_fetches_no_more_than_that(place: scene.Scene, chromium: Path) -> None:
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS) as browser,
    ):
        context = browser.new_context(locale="el")
        name, _, value = place.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": place.url}])
        page = context.new_page()
        wire = Wire(context.new_cdp_session(page))
        with page.expect_websocket():
            page.goto(place.url + place.page)
        page.wait_for_load_state("networkidle")
    kinds = [asked.partition(" ")[0] for asked in wire.asked]
    # The page keeps room for the logo and does not wait for it.
    assert [kind for kind in kinds if kind != "Image"] == ["Document", "Stylesheet", "Script"]
    assert 10_000 < wire.bytes <= scales.LIMIT_BYTES
