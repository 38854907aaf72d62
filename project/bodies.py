"""Refuses bodies that are too large before anything works on them, and hands on all others whole, from memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

# Thrown away as it comes, so that the client hears the answer instead of a reset; beyond this it does not.
PATIENCE_BYTES = 32 * 1024 * 1024


class BodyLimit:
    """ASGI wrapper for HTTP: gathers a body of at most `most_bytes`, answers 413 with `refusal` to any larger one."""

    def __init__(self, app: App, most_bytes: int, refusal: bytes, content_type: bytes) -> None:
        self.app = app
        self.most_bytes = most_bytes
        self.refusal = refusal
        self.content_type = content_type

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        message = await self._gathered(receive)
        if message is None:
            await answer(send, 413, self.content_type, self.refusal)
            return
        waiting = [message]

        async def replayed() -> Message:
            return waiting.pop() if waiting else await receive()

        await self.app(scope, replayed, send)

    async def _gathered(self, receive: Receive) -> Message | None:
        """One message with the whole body, or that the client has gone; None where the body is too large."""
        pieces, came = [], 0
        while came <= max(PATIENCE_BYTES, self.most_bytes):
            message = await receive()
            if message["type"] != "http.request":
                return message
            came += len(message.get("body", b""))
            if came <= self.most_bytes:
                pieces.append(message.get("body", b""))
            if not message.get("more_body", False):
                fits = came <= self.most_bytes
                return {"type": "http.request", "body": b"".join(pieces), "more_body": False} if fits else None
        return None


async def answer(send: Send, status: int, content_type: bytes, body: bytes, more: Headers = ()) -> None:
    """The whole of an answer that nobody may keep."""
    headers = [(b"content-type", content_type), (b"cache-control", b"no-store"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
