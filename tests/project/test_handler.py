"""Django's handler as the public tier runs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from project.handler import Handler
from project.settings import public

SCOPE = {
    "type": "http",
    "http_version": "1.1",
    "method": "GET",
    "path": "/healthz",
    "query_string": b"",
    "headers": [(b"host", b"testserver")],
    "client": ("127.0.0.1", 1),
}


@pytest.fixture
def handler(settings: Any) -> Handler:
    settings.MIDDLEWARE = public.MIDDLEWARE
    return Handler()


@pytest.fixture
def started_threads() -> Iterator[set[str]]:
    """Names of all threads that came to run meanwhile."""
    names: set[str] = set()
    threading.setprofile(lambda *_frame: names.add(threading.current_thread().name))
    yield names
    threading.setprofile(None)


async def test_request_is_answered_without_a_thread(handler: Handler, started_threads: set[str]) -> None:
    server = ApplicationCommunicator(handler, SCOPE)
    await server.send_input({"type": "http.request", "body": b"", "more_body": False})
    assert (await server.receive_output(timeout=10))["status"] == 200
    assert (await server.receive_output(timeout=10))["body"] == b"alive\n"
    await server.wait(timeout=10)
    assert started_threads == set()


async def test_who_has_gone_before_all_was_sent_is_not_answered(handler: Handler) -> None:
    server = ApplicationCommunicator(handler, SCOPE)
    await server.send_input({"type": "http.disconnect"})
    await server.wait(timeout=10)
    assert await server.receive_nothing()
