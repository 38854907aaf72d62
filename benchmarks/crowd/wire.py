"""A room's public door as a browser uses it: HTTP calls and the WebSocket, each with one citizen's cookie.

Two aiohttp sessions serve everybody: no cookie jars, no compression, own connections for the sockets.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp.http import WS_CLOSED_MESSAGE
from yarl import URL

from benchmarks.crowd import back_off

# The page's own: above the slowest phone network, below the patience of a person.
CALL_TIMEOUT_S = 20.0
OPENING_TIMEOUT_S = 15.0
CLOSE_TIMEOUT_S = 2.0
LARGEST_FRAME_BYTES = 64 * 1024
# Below the 5 s after which servers close idle connections, so that no call meets one that is just closing.
KEEP_ALIVE_S = 2.0

Socket = aiohttp.ClientWebSocketResponse


class Unreachable(Exception):
    """Nobody answered, or only that they cannot; `kind` says how, `retry_after_s` when to come again."""

    def __init__(self, kind: str, retry_after_s: float | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one HTTP call; `cookie` is the Cookie header from now on, empty once cleared."""

    sent_s: float
    received_s: float

    status: int
    content_type: str
    content: bytes
    cookie: str
    retry_after_s: float | None

    def json(self) -> dict[str, Any]:
        """Empty where the body is not a JSON object."""
        try:
            body = json.loads(self.content)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}


class Door:
    """One room at one address; use as an async context manager."""

    def __init__(self, url: str, room: str) -> None:
        self._base = URL(url)
        self._room = self._base / "api" / "rooms" / room
        live_scheme = "wss" if self._base.scheme == "https" else "ws"
        self._live = self._base.with_scheme(live_scheme) / "ws" / "rooms" / room
        self._headers = {"Origin": str(self._base.origin()), "Accept-Encoding": "identity"}

    async def __aenter__(self) -> Self:
        self._calls = _session(force_close=False)
        self._sockets = _session(force_close=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._sockets.close()
        await self._calls.close()

    async def room(self) -> Answer:
        return await self._call("GET", self._room)

    async def join(self, claims: Mapping[str, str], idempotency_key: str) -> Answer:
        headers = {"Idempotency-Key": idempotency_key}
        return await self._call("POST", self._room / "tickets", headers=headers, body=dict(claims))

    async def ticket(self, cookie: str) -> Answer:
        return await self._call("GET", self._room / "ticket", cookie)

    async def leave(self, cookie: str) -> Answer:
        return await self._call("DELETE", self._room / "ticket", cookie)

    async def passport(self, cookie: str) -> Answer:
        return await self._call("GET", self._room / "passport", cookie)

    async def socket(self, cookie: str) -> Socket:
        """Raises: Unreachable, also when the server answered the handshake with a status."""
        try:
            async with asyncio.timeout(OPENING_TIMEOUT_S):
                return await self._sockets.ws_connect(
                    self._live,
                    headers={**self._headers, "Cookie": cookie},
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT_S),
                    compress=0,
                    max_msg_size=LARGEST_FRAME_BYTES,
                )
        except aiohttp.WSServerHandshakeError as exc:
            raise Unreachable(f"handshake_{exc.status}", back_off.retry_after_s(exc.headers or {})) from exc
        except (aiohttp.ClientError, OSError) as exc:
            raise Unreachable(_kind(exc)) from exc

    async def _call(
        self,
        method: str,
        url: URL,
        cookie: str = "",
        headers: Mapping[str, str] | None = None,
        body: dict[str, str] | None = None,
    ) -> Answer:
        sent = {**self._headers, **(headers or {})}
        if cookie:
            sent["Cookie"] = cookie
        sent_s = monotonic()
        try:
            async with (
                asyncio.timeout(CALL_TIMEOUT_S),
                self._calls.request(method, url, headers=sent, json=body, allow_redirects=False) as response,
            ):
                content = await response.read()
                return Answer(
                    sent_s,
                    monotonic(),
                    response.status,
                    response.content_type,
                    content,
                    merged(cookie, response.headers.getall("Set-Cookie", [])),
                    back_off.retry_after_s(response.headers),
                )
        except (aiohttp.ClientError, OSError) as exc:
            raise Unreachable(_kind(exc)) from exc


async def receive(live: Socket, within_s: float) -> aiohttp.WSMessage:
    """The next message; closed, where a ping could not be answered any more. Raises: TimeoutError."""
    try:
        return await live.receive(within_s)
    except aiohttp.ClientConnectionResetError:
        return WS_CLOSED_MESSAGE


def vanish(live: Socket) -> None:
    """Cut the connection without a word, as a lift or a dead battery does."""
    connection = live.get_extra_info("socket")
    if connection is None:
        return
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def merged(cookie: str, set_cookie: Iterable[str]) -> str:
    """The Cookie header after the answer's Set-Cookie lines; an empty value clears a cookie."""
    pairs = dict(pair.split("=", 1) for pair in cookie.split("; ") if pair)
    for line in set_cookie:
        name, _, value = line.split(";", 1)[0].strip().partition("=")
        pairs[name] = value
    return "; ".join(f"{name}={value}" for name, value in pairs.items() if value not in ("", '""'))


def _session(force_close: bool) -> aiohttp.ClientSession:
    keep_alive_s = None if force_close else KEEP_ALIVE_S
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, force_close=force_close, keepalive_timeout=keep_alive_s),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
    )


def _kind(exc: Exception) -> str:
    if isinstance(exc, TimeoutError):
        return "timeout"
    cause = exc.__cause__ or getattr(exc, "os_error", None)
    return type(cause or exc).__name__
