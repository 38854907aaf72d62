"""The private web application: the staff's admin. Never reachable from the internet."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings.private")

from django.core.asgi import get_asgi_application

_console = get_asgi_application()

from django.conf import settings  # noqa: E402

from project import bodies  # noqa: E402
from queueing import metrics, store  # noqa: E402
from queueing.staff import publication  # noqa: E402

_TOO_LARGE = b"Too large: the console takes documents of at most 5 MB.\n"
application = bodies.BodyLimit(_console, settings.LARGEST_BODY_BYTES, _TOO_LARGE, b"text/plain; charset=utf-8")

metrics.serve(settings.OPS_ADDRESS, publication.readiness(store.connect(settings.REDIS_URL)))
