"""Serves the static pages: `/` and `/rooms/<room>` are one file, `/static/…` its parts. WhiteNoise does the work.

In compose nginx serves the same files by the same rules, and this is only the second way to them.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from asgiref.wsgi import WsgiToAsgi
from django.conf import settings as configured
from whitenoise import WhiteNoise
from whitenoise.base import Headers

from project.headers import HEADERS

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

APPLICATION = ("/api/", "/healthz", "/readyz")
ROOM_PAGE = re.compile(r"/rooms/[a-z0-9-]{1,40}/?|/")
# Pages change with every release and must be asked for again; their parts too, until their names carry a hash.
FRESH_S = 60


class Pages:
    """ASGI wrapper for HTTP: answers what is a page or a part of one, and leaves the rest to the application."""

    def __init__(self, app: App) -> None:
        self.app = app
        files = WhiteNoise(_not_found, max_age=FRESH_S, add_headers_function=_add_headers)
        files.add_files(str(configured.FRONTEND_DIR / "static"), prefix="/static/")
        for page in configured.FRONTEND_DIR.glob("*.html"):
            files.add_file_to_dictionary(f"/{page.name}", str(page))
        self.files = WsgiToAsgi(files)  # type: ignore[no-untyped-call]
        self.known = files.files

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if scope["method"] in ("GET", "HEAD"):
            if ROOM_PAGE.fullmatch(path):
                path = "/room.html"
            elif not path.startswith(APPLICATION) and path not in self.known:
                path = "/404.html"
            if path in self.known:
                await self.files({**scope, "path": path, "raw_path": path.encode()}, receive, _status(send, path))
                return
        await self.app(scope, receive, send)


def _status(send: Send, path: str) -> Send:
    """The page for what does not exist says so in its status too."""
    if path != "/404.html":
        return send

    async def as_not_found(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            message = {**message, "status": 404}
        await send(message)

    return as_not_found


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value


def _not_found(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"not found\n"]
