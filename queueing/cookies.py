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


def readable(sent: bytes) -> bytes:
    """A Cookie header without the cookies that hold a backslash. None of ours does.

    Python unquotes those, before 3.11.10 and 3.12.6 in quadratic time (CVE-2024-7592): 0.3 s for 15 kB.
    """
    return sent if b"\\" not in sent else b";".join(one for one in sent.split(b";") if b"\\" not in one)


def set_ticket(answer: HttpResponse, ticket: tickets.Ticket) -> None:
    _set(answer, ticket.room, tickets.sign(ticket, configured.TICKET_KEYS), tickets.MAX_AGE_S)


def clear(answer: HttpResponse, room: str) -> None:
    _set(answer, room, "", 0)


def _set(answer: HttpResponse, room: str, value: str, max_age_s: int) -> None:
    secure = configured.SECURE_COOKIES
    answer.set_cookie(name(room), value, max_age=max_age_s, secure=secure, httponly=True, samesite="Lax")
