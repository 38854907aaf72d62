"""The public web application: pages from memory, HTTP to Django, WebSockets to the waiting room. No database."""

from __future__ import annotations

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings.public")

import django

django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from project import health  # noqa: E402
from project.handler import Handler  # noqa: E402
from project.headers import Frame  # noqa: E402
from project.limits import LoadLimit, body_limit  # noqa: E402
from project.pages import Pages  # noqa: E402
from queueing.consumers import WaitingConsumer  # noqa: E402

# A socket is some hundred objects that live for long: looked through at Python's own pace, opening one would cost half
# as much again. Rarer, and never again what is loaded by now.
COLLECT_AFTER = (20_000, 10, 10)

health.serve_apart()

application = ProtocolTypeRouter(
    {
        "http": Frame(body_limit(LoadLimit(Pages(Handler())))),
        "websocket": URLRouter(
            [path("ws/rooms/<slug:room>", WaitingConsumer.as_asgi()), re_path("", health.no_such_socket)]  # type: ignore[arg-type]
        ),
    }
)

gc.collect()
gc.freeze()
gc.set_threshold(*COLLECT_AFTER)
