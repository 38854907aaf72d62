"""How many workers the registry's contract calls for, and what those at work can reach.

A thread is taken for as long as the registry, the rendering and the row take, so a rate needs rate × those seconds of
threads. A fifth more, because people and registries come unevenly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import redis

from issuance.permits import SHARE_OF_CONTRACT
from queueing import keys

USED = 0.8
"""Threads are planned to be taken four fifths of the time."""

THREADS_A_PROCESS = 8
"""As the Procfile and docker-compose.yml start them: few enough that Python's lock is not what they wait for."""

MEASURED = ("registry", "render", "record")


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds that a passport takes of a thread, without the wait for a permit."""

    registry_s: float
    render_s: float
    record_s: float

    @property
    def total_s(self) -> float:
        return self.registry_s + self.render_s + self.record_s


@dataclass(frozen=True, slots=True)
class Crew:
    """The workers at work; `visits`: how many recent ones the costs are the mean of."""

    processes: int
    threads: int
    busy: int
    visits: int
    contract_per_s: float
    costs: Costs


@dataclass(frozen=True, slots=True)
class Advice:
    """`usable_per_s`: what the permits let through of the contract; `reach_per_s`: what those at work can do of it."""

    threads: int
    processes: int
    usable_per_s: float
    reach_per_s: float

    @property
    def is_enough(self) -> bool:
        return self.reach_per_s >= self.usable_per_s


def advise(contract_per_s: float, costs: Costs, threads_at_work: int) -> Advice:
    """What the contract calls for, in processes of THREADS_A_PROCESS; the same whether or not any are at work."""
    threads = max(1, math.ceil(contract_per_s * costs.total_s / USED))
    usable_per_s = contract_per_s * SHARE_OF_CONTRACT
    able_per_s = threads_at_work / costs.total_s if costs.total_s > 0 else math.inf
    return Advice(
        threads=threads,
        processes=math.ceil(threads / THREADS_A_PROCESS),
        usable_per_s=usable_per_s,
        reach_per_s=min(usable_per_s, able_per_s) if threads_at_work else 0.0,
    )


def crew(client: redis.Redis) -> Crew:
    """Of the processes that gave a sign of life in time. Source: keys.WORKERS, keys.worker. Raises: RedisError."""
    seconds, micros = client.time()
    now_ms = int(seconds) * 1_000 + int(micros) // 1_000
    alive = [member.decode() for member in cast(list[bytes], client.zrangebyscore(keys.WORKERS, now_ms, "+inf"))]
    told = [_numbers(cast(dict[bytes, bytes], client.hgetall(keys.worker(member)))) for member in alive]
    visits = sum(int(each.get("visits", 0)) for each in told)
    return Crew(
        processes=len(alive),
        threads=sum(int(member.rpartition(":")[2]) for member in alive),
        busy=sum(int(each.get("busy", 0)) for each in told),
        visits=visits,
        contract_per_s=max((each.get("contract_per_s", 0.0) for each in told), default=0.0),
        costs=Costs(*(_mean_s(told, stage, visits) for stage in MEASURED)),
    )


def as_json(now: Crew, contract_per_s: float, costs: Costs, advice: Advice) -> dict[str, Any]:
    return {
        "contract_per_s": contract_per_s,
        "costs": asdict(costs) | {"total_s": costs.total_s},
        "called_for": {"threads": advice.threads, "processes": advice.processes},
        "at_work": {"threads": now.threads, "processes": now.processes, "busy": now.busy, "visits": now.visits},
        "usable_per_s": advice.usable_per_s,
        "reach_per_s": advice.reach_per_s,
    }


def _numbers(found: dict[bytes, bytes]) -> dict[str, float]:
    return {name.decode(): float(value) for name, value in found.items()}


def _mean_s(told: Sequence[dict[str, float]], stage: str, visits: int) -> float:
    if not visits:
        return 0.0
    return sum(each.get("visits", 0) * each.get(f"{stage}_us", 0) for each in told) / visits / 1_000_000
