"""What people see whose browser runs no scripts: the server writes each step, and the page looks again by itself."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.pages import ends, entrance, scene
from tests.pages.scene import Visitor
from tests.pages.state import Begin, Made, Open, State, as_newcomer, at, fill, in_line

WRONG = {"given_names": "Ieva 3", "family_name": "Ozoliņa", "date_of_birth": "2101-02-30", "document_number": "?"}


def with_errors(page: Page, _visitor: Visitor | None) -> None:
    page.goto("/rooms/passport")
    fill(page, WRONG)
    page.click("#join")


def conflict(page: Page, visitor: Visitor | None) -> None:
    assert visitor and visitor.cookies
    as_newcomer("/rooms/quiet")(page, visitor)
    page.context.add_cookies(visitor.cookies["cookies"])
    fill(page, entrance.PERSON)
    page.click("#join")


def plain(name: str, shows: str, open_: Open, begin: Begin | None = None, made: Made = "real") -> State:
    return State(f"{name}-without-scripts", made, shows, open_, begin, scripts=False)


QUIET = in_line(scene.QUIET)
STATES = (
    plain("form", "#screen-form", at("/rooms/passport")),
    plain("form-with-errors", "#error-summary", with_errors),
    plain("conflict", "#screen-conflict", conflict, QUIET),
    plain("waiting", "#screen-waiting", at("/rooms/quiet"), QUIET),
    plain("waiting-paused-by-staff", "#paused", at("/rooms/paused"), in_line(scene.PAUSED)),
    plain("leaving", '[data-screen="leave"]', at("/rooms/quiet?ask=leave"), QUIET),
    plain("left", "#screen-ended", at("/rooms/quiet?after=left")),
    plain("issued", "#screen-issued", at("/rooms/passport"), ends.issued),
    plain("refused", "#screen-ended", at("/rooms/passport"), ends.unknown),
    plain("cleared", "#screen-ended", at("/rooms/passport?after=cleared")),
    plain("closed", "#screen-closed", at("/rooms/tomorrow")),
)
