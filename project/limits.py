"""Refuses bodies that are too large before anything reads or stores them: forms of ours are a few hundred bytes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

MAX_BODY_BYTES = 16_384
# Thrown away as it comes; beyond this the answer goes out in the middle.
PATIENCE_BYTES = 32 * 1024 * 1024
TOO_LARGE = b'{"type":"about:blank","title":"Too large","status":413,"detail":"The body may hold 16 KiB."}'


class BodyTooLarge(Exception):
    """More bytes came than were announced or allowed."""


class BodyLimit:
    """ASGI wrapper for HTTP: 413 by Content-Length at once, or as soon as more than the limit has come."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if _announced(scope) > MAX_BODY_BYTES:
            await _refuse(receive, send, more=True)
            return
        came = 0
        answered = more = False

        async def counted() -> Message:
            nonlocal came, more
            message = await receive()
            came += len(message.get("body", b""))
            more = message.get("more_body", False)
            if came > MAX_BODY_BYTES:
                raise BodyTooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self.app(scope, counted, watched)
        except BodyTooLarge:
            if not answered:
                await _refuse(receive, send, more)


def _announced(scope: Message) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


async def _refuse(receive: Receive, send: Send, more: bool) -> None:
    """Throw away what still comes, so that the client hears the answer instead of a reset; not for ever."""
    came = 0
    while more and came < PATIENCE_BYTES:
        message = await receive()
        came += len(message.get("body", b""))
        more = message.get("more_body", False)
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_LARGE})
