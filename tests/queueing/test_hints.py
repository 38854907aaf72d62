"""The channel layer without scripts: hints reach everybody who listens, and nobody who has died fills Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis

from queueing import events
from queueing.hints import HintLayer

GROUP = events.group("test")


@pytest.fixture
async def layer(redis_url: str) -> AsyncIterator[HintLayer]:
    layer = HintLayer(hosts=[{"address": redis_url, "socket_timeout": None}], prefix="hints", capacity=3)
    yield layer
    await layer.close_pools()


async def heard(layer: HintLayer, channel: str) -> Any:
    async with asyncio.timeout(10):
        return await layer.receive(channel)


async def test_every_member_hears_what_is_told_after_it_came(layer: HintLayer, redis_url: str) -> None:
    other = HintLayer(hosts=[{"address": redis_url, "socket_timeout": None}], prefix="hints")
    await layer.group_send(GROUP, events.changed("test", ["before anybody listens"]))
    mine, theirs = await layer.new_channel(), await other.new_channel()
    await layer.group_add(GROUP, mine)
    await other.group_add(GROUP, theirs)
    for ticket in ("a", "b"):
        await layer.group_send(GROUP, events.changed("test", [ticket]))
    for told in ([await heard(layer, mine), await heard(layer, mine)], [await heard(other, theirs) for _ in "ab"]):
        assert [event["tickets"] for event in told] == [[events.name("a")], [events.name("b")]]
    await other.close_pools()


async def test_member_that_has_died_is_told_no_more_than_it_may_keep(
    layer: HintLayer, redis_client: redis.Redis
) -> None:
    dead = await layer.new_channel()
    await layer.group_add(GROUP, dead)
    for number in range(10):
        await layer.group_send(GROUP, events.changed("test", [str(number)]))
    [kept] = [key for key in redis_client.keys("hints*") if b"group" not in key]
    assert redis_client.zcard(kept) == 3
    assert 0 < redis_client.ttl(kept) <= layer.expiry


async def test_hint_that_is_waited_for_in_vain_is_heard_later(layer: HintLayer) -> None:
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await layer.receive(channel)
    await layer.group_send(GROUP, events.changed("test", ["a"]))
    assert (await heard(layer, channel))["kind"] == "changed"


async def test_no_script_is_run_for_it(layer: HintLayer, redis_client: redis.Redis) -> None:
    redis_client.config_resetstat()
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    await layer.group_send(GROUP, events.changed("test", ["a"]))
    await heard(layer, channel)
    used = {name.removeprefix("cmdstat_") for name in redis_client.info("commandstats")}
    assert not used & {"eval", "evalsha", "script|load"}
    assert "bzpopmin" in used
