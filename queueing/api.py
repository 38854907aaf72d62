"""The HTTP calls of docs/protocol.md. Thin: parse, call one function, answer; errors become problems in answers.py."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, Header, NinjaAPI
from ninja.parser import Parser

from queueing import answers, claims, cookies, documents, errors, origins, places, web, wire

# 128 bits need 22 characters of base64; longer keys are hashed as they are.
IDEMPOTENCY_KEY = (16, 200)
ROOM_FRESH_S = 2
# Verifiers keep the list for hours; caches of ours for no longer than a revocation may wait.
TRUST_LIST_FRESH_S = 60


class BodyParser(Parser):
    """Reads JSON, and the url-encoded form that pages without scripts send."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type == answers.FORM:
            return request.POST.dict()
        if request.content_type not in answers.BODY_TYPES:
            raise answers.UnsupportedMediaType
        return json.loads(request.body)


api = NinjaAPI(
    title="Vestibule",
    version="1",
    description="A live waiting room. Errors are RFC 9457 problems; field errors stand under `errors`.",
    docs_url=None,
    openapi_url=None,
    parser=BodyParser(),
    urls_namespace="api",
)
answers.handle_errors(api)


@api.get("/rooms", response=wire.RoomsOut, summary="The rooms of this host")
async def list_rooms(request: HttpRequest) -> HttpResponse:
    views = await web.hub().rooms.of_host(request.get_host().partition(":")[0])
    names = [
        wire.RoomName(slug=s.slug, title=s.title, mode=s.mode, state=s.state) for s in (view.settings for view in views)
    ]
    return answers.json_answer(wire.RoomsOut(rooms=names), fresh_s=ROOM_FRESH_S)


@api.get("/rooms/{room}", response={200: wire.RoomOut, 404: wire.Problem}, summary="A room as everybody may see it")
async def show_room(request: HttpRequest, room: str) -> HttpResponse:  # noqa: ARG001 ninja hands it in
    shown = places.room_shown(await web.hub().rooms.view(room))
    return answers.json_answer(shown, fresh_s=ROOM_FRESH_S)


@api.post(
    "/rooms/{room}/tickets",
    response={
        201: wire.TicketOut,
        200: wire.TicketOut,
        frozenset({403, 404, 409, 410, 413, 415, 422, 429, 503}): wire.Problem,
    },
    summary="Join the line",
)
async def join(
    request: HttpRequest,
    room: str,
    body: Body[claims.Form],
    idempotency_key: Header[str | None] = None,
    replace: bool = False,
) -> HttpResponse:
    _refuse_foreign(request)
    if idempotency_key is None:
        idempotency_key = secrets.token_urlsafe(16)
    elif not IDEMPOTENCY_KEY[0] <= len(idempotency_key) <= IDEMPOTENCY_KEY[1]:
        raise answers.BadIdempotencyKey
    place = await places.join(web.hub(), room, body, idempotency_key, request, replace=replace)
    if request.content_type == answers.FORM:
        answer = HttpResponse(status=303, headers={"Location": f"/rooms/{room}", "Cache-Control": "no-store"})
    else:
        answer = answers.json_answer(place.shown, status=201 if place.new else 200)
    cookies.set_ticket(answer, place.ticket)
    return answer


@api.get(
    "/rooms/{room}/ticket",
    response={200: wire.TicketOut, frozenset({401, 404, 410, 503}): wire.Problem},
    summary="Your ticket; also a sign of life for clients without a WebSocket",
)
async def show_ticket(request: HttpRequest, room: str) -> HttpResponse:
    shown, _view = await places.polled(web.hub(), room, request)
    return answers.json_answer(shown)


@api.delete(
    "/rooms/{room}/ticket",
    response={204: None, frozenset({401, 403, 404}): wire.Problem},
    summary="Leave for good; after an outcome, erase the document",
)
async def leave(request: HttpRequest, room: str) -> HttpResponse:
    _refuse_foreign(request)
    await places.leave(web.hub(), room, request)
    answer = HttpResponse(status=204, headers={"Cache-Control": "no-store"})
    cookies.clear(answer, room)
    return answer


@api.get(
    "/rooms/{room}/passport",
    response={200: bytes, frozenset({404, 410}): wire.Problem},
    summary="The passport, for the browser that waited",
)
async def passport(request: HttpRequest, room: str) -> HttpResponse:
    try:
        ticket, _view = await places.ticket_of(web.hub(), room, request)
        document = await places.document(web.hub(), ticket)
    except (errors.TicketInvalid, errors.RoomUnknown):
        raise answers.NoPassport from None
    headers = {
        "Content-Disposition": 'inline; filename="passport.pdf"',
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return HttpResponse(documents.pdf_of(document), content_type="application/pdf", headers=headers)


@api.get(
    "/trust-list",
    response={200: wire.TrustListOut, 304: None, 503: wire.Problem},
    summary="Whose signatures count, and which certificates were revoked; signed as a whole",
)
async def show_trust_list(request: HttpRequest) -> HttpResponse:
    """Public in every sense: other origins may read it, and nothing in it is about anybody."""
    trust_list = await web.hub().trust_list.latest()
    etag = f'"{hashlib.sha256(trust_list).hexdigest()[:32]}"'
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": f"public, max-age={TRUST_LIST_FRESH_S}",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "ETag": etag,
    }
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(trust_list, content_type="application/json", headers=headers)


def _refuse_foreign(request: HttpRequest) -> None:
    if not origins.is_ours(request.headers.get("Origin", "")):
        raise errors.ForeignOrigin
