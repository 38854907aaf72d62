from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
import redis

from queueing import keys, stats, store
from queueing.attendance import ALIVE_MS, Attendance
from queueing.room import HOLD_MS, Publication
from queueing.settings import RoomSettings
from queueing.usher import Usher, publish, worker_threads
from tests.queueing.lines import Line
from tests.queueing.restoring import restore, tickets_of


@dataclass
class Desk:
    """Takes called tickets on, as the broker would; `backlog` None is a broker that does not answer."""

    waiting: int | None = 0
    taken: list[tuple[str, str]] = field(default_factory=list)
    broken: bool = False

    def hand_over(self, room: str, ticket_ids: Iterable[str]) -> None:
        if self.broken:
            raise redis.ConnectionError("gone in the middle")
        self.taken += [(room, ticket_id) for ticket_id in ticket_ids]

    def backlog(self) -> int | None:
        return self.waiting


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def usher(line: Line, desk: Desk) -> Usher:
    return Usher(line.client, desk, lambda: [line.settings])


def sign_in(line: Line, threads: int = 4, for_ms: int = ALIVE_MS) -> None:
    seconds, micros = line.client.time()
    now_ms = int(seconds) * 1_000 + int(micros) // 1_000
    line.client.zadd(keys.WORKERS, {f"somebody:{threads}": now_ms + for_ms})


def pulse(line: Line) -> str | None:
    return stats.read(line.client, "test").pulse


def test_called_are_handed_over_in_order(line: Line, desk: Desk, usher: Usher) -> None:
    line.join("a", "b", "c")
    sign_in(line)
    usher.step()
    assert desk.taken == [("test", "a"), ("test", "b"), ("test", "c")]
    assert pulse(line) == ""


def test_nobody_is_called_without_a_live_worker(line: Line, desk: Desk, usher: Usher) -> None:
    line.join("a")
    usher.step()
    sign_in(line, for_ms=-1)
    usher.step()
    assert desk.taken == []
    assert line.where("a") == {"waiting", "present"}
    assert pulse(line) == "no_workers"


def test_nobody_is_called_while_the_broker_does_not_answer(line: Line, desk: Desk, usher: Usher) -> None:
    line.join("a")
    sign_in(line)
    desk.waiting = None
    usher.step()
    assert desk.taken == []
    assert pulse(line) == "broker_unreachable"


def test_no_more_are_called_than_workers_will_soon_take_on(line: Line, desk: Desk, usher: Usher) -> None:
    line.join(*[f"t{number:02}" for number in range(30)])
    sign_in(line, threads=4)
    desk.waiting = 3
    usher.step()
    assert [ticket for _room, ticket in desk.taken] == [f"t{number:02}" for number in range(5)]


def test_called_that_could_not_be_handed_over_come_back_by_their_lease(line: Line, desk: Desk, usher: Usher) -> None:
    line.join("a")
    sign_in(line)
    desk.broken = True
    usher.step()
    assert line.where("a") == {"serving"}
    line.let_pass(31)
    desk.broken = False
    sign_in(line)
    Usher(line.client, desk, lambda: [line.settings]).step()
    assert desk.taken == [("test", "a")]
    assert line.client.hget(line.keys.ticket("a"), "tries") is None


def test_two_ushers_share_the_work_and_call_nobody_twice(line: Line, desk: Desk) -> None:
    line.publish(total_active_users=1_000, new_users_per_minute=100_000)
    line.join(*[f"t{number:03}" for number in range(200)])
    sign_in(line, threads=1_000)
    stop = threading.Event()
    ushers = [
        threading.Thread(target=Usher(line.client, desk, lambda: [line.settings]).run, args=(stop,)) for _ in range(2)
    ]
    for thread in ushers:
        thread.start()
    while line.client.zcard(line.keys.waiting):
        stop.wait(0.05)
    stop.set()
    for thread in ushers:
        thread.join()
    assert sorted(ticket for _room, ticket in desk.taken) == [f"t{number:03}" for number in range(200)]


def test_settings_missing_in_redis_are_published_again(line: Line, usher: Usher) -> None:
    line.client.flushall()
    usher.step()
    assert line.client.smembers(keys.ROOMS) == {b"test"}
    assert line.try_to_join("a").verdict == "joined"


def test_usher_goes_on_while_the_database_does_not_answer(line: Line, desk: Desk) -> None:
    def rooms() -> list[RoomSettings]:
        if desk.taken:
            raise OSError("the database does not answer")
        return [line.settings]

    usher = Usher(line.client, desk, rooms)
    line.join("a")
    sign_in(line)
    usher.step()
    line.join("b")
    usher._looked_at = 0.0
    usher.step()
    assert desk.taken == [("test", "a"), ("test", "b")]


def test_publishing_what_is_published_already_writes_nothing(redis_client: redis.Redis) -> None:
    shop = store.Store(redis_client)
    first = publish(shop, RoomSettings(slug="test"))
    assert first.born
    with redis_client.monitor() as monitor:
        assert publish(shop, RoomSettings(slug="test")) == Publication(first.incarnation, born=False)
        redis_client.ping()
        said = []
        while not said or said[-1] != "PING":
            said.append(monitor.next_command()["command"].partition(" ")[0])
    assert not set(said) & {"EVALSHA", "SADD"}
    assert publish(shop, RoomSettings(slug="test", title="Another")).incarnation == first.incarnation
    redis_client.delete(keys.RoomKeys("test").incarnation)
    assert publish(shop, RoomSettings(slug="test", title="Another")).born


def test_worker_signs_in_keeps_leases_and_signs_off(line: Line) -> None:
    line.join("a")
    line.call()
    attempt = line.claim("a").attempt
    attendance = Attendance(line.store, threads=7)
    with attendance.serving("test", "a", attempt):
        before = line.client.zscore(line.keys.serving, "a")
        attendance.start()
        while line.client.zscore(line.keys.serving, "a") == before or not worker_threads(line.client):
            threading.Event().wait(0.02)
        assert worker_threads(line.client) == 7
        attendance.stop()
        assert worker_threads(line.client) == 0
        assert attendance.check("test", "a", attempt).here


def test_worker_that_was_killed_is_missed(line: Line) -> None:
    sign_in(line, threads=4)
    assert worker_threads(line.client) == 4
    line.client.zadd(keys.WORKERS, {"somebody:4": 1})
    assert worker_threads(line.client) == 0
    assert line.client.zcard(keys.WORKERS) == 0


def test_usher_tells_a_new_life_whom_it_has_just_called(line: Line, desk: Desk, usher: Usher) -> None:
    line.publish(new_users_per_minute=3, total_active_users=100)
    held = tickets_of(line, line.join("a", "b", "c", "d"))
    sign_in(line)
    usher.step()
    assert [ticket for _room, ticket in desk.taken] == ["a", "b", "c"]
    line.client.flushdb()
    usher._look()
    assert stats.read(line.client, "test").calls_last_minute == 3
    line.beat()
    restore(line, held["d"])
    line.let_pass(HOLD_MS / 1_000)
    assert line.call() == []
    line.let_pass(31)
    assert line.call() == ["d"]


def test_room_that_is_lost_is_held_and_one_that_staff_made_is_not(redis_client: redis.Redis) -> None:
    shop = store.Store(redis_client)
    for hold in (True, False):
        redis_client.flushdb()
        publish(shop, RoomSettings(slug="test"), hold=hold)
        until_ms = int(redis_client.hget(keys.RoomKeys("test").incarnation, "hold_until_ms"))
        assert bool(until_ms) == hold


def test_usher_repeats_the_calls_of_a_second_that_a_restart_has_lost(line: Line, usher: Usher) -> None:
    line.join("a", "b")
    sign_in(line)
    usher.step()
    before = line.client.zrange(line.keys.calls, 0, -1, withscores=True)
    line.client.delete(line.keys.calls)
    line.client.hset(line.keys.incarnation, "run_id", "0" * 40)
    line.advance(may_call=0)
    usher._look()
    assert line.client.zrange(line.keys.calls, 0, -1, withscores=True) == before
