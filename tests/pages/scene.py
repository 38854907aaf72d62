"""Vestibule as `make up` runs it, with a room for each thing that staff can do to one, and people who visit it."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import APIRequestContext, Playwright, StorageState

from issuance.registry import people
from project.local import environments, folders, options, site, stack
from tests.journeys.visitors import details

PATIENCE_S = 60
STEP_S = 0.1
# The registry's own limit is not looked at here.
RATE_PER_S = 50
PASSPORT = "passport"
# Nobody is called there.
QUIET = "quiet"
PAUSED = "paused"
CLOSED, CLOSED_WHY, CLOSED_UNTIL = "closed", "holiday", "tomorrow"
# Places are kept for seconds; outcomes are.
SHORT, BRIEF = "short", "brief"
# Its line is ended while people wait in it.
ENDED = "ended"


def tomorrow_at_eight() -> str:
    tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
    return tomorrow.strftime("%Y-%m-%dT08:00+00:00")


ROOMS: dict[str, dict[str, str]] = {
    PASSPORT: {"title": "Health passport"},
    QUIET: {"title": "Health passport", "total_active_users": "0", "grace_period_s": "7200"},
    PAUSED: {
        "title": "Health passport",
        # Between two looks in another language minutes may pass.
        "grace_period_s": "7200",
        "state": "paused",
        "state_reason": "The office is at lunch until one.",
        "notice": "Bring your identity document if you come to the counter.",
        "notice_level": "warning",
    },
    CLOSED: {"title": "Health passport", "state": "closed"},
    CLOSED_WHY: {"title": "Health passport", "state": "closed", "state_reason": "The office is closed on holidays."},
    SHORT: {"title": "Health passport", "total_active_users": "0", "grace_period_s": "1", "heartbeat_ttl_s": "3"},
    BRIEF: {"title": "Health passport", "result_ttl_s": "5"},
    CLOSED_UNTIL: {"title": "Health passport", "state": "closed", "opens_at": tomorrow_at_eight()},
    ENDED: {"title": "Health passport", "total_active_users": "0"},
}


@dataclass
class Visitor:
    """One browser that has no window yet: its cookies, and what it asks for."""

    api: APIRequestContext
    room: str
    # As they were when the ticket was given: once it is gone, the server takes it back.
    cookies: StorageState | None = None

    def join(self, typed: dict[str, str]) -> dict[str, Any]:
        answer = self.api.post(
            f"/api/rooms/{self.room}/tickets", data=typed, headers={"Idempotency-Key": secrets.token_urlsafe(16)}
        )
        assert answer.status in {200, 201}, answer.text()
        self.cookies = self.api.storage_state()
        return dict(answer.json())

    def ticket(self) -> tuple[int, dict[str, Any]]:
        answer = self.api.get(f"/api/rooms/{self.room}/ticket")
        return answer.status, answer.json()

    def until(self, status: int, state: str | None = None) -> None:
        """Raises: AssertionError where it does not come to that."""
        deadline = time.monotonic() + PATIENCE_S
        while (seen := self.ticket()) and (seen[0] != status or seen[1].get("state") != state):
            assert time.monotonic() < deadline, seen
            time.sleep(STEP_S)


class Scene:
    """As many processes as like may have one of the same site."""

    def __init__(self, chosen: site.Site, playwright: Playwright) -> None:
        self.site = chosen
        self.url = chosen.web_url
        self._playwright = playwright
        # Nobody whom a state names.
        self._others = itertools.islice(people.people(4_000, 1), 1_000, None)

    def visitor(self, room: str) -> Visitor:
        headers = {"Origin": self.url}
        return Visitor(self._playwright.request.new_context(base_url=self.url, extra_http_headers=headers), room)

    def waiting(self, room: str = QUIET) -> Visitor:
        """Somebody in line."""
        visitor = self.visitor(room)
        visitor.join(details(next(self._others)))
        return visitor

    def served(self, typed: dict[str, str], state: str, room: str = PASSPORT) -> Visitor:
        """Somebody who has an answer."""
        visitor = self.visitor(room)
        visitor.join(typed)
        visitor.until(200, state)
        return visitor

    def manage(self, *commands: Sequence[str]) -> None:
        """What staff type, one after the other."""
        command = [sys.executable, "-m", "tests.pages.staff", json.dumps(commands)]
        environment = environments.of_command(self.site) | {"LOG_LEVEL": "WARNING"}
        subprocess.run(command, env=environment, cwd=folders.ROOT, check=True)


def known(kind: str) -> dict[str, str]:
    """The details of somebody of this kind, in Latin letters: those every keyboard has."""
    everybody = people.people(5_000, 1)
    return details(next(person for person in everybody if person.kind == kind and person.script == "latin"))


@contextlib.contextmanager
def running(folder: Path, playwright: Playwright) -> Iterator[Scene]:
    """With all its rooms."""
    chosen = options.Options(
        directory=folder,
        registry_rate_per_s=RATE_PER_S,
        registry_latency_ms=20,
        public={"JOINS_PER_ADDRESS_PER_MIN": "10000"},
    )
    with stack.running(chosen) as vestibule:
        scene = Scene(vestibule.site, playwright)
        scene.manage(*[command for room, values in ROOMS.items() for command in _made(room, values)])
        yield scene


def _made(room: str, values: dict[str, str]) -> Iterator[list[str]]:
    yield ["rooms", "ensure", room]
    yield ["rooms", "set", room, *(f"{name}={value}" for name, value in values.items())]
