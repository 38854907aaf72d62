"""Runs Lighthouse on a page of a browser that is open already, and says what it found below the mark."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests import tools

CATEGORIES = ("performance", "accessibility", "best-practices")
# A run takes 10 s on a quiet machine.
TIMEOUT_S = 180
ATTEMPTS = 3


@dataclass(frozen=True)
class Scores:
    """Of 100. `machine`: Lighthouse's mark for the machine just then, which it wants to be 1,000 and more.

    `found`: what cost a point, by category.
    """

    performance: int
    accessibility: int
    best_practices: int
    machine: int
    found: dict[str, list[str]]


def run(address: str, debugging_port: int, report: Path, skipped: Sequence[str] = ()) -> Scores:
    """As a phone on a slow network, which is Lighthouse's usual way, with the cookies that the browser has.

    `skipped`: audits that are not to be made.

    Raises: RuntimeError with what Lighthouse says, where it could not look.
    """
    command = [tools.NODE, tools.LIGHTHOUSE, address, f"--port={debugging_port}", "--disable-storage-reset"]
    command += ["--ignore-status-code", "--disable-full-page-screenshot", "--locale=en", "--quiet"]
    command += ["--no-enable-error-reporting", f"--only-categories={','.join(CATEGORIES)}"]
    command += ["--output=json", f"--output-path={report}"]
    if skipped:
        command += [f"--skip-audits={','.join(skipped)}"]
    # On a busy machine it may miss the beginning of a page, and says itself that it should be run again.
    for _ in range(ATTEMPTS):
        finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
        if finished.returncode == 0:
            return read(json.loads(report.read_text(encoding="utf-8")))
    raise RuntimeError(f"Lighthouse did not look at {address}: {finished.stderr}")


def read(report: dict[str, Any]) -> Scores:
    if trouble := report.get("runtimeError"):
        raise RuntimeError(trouble["message"])
    performance, accessibility, practices = (_score(report, name) for name in CATEGORIES)
    machine = round(report["environment"]["benchmarkIndex"])
    return Scores(performance, accessibility, practices, machine, {name: _lost(report, name) for name in CATEGORIES})


def median(runs: Sequence[Scores]) -> Scores:
    """The run in the middle by speed, which depends on the machine, with the worst of what does not."""
    middle = sorted(runs, key=lambda one: one.performance)[len(runs) // 2]
    found = {name: sorted({line for one in runs for line in one.found[name]}) for name in CATEGORIES}
    return replace(
        middle,
        accessibility=min(one.accessibility for one in runs),
        best_practices=min(one.best_practices for one in runs),
        found=found | {"performance": middle.found["performance"]},
    )


def _score(report: dict[str, Any], category: str) -> int:
    return round(100 * report["categories"][category]["score"])


def _lost(report: dict[str, Any], category: str) -> list[str]:
    audits = [(report["audits"][known["id"]], known["weight"]) for known in report["categories"][category]["auditRefs"]]
    return [_said(audit) for audit, weight in audits if weight and audit["score"] is not None and audit["score"] < 1]


def _said(audit: dict[str, Any]) -> str:
    items = (audit.get("details") or {}).get("items") or []
    about = [_about(item) for item in items[:3]]
    return ": ".join(filter(None, [audit["id"], audit.get("displayValue", ""), "; ".join(filter(None, about))]))


def _about(item: dict[str, Any]) -> str:
    """An element's source, or a message of the browser's."""
    return str(item.get("node", {}).get("snippet") or item.get("description") or item.get("url") or "")
