"""Redis loses all it knew, or its last second: who still holds a ticket has the old place, once."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import pytest

from queueing import pacing, tickets
from queueing.room import HOLD_MS
from tests.queueing.lines import Line
from tests.queueing.passing import let_pass
from tests.queueing.restoring import lose_everything, restore, tickets_of

TEN = [f"t{number}" for number in range(10)]


def restart(line: Line, lost: list[str], hub: str = "hub-1") -> None:
    """Redis comes back under another run id, with its data but for some tickets."""
    line.advance(may_call=0)
    for id_ in lost:
        for zset in (line.keys.waiting, line.keys.present, line.keys.serving, line.keys.polling):
            line.client.zrem(zset, id_)
        line.client.delete(line.keys.ticket(id_), line.keys.sealed(id_), line.keys.outcome(id_))
    line.client.hset(line.keys.incarnation, "run_id", "0" * 40)
    line.advance(may_call=0)


def test_everybody_comes_back_to_the_old_number_in_any_order(line: Line) -> None:
    held = tickets_of(line, line.join(*TEN))
    numbers = [line.look(id_).number for id_ in TEN]
    lose_everything(line)
    for id_ in (*TEN[::3], *TEN[1::3], *TEN[2::3]):
        assert restore(line, held[id_]).verdict == "restored"
    assert [line.look(id_).number for id_ in TEN] == numbers
    assert [line.look(id_).position for id_ in TEN] == list(range(1, 11))
    assert all(line.where(id_) == {"waiting", "present"} for id_ in TEN)


def test_restored_ticket_is_whole(line: Line) -> None:
    held = tickets_of(line, line.join("a"))
    lose_everything(line, hold=False)
    restore(line, held["a"])
    assert line.client.smembers(line.keys.held("hub-1")) == {b"a"}
    reference = tickets.reference("a").replace("-", "")
    assert line.client.smembers(line.keys.reference(reference)) == {b"a"}
    assert line.call() == ["a"]
    assert line.claim("a").sealed == b"sealed a"


def test_restoring_twice_changes_nothing(line: Line) -> None:
    held = tickets_of(line, line.join("a"))
    lose_everything(line, hold=False)
    assert restore(line, held["a"]).verdict == "restored"
    again = restore(line, held["a"], "hub-2")
    assert (again.verdict, again.ticket.position) == ("known", 1)
    assert line.client.scard(line.keys.held("hub-2")) == 0


def test_newcomers_stand_behind_those_who_are_restored_later(line: Line) -> None:
    held = tickets_of(line, line.join("a"))
    lose_everything(line)
    line.join("new")
    restore(line, held["a"])
    assert (line.look("a").position, line.look("new").position) == (1, 2)


def test_number_of_a_faster_clock_does_not_let_newcomers_pass(line: Line) -> None:
    held = tickets_of(line, line.join("a"))["a"]
    lose_everything(line)
    restore(line, replace(held, number=held.number + 3_600_000_000))
    line.join("new")
    assert (line.look("a").position, line.look("new").position) == (1, 2)


def test_who_brings_the_own_ticket_counts_as_polling(line: Line) -> None:
    held = tickets_of(line, line.join("a", "b"))
    lose_everything(line, hold=False)
    restore(line, held["a"], hub="")
    line.let_pass(16)
    line.advance(may_call=0)
    assert line.where("a") == {"waiting", "away"}


@pytest.mark.parametrize("ending", ["left", "issued", "refused"])
def test_what_ended_in_this_life_is_not_restored(line: Line, ending: str) -> None:
    held = tickets_of(line, line.join("a"))
    lose_everything(line, hold=False, result_ttl_s=5)
    restore(line, held["a"])
    if ending == "left":
        line.leave("a")
    else:
        line.call()
        line.finish("a", line.claim("a").attempt, ending)
    line.client.delete(line.keys.outcome("a"))
    assert restore(line, held["a"]).verdict == "gone"


def test_who_leaves_before_being_restored_has_left(line: Line) -> None:
    held = tickets_of(line, line.join("a"))
    lose_everything(line)
    assert line.leave("a") is False
    assert restore(line, held["a"]).verdict == "gone"


def test_ticket_of_an_earlier_epoch_is_not_restored(line: Line) -> None:
    held = tickets_of(line, line.join("a"))
    lose_everything(line, epoch=2)
    assert restore(line, held["a"]).verdict == "gone"


def test_ticket_of_this_life_that_is_unknown_has_ended(line: Line) -> None:
    held = tickets_of(line, line.join("a"))
    line.leave("a")
    line.client.delete(line.keys.outcome("a"), line.keys.ended)
    assert restore(line, held["a"]).verdict == "gone"


def test_ten_minutes_after_its_birth_a_life_takes_nobody_back(line: Line) -> None:
    held = tickets_of(line, line.join("a", "b"))
    lose_everything(line)
    line.let_pass(599)
    assert restore(line, held["a"]).verdict == "restored"
    line.let_pass(2)
    assert restore(line, held["b"]).verdict == "gone"


def test_nothing_is_decided_before_the_room_is_published_again(line: Line) -> None:
    held = tickets_of(line, line.join("a"))
    line.client.flushdb()
    assert restore(line, held["a"]).verdict == "unready"
    assert line.client.dbsize() == 0


def test_new_life_calls_nobody_for_half_a_minute(line: Line) -> None:
    held = tickets_of(line, line.join("a", "b"))
    lose_everything(line)
    restore(line, held["b"])
    assert line.call() == []
    line.let_pass(HOLD_MS / 1_000 - 1)
    restore(line, held["a"])
    assert line.call() == []
    line.let_pass(2)
    assert line.call()[:1] == ["a"]


def test_calls_after_the_hold_are_evenly_spaced_for_a_minute(line: Line) -> None:
    held = tickets_of(line, line.join(*[f"t{number:03}" for number in range(100)]))
    lose_everything(line, new_users_per_minute=60, total_active_users=1_000)
    for ticket in held.values():
        restore(line, ticket)
    line.let_pass(HOLD_MS / 1_000)
    called = []
    for _second in range(60):
        called += line.call()
        seconds, micros = line.client.time()
        held_until_ms = int(line.client.hget(line.keys.incarnation, "hold_until_ms"))
        assert len(called) <= math.ceil(seconds + micros / 1e6 - held_until_ms / 1e3)
        line.let_pass(1)
    assert len(called) >= 59


def test_room_that_is_new_calls_at_once(line: Line) -> None:
    line.join("a")
    assert line.call() == ["a"]


def test_served_ticket_goes_back_into_line_and_the_old_attempt_counts_for_nothing(line: Line) -> None:
    held = tickets_of(line, line.join("a"))
    line.call()
    before = line.claim("a").attempt
    lose_everything(line, hold=False)
    # Attempts are numbered by the millisecond; in life the hold lies between.
    time.sleep(0.002)
    assert restore(line, held["a"]).ticket.state == "waiting"
    assert line.call() == ["a"]
    assert line.claim("a").attempt > before
    assert not line.finish("a", before, "refused", "no_record")
    assert line.finish("a", before, "issued", document=b"passport")


def test_tickets_of_the_last_second_survive_a_restart_with_data(line: Line) -> None:
    held = tickets_of(line, line.join("a", "b", "c"))
    restart(line, lost=["b"])
    assert restore(line, held["b"]).verdict == "restored"
    assert [line.look(id_).position for id_ in "abc"] == [1, 2, 3]


def test_older_tickets_that_are_unknown_after_a_restart_had_ended(line: Line) -> None:
    held = tickets_of(line, line.join("a"))
    ten_seconds_older = replace(held["a"], number=held["a"].number - 11_000_000)
    restart(line, lost=["a"])
    assert restore(line, ten_seconds_older).verdict == "gone"


@pytest.mark.parametrize(("seconds", "verdict"), [(29, "restored"), (31, "gone")])
def test_after_a_restart_nobody_is_restored_whose_outcome_may_have_expired(
    line: Line, seconds: int, verdict: str
) -> None:
    line.publish(result_ttl_s=60)
    held = tickets_of(line, line.join("a"))["a"]
    restart(line, lost=["a"])
    let_pass(line.client, "test", seconds)
    assert restore(line, replace(held, number=held.number - seconds * 1_000_000)).verdict == verdict


@pytest.mark.parametrize(("seconds", "verdict"), [(29, "restored"), (31, "gone")])
def test_time_for_which_redis_was_away_counts_for_outcomes(line: Line, seconds: int, verdict: str) -> None:
    line.publish(result_ttl_s=60)
    held = tickets_of(line, line.join("a"))["a"]
    line.advance(may_call=0)
    let_pass(line.client, "test", seconds)
    line.client.hincrby(line.keys.incarnation, "alive_ms", -seconds * 1_000)
    line.client.delete(line.keys.ticket("a"), line.keys.waiting, line.keys.present)
    line.client.hset(line.keys.incarnation, "run_id", "0" * 40)
    line.advance(may_call=0)
    assert restore(line, replace(held, number=held.number - seconds * 1_000_000)).verdict == verdict


def test_clock_behind_the_birth_of_a_life_stops_nobody(line: Line) -> None:
    held = tickets_of(line, line.join("a"))
    lose_everything(line, result_ttl_s=60)
    restore(line, held["a"])
    for name in ("born_ms", "hold_until_ms"):
        line.client.hincrby(line.keys.incarnation, name, 3_600_000)
    sight = line.store.run(pacing.observe("test"))
    assert sight.seen is not None and not sight.seen.standing
    assert line.call() == ["a"]


def test_those_who_are_put_back_together_are_told_where_all_of_them_stand(line: Line) -> None:
    held = tickets_of(line, line.join(*TEN))
    lose_everything(line)
    restore(line, held["t4"])
    backwards = [held[id_] for id_ in reversed(TEN)]
    told = line.store.run(line.room.restore_all([*backwards, held["t9"]], "hub-1"))
    assert [restored.verdict for restored in told] == ["restored"] * 5 + ["known"] + ["restored"] * 4 + ["known"]
    assert [restored.ticket.position for restored in told] == [*range(10, 0, -1), 10]
    assert line.client.scard(line.keys.held("hub-1")) == 10
