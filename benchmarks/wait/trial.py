"""One scenario played: as people join they are told how long they will wait, and then it is seen how long they did."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.wait import estimators, line, scenarios
from queueing import outlook

# A second between observations; a minute between looks at whether all have been called.
STEPS_BETWEEN = round(1 / line.STEP_S)
STEPS_TO_THE_END = round(60 / line.STEP_S)
ASKED_PEOPLE = 1_500
# The room's own cap on calls, in multiples of the mean rate: it says nothing about the pace.
CAP = 3.0
NAMES = ("ours", "mean interval", "moving average")
# What pages of the kind usually average over.
WINDOW_S = 300.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What each of NAMES said (its band first) to one person who then waited `waited_s`."""

    scenario: scenarios.Scenario
    waited_s: float
    bands: tuple[outlook.Band, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """`asked` people in all: some left, and to `unknown` of them ours said nothing yet."""

    asked: int
    unknown: int
    answers: tuple[Answer, ...]


def play(scenario: scenarios.Scenario) -> Trial:
    room = line.Line(scenario.crowd(), scenario.seed)
    tried: list[estimators.Estimator] = [
        estimators.Ours(round(CAP * 60 * scenario.calls_per_s)),
        estimators.MeanInterval(),
        estimators.MeanInterval(WINDOW_S),
    ]
    asked_s = scenarios.ASKED_S[scenario.wait_s]
    every = max(1, round(scenario.calls_per_s / (1 - scenario.leavers.share) * asked_s / ASKED_PEOPLE))
    said: dict[int, tuple[outlook.Band | None, ...]] = {}
    while room.now_s <= asked_s:
        for _ in range(STEPS_BETWEEN):
            for ticket, position in room.step():
                if ticket % every == 0:
                    said[ticket] = tuple(estimator.band(position) for estimator in tried)
        seen = room.observe()
        for estimator in tried:
            estimator.observe(seen)
    while any(room.in_line(ticket) for ticket in said):
        for _ in range(STEPS_TO_THE_END):
            room.step()
    return _judge(scenario, room, said)


def _judge(scenario: scenarios.Scenario, room: line.Line, said: dict[int, tuple[outlook.Band | None, ...]]) -> Trial:
    known = {
        ticket: tuple(band for band in bands if band is not None)
        for ticket, bands in said.items()
        if ticket in room.waited_s and None not in bands
    }
    return Trial(
        asked=len(said),
        unknown=sum(bands[0] is None for bands in said.values()),
        answers=tuple(Answer(scenario, room.waited_s[ticket], bands) for ticket, bands in known.items()),
    )
