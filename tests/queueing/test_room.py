from __future__ import annotations

import pytest
import redis

from queueing import stats
from queueing.room import TicketState
from tests.queueing.lines import Line


@pytest.fixture
def line(redis_client: redis.Redis) -> Line:
    return Line(redis_client)


def test_places_are_given_in_the_order_of_joining(line: Line) -> None:
    line.join("a", "b", "c")
    assert [line.look(ticket).position for ticket in "abc"] == [1, 2, 3]
    numbers = [line.look(ticket).number for ticket in "abc"]
    assert numbers == sorted(set(numbers))


def test_numbers_rise_even_when_the_clock_runs_backwards(line: Line) -> None:
    line.join("a")
    future = 4_000_000_000_000_000
    line.client.hset(line.keys.incarnation, "last_us", future)
    line.join("b", "c")
    assert (line.look("b").number, line.look("c").number) == (future + 1, future + 2)


def test_joining_twice_finds_the_same_place(line: Line) -> None:
    line.join("a", "b")
    before = line.look("a")
    again = line.try_to_join("a")
    assert (again.verdict, again.ticket) == ("known", before)
    assert line.client.zcard(line.keys.waiting) == 2


def test_joining_again_after_leaving_gives_no_new_place(line: Line) -> None:
    line.join("a")
    line.leave("a")
    again = line.try_to_join("a")
    assert again.verdict == "known"
    assert again.ticket is not None and again.ticket.state == "left"


def test_room_that_is_not_published_takes_nobody_in(redis_client: redis.Redis) -> None:
    line = Line(redis_client)
    redis_client.delete(line.keys.settings)
    assert line.try_to_join("a").verdict == "unready"


def test_room_without_an_incarnation_takes_nobody_in(line: Line) -> None:
    line.client.delete(line.keys.incarnation)
    assert line.try_to_join("a").verdict == "unready"


def test_closed_room_takes_nobody_in_and_serves_those_in_line(line: Line) -> None:
    line.join("a")
    line.publish(state="closed")
    assert line.try_to_join("b").verdict == "closed"
    assert line.try_to_join("a").verdict == "known"
    assert line.call() == ["a"]


def test_paused_room_calls_nobody_and_lets_people_join(line: Line) -> None:
    line.publish(state="paused")
    line.join("a")
    assert line.call() == []
    line.publish(state="open")
    assert line.call() == ["a"]


def test_too_many_joins_from_one_address_are_refused_but_never_a_repeat(line: Line) -> None:
    assert line.try_to_join("a", allowed=1).verdict == "joined"
    crowded = line.try_to_join("b", allowed=1)
    assert crowded.verdict == "crowded" and 0 < crowded.retry_after_s <= 60
    assert line.try_to_join("a", allowed=1).verdict == "known"
    assert line.try_to_join("b", address="elsewhere", allowed=1).verdict == "joined"


def test_called_in_order_while_both_caps_allow(line: Line) -> None:
    line.publish(total_active_users=3)
    line.join("a", "b", "c", "d")
    assert line.call() == ["a", "b", "c"]
    assert line.call() == []
    line.finish("a", line.claim("a").attempt)
    assert line.call() == ["d"]


def test_no_more_are_called_than_workers_can_take_on(line: Line) -> None:
    line.join("a", "b", "c")
    assert line.call(may_call=0) == []
    assert line.call(may_call=2) == ["a", "b"]


def test_calls_of_any_sixty_seconds_stay_within_the_cap(line: Line) -> None:
    line.publish(new_users_per_minute=2, total_active_users=100, lease_s=300)
    line.join("a", "b", "c", "d", "e")
    assert line.call(may_call=1) == ["a"]
    line.let_pass(30)
    assert line.call() == ["b"]
    line.let_pass(28)
    assert line.call() == []
    line.let_pass(2.1)
    assert line.call() == ["c"]
    line.let_pass(27.8)
    assert line.call() == []
    line.let_pass(2.3)
    assert line.call() == ["d"]


def test_cap_of_a_minute_counts_more_calls_than_unpack_can_take(line: Line) -> None:
    line.publish(new_users_per_minute=20_000, total_active_users=100_000)
    line.join("a", "b")
    now_us = line.look("b").number
    line.client.zadd(line.keys.calls, {f"1 t{number}": now_us for number in range(19_999)})
    assert line.call() == ["a"]


def test_being_called_says_when_and_takes_the_ticket_out_of_line(line: Line) -> None:
    line.join("a", "b")
    (ticket, called_us), *_rest = line.advance(may_call=1).called
    assert ticket == "a"
    assert line.look("a") == TicketState("serving", number=line.look("a").number, called_us=called_us)
    assert line.where("a") == {"serving"}
    assert line.look("b").position == 1


def test_instants_of_calls_rise_while_the_clock_is_behind(line: Line) -> None:
    line.join(*[f"t{number}" for number in range(6)])
    line.client.hincrby(line.keys.incarnation, "last_us", 3_600_000_000)
    called = [*line.advance(3).called, *line.advance(3).called]
    instants = [called_us for _ticket, called_us in called]
    assert len(instants) == 6
    assert instants == sorted(set(instants))


def test_released_ticket_is_away_at_once_and_returns_to_its_old_number(line: Line) -> None:
    line.join("a", "b")
    assert line.release("a")
    assert line.where("a") == {"waiting", "away"}
    assert line.look("a").position == 1
    assert line.call() == ["b"]
    line.hold("a")
    assert line.where("a") == {"waiting", "present"}
    assert line.call() == ["a"]


def test_process_that_no_longer_holds_a_ticket_cannot_release_it(line: Line) -> None:
    line.beat("hub-2")
    line.join("a")
    line.hold("a", "hub-2")
    assert not line.release("a", "hub-1")
    assert line.where("a") == {"waiting", "present"}
    assert line.client.smembers(line.keys.held("hub-1")) == set()
    assert line.client.smembers(line.keys.held("hub-2")) == {b"a"}


def test_tickets_of_a_silent_process_are_away_and_those_held_elsewhere_are_not(line: Line) -> None:
    line.beat("hub-2")
    line.join("a", "b", "c")
    line.hold("b", "hub-2")
    line.let_pass(20, alive=("hub-2",))
    assert line.advance(may_call=0).marked == 2
    assert line.where("a") == line.where("c") == {"waiting", "away"}
    assert line.where("b") == {"waiting", "present"}
    assert line.client.zscore(line.keys.hubs, "hub-1") is None
    assert line.client.exists(line.keys.held("hub-1")) == 0


def test_process_back_from_silence_learns_that_it_must_hold_again(line: Line) -> None:
    assert line.beat() is True
    line.let_pass(20, alive=())
    assert line.beat() is False
    assert line.beat() is True


def test_heartbeat_whose_answer_was_lost_is_answered_again(line: Line) -> None:
    line.let_pass(20, alive=())
    beat = line.room.heartbeat("hub-1", 7)
    assert [line.store.run(beat) for _repeat in range(3)] == [False, False, False]
    assert stats.read(line.client, "test").servers == {"hub-1": 7}
    known = line.room.heartbeat("hub-1", 8)
    assert [line.store.run(known) for _repeat in range(3)] == [True, True, True]


def test_release_whose_answer_was_lost_is_answered_again(line: Line) -> None:
    line.join("a")
    assert line.release("a")
    assert line.release("a")
    line.poll("a")
    assert line.release("a")
    assert line.where("a") == {"waiting", "present"}
    line.hold("a", "hub-2")
    assert not line.release("a")
    line.leave("a")
    assert not line.release("a", "hub-2")


def test_absence_that_is_not_yet_marked_is_seen_when_calling(line: Line) -> None:
    line.beat("hub-2")
    line.join("a", "b")
    line.hold("b", "hub-2")
    line.let_pass(20, alive=("hub-2",))
    assert line.client.zscore(line.keys.present, "a") is not None
    assert [ticket for ticket, _at in line.advance(budget=0).called] == ["b"]
    assert line.where("a") == {"waiting", "away"}


def test_absent_head_delays_nobody(line: Line) -> None:
    head = [f"gone-{number}" for number in range(1_500)]
    line.join(*head)
    for ticket in head:
        line.release(ticket)
    line.join("a", "b")
    assert line.call() == ["a", "b"]


def test_cleaning_up_is_bounded_and_says_when_there_is_more(line: Line) -> None:
    line.join(*[f"gone-{number}" for number in range(30)])
    line.let_pass(20, alive=())
    first = line.advance(may_call=0, budget=20)
    assert (first.more, first.marked) == (True, 20)
    second = line.advance(may_call=0, budget=20)
    assert (second.more, second.marked) == (False, 10)


def test_poll_keeps_a_ticket_present_without_a_socket(line: Line) -> None:
    line.join("a", hold=False)
    assert line.poll("a").position == 1
    line.let_pass(70)
    line.advance(may_call=0)
    assert line.where("a") == {"waiting", "present"}
    line.let_pass(10)
    line.advance(may_call=0)
    assert line.where("a") == {"waiting", "away"}
    line.poll("a")
    assert line.where("a") == {"waiting", "present"}


def test_socket_takes_over_from_polling(line: Line) -> None:
    line.join("a", hold=False)
    line.poll("a")
    line.hold("a")
    line.release("a")
    assert line.where("a") == {"waiting", "away"}


def test_whoever_polls_stays_when_the_socket_breaks(line: Line) -> None:
    line.join("a")
    line.poll("a")
    line.release("a")
    assert line.where("a") == {"waiting", "present"}


def test_whoever_joins_and_never_comes_is_away_soon(line: Line) -> None:
    line.join("a", hold=False)
    line.let_pass(16)
    line.advance(may_call=0)
    assert line.where("a") == {"waiting", "away"}


def test_silent_ticket_loses_its_place_after_the_grace_period(line: Line) -> None:
    line.join("a", "b")
    line.release("a")
    line.let_pass(119)
    assert line.advance(may_call=0).lapsed == 0
    line.let_pass(2)
    assert line.advance(may_call=0).lapsed == 1
    assert line.where("a") == {"outcome"}
    assert line.look("a").state == "lapsed"
    assert line.look("b").position == 1
    assert line.client.exists(line.keys.ticket("a"), line.keys.sealed("a")) == 0


def test_longer_grace_counts_for_those_away_already(line: Line) -> None:
    line.join("a")
    line.release("a")
    line.let_pass(119)
    line.publish(grace_period_s=300)
    line.let_pass(100)
    assert line.advance(may_call=0).lapsed == 0
    line.hold("a")
    assert line.call() == ["a"]


def test_leaving_is_at_once_and_for_good(line: Line) -> None:
    line.join("a", "b")
    assert line.leave("a")
    assert line.where("a") == {"outcome"}
    assert line.look("b").position == 1
    assert not line.leave("a")
    assert line.hold("a").state == "left"
    assert line.where("a") == {"outcome"}
    assert line.client.exists(line.keys.ticket("a"), line.keys.sealed("a")) == 0
    assert 0 < line.client.ttl(line.keys.reference("REFa")) <= 86_400


def test_leaving_while_being_served_leaves_the_worker_nothing_to_finish(line: Line) -> None:
    line.join("a")
    line.call()
    attempt = line.claim("a").attempt
    line.leave("a")
    assert line.store.run(line.room.renew("a", attempt)).held is False
    assert line.finish("a", attempt, document=b"secret") is False
    assert line.look("a").state == "left"
    assert line.client.hget(line.keys.outcome("a"), "document") is None


def test_leaving_after_an_outcome_erases_the_document(line: Line) -> None:
    line.join("a")
    line.call()
    line.finish("a", line.claim("a").attempt, document=b"secret")
    assert line.client.hget(line.keys.outcome("a"), "document") == b"secret"
    assert line.leave("a")
    assert line.client.hget(line.keys.outcome("a"), "document") is None
    assert line.look("a").state == "left"


def test_claim_is_given_once(line: Line) -> None:
    line.join("a")
    assert line.store.run(line.room.claim("a")) is None
    line.call()
    claim = line.claim("a")
    assert claim.sealed == b"sealed a"
    assert line.store.run(line.room.claim("a")) is None


def test_claim_whose_answer_was_lost_is_answered_again(line: Line) -> None:
    line.join("a")
    line.call()
    claim = line.room.claim("a")
    answer = line.store.run(claim)
    lease_until = line.client.zscore(line.keys.serving, "a")
    assert line.store.run(claim) == answer is not None
    assert line.client.zscore(line.keys.serving, "a") == lease_until
    assert line.store.run(line.room.claim("a")) is None
    line.store.run(line.room.hand_back("a", answer.attempt))
    assert line.store.run(claim) is None


def test_worker_learns_whether_the_person_is_still_there(line: Line) -> None:
    line.join("a")
    line.call()
    attempt = line.claim("a").attempt
    assert line.store.run(line.room.renew("a", attempt)).here
    line.release("a")
    lease = line.store.run(line.room.renew("a", attempt))
    assert (lease.held, lease.here) == (True, False)
    line.hold("a")
    assert line.store.run(line.room.renew("a", attempt)).here


def test_whoever_is_held_by_a_dead_process_is_not_there(line: Line) -> None:
    line.join("a")
    line.call()
    attempt = line.claim("a").attempt
    line.let_pass(16, alive=())
    assert line.store.run(line.room.renew("a", attempt)).here is False


def test_handed_back_ticket_returns_to_its_old_place_and_no_try_is_counted(line: Line) -> None:
    line.join("a", "b", "c")
    assert line.call(may_call=1) == ["a"]
    attempt = line.claim("a").attempt
    assert line.store.run(line.room.hand_back("a", attempt))
    assert line.look("a").position == 1
    assert line.client.hget(line.keys.ticket("a"), "tries") is None
    assert not line.store.run(line.room.hand_back("a", attempt))
    assert line.call(may_call=1) == ["a"]


def test_handed_back_ticket_of_somebody_gone_is_away(line: Line) -> None:
    line.join("a", "b")
    line.call(may_call=1)
    attempt = line.claim("a").attempt
    line.release("a")
    line.store.run(line.room.hand_back("a", attempt))
    assert line.where("a") == {"waiting", "away"}
    assert line.call() == ["b"]


def test_lapsed_lease_brings_the_ticket_back_for_a_second_attempt(line: Line) -> None:
    line.join("a", "b")
    line.call(may_call=1)
    first = line.claim("a").attempt
    line.let_pass(31)
    assert line.advance(may_call=0).given_back == 1
    assert line.look("a").position == 1
    assert line.call(may_call=1) == ["a"]
    assert line.claim("a").attempt > first


def test_only_lapses_of_claimed_leases_count_and_the_third_is_a_failure(line: Line) -> None:
    line.join("a")
    for _lost_message in range(5):
        assert line.call() == ["a"]
        line.let_pass(31)
        line.advance(may_call=0)
    for _crash in range(2):
        assert line.call() == ["a"]
        line.claim("a")
        line.let_pass(31)
        assert line.advance(may_call=0).failed == ()
    line.call()
    line.claim("a")
    line.let_pass(31)
    assert line.advance(may_call=0).failed == ("a",)
    state = line.look("a")
    assert (state.state, state.reason) == ("failed", "internal")


def test_renewed_lease_does_not_lapse(line: Line) -> None:
    line.join("a")
    line.call()
    attempt = line.claim("a").attempt
    for _ in range(5):
        line.let_pass(20)
        assert line.store.run(line.room.renew("a", attempt)).held
        assert line.advance(may_call=0).given_back == 0


def test_refusal_counts_from_the_current_attempt_alone(line: Line) -> None:
    line.join("a")
    line.call()
    stale = line.claim("a").attempt
    line.let_pass(31)
    line.advance()
    current = line.claim("a").attempt
    assert line.finish("a", stale, "refused", "no_record") is False
    assert line.look("a").state == "serving"
    assert line.finish("a", current, "refused", "no_record") is True
    assert line.look("a").reason == "no_record"


@pytest.mark.parametrize("called_again", [False, True])
def test_issued_counts_from_any_attempt_however_late(line: Line, called_again: bool) -> None:
    line.join("a")
    line.call()
    stale = line.claim("a").attempt
    line.let_pass(31)
    line.advance(may_call=1 if called_again else 0)
    assert line.finish("a", stale, document=b"passport") is True
    assert line.where("a") == {"outcome"}
    assert line.look("a").state == "issued"


def test_first_outcome_stands(line: Line) -> None:
    line.join("a")
    line.call()
    attempt = line.claim("a").attempt
    assert line.finish("a", attempt, "refused", "no_record")
    assert line.finish("a", attempt, "refused", "no_record")
    assert not line.finish("a", attempt, "issued", document=b"passport")
    assert line.look("a").state == "refused"
    assert line.client.hget(line.keys.outcome("a"), "document") is None


def test_outcome_lasts_as_long_as_the_room_keeps_results(line: Line) -> None:
    line.publish(result_ttl_s=100)
    line.join("a")
    line.call()
    line.finish("a", line.claim("a").attempt, document=b"passport")
    assert 99_000 < line.client.pttl(line.keys.outcome("a")) <= 100_000
    assert line.client.exists(line.keys.ticket("a"), line.keys.sealed("a")) == 0


def test_new_epoch_ends_the_old_line_and_leaves_the_new_one(line: Line) -> None:
    line.join("a", "b")
    line.publish(epoch=2)
    line.join("c")
    assert line.advance(may_call=0).lapsed == 2
    assert line.look("a").reason == "line_ended"
    assert line.call() == ["c"]


def test_publishing_again_changes_no_incarnation_and_begins_no_epoch(line: Line) -> None:
    life = line.client.hgetall(line.keys.incarnation)
    line.join("a")
    line.publish(title="Another title")
    assert line.client.hget(line.keys.incarnation, "id") == life[b"id"]
    assert line.client.hget(line.keys.settings, "epoch_began_us") == b"0"
    assert line.advance(may_call=0).lapsed == 0


def test_nothing_is_left_of_a_ticket_but_its_outcome_and_reference(line: Line) -> None:
    before = set(line.client.keys("*"))
    line.join("a")
    line.call()
    line.finish("a", line.claim("a").attempt)
    ours = {key for key in set(line.client.keys("*")) - before if b"tally" not in key and b"joins" not in key}
    expected = {line.keys.outcome("a"), line.keys.reference("REFa"), line.keys.calls, line.keys.ended}
    assert {key.decode() for key in ours} <= expected
    assert line.client.ttl(line.keys.reference("REFa")) > 0
    assert not line.client.smembers(line.keys.held("hub-1"))


def test_attempt_counts_for_nothing_once_its_ticket_is_back_in_line(line: Line) -> None:
    line.join("a")
    line.call()
    stale = line.claim("a").attempt
    line.let_pass(31)
    assert line.call() == ["a"]
    assert not line.store.run(line.room.renew("a", stale)).held
    assert not line.store.run(line.room.hand_back("a", stale))
    assert not line.finish("a", stale, "refused", "no_record")
    assert line.where("a") == {"serving"}


def test_claimed_lease_that_lapsed_cannot_be_taken_over_past_the_count_of_tries(line: Line) -> None:
    line.join("a")
    line.call()
    line.claim("a")
    line.let_pass(31)
    assert line.store.run(line.room.claim("a")) is None
    line.advance(may_call=0)
    assert line.client.hget(line.keys.ticket("a"), "tries") == b"1"


def test_nobody_of_a_line_that_has_ended_is_called_while_it_is_cleared(line: Line) -> None:
    line.join(*[f"old{number}" for number in range(20)])
    line.publish(epoch=2)
    line.join("new")
    assert [ticket for ticket, _at in line.advance(budget=4).called] == ["new"]


def test_clock_set_back_makes_nobody_absent(line: Line) -> None:
    line.join("a", "b")
    ahead_us = line.look("b").number + 3_600_000_000
    line.client.hset(line.keys.incarnation, "last_us", ahead_us)
    line.advance(may_call=0)
    assert line.where("a") == {"waiting", "present"}
    line.join("c")
    assert line.look("c").number > ahead_us
    assert line.call() == ["a", "b", "c"]


def test_tickets_of_a_web_process_that_died_before_its_first_heartbeat_are_found(line: Line) -> None:
    line.join("a", hold=False)
    line.hold("a", "stillborn")
    line.advance(may_call=0)
    assert line.where("a") == {"waiting", "away"}


def test_ticket_called_twice_in_a_minute_counts_twice(line: Line) -> None:
    line.publish(new_users_per_minute=2)
    line.join("a", "b")
    for _ in range(2):
        assert line.call(may_call=1) == ["a"]
        assert line.store.run(line.room.hand_back("a", line.claim("a").attempt))
    assert line.call() == []
