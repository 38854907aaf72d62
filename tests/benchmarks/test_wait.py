"""The promised figures, on fewer lines than the benchmark plays and of another seed; and that the lines are fair."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from typing import Any

import pytest

from benchmarks.wait import estimators, line, scenarios, scores, trial
from queueing import outlook
from tests.queueing import moving

SEED = 77


def scenario(family: str, wait_s: float, minutes: int = 0) -> scenarios.Scenario:
    return next(
        found
        for found in scenarios.every(SEED)
        if (found.family, found.wait_s, found.minutes) == (family, wait_s, minutes)
    )


def crowd(joins_per_s: float, calls_per_s: float, patience_s: float = 1e9) -> line.Crowd:
    return line.Crowd(lambda _at_s: joins_per_s, lambda _at_s: calls_per_s, lambda _chance: patience_s)


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """The last line that the command prints."""
    command = [sys.executable, "-m", "benchmarks.wait", "--quick", "--json", "--seed", str(SEED)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(printed.splitlines()[-1]))


def test_steady_line_is_foretold_to_five_percent(figures: dict[str, Any]) -> None:
    assert figures["steady"] <= 0.05


@pytest.mark.parametrize("family", ["drift", "step"])
def test_changing_line_is_foretold_to_a_quarter(figures: dict[str, Any], family: str) -> None:
    assert set(figures["families"][family]) == set(scores.HORIZONS)
    assert figures[family] <= 0.25


def test_band_is_right_and_narrow(figures: dict[str, Any]) -> None:
    assert 0.80 <= figures["in_band"] <= 0.95
    assert figures["band_width"] <= 0.30


def test_no_single_band_is_wider_than_promised(figures: dict[str, Any]) -> None:
    assert max(score["widest"] for family in figures["families"].values() for score in family.values()) <= 0.3001


def test_plainer_estimators_do_worse_everywhere(figures: dict[str, Any]) -> None:
    for family in figures["families"].values():
        for score in family.values():
            ours, *others = (score["errors"][name] for name in trial.NAMES)
            assert ours < min(others)


def test_same_seed_is_the_same_line() -> None:
    played = scenario("steady", 80.0)
    assert trial.play(played) == trial.play(played)


def test_nobody_is_lost_and_order_is_kept() -> None:
    room = line.Line(scenario("drift", 330.0, 12).crowd(), seed=3)
    joined = [ticket for _ in range(5_000) for ticket, _position in room.step()]
    seen = room.observe()
    in_line = [ticket for ticket in joined if room.in_line(ticket)]
    assert seen.waiting == len(in_line)
    assert sum(seen.present) + seen.passed <= seen.waiting
    called = list(room.waited_s)
    assert len(called) == seen.called
    overtaken = sum(later < earlier for earlier, later in itertools.pairwise(called))
    assert overtaken < 0.05 * seen.called


def test_observations_account_for_everybody() -> None:
    """Whoever is present now was present before and stayed, or has joined since."""
    room = line.Line(scenario("step", 80.0, 12).crowd(), seed=3)
    for _ in range(4_000):
        room.step()
    before = room.observe()
    joined = sum(len(room.step()) for _ in range(5))
    seen = room.observe()
    assert seen.elapsed_s == pytest.approx(1)
    assert sum(seen.stayed) < sum(before.present)
    assert sum(seen.stayed) <= sum(seen.present) <= sum(seen.stayed) + joined


def test_grace_keeps_silent_leavers_in_line() -> None:
    room = line.Line(crowd(5.0, 0.0, patience_s=10.0), seed=1)
    for _ in range(round(60 / line.STEP_S)):
        room.step()
    seen = room.observe()
    assert sum(seen.present) < 0.3 * seen.waiting


def test_mean_interval_knows_neither_leavers_nor_the_absent() -> None:
    plain = estimators.MeanInterval(60)
    assert plain.band(5) is None
    seen = moving.second(called=2, waiting=100, present=(50, 0, 0))
    for _ in range(200):
        plain.observe(seen)
    told = plain.band(100)
    assert told is not None and told.expected_s == pytest.approx(50)


def test_scores_are_relative_to_the_actual_wait() -> None:
    bands = (outlook.Band(70, 100, 130), outlook.Band(150, 150, 150), outlook.Band(50, 50, 50))
    answer = trial.Answer(scenario("steady", 80.0), 100.0, bands)
    late = trial.Answer(answer.scenario, 200.0, bands)
    score = scores.score([answer, late])
    assert score.errors == pytest.approx((0.25, 0.375, 0.625))
    assert (score.bias, score.in_band, score.width) == pytest.approx((-0.25, 0.5, 0.3))


def test_nobody_asked_is_no_score() -> None:
    with pytest.raises(ValueError, match="nobody"):
        scores.score([])
