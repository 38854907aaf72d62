"""`python -m tests.lighthouse`: Lighthouse on the pages of a running Vestibule. Ends with 1 below the mark.

Speed depends on the machine, so each page is looked at several times and the median counts; a page that is too slow
is looked at as often again, for other work on the machine only ever makes it slower.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

from project.local import folders, options, ports, stack
from tests import prepare
from tests.lighthouse import scores, stations

# As root in a container, and without looking for the browser maker's servers.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
REPORTS = folders.ROOT / "var" / "lighthouse"
FULL = 100


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lighthouse", description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="looks at each page (3)")
    names = [station.name for station in stations.STATIONS]
    parser.add_argument("pages", nargs="*", metavar="page", choices=[[], *names], help=" ".join(names))
    arguments = parser.parse_args()
    times: int = arguments.times
    if lacking := [need for need in (prepare.CHROMIUM, prepare.TOOLS) if need.find() is None]:
        print(prepare.loud([need.lacking for need in lacking]), file=sys.stderr)
        return 1
    REPORTS.mkdir(parents=True, exist_ok=True)
    port = ports.free()
    wrong: list[str] = []
    print(f"Of 100, speed as the median of {times}; machine: Lighthouse's mark for it just then, 1,000 is usual.")
    print(f"{'page':10} {'speed':>6} {'access':>7} {'practice':>9} {'machine':>8}", flush=True)
    with tempfile.TemporaryDirectory(prefix="vestibule-") as folder, _visit(Path(folder), port) as visit:
        for station, address in stations.visited(visit):
            if station.name in (arguments.pages or names):
                wrong += _look(station, address, port, times)
    print("\n".join(wrong) or f"All as it should be. Reports: {REPORTS.relative_to(folders.ROOT)}/")
    return int(bool(wrong))


def _look(station: stations.Station, address: str, port: int, times: int) -> list[str]:
    """Prints a line; what is wrong with the page."""
    runs = [_run(station, address, port, number) for number in range(1, times + 1)]
    if scores.median(runs).performance < station.least:
        runs += [_run(station, address, port, number) for number in range(times + 1, 2 * times + 1)]
    seen = scores.median(runs)
    marks = f"{seen.performance:6} {seen.accessibility:7} {seen.best_practices:9} {seen.machine:8}"
    print(f"{station.name:10} {marks}", flush=True)
    below = {
        "performance": seen.performance < station.least,
        "accessibility": seen.accessibility < FULL,
        "best-practices": seen.best_practices < FULL,
    }
    return [
        f"{station.name}: {line}"
        for name in below
        if below[name]
        for line in [f"{name} is below the mark", *seen.found[name]]
    ]


def _run(station: stations.Station, address: str, port: int, number: int) -> scores.Scores:
    return scores.run(address, port, REPORTS / f"{station.name}-{number}.json", station.skipped)


@contextlib.contextmanager
def _visit(folder: Path, port: int) -> Iterator[stations.Visit]:
    chosen = options.Options(directory=folder / "var", registry_latency_ms=20)
    with stack.running(chosen) as vestibule, _browser(folder / "profile", port, vestibule.address()) as context:
        yield stations.Visit(vestibule, context)


@contextlib.contextmanager
def _browser(profile: Path, port: int, warm_up: str) -> Iterator[BrowserContext]:
    """One whose first profile has the cookies: that is where Lighthouse opens its tabs."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=prepare.chromium(),
            args=[*ARGUMENTS, f"--remote-debugging-port={port}"],
        )
        # A browser that has just been started is slow with its first page.
        context.pages[0].goto(warm_up)
        yield context
        context.close()


if __name__ == "__main__":
    sys.exit(main())
