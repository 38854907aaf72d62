"""Alive, ready, and the answers for addresses that do not exist, on the public tier."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings as configured
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from queueing import answers, metrics, store, web

log = logging.getLogger(__name__)


async def alive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


async def ready(_request: HttpRequest) -> HttpResponse:
    """503 while draining or while Redis does not answer or might evict what people rely on."""
    reason = await _unready()
    return HttpResponse(
        f"{reason or 'ready'}\n",
        status=503 if reason else 200,
        content_type="text/plain",
        headers={"Cache-Control": "no-store"},
    )


def serve_apart() -> None:
    """Metrics and the same two answers on OPS_ADDRESS, from a thread of their own. Of several workers one has it."""
    client = store.connect(configured.REDIS_URL)

    def unready() -> str:
        try:
            return store.unsafe_for_places(client)
        except (RedisError, OSError):
            return "Redis does not answer"

    try:
        metrics.serve(configured.OPS_ADDRESS, unready)
    except OSError as error:
        log.warning("no metrics on %s: %s", configured.OPS_ADDRESS, error.strerror)


async def _unready() -> str:
    hub = web.hub()
    if hub.draining:
        return "draining"
    try:
        memory = await hub.store.client.info("memory")
    except (RedisError, OSError):
        return "Redis does not answer"
    policy = memory.get("maxmemory_policy", "noeviction")
    return "" if policy == "noeviction" else f"Redis may evict ({policy})"


async def no_such_socket(_scope: Any, receive: Any, send: Any) -> None:
    """Refuses the handshake of a WebSocket that leads nowhere."""
    await receive()
    await send({"type": "websocket.close"})


def not_found(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 Django's signature
    return answers.problem(404, "Not found")


def bad_request(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 as above
    return answers.problem(400, "Bad request")


def broken(_request: HttpRequest) -> HttpResponse:
    return answers.problem(500, "Something broke on our side", "Your place is kept. Please try again.")
