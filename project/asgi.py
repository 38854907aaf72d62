"""The public web application: HTTP to Django, pages to WhiteNoise, WebSockets to the waiting room. No database."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings.public")

import django

django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from project import health  # noqa: E402
from project.headers import Frame  # noqa: E402
from project.limits import BodyLimit  # noqa: E402
from project.pages import Pages  # noqa: E402
from queueing.consumers import WaitingConsumer  # noqa: E402

health.serve_apart()

application = ProtocolTypeRouter(
    {
        "http": Frame(BodyLimit(Pages(get_asgi_application()))),
        "websocket": URLRouter(
            [path("ws/rooms/<slug:room>", WaitingConsumer.as_asgi()), re_path("", health.no_such_socket)]  # type: ignore[arg-type]
        ),
    }
)
