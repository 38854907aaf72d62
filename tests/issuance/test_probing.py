"""A prober against a real registry over HTTP: what it asks, when, and what follows."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import redis

from issuance import breaker, keys, permits, probing
from queueing import keys as queue_keys
from tests.issuance import test_breaker

KEYS = keys.RegistryKeys()


@pytest.fixture
def circuit(redis_client: redis.Redis) -> breaker.Breaker:
    return breaker.Breaker(redis_client)


@pytest.fixture
def prober(redis_client: redis.Redis, circuit: breaker.Breaker, registry: Any) -> probing.Prober:
    return probing.Prober(circuit, permits.Permits(redis_client, 10_000, max_sleep_ms=10), registry)


def open_up(circuit: breaker.Breaker, client: redis.Redis) -> None:
    test_breaker.open_up(circuit)
    test_breaker.shift(client, breaker.PROBE_EVERY_S, "probed_ms")


def kinds(server: Any) -> list[str]:
    return [line["kind"] for line in server.lines()]


def test_nothing_is_asked_while_nothing_is_in_doubt(prober: probing.Prober, server: Any) -> None:
    before = len(kinds(server))
    for _ in range(5):
        prober.step()
    assert len(kinds(server)) == before


def test_registry_that_is_back_is_tried(
    prober: probing.Prober, circuit: breaker.Breaker, redis_client: redis.Redis, server: Any
) -> None:
    open_up(circuit, redis_client)
    before = len(kinds(server))
    for _ in range(5):
        prober.step()
    assert kinds(server)[before:] == ["metadata"]
    assert circuit.look().state == "half_open"


@pytest.mark.parametrize(
    "fault", [{"kind": "status", "status": 500}, {"kind": "html"}, {"kind": "drop"}, {"kind": "status", "status": 403}]
)
def test_registry_that_is_not_back_stays_untried(
    prober: probing.Prober, circuit: breaker.Breaker, redis_client: redis.Redis, server: Any, fault: dict[str, Any]
) -> None:
    open_up(circuit, redis_client)
    redis_client.pexpire(queue_keys.UNABLE, 1_000)
    server.fault(**fault)
    prober.step()
    assert circuit.look().state == "open"
    assert redis_client.pttl(queue_keys.UNABLE) > 20_000


def test_probe_that_is_asked_to_wait_pauses_everybody(
    prober: probing.Prober, circuit: breaker.Breaker, redis_client: redis.Redis, server: Any
) -> None:
    open_up(circuit, redis_client)
    server.fault(kind="status", status=429, retry_after_s=40)
    prober.step()
    assert 30_000 < redis_client.pttl(KEYS.pause) <= 40_000
    assert circuit.is_open()


def test_probe_takes_a_permit(circuit: breaker.Breaker, redis_client: redis.Redis, registry: Any, server: Any) -> None:
    open_up(circuit, redis_client)
    before = len(kinds(server))
    probing.Prober(circuit, permits.Permits(redis_client, 0.01), registry).step()
    assert len(kinds(server)) == before
    assert circuit.look().state == "open"


def test_one_person_alone_before_a_silent_registry_is_soon_told(
    prober: probing.Prober, circuit: breaker.Breaker, redis_client: redis.Redis, server: Any
) -> None:
    server.fault(kind="status", status=500)
    circuit.unanswered("the only one")
    prober.step()
    assert circuit.unanswered("the only one").is_open


def test_several_processes_send_one_probe(
    circuit: breaker.Breaker, redis_client: redis.Redis, registry: Any, server: Any
) -> None:
    open_up(circuit, redis_client)
    server.fault(kind="status", status=500)
    before = len(kinds(server))
    bucket = permits.Permits(redis_client, 10_000, max_sleep_ms=10)
    probers = [probing.Prober(breaker.Breaker(redis_client), bucket, registry) for _ in range(8)]
    threads = [threading.Thread(target=prober.step) for prober in probers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kinds(server)[before:] == ["metadata"]


def test_started_prober_finds_out_by_itself(
    prober: probing.Prober, circuit: breaker.Breaker, redis_client: redis.Redis, server: Any
) -> None:
    open_up(circuit, redis_client)
    prober.start()
    while circuit.is_open():
        threading.Event().wait(0.02)
    prober.stop()
    assert circuit.look().state == "half_open"
