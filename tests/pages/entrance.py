"""The form and what stands in its place: a closed room, a place that the browser has already, no way to the server."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.pages import scene
from tests.pages.scene import Visitor
from tests.pages.state import State, as_newcomer, at, fill, in_line

PERSON = scene.known("vaccinated")
WRONG = {
    "given_names": "Ieva 3",
    "family_name": "",
    "date_of_birth": "2101-02-30",
    "document_number": "?",
}


def with_errors(page: Page, _visitor: Visitor | None) -> None:
    page.goto("/rooms/passport")
    fill(page, WRONG)
    page.click("#join")


def in_another_language(page: Page, _visitor: Visitor | None) -> None:
    page.goto("/rooms/passport")
    page.click(".languages summary")


def filled(page: Page, _visitor: Visitor | None) -> None:
    page.goto("/rooms/passport")
    fill(page, PERSON)


def sending_without_network(page: Page, _visitor: Visitor | None) -> None:
    filled(page, None)
    page.context.set_offline(True)
    page.click("#join")


def sending_to_a_busy_server(page: Page, _visitor: Visitor | None) -> None:
    filled(page, None)
    page.route("**/api/rooms/*/tickets", lambda route: route.fulfill(status=503, headers={"Retry-After": "30"}))
    page.click("#join")


def conflict(page: Page, visitor: Visitor | None) -> None:
    """The form was open already when another tab took a place."""
    assert visitor and visitor.cookies
    page.context.clear_cookies()
    page.goto("/rooms/quiet")
    page.context.add_cookies(visitor.cookies["cookies"])
    fill(page, PERSON)
    page.click("#join")


def offline(page: Page, _visitor: Visitor | None) -> None:
    page.goto("/rooms/closed")
    page.context.set_offline(True)
    page.click("#look-again")


def busy(page: Page, _visitor: Visitor | None) -> None:
    page.goto("/rooms/closed")
    page.route("**/api/rooms/*", lambda route: route.fulfill(status=503, headers={"Retry-After": "30"}))
    page.click("#look-again")


STATES = (
    State("form", "real", "#screen-form", at("/rooms/passport")),
    State("form-with-languages", "real", ".languages ul", in_another_language),
    State("form-filled", "real", "#screen-form", filled),
    State("form-with-errors", "real", "#error-summary", with_errors),
    State("form-of-a-paused-room", "real", "#screen-form", as_newcomer("/rooms/paused"), in_line(scene.PAUSED)),
    State("form-offline", "real", "#sending", sending_without_network),
    State("form-busy", "answered", "#sending", sending_to_a_busy_server),
    State("conflict", "real", "#screen-conflict", conflict, in_line(scene.QUIET)),
    State("closed", "real", "#screen-closed", at("/rooms/closed")),
    State("closed-until", "real", "#screen-closed", at("/rooms/tomorrow")),
    State("closed-with-reason", "real", "#closed-reason", at("/rooms/holiday")),
    State("offline", "real", "#screen-trouble", offline),
    State("busy", "answered", "#screen-trouble", busy),
)
