"""Nobody is given a place whose request no worker could open."""

from __future__ import annotations

import json

import pytest
from django.conf import settings as configured
from prometheus_client import REGISTRY

from queueing import keys, obstacles, sealing, vouching, web
from queueing.attendance import ALIVE_MS, Attendance
from queueing.openers import Openers
from queueing.store import AsyncStore, connect_async
from tests.queueing.browsers import Browser
from tests.queueing.lines import Line

pytestmark = pytest.mark.usefixtures("served")

KEYS = (configured.ISSUING_PUBLIC_KEY, configured.WEB_SIGNING_KEY.public_key())
OURS = vouching.opener(*KEYS)
OTHER = vouching.opener(sealing.public_key(sealing.new_key_pair()[1]), KEYS[1])
# Opens what is sealed to our key, and takes what we sign for forged.
OTHER_WEB = vouching.opener(KEYS[0], vouching.verifying_key(vouching.new_key_pair()[1]))


def worker(line: Line, *opens: str) -> None:
    """Signs in once, as a worker with these keys does every second."""
    Attendance(line.store, 1, opens=opens)._sign_in()


def unknown() -> float | None:
    return REGISTRY.get_sample_value("vestibule_issuing_key_unknown")


async def test_people_are_let_in_while_a_worker_opens_what_web_seals(line: Line) -> None:
    worker(line, OTHER, OURS)
    assert (await Browser().join()).status_code == 201
    assert unknown() == 0


@pytest.mark.parametrize("other", [OTHER, OTHER_WEB], ids=["opens what others seal", "knows another web"])
async def test_nobody_is_let_in_while_workers_have_other_keys(
    line: Line, caplog: pytest.LogCaptureFixture, other: str
) -> None:
    waiting = Browser()
    await waiting.join()
    line.client.delete(keys.OPENERS)
    worker(line, other)
    web_that_starts_now()
    answer = await Browser().join()
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert json.loads(answer.content)["detail"] == "Nobody can be let in at the moment."
    assert f"no worker opens for ISSUING_PUBLIC_KEY and WEB_SIGNING_KEY ({OURS})" in caplog.text
    assert unknown() == 1
    # Whoever waits already goes on waiting.
    assert (await waiting.join()).status_code == 200
    assert (await waiting.get("ticket")).status_code == 200


async def test_without_any_worker_people_are_let_in(line: Line) -> None:
    worker(line, OTHER)
    seconds, _micros = line.client.time()
    line.client.zadd(keys.OPENERS, {OTHER: int(seconds) * 1_000 - 1})
    assert (await Browser().join()).status_code == 201


async def test_worker_that_comes_with_the_key_opens_the_door_again(line: Line) -> None:
    worker(line, OTHER)
    assert (await Browser().join()).status_code == 503
    worker(line, OURS)
    web_that_starts_now()
    assert (await Browser().join()).status_code == 201
    assert unknown() == 0


async def test_redis_is_asked_once_a_second_at_most(line: Line, redis_url: str) -> None:
    client = connect_async(redis_url)
    openers = Openers(AsyncStore(client))
    line.client.config_resetstat()
    for _ in range(50):
        await openers.check(*KEYS)
    await client.aclose(close_connection_pool=True)
    assert line.client.info("commandstats")["cmdstat_zscore"]["calls"] < 50


async def test_worker_that_cannot_sign_does_not_sign_in(line: Line) -> None:
    line.client.delete(keys.WORKERS)
    Attendance(line.store, 1, opens=[OURS], able=lambda: False)._sign()
    assert line.client.zcard(keys.WORKERS) == line.client.zcard(keys.OPENERS) == 0
    Attendance(line.store, 1, opens=[OURS])._sign()
    assert line.client.zcard(keys.WORKERS) == line.client.zcard(keys.OPENERS) == 1


async def test_keys_of_workers_that_have_gone_are_swept_up(line: Line) -> None:
    seconds, _micros = line.client.time()
    line.client.zadd(keys.OPENERS, {OTHER: int(seconds) * 1_000 - obstacles.FORGET_WORKERS_MS - ALIVE_MS})
    worker(line, OURS)
    obstacles.worker_threads(line.client)
    assert line.client.zrange(keys.OPENERS, 0, -1) == [OURS.encode()]


def web_that_starts_now() -> None:
    """One that has asked nothing yet."""
    web.hub().openers = Openers(web.hub().store)
