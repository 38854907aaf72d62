"""The judge must be right: wrong order is counted against a slow count of all pairs, figures against known visits."""

import json
import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.crowd import measures, order, records
from benchmarks.crowd.clock import RoomClock

STAYS = st.lists(
    st.builds(order.Stay, st.integers(0, 60), st.integers(0, 60)),
    max_size=30,
    unique_by=lambda stay: stay.joined_at_us,
)
EFFORT = measures.Effort(elapsed_s=1.0, cpu_s=1.0, peak_sockets=1, memory_mb=1.0)
# The crowd's clock and the room's agree, so that 1 s here is 1,000,000 µs there.
NOW_S = 100.0


def clock() -> RoomClock:
    clock = RoomClock()
    clock.note(0.0, 0.0, 0)
    return clock


def visit(joined_s: float, called_s: float | None = None, outcome: str | None = None) -> records.Record:
    record = records.Record(number=int(joined_s * 10), asked_at_s=joined_s)
    state = {"state": "waiting", "position": 5, "joined_at_us": round(joined_s * 1_000_000), "kept_for_s": 120}
    record.joined(state, joined_s, joined_s)
    record.hooked(joined_s, 0.0)
    record.hear({"type": "state", **state}, joined_s)
    if called_s is not None:
        record.hear({"type": "called", "called_at_us": round(called_s * 1_000_000)}, called_s + 0.5)
    if outcome is not None:
        record.hear({"type": "outcome", "outcome": outcome, "reason": "no_record"}, (called_s or 0.0) + 2)
    return record


def figures(*visits: records.Record, ended_at_s: float = NOW_S) -> measures.Summary:
    return measures.summary(visits, clock(), EFFORT, ended_at_s)


def test_those_called_as_they_joined_are_in_order():
    assert order.wrong_order([order.Stay(n, n + 1_000) for n in range(100)]) == 0


def test_every_pair_of_a_reversed_line_is_in_wrong_order():
    assert order.wrong_order([order.Stay(n, 1_000 - n) for n in range(100)]) == 100 * 99 // 2


def test_called_in_the_same_instant_is_no_wrong_order():
    assert order.wrong_order([order.Stay(1, 7), order.Stay(2, 7)]) == 0


@given(STAYS)
def test_wrong_order_counts_what_protocol_defines(stays):
    pairs = sum(
        later.joined_at_us > earlier.joined_at_us and later.until_us < earlier.until_us
        for earlier, later in permutations(stays, 2)
    )
    assert order.wrong_order(stays) == pairs


@given(STAYS, STAYS)
def test_overtaken_counts_waiters_against_later_ones_called_meanwhile(waiters, called):
    pairs = sum(
        late.joined_at_us > waiter.joined_at_us and late.until_us < waiter.until_us
        for waiter in waiters
        for late in called
    )
    assert order.overtaken(waiters, called) == pairs


def test_a_hundred_thousand_calls_are_judged():
    line = [order.Stay(n, n) for n in range(100_000)]
    line[0], line[-1] = order.Stay(0, 99_999), order.Stay(99_999, 0)
    assert order.wrong_order(random.Random(1).sample(line, len(line))) == 2 * 99_998 + 1


def test_only_those_there_throughout_are_judged():
    earlier, later = visit(1, called_s=9), visit(2, called_s=5)
    assert figures(earlier, later).wrong_order == 1

    dropped = visit(1)
    dropped.unhooked(3.0)
    dropped.hooked(8.0, 7.0)
    dropped.hear({"type": "called", "called_at_us": 9_000_000}, 9.0)
    summary = figures(dropped, later)
    assert (summary.wrong_order, summary.order_judged) == (0, 1)


def test_a_second_call_of_a_ticket_handed_back_does_not_count():
    handed_back, later = visit(1, called_s=4), visit(2, called_s=5)
    handed_back.hear({"type": "called", "called_at_us": 9_000_000}, 9.5)
    summary = figures(handed_back, later)
    assert (summary.wrong_order, summary.called_again) == (0, 1)


def test_somebody_there_and_never_called_was_passed_over():
    summary = figures(visit(1), visit(2, called_s=20, outcome="issued"))
    assert (summary.passed_over, summary.wrong_order, summary.still_waiting) == (1, 0, 1)


def test_a_call_still_under_way_passes_nobody_over():
    assert figures(visit(1), visit(2, called_s=20), ended_at_s=21.0).passed_over == 0


def test_everybody_who_joined_is_in_one_account():
    left, silent = visit(3), visit(4)
    left.end, left.left_at_s = "left", 5.0
    silent.end, silent.left_at_s = "silent", 5.0
    turned_away = records.Record(number=9, end="turned away")
    summary = figures(
        visit(1, 2, "issued"), visit(2, 3, "refused"), left, silent, visit(5), turned_away, records.Record(number=8)
    )

    assert summary.size == 7
    assert summary.joined == 5
    assert (summary.issued, summary.refused, summary.failed) == (1, {"no_record": 1}, {})
    assert (summary.left, summary.gone_silent, summary.still_waiting) == (1, 1, 1)
    assert (summary.turned_away, summary.not_joined) == (1, 1)


def test_waits_and_news_count_from_the_rooms_instants():
    summary = figures(*[visit(n, called_s=n + n, outcome="issued") for n in range(1, 11)])

    assert summary.wait_s == measures.Spread(10, 5.0, 9.0, 10.0, 10.0)
    assert summary.call_news_ms.max == 500.0
    assert summary.outcome_s.p50 == 2.0
    assert summary.joins_per_s == 1.0


def test_what_people_were_told_as_they_joined_is_held_against_their_wait():
    right, wrong, short, untold = visit(1, 101), visit(2, 102), visit(3, 8), visit(4, 104)
    right.told_wait_s, wrong.told_wait_s, short.told_wait_s = (80, 110), (40, 60), (1, 2)
    summary = figures(right, wrong, short, untold, ended_at_s=200.0)

    assert (summary.wait_error.count, summary.wait_error.p50, summary.wait_error.max) == (2, 0.05, 0.5)
    assert summary.waits_in_band == 0.5
    assert figures(untold).waits_in_band is None


def test_frames_are_counted_by_person_and_minute_of_open_socket():
    one = visit(0, called_s=10)
    one.unhooked(60.0)
    assert figures(one).frames_per_person_minute == 2.0


def test_errors_count_people_and_troubles_count_times():
    record = visit(1)
    for _ in range(3):
        record.fault("bad_frame")
        record.trouble("socket_1001")
    summary = figures(record)

    assert summary.errors == {"bad_frame": 1}
    assert summary.troubles == {"socket_1001": 3}
    assert not summary.is_good


def test_nothing_at_all_is_a_summary_too():
    summary = figures()
    assert summary.wait_s.count == 0
    assert summary.is_good
    assert json.loads(json.dumps(summary.as_json()))["wait_s"]["p50"] is None


def test_a_persons_line_holds_the_number_and_room_time():
    record = visit(1, called_s=3, outcome="issued")
    record.left_at_s = 4.0
    line = measures.person(record, clock())

    assert line["person"] == 10
    assert (line["joined_at_us"], line["called_at_us"], line["left_at_us"]) == (1_000_000, 3_000_000, 4_000_000)
    assert line["outcome"] == "issued"


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], (0, None, None, None, None)), ([3.0], (1, 3.0, 3.0, 3.0, 3.0)), (range(1, 101), (100, 50, 90, 99, 100))],
)
def test_spread_takes_the_nearest_rank(values, expected):
    assert measures.spread(values) == measures.Spread(*expected)


def test_the_quickest_join_sets_the_clock():
    clock = RoomClock()
    assert clock.us(1.0) is None
    clock.note(10.0, 12.0, 5_000_000)
    clock.note(20.0, 20.002, 900_000_000)
    clock.note(30.0, 31.0, 7_000_000)

    assert clock.us(20.001) == 900_000_000
    assert clock.seconds_since(900_000_000, 20.501) == pytest.approx(0.5)
