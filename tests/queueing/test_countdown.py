from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.countdown import NEAR_SILENCE_S, SILENCE_S, STALE_AFTER_S, Sighting, must_send, position


def test_number_counts_down_with_the_pace_and_stops_at_one() -> None:
    seen = Sighting(10, 0.5, at_s=100)
    assert [position(seen, at) for at in (100, 101, 102, 104, 118, 140)] == [10, 10, 9, 8, 1, 1]


def test_number_stands_still_when_the_connection_is_lost_and_when_the_frame_is_stale() -> None:
    seen = Sighting(1_000, 1.0, at_s=0)
    assert position(seen, 50, lost_at_s=10) == 990
    assert position(seen, 500) == 1_000 - STALE_AFTER_S


@given(
    st.integers(1, 100_000),
    st.one_of(st.none(), st.floats(0, 1_000)),
    st.lists(st.floats(0, 200), min_size=2, max_size=20),
)
def test_what_is_shown_never_rises_and_never_falls_below_one(
    start: int, pace: float | None, instants: list[float]
) -> None:
    shown: float = math.inf
    for at in sorted(instants):
        now = position(Sighting(start, pace, 0.0), at, shown)
        assert 1 <= now <= shown
        shown = now


@pytest.mark.parametrize(
    ("true_position", "after_s", "sent"),
    [
        (10_000, 1, False),
        (9_901, 1, False),
        (9_899, 1, True),
        (10_101, 1, False),
        (10_103, 1, True),
        (10_000, SILENCE_S, True),
    ],
)
def test_frame_goes_out_when_the_page_is_off_by_one_percent_or_has_heard_nothing(
    true_position: int, after_s: float, sent: bool
) -> None:
    assert must_send(Sighting(10_000, None, 0.0), true_position, after_s) is sent


@pytest.mark.parametrize(
    ("true_position", "after_s", "sent"),
    [(5, 1, False), (4, 1, False), (3, 1, True), (4, NEAR_SILENCE_S, True), (5, NEAR_SILENCE_S, False)],
)
def test_near_the_door_every_place_is_told_though_not_every_second(
    true_position: int, after_s: float, sent: bool
) -> None:
    assert must_send(Sighting(5, None, 0.0), true_position, after_s) is sent


def test_right_pace_needs_no_frame_for_a_minute() -> None:
    seen = Sighting(5_000, 10.0, 0.0)
    assert not any(must_send(seen, 5_000 - 10 * second, second) for second in range(60))
