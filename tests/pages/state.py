"""What a state of a page is, and the ways to come to one that several share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page, Route

from tests.pages.scene import Scene, Visitor

# The servers alone; an outcome put into Redis, signed as a worker signs it; frames or answers that the test writes.
Made = Literal["real", "redis", "answered"]
Begin = Callable[[Scene], Visitor]
# With the cookies of the visitor, where there is one.
Open = Callable[[Page, Visitor | None], None]


@dataclass(frozen=True)
class State:
    """`shows`: what is seen once the page has come to it. `begin`: who comes with a ticket; good for some minutes."""

    name: str
    made: Made
    shows: str
    open: Open
    begin: Begin | None = None
    # Whether the browser runs any.
    scripts: bool = True


def at(address: str) -> Open:
    def open_(page: Page, _visitor: Visitor | None) -> None:
        page.goto(address)

    return open_


def in_line(room: str) -> Begin:
    return lambda where: where.waiting(room)


def as_newcomer(address: str) -> Open:
    """Beside the one who began."""

    def open_(page: Page, _visitor: Visitor | None) -> None:
        page.context.clear_cookies()
        page.goto(address)

    return open_


def fill(page: Page, typed: dict[str, str]) -> None:
    year, month, day = typed["date_of_birth"].split("-")
    parts = {"date_of_birth_day": day, "date_of_birth_month": month, "date_of_birth_year": year}
    for name, value in (typed | parts).items():
        if name != "date_of_birth":
            page.fill(f"#{name}", value)


def erase_nothing(page: Page) -> None:
    """Let the page think that leaving and clearing have worked, so that the ticket is good for the next look."""

    def answer(route: Route) -> None:
        if route.request.method == "DELETE":
            route.fulfill(status=204)
        else:
            route.continue_()

    page.route("**/api/rooms/*/ticket", answer)
