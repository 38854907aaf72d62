"""The public application from its outermost wrapper on: hosts, headers, pages, limits. Spoken to as a server does."""

from __future__ import annotations

import functools
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
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
from queueing.pages import plain, policy, press, sources

STYLE = press.press(press.FRONTEND)[0]["site.css"]
WRITTEN = ("/", "/rooms/passport")
PAGE_POLICY = policy.content(scripts=plain.source())
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
async def ask(redis_url: str, settings: Any) -> AsyncIterator[Callable[..., Awaitable[Answer]]]:
    """Asks the application as project.asgi puts it together, under the public tier's middleware."""
    settings.MIDDLEWARE = public.MIDDLEWARE
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = public.DATA_UPLOAD_MAX_NUMBER_FIELDS
    # The layer of an earlier test belongs to that test's event loop.
    channel_layers.backends.clear()
    application = Frame(body_limit(LoadLimit(Pages(Handler()))))
    yield functools.partial(_ask, application)
    await web.hub().aclose()


async def _ask(
    application: Any, path: str, method: str = "GET", body: bytes = b"", query: bytes = b"", **headers: str
) -> Answer:
    fields = {"host": "testserver"} | {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "query_string": query,
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
        (STYLE.path, "GET"),
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
    expected = HEADERS | ({"Content-Security-Policy": PAGE_POLICY} if path in WRITTEN and method == "GET" else {})
    assert {name: headers.get(name.lower()) for name in HEADERS} == expected
    assert headers["date"].endswith("GMT")


@pytest.mark.parametrize("host", ["evil.example", "", "[::1", "a" * 300, "testserver@evil.example"])
@pytest.mark.parametrize("path", ["/", "/api/rooms", STYLE.path])
async def test_foreign_hosts_are_refused_without_noise(ask: Any, path: str, host: str, caplog: Any) -> None:
    status, headers, _body = await ask(path, host=host)
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert caplog.records == []


@pytest.mark.parametrize("path", ["/", "/api/rooms/passport/tickets", STYLE.path])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_content_type_longer_than_any_of_ours_is_parsed_by_nobody(
    ask: Any, path: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    monkeypatch.setattr(
        "django.core.handlers.asgi.ASGIRequest._set_content_type_params", lambda *_: parsed.append(path)
    )
    status, headers, _body = await ask(path, method, b"a=b", content_type="a;" + '";' * 200)
    assert (status, headers["content-type"], parsed) == (415, "application/problem+json", [])
    assert {name: headers.get(name.lower()) for name in HEADERS} == HEADERS


async def test_cookies_that_are_slow_to_read_are_left_out_and_hide_no_other(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr("http.cookies._unquote", lambda value: read.append(value) or value)
    slow = '"' + "\\" * 1_000 + '"'
    _status, _headers, body = await ask("/no/such", cookie=f"a={slow}; language=de; b={slow}")
    assert (b'lang="de"' in body, read) == (True, ["de"])


@pytest.mark.parametrize("path", ["/api/rooms/passport/tickets", "/rooms/passport"])
async def test_form_of_too_many_fields_is_refused_without_noise(ask: Any, path: str, caplog: Any) -> None:
    sent = {"content_type": "application/x-www-form-urlencoded", "origin": public.PUBLIC_ORIGINS[0]}
    status, headers, _body = await ask(path, "POST", b"a&" * 30, **sent)
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert [record for record in caplog.records if record.name != "django.request"] == []


async def test_strangers_can_write_nothing_into_the_log(ask: Any, caplog: Any) -> None:
    assert (await ask("/api/rooms/passport/CANARY"))[0] == 404
    assert (await ask("/api/rooms", "PUT"))[0] == 405
    assert (await ask("/healthz", query=b"a&" * 30))[0] == 200
    assert (await ask("/api/nothing", query=b"a&" * 30))[0] == 404
    shown = [record for record in caplog.records if record.name != "django.request"]
    assert shown == []


@pytest.mark.parametrize("headers", [{"range": "bytes=0-4"}, {"if_modified_since": "Fri, 01 Jan 2100 00:00:00 GMT"}])
async def test_page_that_does_not_exist_is_not_found_whatever_is_asked(ask: Any, headers: dict[str, str]) -> None:
    status, told, body = await ask("/static/nope.js", **headers)
    assert (status, told["cache-control"]) == (404, "no-store")
    assert b"</html>" in body
    assert "etag" not in told


async def test_parts_that_a_browser_has_are_not_sent_again(ask: Any) -> None:
    tag = (await ask(STYLE.path))[1]["etag"]
    assert (await ask(STYLE.path, if_none_match=tag))[::2] == (304, b"")


async def test_parts_of_pages_are_kept_for_a_year_under_a_name_that_never_means_anything_else(ask: Any) -> None:
    status, told, body = await ask(STYLE.path)
    assert (status, body) == (200, STYLE.content)
    assert told["cache-control"] == "public, max-age=31536000, immutable"
    assert told["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("gzip;q=0.5, br;q=0", "gzip"), ("identity", None), ("", None)],
)
async def test_part_of_a_page_comes_in_the_smallest_form_the_browser_takes(
    ask: Any, accepted: str, encoding: str | None
) -> None:
    _status, told, body = await ask(STYLE.path, accept_encoding=accepted)
    assert told.get("content-encoding") == encoding
    assert body == (STYLE.encoded[encoding] if encoding else STYLE.content)
    assert told["content-length"] == str(len(body))


@pytest.mark.parametrize("path", ["/static/site.css", "/static/js/room.js", "/static/room.000000000000.js"])
async def test_names_without_a_hash_and_unknown_hashes_are_not_found(ask: Any, path: str) -> None:
    status, told, _body = await ask(path)
    assert (status, told["cache-control"]) == (404, "no-store")


async def test_edit_of_a_page_is_seen_at_the_next_request_where_files_are_watched(
    redis_url: str, settings: Any, tmp_path: Path
) -> None:
    settings.FRONTEND_WATCHED = True
    settings.FRONTEND_DIR = shutil.copytree(press.FRONTEND, tmp_path / "frontend")
    sources.changed()
    try:
        application = Pages(Handler())
        page = settings.FRONTEND_DIR / "404.html"
        page.write_text(page.read_text().replace("</h1>", " at all</h1>"))
        assert b" at all</h1>" in (await _ask(application, "/nothing"))[2]
    finally:
        settings.FRONTEND_DIR = press.FRONTEND
        sources.changed()


async def test_chunked_body_that_grows_too_long_is_refused_when_it_ends(ask: Any) -> None:
    status, headers, _body = await ask(
        "/api/rooms/test/tickets", "POST", b"x" * 20_000, content_type="application/json"
    )
    assert (status, headers["content-type"]) == (413, "application/problem+json")
