"""The promises under eight processes at once, each with a connection of its own."""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import redis

from queueing.room import WaitingRoom
from queueing.store import Store
from tests.queueing.lines import HUB, Line

PROCESSES = 8
ROOM = WaitingRoom("test")


def at_once(work: Callable[..., Any], url: str, *arguments: Any) -> list[Any]:
    """What each of eight processes returns that start at the same time."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES)
    answers = context.Queue()
    crowd = [
        context.Process(target=_one, args=(work, url, barrier, answers, number, arguments))
        for number in range(PROCESSES)
    ]
    for process in crowd:
        process.start()
    results = [answers.get(timeout=60) for _ in crowd]
    for process in crowd:
        process.join()
    return results


def _one(
    work: Callable[..., Any], url: str, barrier: Any, answers: Any, number: int, arguments: tuple[Any, ...]
) -> None:
    store = Store(redis.Redis.from_url(url))
    barrier.wait(timeout=50)
    answers.put(work(store, number, *arguments))


def join_the_same_and_others(store: Store, number: int) -> list[tuple[str, str]]:
    verdicts = []
    for place in range(50):
        for ticket in (f"shared-{place}", f"own-{number}-{place}"):
            joined = store.run(ROOM.join(ticket, b"x", "REF", "address", 100_000))
            verdicts.append((ticket, joined.verdict))
    return verdicts


def advance_and_serve(store: Store, _number: int, cap: int) -> tuple[list[tuple[int, str]], int]:
    """Call, claim, finish or hand back, as ushers and workers do; the most that ever were serving."""
    called, most = [], 0
    for _ in range(150):
        step = store.run(ROOM.advance(100))
        most = max(most, store.client.zcard(ROOM.keys.serving))
        called += [(at, ticket) for ticket, at in step.called]
        for ticket, _at in step.called:
            claim = store.run(ROOM.claim(ticket))
            assert claim is not None
            assert store.run(ROOM.claim(ticket)) is None
            store.run(ROOM.finish(ticket, claim.attempt, "issued"))
    return called, most


def claim_everything(store: Store, _number: int, tickets: list[str]) -> list[str]:
    return [ticket for ticket in tickets if store.run(ROOM.claim(ticket)) is not None]


def finish_everything(store: Store, number: int, tickets: list[str]) -> list[tuple[str, str]]:
    stood = []
    for ticket in tickets:
        reason = f"reason-{number}"
        if store.run(ROOM.finish(ticket, 1, "refused", reason)):
            stood.append((ticket, reason))
    return stood


def come_and_go(store: Store, number: int, tickets: list[str]) -> int:
    """Everything that can happen to a ticket, in any order."""
    dice = random.Random(number)
    hub = f"hub-{number}"
    store.run(ROOM.heartbeat(hub, 1))
    operations: list[Callable[[str], Any]] = [
        lambda ticket: ROOM.hold(ticket, hub),
        lambda ticket: ROOM.release(ticket, hub),
        lambda ticket: ROOM.poll(ticket, 1),
        ROOM.claim,
        lambda ticket: ROOM.hand_back(ticket, dice.randint(1, 3)),
        lambda ticket: ROOM.finish(ticket, dice.randint(1, 3), dice.choice(["issued", "refused"])),
        lambda _ticket: ROOM.advance(3),
    ]
    for _ in range(600):
        operation = dice.choice(operations) if dice.random() > 0.01 else ROOM.leave
        store.run(operation(dice.choice(tickets)))
    return number


@pytest.fixture
def line(redis_client: redis.Redis) -> Line:
    return Line(redis_client, new_users_per_minute=1_000_000, total_active_users=1_000)


def test_joins_are_numbered_without_gaps_in_honesty(line: Line, redis_url: str) -> None:
    verdicts = [pair for answer in at_once(join_the_same_and_others, redis_url) for pair in answer]
    joined = Counter(ticket for ticket, verdict in verdicts if verdict == "joined")
    assert len(joined) == 50 + PROCESSES * 50
    assert set(joined.values()) == {1}
    numbers = [score for _ticket, score in line.client.zrange(line.keys.waiting, 0, -1, withscores=True)]
    assert len(set(numbers)) == len(joined)


def test_caps_and_order_hold_under_eight_ushers(line: Line, redis_url: str) -> None:
    line.publish(total_active_users=7, new_users_per_minute=400)
    tickets = line.join(*[f"t{number:04}" for number in range(600)])
    results = at_once(advance_and_serve, redis_url, 7)
    called = sorted(pair for answer, _most in results for pair in answer)
    assert [ticket for _at, ticket in called] == tickets[: len(called)]
    assert len(called) == 400
    assert max(most for _answer, most in results) <= 7


def test_claim_goes_to_one_worker(line: Line, redis_url: str) -> None:
    tickets = line.join(*[f"t{number}" for number in range(100)])
    assert line.call() == tickets
    claimed = [ticket for answer in at_once(claim_everything, redis_url, tickets) for ticket in answer]
    assert sorted(claimed) == sorted(tickets)


def test_first_of_many_outcomes_stands(line: Line, redis_url: str) -> None:
    tickets = line.join(*[f"t{number}" for number in range(100)])
    line.call()
    for ticket in tickets:
        line.claim(ticket)
    stood = [pair for answer in at_once(finish_everything, redis_url, tickets) for pair in answer]
    assert sorted(ticket for ticket, _reason in stood) == sorted(tickets)
    assert {line.look(ticket).reason for ticket in tickets} <= {f"reason-{number}" for number in range(PROCESSES)}
    assert all(line.look(ticket).reason == reason for ticket, reason in stood)


def test_every_ticket_is_in_exactly_one_place_whatever_happens_at_once(line: Line, redis_url: str) -> None:
    line.publish(heartbeat_ttl_s=3)
    tickets = line.join(*[f"t{number}" for number in range(60)])
    assert sorted(at_once(come_and_go, redis_url, tickets)) == list(range(PROCESSES))
    one_place = [{"waiting", "present"}, {"waiting", "away"}, {"serving"}, {"outcome"}]
    for ticket in tickets:
        assert line.where(ticket) in one_place, ticket
    assert line.beat(HUB) in (True, False)
