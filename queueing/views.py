"""The page that web writes itself: the passport to be read, for the browser that waited. Works without scripts."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from queueing import answers, documents, errors, places, web

log = logging.getLogger(__name__)

_ENGINE = Engine(dirs=[str(Path(__file__).parent / "templates")])
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
}


@require_safe
async def document(request: HttpRequest, room: str) -> HttpResponse:
    """As GET /api/rooms/{room}/passport: a stranger learns nothing but that there is nothing for them."""
    try:
        ticket, _view = await places.ticket_of(web.hub(), room, request)
        view = documents.view_of(await places.document(web.hub(), ticket))
    except (answers.NoPassport, errors.TicketInvalid, errors.RoomUnknown):
        return _page("no_document.html", room, 404)
    except answers.PassportExpired:
        return _page("no_document.html", room, 410, expired=True)
    except (errors.RoomNotReady, RedisError, OSError) as error:
        log.warning("a page to be read was answered 503: %s", type(error).__name__)
        answer = _page("no_document.html", room, 503, later=True)
        answer["Retry-After"] = str(answers.REDIS_RETRY_AFTER_S)
        return answer
    if view is None:
        return _page("no_document.html", room, 404)
    return _page("document.html", room, 200, view=view)


def _page(template: str, room: str, status: int, **known: Any) -> HttpResponse:
    """Django's templates escape whatever they are given."""
    written = _ENGINE.get_template(template).render(Context({"room": room, **known}))
    return HttpResponse(written, status=status, headers=_HEADERS)
