"""Operations that are gathered: alone or many together, each caller gets its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import redis.asyncio
from redis.exceptions import ConnectionError as Unreachable

from queueing.gathering import Gathering
from queueing.store import AsyncStore, connect_async
from tests.queueing.lines import Line


@pytest.fixture
async def gathering(redis_url: str) -> AsyncIterator[Gathering]:
    client = connect_async(redis_url)
    yield Gathering(AsyncStore(client))
    await client.aclose(close_connection_pool=True)


async def test_everybody_gets_the_answer_to_their_own_question(line: Line, gathering: Gathering) -> None:
    tickets = line.join(*(f"t{number}" for number in range(600)))
    states = await asyncio.gather(*(gathering.run(line.room.look(ticket)) for ticket in tickets))
    assert [state.position for state in states] == list(range(1, 601))


async def test_a_crowd_shares_round_trips(line: Line, gathering: Gathering) -> None:
    tickets = line.join(*(f"t{number}" for number in range(100)))
    await gathering.run(line.room.look("t0"))
    before = line.client.info("stats")["total_reads_processed"]
    await asyncio.gather(*(gathering.run(line.room.hold(ticket, "hub-1")) for ticket in tickets))
    assert line.client.info("stats")["total_reads_processed"] - before < 20


async def test_caller_who_gave_up_disturbs_nobody_else(line: Line, gathering: Gathering) -> None:
    line.join("a", "b")
    impatient = asyncio.create_task(gathering.run(line.room.look("a")))
    other = asyncio.create_task(gathering.run(line.room.look("b")))
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await other).position == 2
    assert (await gathering.run(line.room.look("a"))).position == 1


async def test_failure_reaches_everybody_and_the_next_try_starts_anew(line: Line) -> None:
    nowhere = redis.asyncio.Redis(host="127.0.0.1", port=1, retry=None)
    gathering = Gathering(AsyncStore(nowhere))
    for _ in range(2):
        answers = await asyncio.gather(*(gathering.run(line.room.look("a")) for _ in range(3)), return_exceptions=True)
        assert [type(answer) for answer in answers] == [Unreachable] * 3
    await nowhere.aclose()


async def test_nothing_is_left_running(line: Line, gathering: Gathering) -> None:
    await gathering.run(line.room.look("nobody"))
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1
