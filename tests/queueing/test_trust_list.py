"""The trust list as everybody reads it: handed on byte for byte, cacheable, and 503 where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import AsyncClient
from redis.exceptions import RedisError

from project.local import watchdog
from queueing import errors, keys, trust_list
from queueing.store import AsyncStore, connect_async
from tests import servers
from tests.queueing.lines import Line

pytestmark = pytest.mark.usefixtures("served")

SIGNED = b'{"certificates":[],"revoked":[],"signed":"a.b.c"}'
PATH = "/api/trust-list"


async def test_it_is_handed_on_as_it_was_signed_and_may_be_cached(line: Line) -> None:
    line.client.set(keys.TRUST_LIST, SIGNED)
    answer = await AsyncClient().get(PATH)
    assert (answer.status_code, answer.content) == (200, SIGNED)
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "public, max-age=60"


async def test_pages_of_other_origins_may_read_it(line: Line) -> None:
    line.client.set(keys.TRUST_LIST, SIGNED)
    answer = await AsyncClient().get(PATH, headers={"Origin": "https://verifier.example"})
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies


async def test_whoever_has_it_is_told_that_it_has_not_changed(line: Line) -> None:
    line.client.set(keys.TRUST_LIST, SIGNED)
    etag = (await AsyncClient().get(PATH))["ETag"]
    answer = await AsyncClient().get(PATH, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
    assert (await AsyncClient().get(PATH, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_without_one_it_says_when_to_ask_again() -> None:
    answer = await AsyncClient().get(PATH)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["title"] == "No trust list"


async def test_crowd_of_verifiers_costs_redis_nothing(line: Line, redis_url: str) -> None:
    line.client.set(keys.TRUST_LIST, SIGNED)
    client = connect_async(redis_url)
    relay = trust_list.Relay(AsyncStore(client))
    line.client.config_resetstat()
    for _ in range(50):
        assert await relay.latest() == SIGNED
    await client.aclose(close_connection_pool=True)
    assert line.client.info("commandstats")["cmdstat_get"]["calls"] < 50


async def test_list_is_there_while_redis_is_away(
    guard: watchdog.Watchdog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust_list, "FRESH_S", 0.0)
    with servers.running_valkey(guard, tmp_path) as server:
        client = connect_async(server.url())
        await client.set(keys.TRUST_LIST, SIGNED)
        relay, newcomer = trust_list.Relay(AsyncStore(client)), trust_list.Relay(AsyncStore(client))
        assert await relay.latest() == SIGNED
        server.kill()
        assert await relay.latest() == SIGNED
        with pytest.raises(RedisError):
            await newcomer.latest()
        server.start()
        await client.delete(keys.TRUST_LIST)
        with pytest.raises(errors.NoTrustList):
            await relay.latest()
        await client.aclose(close_connection_pool=True)
