"""python -m benchmarks.workers [--storm] [--outage S] [--json]: worker processes, a waiting crowd, one contract.

The whole of Vestibule with several worker processes serves people who wait, against the simulated registry, whose own
log is the judge.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.workers import scene

# (label, key, what is promised).
ALWAYS = (
    ("share of the contract used", "share_used", "≥ 0.88"),
    ("most calls in a second", "worst_window", "≤ contract"),
    ("calls refused (429)", "refused", "0"),
    ("outcomes a second", "served_per_s", ""),
    ("processor of the workers an outcome, ms", "cpu_ms", ""),
    ("registry, ms of a thread", "registry_ms", ""),
    ("render, ms of a thread", "render_ms", ""),
    ("record, ms of a thread", "record_ms", ""),
    ("places lost", "places_lost", "0"),
)
STORM = (
    ("429 of the storm", "storm_refused", ""),
    ("pauses it asked for", "pauses", ""),
    ("calls inside a pause", "calls_in_pause", "0"),
)
OUTAGE = (
    ("seconds until pages said why", "reason_after_s", ""),
    ("seconds until the line moved again", "moved_after_s", "≤ 5"),
    ("seconds until the first passport", "issued_after_s", ""),
)


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="vestibule-workers-") as folder:
        figures = scene.play(Path(folder), _plan(options))
    _print_table(figures, options)
    if options.json:
        print(json.dumps({name: _rounded(value) for name, value in figures.items()}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the figures again as one JSON object, as the last line")
    parser.add_argument("--processes", type=int, default=4, help="worker processes of 8 threads (default: %(default)s)")
    parser.add_argument("--rate", type=int, default=50, help="calls a second that the contract allows")
    parser.add_argument("--latency-ms", type=int, default=100, help="how long the registry takes")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long is measured")
    parser.add_argument("--people", type=int, default=None, help="who wait (default: as many as can be served)")
    fault = parser.add_mutually_exclusive_group()
    fault.add_argument("--storm", action="store_true", help="a third into it, 60 calls are answered 429, wait 5 s")
    fault.add_argument("--outage", type=float, default=0.0, metavar="S", help="the registry is killed for so long")
    return parser.parse_args()


def _plan(options: argparse.Namespace) -> scene.Plan:
    servable = int(options.rate * (options.seconds + scene.WARM_UP_S) * 0.95) + 100
    return scene.Plan(
        processes=options.processes,
        rate_per_s=options.rate,
        latency_ms=options.latency_ms,
        seconds=options.seconds,
        people=options.people or servable,
        storm=options.storm,
        outage_s=options.outage,
    )


def _print_table(figures: dict[str, Any], options: argparse.Namespace) -> None:
    rows = ALWAYS + (STORM if options.storm else ()) + (OUTAGE if options.outage else ())
    print(f"{options.processes} worker processes, {options.seconds:g} s, {os.cpu_count()} cores")
    print(f"{'':40}{'measured':>10}{'promised':>12}")
    for label, key, promised in rows:
        value = figures[key]
        shown = "never" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
        print(f"{label:40}{shown:>10}{promised:>12}")
    print(f"{'load of the machine meanwhile':40}{figures['load']:>10.1f}")


def _rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
