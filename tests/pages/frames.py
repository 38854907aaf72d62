"""A room's WebSocket whose frames the test writes, as docs/protocol.md has them, for what no room does at will."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

ADDRESS = "**/ws/rooms/*"
NO_TICKET = 4401
# Of one and the same ticket.
JOINED_AT_US = int((time.time() - 600) * 1e6)


def state(position: int, **values: Any) -> dict[str, Any]:
    """A whole ticket state, the first frame of a connection."""
    usual: dict[str, Any] = {
        "type": "state",
        "state": "waiting",
        "reference": "K7F-2QMX",
        "position": position,
        "wait_s": None,
        "pace_per_s": None,
        "paused": None,
        "corrected": None,
        "kept_for_s": 120,
        "expires_at": None,
        "reason": None,
        "poll_after_s": 5,
        "joined_at_us": JOINED_AT_US,
        "called_at_us": None,
    }
    return usual | values


def answer(page: Page, *frames: dict[str, Any], then_close: int | None = None) -> None:
    """Every connection is told these; and closed with this code, if any."""

    def connected(socket: WebSocketRoute) -> None:
        for frame in frames:
            socket.send(json.dumps(frame))
        if then_close is not None:
            socket.close(code=then_close)

    page.route_web_socket(ADDRESS, connected)


def cut(page: Page) -> Callable[[], None]:
    """What cuts the connections that there are, and all later ones; until then they are the server's."""
    opened: list[WebSocketRoute] = []
    page.route_web_socket(ADDRESS, lambda socket: opened.append(socket) or socket.connect_to_server())

    def cut_all() -> None:
        page.route_web_socket(ADDRESS, lambda socket: socket.close(code=1011))
        for socket in opened:
            socket.close(code=1011)

    return cut_all


def refuse(page: Page) -> None:
    """A network that lets no WebSocket through."""
    page.route_web_socket(ADDRESS, lambda socket: socket.close(code=1011))
