"""What our server does differently from Daphne's own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from daphne import http_protocol, ws_protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.web import http

from project import serve
from project.headers import HEADERS


class Connection:
    def __init__(self) -> None:
        self.checked = 0

    def check_timeouts(self) -> None:
        self.checked += 1


@pytest.fixture
def server() -> serve.PatientServer:
    server = serve.PatientServer(application=None, endpoints=["never opened"])
    server.clock = Clock()
    server.connections = {Connection(): {} for _ in range(3 * serve.CHECKED_AT_ONCE + 1)}
    return server


def test_connections_are_checked_a_few_at_a_time_and_all_of_them_once_a_round(server: serve.PatientServer) -> None:
    server.timeout_checker()
    assert sum(connection.checked for connection in server.connections) == serve.CHECKED_AT_ONCE
    server.clock.pump([serve.CHECK_PAUSE_S] * 3)
    assert {connection.checked for connection in server.connections} == {1}
    server.clock.pump([serve.CHECK_S, *[serve.CHECK_PAUSE_S] * 3])
    assert {connection.checked for connection in server.connections} == {2}


def test_connection_that_went_meanwhile_is_left_alone_and_new_ones_have_their_turn(server: serve.PatientServer) -> None:
    server.timeout_checker()
    gone = next(connection for connection in server.connections if not connection.checked)
    new = Connection()
    server.connections = {connection: {} for connection in [*server.connections, new] if connection is not gone}
    server.clock.pump([serve.CHECK_PAUSE_S] * 3)
    assert (gone.checked, new.checked) == (0, 0)
    server.clock.pump([serve.CHECK_S, *[serve.CHECK_PAUSE_S] * 3])
    assert (gone.checked, new.checked) == (0, 1)


class Front(serve.PatientServer):
    """Notes what reaches the application, and answers nothing."""

    def __init__(self) -> None:
        super().__init__(application=None, endpoints=["never opened"])
        self.connections: dict[Any, Any] = {}
        self.asked: list[dict[str, Any]] = []
        self.ws_factory = ws_protocol.WebSocketFactory(self)

    def create_application(self, _protocol: Any, scope: dict[str, Any]) -> asyncio.Queue[Any]:
        self.asked.append(scope)
        return asyncio.Queue()


class Transport(StringTransport):
    def resumeProducing(self) -> None:  # noqa: N802 Twisted's name
        """A real one does not mind that it is being closed."""


@pytest.fixture
def front(monkeypatch: pytest.MonkeyPatch) -> Front:
    monkeypatch.setattr(http_protocol, "WebRequest", serve.LimitedRequest)
    monkeypatch.setattr(ws_protocol.WebSocketFactory, "protocol", serve.Socket)
    return Front()


def send(front: Front, request: bytes) -> bytes:
    """What is answered without the application."""
    transport = Transport()
    factory = http_protocol.HTTPFactory(front)
    factory.timeOut = None
    connection = factory.buildProtocol(transport.getPeer())
    connection.makeConnection(transport)
    connection.dataReceived(request)
    answered: bytes = transport.value()
    return answered


@pytest.mark.parametrize(
    "content_type",
    [
        b"multipart/form-data;" + b"(" * 2_000,
        b"multipart/form-data; boundary=x",
        b"application/x-www-form-urlencoded" + b";" * 15_000,
    ],
)
def test_bodies_are_left_to_the_application(front: Front, content_type: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    monkeypatch.setattr(http, "_parseContentType", parsed.append)
    answered = send(front, b"POST / HTTP/1.1\r\nContent-Type: %b\r\nContent-Length: 1\r\n\r\nx" % content_type)
    assert (answered, parsed) == (b"", [])
    assert dict(front.asked[0]["headers"])[b"content-type"] == content_type


@pytest.mark.parametrize("address", [b"/\x80", b"/?\x80"])
def test_what_is_no_address_is_refused_with_all_headers(front: Front, address: bytes) -> None:
    head, _, body = send(front, b"GET %b HTTP/1.0\r\n\r\n" % address).partition(b"\r\n\r\n")
    assert head.split()[1] == b"400"
    assert HEADERS.items() <= told(head).items()
    assert (told(head)["Content-Type"], json.loads(body)["status"]) == ("application/problem+json", 400)


def test_handshake_that_is_none_is_refused_with_all_headers(front: Front) -> None:
    head = send(front, b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert HEADERS.items() <= told(head).items()


def told(head: bytes) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in head.decode().strip().splitlines()[1:])
