from __future__ import annotations

import socket
import time

import pytest
import redis

from project import broker
from queueing import usher
from tests.queueing.lines import TIER_KEY, Line


@pytest.fixture
def jobs(redis_url: str) -> broker.BrokerJobs:
    """On the line's own server, in another logical database."""
    return broker.BrokerJobs(broker.connect(redis_url.removesuffix("0") + "1"))


def test_backlog_counts_who_was_handed_over(jobs: broker.BrokerJobs) -> None:
    assert jobs.backlog() == 0
    jobs.hand_over("test", ["a", "b"])
    assert jobs.backlog() == 2


def test_nobody_is_called_into_a_full_broker(jobs: broker.BrokerJobs, redis_client: redis.Redis) -> None:
    line = Line(redis_client)
    line.join("a")
    redis_client.zadd("workers", {"somebody:4": line.client.time()[0] * 1_000 + 60_000})
    usher_ = usher.Usher(redis_client, jobs, lambda: [line.settings], TIER_KEY)
    redis_client.config_set("maxmemory", "1")
    try:
        usher_.step()
        assert line.where("a") == {"waiting", "present"}
        assert redis_client.get(line.keys.pulse) == b"broker_unreachable"
    finally:
        redis_client.config_set("maxmemory", "0")
    usher_._looked_at = -usher.LOOK_S
    usher_.step()
    assert jobs.backlog() == 1


def test_broker_that_says_nothing_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        jobs = broker.BrokerJobs(broker.connect(f"redis://127.0.0.1:{silent.getsockname()[1]}/0"))
        began = time.monotonic()
        assert jobs.backlog() is None
        assert time.monotonic() - began < 3 * broker.ANSWER_TIMEOUT_S
