"""What the registry's log and the crowd's own figures say of storm and outage. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.permits.judge import Call

TOO_MANY = 429
# A call whose permit was taken before the first 429 had arrived may be under way for so long after it.
ON_THE_WAY_S = 0.25


def of_the_crowd(summary: dict[str, Any], people: int) -> dict[str, Any]:
    """`places_lost`: people who ended neither served nor still waiting; the crowd itself lets nobody leave."""
    served = summary["issued"] + sum(summary["refused"].values())
    waited = summary["still_waiting"] + summary["left"]
    return {
        "issued": summary["issued"],
        "places_lost": people - served - waited,
        "wrong_order": summary["wrong_order"],
        "errors": summary["errors"],
    }


def of_the_storm(calls: Sequence[Call], latency_s: float, retry_after_s: float) -> dict[str, Any]:
    """A pause begins when a 429 has been heard, and lasts for as long as it said; those within it begin none."""
    pauses: list[tuple[float, float]] = []
    for at_ns, status in calls:
        at_s = at_ns / 1e9
        if status == TOO_MANY and (not pauses or at_s > pauses[-1][1]):
            pauses.append((at_s + latency_s + ON_THE_WAY_S, at_s + latency_s + retry_after_s))
    inside = sum(begins <= at_ns / 1e9 < ends for at_ns, _status in calls for begins, ends in pauses)
    return {
        "storm_refused": sum(status == TOO_MANY for _at_ns, status in calls),
        "pauses": len(pauses),
        "calls_in_pause": inside,
    }


def of_the_outage(
    calls: Sequence[Call], down: tuple[float, float], reasons: Sequence[tuple[float, str]], summary: dict[str, Any]
) -> dict[str, Any]:
    """`down`: from when to when there was no registry. The line moves again when somebody is asked about."""
    began_s, ended_s = down
    said = [at_s for at_s, reason in reasons if reason == "registry_unavailable" and began_s <= at_s < ended_s]
    moved = [at_s for at_s, reason in reasons if reason == "" and at_s >= ended_s]
    asked = [at_ns / 1e9 for at_ns, status in calls if at_ns / 1e9 >= ended_s and status == 200]
    return {
        "reason_after_s": min(said) - began_s if said else None,
        "moved_after_s": max(0.0, min(moved) - ended_s) if moved else None,
        "issued_after_s": min(asked) - ended_s if asked else None,
        "failed": sum(summary["failed"].values()),
    }
