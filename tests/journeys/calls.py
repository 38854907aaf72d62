"""Reads the simulated registry's own log: who was asked for, when, and whether the contract was kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

SECOND_NS = 1_000_000_000


@dataclass(frozen=True)
class Call:
    time_ns: int
    status: int | None
    person: int | None


def read(log: Path) -> list[Call]:
    lines = (json.loads(line) for line in log.read_text().splitlines())
    return [Call(line["time_ns"], line["status"], line["person"]) for line in lines]


def worst_second(calls: list[Call]) -> int:
    """The most calls in any window of one second."""
    times = sorted(call.time_ns for call in calls)
    worst = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= SECOND_NS:
            first += 1
        worst = max(worst, last - first + 1)
    return worst
