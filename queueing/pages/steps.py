"""What a person may do on a page without scripts: a POST each, answered by the way to what it led to (303)."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from queueing import claims, cookies, errors, places, web
from queueing.pages import phases

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
    """`replace`: a place that this browser has for other details is given up. Raises: as places.join."""
    if replace:
        await _leave(request, slug)
        request.COOKIES.pop(cookies.name(slug), None)
    place = await places.join(web.hub(), slug, form, secrets.token_urlsafe(16), request)
    answer = to_room(slug)
    cookies.set_ticket(answer, place.ticket)
    return answer


async def give_up(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """Of a place in line, or of an outcome, which is erased. Raises: RoomUnknown, RoomNotReady."""
    await _leave(request, slug)
    answer = to_room(slug, GIVE_UP[step])
    cookies.clear(answer, slug)
    return answer


def to_room(slug: str, after: str = "") -> HttpResponse:
    answer = HttpResponseRedirect(f"/rooms/{slug}" + (f"?{phases.AFTER}={after}" if after else ""))
    answer.status_code = 303
    answer["Cache-Control"] = "no-store"
    return answer


async def _leave(request: HttpRequest, slug: str) -> None:
    """Who has no ticket has nothing to leave."""
    try:
        await places.leave(web.hub(), slug, request)
    except errors.TicketInvalid:
        return
