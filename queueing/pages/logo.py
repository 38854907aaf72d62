"""The logo of a room under an address that changes with it, so browsers and caches may keep it for a year."""

from __future__ import annotations

import functools
import gzip

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from queueing import answers, errors, logos, web
from queueing.pages import encodings

YEAR_S = 31_536_000
# Nothing in it runs or is fetched, also where somebody opens it by itself; its own styles alone count.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
async def logo(request: HttpRequest, room: str, name: str) -> HttpResponse:
    try:
        shown = await _shown(room, name)
    except (errors.WaitingRoomError, RedisError, OSError) as error:
        return answers.of_error(error)
    if shown is None:
        return answers.problem(404, "Not found")
    takes_packed = "gzip" in encodings.accepted(request.headers.get("Accept-Encoding", ""))
    answer = HttpResponse(_packed(shown.content) if takes_packed else shown.content)
    if takes_packed:
        answer["Content-Encoding"] = "gzip"
    answer["Content-Type"] = f"{shown.content_type}; charset=utf-8" if shown.content_type == logos.SVG else logos.PNG
    answer["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    answer["Content-Security-Policy"] = POLICY
    answer["Vary"] = "Accept-Encoding"
    return answer


async def _shown(room: str, name: str) -> logos.Logo | None:
    """A page that another web process wrote may name a logo that this one has not seen yet."""
    rooms = web.hub().rooms
    for look in (rooms.view, rooms.newer):
        found = logos.shown((await look(room)).settings.logo)
        if found and found.file_name == name:
            return found
    return None


@functools.lru_cache(logos.REMEMBERED)
def _packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
