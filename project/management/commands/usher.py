"""`manage.py usher`: the process that calls people. Any number of them may run."""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from issuance import key_dates, trust_publisher
from project import broker
from queueing import metrics, store
from queueing.staff import publication
from queueing.usher import Usher

log = logging.getLogger("queueing.usher")


class Command(BaseCommand):
    help = "Call people: advance every room, hand the called to workers, keep settings published. Stops on SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())
        client = store.connect(settings.REDIS_URL)
        try:
            metrics.serve(settings.OPS_ADDRESS, publication.readiness(client))
        except OSError as error:
            raise CommandError(f"cannot serve metrics on {settings.OPS_ADDRESS}: {error.strerror}") from None
        log.info("usher at work")
        _keep_trust_list(client, stop)
        jobs = broker.BrokerJobs(broker.connect(settings.BROKER_URL))
        Usher(client, jobs, publication.rooms, settings.TIER_SIGNING_KEY).run(stop)
        log.info("usher stopped")


def _keep_trust_list(client: redis.Redis, stop: threading.Event) -> None:
    """In threads of their own: whatever is wrong with keys, people are called."""
    if not settings.SIGNING_KEYS_DIR:
        log.warning("no trust list is published: SIGNING_KEYS_DIR is not set")
        return
    directory = Path(settings.SIGNING_KEYS_DIR)
    trust_publisher.Publisher(client, directory, trust_publisher.revoked_ids).start(stop)
    key_dates.Watch(directory, ("authority", "list")).start(stop)
