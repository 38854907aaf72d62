"""Prometheus metrics of the waiting room, and the small server that shows them on an address that is not public.

Labels are rooms, kinds and outcomes: never a ticket, never a person.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import Counter, Gauge, Histogram, make_wsgi_app

log = logging.getLogger(__name__)

sockets = Gauge("vestibule_sockets", "Open WebSockets in this process", ["room"])
joins = Counter("vestibule_joins_total", "Answers to requests for a place", ["room", "verdict"])
frames = Counter("vestibule_frames_total", "Frames sent to browsers", ["kind"])
turned_away = Counter("vestibule_turned_away_total", "Requests for a place that came at too busy a moment")
connects = Counter("vestibule_connects_total", "WebSockets by how their opening ended", ["answer"])
hub_errors = Counter("vestibule_hub_errors_total", "Rounds of the hub that failed", ["what"])
called = Counter("vestibule_called_total", "Tickets called by this usher", ["room"])
moved = Counter("vestibule_moved_total", "Tickets this usher marked absent, ended or gave back", ["room", "what"])
forged = Counter("vestibule_forged_total", "Values in Redis without the signature they must carry", ["room", "what"])
in_room = Gauge("vestibule_in_room", "Tickets of a room by where they are", ["room", "place"])
standstill = Gauge("vestibule_standstill", "1 while the usher calls nobody, by reason", ["room", "reason"])
wait_ratio = Histogram(
    "vestibule_wait_ratio",
    "Wait from joining to being called, divided by what was foretold at joining, by how long it was",
    ["room", "horizon"],
    buckets=(0.5, 0.7, 0.8, 0.9, 0.95, 1.05, 1.1, 1.2, 1.3, 1.5, 2, 3),
)
outcomes = Counter("vestibule_outcomes_total", "Outcomes this worker reported", ["room", "outcome", "reason"])
serving_seconds = Histogram(
    "vestibule_serving_seconds",
    "From claim to outcome in this worker",
    ["room"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
stage_seconds = Histogram(
    "vestibule_stage_seconds",
    "What a visit spends on each stage in this worker",
    ["room", "stage"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
threads = Gauge("vestibule_threads", "Threads of this worker")
threads_busy = Gauge("vestibule_threads_busy", "Threads of this worker that serve somebody now")
registry_seconds = Histogram(
    "vestibule_registry_seconds",
    "Calls to the registry by kind and status",
    ["kind", "status"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
key_expires_seconds = Gauge(
    "vestibule_key_expires_seconds", "Until the key in use ends: authority, signer, list (of trust lists)", ["kind"]
)
unsealable = Counter("vestibule_unsealable_total", "Requests that none of this worker's keys opens", ["room"])
issuing_key_unknown = Gauge("vestibule_issuing_key_unknown", "1 while no worker opens what this process seals")

breaker = Gauge("vestibule_breaker", "1 for the state that the breaker of the registry is in", ["state"])
breaker_openings = Counter("vestibule_breaker_openings_total", "How often this worker found the registry down")
probes = Counter("vestibule_probes_total", "Looks of this worker whether the registry is there, by answer", ["answer"])
pause_seconds = Gauge("vestibule_pause_seconds", "How long the registry still wants silence")
permits = Counter("vestibule_permits_total", "Slots this worker took for calls, by what became of them", ["fate"])

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class names it so
        """Scrapes are not news."""


def serve(address: str, ready: Callable[[], str]) -> WSGIServer | None:
    """Answer /metrics, /healthz and /readyz in a thread of its own; None where no address is given.

    `ready` returns '' when ready, else why not. Raises: OSError where the address is taken.
    """
    if not address:
        return None
    host, _, port = address.rpartition(":")
    show = make_wsgi_app()

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/healthz":
            return _plain(start_response, "200 OK", "alive")
        if path == "/readyz":
            reason = ready()
            return _plain(start_response, "503 Service Unavailable" if reason else "200 OK", reason or "ready")
        if path == "/metrics":
            return cast(list[bytes], show(environ, start_response))
        return _plain(start_response, "404 Not Found", "see /metrics, /healthz, /readyz")

    server = make_server(host or "127.0.0.1", int(port), app, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    log.info("metrics on http://%s:%s/metrics", host, port)
    return server


def _plain(start_response: StartResponse, status: str, text: str) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")])
    return [text.encode() + b"\n"]
