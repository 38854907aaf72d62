"""The page of a room, and of a host: in the phase that the browser's ticket is in. Each look counts as a poll."""

from __future__ import annotations

import logging
import time

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from queueing import answers, cookies, errors, places, web, wire
from queueing.pages import handover, languages, newcomers, phases, sentences, words, writing
from queueing.rooms import RoomView

log = logging.getLogger(__name__)


@require_safe
async def front(request: HttpRequest) -> HttpResponse:
    """The host's only room, or a list to choose from."""
    if languages.chosen_by_hand(request):
        return languages.keep(request)
    host = request.get_host().partition(":")[0]
    try:
        views = await web.hub().rooms.of_host(host)
        if len(views) == 1:
            return await _room(request, views[0].settings.slug)
        if not views and not await web.hub().rooms.slugs():
            raise errors.RoomNotReady
    except (errors.RoomNotReady, RedisError, OSError) as error:
        return _busy(request, error)
    return _choice(request, host, views)


@require_safe
async def room(request: HttpRequest, room: str) -> HttpResponse:
    if languages.chosen_by_hand(request):
        return languages.keep(request)
    try:
        return await _room(request, room)
    except errors.RoomUnknown:
        return _plain(request, "missing.html", 404)
    except (errors.RoomNotReady, RedisError, OSError) as error:
        return _busy(request, error)


async def _room(request: HttpRequest, slug: str) -> HttpResponse:
    """Raises: RoomUnknown, RoomNotReady, and what Redis raises."""
    if not cookies.read(request, slug):
        return await _for_newcomers(request, slug)
    try:
        ticket, view = await places.polled(web.hub(), slug, request)
    except errors.TicketInvalid:
        return await _for_newcomers(request, slug)
    except errors.TicketGone as gone:
        view = await web.hub().rooms.view(slug)
        answer = _for_holder(request, view, phases.of_gone(gone.reason), None)
        cookies.clear(answer, slug)
        return answer
    return _for_holder(request, view, phases.of_ticket(ticket), ticket)


async def _for_newcomers(request: HttpRequest, slug: str) -> HttpResponse:
    spoken = words.Words(languages.spoken(request).language)
    key = ("room", slug, spoken.language)
    written = newcomers.shelf().fresh(key)
    if written is None:
        view = await web.hub().rooms.view(slug)
        phase = phases.of_newcomer(places.room_shown(view))
        written = newcomers.shelf().take(key, lambda: writing.pack(_page(spoken, view, phase, None)))
    return writing.answer(request, written)


def _for_holder(
    request: HttpRequest, view: RoomView, phase: phases.Phase, ticket: wire.TicketOut | None
) -> HttpResponse:
    return writing.answer(request, writing.pack(_page(languages.spoken(request), view, phase, ticket)))


def _page(spoken: words.Words, view: RoomView, phase: phases.Phase, ticket: wire.TicketOut | None) -> bytes:
    now_s = time.time()
    room = places.room_shown(view)
    said = {"page": sentences.page_title(spoken, phase, room, ticket)} | sentences.of_room(spoken, room)
    if ticket:
        said |= sentences.of_ticket(spoken, ticket, now_s)
    if phase.kind:
        said |= sentences.of_end(spoken, phase)
    return writing.page(
        "room.html",
        spoken,
        offered=languages.offered(),
        page=handover.page(spoken, phase, room, ticket, now_s),
        phase=phase,
        room=room,
        ticket=ticket,
        said=said,
    )


def _choice(request: HttpRequest, host: str, views: list[RoomView]) -> HttpResponse:
    if not views:
        return _plain(request, "missing.html", 404)
    spoken = languages.spoken(request)
    rooms = [places.room_shown(view) for view in views]
    written = newcomers.shelf().take(
        ("rooms", host, spoken.language),
        lambda: writing.pack(writing.page("rooms.html", spoken, offered=languages.offered(), rooms=rooms)),
    )
    return writing.answer(request, written)


def _busy(request: HttpRequest, error: Exception) -> HttpResponse:
    """Places are kept meanwhile; the page looks again by itself."""
    if not isinstance(error, errors.RoomNotReady):
        log.warning("a page was answered 503: Redis does not answer (%s)", type(error).__name__)
    again_s = getattr(error, "retry_after_s", answers.REDIS_RETRY_AFTER_S)
    answer = _plain(request, "busy.html", 503, again_s=again_s)
    answer["Retry-After"] = str(again_s)
    return answer


def _plain(request: HttpRequest, template: str, status: int, **known: object) -> HttpResponse:
    """A page that knows of no room."""
    spoken = languages.spoken(request)

    def write() -> writing.Written:
        nowhere = phases.Phase("missing")
        return writing.pack(writing.page(template, spoken, offered=languages.offered(), phase=nowhere, **known))

    return writing.answer(request, newcomers.shelf().take((template, spoken.language), write), status)
