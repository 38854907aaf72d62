"""The public application from its outermost wrapper on: hosts, headers, pages, limits. Spoken to as a server does."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.layers import channel_layers

from project.handler import Handler
from project.headers import HEADERS, Frame
from project.limits import LoadLimit, body_limit
from project.pages import Pages
from project.settings import public
from queueing import web

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
async def ask(redis_url: str, settings: Any) -> AsyncIterator[Callable[..., Awaitable[Answer]]]:
    """Asks the application as project.asgi puts it together, under the public tier's middleware."""
    settings.MIDDLEWARE = public.MIDDLEWARE
    # The layer of an earlier test belongs to that test's event loop.
    channel_layers.backends.clear()
    application = Frame(body_limit(LoadLimit(Pages(Handler()))))
    yield functools.partial(_ask, application)
    await web.hub().aclose()


async def _ask(application: Any, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
    fields = {"host": "testserver"} | {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in fields.items() if value],
        "client": ("127.0.0.1", 1),
    }
    server = ApplicationCommunicator(application, scope)
    await server.send_input({"type": "http.request", "body": body})
    start: dict[str, Any] = await server.receive_output(timeout=10)
    answer: dict[str, Any] = await server.receive_output(timeout=10)
    await server.wait(timeout=10)
    told = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return int(start["status"]), told, answer.get("body", b"")


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/", "GET"),
        ("/rooms/passport", "GET"),
        ("/static/site.css", "GET"),
        ("/no/such", "GET"),
        ("/healthz", "GET"),
        ("/api/rooms/%zz", "GET"),
        ("/api/nothing", "POST"),
        ("/", "DELETE"),
        ("/healthz", "HEAD"),
    ],
)
async def test_every_answer_carries_the_security_headers_and_the_time(ask: Any, path: str, method: str) -> None:
    _status, headers, _body = await ask(path, method)
    assert {name: headers.get(name.lower()) for name in HEADERS} == HEADERS
    assert headers["date"].endswith("GMT")


@pytest.mark.parametrize("host", ["evil.example", "", "[::1", "a" * 300, "testserver@evil.example"])
@pytest.mark.parametrize("path", ["/", "/api/rooms", "/static/site.css"])
async def test_foreign_hosts_are_refused_without_noise(ask: Any, path: str, host: str, caplog: Any) -> None:
    status, headers, _body = await ask(path, host=host)
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert caplog.records == []


async def test_strangers_can_write_nothing_into_the_log(ask: Any, caplog: Any) -> None:
    assert (await ask("/api/rooms/passport/CANARY"))[0] == 404
    assert (await ask("/api/rooms", "PUT"))[0] == 405
    shown = [record for record in caplog.records if record.name != "django.request"]
    assert shown == []


@pytest.mark.parametrize("headers", [{"range": "bytes=0-4"}, {"if_modified_since": "Fri, 01 Jan 2100 00:00:00 GMT"}])
async def test_page_that_does_not_exist_is_not_found_whatever_is_asked(ask: Any, headers: dict[str, str]) -> None:
    status, told, body = await ask("/static/nope.js", **headers)
    assert (status, told["cache-control"]) == (404, "no-store")
    assert b"</html>" in body
    assert "etag" not in told


async def test_pages_are_packed_for_those_who_can_unpack_them_and_known_by_their_tag(ask: Any) -> None:
    plain = await ask("/static/site.css")
    packed = await ask("/static/site.css", accept_encoding="gzip, br")
    assert packed[1]["content-encoding"] == "gzip"
    assert len(packed[2]) < len(plain[2])
    assert (await ask("/static/site.css", if_none_match=plain[1]["etag"]))[0] == 304


async def test_chunked_body_that_grows_too_long_is_refused_when_it_ends(ask: Any) -> None:
    status, headers, _body = await ask(
        "/api/rooms/test/tickets", "POST", b"x" * 20_000, content_type="application/json"
    )
    assert (status, headers["content-type"]) == (413, "application/problem+json")
