"""Nobody could report, or so many are gone at once that it is not their doing: nobody loses a place for that."""

from __future__ import annotations

import pytest

from tests.queueing.lines import Line

GRACE_S = 120


@pytest.fixture
def line(line: Line) -> Line:
    line.publish(total_active_users=1_000, new_users_per_minute=100_000)
    return line


def stand_still(line: Line, seconds: float) -> None:
    """Nobody advances, nobody reports: Redis was away."""
    line.let_pass(seconds, alive=())
    line.client.hincrby(line.keys.incarnation, "alive_ms", -int(seconds * 1_000))


def crowd(line: Line, count: int) -> list[str]:
    return line.join(*[f"t{number:03}" for number in range(count)])


def vanish(line: Line, tickets: list[str]) -> None:
    for ticket in tickets:
        line.release(ticket)


def lapsed(line: Line) -> int:
    return line.advance(may_call=0).lapsed


def test_after_a_standstill_nobody_is_absent_before_all_web_processes_could_report(line: Line) -> None:
    line.beat("hub-2")
    line.join("a", "b")
    line.hold("b", "hub-2")
    line.advance(may_call=0)
    stand_still(line, 60)
    assert line.call() == []
    line.beat("hub-1")
    line.let_pass(3, alive=("hub-1",))
    assert line.call() == []
    line.beat("hub-2")
    assert line.call() == ["a", "b"]


def test_after_a_standstill_a_dead_web_process_is_not_waited_for_for_ever(line: Line) -> None:
    line.beat("hub-2")
    line.join("a", "b")
    line.hold("b", "hub-2")
    line.advance(may_call=0)
    stand_still(line, 60)
    line.advance()
    line.let_pass(16)
    assert line.call() == ["a"]
    assert line.where("b") == {"waiting", "away"}


def test_lease_does_not_lapse_by_a_standstill(line: Line) -> None:
    line.join("a")
    line.call()
    attempt = line.claim("a").attempt
    stand_still(line, 60)
    assert line.advance().given_back == 0
    assert line.store.run(line.room.renew("a", attempt)).held
    line.let_pass(3)
    line.advance()
    assert line.where("a") == {"serving"}


def test_polls_do_not_run_out_while_nobody_can_poll(line: Line) -> None:
    line.join("polls", hold=False)
    line.poll("polls", 75_000)
    line.join("just joined", hold=False)
    line.join("held")
    line.advance(may_call=0)
    stand_still(line, 300)
    line.advance()
    line.let_pass(60)
    line.advance(may_call=0)
    assert line.call(may_call=2) == ["polls", "just joined"]
    attempt = line.claim("polls").attempt
    assert line.store.run(line.room.renew("polls", attempt)).here
    assert line.store.run(line.room.hand_back("polls", attempt))
    assert line.where("polls") == {"waiting", "present"}


def test_whoever_does_not_poll_again_after_a_standstill_is_away(line: Line) -> None:
    line.join("gone", "back", hold=False)
    line.advance(may_call=0)
    stand_still(line, 300)
    line.advance()
    line.let_pass(70)
    line.poll("back", 75_000)
    line.let_pass(6)
    assert line.call() == ["back"]
    assert line.where("gone") == {"waiting", "away"}


def test_usher_that_stands_still_again_and_again_keeps_nobody_who_has_gone(line: Line) -> None:
    line.join("gone", hold=False)
    line.advance(may_call=0)
    for _round in range(15):
        stand_still(line, 6)
        line.advance(may_call=0)
        line.let_pass(5)
        line.advance(may_call=0)
    line.let_pass(3)
    line.advance(may_call=0)
    line.let_pass(3)
    line.advance(may_call=0)
    assert line.where("gone") == {"waiting", "away"}


def test_released_after_a_standstill_whoever_polled_before_stays(line: Line) -> None:
    line.join("a")
    line.poll("a", 75_000)
    line.advance(may_call=0)
    stand_still(line, 300)
    line.advance()
    line.release("a")
    assert line.where("a") == {"waiting", "present"}


def test_short_pause_of_an_usher_holds_nobody_up(line: Line) -> None:
    line.join("a")
    line.advance(may_call=0)
    stand_still(line, 4)
    line.beat()
    assert line.call() == ["a"]


def test_grace_is_counted_anew_after_a_standstill(line: Line) -> None:
    line.join("a", "b")
    line.release("b")
    line.advance(may_call=0)
    stand_still(line, GRACE_S + 1)
    line.beat()
    line.advance(may_call=0)
    line.advance(may_call=0)
    line.let_pass(GRACE_S - 1)
    assert lapsed(line) == 0
    line.let_pass(2)
    assert lapsed(line) == 1
    assert line.where("b") == {"outcome"}


def test_third_of_a_room_that_vanishes_at_once_keeps_its_places(line: Line) -> None:
    tickets = crowd(line, 150)
    vanish(line, tickets[:50])
    assert lapsed(line) == 0
    line.let_pass(5 * GRACE_S)
    assert lapsed(line) == 0
    for ticket in tickets[:25]:
        line.hold(ticket)
    line.advance(may_call=0)
    line.let_pass(GRACE_S - 1)
    assert lapsed(line) == 0
    line.let_pass(2)
    assert lapsed(line) == 25
    assert line.look(tickets[0]).position == 1


def test_fewer_than_a_third_or_than_fifty_are_people_who_left(line: Line) -> None:
    tickets = crowd(line, 160)
    vanish(line, tickets[:50])
    line.advance(may_call=0)
    line.let_pass(GRACE_S + 1)
    assert lapsed(line) == 50


def test_small_room_of_which_half_leaves_is_no_outage(line: Line) -> None:
    tickets = crowd(line, 90)
    vanish(line, tickets[:49])
    line.advance(may_call=0)
    line.let_pass(GRACE_S + 1)
    assert lapsed(line) == 49


def test_those_who_leave_one_after_the_other_are_no_outage(line: Line) -> None:
    tickets = crowd(line, 120)
    for start in range(0, 100, 20):
        vanish(line, tickets[start : start + 20])
        line.advance(may_call=0)
        line.let_pass(11)
    line.let_pass(GRACE_S)
    assert lapsed(line) == 100


def test_outage_is_forgiven_for_a_quarter_of_an_hour(line: Line) -> None:
    tickets = crowd(line, 60)
    vanish(line, tickets)
    line.advance(may_call=0)
    line.let_pass(15 * 60 - 1)
    assert lapsed(line) == 0
    line.let_pass(2)
    assert lapsed(line) == 60


def test_when_all_web_processes_are_dead_nobody_lapses_until_they_are_back(line: Line) -> None:
    line.join("a", "b", "c")
    line.let_pass(16, alive=())
    line.advance()
    assert line.where("a") == {"waiting", "away"}
    line.let_pass(2 * GRACE_S, alive=())
    assert lapsed(line) == 0
    line.beat("new")
    line.hold("b", "new")
    line.hold("c", "new")
    line.advance(may_call=0)
    line.let_pass(GRACE_S - 1, alive=("new",))
    assert lapsed(line) == 0
    line.let_pass(2, alive=("new",))
    assert lapsed(line) == 1
    assert line.where("a") == {"outcome"}


def test_one_dead_web_process_of_two_is_no_outage(line: Line) -> None:
    line.beat("hub-2")
    line.join("a", "b")
    line.hold("b", "hub-2")
    line.let_pass(16)
    line.advance(may_call=0)
    line.let_pass(GRACE_S + 1)
    assert lapsed(line) == 1
    assert line.where("a") == {"waiting", "present"}


def test_absent_are_never_called_during_an_outage(line: Line) -> None:
    tickets = crowd(line, 60)
    vanish(line, tickets[:55])
    assert line.call() == tickets[55:]
