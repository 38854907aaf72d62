"""What a crowd is going to do, and how long it waits in between, is decided by pure rules."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.crowd import arrivals, back_off
from queueing import countdown


def plan(size: int = 300, leave: float = 0.3, drop: float = 0.1, seed: int = 1, population: int = 5_000):
    return arrivals.plan(size, arrive_per_s=50, leave=leave, drop=drop, seed=seed, population=population)


def test_the_same_seed_makes_the_same_crowd():
    assert plan() == plan()
    assert plan(seed=1) != plan(seed=2)


def test_more_leavers_move_nobodys_arrival():
    few, many = plan(leave=0.1), plan(leave=0.9, drop=0.5)
    assert [(v.number, v.arrives_at_s) for v in few] == [(v.number, v.arrives_at_s) for v in many]


def test_exactly_the_share_leaves_and_drops():
    visits = plan(size=200, leave=0.3, drop=0.1)
    assert sum(visit.leaves for visit in visits) == 60
    droppers = sum(any(step.deed == "drop" for step in visit.steps) for visit in visits)
    # Some of the twenty leave before their connection would have been lost.
    assert 10 <= droppers <= 20


def test_all_ways_of_leaving_occur_and_leaving_is_the_last_thing_done():
    visits = plan(size=1_000, leave=0.5, drop=0.5)
    assert {step.deed for visit in visits for step in visit.steps} == {"drop", *arrivals.WAYS_TO_LEAVE}
    for visit in visits:
        assert all(step.deed == "drop" for step in visit.steps[:-1])
        assert [step.after for step in visit.steps] == sorted(step.after for step in visit.steps)


def test_people_arrive_at_the_rate_asked_for():
    visits = arrivals.plan(5_000, arrive_per_s=50, leave=0, drop=0, seed=1, population=5_000)
    assert visits[-1].arrives_at_s == pytest.approx(100, rel=0.05)


def test_nobody_comes_twice_while_there_are_enough_people():
    numbers = [visit.number for visit in plan(size=300, population=300)]
    assert sorted(numbers) == list(range(1, 301))


def test_a_small_population_comes_in_rounds():
    numbers = [visit.number for visit in plan(size=25, population=10)]
    assert sorted(numbers[:10]) == sorted(numbers[10:20]) == list(range(1, 11))


def test_the_position_counts_down_and_is_rounded_up():
    sighting = countdown.Sighting(position=10, pace_per_s=0.5, at_s=100.0)
    assert [countdown.position(sighting, 100.0 + s) for s in (0, 1, 2, 3, 40)] == [10, 10, 9, 9, 1]


def test_without_a_pace_the_position_stands_still():
    assert countdown.position(countdown.Sighting(10, None, 0.0), 60.0) == 10


def test_the_position_stands_still_once_the_frame_is_stale_or_the_connection_lost():
    sighting = countdown.Sighting(position=100, pace_per_s=1.0, at_s=0.0)
    assert countdown.position(sighting, 1_000.0) == 35
    assert countdown.position(sighting, 1_000.0, lost_at_s=20.0) == 80


SIGHTINGS = st.builds(
    countdown.Sighting,
    position=st.integers(1, 10**6),
    pace_per_s=st.none() | st.floats(0, 1_000),
    at_s=st.floats(0, 1_000),
)


@given(SIGHTINGS, st.integers(1, 10**6), st.lists(st.floats(0, 2_000), min_size=2, max_size=20).map(sorted))
def test_the_position_shown_never_rises(sighting, shown, instants):
    seen = [countdown.position(sighting, now_s, shown) for now_s in instants]
    assert seen == sorted(seen, reverse=True)
    assert all(1 <= position <= shown for position in seen)


@given(SIGHTINGS, st.integers(1, 10**6), st.floats(0, 1_000))
def test_the_time_until_a_position_is_the_time_it_takes(sighting, target, now_s):
    seconds = countdown.seconds_until(sighting, target, now_s)
    if seconds is None:
        assert countdown.position(sighting, sighting.at_s + countdown.STALE_AFTER_S - 0.001) > target
    elif now_s + seconds < sighting.at_s + countdown.STALE_AFTER_S - 0.01:
        assert countdown.position(sighting, now_s + seconds + 0.001) <= target


class Dice(random.Random):
    """Always falls the same way."""

    def __init__(self, falls: float) -> None:
        super().__init__()
        self._falls = falls

    def random(self) -> float:
        return self._falls


def test_a_server_that_goes_away_is_returned_to_within_five_seconds():
    assert back_off.delay_after_close_s(1001, 9, Dice(0.999)) <= 5
    assert back_off.delay_after_close_s(1001, 9, Dice(0)) == 0


def test_a_server_that_is_full_is_left_alone_for_five_seconds():
    assert back_off.delay_after_close_s(1013, 0, Dice(0)) == 5
    assert back_off.delay_after_close_s(1013, 0, Dice(0.5)) == 9
    assert back_off.delay_after_close_s(1013, 0, Dice(0.5), "30") == 31.5
    assert back_off.delay_after_close_s(1013, 0, Dice(0), "soon") == 5


def test_back_off_doubles_up_to_half_a_minute_and_never_ends():
    ceilings = [back_off.delay_after_close_s(1006, tries, Dice(1)) for tries in (0, 1, 2, 5, 10_000)]
    assert ceilings == [1, 2, 4, 30, 30]


def test_what_a_server_asks_for_is_the_least():
    assert back_off.asked_delay_s(60, Dice(0)) == 60
    assert back_off.asked_delay_s(60, Dice(1)) == 66
    assert back_off.asked_delay_s(1, Dice(1)) == 2


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), (" 0 ", 0.0), ("soon", None), ("", None), ("-3", None), ("²", None)]
)
def test_retry_after_in_seconds(header, seconds):
    assert back_off.retry_after_s({"Retry-After": header}) == seconds


def test_retry_after_as_a_date():
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert back_off.retry_after_s({"Retry-After": later}) == pytest.approx(90, abs=5)
    assert back_off.retry_after_s({}) is None
