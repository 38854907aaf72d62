"""Refuses what would be too much before anything works on it: large bodies, and joins beyond what can be taken."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from queueing import capacity, metrics, web

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

MAX_BODY_BYTES = 16_384
# Thrown away as it comes, so that the client hears the answer instead of a reset; beyond this it does not.
PATIENCE_BYTES = 32 * 1024 * 1024
TOO_LARGE = b'{"type":"about:blank","title":"Too large","status":413,"detail":"The body may hold 16 KiB."}'


class BodyLimit:
    """ASGI wrapper for HTTP: gathers a body within the limit and hands it on whole, answers 413 to any other."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        message = await _gathered(receive)
        if message is None:
            await _refuse(send, 413, TOO_LARGE)
            return
        waiting = [message]

        async def replayed() -> Message:
            return waiting.pop() if waiting else await receive()

        await self.app(scope, replayed, send)


class LoadLimit:
    """ASGI wrapper for HTTP: answers 503 to POSTs beyond what this process can take, with a time to come back.

    Everything else passes: polls of people who wait keep their places, pages cost next to nothing.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        process = web.hub().capacity
        if not process.may_join():
            metrics.turned_away.inc()
            await _come_back(send, capacity.come_back_after_s())
            return
        with process.one_more_joining():
            await self.app(scope, receive, send)


async def _come_back(send: Send, after_s: int) -> None:
    detail = "Many people come at this moment; try again shortly."
    body = {"type": "about:blank", "title": "One moment", "status": 503, "detail": detail, "retry_after_s": after_s}
    await _refuse(send, 503, json.dumps(body).encode(), (b"retry-after", str(after_s).encode()))


async def _refuse(send: Send, status: int, problem: bytes, *more: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": problem})


async def _gathered(receive: Receive) -> Message | None:
    """One message with the whole body, or that the client has gone; None where the body is too large."""
    body, came = b"", 0
    while came <= PATIENCE_BYTES:
        message = await receive()
        if message["type"] != "http.request":
            return message
        came += len(message.get("body", b""))
        if came <= MAX_BODY_BYTES:
            body += message.get("body", b"")
        if not message.get("more_body", False):
            return {"type": "http.request", "body": body, "more_body": False} if came <= MAX_BODY_BYTES else None
    return None
