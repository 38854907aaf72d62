"""What the crowd of the faults writes down: when it sat in line, and what becomes of that as evidence."""

from __future__ import annotations

from benchmarks.crowd import arrivals, crowd, wire
from benchmarks.crowd.clock import RoomClock
from tests.faults import evidence
from tests.faults.crowd import Crowd, Diary

WAITING = {"type": "state", "state": "waiting", "position": 9, "joined_at_us": 1_000_000, "kept_for_s": 60}
CALLED = {"type": "called", "called_at_us": 7_000_000}


def in_line() -> Diary:
    diary = Diary(number=1, ticket="ticket")
    diary.joined(WAITING, 1.0, 1.1)
    diary.hooked(2.0, 1.0)
    diary.hear(WAITING, 2.5)
    return diary


def room_clock() -> RoomClock:
    """Room time is that of the process."""
    clock = RoomClock()
    clock.note(1.0, 1.0, 1_000_000)
    return clock


def test_a_stay_begins_with_the_first_state_on_a_socket_and_ends_with_the_socket() -> None:
    diary = in_line()
    diary.hear(WAITING, 3.0)
    diary.unhooked(4.0)
    diary.told(WAITING, 4.5)
    diary.hooked(5.0, 4.0)
    diary.hear(WAITING, 5.5)
    diary.unhooked(6.0)
    assert diary.seated == [(2.5, 4.0), (5.5, 6.0)]


def test_a_stay_ends_with_the_call_and_begins_anew_when_the_ticket_is_given_back() -> None:
    diary = in_line()
    diary.hear(CALLED, 7.1)
    diary.hear(WAITING, 9.0)
    diary.hear(CALLED | {"called_at_us": 9_500_000}, 9.6)
    assert diary.seated == [(2.5, 7.1), (9.0, 9.6)]
    assert diary.calls == {7_000_000, 9_500_000}


def test_a_stay_ends_when_leaving_begins() -> None:
    diary = in_line()
    diary.leaving_at_s = 3.0
    diary.unhooked(8.0)
    [person] = evidence.persons([diary], room_clock(), {1: "issued"}, {1}, frozenset({("ticket", 6_000_000)}))
    assert person.seated == ((2_500_000, 3_000_000),)
    assert (person.leaves, person.expected, person.calls) == (True, "issued", {6_000_000})


def test_latecomers_are_not_waited_for() -> None:
    visits = tuple(arrivals.Visit(number, 0.0) for number in (1, 2, 3))
    gathering = Crowd(crowd.Plan("http://127.0.0.1", "passport", visits, lambda _number: {}), latecomers=1)
    assert not gathering.all_seated()
    door = wire.Door("http://127.0.0.1", "passport")
    gathering.citizens = [gathering._citizen(visit, door) for visit in visits]
    first, second, _late = gathering.diaries
    first.seated_since_s = 1.0
    assert not gathering.all_seated()
    second.end = "left"
    assert gathering.all_seated()
