"""How a visit ends: with a passport, with a refusal, or otherwise."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.pages import frames, scene, truth
from tests.pages.scene import Scene, Visitor
from tests.pages.state import Begin, Open, State, at, erase_nothing, in_line

ADDRESS = "/rooms/passport"
VACCINATED = scene.known("vaccinated")
STRANGER = {
    "given_names": "Nobody",
    "family_name": "Unknown",
    "date_of_birth": "1980-03-27",
    "document_number": "XX0000000",
}


def issued(where: Scene) -> Visitor:
    return where.served(VACCINATED, "issued")


def unknown(where: Scene) -> Visitor:
    return where.served(STRANGER, "refused")


def refused(kind: str) -> Begin:
    return lambda where: where.served(scene.known(kind), "refused")


def ruled(state: str, reason: str) -> Begin:
    def begin(where: Scene) -> Visitor:
        visitor = where.served(scene.known("none"), "refused")
        truth.rule(where, visitor, state, reason)
        return visitor

    return begin


def lapsed(where: Scene) -> Visitor:
    visitor = where.waiting(scene.SHORT)
    truth.wait_for_the_end(where, visitor)
    return visitor


def forgotten(where: Scene) -> Visitor:
    visitor = where.served(STRANGER, "refused", scene.BRIEF)
    visitor.until(410)
    return visitor


def passport_forgotten(where: Scene) -> Visitor:
    visitor = where.served(VACCINATED, "issued", scene.BRIEF)
    visitor.until(410)
    return visitor


def line_ended(where: Scene) -> Visitor:
    visitor = where.waiting(scene.ENDED)
    where.manage(["rooms", "epoch", scene.ENDED, "--yes"])
    visitor.until(410)
    return visitor


def after(minutes: int) -> Open:
    """The passport, so many minutes after it was made."""

    def open_(page: Page, _visitor: Visitor | None) -> None:
        page.clock.install()
        page.goto(ADDRESS)
        page.clock.fast_forward(minutes * 60_000)

    return open_


def expired(page: Page, visitor: Visitor | None) -> None:
    gone = {"type": "about:blank", "title": "Gone", "status": 410, "reason": "gone"}
    page.route("**/api/rooms/*/ticket", lambda route: route.fulfill(status=410, json=gone))
    after(11)(page, visitor)


def cleared(page: Page, _visitor: Visitor | None) -> None:
    erase_nothing(page)
    page.goto(ADDRESS)
    page.click("#clear-device")


def taking_another(page: Page, _visitor: Visitor | None) -> None:
    page.goto(ADDRESS)
    page.click("#another")


def left(page: Page, _visitor: Visitor | None) -> None:
    erase_nothing(page)
    page.goto("/rooms/quiet")
    page.click("#leave")
    page.click("#leave-confirm")


def cookie_lost(page: Page, _visitor: Visitor | None) -> None:
    frames.answer(page, frames.state(7), then_close=frames.NO_TICKET)
    page.goto("/rooms/quiet")
    page.context.clear_cookies()


ENDED = "#screen-ended"
STATES = (
    State("issued", "real", "#screen-issued", at(ADDRESS), issued),
    State("issued-near-its-end", "real", "#screen-issued", after(9), issued),
    State("another-person", "real", "#another-dialog", taking_another, issued),
    State("refused-no-record", "real", ENDED, at(ADDRESS), unknown),
    State("refused-ambiguous-record", "real", ENDED, at(ADDRESS), refused("twice")),
    State("refused-not-eligible", "real", ENDED, at(ADDRESS), refused("none")),
    State("refused-incomplete-record", "redis", ENDED, at(ADDRESS), ruled("refused", "incomplete_record")),
    State("refused-too-many-tries", "redis", ENDED, at(ADDRESS), ruled("refused", "too_many_tries")),
    State("failed", "redis", ENDED, at(ADDRESS), ruled("failed", "internal")),
    State("failed-registry-unavailable", "redis", ENDED, at(ADDRESS), ruled("failed", "registry_unavailable")),
    State("lapsed", "real", ENDED, at("/rooms/short"), lapsed),
    State("gone", "real", ENDED, at("/rooms/brief"), forgotten),
    State("line-ended", "real", ENDED, at("/rooms/ended"), line_ended),
    State("cookie-lost", "real", ENDED, cookie_lost, in_line(scene.QUIET)),
    State("left", "answered", ENDED, left, in_line(scene.QUIET)),
    State("expired", "answered", ENDED, expired, issued),
    State("cleared", "answered", ENDED, cleared, issued),
)
