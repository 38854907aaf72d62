"""Joins beyond what one process can take are refused before anything works on them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Any

import pytest

from project.limits import LoadLimit
from queueing import capacity, web


class Server:
    """Asks the wrapper as a server does; the application behind it answers 201 once it is let."""

    def __init__(self) -> None:
        self.goes_on = asyncio.Event()
        self.app = LoadLimit(self._answer)

    async def ask(self, method: str, path: str = "/api/rooms/test/tickets") -> dict[str, Any]:
        """The start of the answer, with its body."""
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app({"type": "http", "method": method, "path": path}, self._nothing, send)
        return {**sent[0], "headers": dict(sent[0].get("headers", [])), "body": sent[1]["body"]}

    async def _answer(self, _scope: Any, _receive: Any, send: Any) -> None:
        await self.goes_on.wait()
        await send({"type": "http.response.start", "status": 201})
        await send({"type": "http.response.body", "body": b"done"})

    async def _nothing(self) -> dict[str, Any]:
        return {"type": "http.request", "body": b""}


@pytest.fixture
async def server(redis_url: str) -> AsyncIterator[Server]:
    yield Server()
    await web.hub().store.client.aclose(close_connection_pool=True)


async def test_join_too_many_is_told_when_to_come_back_and_the_others_are_served(server: Server) -> None:
    joins = [asyncio.create_task(server.ask("POST")) for _ in range(capacity.MOST_JOINING)]
    await asyncio.sleep(0)
    refused = await server.ask("POST")
    problem = json.loads(refused["body"])
    assert (refused["status"], refused["headers"][b"content-type"]) == (503, b"application/problem+json")
    assert refused["headers"][b"retry-after"] == str(problem["retry_after_s"]).encode()
    assert capacity.SOONEST_S <= problem["retry_after_s"] <= capacity.LATEST_S
    server.goes_on.set()
    assert {answer["status"] for answer in await asyncio.gather(*joins)} == {201}
    assert (await server.ask("POST"))["status"] == 201


async def test_who_looks_after_a_place_is_never_refused(server: Server) -> None:
    server.goes_on.set()
    with ExitStack() as stack:
        for _ in range(capacity.MOST_JOINING):
            stack.enter_context(web.hub().capacity.one_more_joining())
        assert (await server.ask("POST"))["status"] == 503
        # It gives back what was typed (tests/queueing/pages/test_steps.py).
        assert (await server.ask("POST", "/rooms/test"))["status"] == 201
        assert {(await server.ask(method))["status"] for method in ("GET", "DELETE", "HEAD")} == {201}
