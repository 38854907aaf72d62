"""Pages that are about no room in particular: which one, none such, one moment."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from queueing import answers, errors, wordings
from queueing.pages import languages, newcomers, phases, plain, policy, writing
from queueing.rooms import RoomView

log = logging.getLogger(__name__)


def choice(request: HttpRequest, host: str, views: Sequence[RoomView]) -> HttpResponse:
    language = languages.spoken(request).language
    settings = [view.settings for view in views]
    rooms = [{"slug": s.slug, "title": wordings.title(s.texts, language, s.title)} for s in settings]
    return _page(request, "rooms.html", 200, about=host, rooms=rooms)


def missing(request: HttpRequest) -> HttpResponse:
    return _page(request, "missing.html", 404, phase=phases.Phase("missing"))


def busy(request: HttpRequest, error: Exception) -> HttpResponse:
    """Places are kept meanwhile; the page looks again by itself."""
    if not isinstance(error, errors.RoomNotReady):
        log.warning("a page was answered 503: Redis does not answer (%s)", type(error).__name__)
    again_s = getattr(error, "retry_after_s", answers.REDIS_RETRY_AFTER_S)
    answer = _page(request, "busy.html", 503, about=str(again_s), again_s=again_s, plain_script=plain.script())
    answer["Content-Security-Policy"] = policy.content(scripts=plain.source())
    answer["Retry-After"] = str(again_s)
    return answer


def _page(request: HttpRequest, template: str, status: int, about: str = "", **known: object) -> HttpResponse:
    """The same for all who read a language; `about` is what else it depends on."""
    spoken = languages.spoken(request)
    written = newcomers.shelf().take(
        (template, about, spoken.language),
        lambda: writing.pack(writing.page(template, spoken, offered=languages.offered(), **known)),
    )
    answer = writing.answer(request, written, status)
    # The edge asks for one page at a time: those that it may not keep would come to a crowd one after the other.
    answer["X-Accel-Expires"] = str(newcomers.EDGE_FRESH_S)
    return answer
