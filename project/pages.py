"""Serves the static parts of the pages from memory, `/static/…`, and the page of what is not there.

In compose nginx serves the same files by the same rules, and this is only the second way to them.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings as configured
from django.http import parse_cookie

from queueing.pages import assets, encodings, languages, sources
from queueing.pages.press import Asset

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
Fields = dict[str, str]
Asked = dict[bytes, str]

APPLICATION = re.compile(
    r"/api/.*|/healthz|/readyz|/|/rooms/[a-z0-9-]{1,40}(?:/|/passport|/logo-[0-9a-f]{16}\.(?:svg|png))?"
)
# They get another name when they change.
FOR_EVER = "public, max-age=31536000, immutable"


class Pages:
    """ASGI wrapper for HTTP: answers what is a page or a part of one, and leaves the rest to the application."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.watch = sources.Watch(configured.FRONTEND_DIR) if configured.FRONTEND_WATCHED else None
        # Before anybody asks.
        assets.shelf()

    async def __call__(self, scope: Message, receive: Any, send: Send) -> None:
        if self.watch and not scope["path"].startswith("/api/"):
            self.watch.look()
        if scope["method"] not in ("GET", "HEAD") or APPLICATION.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        asset = assets.shelf().at(scope["path"])
        asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
        status, fields, body = _found(asset, asked) if asset else _missing(asked)
        headers = [(name.encode(), value.encode()) for name, value in fields.items()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body if scope["method"] == "GET" else b""})


def _found(asset: Asset, asked: Asked) -> tuple[int, Fields, bytes]:
    fields = {
        "cache-control": FOR_EVER,
        "etag": asset.tag,
        "vary": "Accept-Encoding",
    }
    if asset.tag in asked.get(b"if-none-match", ""):
        return 304, fields, b""
    body = asset.content
    for encoding in asset.encoded.keys() & encodings.accepted(asked.get(b"accept-encoding", "")):
        if len(asset.encoded[encoding]) < len(body):
            body = asset.encoded[encoding]
            fields["content-encoding"] = encoding
    return 200, fields | _about(asset.media_type, body), body


def _missing(asked: Asked) -> tuple[int, Fields, bytes]:
    """Nobody has a part, or an older version, of what does not exist."""
    accepted, chosen = asked.get(b"accept-language", ""), parse_cookie(asked.get(b"cookie", ""))
    language = languages.preferred(accepted, chosen.get(languages.COOKIE, ""))
    page = assets.shelf().page(f"404.{language}.html")
    return 404, _about("text/html", page) | {"cache-control": "no-store"}, page


def _about(media_type: str, body: bytes) -> Fields:
    return {"content-type": f"{media_type}; charset=utf-8", "content-length": str(len(body))}
