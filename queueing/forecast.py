"""How many will be called in the next minutes, learned from the last two hours of a line that moves. Pure.

A forecast mixes the pace of the last minute, of the last 4 and of the last 16 with that of all that is remembered: for
each stretch of the future in the parts that would have served best so far. By how much they erred gives the spread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import add

BIN_S = 60
# Two hours: long enough to have seen a half-hour forecast succeed or fail four times over.
KEPT_BINS = 120
# What the recent past is looked at through, in bins; each a quarter of the next, as is usual where no period is known.
WINDOWS = (1, 4, 16)
# Stretches of the future, in bins, each as long as all before; beyond the last, the mean of all that is remembered.
EDGES = (0, 1, 2, 4, 8, 16, 32)
STRETCHES = tuple(pairwise(EDGES))
# Fewer bins than this teach nothing.
TEACHES_BINS = 8
# A window's news is worth 1/e after twice its own length, until the line has taught better.
MEMORY = 2.0
# How far, either way, what is learned may be expected to lie from that rule: the width of a Gaussian prior.
DOUBT = 1.0
# Relative error of a forecast before any has been tried, and for how many tries that counts.
SPREAD = 0.12
SPREAD_TRIES = 2.0
# Each stretch is taken to be at least so much harder than the one before it, as far as it has not been tried itself.
HARDER = 1.15
# No forecast falls below this share of the mean: a line that is being called does not stop for half an hour.
LEAST = 0.05

Mix = tuple[float, float, float]
Products = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """For each stretch: what to add of (minute − 4 min, 4 − 16 min, 16 min − all); relative error up to its end."""

    mixes: tuple[Mix, ...]
    spread: tuple[float, ...]


def _rule(first: int, last: int) -> Mix:
    """The mix that decaying news gives: each window pulls the next slower one's answer towards its own."""
    middle = (first + last) / 2
    fast, medium, slow = (math.exp(-middle / (MEMORY * window)) for window in WINDOWS)
    upper = fast + (1 - fast) * medium
    return fast, upper, upper + (1 - upper) * slow


RULES = tuple(_rule(first, last) for first, last in STRETCHES)
NOTHING = Lesson(RULES, tuple(SPREAD * HARDER**index for index in range(len(RULES))))


def rates(
    lesson: Lesson, bins: Sequence[float], calls: float, elapsed_s: float, last_minute_per_s: float | None = None
) -> tuple[float, ...]:
    """Calls per second in each stretch, and beyond; `calls` in the `elapsed_s` since the last whole bin.

    `last_minute_per_s` where it is known better than from whole bins.
    Never negative; zero everywhere where nobody was ever called.
    """
    total = list(accumulate(bins, initial=0.0))
    lived_s = BIN_S * len(bins) + elapsed_s
    if lived_s <= 0:
        return (0.0,) * (len(STRETCHES) + 1)
    mean = (total[-1] + calls) / lived_s
    paces = [_recent(total, calls, elapsed_s, min(BIN_S * window, lived_s)) for window in WINDOWS]
    if last_minute_per_s is not None:
        paces[0] = last_minute_per_s
    news = _steps(paces, mean)
    return (*(max(LEAST * mean, mean + _dot(mix, news)) for mix in lesson.mixes), mean)


def learn(bins: Sequence[float]) -> Lesson:
    """What the last two hours teach; a few milliseconds."""
    if len(bins) < TEACHES_BINS or not any(bins):
        return NOTHING
    total = list(accumulate(bins, initial=0.0))
    origins = range(WINDOWS[1], len(bins))
    past = [_past(total, origin) for origin in origins]
    products = list(accumulate((_products(then.news) for then in past), _sum))
    mixes = tuple(_fit(total, past, products, index) for index in range(len(STRETCHES)))
    return Lesson(mixes, _spread(total, past, mixes))


def _recent(total: Sequence[float], calls: float, elapsed_s: float, window_s: float) -> float:
    """Calls per second in the last `window_s`, its first bin taken in part."""
    if elapsed_s >= window_s:
        return calls / elapsed_s
    whole, part = divmod((window_s - elapsed_s) / BIN_S, 1)
    first = len(total) - 1 - int(whole)
    counted = calls + total[-1] - total[first]
    if part and first:
        counted += part * (total[first] - total[first - 1])
    return counted / window_s


@dataclass(frozen=True, slots=True)
class _Past:
    """A moment at the end of bin `origin`, as it was then: calls per bin, and its news."""

    origin: int
    mean: float
    news: Mix


def _past(total: Sequence[float], origin: int) -> _Past:
    mean = total[origin] / origin
    paces = [(total[origin] - total[origin - bins]) / bins for bins in (min(w, origin) for w in WINDOWS)]
    return _Past(origin, mean, _steps(paces, mean))


def _steps(paces: Sequence[float], mean: float) -> Mix:
    fast, medium, slow = paces
    return fast - medium, medium - slow, slow - mean


def _dot(mix: Mix, news: Mix) -> float:
    return mix[0] * news[0] + mix[1] * news[1] + mix[2] * news[2]


def _products(news: Mix) -> Products:
    fast, medium, slow = news
    return fast * fast, fast * medium, fast * slow, medium * medium, medium * slow, slow * slow


def _sum(one: Products, other: Products) -> Products:
    return tuple(map(add, one, other))


def _fit(total: Sequence[float], past: Sequence[_Past], products: Sequence[Products], index: int) -> Mix:
    """Ridge regression of what came on what was known, drawn to the rule: the less was seen the more."""
    first, last = STRETCHES[index]
    rule = RULES[index]
    tried = past[: max(0, len(total) - last - past[0].origin)]
    if not tried:
        return rule
    missed = [
        (total[then.origin + last] - total[then.origin + first]) / (last - first) - then.mean - _dot(rule, then.news)
        for then in tried
    ]
    noise = total[-1] / (len(total) - 1) / (last - first)
    # Forecasts of moments that are close together see the same future: they count as one.
    pull = (sum(miss * miss for miss in missed) / len(tried) + noise) / DOUBT**2 * last
    ff, fm, fs, mm, ms, ss = products[len(tried) - 1]
    matrix = [[ff + pull, fm, fs], [fm, mm + pull, ms], [fs, ms, ss + pull]]
    wanted = [sum(then.news[part] * miss for then, miss in zip(tried, missed, strict=True)) for part in range(3)]
    change = _solve(matrix, wanted)
    return rule[0] + change[0], rule[1] + change[1], rule[2] + change[2]


def _solve(matrix: list[list[float]], wanted: list[float]) -> list[float]:
    """Gaussian elimination; the matrix is symmetric and positive, so no pivot is zero."""
    size = len(wanted)
    for pivot in range(size):
        for row in range(pivot + 1, size):
            factor = matrix[row][pivot] / matrix[pivot][pivot]
            wanted[row] -= factor * wanted[pivot]
            for column in range(pivot, size):
                matrix[row][column] -= factor * matrix[pivot][column]
    found = [0.0] * size
    for row in reversed(range(size)):
        known = sum(matrix[row][column] * found[column] for column in range(row + 1, size))
        found[row] = (wanted[row] - known) / matrix[row][row]
    return found


def _spread(total: Sequence[float], past: Sequence[_Past], mixes: Sequence[Mix]) -> tuple[float, ...]:
    """Root mean square of the relative error of the calls forecast from now to the end of each stretch."""
    squares = [[0.0, 0.0] for _ in mixes]
    for then in past:
        forecast = 0.0
        for index, ((first, last), mix) in enumerate(zip(STRETCHES, mixes, strict=True)):
            if then.origin + last >= len(total):
                break
            forecast += (last - first) * max(LEAST * then.mean, then.mean + _dot(mix, then.news))
            came = total[then.origin + last] - total[then.origin]
            error = min(1.0, abs(forecast / came - 1)) if came else 1.0
            squares[index][0] += error * error
            squares[index][1] += 1
    spread = []
    believed = SPREAD**2 / HARDER**2
    for (_first, last), (sum_of_squares, tries) in zip(STRETCHES, squares, strict=True):
        believed *= HARDER**2
        believed = (sum_of_squares / last + believed * SPREAD_TRIES) / (tries / last + SPREAD_TRIES)
        spread.append(math.sqrt(believed))
    return tuple(spread)
