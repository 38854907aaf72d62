"""What every answer of the public tier has in common. Middleware that never leaves the event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import async_only_middleware
from django.utils.http import http_date

from queueing import answers

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

Handler = Callable[[HttpRequest], Awaitable[HttpResponse]]


@async_only_middleware
def FirstAndLast(get_response: Handler) -> Handler:  # noqa: N802 named like a middleware class
    """Before: whether the host is ours. After: the headers, and a problem where Django would send a page."""

    async def handle(request: HttpRequest) -> HttpResponse:
        request.get_host()
        answer = await get_response(request)
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = answer.headers.get("Allow", "")
            answer = answers.problem(HTTPStatus.METHOD_NOT_ALLOWED, "Method not allowed", f"Allowed: {allowed}")
            answer["Allow"] = allowed
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        # Daphne sends none, and the page tells by it how far its own clock is off.
        answer.headers.setdefault("Date", http_date())
        return answer

    return handle
