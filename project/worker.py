"""What `dramatiq project.worker` loads: the private settings, the broker, the actor."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings.private")

import django

django.setup(set_prefix=False)

import dramatiq  # noqa: E402
from django.conf import settings  # noqa: E402

from project import broker as brokers  # noqa: E402

broker = brokers.connect(settings.BROKER_URL)
dramatiq.set_broker(broker)

from issuance import actors  # noqa: E402

broker.add_middleware(actors.WorkerLife())
