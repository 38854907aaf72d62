"""Ladder and countdown together, over simulated lines: what the eye sees is true, never rises, and costs few frames."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from queueing import countdown
from tests.queueing.watched import STEP_S, WARM_S, Watched

Rate = Callable[[float], float]


def steady(mean: float) -> Rate:
    return lambda _at_s: mean


def surging(mean: float) -> Rate:
    """From half to one and a half and back, once a minute."""
    return lambda at_s: mean * (1 + 0.5 * math.sin(math.tau * at_s / 60))


def stalling(mean: float) -> Rate:
    """Nobody is called in 12 s of each 36; the others make up for it."""
    return lambda at_s: 0.0 if at_s % 36 >= 24 else mean * 1.5


def leaping(mean: float) -> Rate:
    """All of a minute's calls in one step, as where a minute's cap is used up at once."""
    return lambda at_s: mean * 60 / STEP_S if at_s % 60 < STEP_S else 0.0


# (shape, calls per second, waiting, frames per person and minute at most); telling each change each second would be 60.
LINES = [
    (steady, 0.5, 100, 5),
    (steady, 4.0, 400, 5),
    (steady, 50.0, 2_000, 5),
    (surging, 0.5, 100, 8),
    (surging, 4.0, 400, 18),
    (surging, 50.0, 1_000, 16),
    (leaping, 0.25, 60, 5),
    (leaping, 4.0, 400, 8),
    (stalling, 0.5, 100, 10),
    (stalling, 4.0, 400, 21),
    (stalling, 50.0, 1_000, 24),
]
NAMES = [f"{shape.__name__}, {mean:g} calls a second, {waiting} waiting" for shape, mean, waiting, _frames in LINES]


@cache
def watched(shape: Callable[[float], Rate], mean: float, waiting: int) -> Watched:
    """So long that frames of a whole minute count."""
    return Watched(shape(mean), waiting, mean, seed=1).run(seconds=WARM_S + 60)


@pytest.mark.parametrize(("shape", "mean", "waiting", "_frames"), LINES, ids=NAMES)
def test_page_is_never_off_by_more_than_two_percent_and_three_seconds_of_pace(
    shape: Callable[[float], Rate], mean: float, waiting: int, _frames: float
) -> None:
    looks = watched(shape, mean, waiting).looks
    worst = max(looks, key=lambda look: look.beyond)
    assert worst.beyond <= 0, worst
    assert len(looks) > 5_000


@pytest.mark.parametrize(("mean", "waiting"), [(0.25, 60), (4.0, 400)])
def test_number_never_runs_ahead_of_a_line_that_leaps(mean: float, waiting: int) -> None:
    """It cannot return: whoever has read "you are next" and looks again would find others before."""
    looks = watched(leaping, mean, waiting).looks
    worst = max(looks, key=lambda look: look.position - look.shown)
    assert worst.position - worst.shown <= max(2, 0.02 * worst.position), worst


@pytest.mark.parametrize(("shape", "mean", "waiting", "_frames"), LINES, ids=NAMES)
def test_number_on_a_page_never_rises(
    shape: Callable[[float], Rate], mean: float, waiting: int, _frames: float
) -> None:
    assert all(look.shown <= look.before for look in watched(shape, mean, waiting).looks)


@pytest.mark.parametrize(("shape", "mean", "waiting", "frames"), LINES, ids=NAMES)
def test_frames_are_few_and_fewest_where_the_line_is_long_and_steady(
    shape: Callable[[float], Rate], mean: float, waiting: int, frames: float
) -> None:
    assert watched(shape, mean, waiting).frames_per_person_minute <= frames


@given(st.lists(st.sampled_from([0.0, 0.3, 1.0, 2.0]), min_size=3, max_size=6), st.integers(0, 1_000))
@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_page_is_true_and_never_rises_whatever_the_line_does(rates: list[float], seed: int) -> None:
    """Every ten seconds another pace."""
    mean = 5.0
    looks = Watched(lambda at_s: mean * rates[int(at_s / 10) % len(rates)], 150, mean, seed).run(seconds=40).looks
    assert max(look.beyond for look in looks) <= 0
    assert all(look.shown <= look.before for look in looks)


@given(st.integers(1, 100_000), st.one_of(st.none(), st.floats(0, 1_000)), st.lists(st.floats(-1, 10), min_size=2))
def test_position_is_carried_forward_only_and_for_two_seconds_at_most(
    read: int, pace: float | None, ages: list[float]
) -> None:
    carried = [countdown.carried(read, pace, age_s) for age_s in sorted(ages)]
    assert all(later <= earlier for earlier, later in itertools.pairwise(carried))
    assert read >= carried[0] and carried[-1] >= max(1, math.floor(read - 2 * (pace or 0.0)))


def test_what_one_look_cannot_see_is_no_reason_to_send() -> None:
    told = countdown.Sighting(1_000, 40.0, at_s=0.0)
    assert not countdown.must_send(told, 960 + 30, 1.0)
    assert countdown.must_send(told, 960 + 31, 1.0)
