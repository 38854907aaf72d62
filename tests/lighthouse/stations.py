"""The pages that Lighthouse looks at, and how one browser comes to each, with real servers."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import BrowserContext

from project.local.stack import Stack
from tests.journeys.visitors import details, somebody

ROOM = "passport"
PATIENCE_S = 60
STEP_S = 0.1


@dataclass
class Visit:
    """The tickets of a browser, got without its pages."""

    vestibule: Stack
    context: BrowserContext

    def join(self, kind: str) -> None:
        typed = details(somebody(kind))
        headers = {"Origin": self.vestibule.address(), "Idempotency-Key": secrets.token_urlsafe(16)}
        answer = self.context.request.post(self._api("tickets"), data=typed, headers=headers)
        assert answer.status == 201, answer.text()

    def until(self, state: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while self.context.request.get(self._api("ticket")).json().get("state") != state:
            assert time.monotonic() < deadline, f"the ticket was never {state}"
            time.sleep(STEP_S)

    def manage(self, *arguments: str) -> None:
        self.vestibule.manage("rooms", *arguments)

    def forget(self) -> None:
        self.context.clear_cookies()

    def _api(self, what: str) -> str:
        return f"{self.vestibule.address()}/api/rooms/{ROOM}/{what}"


def nothing(_visit: Visit) -> None:
    """For who comes as he is."""


def wait(visit: Visit) -> None:
    """The line moves for nobody."""
    visit.manage("set", ROOM, "total_active_users=0")
    visit.join("vaccinated")


def be_served(visit: Visit) -> None:
    visit.manage("set", ROOM, "total_active_users=100")
    visit.until("issued")


def be_refused(visit: Visit) -> None:
    visit.forget()
    visit.join("none")
    visit.until("refused")


def come_too_late(visit: Visit) -> None:
    visit.forget()
    visit.manage("close", ROOM, "--reason", "The office is closed on holidays.")


@dataclass(frozen=True)
class Station:
    """`least`: of 100, for its speed; access and good practice are 100 everywhere. `skipped`: audits left out."""

    name: str
    path: str
    come: Callable[[Visit], None]
    least: int = 0
    skipped: tuple[str, ...] = ()


STATIONS = (
    Station("form", f"/rooms/{ROOM}", nothing),
    # Browsers write an error of their own about a page that is not there: it is the page.
    Station("404", "/no/such/page", nothing, skipped=("errors-in-console",)),
    Station("waiting", f"/rooms/{ROOM}", wait, 95),
    Station("issued", f"/rooms/{ROOM}", be_served),
    Station("passport", f"/rooms/{ROOM}/passport", nothing),
    Station("refused", f"/rooms/{ROOM}", be_refused),
    Station("closed", f"/rooms/{ROOM}", come_too_late),
)


def visited(visit: Visit) -> Iterator[tuple[Station, str]]:
    """Each with its address, while the browser is in that state: the order is the one of a visit."""
    for station in STATIONS:
        station.come(visit)
        yield station, visit.vestibule.address() + station.path
