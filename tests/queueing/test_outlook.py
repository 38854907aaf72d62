from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queueing import outlook, pace
from tests.queueing import moving
from tests.queueing.moving import CAP, known, second

positions = st.integers(1, 1_000_000)


@cache
def steady(seconds: int = 7_200, **facts: object) -> pace.State:
    return moving.after([second(**facts)] * seconds)  # type: ignore[arg-type]


def test_nothing_is_said_before_enough_is_known() -> None:
    assert outlook.of(pace.State(), CAP) is None
    assert outlook.of(steady(29, called=100), CAP) is None
    assert outlook.of(steady(120, called=0), CAP) is None
    assert outlook.of(steady(30), CAP) is not None


def test_nothing_is_said_where_nobody_may_be_called() -> None:
    assert outlook.of(steady(), 0) is None


def test_without_leavers_the_wait_is_position_by_pace() -> None:
    assert known(steady()).wait(1_000).expected_s == pytest.approx(250)


def test_with_leavers_the_wait_is_the_logarithm() -> None:
    hazard = 0.001
    seen = second(waiting=10_000, present=(10_000, 0, 0), lost=(10, 0, 0))
    expected_s = math.log(1 + hazard * 10_000 / 4) / hazard
    assert known(moving.after([seen] * 7_200)).wait(10_000).expected_s == pytest.approx(expected_s, rel=0.01)


@settings(deadline=None)
@given(st.floats(1e-15, 1e-3), st.floats(1, 1e6), st.floats(1e-3, 1e3))
def test_few_leavers_are_nearly_none(share: float, count: float, rate: float) -> None:
    """Also where the formula changes to its limit."""
    assert outlook.duration_s(count, rate, share * rate / count) == pytest.approx(
        outlook.duration_s(count, rate, 0.0), rel=1e-3
    )


@settings(deadline=None)
@given(st.floats(1, 1e6), st.floats(1e-3, 1e3), st.floats(1e-6, 1), st.floats(1e-6, 1))
def test_the_more_leave_the_shorter_the_wait(count: float, rate: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    slack = 1 + 1e-9
    assert outlook.duration_s(count, rate, high) <= outlook.duration_s(count, rate, low) * slack


@settings(deadline=None)
@given(moving.states(), positions, positions)
def test_wait_never_falls_with_the_position(state: pace.State, one: int, other: int) -> None:
    ahead = outlook.of(state, CAP)
    if ahead is None:
        return
    near, far = (ahead.wait(position) for position in sorted((one, other)))
    slack = 1 + 1e-9
    assert near.low_s <= far.low_s * slack
    assert near.expected_s <= far.expected_s * slack
    assert near.high_s <= far.high_s * slack


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=6, max_size=6), st.integers(230, 260), st.floats(1, 1.5))
def test_no_edge_of_the_band_falls_however_spreads_change(spread: list[float], near: int, further: float) -> None:
    """Beyond the first minute, where one stretch may be known much better than the next."""
    ahead = replace(known(steady()), spread=tuple(spread))
    one, other = ahead.wait(near), ahead.wait(near * further)
    assert one.low_s <= other.low_s * (1 + 1e-9)
    assert one.high_s <= other.high_s * (1 + 1e-9)


@settings(deadline=None)
@given(moving.states(), positions)
def test_band_holds_what_is_expected_and_is_never_too_wide(state: pace.State, position: int) -> None:
    ahead = outlook.of(state, CAP)
    if ahead is None:
        return
    band = ahead.wait(position)
    assert 0 <= band.low_s <= band.expected_s <= band.high_s
    assert band.expected_s <= outlook.FOREVER_S
    assert band.high_s - band.low_s <= 2 * outlook.WIDEST * band.expected_s * (1 + 1e-9)
    assert 0 <= ahead.pace_per_s(position) < math.inf


def test_no_position_is_too_far() -> None:
    band = known(steady()).wait(10**15)
    assert band.expected_s == outlook.FOREVER_S


def test_standing_still_for_an_hour_changes_no_wait() -> None:
    before = steady(600)
    paused = moving.after([second(called=0, standing=True)] * 3_600, before)
    assert known(paused).wait(500) == known(before).wait(500)


def test_unexplained_stop_makes_the_wait_longer() -> None:
    before = steady(600)
    stopped = moving.after([second(called=0)] * 120, before)
    assert known(stopped).wait(500).expected_s > 1.2 * known(before).wait(500).expected_s


def test_no_line_is_faster_than_its_cap() -> None:
    assert known(steady(), 60).wait(1_000).expected_s == pytest.approx(1_000)


def test_cap_used_up_in_one_second_of_each_minute_is_the_pace() -> None:
    state = pace.State()
    for at in range(1, 1_000):
        called = 240 if at % 61 == 1 else 0
        state = pace.advance(state, second(called=called, waiting=10_000, capped=not called))
        if at >= 30:
            assert known(state, 240).wait(240).expected_s == pytest.approx(60, rel=0.1)


def test_absent_people_are_passed_over() -> None:
    there = known(steady(waiting=600))
    half = known(steady(waiting=1_100, present=(600, 0, 0), passed=100))
    assert half.wait(1_100).expected_s == pytest.approx(there.wait(600).expected_s)
    assert half.wait(600).expected_s == pytest.approx(there.wait(300).expected_s)


def test_whoever_comes_back_passed_over_is_next() -> None:
    band = known(steady(waiting=1_100, present=(600, 0, 0), passed=100)).wait(20)
    assert band.expected_s == pytest.approx(0.25)


def test_early_leavers_thin_out_the_end_of_the_line_alone() -> None:
    seen = second(waiting=1_000, present=(800, 100, 100), lost=(0, 0, 1))
    ahead = known(moving.after([seen] * 3_600))
    nobody_leaves = known(steady())
    assert ahead.wait(800).expected_s == pytest.approx(nobody_leaves.wait(800).expected_s, rel=0.01)
    assert ahead.wait(1_000).expected_s < 0.98 * nobody_leaves.wait(1_000).expected_s


def test_ages_that_leave_alike_wait_like_one() -> None:
    in_one = second(waiting=3_000, present=(3_000, 0, 0), lost=(6, 0, 0))
    in_three = second(waiting=3_000, present=(1_000, 1_000, 1_000), lost=(2, 2, 2))
    one, three = (known(moving.after([seen] * 7_200)) for seen in (in_one, in_three))
    for position in (500, 1_500, 2_500, 3_000):
        assert three.wait(position).expected_s == pytest.approx(one.wait(position).expected_s, rel=0.01)


def test_pace_of_a_position_is_calls_and_leavers_ahead() -> None:
    seen = second(waiting=10_000, present=(10_000, 0, 0), lost=(10, 0, 0))
    ahead = known(moving.after([seen] * 7_200))
    assert ahead.pace_per_s(1) == pytest.approx(4, rel=0.01)
    assert ahead.pace_per_s(10_000) == pytest.approx(14, rel=0.01)


def test_few_ahead_have_a_wider_band_than_many() -> None:
    ahead = known(steady())
    near, far = ahead.wait(20), ahead.wait(240)
    assert (near.high_s - near.low_s) / near.expected_s > 1.5 * (far.high_s - far.low_s) / far.expected_s


def test_fresh_pace_is_said_with_a_wide_band() -> None:
    fresh, seasoned = known(steady(60)).wait(1_000), known(steady(7_200)).wait(1_000)
    assert fresh.high_s - fresh.low_s > 2 * (seasoned.high_s - seasoned.low_s)


def test_newcomer_behind_the_last_is_told_a_little_more() -> None:
    ahead = known(steady())
    assert ahead.wait(1_001).expected_s > ahead.wait(1_000).expected_s
