from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.permits import judge

ROOT = Path(__file__).resolve().parents[2]


def test_a_short_run_of_two_processes_ends_in_one_json_object() -> None:
    command = [sys.executable, "-m", "benchmarks.permits", "--processes", "2", "--seconds", "1", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["share_used"] > 0
    assert figures["worst_window"] <= 50
    assert figures["refused"] == 0
    assert figures["slots"]["used"] >= figures["calls"]


def test_window_is_judged_to_the_nanosecond() -> None:
    second = judge.SECOND_NS
    assert judge.worst_window([]) == 0
    assert judge.worst_window([0, second]) == 1
    assert judge.worst_window([0, second - 1]) == 2
    assert judge.worst_window([0, 1, 2, second, second + 1, second + 2]) == 3


def test_share_counts_the_measured_time_and_windows_all_of_it() -> None:
    ms = judge.SECOND_NS // 1_000
    calls = [(at_ms * ms, 200) for at_ms in (0, 1, 2, 1_000, 1_500)] + [(1_900 * ms, 429)]
    figures = judge.judge(calls, begins_s=1.0, ends_s=2.0, rate_per_s=3)
    assert figures == {"share_used": 1.0, "worst_window": 3, "refused": 1, "closest_ms": 1_000.0, "calls": 3}
