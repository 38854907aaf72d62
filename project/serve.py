"""Serves the public web application on Daphne, within limits: `python -m project.serve --port 8000`.

Daphne's own command leaves the backlog at 50, and stores a body of any size in a file before the application sees it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import resource
import socket
import sys
import time
from typing import Any

from daphne import http_protocol, ws_protocol
from daphne.server import Server
from twisted.internet import reactor

from project.asgi import application
from project.headers import HEADERS
from project.limits import MAX_BODY_BYTES, PATIENCE_BYTES, TOO_LARGE

log = logging.getLogger("project.serve")

# A launch brings hundreds of handshakes at once; beyond this the kernel lets clients retry.
BACKLOG = 4_096
# A phone that is gone without a word: pings every 20 s, gone after another 20.
PING_S = 20
# Between two rounds through all connections, as Daphne has it; and how a round is cut up: some ms of pings, a pause.
CHECK_S = 2
CHECKED_AT_ONCE = 200
CHECK_PAUSE_S = 0.01
# Bytes that were sent and not acknowledged for this long mean that nobody is there.
UNACKNOWLEDGED_MS = 20_000
# The only frame that browsers send holds 16 bytes; up to here the consumer closes politely, beyond it we hang up.
MAX_FRAME_BYTES = 65_536
# Browsers send no pings of their own, tools a few.
MOST_PINGS = 20
PINGS_PER_S = 10.0
# How long a browser may take to answer a close: thousands are closed at once when a process stops.
CLOSING_S = 5
# The longest wait a socket should survive; a ticket's cookie lives as long.
LONGEST_SOCKET_S = 172_800


class LimitedRequest(http_protocol.WebRequest):  # type: ignore[misc]
    """A request whose body is never stored beyond MAX_BODY_BYTES."""

    came = 0

    def __init__(self, *given: Any) -> None:
        """Twisted would parse forms as well, for nobody, and takes half a second over some Content-Types."""
        super().__init__(*given, parsePOSTFormSubmission=False)

    def __repr__(self) -> str:
        """Daphne logs it where a request takes too long; the peer's address is nobody's business."""
        return "<a request>"

    def gotLength(self, length: int | None) -> None:  # noqa: N802 Twisted's name
        super().gotLength(min(length or 0, MAX_BODY_BYTES))

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 Twisted's name
        self.came += len(data)
        if self.came <= MAX_BODY_BYTES:
            super().handleContentChunk(data)
        elif self.came > PATIENCE_BYTES:
            self.channel.forceAbortClient()

    def process(self) -> Any:
        return self._refuse(413, TOO_LARGE) if self.came > MAX_BODY_BYTES else super().process()

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Daphne has a page of its own for what it cannot hand on, without our headers."""
        problem = {"type": "about:blank", "title": status_text.decode(), "status": status}
        self._refuse(status, json.dumps(problem).encode())

    def _refuse(self, status: int, problem: bytes) -> None:
        fields = {**HEADERS, "Content-Type": "application/problem+json", "Cache-Control": "no-store"}
        headers = [(name.encode(), value.encode()) for name, value in fields.items()]
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": problem})


class Socket(ws_protocol.WebSocketProtocol):  # type: ignore[misc]
    """A WebSocket that closes with the codes of the protocol: Autobahn lets applications send 1000 and 3000 up only."""

    pings = 0
    pings_since = 0.0

    def __repr__(self) -> str:
        """As above."""
        return "<a socket>"

    def onPing(self, payload: bytes) -> None:  # noqa: N802 Autobahn's name
        """Answer, but not without end: a peer that only pings and never reads would fill our memory with answers."""
        now = time.monotonic()
        if now - self.pings_since > PINGS_PER_S:
            self.pings, self.pings_since = 0, now
        self.pings += 1
        if self.pings > MOST_PINGS:
            self.dropConnection(abort=True)
        else:
            super().onPing(payload)

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Daphne forgets the reason of a close."""
        if message["type"] == "websocket.close" and self.state == self.STATE_OPEN:
            self.closeHandshakeTimeout = CLOSING_S
            self.sendCloseFrame(message.get("code") or 1000, message.get("reason", "").encode())
        else:
            super().handle_reply(message)

    def sendHttpErrorResponse(self, code: int, reason: str, responseHeaders: Any = None) -> None:  # noqa: N802, N803
        """A refused handshake is an answer as any other."""
        super().sendHttpErrorResponse(code, reason, [*(responseHeaders or ()), *HEADERS.items()])

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802 Daphne's name
        self.sendCloseFrame(code=code or 1000)


class PatientServer(Server):  # type: ignore[misc]
    """Looks after its sockets a few at a time: Daphne pings thousands in one go, and all news waits meanwhile."""

    clock: Any = reactor

    def timeout_checker(self) -> None:
        self._check(list(self.connections))

    def _check(self, left: list[Any]) -> None:
        for connection in left[-CHECKED_AT_ONCE:]:
            if connection in self.connections:
                connection.check_timeouts()
        del left[-CHECKED_AT_ONCE:]
        if left:
            self.clock.callLater(CHECK_PAUSE_S, self._check, left)
        else:
            self.clock.callLater(CHECK_S, self.timeout_checker)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m project.serve", description="The public web server.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    options = parser.parse_args(arguments)
    _allow_files()
    try:
        listening = _listen(options.host, options.port)
    except OSError as error:
        print(f"web: cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    http_protocol.WebRequest = LimitedRequest
    ws_protocol.WebSocketFactory.protocol = Socket
    log.info("web on http://%s:%d", options.host, options.port)
    PatientServer(
        application=application,
        endpoints=[f"fd:fileno={listening.fileno()}"],
        ping_interval=PING_S,
        ping_timeout=PING_S,
        websocket_timeout=LONGEST_SOCKET_S,
        websocket_max_message_size=MAX_FRAME_BYTES,
        websocket_max_frame_size=MAX_FRAME_BYTES,
        server_name="vestibule",
        verbosity=0,
    ).run()
    return 0


def _allow_files() -> None:
    """As many as the system lets us have: each socket is one."""
    _now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS names a limit that it does not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _listen(host: str, port: int) -> socket.socket:
    """Raises: OSError where the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
    listening.bind((host, port))
    listening.listen(BACKLOG)
    listening.setblocking(False)
    return listening


if __name__ == "__main__":
    sys.exit(main())
