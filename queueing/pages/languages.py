"""Which language a page is in: chosen by hand (`?language=`, kept in a cookie), else by the browser, else the first.

Of those that the room offers, in the room's own words where it has some.
"""

from __future__ import annotations

from django.conf import settings as configured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from queueing.pages import query, words
from queueing.settings import RoomSettings

COOKIE = "language"
PARAMETER = "language"
YEAR_S = 365 * 86_400


def spoken(request: HttpRequest, room: RoomSettings | None = None, *, regional: bool = True) -> words.Words:
    """`regional` False: of the language alone, the same for all who read it."""
    offered = _tags(room)
    language, region = words.negotiate(request.headers.get("Accept-Language", ""), offered)
    chosen = request.COOKIES.get(COOKIE, "")
    if chosen in offered:
        # Of the kinds that the browser accepts only those of this language count.
        language, region = words.negotiate(request.headers.get("Accept-Language", ""), (chosen,))
    return words.Words(language, region if regional else "", room.texts.get(language) if room else None)


def preferred(accepted: str, chosen: str) -> str:
    """Where no room says which languages there are. `accepted`: an Accept-Language; `chosen`: by hand, '' for none."""
    offered = words.languages()
    return chosen if chosen in offered else words.negotiate(accepted, offered)[0]


def offered(room: RoomSettings | None = None) -> list[words.Words]:
    return [words.Words(language) for language in _tags(room)]


def _tags(room: RoomSettings | None) -> tuple[str, ...]:
    """Those that the room has chosen, as far as there are files for them; all where it has chosen none."""
    chosen = tuple(tag for tag in room.languages if tag in words.languages()) if room else ()
    return chosen or words.languages()


def chosen_by_hand(request: HttpRequest) -> bool:
    """A form counts for what was typed: led to another address it would be lost."""
    return request.method != "POST" and query.asked(request, PARAMETER) is not None


def keep(request: HttpRequest) -> HttpResponse:
    """To the plain address, with the choice in a cookie; what is no language of ours chooses nothing."""
    answer = HttpResponseRedirect(request.path)
    answer.status_code = 303
    answer["Cache-Control"] = "no-store"
    chosen = query.asked(request, PARAMETER)
    if chosen in words.languages():
        answer.set_cookie(COOKIE, chosen, max_age=YEAR_S, secure=configured.SECURE_COOKIES, samesite="Lax")
    return answer
