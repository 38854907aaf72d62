"""The pages of a host and of its rooms: in the phase that the browser's ticket is in. Each look counts as a poll.

Thin: who asks, which page; what stands on it is room_page's, what may be done without scripts is steps'.
"""

from __future__ import annotations

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe
from redis.exceptions import RedisError

from queueing import answers, capacity, cookies, errors, metrics, origins, places, web
from queueing.pages import (
    asides,
    entries,
    languages,
    newcomers,
    phases,
    plain,
    policy,
    query,
    room_page,
    steps,
    writing,
)

log = logging.getLogger(__name__)

# What is said where a form could not be taken just now; everything else that passes by itself is "busy".
LATER = {errors.RoomClosed: "later.closed", errors.TooManyJoins: "later.crowded"}
PASSING = (
    errors.RoomNotReady,
    errors.RoomClosed,
    errors.TooManyJoins,
    errors.IssuingKeyUnknown,
    errors.TooBusy,
    errors.TicketGone,
    RedisError,
    OSError,
)


@require_safe
async def front(request: HttpRequest) -> HttpResponse:
    """The host's only room, or a list to choose from."""
    if languages.chosen_by_hand(request):
        return languages.keep(request)
    host = request.get_host().partition(":")[0]
    try:
        views = await web.hub().rooms.of_host(host)
        if len(views) == 1:
            return await _look(request, views[0].settings.slug)
        if not views and not await web.hub().rooms.slugs():
            raise errors.RoomNotReady
    except (errors.RoomNotReady, RedisError, OSError) as error:
        return asides.busy(request, error)
    return asides.choice(request, host, views) if views else asides.missing(request)


@require_http_methods(["GET", "HEAD", "POST"])
async def room(request: HttpRequest, room: str) -> HttpResponse:
    if languages.chosen_by_hand(request):
        return languages.keep(request)
    try:
        return await (_step if request.method == "POST" else _look)(request, room)
    except errors.RoomUnknown:
        return asides.missing(request)
    except (errors.RoomNotReady, RedisError, OSError) as error:
        return asides.busy(request, error)


async def _look(request: HttpRequest, slug: str) -> HttpResponse:
    """Raises: RoomUnknown, RoomNotReady, and what Redis raises."""
    if not cookies.read(request, slug):
        return await _for_newcomers(request, slug)
    after = query.asked(request, phases.AFTER) or ""
    try:
        ticket, view = await places.polled(web.hub(), slug, request)
    except errors.TicketInvalid:
        return await _for_newcomers(request, slug)
    except errors.TicketGone as gone:
        view = await web.hub().rooms.view(slug)
        answer = _answer(request, room_page.Shown(view, phases.of_gone(gone.reason, after)))
        cookies.clear(answer, slug)
        return answer
    phase = phases.of_ticket(ticket, query.asked(request, phases.ASK) or "")
    return _answer(request, room_page.Shown(view, phase, ticket))


async def _for_newcomers(request: HttpRequest, slug: str) -> HttpResponse:
    view = await web.hub().rooms.view(slug)
    spoken = languages.spoken(request, view.settings, regional=False)
    after = query.asked(request, phases.AFTER) or ""
    key = ("room", slug, spoken.language, after if after in phases.WITHOUT_TICKET else "")

    def write() -> writing.Written:
        return room_page.write(spoken, room_page.Shown(view, phases.of_newcomer(places.room_shown(view), after)))

    answer = _under_policy(request, newcomers.shelf().take(key, write))
    answer["X-Accel-Expires"] = str(newcomers.EDGE_FRESH_S)
    return answer


async def _step(request: HttpRequest, slug: str) -> HttpResponse:
    """Raises: RoomUnknown, RoomNotReady, and what Redis raises."""
    if not origins.is_ours(request.headers.get("Origin", "")):
        return answers.of_error(errors.ForeignOrigin())
    if request.content_type != answers.FORM:
        return answers.of_error(answers.UnsupportedMediaType())
    step = request.POST.get("step", "")
    if step in (steps.JOIN, steps.REPLACE):
        return await _join(request, slug, replace=step == steps.REPLACE)
    if step in steps.GIVE_UP:
        return await steps.give_up(request, slug, step)
    return steps.to_room(slug)


async def _join(request: HttpRequest, slug: str, *, replace: bool) -> HttpResponse:
    """Where the form is not taken it comes back as it was filled in. Raises: RoomUnknown."""
    view = web.hub().rooms.last(slug) or await web.hub().rooms.view(slug)
    spoken = languages.spoken(request, view.settings)
    entry = entries.read(request.POST, spoken.language)
    status, phase, trouble, retry_after_s = HTTPStatus.UNPROCESSABLE_ENTITY, phases.Phase("form"), "", None
    if entry.form:
        try:
            _refuse_beyond_capacity()
            return await steps.join(request, slug, entry.form, replace=replace)
        except errors.PlaceTaken:
            status, phase = HTTPStatus.CONFLICT, phases.Phase("conflict")
        except PASSING as error:
            refusal = answers.of_error(error)
            status, retry_after_s = HTTPStatus(refusal.status_code), refusal.headers.get("Retry-After")
            trouble = spoken.get(LATER.get(type(error), "later.busy"))
    shown = room_page.Shown(web.hub().rooms.last(slug) or view, phase, entry=entry, trouble=trouble)
    answer = _under_policy(request, room_page.write(spoken, shown, pack=False), status)
    if retry_after_s:
        answer["Retry-After"] = retry_after_s
    return answer


def _refuse_beyond_capacity() -> None:
    """As project/limits.py does for the API, but with what was typed. Raises: TooBusy."""
    if not web.hub().capacity.may_join():
        metrics.turned_away.inc()
        raise errors.TooBusy(capacity.come_back_after_s())


def _answer(request: HttpRequest, shown: room_page.Shown) -> HttpResponse:
    return _under_policy(request, room_page.write(languages.spoken(request, shown.view.settings), shown))


def _under_policy(request: HttpRequest, written: writing.Written, status: int = HTTPStatus.OK) -> HttpResponse:
    """Told to name no referrer at all, browsers name no origin either with the forms they send (Fetch, 3.2)."""
    answer = writing.answer(request, written, status)
    answer["Content-Security-Policy"] = policy.content(scripts=plain.source(), styles=written.styles)
    answer["Referrer-Policy"] = "same-origin"
    return answer
