"""One run: the stack with its workers, a crowd that waits, what happens to the registry, and the figures of it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.permits import judge
from benchmarks.workers import verdict, witness
from project.local import environments, folders, options, stack

ROOM = "passport"
# Until a new bucket gives permits and all threads have their first answers.
WARM_UP_S = 8.0
STORM_CALLS = 60
STORM_RETRY_AFTER_S = 5
ARRIVE_PER_S = 100.0
# Joining goes on for as long as the machine needs.
GATHER_TIMEOUT_S = 300.0
STEP_S = 0.25


@dataclass(frozen=True)
class Plan:
    processes: int
    rate_per_s: int
    latency_ms: int
    seconds: float
    people: int
    storm: bool
    outage_s: float


def play(folder: Path, plan: Plan) -> dict[str, Any]:
    chosen = options.Options(
        directory=folder,
        registry_rate_per_s=plan.rate_per_s,
        registry_people=plan.people + 1,
        registry_latency_ms=plan.latency_ms,
        public={"JOINS_PER_ADDRESS_PER_MIN": "1000000"},
    )
    with stack.running(chosen) as vestibule:
        _prepare(vestibule, plan)
        with _crowd(vestibule, plan) as crowd:
            _wait_for(vestibule, plan.people)
            with witness.waiting(vestibule.address(), ROOM, plan.people + 1) as seen:
                _wait_for(vestibule, plan.people + 1)
                vestibule.manage("rooms", "resume", ROOM)
                time.sleep(WARM_UP_S)
                spent_s, served = _spent_s(vestibule, plan), _served(vestibule, plan)
                began_s, ended_s, down = _measured(vestibule, plan)
                spent_s, served = _spent_s(vestibule, plan) - spent_s, _served(vestibule, plan) - served
                load = os.getloadavg()[0]
                sizing = json.loads(vestibule.manage("size_workers", "--json"))
            summary = _told(crowd)
        calls = judge.read(vestibule.site.registry_calls)
    figures = judge.judge(calls, began_s, ended_s, plan.rate_per_s)
    figures |= {"load": load, "cpu_ms": 1_000 * spent_s / max(1, served), "served_per_s": served / plan.seconds}
    figures |= {f"{stage}_ms": 1_000 * sizing["costs"][f"{stage}_s"] for stage in ("registry", "render", "record")}
    figures["called_for"] = sizing["called_for"]
    figures |= verdict.of_the_crowd(summary, plan.people)
    if plan.storm:
        figures |= verdict.of_the_storm(calls, plan.latency_ms / 1_000, STORM_RETRY_AFTER_S)
    if down:
        figures |= verdict.of_the_outage(calls, down, seen.reasons, summary)
    return figures


def _prepare(vestibule: stack.Stack, plan: Plan) -> None:
    vestibule.kill("console")
    others = _workers(plan)[1:]
    vestibule.start(*others)
    vestibule.manage("rooms", "set", ROOM, "state=paused", "total_active_users=100000", "new_users_per_minute=10000000")
    vestibule.wait_ready(*others)


def _measured(vestibule: stack.Stack, plan: Plan) -> tuple[float, float, tuple[float, float] | None]:
    """When it began and ended; and from when to when there was no registry."""
    began_s, down = time.time(), None
    if plan.storm:
        time.sleep(plan.seconds / 3)
        storm = {"kind": "status", "status": 429, "retry_after_s": STORM_RETRY_AFTER_S, "calls": STORM_CALLS}
        httpx.put(f"{vestibule.address('registry')}/simulator/faults", json=storm).raise_for_status()
    if plan.outage_s:
        time.sleep(plan.seconds / 6)
        down = _outage(vestibule, plan.outage_s)
    time.sleep(max(0.0, began_s + plan.seconds - time.time()))
    return began_s, began_s + plan.seconds, down


def _outage(vestibule: stack.Stack, seconds: float) -> tuple[float, float]:
    """The registry's process is killed, and there again when that time is over."""
    vestibule.kill("registry")
    began_s = time.time()
    time.sleep(seconds)
    vestibule.start("registry")
    vestibule.wait_ready("registry")
    return began_s, time.time()


@contextlib.contextmanager
def _crowd(vestibule: stack.Stack, plan: Plan) -> Iterator[subprocess.Popen[str]]:
    """People in a process of their own, who neither leave nor lose their connection."""
    command = [sys.executable, "manage.py", "crowd", "--size", str(plan.people), "--arrive-per-s", str(ARRIVE_PER_S)]
    command += ["--leave", "0", "--drop", "0", "--people", str(plan.people), "--json", "--url", vestibule.address()]
    crowd = subprocess.Popen(
        command,
        cwd=folders.ROOT,
        env=environments.of_command(vestibule.site),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield crowd
    finally:
        if crowd.returncode is None:
            crowd.kill()
            crowd.communicate()


def _told(crowd: subprocess.Popen[str]) -> dict[str, Any]:
    """Whoever still waits leaves now; what became of everybody."""
    crowd.terminate()
    told: dict[str, Any] = json.loads(crowd.communicate()[0].splitlines()[-1])
    return told


def _spent_s(vestibule: stack.Stack, plan: Plan) -> float:
    """Processor time of all workers."""
    return sum(_metric(vestibule, name, "process_cpu_seconds_total") for name in _workers(plan))


def _served(vestibule: stack.Stack, plan: Plan) -> float:
    return sum(_metric(vestibule, name, "vestibule_outcomes_total") for name in _workers(plan))


def _metric(vestibule: stack.Stack, process: str, name: str) -> float:
    """The sum over all its labels."""
    lines = httpx.get(f"{vestibule.ops_address(process)}/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if re.match(rf"{name}[ {{]", line))


def _workers(plan: Plan) -> list[str]:
    return ["worker", *(f"worker-{number}" for number in range(2, plan.processes + 1))]


def _wait_for(vestibule: stack.Stack, people: int) -> None:
    """Until so many wait."""
    until_s = time.monotonic() + GATHER_TIMEOUT_S
    while (waiting := _waiting(vestibule)) < people:
        if time.monotonic() > until_s:
            raise TimeoutError(f"only {waiting} of {people} people have joined")
        time.sleep(1)


def _waiting(vestibule: stack.Stack) -> int:
    return int(json.loads(vestibule.manage("rooms", "show", ROOM, "--json"))["now"]["waiting"])
