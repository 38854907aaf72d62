from __future__ import annotations

import re

import redis

from queueing.store import AsyncStore, Store, connect, connect_async, source
from tests.queueing.lines import Line


def test_scripts_survive_a_flush_in_single_commands_and_in_pipelines(redis_client: redis.Redis) -> None:
    line = Line(redis_client)
    line.join("a", "b")
    redis_client.script_flush()
    assert line.look("a").position == 1
    redis_client.script_flush()
    states = line.store.run_many([line.room.look("a"), line.room.look("b")])
    assert [state.position for state in states] == [1, 2]
    assert line.store.run_many([]) == []


async def test_scripts_survive_a_flush_without_blocking_too(redis_client: redis.Redis, redis_url: str) -> None:
    line = Line(redis_client)
    line.join("a", "b")
    client = connect_async(redis_url)
    store = AsyncStore(client)
    redis_client.script_flush()
    assert (await store.run(line.room.look("a"))).position == 1
    redis_client.script_flush()
    states = await store.run_many([line.room.look("a"), line.room.look("b")])
    assert [state.position for state in states] == [1, 2]
    await client.aclose(close_connection_pool=True)


async def test_connection_that_died_in_the_pool_is_noticed_by_nobody(redis_client: redis.Redis, redis_url: str) -> None:
    line = Line(redis_client)
    line.join("a")
    blocking, client = connect(redis_url), connect_async(redis_url)
    waiting, never = Store(blocking), AsyncStore(client)
    look = line.room.look("a")
    for _ in range(2):
        assert waiting.run(look) == (await never.run(look))
        assert waiting.run_many([look]) == (await never.run_many([look]))
        redis_client.client_kill_filter(_type="normal", skipme=True)
    blocking.close()
    await client.aclose(close_connection_pool=True)


def test_script_brings_what_it_calls_of_the_prelude_and_nothing_else() -> None:
    called = {name: set(re.findall(r"^local function (\w+)", source(name), re.MULTILINE)) for name in ("look", "claim")}
    assert called == {"look": {"state_of"}, "claim": {"integer", "clock_us"}}
