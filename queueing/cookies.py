"""The ticket's cookie: how it is named, set, read and cleared. Scripts cannot read it, other sites do not send it."""

from __future__ import annotations

from django.conf import settings as configured
from django.http import HttpRequest, HttpResponse

from queueing import tickets


def name(room: str) -> str:
    """`__Host-` binds the cookie to this host and to HTTPS (RFC 6265bis, 4.1.3.2)."""
    return f"{'__Host-' if configured.SECURE_COOKIES else ''}vestibule-{room}"


def read(request: HttpRequest, room: str) -> str:
    """The signed ticket, '' where the browser has none."""
    return request.COOKIES.get(name(room), "")


def set_ticket(answer: HttpResponse, ticket: tickets.Ticket) -> None:
    _set(answer, ticket.room, tickets.sign(ticket, configured.TICKET_KEYS), tickets.MAX_AGE_S)


def clear(answer: HttpResponse, room: str) -> None:
    _set(answer, room, "", 0)


def _set(answer: HttpResponse, room: str, value: str, max_age_s: int) -> None:
    secure = configured.SECURE_COOKIES
    answer.set_cookie(name(room), value, max_age=max_age_s, secure=secure, httponly=True, samesite="Lax")
