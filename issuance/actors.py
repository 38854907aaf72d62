"""The Dramatiq actor, and what a worker process opens at its start and closes at its end. Thin."""

from __future__ import annotations

import functools
import itertools
import logging
import threading
from datetime import timedelta
from pathlib import Path

import dramatiq
from django.conf import settings
from django.db import close_old_connections
from redis.exceptions import RedisError

from issuance import breaker, handout, key_dates, permits, press, probing, stages, tries
from issuance.keyring import Keyring
from issuance.passports import Desk
from issuance.registry.client import Registry
from queueing import events, metrics, store, vouching
from queueing.attendance import Attendance

log = logging.getLogger(__name__)

QUEUE = "serve"
# Longer than any registry outage an attempt waits for; the lease guards against what hangs.
TIME_LIMIT_MS = 3_600_000

# What a worker's keys are, of which the metrics tell.
KINDS = ("authority", "signer")

_open_desk: list[Desk] = []
_probers: list[probing.Prober] = []


@dramatiq.actor(queue_name=QUEUE, actor_name="serve_ticket", max_retries=0, time_limit=TIME_LIMIT_MS)
def serve_ticket(room: str, ticket_id: str) -> None:
    """Serve one called ticket. A crash is logged by its type; the ticket's lease brings it back."""
    close_old_connections()
    try:
        desk().serve(room, ticket_id)
    except (RedisError, OSError) as error:
        log.warning("ticket %s: Redis does not answer (%s); its lease brings it back", ticket_id, type(error).__name__)
    finally:
        close_old_connections()


@functools.cache
def touch_point() -> store.Store:
    return store.Store(store.connect(settings.REDIS_URL))


@functools.cache
def keyring() -> Keyring:
    return Keyring(Path(settings.SIGNING_KEYS_DIR))


@functools.cache
def pages() -> press.Press:
    return press.Press(handout.make, settings.RENDER_PROCESSES or press.cores())


def desk() -> Desk:
    """This process' desk; there is one from the worker's start on."""
    return _open_desk[0]


class WorkerLife(dramatiq.Middleware):
    """Opens the desk when a worker process starts, so that what is wrong shows then; signs off before it stops."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def before_worker_boot(self, _broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        meter = stages.Meter(settings.REGISTRY_RATE_PER_S)
        metrics.threads.set(worker.worker_threads)
        opened = _desk(_attendance(worker.worker_threads, meter), meter)
        _open_desk[:] = [opened]
        _probers[:] = [probing.Prober(opened.breaker, opened.permits, opened.registry)]
        key_dates.Watch(opened.keyring.directory, KINDS).start(self._stop)
        pages().start()
        try:
            metrics.serve(settings.OPS_ADDRESS, _unready)
        except OSError as error:
            log.warning("no metrics on %s: %s", settings.OPS_ADDRESS, error.strerror)

    def after_worker_boot(self, _broker: dramatiq.Broker, _worker: dramatiq.Worker) -> None:
        desk().attendance.start()
        _probers[0].start()
        log.info("worker at work")

    def before_worker_shutdown(self, _broker: dramatiq.Broker, _worker: dramatiq.Worker) -> None:
        _probers[0].stop()
        self._stop.set()
        desk().attendance.stop()

    def after_worker_shutdown(self, _broker: dramatiq.Broker, _worker: dramatiq.Worker) -> None:
        pages().close()


def _attendance(threads: int, meter: stages.Meter) -> Attendance:
    """Whoever cannot sign is no worker to be counted on: without another one nobody is called."""
    pairs = itertools.product(settings.ISSUING_PRIVATE_KEYS, settings.WEB_VERIFYING_KEYS)
    opens = [vouching.opener(issuing.public_key(), web) for issuing, web in pairs]
    return Attendance(touch_point(), threads, opens=opens, able=lambda: not keyring().trouble(), tell=meter.told)


def _desk(attendance: Attendance, meter: stages.Meter) -> Desk:
    return Desk(
        store=touch_point(),
        attendance=attendance,
        permits=permits.Permits(
            touch_point().client, settings.REGISTRY_RATE_PER_S, at_once=settings.REGISTRY_CALLS_AT_ONCE
        ),
        breaker=breaker.Breaker(touch_point().client),
        registry=Registry(settings.REGISTRY_URL, settings.REGISTRY_TOKEN or None, observe=_observe),
        keyring=keyring(),
        web_keys=tuple(settings.WEB_VERIFYING_KEYS),
        opening_keys=tuple(settings.ISSUING_PRIVATE_KEYS),
        tier_key=settings.TIER_SIGNING_KEY,
        record_key=settings.RECORD_KEY.encode(),
        tries_limit=tries.Limit(settings.TRIES_PER_DOCUMENT, timedelta(hours=settings.TRIES_WINDOW_H)),
        teller=events.Teller(),
        meter=meter,
        make=pages().document,
    )


def _observe(kind: str, status: int | None, seconds: float) -> None:
    metrics.registry_seconds.labels(kind, str(status or "none")).observe(seconds)


def _unready() -> str:
    try:
        return store.unsafe_for_places(touch_point().client) or desk().keyring.trouble()
    except (RedisError, OSError):
        return "Redis does not answer"
