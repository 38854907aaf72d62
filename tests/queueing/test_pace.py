from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from queueing import forecast, pace
from tests.queueing import moving
from tests.queueing.moving import second


def stored(state: pace.State) -> dict[bytes, bytes]:
    return {name.encode(): text.encode() for name, text in pace.to_hash(state).items()}


def learned(state: pace.State) -> pace.State:
    """Without who stands where."""
    nobody = (0.0, 0.0, 0.0)
    return replace(state, waiting=0, present=nobody, passed=0)


@settings(deadline=None)
@given(moving.states())
def test_state_survives_the_hash_exactly(state: pace.State) -> None:
    assert pace.from_hash(stored(state)) == state


def test_two_hours_fit_into_a_small_hash() -> None:
    state = moving.after(second(called=40_000 + index % 7) for index in range(3 * 3_600))
    assert sum(len(name) + len(text) for name, text in pace.to_hash(state).items()) < 3_000


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {b"bins": b"1 2 3"},
        stored(pace.State()) | {b"calls": b"many"},
        stored(pace.State()) | {b"lost": b"1.0"},
    ],
)
def test_hash_that_cannot_be_read_is_learned_anew(broken: dict[bytes, bytes]) -> None:
    assert pace.from_hash(broken) == pace.State()


def test_lesson_of_another_shape_is_none() -> None:
    state = moving.after(second() for _ in range(1_200))
    assert pace.lesson(state) != forecast.NOTHING
    assert pace.lesson(replace(state, mixes=state.mixes[:-1])) == forecast.NOTHING


@settings(deadline=None)
@given(moving.states(), moving.observations)
def test_standstill_teaches_nothing(state: pace.State, seen: pace.Observation) -> None:
    assert learned(pace.advance(state, replace(seen, standing=True))) == learned(state)


@settings(deadline=None)
@given(moving.states(), moving.observations)
def test_time_without_an_usher_teaches_nothing(state: pace.State, seen: pace.Observation) -> None:
    assert learned(pace.advance(state, replace(seen, elapsed_s=pace.GAP_S + 1))) == learned(state)


def test_empty_line_is_not_a_slow_one() -> None:
    state = moving.after(second() for _ in range(90))
    idle = second(called=0, waiting=0)
    assert learned(moving.after([idle] * 3_600, state)) == learned(state)


def test_who_stands_where_is_taken_over_even_in_a_standstill() -> None:
    seen = second(waiting=30, present=(10, 9, 8), passed=3, standing=True)
    state = pace.advance(pace.State(), seen)
    assert (state.waiting, state.present, state.passed) == (30, (10.0, 9.0, 8.0), 3)


def test_bins_count_calls() -> None:
    state = moving.after(second(called=4) for _ in range(180))
    assert state.bins == (240.0, 240.0, 240.0)


def test_bins_are_of_one_length_whenever_they_are_closed() -> None:
    state = moving.after(second(called=28, elapsed_s=3.5) for _ in range(60))
    assert set(state.bins) == {480.0}


def test_only_two_hours_are_kept() -> None:
    state = moving.after(second(called=1 + (index >= 600)) for index in range(600 + 7_200))
    assert state.bins == (120.0,) * forecast.KEPT_BINS


def test_hazard_of_leaving_is_found_for_each_age() -> None:
    seen = second(waiting=10_000, present=(6_000, 3_000, 1_000), lost=(3, 6, 10))
    old, middle, young = pace.leaving(moving.after([seen] * 3_600))
    assert old == pytest.approx(0.0005, rel=0.01)
    assert middle == pytest.approx(0.002, rel=0.01)
    assert young == pytest.approx(0.01, rel=0.01)


def test_hazard_is_by_the_second_however_long_an_observation_lasted() -> None:
    seen = second(waiting=1_000, present=(0, 0, 1_000), lost=(0, 0, 6), elapsed_s=3.0)
    assert pace.leaving(moving.after([seen] * 1_200))[2] == pytest.approx(0.002, rel=0.01)


def test_called_are_no_leavers_and_are_the_oldest() -> None:
    before = moving.after([second(waiting=15, present=(3, 2, 10))] * 2)
    seen = second(called=4, waiting=11, present=(0, 1, 10))
    state = pace.advance(before, replace(seen, stayed=(0, 1, 10)))
    assert state.lost == (0, 0, 0)
    assert pace.advance(before, replace(seen, stayed=(0, 1, 9))).lost == (0, 0, 1)


def test_whoever_comes_back_has_not_left() -> None:
    there, fewer = second(called=0, present=(100, 0, 0)), second(called=0, present=(90, 0, 0))
    state = moving.after([there, replace(fewer, stayed=(90, 0, 0))])
    assert state.lost[0] == 10
    assert pace.advance(state, replace(there, stayed=(100, 0, 0))).lost[0] == pytest.approx(0, abs=0.02)


def test_first_observation_counts_no_leavers() -> None:
    assert pace.advance(pace.State(), second(present=(100, 0, 0))).lost == (0, 0, 0)


def test_age_never_seen_is_taken_to_leave_like_all() -> None:
    seen = second(waiting=1_000, present=(0, 0, 1_000), lost=(0, 0, 2))
    old, _middle, young = pace.leaving(moving.after([seen] * 600))
    assert old == pytest.approx(young, rel=0.01)


@settings(deadline=None)
@given(moving.states())
def test_hazards_are_never_negative(state: pace.State) -> None:
    assert min(pace.leaving(state)) >= 0
