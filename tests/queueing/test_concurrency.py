"""The promises under eight processes at once: each script that writes, and all of them together."""

from __future__ import annotations

import functools
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import pytest
import redis

from queueing import ladder, pace, pacing
from queueing.room import Publication, WaitingRoom
from queueing.settings import RoomSettings
from queueing.store import Store
from tests.queueing import restoring
from tests.queueing.lines import HUB, Line
from tests.queueing.processes import PROCESSES, Crowd, running_crowd

ROOM = WaitingRoom("test")
AtOnce = Callable[..., list[Any]]


@pytest.fixture(scope="module")
def crowd() -> Iterator[Crowd]:
    with running_crowd() as crowd:
        yield crowd


@pytest.fixture
def at_once(crowd: Crowd, redis_url: str) -> AtOnce:
    """What each of eight processes returns that do so at the same time."""
    return functools.partial(crowd.at_once, redis_url)


def everybody(
    store: Store, number: int, operation: str, tickets: Sequence[Any], *arguments: Any
) -> list[tuple[Any, Any]]:
    """(ticket, answer) of one operation on all tickets, in an order of this process' own; HUB stands for its hub."""
    mine = [hub_of(number) if argument == HUB else argument for argument in arguments]
    in_some_order = random.Random(number).sample(tickets, len(tickets))
    return [(ticket, store.run(getattr(ROOM, operation)(ticket, *mine))) for ticket in in_some_order]


def hub_of(number: int) -> str:
    return f"hub-of-{number}"


def once(answers: list[list[tuple[Any, Any]]], told: Callable[[Any], bool] = bool) -> list[Any]:
    """The tickets with such an answer, as often as they were given it."""
    return sorted(ticket for answer in answers for ticket, what in answer if told(what))


def join_the_same_and_others(store: Store, number: int) -> list[tuple[str, str]]:
    tickets = [ticket for place in range(50) for ticket in (f"shared-{place}", f"own-{number}-{place}")]
    return [(ticket, store.run(ROOM.join(ticket, b"x", "REF", "address", 100_000)).verdict) for ticket in tickets]


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


def join_or_call(store: Store, number: int) -> list[tuple[int, int]]:
    """Half of the processes let people join, the others call: (instant, queue number) of whom this one called."""
    if number % 2:
        for turn in range(200):
            store.run(ROOM.join(f"new-{number}-{turn}", b"x", "REF", "address", 100_000))
        return []
    steps = [store.run(ROOM.advance(1)) for _ in range(200)]
    return [(at, of) for step in steps for (_id, at), of in zip(step.called, step.numbers, strict=True)]


def latest_attempt(store: Store, ticket: str) -> int:
    return int(cast(bytes | None, store.client.hget(ROOM.keys.ticket(ticket), "attempt")) or 0)


def finish_everything(store: Store, number: int, tickets: list[str]) -> list[tuple[str, str]]:
    reason = f"reason-{number}"
    attempts = ((ticket, latest_attempt(store, ticket)) for ticket in tickets)
    return [(id_, reason) for id_, attempt in attempts if store.run(ROOM.finish(id_, attempt, "refused", reason))]


def hand_back_everything(store: Store, _number: int, attempts: dict[str, int]) -> list[tuple[str, bool]]:
    return [(ticket, store.run(ROOM.hand_back(ticket, attempt))) for ticket, attempt in attempts.items()]


def renew_while_one_hands_back(store: Store, number: int, attempts: dict[str, int]) -> list[tuple[str, list[bool]]]:
    """Whether the lease was held, at each look."""
    told: dict[str, list[bool]] = {ticket: [] for ticket in attempts}
    for turn in range(20):
        for ticket, attempt in attempts.items():
            if number == 0 and turn == 10:
                store.run(ROOM.hand_back(ticket, attempt))
            told[ticket].append(store.run(ROOM.renew(ticket, attempt)).held)
    return list(told.items())


def beat(store: Store, number: int) -> list[bool]:
    return [store.run(ROOM.heartbeat(hub, number)) for _ in range(50) for hub in ("shared", hub_of(number))]


def publish(store: Store, number: int, epoch: int) -> Publication:
    return store.run(ROOM.publish(RoomSettings(slug="test", epoch=epoch, title=f"Room {number}"), hold=True))


def learn(store: Store, number: int, sight: pacing.Sight) -> bool:
    return store.run(pacing.learn("test", sight, pace.State(waiting=number), sight.marks))


def read_the_ladder(store: Store, _number: int) -> bool:
    return store.run(ROOM.ladder())


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
        ROOM.look,
        lambda ticket: ROOM.renew(ticket, latest_attempt(store, ticket)),
        lambda ticket: ROOM.hand_back(ticket, latest_attempt(store, ticket)),
        lambda ticket: ROOM.finish(ticket, latest_attempt(store, ticket), dice.choice(["issued", "refused"])),
        lambda _ticket: ROOM.advance(3),
    ]
    for _ in range(600):
        operation = dice.choice(operations) if dice.random() > 0.01 else ROOM.leave
        store.run(operation(dice.choice(tickets)))
    return number


@pytest.fixture
def line(redis_client: redis.Redis) -> Line:
    return Line(redis_client, new_users_per_minute=1_000_000, total_active_users=1_000, heartbeat_ttl_s=300)


def test_joins_are_numbered_without_gaps_in_honesty(line: Line, at_once: AtOnce) -> None:
    verdicts = [pair for answer in at_once(join_the_same_and_others) for pair in answer]
    joined = Counter(ticket for ticket, verdict in verdicts if verdict == "joined")
    assert len(joined) == 50 + PROCESSES * 50
    assert set(joined.values()) == {1}
    numbers = [score for _ticket, score in line.client.zrange(line.keys.waiting, 0, -1, withscores=True)]
    assert len(set(numbers)) == len(joined)


def test_caps_and_order_hold_under_eight_ushers(line: Line, at_once: AtOnce) -> None:
    line.publish(total_active_users=7, new_users_per_minute=400)
    tickets = line.join(*[f"t{number:04}" for number in range(600)])
    results = at_once(advance_and_serve, 7)
    called = sorted(pair for answer, _most in results for pair in answer)
    assert [ticket for _at, ticket in called] == tickets[: len(called)]
    assert len(called) == 400
    assert max(most for _answer, most in results) <= 7


def test_newcomers_pass_nobody_while_others_are_called(line: Line, at_once: AtOnce) -> None:
    line.join(*[f"t{number:03}" for number in range(200)])
    called = sorted(pair for answer in at_once(join_or_call) for pair in answer)
    numbers = [queue_number for _at, queue_number in called]
    assert len(numbers) >= 200
    assert numbers == sorted(numbers)


def test_claim_goes_to_one_worker(line: Line, at_once: AtOnce) -> None:
    tickets = line.join(*[f"t{number}" for number in range(100)])
    assert line.call() == tickets
    assert once(at_once(everybody, "claim", tickets)) == sorted(tickets)


def test_first_of_many_outcomes_stands(line: Line, at_once: AtOnce) -> None:
    tickets = line.join(*[f"t{number}" for number in range(100)])
    line.call()
    for ticket in tickets:
        line.claim(ticket)
    stood = [pair for answer in at_once(finish_everything, tickets) for pair in answer]
    assert sorted(ticket for ticket, _reason in stood) == sorted(tickets)
    assert {line.look(ticket).reason for ticket in tickets} <= {f"reason-{number}" for number in range(PROCESSES)}
    assert all(line.look(ticket).reason == reason for ticket, reason in stood)


def test_every_ticket_is_in_exactly_one_place_whatever_happens_at_once(line: Line, at_once: AtOnce) -> None:
    line.publish(heartbeat_ttl_s=3)
    tickets = line.join(*[f"t{number}" for number in range(60)])
    assert sorted(at_once(come_and_go, tickets)) == list(range(PROCESSES))
    one_place = [{"waiting", "present"}, {"waiting", "away"}, {"serving"}, {"outcome"}]
    for ticket in tickets:
        assert line.where(ticket) in one_place, ticket
    assert line.beat(HUB) in (True, False)


def test_latest_of_eight_holds_a_ticket_and_nobody_else(line: Line, at_once: AtOnce) -> None:
    tickets = line.join(*[f"t{number}" for number in range(100)])
    at_once(everybody, "hold", tickets, HUB)
    held = {ticket: hub_of(number) for number in range(PROCESSES) for ticket in held_by(line, hub_of(number))}
    assert held == {ticket: line.client.hget(line.keys.ticket(ticket), "holder").decode() for ticket in tickets}
    assert sum(len(held_by(line, hub_of(number))) for number in range(PROCESSES)) == len(tickets)


def test_who_is_released_by_all_is_away_once_and_back_by_a_poll(line: Line, at_once: AtOnce) -> None:
    tickets = line.join(*[f"t{number}" for number in range(100)])
    at_once(everybody, "hold", tickets, HUB)
    assert set(once(at_once(everybody, "release", tickets, HUB))) == set(tickets)
    assert all(line.where(ticket) == {"waiting", "away"} for ticket in tickets)
    at_once(everybody, "poll", tickets, 75_000)
    assert line.client.zrange(line.keys.present, 0, -1) == [ticket.encode() for ticket in tickets]


def test_leaving_is_once(line: Line, at_once: AtOnce) -> None:
    tickets = line.join(*[f"t{number}" for number in range(100)])
    assert once(at_once(everybody, "leave", tickets)) == sorted(tickets)
    assert line.client.zcard(line.keys.waiting) == 0


def test_ticket_is_handed_back_once(line: Line, at_once: AtOnce) -> None:
    attempts = claimed(line)
    assert once(at_once(hand_back_everything, attempts)) == sorted(attempts)
    assert line.client.zrange(line.keys.present, 0, -1) == [ticket.encode() for ticket in attempts]


def test_lost_lease_stays_lost(line: Line, at_once: AtOnce) -> None:
    answers = at_once(renew_while_one_hands_back, claimed(line))
    assert all(told == sorted(told, reverse=True) for answer in answers for _ticket, told in answer)
    assert not any(told[-1] for _ticket, told in answers[0])


def test_everybody_is_restored_once_by_whoever_is_first(line: Line, at_once: AtOnce) -> None:
    ids = line.join(*[f"t{number:03}" for number in range(200)])
    tickets = list(restoring.tickets_of(line, ids).values())
    restoring.lose_everything(line)
    answers = at_once(everybody, "restore", tickets, HUB)
    told = Counter((ticket.id, restored.verdict) for answer in answers for ticket, restored in answer)
    assert told == {(id_, "restored"): 1 for id_ in ids} | {(id_, "known"): PROCESSES - 1 for id_ in ids}
    assert line.client.zrange(line.keys.present, 0, -1) == [id_.encode() for id_ in ids]
    assert sum(len(held_by(line, hub_of(number))) for number in range(PROCESSES)) == len(ids)


def test_hub_is_new_once(line: Line, at_once: AtOnce) -> None:
    answers = at_once(beat)
    assert sum(not known for answer in answers for known in answer[::2]) == 1
    assert all(answer[1::2] == [False] + [True] * 49 for answer in answers)


def test_life_and_epoch_begin_once(line: Line, at_once: AtOnce) -> None:
    line.client.flushdb()
    published = at_once(publish, 1)
    assert sum(publication.born for publication in published) == 1
    assert len({publication.incarnation for publication in published}) == 1
    before = line.try_to_join("before").ticket
    assert not any(publication.born for publication in at_once(publish, 2))
    after = line.try_to_join("after").ticket
    began = int(line.client.hget(line.keys.settings, "epoch_began_us") or 0)
    assert before is not None
    assert after is not None
    assert (before.number or 0) < began < (after.number or 0)


def test_one_of_many_observations_is_written(line: Line, at_once: AtOnce) -> None:
    line.join("a")
    sight = line.store.run(pacing.observe("test"))
    assert sorted(at_once(learn, sight)) == [False] * (PROCESSES - 1) + [True]


def test_ladder_read_by_many_is_the_line(line: Line, at_once: AtOnce) -> None:
    line.join(*[f"t{number}" for number in range(50)])
    assert any(at_once(read_the_ladder))
    read = ladder.parse(line.client.get(line.keys.ladder))
    assert read is not None
    numbers = line.client.zrange(line.keys.waiting, 0, -1, withscores=True)
    assert list(read.numbers) == [int(number) for _ticket, number in numbers]


def held_by(line: Line, hub: str) -> set[str]:
    return {ticket.decode() for ticket in line.client.smembers(line.keys.held(hub))}


def claimed(line: Line) -> dict[str, int]:
    """Attempt by ticket, of some who are being served."""
    tickets = line.join(*[f"t{number}" for number in range(50)])
    assert line.call() == tickets
    return {ticket: line.claim(ticket).attempt for ticket in tickets}
