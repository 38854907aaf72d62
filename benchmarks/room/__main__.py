"""python -m benchmarks.room [--json] [--waiting N]: what a room costs Redis, a million waiting. On its own Valkey."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict

import redis

from benchmarks.room import figures, server
from benchmarks.room.line import Line
from benchmarks.room.meter import Meter

MILLION = 1_000_000
LEAST = 2_000
# What a million may cost at most, on an idle core.
TARGETS: Mapping[str, float] = {
    "join_us": 50,
    "join_bytes": 1_300,
    "hold_us": 15,
    "ladder_ms": 10,
    "advance_ms": 3,
    "restore_us": 40,
}


def main() -> None:
    arguments = _arguments()
    with server.running() as url, redis.Redis.from_url(url) as client:
        measured = _measure(client, arguments.waiting)
        _print_table(measured, arguments.waiting)
        info = client.info()
    where = f"Valkey {info.get('valkey_version', info['redis_version'])}, {info['mem_allocator']} allocator"
    print(f"{where}, {os.cpu_count()} processors")
    if arguments.json:
        print(json.dumps({**{name: round(value, 2) for name, value in measured.items()}, "server": where}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.room", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the figures again as one JSON object, as the last line")
    parser.add_argument("--waiting", type=int, default=MILLION, help=f"people in line (default: {MILLION:,})")
    arguments = parser.parse_args()
    if arguments.waiting < LEAST:
        parser.error(f"--waiting must be at least {LEAST}")
    return arguments


def _measure(client: redis.Redis, waiting: int) -> dict[str, float]:
    line, meter, scale = Line(client), Meter(client), figures.Scale(waiting)
    line.publish()
    filled = figures.fill(line, meter, scale, lambda text: print(text, file=sys.stderr, flush=True))
    return {
        **asdict(filled),
        **figures.of_tickets(line, meter, scale),
        "ladder_ms": figures.of_the_ladder(line, meter),
        **figures.of_advancing(line, meter, scale),
        **figures.of_cleaning_up(line, meter, scale),
        "bare_us": figures.of_bare_commands(line, meter, scale),
    }


def _print_table(measured: Mapping[str, float], waiting: int) -> None:
    """`x bare`: in units of a ZADD and an HSET in the same room, which can be compared between machines."""
    print(f"\n{waiting:,} waiting")
    print(f"{'':28}{'measured':>10}{'at most':>10}{'x bare':>10}")
    for name, value in measured.items():
        target = f"{TARGETS[name]:10,.0f}" if name in TARGETS else " " * 10
        us = value if name.endswith("_us") else value * 1_000 if name.endswith("_ms") else None
        ratio = f"{us / measured['bare_us']:10,.1f}" if us is not None else ""
        print(f"{name:28}{value:10,.2f}{target}{ratio}")


if __name__ == "__main__":
    main()
