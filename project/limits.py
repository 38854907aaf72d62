"""What the public tier refuses before anything works on it: large bodies, and joins beyond what can be taken."""

from __future__ import annotations

import json

from project import bodies
from queueing import capacity, metrics, web

MAX_BODY_BYTES = 16_384
PATIENCE_BYTES = bodies.PATIENCE_BYTES
TOO_LARGE = b'{"type":"about:blank","title":"Too large","status":413,"detail":"The body may hold 16 KiB."}'
_PROBLEM = b"application/problem+json"


def body_limit(app: bodies.App) -> bodies.BodyLimit:
    return bodies.BodyLimit(app, MAX_BODY_BYTES, TOO_LARGE, _PROBLEM)


class LoadLimit:
    """ASGI wrapper for HTTP: answers 503 to POSTs beyond what this process can take, with a time to come back.

    Everything else passes: polls of people who wait keep their places, pages cost next to nothing.
    """

    def __init__(self, app: bodies.App) -> None:
        self.app = app

    async def __call__(self, scope: bodies.Message, receive: bodies.Receive, send: bodies.Send) -> None:
        if scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        process = web.hub().capacity
        # A page gives back what was typed, so it refuses by itself.
        if not process.may_join() and not scope["path"].startswith("/rooms/"):
            metrics.turned_away.inc()
            await _come_back(send, capacity.come_back_after_s())
            return
        with process.one_more_joining():
            await self.app(scope, receive, send)


async def _come_back(send: bodies.Send, after_s: int) -> None:
    detail = "Many people come at this moment; try again shortly."
    body = {"type": "about:blank", "title": "One moment", "status": 503, "detail": detail, "retry_after_s": after_s}
    later = ((b"retry-after", str(after_s).encode()),)
    await bodies.answer(send, 503, _PROBLEM, json.dumps(body).encode(), later)
