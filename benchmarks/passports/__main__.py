"""python -m benchmarks.passports [--json] [--count N]: passports a second and core, and their size."""

from __future__ import annotations

import argparse
import datetime
import json

from benchmarks.passports import naive, people, trial
from issuance import handout, press

# Enough for a steady figure; the usual way is slow, and steady sooner.
COUNT, NAIVE_SHARE = 400, 10


def main() -> None:
    arguments = _arguments()
    signer = people.signer(datetime.datetime.now(datetime.UTC))
    latin = people.found("latin", arguments.count)
    cores = press.cores()
    ours = trial.alone(latin, signer, handout.make)
    usual = trial.alone(latin[: max(10, arguments.count // NAIVE_SHARE)], signer, naive.render)
    by_clock, by_core = trial.together(latin, signer, cores)
    _print_row("one process", ours)
    _print_row("the usual way", usual)
    print(f"a worker of {trial.THREADS} threads and {cores} processes: {by_clock:.0f}/s by the clock, ", end="")
    print(f"{by_core:.0f} for each second of a core's work (with the start of the processes)")
    print(f"the usual way's fonts: {', '.join(path.name for path in naive.fonts())}")
    scripts = {}
    for script in ("greek", "cyrillic", "georgian", "armenian", "hebrew", "arabic"):
        score = trial.alone(people.found(script, arguments.count // 4), signer, handout.make)
        _print_row(script, score)
        scripts[script] = {"per_s": round(score.per_s, 1), "bytes": score.page_bytes}
    figures = {
        "per_s_per_core": round(ours.per_s, 1),
        "bytes": ours.page_bytes,
        "naive_ratio": round(ours.per_s / usual.per_s, 1),
        "middle_per_s": round(ours.middle_per_s, 1),
        "largest_bytes": ours.largest_bytes,
        "locked_bytes": ours.locked_bytes,
        "naive_per_s": round(usual.per_s, 1),
        "naive_bytes": usual.page_bytes,
        "worker_per_s": round(by_clock, 1),
        "cores": cores,
        "scripts": scripts,
    }
    if arguments.json:
        print(json.dumps(figures, separators=(",", ":")))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.passports", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the figures again as one JSON object, as the last line")
    parser.add_argument("--count", type=int, default=COUNT, help=f"passports to make (default: {COUNT}, at least 40)")
    return parser.parse_args()


def _print_row(name: str, score: trial.Score) -> None:
    print(f"{name:16}{score.per_s:8.1f}/s per core (middle round {score.middle_per_s:.1f}) ", end="")
    print(f"{score.page_bytes:8} bytes, {score.largest_bytes} at most")


if __name__ == "__main__":
    main()
