"""What our server does differently from Daphne's own."""

from __future__ import annotations

import pytest
from twisted.internet.task import Clock

from project import serve


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
