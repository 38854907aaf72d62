"""Each transition of the breaker, on a real Redis, and all of them from eight processes at once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

from issuance import breaker, keys, permits
from queueing import keys as queue_keys
from queueing.store import Store
from tests.queueing.processes import PROCESSES, Crowd, running_crowd

KEYS = keys.RegistryKeys()
OPEN, HALF_OPEN = b"registry_unavailable", b"registry_unavailable 2"


@pytest.fixture
def circuit(redis_client: redis.Redis) -> breaker.Breaker:
    return breaker.Breaker(redis_client)


def open_up(circuit: breaker.Breaker) -> None:
    for source in ("a", "b", "c"):
        circuit.unanswered(source)
    assert circuit.is_open()


def shift(client: redis.Redis, seconds: float, *fields: str) -> None:
    """So long ago was what these fields tell of."""
    for field in fields:
        at_ms = client.hget(KEYS.breaker, field)
        if at_ms is not None:
            client.hset(KEYS.breaker, field, int(at_ms) - round(seconds * 1_000))


def test_ushers_and_workers_mean_the_same_key() -> None:
    assert KEYS.unable == queue_keys.UNABLE


def test_three_people_without_an_answer_open_it(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    assert [circuit.unanswered(ticket).is_open for ticket in ("a", "b", "c")] == [False, False, True]
    assert redis_client.get(queue_keys.UNABLE) == OPEN
    assert 0 < redis_client.pttl(queue_keys.UNABLE) <= 1_000 * breaker.OPEN_S


def test_one_record_that_fails_by_itself_opens_nothing(circuit: breaker.Breaker) -> None:
    assert not any(circuit.unanswered("a").is_open for _ in range(50))
    assert circuit.look().state == "closed"


def test_one_person_and_probes_that_fail_too_open_it(circuit: breaker.Breaker) -> None:
    circuit.unanswered("a")
    circuit.unanswered(breaker.METADATA)
    assert circuit.unanswered("a").is_open


def test_a_registry_that_answers_some_stays_closed(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    for number in range(30):
        circuit.unanswered(f"a{number}")
        if number % 3 == 1:
            circuit.answered("b")
    assert circuit.look().state == "closed"


def test_a_moment_without_an_answer_opens_nothing(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    circuit.answered("before")
    assert not any(circuit.unanswered(f"a{number}").is_open for number in range(20))
    shift(redis_client, breaker.SILENCE_S, "answered_ms")
    assert circuit.unanswered("late").is_open


def test_failures_of_long_ago_do_not_count(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    circuit.unanswered("a")
    circuit.unanswered("b")
    shift(redis_client, breaker.FORGET_S + 1, "failed_ms")
    assert not circuit.unanswered("c").is_open


def test_an_answer_closes_it_from_any_state(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    open_up(circuit)
    circuit.answered("d")
    assert circuit.look().state == "closed"
    open_up_again = [circuit.unanswered(source).is_open for source in ("a", "b", "c")]
    assert open_up_again == [False, False, False]
    shift(redis_client, breaker.SILENCE_S, "answered_ms")
    circuit.unanswered("a")
    circuit.probed()
    assert redis_client.get(queue_keys.UNABLE) == HALF_OPEN
    circuit.answered("d")
    assert not redis_client.exists(queue_keys.UNABLE)


def test_a_probe_that_is_answered_lets_a_few_try_and_time_closes_it(
    circuit: breaker.Breaker, redis_client: redis.Redis
) -> None:
    open_up(circuit)
    circuit.probed()
    assert redis_client.get(queue_keys.UNABLE) == HALF_OPEN
    assert (circuit.is_open(), circuit.look().state) == (False, "half_open")
    assert 0 < redis_client.pttl(queue_keys.UNABLE) <= 1_000 * breaker.HALF_OPEN_S


def test_a_trial_that_fails_opens_it_and_the_next_reaches_further(
    circuit: breaker.Breaker, redis_client: redis.Redis
) -> None:
    open_up(circuit)
    tried = []
    for _ in range(10):
        circuit.probed()
        tried.append(int(redis_client.get(queue_keys.UNABLE).split()[1]))
        assert circuit.unanswered("the first in line").is_open
        assert redis_client.get(queue_keys.UNABLE) == OPEN
    assert tried == [2, 3, 4, 5, 6, 7, 8, 8, 8, 8]
    circuit.answered("somebody else")
    shift(redis_client, breaker.SILENCE_S, "answered_ms")
    open_up(circuit)
    circuit.probed()
    assert redis_client.get(queue_keys.UNABLE) == HALF_OPEN


def test_a_half_open_time_that_passed_opens_again_with_the_first_failure(
    circuit: breaker.Breaker, redis_client: redis.Redis
) -> None:
    open_up(circuit)
    circuit.probed()
    redis_client.delete(queue_keys.UNABLE)
    assert circuit.unanswered("a").is_open


def test_a_probe_of_a_closed_one_changes_nothing(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    circuit.probed()
    assert not redis_client.exists(queue_keys.UNABLE)


def test_whoever_probes_keeps_it_open_and_late_failures_do_not(
    circuit: breaker.Breaker, redis_client: redis.Redis
) -> None:
    open_up(circuit)
    redis_client.pexpire(queue_keys.UNABLE, 1_000)
    circuit.unanswered("d")
    assert redis_client.pttl(queue_keys.UNABLE) <= 1_000
    circuit.unanswered(breaker.METADATA)
    assert redis_client.pttl(queue_keys.UNABLE) > 20_000


def test_with_every_worker_dead_it_closes_by_itself(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    open_up(circuit)
    assert 0 < redis_client.pttl(queue_keys.UNABLE) <= 30_000
    for key in (KEYS.breaker, KEYS.failing):
        assert redis_client.pttl(key) > 0


def test_probes_take_turns(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    assert not circuit.look().may_probe
    open_up(circuit)
    assert not circuit.look().may_probe
    shift(redis_client, breaker.PROBE_EVERY_S, "probed_ms")
    assert [circuit.look().may_probe for _ in range(3)] == [True, False, False]


def test_a_first_failure_raises_doubt_and_doubt_fades(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    circuit.unanswered("a")
    assert circuit.look().may_probe
    shift(redis_client, breaker.PROBE_EVERY_S, "probed_ms")
    assert circuit.look().may_probe
    shift(redis_client, breaker.DOUBT_S + 1, "probed_ms", "failed_ms")
    assert not circuit.look().may_probe


def test_nobody_doubts_a_registry_that_answers_others(circuit: breaker.Breaker) -> None:
    circuit.answered("b")
    circuit.unanswered("a")
    assert not circuit.look().may_probe


def test_a_clock_set_back_does_not_stop_the_probes(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    open_up(circuit)
    shift(redis_client, -3_600, "probed_ms")
    assert circuit.look().may_probe


def test_nobody_is_probed_for_during_a_pause(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    open_up(circuit)
    shift(redis_client, breaker.PROBE_EVERY_S, "probed_ms")
    permits.Permits(redis_client, 10).pause(60)
    sight = circuit.look()
    assert (sight.may_probe, sight.state) == (False, "open")
    assert 50 < sight.pause_left_s <= 60


def test_an_answer_from_before_does_not_end_a_pause(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    permits.Permits(redis_client, 10).pause(20)
    circuit.answered("a")
    assert circuit.is_open()
    assert redis_client.pttl(queue_keys.UNABLE) <= 20_000


def test_a_long_pause_is_told_and_a_short_one_is_not(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    bucket = permits.Permits(redis_client, 10)
    bucket.pause(permits.LONG_PAUSE_S - 0.5)
    assert not circuit.is_open()
    bucket.pause(permits.LONG_PAUSE_S + 0.5)
    assert circuit.is_open()
    assert redis_client.pttl(queue_keys.UNABLE) <= redis_client.pttl(KEYS.pause) + 5


def test_a_pause_stops_trials(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    open_up(circuit)
    circuit.probed()
    permits.Permits(redis_client, 10).pause(5)
    circuit.probed()
    assert redis_client.get(queue_keys.UNABLE) == OPEN


def test_only_failures_between_answers_for_others_count_against_a_ticket(redis_client: redis.Redis) -> None:
    circuit = breaker.Breaker(redis_client, patience_s=0, strikes=3)
    assert not any(circuit.unanswered("poor").given_up for _ in range(20))
    for _ in range(2):
        _later(redis_client)
        circuit.answered("b")
        assert not circuit.unanswered("poor").given_up
        assert not circuit.unanswered("poor").given_up
    _later(redis_client)
    circuit.answered("b")
    assert circuit.unanswered("poor").given_up
    assert not redis_client.hexists(KEYS.failing, "poor")


def test_nobody_is_given_up_before_the_time(redis_client: redis.Redis) -> None:
    circuit = breaker.Breaker(redis_client, strikes=0)
    assert not circuit.unanswered("poor").given_up
    since, strikes, last = map(int, redis_client.hget(KEYS.failing, "poor").split())
    redis_client.hset(KEYS.failing, "poor", f"{since - 1_000 * breaker.PATIENCE_S:.0f} {strikes} {last}")
    assert circuit.unanswered("poor").given_up


def test_an_answer_wipes_the_slate_of_its_ticket(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    circuit.unanswered("a")
    circuit.answered("a")
    assert not redis_client.hexists(KEYS.failing, "a")


def test_an_answer_that_redis_does_not_hear_of_costs_nobody_the_passport() -> None:
    with redis.Redis(port=1, retry=None, socket_connect_timeout=1) as nobody:
        breaker.Breaker(nobody).answered("a")


def test_scripts_survive_a_flush(circuit: breaker.Breaker, redis_client: redis.Redis) -> None:
    redis_client.script_flush()
    open_up(circuit)
    redis_client.script_flush()
    circuit.probed()
    assert circuit.look().state == "half_open"


@pytest.fixture(scope="module")
def crowd() -> Iterator[Crowd]:
    with running_crowd() as crowd:
        yield crowd


@pytest.fixture
def at_once(crowd: Crowd, redis_url: str) -> Callable[..., list[Any]]:
    return functools.partial(crowd.at_once, redis_url)


def fail(store: Store, number: int) -> list[bool]:
    circuit = breaker.Breaker(store.client)
    return [circuit.unanswered(f"{number}-{again}").is_open for again in range(50)]


def look(store: Store, _number: int) -> int:
    circuit = breaker.Breaker(store.client)
    return sum(circuit.look().may_probe for _ in range(200))


def try_and_fail(store: Store, number: int) -> None:
    circuit = breaker.Breaker(store.client)
    for again in range(50):
        circuit.probed()
        circuit.unanswered(f"{number}-{again}")


def answer(store: Store, number: int) -> list[bool]:
    circuit = breaker.Breaker(store.client)
    seen = []
    for again in range(50):
        circuit.answered(f"{number}-{again}")
        seen.append(circuit.unanswered(f"{number}-{again}-fails").is_open)
    return seen


def pause_and_answer(store: Store, number: int) -> None:
    circuit, bucket = breaker.Breaker(store.client), permits.Permits(store.client, 10)
    for seconds in range(4, 24):
        bucket.pause(seconds)
        circuit.answered(f"{number}-{seconds}")


def test_eight_processes_that_fail_open_it_once_and_for_all(at_once: Callable[..., list[Any]]) -> None:
    closed = sum(not is_open for seen in at_once(fail) for is_open in seen)
    assert closed == breaker.FAILURES - 1


def test_eight_processes_take_one_turn(at_once: Callable[..., list[Any]], circuit: breaker.Breaker) -> None:
    circuit.unanswered("a")
    assert 1 <= sum(at_once(look)) <= 2


def test_eight_processes_that_try_and_fail_leave_it_open(
    at_once: Callable[..., list[Any]], circuit: breaker.Breaker, redis_client: redis.Redis
) -> None:
    open_up(circuit)
    at_once(try_and_fail)
    assert circuit.is_open()
    assert int(redis_client.hget(KEYS.breaker, "trial")) == breaker.MOST_TRIED
    assert redis_client.hlen(KEYS.failing) == 3 + 50 * PROCESSES


def test_eight_processes_with_answers_never_open_it(
    at_once: Callable[..., list[Any]], circuit: breaker.Breaker
) -> None:
    assert not any(is_open for seen in at_once(answer) for is_open in seen)
    assert circuit.look().state == "closed"


def test_no_answer_ends_a_pause_whoever_asked_for_it(
    at_once: Callable[..., list[Any]], circuit: breaker.Breaker, redis_client: redis.Redis
) -> None:
    at_once(pause_and_answer)
    assert circuit.is_open()
    assert abs(redis_client.pttl(queue_keys.UNABLE) - redis_client.pttl(KEYS.pause)) < 50


def _later(client: redis.Redis) -> None:
    """Until the clock of Redis has gone on by more than a millisecond."""
    before = client.time()
    while client.time()[0] == before[0] and client.time()[1] < before[1] + 2_000:
        pass
