"""One browser's WebSocket as the hub sees it: at most one send in flight, and the latest frame of each kind wins.

So one stuck phone delays nobody and costs no memory, and nobody is sent what is no longer true.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from queueing import capacity

Send = Callable[[dict[str, Any]], Awaitable[None]]
Kind = Literal["state", "called", "outcome", "notice"]

# RFC 6455, 7.4: going away, policy violation, try again later; the 44xx are ours (docs/protocol.md).
GOING_AWAY = 1001
POLICY = 1008
TRY_LATER = 1013
NO_TICKET = 4401
FOREIGN_ORIGIN = 4403
GONE = 4410


class Socket:
    """Frames go out in the order of their kinds' first push; `closed` once a close was asked for or the peer went."""

    __slots__ = ("_busy", "_pending", "_send", "closed")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._pending: dict[str, str] = {}
        self._busy: asyncio.Task[None] | None = None
        self.closed = False

    def push(self, kind: Kind, frame: str) -> None:
        """Never waits, never raises."""
        if self.closed:
            return
        if kind == "state":
            # What followed from the state before is no longer true.
            self._pending.pop("called", None)
            self._pending.pop("outcome", None)
        self._pending[kind] = frame
        if self._busy is None:
            self._busy = asyncio.create_task(self._drain())

    def close(self, code: int) -> None:
        """Close after what is pending has gone out; a repeat changes nothing.

        TRY_LATER comes with a reason: after how many seconds to come back.
        """
        if self.closed:
            return
        self.closed = True
        asyncio.create_task(self._close(code, self._busy))  # noqa: RUF006 the loop's reference outlives the send

    async def _drain(self) -> None:
        try:
            while self._pending:
                kind = next(iter(self._pending))
                await self._send({"type": "websocket.send", "text": self._pending.pop(kind)})
        except Exception:  # noqa: BLE001 servers raise their own kinds for a peer that is gone; the disconnect follows
            self.closed = True
            self._pending.clear()
        finally:
            self._busy = None

    async def _close(self, code: int, busy: asyncio.Task[None] | None) -> None:
        try:
            if busy is not None:
                await asyncio.wait([busy], timeout=1)
            message = {"type": "websocket.close", "code": code}
            if code == TRY_LATER:
                message["reason"] = str(capacity.come_back_after_s())
            await self._send(message)
        except Exception:  # noqa: BLE001 as above: gone already is as good as closed
            return
