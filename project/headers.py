"""Security headers on every answer of the public tier. Middleware that never leaves the event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import async_only_middleware
from django.utils.http import http_date

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
def SecurityHeaders(get_response: Handler) -> Handler:  # noqa: N802 named like a middleware class
    async def add(request: HttpRequest) -> HttpResponse:
        answer = await get_response(request)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        # Daphne sends none, and the page tells by it how far its own clock is off.
        answer.headers.setdefault("Date", http_date())
        return answer

    return add
