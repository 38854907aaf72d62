"""Django's handler without its threads: nothing of the public tier blocks, so that no request needs a thread.

Django's own starts two for each: one to reset databases that this tier has not, one to close the answer.
"""

from __future__ import annotations

import io
from typing import Any, cast

from django.core.handlers.asgi import ASGIHandler
from django.http.response import HttpResponseBase


class Handler(ASGIHandler):
    """Takes the whole body as one message (bodies.BodyLimit). Who has gone meanwhile is served all the same."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        request, refusal = self.create_request(scope, io.BytesIO(message["body"]))
        answer = await self.run_get_response(request) if request else cast(HttpResponseBase, refusal)
        await self.send_response(answer, send)
        answer.close()
