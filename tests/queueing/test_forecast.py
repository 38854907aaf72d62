from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queueing import forecast

BEYOND = len(forecast.STRETCHES)
histories = st.lists(st.floats(0, 10_000), max_size=forecast.KEPT_BINS)


def waves(count: int, period: float) -> list[float]:
    return [60 * (1 + 0.5 * math.sin(math.tau * minute / period)) for minute in range(count)]


@settings(deadline=None)
@given(histories, st.floats(0, 1_000), st.just(0.0) | st.floats(1e-6, 59))
def test_rates_are_numbers_and_never_negative(bins: list[float], calls: float, elapsed_s: float) -> None:
    rates = forecast.rates(forecast.learn(bins), bins, calls, elapsed_s)
    assert len(rates) == BEYOND + 1
    assert all(math.isfinite(rate) and rate >= 0 for rate in rates)


def test_even_pace_goes_on() -> None:
    bins = [120.0] * 50
    rates = forecast.rates(forecast.learn(bins), bins, 60.0, 30.0)
    assert rates == pytest.approx([2.0] * (BEYOND + 1))


def test_nothing_is_known_at_the_very_start() -> None:
    assert forecast.rates(forecast.NOTHING, [], 0.0, 0.0) == (0.0,) * (BEYOND + 1)


def test_first_minute_counts_from_its_first_second() -> None:
    assert forecast.rates(forecast.NOTHING, [], 30.0, 10.0) == pytest.approx([3.0] * (BEYOND + 1))


def test_too_little_teaches_nothing() -> None:
    assert forecast.learn([60.0] * (forecast.TEACHES_BINS - 1)) == forecast.NOTHING
    assert forecast.learn([0.0] * forecast.KEPT_BINS) == forecast.NOTHING


def test_news_counts_now_and_fades_with_distance() -> None:
    bins = [60.0] * 30 + [120.0]
    rates = forecast.rates(forecast.NOTHING, bins, 0.0, 0.0)
    assert 1.7 < rates[0] < 2
    assert list(rates) == sorted(rates, reverse=True)


def test_last_minute_may_be_known_better_than_from_bins() -> None:
    bins = [240.0] * 10
    guessed = forecast.rates(forecast.NOTHING, bins, 0.0, 50.0)
    told = forecast.rates(forecast.NOTHING, bins, 0.0, 50.0, last_minute_per_s=4.0)
    assert guessed[0] < told[0] < 4


def test_line_that_slows_down_is_not_foretold_to_stop() -> None:
    lesson = forecast.Lesson(((5.0, 5.0, 5.0),) * len(forecast.STRETCHES), forecast.NOTHING.spread)
    bins = [120.0] * 60 + [60.0] * 10
    assert min(forecast.rates(lesson, bins, 0.0, 0.0)) == pytest.approx(forecast.LEAST * sum(bins) / len(bins) / 60)


def test_what_comes_back_is_learned() -> None:
    """Half a wave ahead the naive rule is wrong by the most."""
    bins = waves(forecast.KEPT_BINS, period=12)
    ahead = waves(forecast.KEPT_BINS + 8, period=12)[-4:]
    truth = sum(ahead) / len(ahead) / 60
    learned = forecast.rates(forecast.learn(bins), bins, 0.0, 0.0)[3]
    naive = forecast.rates(forecast.NOTHING, bins, 0.0, 0.0)[3]
    assert abs(learned - truth) < 0.5 * abs(naive - truth)


def test_noise_teaches_to_trust_the_mean() -> None:
    chance = random.Random(4)
    bins = [float(sum(chance.random() < 0.5 for _ in range(120))) for _ in range(forecast.KEPT_BINS)]
    fast = forecast.learn(bins).mixes[4][0]
    assert abs(fast) < 0.15


def test_further_than_was_ever_tried_is_harder() -> None:
    spread = forecast.learn([60.0] * 10).spread
    assert list(spread[3:]) == sorted(spread[3:])
    assert spread[3] < spread[5]


def test_spread_tells_an_even_line_from_a_moody_one() -> None:
    chance = random.Random(4)
    even = forecast.learn([60.0] * forecast.KEPT_BINS).spread
    moody = forecast.learn([60 * chance.choice((0.5, 1.5)) for _ in range(forecast.KEPT_BINS)]).spread
    assert all(calm < wild for calm, wild in zip(even, moody, strict=True))
    assert even[0] < 0.02
    assert moody[0] > 0.3
