"""Waiting in line, and being served."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.pages import frames, scene
from tests.pages.scene import Visitor
from tests.pages.state import State, at, in_line

ADDRESS = "/rooms/quiet"
QUIET = in_line(scene.QUIET)
PAUSES = ("registry_unavailable", "no_workers", "broker_unreachable", "no_usher", "restoring", "paused")


def heard(name: str, shows: str, *told: dict[str, Any]) -> State:
    """A state that these frames bring about."""

    def open_(page: Page, _visitor: Visitor | None) -> None:
        frames.answer(page, *told)
        page.goto(ADDRESS)

    return State(name, "answered", shows, open_, QUIET)


def without_sockets(page: Page, _visitor: Visitor | None) -> None:
    frames.refuse(page)
    page.goto(ADDRESS)
    page.wait_for_selector('#link[data-link="polling"]')


def lost(page: Page, _visitor: Visitor | None) -> None:
    cut = frames.cut(page)
    page.goto(ADDRESS)
    page.wait_for_selector('#link[data-link="socket"]')
    page.context.set_offline(True)
    cut()


def with_alerts(page: Page, _visitor: Visitor | None) -> None:
    """Whatever the browser says to it: a headless one has no screen to keep on."""
    page.context.grant_permissions(["notifications"])
    page.goto(ADDRESS)
    for alert in page.locator(".alert button").all():
        alert.click()
    page.wait_for_function("() => [...document.querySelectorAll('.alert p')].every((said) => said.textContent)")


def leaving(page: Page, _visitor: Visitor | None) -> None:
    page.goto(ADDRESS)
    page.click("#leave")


PAUSED = {"wait_s": [240, 420], "pace_per_s": 0}
STATES = (
    State("waiting", "real", "#screen-waiting", at(ADDRESS), QUIET),
    State("waiting-paused-by-staff", "real", "#paused", at("/rooms/paused"), in_line(scene.PAUSED)),
    State("waiting-by-polling", "real", "#screen-waiting", without_sockets, QUIET),
    State("waiting-without-connection", "real", '#link[data-link="lost"]', lost, QUIET),
    heard("waiting-next", "#screen-waiting", frames.state(1, wait_s=[10, 40], pace_per_s=0.1)),
    heard("waiting-long", "#screen-waiting", frames.state(12_345, wait_s=[1_500, 2_100], pace_per_s=6.5)),
    heard("waiting-corrected", "#corrected", frames.state(48), frames.state(61, corrected="restored")),
    *(
        heard(f"waiting-{reason.replace('_', '-')}", "#paused", frames.state(48, paused=reason, **PAUSED))
        for reason in PAUSES
    ),
    State("waiting-with-alerts", "real", ".alert p", with_alerts, QUIET),
    State("leaving", "real", "#leave-dialog", leaving, QUIET),
    heard("serving", "#screen-serving", frames.state(1), {"type": "called", "called_at_us": 0}),
)
