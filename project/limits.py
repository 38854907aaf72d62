"""Refuses bodies that are too large before anything stores them: forms of ours are a few hundred bytes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

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
            headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": TOO_LARGE})
            return
        waiting = [message]

        async def replayed() -> Message:
            return waiting.pop() if waiting else await receive()

        await self.app(scope, replayed, send)


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
