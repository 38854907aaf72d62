from __future__ import annotations

import asyncio
from typing import Any

from queueing.sockets import Socket


class Peer:
    """A browser that takes what it is sent, once it is let."""

    def __init__(self, reading: bool = True) -> None:
        self.got: list[dict[str, Any]] = []
        self.reads = asyncio.Event()
        if reading:
            self.reads.set()

    async def send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        self.got.append(message)

    def frames(self) -> list[str]:
        return [message["text"] for message in self.got if message["type"] == "websocket.send"]


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_latest_state_wins_over_those_a_stuck_phone_never_took() -> None:
    peer = Peer(reading=False)
    socket = Socket(peer.send)
    for number in range(5):
        socket.push("state", str(number))
        await settle()
    peer.reads.set()
    await settle()
    assert peer.frames() == ["0", "4"]


async def test_no_kind_of_frame_pushes_another_out() -> None:
    peer = Peer(reading=False)
    socket = Socket(peer.send)
    socket.push("state", "1")
    await settle()
    socket.push("notice", "notice")
    socket.push("state", "2")
    socket.push("outcome", "outcome")
    peer.reads.set()
    await settle()
    assert peer.frames() == ["1", "notice", "2", "outcome"]


async def test_nobody_is_told_of_a_call_that_was_taken_back() -> None:
    peer = Peer(reading=False)
    socket = Socket(peer.send)
    socket.push("notice", "notice")
    await settle()
    socket.push("state", "serving")
    socket.push("called", "called")
    socket.push("state", "waiting")
    peer.reads.set()
    await settle()
    assert peer.frames() == ["notice", "waiting"]


async def test_close_comes_after_what_was_pending_and_once() -> None:
    peer = Peer()
    socket = Socket(peer.send)
    socket.push("outcome", "last words")
    socket.close(4410)
    socket.close(1001)
    socket.push("state", "too late")
    await settle()
    assert peer.frames() == ["last words"]
    assert [message for message in peer.got if message["type"] == "websocket.close"] == [
        {"type": "websocket.close", "code": 4410}
    ]


async def test_peer_that_is_gone_disturbs_nobody() -> None:
    async def gone(_message: dict[str, Any]) -> None:
        raise RuntimeError("the connection is closed")

    socket = Socket(gone)
    socket.push("state", "1")
    await settle()
    assert socket.closed
    socket.push("state", "2")
    socket.close(1001)
    await settle()
