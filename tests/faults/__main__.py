"""Breaks everything that can break, with a crowd waiting, and says what that did to people: `python -m tests.faults`.

Prints a line a run, with how long recovery took; ends with 1 where a promise was broken.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

from tests import processes
from tests.faults import plays


def main() -> int:
    options = _options()
    names = options.names or list(plays.PLAYS)
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    print(plays.HEADING, flush=True)
    broken = _played([name for name in names if not plays.PLAYS[name].alone], options, options.at_once)
    broken += _played([name for name in names if plays.PLAYS[name].alone], options, 1)
    print(f"{len(broken) - sum(broken)} of {len(broken)} runs kept every promise")
    return 1 if any(broken) else 0


def _played(names: list[str], options: argparse.Namespace, at_once: int) -> list[bool]:
    """Whether each run broke a promise. Each has a process of its own."""
    rounds = names * options.times
    apart = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(at_once, apart, processes.end_with_parent, max_tasks_per_child=1) as pool:
        return list(pool.map(plays.tell, rounds, repeat(options.keep), repeat(options.short)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="FAULT", help=f"of {', '.join(plays.PLAYS)}; all of them")
    parser.add_argument("--times", type=int, default=1, help="how often each, one round after the other (1)")
    parser.add_argument(
        "--at-once", type=int, default=1, help="how many at a time, but those that take the whole machine (1)"
    )
    parser.add_argument("--short", action="store_true", help="outages of seconds instead of minutes")
    parser.add_argument("--keep", type=Path, default=None, help="leave logs and data of all runs there")
    options = parser.parse_args()
    if unknown := set(options.names) - set(plays.PLAYS):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
