"""How far the answers were from the truth: mean absolute error relative to the actual wait, and how the band did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.wait import scenarios, trial

# Seconds from, to. Who is called within 10 s was told "in a moment"; the page promises nothing beyond half an hour.
HORIZONS = {"10 s-2 min": (10.0, 120.0), "2-10 min": (120.0, 600.0), "10-30 min": (600.0, 1_800.0)}
BEYOND_TWO_MINUTES = ("2-10 min", "10-30 min")

Answers = Sequence[trial.Answer]


@dataclass(frozen=True, slots=True)
class Score:
    """`errors` by trial.NAMES and `bias` as fractions of the actual wait; `widths` of the wait that was told."""

    people: int
    errors: tuple[float, ...]
    bias: float
    in_band: float
    width: float
    widest: float


def score(answers: Answers) -> Score:
    """Raises: ValueError where nobody was asked."""
    if not answers:
        raise ValueError("nobody was asked")
    widths = [(band.high_s - band.low_s) / (2 * band.expected_s) for band in (answer.bands[0] for answer in answers)]
    return Score(
        people=len(answers),
        errors=tuple(_mean(abs(_error(answer, index)) for answer in answers) for index in range(len(trial.NAMES))),
        bias=_mean(_error(answer, 0) for answer in answers),
        in_band=_mean(answer.bands[0].low_s <= answer.waited_s <= answer.bands[0].high_s for answer in answers),
        width=_mean(widths),
        widest=max(widths),
    )


def by_horizon(answers: Answers) -> dict[str, Score]:
    """Horizons in which nobody waited are left out."""
    within = {
        name: [answer for answer in answers if from_s <= answer.waited_s < to_s]
        for name, (from_s, to_s) in HORIZONS.items()
    }
    return {name: score(those) for name, those in within.items() if those}


def grouped(answers: Answers, key: Callable[[trial.Answer], str]) -> dict[str, dict[str, Score]]:
    """Scores by horizon of each group, in the order in which groups first come."""
    groups: dict[str, list[trial.Answer]] = {}
    for answer in answers:
        groups.setdefault(key(answer), []).append(answer)
    return {name: by_horizon(those) for name, those in groups.items()}


def headline(answers: Answers) -> dict[str, float]:
    """The figures that are promised: errors of the worst horizon; for the band, families count alike."""
    families = grouped(answers, lambda answer: answer.scenario.family)
    scored = [answer for answer in answers if 10.0 <= answer.waited_s < 1_800.0]
    whole = [score([answer for answer in scored if answer.scenario.family == family]) for family in scenarios.PROMISED]
    return {
        "steady": max(families["steady"][horizon].errors[0] for horizon in BEYOND_TWO_MINUTES),
        "drift": max(score.errors[0] for score in families["drift"].values()),
        "step": max(score.errors[0] for score in families["step"].values()),
        "in_band": _mean(score.in_band for score in whole),
        "band_width": _mean(score.width for score in whole),
    }


def _error(answer: trial.Answer, index: int) -> float:
    return (answer.bands[index].expected_s - answer.waited_s) / answer.waited_s


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers)
