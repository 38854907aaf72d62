"""python -m benchmarks.display [--json]: how true the number on the page is, and what that costs."""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchmarks.display import scene, wiring
from benchmarks.room import server

SIZES = (1_000, 10_000, 100_000)
JUDGED = 10_000
CALLS_PER_S = 50.0
# At most this.
FRAMES, ERROR = 4.0, 0.02
SHOWN_COMMANDS = 40


def main() -> None:
    arguments = _arguments()
    with server.running() as url:
        wiring.configure(url)
        sizes = [size for plan in _plans(arguments) for size in asyncio.run(scene.play(url, plan, _tell))]
    _print_commands(sizes)
    judged = next(size for size in sizes if size.waiting == arguments.judged)
    _print_errors(judged)
    headline = {
        "frames_per_person_minute": round(judged.frames_per_person_minute, 3),
        "worst_error": round(judged.verdict.worst, 4),
        "rises": judged.rises,
        "told_larger": judged.told_larger,
        "redis_commands_per_s": {str(size.waiting): round(size.commands_per_s, 1) for size in sizes},
    }
    positions = f"{judged.position_frames_per_person_minute:.2f} of them positions, the others calls and outcomes"
    print(f"\nframes per person and minute {judged.frames_per_person_minute:.2f} (at most {FRAMES:g}), {positions}")
    print(f"worst error {judged.verdict.worst:.4f} (at most {ERROR:g})")
    print(f"numbers that rose {judged.rises}; frames that told more than was shown {judged.told_larger}")
    held_up_s, troubles = max(size.held_up_s for size in sizes), sizes[-1].troubles
    print(f"the web process stood still for {held_up_s:.2f} s at most; troubles: {troubles or 'none'}")
    if arguments.json:
        details = {"held_up_s": round(held_up_s, 2), "troubles": troubles}
        details |= {"pattern": arguments.pattern, "seed": arguments.seed}
        print(json.dumps(headline | details))


def _plans(arguments: argparse.Namespace) -> Iterator[scene.Plan]:
    """Rooms smaller than the judged one are others: a room that grows tenfold has leavers unlike those it remembers."""
    whole = scene.Plan(
        sizes=tuple(sorted(size for size in arguments.sizes if size >= arguments.judged)),
        judged=arguments.judged,
        judged_s=arguments.seconds,
        counted_s=arguments.counted,
        warm_s=arguments.warm,
        pattern=arguments.pattern,
        calls_per_s=arguments.calls,
        seed=arguments.seed,
    )
    for size in sorted(arguments.sizes):
        if size < arguments.judged:
            yield replace(whole, sizes=(size,), warm_s=0.0)
    yield whole


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.display", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the figures again as one JSON object, as the last line")
    parser.add_argument(
        "--pattern", choices=list(wiring.PATTERNS), default="steady", help="how evenly people are served"
    )
    parser.add_argument("--calls", type=float, default=CALLS_PER_S, help="people served per second, in the mean")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="how many wait, one after the other")
    parser.add_argument("--judged", type=int, default=JUDGED, help="of these sizes: where pages are watched for long")
    parser.add_argument("--seconds", type=float, default=60.0, help="seconds there")
    parser.add_argument("--counted", type=float, default=scene.COUNTED_S, help="seconds at the other sizes")
    parser.add_argument("--warm", type=float, default=scene.WARM_S, help="seconds before all that")
    parser.add_argument("--seed", type=int, default=1, help="who comes and goes when")
    arguments = parser.parse_args()
    if arguments.judged not in arguments.sizes:
        parser.error("--judged must be one of --sizes")
    return arguments


def _print_commands(sizes: Sequence[scene.Size]) -> None:
    """What Redis was sent each second, by kind."""
    print(f"\n{'commands per second':24}" + "".join(f"{size.waiting:>10,}" for size in sizes))
    names = sorted({name for size in sizes for name in size.commands}, key=lambda name: -sizes[0].commands.get(name, 0))
    for name in names[:SHOWN_COMMANDS]:
        print(f"{name:24}" + "".join(f"{size.commands.get(name, 0):10.1f}" for size in sizes))
    print(f"{'all':24}" + "".join(f"{size.commands_per_s:10.1f}" for size in sizes))


def _print_errors(size: scene.Size) -> None:
    verdict = size.verdict
    print(f"\n{statistics.median(verdict.waiting):,.0f} waiting, looked at {verdict.instants} times")
    print(f"{'positions up to':>16}{'looks':>10}{'mean off':>10}{'most off':>10}{'worst error':>13}")
    for upto, band in verdict.bands.items():
        mean = band.places / band.looks if band.looks else 0.0
        print(f"{upto:>16,}{band.looks:>10,}{mean:>10.1f}{band.most_places:>10,}{band.worst:>13.4f}")
    for error, _order, case in sorted(verdict.cases, reverse=True):
        print(f"  {error:.4f}  " + "  ".join(f"{name} {value}" for name, value in case.items()))


if __name__ == "__main__":
    main()
