"""Reads the simulated registry's own log: who was asked for, when, and whether the contract was kept."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

SECOND_NS = 1_000_000_000
# Calls that were under way together when the first of them was told to wait.
TOGETHER_S = 1.0


@dataclass(frozen=True)
class Call:
    """`retry_after_s`: when the caller was asked to come back."""

    time_ns: int
    status: int | None
    person: int | None
    retry_after_s: float | None = None


def read(log: Path) -> list[Call]:
    lines = (json.loads(line) for line in log.read_text().splitlines())
    return [Call(line["time_ns"], line["status"], line["person"], line.get("retry_after_s")) for line in lines]


def worst_second(calls: list[Call]) -> int:
    """The most calls in any window of one second."""
    times = sorted(call.time_ns for call in calls)
    worst = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= SECOND_NS:
            first += 1
        worst = max(worst, last - first + 1)
    return worst


def in_pauses(calls: list[Call]) -> list[tuple[float, float]]:
    """(how long the caller was asked to wait, how long it was silent), where that was too short."""
    waits = [
        (told.retry_after_s, (after.time_ns - told.time_ns) / SECOND_NS)
        for told, after in itertools.pairwise(sorted(calls, key=lambda call: call.time_ns))
        if told.retry_after_s is not None
    ]
    return [(asked_s, silent_s) for asked_s, silent_s in waits if TOGETHER_S <= silent_s < asked_s]
