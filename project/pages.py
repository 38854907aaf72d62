"""Serves the static parts of the pages, `/static/…`, and the page of what is not there. WhiteNoise knows the files.

In compose nginx serves the same files by the same rules, and this is only the second way to them.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.conf import settings as configured
from whitenoise import WhiteNoise

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

APPLICATION = re.compile(r"/api/.*|/healthz|/readyz|/|/rooms/[a-z0-9-]{1,40}(?:/|/passport)?")
NOT_FOUND_PAGE = "/404.html"
# Pages change with every release and must be asked for again; their parts too, until their names carry a hash.
FRESH_S = 60


class Pages:
    """ASGI wrapper for HTTP: answers what is a page or a part of one, and leaves the rest to the application."""

    def __init__(self, app: App) -> None:
        self.app = app
        known = WhiteNoise(_no_application, max_age=FRESH_S, allow_all_origins=False)
        known.add_files(str(configured.FRONTEND_DIR / "static"), prefix="/static/")
        known.add_file_to_dictionary(NOT_FOUND_PAGE, str(configured.FRONTEND_DIR / "404.html"))
        self.files = known.files
        self._compressed: dict[str, bytes] = {}

    async def __call__(self, scope: Message, receive: Any, send: Send) -> None:
        path = scope["path"] if scope["path"] in self.files else NOT_FOUND_PAGE
        if scope["method"] not in ("GET", "HEAD") or APPLICATION.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        # Nobody has a part, or an older version, of what does not exist.
        environ = {} if path == NOT_FOUND_PAGE else _environ(scope)
        # Small, and in the page cache after the first time: no thread is worth the hop.
        answer = self.files[path].get_response(scope["method"], environ)
        body = b""
        if answer.file is not None:
            with answer.file:
                body = answer.file.read()
        fields = {name.lower(): value for name, value in answer.headers} | {"vary": "Accept-Encoding"}
        if answer.status == HTTPStatus.OK and body and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            body = self._packed(path, body)
            fields |= {"content-encoding": "gzip", "content-length": str(len(body))}
        missing = path == NOT_FOUND_PAGE and answer.status == HTTPStatus.OK
        status = HTTPStatus.NOT_FOUND if missing else answer.status
        if missing:
            fields = {name: fields[name] for name in ("content-type", "content-length")} | {"cache-control": "no-store"}
        headers = [(name.encode(), value.encode()) for name, value in fields.items()]
        await send({"type": "http.response.start", "status": status.value, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _packed(self, path: str, body: bytes) -> bytes:
        """Compressed once, and the same bytes in every process: caches compare them."""
        if path not in self._compressed:
            self._compressed[path] = gzip.compress(body, mtime=0)
        return self._compressed[path]


def _environ(scope: Message) -> dict[str, str]:
    """The request's headers as WSGI names them, which WhiteNoise reads."""
    return {
        f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
        for name, value in scope["headers"]
    }


def _no_application(_environ: dict[str, Any], _start_response: Callable[..., Any]) -> Iterable[bytes]:
    raise NotImplementedError("only WhiteNoise's files are used, not its application")
