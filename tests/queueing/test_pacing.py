"""From the line to the wait that people are told: ushers look, Redis keeps, web processes tell."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY

from queueing import outlook, pace, pacing, stats, web
from queueing.pacing import Pacer
from queueing.settings import RoomSettings
from queueing.usher import Usher
from tests.queueing.browsers import Browser, frame, opened
from tests.queueing.lines import TIER_KEY, Line
from tests.queueing.test_usher import Desk, sign_in

MINUTE_US = 60_000_000


@pytest.fixture
def pacer(line: Line) -> Pacer:
    return Pacer(line.store, "test")


def seen(line: Line) -> pace.Observation:
    found = line.store.run(pacing.observe("test")).seen
    assert found is not None
    return found


def kept(line: Line) -> pace.State:
    return pace.from_hash(line.client.hgetall(line.keys.pace))


def now_us(line: Line) -> int:
    seconds, micros = line.client.time()
    return int(seconds) * 1_000_000 + int(micros)


def stand(line: Line, ticket: str, since_us: int) -> None:
    """Put somebody into the line who joined long ago."""
    for zset in (line.keys.waiting, line.keys.present):
        line.client.zadd(zset, {ticket: now_us(line) - since_us})


def move(line: Line, pacer: Pacer, seconds: int = 40, standing: bool = False, **values: Any) -> RoomSettings:
    """So many seconds in each of which one is called, and one joins."""
    line.publish(total_active_users=1_000, lease_s=3_600, **values)
    line.join(*[f"first{number}" for number in range(20)])
    for second in range(seconds):
        line.join(f"t{second}")
        line.call(may_call=1)
        line.let_pass(1)
        pacer.look(line.settings, standing)
    return line.settings


def judged(horizon: str = "under 2 min") -> tuple[float, float]:
    """How many, and the sum of their ratios."""
    labels = {"room": "test", "horizon": horizon}
    return (
        REGISTRY.get_sample_value("vestibule_wait_ratio_count", labels) or 0,
        REGISTRY.get_sample_value("vestibule_wait_ratio_sum", labels) or 0,
    )


def test_look_sees_calls_leavers_and_who_stands_where(line: Line, pacer: Pacer) -> None:
    line.join("a", "b", "c", "d", "e", "f")
    pacer.look(line.settings, standing=False)
    assert line.call(may_call=2) == ["a", "b"]
    line.leave("d")
    line.release("e")
    line.join("g")
    line.let_pass(1)
    found = seen(line)
    assert 1 <= found.elapsed_s < 4
    assert (found.called, found.stayed, found.present) == (2, (0, 0, 2), (0, 0, 3))
    assert (found.waiting, found.passed, found.standing, found.capped) == (4, 0, False, False)


def test_people_are_told_apart_by_how_long_they_have_been_in_line(line: Line, pacer: Pacer) -> None:
    for number, minutes in enumerate((9, 5, 4.1, 3.9, 1.1, 0.9)):
        stand(line, f"t{number}", int(minutes * MINUTE_US))
    assert seen(line).present == (3, 2, 1)
    pacer.look(line.settings, standing=False)
    line.client.zrem(line.keys.present, "t1", "t4")
    line.let_pass(1)
    assert seen(line).stayed == (2, 1, 1)


def test_whoever_is_in_line_before_the_first_present_is_passed(line: Line) -> None:
    line.join("a", "b", "c", "d")
    for ticket in ("a", "b", "d"):
        line.release(ticket)
    assert seen(line).passed == 2
    line.release("c")
    assert seen(line).passed == 4


def test_minute_that_is_used_up_is_seen(line: Line) -> None:
    line.publish(new_users_per_minute=2)
    line.join("a", "b", "c")
    assert not seen(line).capped
    line.call()
    assert seen(line).capped
    line.let_pass(61)
    assert not seen(line).capped


@pytest.mark.parametrize(
    "stop",
    [
        lambda line: line.publish(state="paused"),
        lambda line: line.client.hset(line.keys.incarnation, "hold_until_ms", now_us(line) // 1_000 + 9_000),
        lambda line: line.client.hset(line.keys.incarnation, "settling_ms", now_us(line) // 1_000),
    ],
)
def test_room_that_calls_nobody_on_purpose_stands(line: Line, stop: Callable[[Line], object]) -> None:
    assert not seen(line).standing
    stop(line)
    assert seen(line).standing


def test_nothing_is_seen_where_there_is_no_state(line: Line, pacer: Pacer) -> None:
    line.client.flushall()
    assert line.store.run(pacing.observe("test")).seen is None
    pacer.look(line.settings, standing=False)
    assert not line.client.exists(line.keys.pace)


def test_even_line_is_foretold_from_what_redis_keeps(line: Line, pacer: Pacer) -> None:
    room_settings = move(line, pacer)
    ahead = outlook.of(kept(line), room_settings.calls_per_minute)
    assert ahead is not None
    assert ahead.waiting == 20
    assert ahead.wait(21).expected_s == pytest.approx(21, rel=0.15)
    assert 0 < line.client.pttl(line.keys.pace) <= pacing.TTL_MS


def test_second_usher_of_the_same_second_only_reads(line: Line, pacer: Pacer) -> None:
    other = Pacer(line.store, "test")
    move(line, pacer)
    before = line.client.hgetall(line.keys.pace)
    other.look(line.settings, standing=False)
    assert line.client.hgetall(line.keys.pace) == before
    number = now_us(line) - 1
    other.judge([(int(before[b"at_us"]) + 1, number + 30_000_000)])
    assert judged()[0] >= 1


def test_of_many_ushers_at_once_one_writes(line: Line) -> None:
    line.join("a")
    sight = line.store.run(pacing.observe("test"))
    barrier = threading.Barrier(8)
    written = []

    def learn() -> None:
        barrier.wait()
        written.append(line.store.run(pacing.learn("test", sight, pace.State(), sight.marks)))

    ushers = [threading.Thread(target=learn) for _ in range(8)]
    for usher in ushers:
        usher.start()
    for usher in ushers:
        usher.join()
    assert sorted(written) == [False] * 7 + [True]


def test_what_an_usher_knows_survives_the_loss_of_redis(line: Line, pacer: Pacer) -> None:
    room_settings = move(line, pacer)
    before = kept(line)
    line.client.flushall()
    line.publish()
    pacer.look(room_settings, standing=False)
    after = kept(line)
    assert (after.bins, after.calls, after.elapsed_s, after.lost) == (
        before.bins,
        before.calls,
        before.elapsed_s,
        before.lost,
    )
    line.join("a")
    line.let_pass(1)
    pacer.look(room_settings, standing=False)
    assert kept(line).lost == pytest.approx(before.lost, abs=0.1)


def test_usher_that_begins_anew_goes_on_with_what_redis_keeps(line: Line, pacer: Pacer) -> None:
    move(line, pacer)
    line.let_pass(1)
    before = kept(line)
    Pacer(line.store, "test").look(line.settings, standing=False)
    assert kept(line).elapsed_s > before.elapsed_s


def test_usher_learns_once_a_second_and_stands_without_workers(line: Line) -> None:
    line.join("a", "b")
    usher = Usher(line.client, Desk(), lambda: [line.settings], TIER_KEY)
    usher.step()
    assert line.client.hget(line.keys.pace, "standing") == b"1"
    sign_in(line, threads=1)
    line.let_pass(1)
    usher._looked_at = -9.0
    usher.step()
    assert line.client.hget(line.keys.pace, "standing") == b"0"
    assert stats.read(line.client, "test").pulse == ""


def test_error_is_recorded_for_everybody_called(line: Line, pacer: Pacer) -> None:
    move(line, pacer)
    ahead = outlook.of(kept(line), line.settings.calls_per_minute)
    assert ahead is not None
    told_s = ahead.wait(ahead.waiting + 1).expected_s
    count, total = judged()
    number = int(line.client.hget(line.keys.pace, "at_us"))
    pacer.judge([(number, number + 30_000_000), (number + 1, number + 5_000_000)])
    assert judged() == pytest.approx((count + 1, total + 30 / told_s))


def test_only_those_count_who_were_told_something_and_waited_for_nothing_else(line: Line, pacer: Pacer) -> None:
    before_any = now_us(line)
    move(line, pacer)
    number = int(line.client.hget(line.keys.pace, "at_us"))
    count, _total = judged()
    pacer.judge([(before_any, before_any + 30_000_000)])
    assert judged()[0] == count
    pacer.judge([(number + 5, number + 30_000_000), (number + 4, number + 30_000_000)])
    assert judged()[0] == count + 1
    line.let_pass(1)
    pacer.look(line.settings, standing=True)
    pacer.judge([(number + 6, number + 30_000_000)])
    assert judged()[0] == count + 1


def test_usher_judges_whom_it_called(line: Line) -> None:
    line.join("a", "b")
    numbers = [int(line.client.zscore(line.keys.waiting, ticket)) for ticket in ("a", "b")]
    assert line.advance(may_call=1).numbers == (numbers[0],)
    usher = Usher(line.client, Desk(), lambda: [line.settings], TIER_KEY)
    sign_in(line)
    usher.step()
    assert usher._pacer("test")._head == numbers[1]


async def test_everybody_is_told_a_band_and_a_pace(served: Line, pacer: Pacer) -> None:
    move(served, pacer)
    browser = Browser()
    joined = (await browser.join()).json()
    socket = await opened(browser.socket())
    state = await frame(socket, "state")
    for told in (joined, state, (await browser.get("ticket")).json()):
        assert told["position"] == 21
        low, high = told["wait_s"]
        assert 10 <= low < 21 < high <= 30
        assert told["pace_per_s"] == pytest.approx(1, rel=0.15)
    low, high = (await browser.client.get("/api/rooms/test")).json()["wait_s"]
    assert 10 <= low < 22 < high <= 30
    await socket.disconnect()


async def test_wait_is_frozen_and_the_countdown_stands_while_the_line_is_paused(served: Line, pacer: Pacer) -> None:
    move(served, pacer)
    browser = Browser()
    await browser.join()
    socket = await opened(browser.socket())
    before = await frame(socket, "state")
    served.publish(state="paused", state_reason="The registry is being serviced.")
    served.let_pass(1)
    pacer.look(served.settings, standing=False)
    state = await frame(socket, "state")
    assert (state["paused"], state["pace_per_s"]) == ("The registry is being serviced.", 0)
    assert state["wait_s"] == before["wait_s"]
    await socket.disconnect()


async def test_nothing_is_said_before_anything_is_known(served: Line) -> None:
    browser = Browser()
    told = (await browser.join()).json()
    assert (told["wait_s"], told["pace_per_s"]) == (None, None)
    assert (await browser.client.get("/api/rooms/test")).json()["wait_s"] is None


async def test_hub_counts_as_the_page_does(served: Line, pacer: Pacer) -> None:
    """So that it does not send what the page counts by itself (countdown.must_send)."""
    move(served, pacer)
    browser = Browser()
    await browser.join()
    socket = await opened(browser.socket())
    state = await frame(socket, "state")
    sighting = web.hub()._seats["test"].seats[browser.ticket_id].sighting
    assert sighting is not None
    assert (sighting.position, sighting.pace_per_s) == (state["position"], state["pace_per_s"])
    assert sighting.pace_per_s
    await socket.disconnect()
