"""The private web application: the staff's admin. Never reachable from the internet."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings.private")

from django.core.asgi import get_asgi_application

application = get_asgi_application()

from django.conf import settings  # noqa: E402

from queueing import metrics, store  # noqa: E402
from queueing.staff import publication  # noqa: E402

metrics.serve(settings.OPS_ADDRESS, publication.readiness(store.connect(settings.REDIS_URL)))
