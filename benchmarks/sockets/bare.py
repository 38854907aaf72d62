"""What ours is compared with: the least that Channels and Django can do, on the same server.

One WebSocket that accepts and sends one frame, one view that reads JSON and answers JSON. No layer, no middleware.
"""

from __future__ import annotations

import json
from typing import Any

import django
from django.conf import settings

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
    DATABASES={},
    LOGGING_CONFIG=None,
    SECRET_KEY="signs nothing",  # noqa: S106 nobody is let in by it
)
django.setup(set_prefix=False)

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402

FRAME = '{"type":"hello"}'


class BareConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        await self.accept()
        await self.send(FRAME)


async def echo(request: HttpRequest) -> JsonResponse:
    read: dict[str, Any] = json.loads(request.body)
    return JsonResponse({"read": len(read)}, status=201)


urlpatterns = [path("post", echo)]
application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter([path("socket", BareConsumer.as_asgi())]),
    }
)
