"""How an answer or an error becomes HTTP: the one place where our exceptions get a status (RFC 9457 problems).

Nothing that was typed is repeated in an answer.
"""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel
from redis.exceptions import RedisError

from queueing import claims, cookies, errors, wire

log = logging.getLogger(__name__)

FORM = "application/x-www-form-urlencoded"
BODY_TYPES = ("application/json", FORM)
PROBLEM_JSON = "application/problem+json"
REDIS_RETRY_AFTER_S = 3


class UnsupportedMediaType(errors.WaitingRoomError):
    """The body is neither JSON nor a url-encoded form."""


class BadIdempotencyKey(errors.WaitingRoomError):
    """The Idempotency-Key is too short to be unique or too long to be meant."""


class NoPassport(errors.WaitingRoomError):
    """There is no passport for this browser."""


class PassportExpired(errors.WaitingRoomError):
    """The passport was there and is not any more."""


# (status, title, detail) of every error that is not more than that.
PLAIN: dict[type[Exception], tuple[int, str, str]] = {
    errors.RoomUnknown: (404, "No such room", "There is no waiting room of this name here."),
    errors.TicketInvalid: (401, "No ticket", "This browser holds no valid ticket for this room."),
    errors.PlaceTaken: (
        409,
        "This browser already waits with other details",
        "Leave that place first (DELETE the ticket), or wait with it.",
    ),
    errors.ForeignOrigin: (403, "Foreign origin", "This request comes from another site's page."),
    UnsupportedMediaType: (415, "Unsupported media type", "Send application/json or a url-encoded form."),
    BadIdempotencyKey: (400, "Bad Idempotency-Key", "Send 128 random bits, written in 16 to 200 characters."),
    NoPassport: (404, "Not found", "There is no passport here for this browser."),
    PassportExpired: (410, "Expired", "The passport is no longer kept."),
}

# The same of those with a time to come back, `retry_after_s`, and the reason that a machine can act on.
LATER: dict[type[Exception], tuple[int, str, str, str | None]] = {
    errors.RoomNotReady: (503, "One moment", "The room is being made ready; your place is kept.", None),
    errors.RoomClosed: (503, "The room is closed", "Nobody is let in at the moment.", "closed"),
    errors.TooManyJoins: (
        429,
        "Too many joins",
        "Too many people join from your network at this moment; try again shortly.",
        None,
    ),
    errors.TooBusy: (503, "One moment", "Many people come at this moment; try again shortly.", None),
    errors.IssuingKeyUnknown: (503, "One moment", "Nobody can be let in at the moment.", None),
    errors.NoTrustList: (503, "No trust list", "None has been published lately.", None),
}


def json_answer(model: BaseModel, status: int = 200, fresh_s: int = 0) -> HttpResponse:
    """`fresh_s` 0 forbids every cache to keep it."""
    answer = HttpResponse(model.model_dump_json(), status=status, content_type="application/json")
    answer["Cache-Control"] = f"public, max-age={fresh_s}" if fresh_s else "no-store"
    return answer


def problem(
    status: int,
    title: str,
    detail: str | None = None,
    retry_after_s: int | None = None,
    reason: str | None = None,
    fields: tuple[dict[str, list[str]], dict[str, list[str]]] | None = None,
) -> HttpResponse:
    messages, codes = fields or (None, None)
    body = wire.Problem(
        title=title,
        status=status,
        detail=detail,
        retry_after_s=retry_after_s,
        reason=reason,
        errors=messages,
        error_codes=codes,
    )
    answer = HttpResponse(body.model_dump_json(exclude_none=True), status=status, content_type=PROBLEM_JSON)
    answer["Cache-Control"] = "no-store"
    if retry_after_s is not None:
        answer["Retry-After"] = str(retry_after_s)
    return answer


def of_error(error: Exception) -> HttpResponse:
    """Raises what is not an error of this package or its surroundings: those are bugs, and should be loud."""
    plain = next((PLAIN[kind] for kind in type(error).__mro__ if kind in PLAIN), None)
    if plain is not None:
        return problem(*plain)
    if type(error) in LATER:
        status, title, detail, reason = LATER[type(error)]
        return problem(status, title, detail, getattr(error, "retry_after_s", None), reason)
    match error:
        case errors.TicketGone():
            return problem(410, "This place is gone", "It has ended; join again.", reason=error.reason)
        case RedisError() | OSError():
            log.warning("answered 503: Redis does not answer (%s)", type(error).__name__)
            return problem(503, "One moment", "The line cannot be reached; places are kept.", REDIS_RETRY_AFTER_S)
    raise error


def handle_errors(api: NinjaAPI) -> None:
    def ours(request: HttpRequest, error: Any) -> HttpResponse:
        answer = of_error(error)
        if isinstance(error, errors.TicketGone) and request.resolver_match:
            cookies.clear(answer, request.resolver_match.kwargs["room"])
        return answer

    def invalid(_request: HttpRequest, error: Any) -> HttpResponse:
        fields = claims.problems_in(error.errors)
        return problem(422, "Some details need mending", "See the fields.", fields=fields)

    def other(request: HttpRequest, error: Any) -> HttpResponse:
        # Ninja turns whatever a parser raises into a 400 of its own.
        if request.method == "POST" and request.content_type not in BODY_TYPES:
            return of_error(UnsupportedMediaType())
        return problem(getattr(error, "status_code", 400), "Unreadable body", "The body is not valid JSON.")

    def missing(_request: HttpRequest, _error: Any) -> HttpResponse:
        return problem(404, "Not found")

    for kind in (errors.WaitingRoomError, RedisError, OSError):
        api.add_exception_handler(kind, ours)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(HttpError, other)
    api.add_exception_handler(Http404, missing)
