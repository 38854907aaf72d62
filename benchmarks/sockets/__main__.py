"""python -m benchmarks.sockets --server daphne|uvicorn [--sockets N] [--json]: what one socket and one join cost."""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import tempfile
from pathlib import Path

from django.conf import settings

from benchmarks.sockets import outcomes, servers, trial

# Descriptors that a web process needs besides its sockets: Redis, listening, logs.
BESIDES = 200

# Fewer fit into what warming up has left free.
LEAST = 2 * trial.WARM_UP

# (label, key of ours, key of bare, key of what is promised, the promise).
ROWS = (
    ("bytes a socket", "bytes_ours", "bytes_bare", "bytes_ratio", "≤ 1.35"),
    ("connects/s", "connects_per_s_ours", "connects_per_s_bare", "connect_ratio", "≥ 0.75"),
    ("ms of processor a connect", "connect_cpu_ms_ours", "connect_cpu_ms_bare", None, ""),
    ("joins/s", "joins_per_s_ours", "joins_per_s_bare", "joins_ratio", "≥ 0.4"),
    ("outcome to browser, p99 ms", "outcome_p99_ms", None, "outcome_p99_ms", "≤ 150"),
    ("outcome to browser, p50 ms", "outcome_p50_ms", None, None, ""),
    ("slowest connect, ms", "slowest_connect_ms", None, None, ""),
    ("seconds to stop", "drain_s", None, None, ""),
    ("told to come back elsewhere", "told_to_go", None, None, ""),
    ("sockets that did not open", "failed", "failed_bare", None, ""),
)


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="vestibule-sockets-") as folder, servers.running(Path(folder)) as site:
        # As project.settings.base has it: outcomes are told over it.
        layer = {"hosts": [{"address": site.redis_url, "socket_timeout": None}], "prefix": "hints", "capacity": 10_000}
        settings.configure(
            CHANNEL_LAYERS={"default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": layer}}
        )
        figures = dataclasses.asdict(trial.run(site, arguments.server, arguments.sockets, arguments.learn))
    _print_table(figures)
    if arguments.json:
        rounded = {name: round(value, 3) if isinstance(value, float) else value for name, value in figures.items()}
        print(json.dumps(rounded))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sockets", description=__doc__)
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="daphne", help="default: %(default)s")
    parser.add_argument("--sockets", type=int, default=2_000, help="open at each server (default: %(default)s)")
    parser.add_argument(
        "--learn",
        type=float,
        default=outcomes.WARM_S,
        metavar="S",
        help="seconds of calls before outcomes are timed; a room knows its pace by then (default: %(default)g)",
    )
    parser.add_argument("--json", action="store_true", help="the figures again as one JSON object, as the last line")
    arguments = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - BESIDES
    if not LEAST <= arguments.sockets <= most:
        parser.error(f"--sockets must be from {LEAST} to {most}: fewer weigh too little, more need more files")
    return arguments


def _print_table(figures: dict[str, float | int | str]) -> None:
    print(f"{figures['server']}, {figures['sockets']} sockets\n{'':30}{'ours':>12}{'bare':>12}{'ratio':>10}")
    for label, ours, bare, promised, promise in ROWS:
        row = [_shown(figures[ours]), _shown(figures[bare]) if bare else ""]
        row.append(_shown(figures[promised]) if promised and bare else "")
        print(f"{label:30}{row[0]:>12}{row[1]:>12}{row[2]:>10}  {promise}".rstrip())


def _shown(value: float | str) -> str:
    return f"{value:.2f}" if isinstance(value, float) and value < 100 else f"{float(value):,.0f}"


if __name__ == "__main__":
    main()
