"""The same question to the whole of Vestibule: a crowd, web, usher, real workers with their documents, the registry.

Everything runs on this machine, the crowd too: what is measured is whether workers keep to their slots even so.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.crowd import arrivals, crowd, measures
from benchmarks.permits import judge
from issuance import permits
from issuance.registry import people
from project.local import options, stack

ROOM = "passport"
WARM_UP_S = permits.LONGEST_SLEEP_MS / 1_000 + 2.0
ARRIVE_PER_S = 80.0
# So that nothing but the registry's contract sets the pace.
CAPS = {"total_active_users": 10_000, "new_users_per_minute": 100_000}


def measure(rate_per_s: int, latency_ms: int, workers: int, seconds: float, leave: float) -> dict[str, Any]:
    """Raises: project.local.errors.LocalError."""
    with tempfile.TemporaryDirectory(prefix="vestibule-permits-") as folder:
        chosen = options.Options(
            directory=Path(folder),
            registry_rate_per_s=rate_per_s,
            registry_latency_ms=latency_ms,
            registry_people=people.COUNT,
            public={"JOINS_PER_ADDRESS_PER_MIN": "1000000"},
        )
        with stack.running(chosen) as vestibule:
            others = [f"worker-{number}" for number in range(2, workers + 1)]
            vestibule.start(*others)
            vestibule.wait_ready(*others)
            vestibule.manage("rooms", "set", ROOM, "state=paused", *(f"{cap}={most}" for cap, most in CAPS.items()))
            size = math.ceil(rate_per_s * (WARM_UP_S + seconds) / (1 - leave))
            began_s, summary = asyncio.run(_served(vestibule, size, leave, seconds))
            names = ("worker", *others)
            fates = _fates([vestibule.ops_address(name) for name in names])
            calls = judge.read(vestibule.site.registry_calls)
    verdict = judge.judge(calls, began_s + WARM_UP_S, began_s + WARM_UP_S + seconds, rate_per_s)
    ended = {"issued": summary.issued, "refused": sum(summary.refused.values()), "left": summary.left}
    return {**verdict, "slots": fates, "people": {**ended, "failed": sum(summary.failed.values())}}


async def _served(vestibule: stack.Stack, size: int, leave: float, seconds: float) -> tuple[float, measures.Summary]:
    """When calling began, and what became of the crowd; it goes home once the time is over."""
    visits = arrivals.plan(size, ARRIVE_PER_S, leave, 0.0, 1, people.COUNT)
    plan = crowd.Plan(vestibule.address(), ROOM, visits, lambda number: claims_of(people.person(number)))
    stop = asyncio.Event()
    running = asyncio.create_task(crowd.run(plan, stop))
    await asyncio.sleep(size / ARRIVE_PER_S + 2.0)
    await asyncio.to_thread(vestibule.manage, "rooms", "resume", ROOM)
    began_s = time.time()
    await asyncio.wait({running}, timeout=WARM_UP_S + seconds)
    stop.set()
    return began_s, await running


def claims_of(person: people.Person) -> dict[str, str]:
    return {
        "given_names": person.given_names,
        "family_name": person.family_name,
        "date_of_birth": person.date_of_birth.isoformat(),
        "document_number": person.document_number,
    }


def _fates(addresses: list[str]) -> dict[str, int]:
    """As the workers' own metrics tell."""
    total: dict[str, int] = {}
    for address in addresses:
        with urllib.request.urlopen(f"{address}/metrics", timeout=10) as answer:  # noqa: S310 our own process
            for line in answer.read().decode().splitlines():
                if line.startswith("vestibule_permits_total{"):
                    fate = line.partition('fate="')[2].partition('"')[0]
                    total[fate] = total.get(fate, 0) + int(float(line.rpartition(" ")[2]))
    return total
