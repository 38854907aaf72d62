"""Citizens who visit a running Vestibule over real HTTP and a real WebSocket, one cookie jar each."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from issuance.registry import people

ANSWER_TIMEOUT_S = 60


@dataclass
class Visitor:
    """One browser without a screen at one address."""

    url: str
    session: aiohttp.ClientSession
    room: str = "passport"
    frames: list[dict[str, Any]] = field(default_factory=list)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Origin": self.url}

    async def join(self, details: dict[str, str], key: str = "") -> tuple[int, dict[str, Any]]:
        headers = self._headers | {"Idempotency-Key": key or secrets.token_urlsafe(16)}
        path = f"{self.url}/api/rooms/{self.room}/tickets"
        async with self.session.post(path, json=details, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def get(self, what: str) -> tuple[int, bytes]:
        async with self.session.get(f"{self.url}/api/rooms/{self.room}/{what}") as answer:
            return answer.status, await answer.read()

    async def leave(self) -> int:
        async with self.session.delete(f"{self.url}/api/rooms/{self.room}/ticket", headers=self._headers) as answer:
            return answer.status

    async def outcome(self) -> dict[str, Any]:
        """Wait on the WebSocket until the end; every frame on the way is kept."""
        async with self.session.ws_connect(f"{self.url}/ws/rooms/{self.room}", headers=self._headers) as socket:
            while True:
                frame = json.loads((await socket.receive(timeout=ANSWER_TIMEOUT_S)).data)
                self.frames.append(frame)
                if frame["type"] == "outcome":
                    return dict(frame)


@contextlib.asynccontextmanager
async def visitor(url: str) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Visitor(url, session)


def details(person: people.Person) -> dict[str, str]:
    """What this person types into the form."""
    return {
        "given_names": person.given_names,
        "family_name": person.family_name,
        "date_of_birth": person.date_of_birth.isoformat(),
        "document_number": person.document_number,
    }


def somebody(kind: str, skip: int = 0) -> people.Person:
    """A person that the simulated registry knows, of this kind."""
    found = (person for person in people.people(5_000, 1) if person.kind == kind)
    for _ in range(skip):
        next(found)
    return next(found)
