"""Thousands of browsers in one process that does nothing else, as cheaply as Python can: raw protocols on one loop.

The parent asks over a pipe, one question at a time: open, close, or tell what came.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, cast

HOST = "127.0.0.1"
# Handshakes under way at a time: enough to keep a server busy, few enough not to overflow its backlog.
IN_FLIGHT = 200
OPEN_S = 20.0
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
FIN, MASKED = 0x80, 0x80
# Every mask is as good as another to a server; this one needs no work.
NO_MASK = b"\0\0\0\0"
HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept-Language: lv,en;q=0.5\r\nAccept-Encoding: gzip, deflate\r\nCache-Control: no-cache\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nCookie: {cookie}\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Opened:
    """`seconds` until the last of them had its first frame; `failed` never got one."""

    opened: int
    failed: int
    seconds: float
    slowest_ms: float


@dataclass(frozen=True, slots=True)
class Heard:
    """Instants are of the machine's monotonic clock."""

    still_open: int
    closed: dict[int, int]
    outcomes: dict[str, float]
    last_closed_at_s: float


class Browser(asyncio.Protocol):
    """One socket; knows when it got its first frame, and tells the crowd what follows."""

    __slots__ = ("_buffer", "_crowd", "_first", "_name", "_request", "_upgraded", "transport")

    def __init__(self, crowd: Crowd, name: str, request: bytes, first: asyncio.Future[bool]) -> None:
        self._crowd = crowd
        self._name = name
        self._request = request
        self._buffer = b""
        self._upgraded = False
        self._first: asyncio.Future[bool] | None = first
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._request)
        self._request = b""

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data if self._buffer else data
        if not self._upgraded:
            head, found, rest = data.partition(b"\r\n\r\n")
            self._upgraded = bool(found)
            if found and not head.startswith(b"HTTP/1.1 101"):
                self._ready(False)
                self.close()
                return
            data = rest if found else data
        self._buffer = self._frames(data) if self._upgraded else data

    def _frames(self, data: bytes) -> bytes:
        """Take in whole frames; what is left of the last."""
        while len(data) >= 2:
            size, start = data[1], 2
            if size == 126:
                size, start = int.from_bytes(data[2:4], "big"), 4
            if len(data) < start + size or (start == 4 and len(data) < 4):
                break
            self._frame(data[0] & 0xF, data[start : start + size])
            data = data[start + size :]
        return data

    def _frame(self, kind: int, payload: bytes) -> None:
        if kind == PING and self.transport is not None:
            self.transport.write(bytes((FIN | PONG, MASKED | len(payload))) + NO_MASK + payload)
        elif kind == TEXT:
            self._ready(True)
            if b'"outcome"' in payload:
                self._crowd.outcomes.setdefault(self._name, time.monotonic())
        elif kind == CLOSE:
            self._crowd.closed[int.from_bytes(payload[:2], "big")] += 1
            self._crowd.last_closed_at_s = time.monotonic()
            if self.transport is not None:
                self.transport.write(bytes((FIN | CLOSE, MASKED | len(payload))) + NO_MASK + payload)
            self.close()

    def connection_lost(self, _error: Exception | None) -> None:
        self.transport = None
        self._crowd.browsers.pop(self._name, None)
        self._ready(False)

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def _ready(self, well: bool) -> None:
        if self._first is not None and not self._first.done():
            self._first.set_result(well)
        self._first = None


class Crowd:
    """All browsers of this process; each question is a method that the parent names."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.browsers: dict[str, Browser] = {}
        self.outcomes: dict[str, float] = {}
        self.closed: Counter[int] = Counter()
        self.last_closed_at_s = 0.0

    async def open(self, port: int, path: str, people: Sequence[tuple[str, str]]) -> Opened:
        """`people`: name and cookie."""
        left = list(reversed(people))
        took: list[float] = []
        began = time.monotonic()

        async def opener() -> None:
            while left:
                name, cookie = left.pop()
                asked = time.monotonic()
                request = HANDSHAKE.format(path=path, port=port, cookie=cookie).encode()
                if await self._open_one(port, name, request):
                    took.append(time.monotonic() - asked)

        await asyncio.gather(*(opener() for _ in range(IN_FLIGHT)))
        seconds = time.monotonic() - began
        return Opened(len(took), len(people) - len(took), seconds, max(took, default=0.0) * 1_000)

    async def close(self, names: Sequence[str]) -> int:
        for name in names:
            if name in self.browsers:
                self.browsers[name].close()
        await asyncio.sleep(0)
        return len(self.browsers)

    async def heard(self) -> Heard:
        return Heard(len(self.browsers), dict(self.closed), dict(self.outcomes), self.last_closed_at_s)

    async def _open_one(self, port: int, name: str, request: bytes) -> bool:
        loop = asyncio.get_running_loop()
        first: asyncio.Future[bool] = loop.create_future()
        browser = Browser(self, name, request, first)
        try:
            async with asyncio.timeout(OPEN_S):
                await loop.create_connection(lambda: browser, HOST, port, local_addr=(self._address, 0))
                self.browsers[name] = browser
                return await first
        except OSError:  # a TimeoutError is one
            browser.close()
            return False


class Browsers:
    """The parent's end. `number` chooses the loopback address that the crowd comes from."""

    def __init__(self, number: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, far_end = context.Pipe()
        self._process = context.Process(target=_run, args=(far_end, f"127.0.0.{number}"), daemon=True)
        self._process.start()
        far_end.close()

    def open(self, port: int, path: str, people: Sequence[tuple[str, str]]) -> Opened:
        opened: Opened = self._ask("open", port, path, people)
        return opened

    def close_these(self, names: Sequence[str]) -> int:
        """How many are left."""
        left: int = self._ask("close", names)
        return left

    def heard(self) -> Heard:
        heard: Heard = self._ask("heard")
        return heard

    def end(self) -> None:
        self._pipe.close()
        self._process.join(10)
        self._process.kill()

    def _ask(self, what: str, *arguments: Any) -> Any:
        self._pipe.send((what, *arguments))
        return self._pipe.recv()


def _run(pipe: Connection, address: str) -> None:
    asyncio.run(_answer(pipe, Crowd(address)))


async def _answer(pipe: Connection, crowd: Crowd) -> None:
    loop = asyncio.get_running_loop()
    while True:
        try:
            what, *arguments = await loop.run_in_executor(None, pipe.recv)
        except (EOFError, OSError):
            return
        pipe.send(await getattr(crowd, what)(*arguments))
