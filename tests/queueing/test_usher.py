from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
import redis

from queueing import keys, settings_hash, stats, store, vouching
from queueing.attendance import ALIVE_MS, Attendance
from queueing.obstacles import worker_threads
from queueing.publications import publish
from queueing.room import HOLD_MS, Publication
from queueing.settings import RoomSettings
from queueing.usher import BLIND_WAIT_S, LOOK_S, PATIENCE_S, Usher
from tests.queueing.lines import TIER_KEY, Line
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


@dataclass
class Table:
    """The rooms as staff want them, as one usher sees them; one that does not is cut off from the database."""

    wanted: RoomSettings
    seen: bool = True

    def __call__(self) -> list[RoomSettings]:
        if not self.seen:
            raise OSError("the database does not answer")
        return [self.wanted]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def usher(line: Line, desk: Desk) -> Usher:
    return Usher(line.client, desk, lambda: [line.settings], TIER_KEY)


def sign_in(line: Line, threads: int = 4, for_ms: int = ALIVE_MS) -> None:
    seconds, micros = line.client.time()
    now_ms = int(seconds) * 1_000 + int(micros) // 1_000
    line.client.zadd(keys.WORKERS, {f"somebody:{threads}": now_ms + for_ms})


def pulse(line: Line) -> str | None:
    return stats.read(line.client, "test").pulse


def test_full_redis_stops_no_usher(line: Line, desk: Desk, usher: Usher) -> None:
    line.join("a")
    usher.step()
    attendance = Attendance(line.store, threads=4)
    line.client.config_set("maxmemory", "1")
    try:
        attendance.start()
        line.settings = dataclasses.replace(line.settings, notice="Thank you for waiting.")
        while not desk.taken:
            usher._looked_at = -LOOK_S
            usher.step()
        assert (desk.taken, pulse(line)) == ([("test", "a")], "")
        assert line.published() == line.settings
        assert line.client.exists(line.keys.ladder)
    finally:
        line.client.config_set("maxmemory", "0")
        attendance.stop()


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


def test_nobody_is_called_while_the_private_work_cannot_serve(line: Line, desk: Desk, usher: Usher) -> None:
    line.join("a", "b")
    sign_in(line)
    line.client.set(keys.UNABLE, "registry_unavailable", px=10_000)
    usher.step()
    assert desk.taken == []
    assert line.where("a") == {"waiting", "present"}
    assert pulse(line) == "registry_unavailable"
    line.client.delete(keys.UNABLE)
    usher.step()
    assert desk.taken == [("test", "a"), ("test", "b")]
    assert pulse(line) == ""


def test_obstacle_is_seen_at_the_next_step_without_a_look(line: Line, desk: Desk, usher: Usher) -> None:
    sign_in(line)
    usher.step()
    usher._looked_at = time.monotonic() + 3_600
    line.join("a")
    line.client.set(keys.UNABLE, "registry_unavailable")
    usher.step()
    assert (desk.taken, pulse(line)) == ([], "registry_unavailable")


def test_while_the_private_work_tries_no_more_are_called_than_it_tries(line: Line, desk: Desk, usher: Usher) -> None:
    line.join("a", "b", "c", "d")
    sign_in(line)
    line.client.set(keys.UNABLE, "registry_unavailable 2")
    for _again in range(3):
        usher.step()
    assert desk.taken == [("test", "a"), ("test", "b")]
    assert pulse(line) == "registry_unavailable"
    line.finish("a", line.claim("a").attempt)
    usher.step()
    assert desk.taken[2:] == [("test", "c")]


@pytest.mark.parametrize("said", [b"registry_unavailable -1", b"registry_unavailable many", b"\xff\xfe", b"x y z"])
def test_word_that_nobody_understands_stops_no_usher(line: Line, desk: Desk, usher: Usher, said: bytes) -> None:
    line.join("a")
    sign_in(line)
    line.client.set(keys.UNABLE, said)
    usher.step()
    assert desk.taken == []
    line.client.delete(keys.UNABLE)
    usher.step()
    assert desk.taken == [("test", "a")]


def test_without_workers_that_is_what_is_told(line: Line, usher: Usher) -> None:
    line.client.set(keys.UNABLE, "registry_unavailable")
    usher.step()
    assert pulse(line) == "no_workers"


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
    Usher(line.client, desk, lambda: [line.settings], TIER_KEY).step()
    assert desk.taken == [("test", "a")]
    assert line.client.hget(line.keys.ticket("a"), "tries") is None


def test_called_are_handed_over_as_soon_as_the_broker_takes_them_and_before_others(
    line: Line, desk: Desk, usher: Usher
) -> None:
    line.join("a")
    sign_in(line)
    desk.broken = True
    usher.step()
    line.join("b")
    for _again in range(2):
        usher._looked_at = -LOOK_S
        usher.step()
    assert (line.where("a"), line.where("b")) == ({"serving"}, {"waiting", "present"})
    desk.broken = False
    usher._looked_at = -LOOK_S
    usher.step()
    assert desk.taken == [("test", "a"), ("test", "b")]
    assert line.where("b") == {"serving"}


def test_two_ushers_share_the_work_and_call_nobody_twice(line: Line, desk: Desk, usher: Usher) -> None:
    line.publish(total_active_users=1_000, new_users_per_minute=100_000)
    line.join(*[f"t{number:03}" for number in range(200)])
    sign_in(line, threads=1_000)
    stop = threading.Event()
    ushers = [
        threading.Thread(target=one.run, args=(stop,))
        for one in (usher, Usher(line.client, desk, lambda: [line.settings], TIER_KEY))
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

    usher = Usher(line.client, desk, rooms, TIER_KEY)
    line.join("a")
    sign_in(line)
    usher.step()
    line.join("b")
    usher._looked_at = 0.0
    usher.step()
    assert desk.taken == [("test", "a"), ("test", "b")]


def test_publishing_what_is_published_already_writes_nothing(redis_client: redis.Redis) -> None:
    shop = store.Store(redis_client)
    first = publish(shop, TIER_KEY, RoomSettings(slug="test"))
    assert first.born
    with redis_client.monitor() as monitor:
        assert publish(shop, TIER_KEY, RoomSettings(slug="test")) == Publication(first.incarnation, born=False)
        redis_client.ping()
        said = []
        while not said or said[-1] != "PING":
            said.append(monitor.next_command()["command"].partition(" ")[0])
    assert not set(said) & {"EVALSHA", "SADD"}
    assert publish(shop, TIER_KEY, RoomSettings(slug="test", title="Another")).incarnation == first.incarnation
    redis_client.delete(keys.RoomKeys("test").incarnation)
    assert publish(shop, TIER_KEY, RoomSettings(slug="test", title="Another")).born


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
        publish(shop, TIER_KEY, RoomSettings(slug="test"), hold=hold)
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


def test_usher_repeats_however_many_calls(line: Line, usher: Usher) -> None:
    called = {f"1 t{number} {number}".encode(): 10**15 + number for number in range(4_100)}
    for member, at_us in called.items():
        usher._recent_calls("test").append((time.monotonic(), at_us, member.decode()))
    usher._look()
    assert dict(line.client.zrange(line.keys.calls, 0, -1, withscores=True)) == called


def test_usher_that_read_the_table_too_early_ends_no_line(line: Line, usher: Usher) -> None:
    line.settings = dataclasses.replace(line.settings, version=1)
    usher._look()
    line.join("of the old line")
    new = dataclasses.replace(line.settings, version=2, epoch=2, state="paused")
    publish(line.store, TIER_KEY, new)
    line.join("a", "b")
    for wanted in (line.settings, new, line.settings, new):
        publish(line.store, TIER_KEY, wanted)
        assert line.published() == new
        signature = vouching.sign_settings(TIER_KEY, "test", settings_hash.of(wanted))
        line.store.run(line.room.publish(wanted, True, signature))
        assert line.published() == new
    line.advance()
    states = [line.look(ticket).state for ticket in ("of the old line", "a", "b")]
    assert states == ["lapsed", "waiting", "waiting"]


def test_usher_without_database_leaves_what_others_have_published(line: Line, desk: Desk) -> None:
    table = Table(line.settings)
    usher = Usher(line.client, desk, table, TIER_KEY)
    usher._look()
    table.seen = False
    for change in ({"epoch": 2}, {"state": "paused"}, {"notice": "We are back at two."}):
        line.publish(**change)
        usher._look()
        assert line.published() == line.settings
    line.client.delete(line.keys.settings)
    usher._look()
    assert line.published() == line.settings


def test_usher_without_database_lets_others_come_first_to_a_lost_room(line: Line, desk: Desk) -> None:
    blind = Table(line.settings)
    usher = Usher(line.client, desk, blind, TIER_KEY)
    usher._look()
    blind.seen = False
    line.settings = dataclasses.replace(line.settings, epoch=2, version=1)
    line.client.flushdb()
    usher._look()
    assert line.published() is None and not line.client.exists(line.keys.incarnation)
    Usher(line.client, desk, Table(line.settings), TIER_KEY)._look()
    ticket = tickets_of(line, line.join("a"))["a"]
    usher._look()
    line.client.flushdb()
    usher._lost_at["test"] = time.monotonic() - BLIND_WAIT_S
    usher._look()
    assert line.published() == line.settings
    assert restore(line, ticket).verdict == "restored"


def test_room_that_staff_have_removed_is_not_published_again(line: Line, desk: Desk) -> None:
    def rooms() -> list[RoomSettings]:
        before = [line.settings]
        version = line.settings.version + 1
        line.store.run(line.room.withdraw(version, vouching.sign_settings(TIER_KEY, "test", {"version": str(version)})))
        line.client.srem(keys.ROOMS, "test")
        return before

    usher = Usher(line.client, desk, rooms, TIER_KEY)
    usher.step()
    assert line.client.smembers(keys.ROOMS) == set()
    assert line.try_to_join("a").verdict == "unready"
    assert pulse(line) is None
    line.settings = dataclasses.replace(line.settings, version=2)
    publish(line.store, TIER_KEY, line.settings)
    assert line.try_to_join("a").verdict == "joined"


def test_silent_database_keeps_no_usher_from_calling(line: Line, desk: Desk) -> None:
    answering, asked = threading.Event(), []
    changed = dataclasses.replace(line.settings, version=1, notice="Hello.")

    def rooms() -> list[RoomSettings]:
        asked.append(threading.current_thread())
        if len(asked) == 1:
            return [line.settings]
        answering.wait()
        return [changed]

    usher = Usher(line.client, desk, rooms, TIER_KEY)
    usher.step()
    line.join("a")
    sign_in(line)
    for _ in range(2):
        usher._looked_at = -LOOK_S
        began = time.monotonic()
        usher.step()
        assert time.monotonic() - began < PATIENCE_S + 2
    assert (desk.taken, pulse(line)) == ([("test", "a")], "")
    assert len(asked) == 2
    answering.set()
    while line.published() != changed:
        usher._look()


def test_wrong_answer_of_the_database_is_not_taken_for_silence(line: Line, desk: Desk) -> None:
    def rooms() -> list[RoomSettings]:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        Usher(line.client, desk, rooms, TIER_KEY).step()
