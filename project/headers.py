"""What every answer of the public tier has in common. Nothing here leaves the event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.utils.decorators import async_only_middleware
from django.utils.http import http_date

from project import bodies
from queueing import answers, cookies
from queueing.pages import policy

HEADERS = {
    "Content-Security-Policy": policy.content(),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

Message = dict[str, Any]
Headers = Iterable[tuple[bytes, bytes]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
Handler = Callable[[HttpRequest], Awaitable[HttpResponse]]

# Bytes; ours have up to 50. Over 15 kB of them Django takes a third of a second.
LONGEST_TYPE = 200

Refusal = tuple[HTTPStatus, bytes]
FOREIGN_HOST = HTTPStatus.BAD_REQUEST, b'{"type":"about:blank","title":"No such host here","status":400}'
LONG_TYPE = (
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    b'{"type":"about:blank","title":"Unsupported media type","status":415}',
)


class Frame:
    """ASGI wrapper around all of HTTP: refuses foreign hosts and long types, puts the headers on whatever is answered.

    HEAD is asked as GET: the server leaves the body out.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Any, send: Send) -> None:
        async def framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _completed(message.get("headers", []))}
            await send(message)

        refusal = _refusal(scope)
        if refusal:
            status, body = refusal
            await bodies.answer(framed, status, b"application/problem+json", body)
            return
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        await self.app({**scope, "method": method, "headers": _readable(scope["headers"])}, receive, framed)


def _refusal(scope: Message) -> Refusal | None:
    if not _is_ours(scope):
        return FOREIGN_HOST
    # Django joins them where there are several.
    types = b",".join(value for name, value in scope["headers"] if name == b"content-type")
    return LONG_TYPE if len(types) > LONGEST_TYPE else None


def _is_ours(scope: Message) -> bool:
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    domain, _port = split_domain_port(hosts[0] if len(hosts) == 1 else "")
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def _readable(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name, cookies.readable(value) if name == b"cookie" else value) for name, value in headers]


def _completed(headers: Headers) -> list[tuple[bytes, bytes]]:
    """With what is missing; Daphne sends no Date, by which the page tells how far its own clock is off."""
    given = list(headers)
    names = {name.lower() for name, _value in given}
    fields = HEADERS | {"Date": http_date()}
    wanted = ((name.lower().encode(), value.encode()) for name, value in fields.items())
    return given + [(name, value) for name, value in wanted if name not in names]


@async_only_middleware
def Problems(get_response: Handler) -> Handler:  # noqa: N802 named like a middleware class
    """A problem where Django would send a page of its own."""

    async def handle(request: HttpRequest) -> HttpResponse:
        answer = await get_response(request)
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = answer.headers.get("Allow", "")
            answer = answers.problem(HTTPStatus.METHOD_NOT_ALLOWED, "Method not allowed", f"Allowed: {allowed}")
            answer["Allow"] = allowed
        return answer

    return handle
