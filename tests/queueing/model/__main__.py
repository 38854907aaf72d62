"""Random histories by the thousand (`python -m tests.queueing.model --histories 100000`), or the bugs (`--planted`)."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from project.local import watchdog
from tests.queueing.model import batches, crew, planted


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.queueing.model", description=__doc__)
    parser.add_argument("--histories", type=int, default=2_000, help="how many, of at least 50 steps each")
    parser.add_argument(
        "--first", type=int, default=1, help="number of the first batch: other numbers, other histories"
    )
    parser.add_argument("--planted", action="store_true", help="plant every bug of the list, one after the other")
    arguments = parser.parse_args()
    guard = watchdog.Watchdog()
    try:
        with tempfile.TemporaryDirectory() as folder, crew.running_servers(guard, Path(folder)) as urls:
            return _plant(urls) if arguments.planted else _play(urls, arguments.histories, arguments.first)
    finally:
        guard.close()


def _play(urls: list[str], histories: int, first: int) -> int:
    began = time.monotonic()
    for progress in batches.played(urls, histories, first):
        took_s = time.monotonic() - began
        done = progress.met["histories"]
        print(f"{done:,} histories, {progress.met['steps']:,} steps, {done / took_s:.0f} histories/s", flush=True)
        if progress.broken:
            print(progress.broken)
            return 1
    for what, count in sorted(progress.met.items()):
        print(f"{count:>12,} {what}")
    print(f"No counter-example in {done:,} histories ({took_s:.0f} s, batches from {first} on)")
    return 0


def _plant(urls: list[str]) -> int:
    missed = 0
    for found in planted.searched(urls):
        missed += not found.found
        print(found, flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
