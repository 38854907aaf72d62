"""The edge of the faults forwards, goes round a dead backend, and can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from project.local import ports
from tests.faults import edge


@pytest.fixture
async def echo() -> AsyncIterator[asyncio.Server]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"echo " + await reader.readline())
        writer.close()

    async with await asyncio.start_server(answer, edge.HOST, 0) as server:
        yield server


async def asked(port: int) -> bytes:
    reader, writer = await asyncio.open_connection(edge.HOST, port)
    writer.write(b"hello\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_bytes_pass_both_ways_and_around_a_backend_that_is_dead(echo: asyncio.Server) -> None:
    port, alive, dead = ports.free(), echo.sockets[0].getsockname()[1], ports.free()
    serving = asyncio.create_task(edge.serve(port, [dead, alive]))
    while not await asyncio.to_thread(ports.taken, port):
        assert not serving.done()
    assert [await asked(port) for _ in range(20)] == [b"echo hello\n"] * 20
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_nobody_is_left_hanging_where_no_backend_lives() -> None:
    port = ports.free()
    serving = asyncio.create_task(edge.serve(port, [ports.free()]))
    while not await asyncio.to_thread(ports.taken, port):
        assert not serving.done()
    with pytest.raises(ConnectionResetError):
        await asked(port)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
