"""The passport as a page to be read, for the browser that waited. Works without scripts."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from queueing import answers, documents, errors, places, web
from queueing.pages import languages, writing

log = logging.getLogger(__name__)

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'"
    ),
    # The room's page shows it in a frame, to be seen before it is saved.
    "X-Frame-Options": "SAMEORIGIN",
}


@require_safe
async def document(request: HttpRequest, room: str) -> HttpResponse:
    """As GET /api/rooms/{room}/passport: a stranger learns nothing but that there is nothing for them."""
    try:
        ticket, _view = await places.ticket_of(web.hub(), room, request)
        view = documents.view_of(await places.document(web.hub(), ticket))
    except (answers.NoPassport, errors.TicketInvalid, errors.RoomUnknown):
        view = None
    except answers.PassportExpired:
        return _nothing(request, room, 410, "expired.title", "expired.meaning")
    except (errors.RoomNotReady, RedisError, OSError) as error:
        log.warning("a page to be read was answered 503: %s", type(error).__name__)
        answer = _nothing(request, room, 503, "no_document.later.title", "no_document.later.text")
        answer["Retry-After"] = str(answers.REDIS_RETRY_AFTER_S)
        return answer
    if view is None:
        return _nothing(request, room, 404, "no_document.title", "no_document.text")
    return _page("document.html", request, 200, room=room, view=view)


def _nothing(request: HttpRequest, room: str, status: int, title: str, meaning: str) -> HttpResponse:
    spoken = languages.spoken(request)
    return _page("no_document.html", request, status, room=room, title=spoken.get(title), meaning=spoken.get(meaning))


def _page(template: str, request: HttpRequest, status: int, **known: Any) -> HttpResponse:
    """In a frame of the room's page without links: none could lead anywhere from there."""
    framed = request.headers.get("Sec-Fetch-Dest") == "iframe"
    written = writing.page(template, languages.spoken(request), framed=framed, **known)
    return HttpResponse(written, status=status, headers=_HEADERS)
