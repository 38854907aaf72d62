"""The socket benchmark: its browsers against a scripted server, and the whole of it once, small."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from benchmarks.sockets import browsers, outcomes, posts
from project.local import folders

FIGURES = {"bytes_ratio", "connect_ratio", "outcome_p99_ms", "joins_ratio", "drain_s"}
UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
LONG = b'{"type":"state","filler":"' + b"x" * 300 + b'"}'
OUTCOME = b'{"type":"outcome","outcome":"refused"}'

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def frame(kind: int, payload: bytes) -> bytes:
    size = bytes([len(payload)]) if len(payload) < 126 else b"\x7e" + len(payload).to_bytes(2, "big")
    return bytes([0x80 | kind]) + size + payload


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[int]:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_browser_reads_frames_however_they_are_cut() -> None:
    pongs: asyncio.Queue[bytes] = asyncio.Queue()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        assert b"Cookie: a=b" in asked
        for byte in UPGRADE + frame(1, LONG) + frame(9, b"ping") + frame(1, OUTCOME):
            writer.write(bytes([byte]))
            await writer.drain()
        pongs.put_nowait(await reader.readexactly(10))
        writer.write(frame(8, (1001).to_bytes(2, "big")))
        pongs.put_nowait(await reader.read())
        writer.close()

    crowd = browsers.Crowd("127.0.0.1")
    async with served(drip) as port:
        opened = await crowd.open(port, "/socket", [("one", "a=b")])
        assert (opened.opened, opened.failed) == (1, 0)
        assert (await pongs.get())[6:] == b"ping"
        assert (await pongs.get())[6:] == (1001).to_bytes(2, "big")
    heard = await crowd.heard()
    assert (heard.still_open, heard.closed, list(heard.outcomes)) == (0, {1001: 1}, ["one"])


@pytest.mark.parametrize("answer", [b"HTTP/1.1 403 Forbidden\r\n\r\n", UPGRADE + frame(8, b"\x03\xf5"), b""])
async def test_socket_that_is_not_let_in_counts_as_failed(answer: bytes) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with served(refuse) as port:
        opened = await browsers.Crowd("127.0.0.1").open(port, "/socket", [("one", ""), ("two", "")])
    assert (opened.opened, opened.failed) == (0, 2)


async def test_posts_that_are_refused_are_no_figure() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1_000):
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with served(refuse) as port:
        with pytest.raises(RuntimeError, match="503"):
            await posts.per_second(port, "/post", 10)


def test_rank_is_one_of_the_values() -> None:
    values = [float(value) for value in range(200, 0, -1)]
    assert (outcomes.rank(values, 0.5), outcomes.rank(values, 0.99), outcomes.rank([7.0], 0.99)) == (101.0, 199.0, 7.0)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_one_command_measures_everything_and_ends_with_json(server: str) -> None:
    command = [sys.executable, "-m", "benchmarks.sockets", "--server", server, "--sockets", "500"]
    command += ["--learn", "5", "--json"]
    run = subprocess.run(command, cwd=folders.ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert run.returncode == 0, run.stderr
    figures = json.loads(run.stdout.splitlines()[-1])
    assert figures.keys() >= FIGURES
    assert all(figures[name] > 0 for name in FIGURES)
    assert (figures["server"], figures["sockets"], figures["failed"], figures["told_to_go"]) == (server, 500, 0, 500)
