from __future__ import annotations

import redis

from queueing.store import AsyncStore, connect_async
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
