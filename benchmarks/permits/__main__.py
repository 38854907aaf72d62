"""python -m benchmarks.permits [--json]: how much of the registry's contract several workers use together.

Judged by the log of the simulated registry, which notes each call as it comes. All servers are its own.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.permits import judge
from benchmarks.room import server
from issuance import permits

# Until everybody is through the start of a bucket that was never there, and has its first answers.
WARM_UP_S = permits.LONGEST_SLEEP_MS / 1_000 + 1.0
PROMISED_SHARE = 0.88


def main() -> None:
    options = _options()
    figures = _measured(options)
    _print_table(figures, options)
    if options.json:
        print(json.dumps(figures))


def _measured(options: argparse.Namespace) -> dict[str, Any]:
    with server.running() as redis_url, _registry(options) as (registry_url, log):
        begins_s = time.time() + 0.5
        clerks = [_clerk(options, redis_url, registry_url, number) for number in range(options.processes)]
        for clerk in clerks:
            _told(clerk)
        begins_s = time.time() + 0.2
        ends_s = begins_s + WARM_UP_S + options.seconds
        told = [clerk.communicate(f"{begins_s} {ends_s}\n")[0] for clerk in clerks]
        calls = judge.read(log)
    verdict = judge.judge(calls, begins_s + WARM_UP_S, ends_s, options.rate)
    return {**verdict, **_sums([json.loads(one.splitlines()[-1]) for one in told])}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.permits", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the figures again as one JSON object, as the last line")
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--threads", type=int, default=8, help="of each process")
    parser.add_argument("--rate", type=int, default=50, help="calls a second that the contract allows")
    parser.add_argument("--latency-ms", type=int, default=100, help="how long the registry takes")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long is measured")
    parser.add_argument("--leave", type=float, default=0.01, help="share of people who leave while a slot is awaited")
    return parser.parse_args()


@contextlib.contextmanager
def _registry(options: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    with tempfile.TemporaryDirectory(prefix="vestibule-registry-") as folder:
        log = Path(folder) / "calls.jsonl"
        command = [sys.executable, "-m", "issuance.registry.simulator", "--port", "0", "--log", str(log)]
        command += ["--rate", str(options.rate), "--latency-ms", str(options.latency_ms)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                found = re.search(r"http://\S+", _told(process))
                if not found:
                    raise RuntimeError("the simulator did not say where it listens")
                yield found[0], log
            finally:
                process.terminate()


def _clerk(options: argparse.Namespace, redis_url: str, registry_url: str, number: int) -> subprocess.Popen[str]:
    plan = [options.rate, options.leave, options.threads, number * options.threads]
    command = [sys.executable, "-m", "benchmarks.permits.clerk", redis_url, registry_url, *map(str, plan)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _told(process: subprocess.Popen[str]) -> str:
    """The next line it prints."""
    if process.stdout is None:
        raise RuntimeError("a process without a voice")
    return process.stdout.readline()


def _sums(told: list[dict[str, Any]]) -> dict[str, Any]:
    fates: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for one in told:
        fates.update({name: int(count) for name, count in one["fates"].items()})
        counts.update(one["counts"])
    return {"slots": dict(fates), "people": dict(counts)}


def _print_table(figures: dict[str, Any], options: argparse.Namespace) -> None:
    print(f"{options.processes} processes of {options.threads} threads, {options.seconds:g} s, {os.cpu_count()} cores")
    print(f"{'':40}{'measured':>10}{'promised':>10}")
    print(f"{'share of the contract used':40}{figures['share_used']:10.3f}{PROMISED_SHARE:>10}")
    print(f"{'most calls in a second':40}{figures['worst_window']:10}{options.rate:>10}")
    print(f"{'calls refused (429)':40}{figures['refused']:10}{0:>10}")
    print(f"{'shortest 1 s for a full contract, ms':40}{figures['closest_ms']:10.0f}{'> 1000':>10}")
    for fate, count in figures["slots"].items():
        print(f"{'slots ' + fate:40}{count:10}")
    for what, count in figures["people"].items():
        print(f"{'people ' + what:40}{count:10}")


if __name__ == "__main__":
    main()
