"""What a person may do on a page without scripts: a POST each, answered by the way to what it led to (303)."""

from __future__ import annotations

import secrets
import time

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from queueing import claims, cookies, errors, places, tickets, web
from queueing.pages import phases

# Long enough for a second press, and short enough that nobody joins, leaves and joins again on purpose.
MOMENT_S = 10
JOIN = "join"
REPLACE = "replace"
# What the page says after each of the steps that give a ticket up.
GIVE_UP = {
    "leave": phases.AFTER_LEAVING,
    "clear": phases.AFTER_CLEARING,
    "another": "",
    "edit": "",
    "join_again": "",
}


async def join(request: HttpRequest, slug: str, form: claims.Form, *, replace: bool) -> HttpResponse:
    """`replace`, raises: as places.join."""
    key = await _key(request, slug) if replace else _key_of_moment(request)
    try:
        place = await places.join(web.hub(), slug, form, key, request, replace=replace)
    except errors.TicketGone:
        # Left and come back within a moment.
        place = await places.join(web.hub(), slug, form, secrets.token_urlsafe(16), request, replace=replace)
    answer = to_room(slug)
    cookies.set_ticket(answer, place.ticket)
    return answer


async def give_up(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """Of a place in line, or of an outcome, which is erased. Raises: RoomUnknown, RoomNotReady.

    Nothing is given up for a page that shows another ticket than the browser has by now: it is from before that.
    """
    ticket = await _ticket(request, slug)
    if (tickets.reference(ticket.id) if ticket else "") != request.POST.get("reference", ""):
        return to_room(slug)
    if ticket:
        await places.leave(web.hub(), slug, request)
    answer = to_room(slug, GIVE_UP[step])
    cookies.clear(answer, slug)
    return answer


def to_room(slug: str, after: str = "") -> HttpResponse:
    answer = HttpResponseRedirect(f"/rooms/{slug}" + (f"?{phases.AFTER}={after}" if after else ""))
    answer.status_code = 303
    answer["Cache-Control"] = "no-store"
    return answer


async def _key(request: HttpRequest, slug: str) -> str:
    """One place is replaced by one: pressed twice, the button asks for the same again."""
    ticket = await _ticket(request, slug)
    return f"in place of {ticket.id}" if ticket else _key_of_moment(request)


def _key_of_moment(request: HttpRequest) -> str:
    """The same details from the same address within a moment are one press of a button, or two by one impatient."""
    sender = (request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))
    return f"{' '.join(sender)} at {time.time() // MOMENT_S:.0f}"


async def _ticket(request: HttpRequest, slug: str) -> tickets.Ticket | None:
    try:
        return (await places.ticket_of(web.hub(), slug, request))[0]
    except errors.TicketInvalid:
        return None
