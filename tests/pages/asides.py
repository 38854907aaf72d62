"""Pages beside the waiting room: the list of rooms, what is not there, server trouble, the passport to be read."""

from __future__ import annotations

from playwright.sync_api import Page

from project.headers import HEADERS
from queueing.pages import press
from tests.pages import ends, scene
from tests.pages.scene import Visitor
from tests.pages.state import State, at, in_line


def of_the_edge(page: Page, _visitor: Visitor | None) -> None:
    """As nginx answers while web is down: with the page that was pressed for it. Its parts come from web here."""
    _assets, pages = press.press(press.FRONTEND)
    headers = HEADERS | {"Content-Type": "text/html; charset=utf-8"}
    page.route(
        "**/rooms/passport", lambda route: route.fulfill(status=503, headers=headers, body=pages["trouble.html"])
    )
    page.route("**/api/rooms", lambda route: route.fulfill(status=503, headers={"Retry-After": "30"}))
    page.goto("/rooms/passport")


STATES = (
    State("rooms", "real", "#rooms", at("/")),
    State("room-missing", "real", "#screen-missing", at("/rooms/nowhere")),
    State("not-found", "real", "main h1", at("/nothing")),
    State("server-trouble", "answered", "main h1", of_the_edge),
    State("passport-to-read", "real", "svg[role=img]", at("/rooms/passport/passport"), ends.issued),
    State("no-passport", "real", "main h1", at("/rooms/quiet/passport"), in_line(scene.QUIET)),
)
