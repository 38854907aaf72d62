"""Pages beside the waiting room: the list of rooms, what is not there, server trouble, the passport to be read."""

from __future__ import annotations

import functools

from playwright.sync_api import Page, Route

from project.headers import HEADERS
from queueing.pages import press
from tests.pages import ends, scene, truth
from tests.pages.scene import Scene, Visitor
from tests.pages.state import State, at, in_line


def of_a_room_that_is_not_ready(page: Page, _visitor: Visitor | None) -> None:
    page.route("**/api/rooms", lambda route: route.fulfill(status=503, headers={"Retry-After": "30"}))
    page.goto("/rooms/busy")


def of_the_edge(page: Page, _visitor: Visitor | None) -> None:
    """As nginx answers while web is down: with the page that was pressed for it. Its parts come from web here."""
    page.route("**/rooms/passport", _trouble)
    page.route("**/api/rooms", lambda route: route.fulfill(status=503, headers={"Retry-After": "30"}))
    page.goto("/rooms/passport")


def _trouble(route: Route) -> None:
    language = route.request.headers["accept-language"][:2]
    headers = HEADERS | {"Content-Type": "text/html; charset=utf-8"}
    route.fulfill(status=503, headers=headers, body=_pressed()[f"trouble.{language}.html"])


@functools.cache
def _pressed() -> dict[str, bytes]:
    _assets, pages = press.press(press.FRONTEND)
    return pages


def unready(where: Scene) -> Visitor:
    """A room whose settings nobody has signed: web waits for those that somebody has."""
    truth.publish_unsigned(where, "busy")
    return where.visitor("busy")


STATES = (
    State("rooms", "real", "#rooms", at("/")),
    State("room-missing", "real", "#screen-missing", at("/rooms/nowhere")),
    State("not-found", "real", "main h1", at("/nothing")),
    State("service-busy", "answered", "main h1", of_a_room_that_is_not_ready, unready),
    State("server-trouble", "answered", "main h1", of_the_edge),
    State("passport-to-read", "real", "svg[role=img]", at("/rooms/passport/passport"), ends.issued),
    State("passport-deleted", "real", "main h1", at("/rooms/brief/passport"), ends.passport_forgotten),
    State("no-passport", "real", "main h1", at("/rooms/quiet/passport"), in_line(scene.QUIET)),
)
