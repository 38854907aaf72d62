"""Frames become facts about one visit; what the protocol does not allow becomes a fault."""

import pytest

from benchmarks.crowd import records, wire

WAITING = {"type": "state", "state": "waiting", "position": 9, "joined_at_us": 1_000, "kept_for_s": 60}


def in_line(**fields: object) -> records.Record:
    record = records.Record(number=1)
    record.joined({**WAITING, **fields}, 0.0, 0.1)
    record.hooked(0.2, 0.2)
    return record


def test_joining_puts_somebody_in_line():
    record = in_line()
    assert (record.stage, record.joined_at_us, record.first_position) == ("in line", 1_000, 9)
    assert record.kept_for_s == 60
    assert record.present_throughout


def test_a_position_that_grows_is_counted_and_not_shown():
    record = in_line()
    record.hear({**WAITING, "position": 7}, 1.0)
    record.hear({**WAITING, "position": 8}, 2.0)
    assert record.grown == 1
    assert record.displayed(2.0) == 7


def test_the_wait_that_counts_is_the_one_told_at_joining():
    record = in_line(wait_s=[240, 380])
    record.hear({**WAITING, "wait_s": [100, 200]}, 1.0)
    assert record.told_wait_s == (240, 380)
    late = in_line(wait_s=None)
    late.hear({**WAITING, "wait_s": [100, 200]}, 1.0)
    assert late.told_wait_s is None


def test_the_position_shown_stands_still_without_a_socket():
    record = in_line(position=100, pace_per_s=1.0)
    assert record.displayed(10.1) == 90
    record.unhooked(20.1)
    assert record.displayed(40.1) == 80


def test_after_an_absence_the_page_counts_on_from_the_first_frame_and_not_from_the_open_socket():
    record = in_line(position=1_000, pace_per_s=10.0)
    record.hear({**WAITING, "position": 1_000, "pace_per_s": 10.0}, 0.0)
    record.unhooked(1.0)
    assert record.displayed(30.0) == 990
    record.hooked(31.0, 31.0)
    assert record.displayed(31.0) == 990
    record.hear({**WAITING, "position": 950, "pace_per_s": 10.0}, 31.1)
    assert record.displayed(31.1) == 950
    assert record.displayed(32.1) == 940


def test_socket_that_is_lost_again_before_a_frame_came_leaves_the_number_where_it_stood():
    record = in_line(position=1_000, pace_per_s=10.0)
    record.unhooked(1.1)
    record.hooked(31.0, 31.0)
    record.unhooked(32.0)
    assert record.displayed(40.0) == 990


def test_frame_that_tells_more_than_the_page_shows_by_then_is_counted():
    record = in_line(position=100, pace_per_s=10.0)
    record.hear({**WAITING, "position": 95, "pace_per_s": 10.0}, 1.1)
    assert (record.grown, record.told_larger, record.displayed(1.1)) == (0, 1, 90)
    record.hear({**WAITING, "position": 200, "corrected": "restored"}, 2.1)
    assert (record.grown, record.told_larger, record.displayed(2.1)) == (0, 1, 200)


def test_number_does_not_count_down_while_somebody_is_served():
    record = in_line(position=100, pace_per_s=10.0)
    record.hear({"type": "called", "called_at_us": 5}, 1.1)
    assert record.displayed(9.0) == 90
    record.hear({**WAITING, "position": 85}, 9.1)
    assert (record.told_larger, record.displayed(9.1)) == (0, 85)


def test_being_called_is_learnt_from_any_frame_that_names_it():
    for frame in (
        {"type": "called", "called_at_us": 5},
        {"type": "state", "state": "serving", "called_at_us": 5},
        {"type": "outcome", "outcome": "issued", "called_at_us": 5},
    ):
        record = in_line()
        record.hear(frame, 1.0)
        assert record.called_at_us == 5


def test_a_repeated_call_is_one_call_and_a_new_one_is_another():
    record = in_line()
    record.hear({"type": "called", "called_at_us": 5}, 1.0)
    record.hear({"type": "called", "called_at_us": 5}, 1.0)
    assert record.called_again == 0
    record.hear(WAITING, 2.0)
    assert record.stage == "in line"
    record.hear({"type": "called", "called_at_us": 8}, 3.0)
    assert (record.called_again, record.called_at_us) == (1, 5)


def test_a_position_may_be_higher_after_a_ticket_was_handed_back():
    record = in_line(position=2)
    record.hear({"type": "called", "called_at_us": 5}, 1.0)
    record.hear({**WAITING, "position": 4}, 2.0)
    assert record.grown == 0


def test_an_outcome_ends_the_visit_once():
    record = in_line()
    record.hear({"type": "outcome", "outcome": "refused", "reason": "no_record"}, 3.0)
    record.hear({"type": "outcome", "outcome": "refused", "reason": "no_record"}, 4.0)
    assert (record.end, record.reason, record.outcome_heard_at_s) == ("refused", "no_record", 3.0)
    assert record.faults == ()


def test_somebody_who_is_leaving_has_left_whatever_comes_in_between():
    record = in_line()
    record.leaving_at_s = 2.0
    record.hear({"type": "outcome", "outcome": "issued"}, 3.0)
    assert (record.end, record.outcome) == (None, "issued")


@pytest.mark.parametrize(
    ("frame", "fault"),
    [
        ({"type": "state", "state": "lost"}, "unknown_state"),
        ({"type": "state", "state": "waiting", "position": None}, "no_position"),
        ({**WAITING, "joined_at_us": 1_001}, "joined_at_changed"),
        ({"type": "outcome", "outcome": "perhaps"}, "unknown_outcome"),
        ({"type": "outcome", "outcome": "refused"}, "no_reason"),
    ],
)
def test_what_the_protocol_does_not_allow_is_a_fault(frame, fault):
    record = in_line()
    record.hear(frame, 1.0)
    assert record.faults == (fault,)


def test_two_different_outcomes_are_a_fault():
    record = in_line()
    record.hear({"type": "outcome", "outcome": "issued"}, 1.0)
    record.hear({"type": "outcome", "outcome": "failed", "reason": "internal"}, 2.0)
    assert record.faults == ("outcome_changed",)
    assert record.end == "issued"


def test_frames_of_later_protocols_are_fine():
    record = in_line()
    record.hear({"type": "weather", "sun": True}, 1.0)
    assert (record.frames, record.faults) == (1, ())


def test_whoever_loses_the_socket_before_the_call_was_not_there_throughout():
    record = in_line()
    record.unhooked(5.0)
    assert (record.stage, record.present_throughout) == ("away", False)


def test_losing_the_socket_after_the_call_is_no_absence_from_the_line():
    record = in_line()
    record.hear({"type": "called", "called_at_us": 5}, 1.0)
    record.unhooked(5.0)
    assert record.present_throughout


def test_a_crowd_that_is_stopped_makes_nobody_absent():
    record = in_line()
    record.over(timed_out=False)
    record.unhooked(5.0)
    assert record.present_throughout
    assert record.faults == ()


def test_a_socket_that_came_too_late_was_an_absence():
    record = records.Record(number=1)
    record.joined(WAITING, 0.0, 0.1)
    record.hooked(20.0, records.SOCKET_WITHIN_S + 1)
    assert not record.present_throughout


@pytest.mark.parametrize(
    ("cookie", "lines", "merged"),
    [
        ("", ["ticket=abc; HttpOnly; Path=/"], "ticket=abc"),
        ("ticket=abc", ["ticket=x=y; Secure"], "ticket=x=y"),
        ("ticket=abc; other=1", ['ticket=""; Max-Age=0'], "other=1"),
        ("ticket=abc", [], "ticket=abc"),
    ],
)
def test_cookies_are_kept_as_a_browser_does(cookie, lines, merged):
    assert wire.merged(cookie, lines) == merged
