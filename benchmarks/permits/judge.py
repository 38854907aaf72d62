"""What the registry's own log says of a contract. Pure, but for reading the file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SECOND_NS = 1_000_000_000

Call = tuple[int, int | None]


def read(log: Path) -> list[Call]:
    """(when, ns since the epoch; status) of each call, in order."""
    lines = (json.loads(line) for line in log.read_text().splitlines())
    return sorted((line["time_ns"], line["status"]) for line in lines)


def judge(calls: Sequence[Call], begins_s: float, ends_s: float, rate_per_s: int) -> dict[str, Any]:
    """Windows are judged over all calls; the share used is that of the measured time.

    `closest_ms`: the shortest time that any rate + 1 calls in a row took; the contract is broken at 1,000.
    """
    times = [at_ns for at_ns, _status in calls]
    within = [at_ns for at_ns in times if begins_s * 1e9 <= at_ns < ends_s * 1e9]
    spans_ns = [late - early for early, late in zip(times, times[rate_per_s:], strict=False)]
    return {
        "share_used": len(within) / (rate_per_s * (ends_s - begins_s)),
        "worst_window": worst_window(times),
        "refused": sum(status == 429 for _at_ns, status in calls),
        "closest_ms": min(spans_ns, default=0) / 1e6,
        "calls": len(within),
    }


def worst_window(times: Sequence[int]) -> int:
    """The most calls in any half-open second."""
    worst = first = 0
    for last, at_ns in enumerate(times):
        while at_ns - times[first] >= SECOND_NS:
            first += 1
        worst = max(worst, last - first + 1)
    return worst
