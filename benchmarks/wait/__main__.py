"""python -m benchmarks.wait [--json] [--seed N] [--quick]: how honest predicted waits are, in simulated lines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict

from benchmarks.wait import scenarios, scores, trial


def main() -> None:
    arguments = _arguments()
    lines = scenarios.few(arguments.seed) if arguments.quick else list(scenarios.every(arguments.seed))
    print(f"{len(lines)} lines of one and a half to three hours, seed {arguments.seed} …", file=sys.stderr)
    with ProcessPoolExecutor() as pool:
        trials = list(pool.map(trial.play, lines))
    answers = [answer for tried in trials for answer in tried.answers]
    families = scores.grouped(answers, lambda answer: answer.scenario.family)
    kinds = scores.grouped(answers, lambda answer: answer.scenario.name)
    leavers = scores.grouped(answers, lambda answer: f"{answer.scenario.leavers.name} leave")
    rates = scores.grouped(
        [answer for answer in answers if answer.scenario.family == "steady"],
        lambda answer: f"steady {answer.scenario.calls_per_s:g}/s",
    )
    _print_table("by family", families)
    _print_table("by kind", kinds)
    _print_table("by leavers", leavers)
    _print_table("by calls per second", rates)
    asked, unknown = sum(tried.asked for tried in trials), sum(tried.unknown for tried in trials)
    print(f"\n{asked} people asked as they joined, {unknown} of them before anything was known.")
    headline = scores.headline(answers)
    for name, value in headline.items():
        print(f"{name:12}{value:7.3f}")
    if arguments.json:
        details = {
            "seed": arguments.seed,
            "asked": asked,
            "unknown": unknown,
            "families": _plain(families),
            "leavers": _plain(leavers),
        }
        print(json.dumps({**_rounded(headline), **details}, separators=(",", ":")))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wait", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the figures again as one JSON object, as the last line")
    parser.add_argument("--seed", type=int, default=1, help="other lines of the same kinds (default: 1)")
    parser.add_argument("--quick", action="store_true", help="nine lines instead of all")
    return parser.parse_args()


def _print_table(title: str, groups: Mapping[str, Mapping[str, scores.Score]]) -> None:
    print(f"\n{title:18}{'':12}{'people':>8}" + "".join(f"{name:>16}" for name in trial.NAMES), end="")
    print(f"{'bias':>8}{'in band':>9}{'± band':>8}")
    for group, horizons in groups.items():
        for horizon, score in horizons.items():
            errors = "".join(f"{error:16.1%}" for error in score.errors)
            print(f"{group:18}{horizon:12}{score.people:8}{errors}", end="")
            print(f"{score.bias:+8.1%}{score.in_band:9.1%}{score.width:8.1%}")


def _plain(groups: Mapping[str, Mapping[str, scores.Score]]) -> dict[str, dict[str, object]]:
    return {
        group: {horizon: _named(score) for horizon, score in horizons.items()} for group, horizons in groups.items()
    }


def _named(score: scores.Score) -> dict[str, object]:
    figures = asdict(score)
    errors = dict(zip(trial.NAMES, figures.pop("errors"), strict=True))
    return {"errors": _rounded(errors), "people": figures.pop("people"), **_rounded(figures)}


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}


if __name__ == "__main__":
    main()
