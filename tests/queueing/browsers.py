"""A browser without a screen: HTTP calls and WebSockets with one cookie jar, against this process' application."""

from __future__ import annotations

import json
import secrets
from typing import Any

from channels.testing import WebsocketCommunicator
from django.http import HttpResponse
from django.test import AsyncClient

from project.asgi import application

ORIGIN = "http://testserver"
DETAILS = {
    "given_names": "Ieva Dzidra",
    "family_name": "Ozoliņa",
    "date_of_birth": "1969-03-12",
    "document_number": "XX7720646",
}


class Browser:
    def __init__(self, room: str = "test") -> None:
        self.client = AsyncClient()
        self.room = room

    async def join(self, key: str = "", body: Any = None, query: str = "", **headers: str) -> HttpResponse:
        """POST the details; the Idempotency-Key is a new one unless given."""
        sent = {"Origin": ORIGIN, "Idempotency-Key": key or secrets.token_urlsafe(16)} | headers
        path = f"/api/rooms/{self.room}/tickets{query}"
        data = DETAILS if body is None else body
        return await self.client.post(path, json.dumps(data), content_type="application/json", headers=sent)

    async def get(self, what: str) -> HttpResponse:
        return await self.client.get(f"/api/rooms/{self.room}/{what}")

    async def leave(self, origin: str = ORIGIN) -> HttpResponse:
        return await self.client.delete(f"/api/rooms/{self.room}/ticket", headers={"Origin": origin})

    def socket(self, origin: str = ORIGIN, cookie: str | None = None) -> WebsocketCommunicator:
        jar = "; ".join(f"{name}={morsel.value}" for name, morsel in self.client.cookies.items())
        headers = [(b"cookie", (jar if cookie is None else cookie).encode())]
        headers += [(b"origin", origin.encode())] if origin else []
        return WebsocketCommunicator(application, f"/ws/rooms/{self.room}", headers=headers)

    @property
    def ticket_id(self) -> str:
        return str(self.client.cookies[f"vestibule-{self.room}"].value.split(".")[2])


async def opened(socket: WebsocketCommunicator) -> WebsocketCommunicator:
    connected, _protocol = await socket.connect(timeout=5)
    assert connected
    return socket


async def frame(socket: WebsocketCommunicator, kind: str) -> dict[str, Any]:
    """The next frame of this type; others before it are passed over."""
    for _ in range(20):
        message = json.loads(await socket.receive_from(timeout=10))
        if message["type"] == kind:
            return dict(message)
    raise AssertionError(f"no {kind} frame came")


async def close_code(socket: WebsocketCommunicator) -> int:
    """With which code the server closes; frames before that are passed over."""
    for _ in range(20):
        message = await socket.receive_output(timeout=10)
        if message["type"] == "websocket.close":
            await socket.disconnect(code=message["code"])
            return int(message["code"])
    raise AssertionError("the server did not close")
