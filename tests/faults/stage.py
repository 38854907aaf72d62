"""The whole of Vestibule with two of what may die: an edge, two web processes, two ushers, a worker, registry, Valkey.

Everything a fault needs to do to it, and everything that is read from it afterwards. All calls block.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import redis

from project.local import environments, folders, options, ports, processes, stack, watchdog
from queueing import keys

ROOM = "passport"
WEB = ("web", "web-2")
USHERS = ("usher", "usher-2")
LATENCY_MS = 150
# Asks of Valkey are short; one that does not answer is asked again.
ANSWER_TIMEOUT_S = 2.0
STEP_S = 0.02


@dataclass(frozen=True)
class Chosen:
    """What differs between runs; `room`: settings by their names."""

    registry_rate_per_s: float = 50.0
    registry_people: int = 5_000
    room: dict[str, int] = field(default_factory=dict)


@contextlib.contextmanager
def running(directory: Path, chosen: Chosen) -> Iterator[Stage]:
    """Up and ready, the room paused; nothing of it left running afterwards."""
    edge_port = ports.free()
    public = {"PUBLIC_ORIGINS": f"http://{ports.HOST}:{edge_port}", "JOINS_PER_ADDRESS_PER_MIN": "1000000"}
    wanted = options.Options(
        directory=directory,
        registry_rate_per_s=chosen.registry_rate_per_s,
        registry_people=chosen.registry_people,
        registry_latency_ms=LATENCY_MS,
        public=public,
    )
    guard = watchdog.Watchdog()
    try:
        with stack.running(wanted) as vestibule:
            vestibule.kill("console")
            vestibule.start("web-2", "usher-2")
            values = [f"{name}={value}" for name, value in chosen.room.items()]
            vestibule.manage("rooms", "set", ROOM, "state=paused", *values)
            vestibule.wait_ready("web-2", "usher-2")
            stage = Stage(vestibule, edge_port, guard)
            stage.open_edge()
            try:
                yield stage
            finally:
                stage.wake_valkey()
                stage.cut_edge()
    finally:
        guard.close()


class Stage:
    """One running Vestibule behind its edge."""

    def __init__(self, vestibule: stack.Stack, edge_port: int, guard: watchdog.Watchdog) -> None:
        self.stack = vestibule
        self.url = f"http://{ports.HOST}:{edge_port}"
        self.keys = keys.RoomKeys(ROOM)
        backends = [vestibule.address(name).rpartition(":")[2] for name in WEB]
        command = [sys.executable, "-m", "tests.faults.edge", "--port", str(edge_port), *backends]
        log = vestibule.site.folders.log("edge")
        self._edge = processes.Process("edge", command, environments.inherited(), log, folders.ROOT)
        self._guard = guard
        self._port = edge_port

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(
            self.stack.site.redis_url,
            socket_timeout=ANSWER_TIMEOUT_S,
            socket_connect_timeout=ANSWER_TIMEOUT_S,
            retry=None,
        )

    def broker(self) -> redis.Redis:
        return redis.Redis.from_url(self.stack.site.broker_url)

    def open_edge(self) -> None:
        self._edge.start(self._guard)
        while not ports.taken(self._port):
            assert not self._edge.died, self._edge.tail()
            time.sleep(STEP_S)

    def cut_edge(self) -> None:
        self._edge.kill()

    def set(self, **values: int | str) -> None:
        """Change the room's settings as staff do."""
        self.stack.manage("rooms", "set", ROOM, *(f"{name}={value}" for name, value in values.items()))

    def kill(self, name: str) -> None:
        self.stack.kill(name)

    def start(self, *names: str) -> None:
        """Again, as a supervisor does, until they are ready."""
        self.stack.start(*names)
        self.stack.wait_ready(*names)

    def start_valkey(self) -> None:
        """Again, with what data there is, until it answers."""
        self.stack.start(stack.VALKEY)
        self.stack.wait_touch_point()

    def empty_valkey(self) -> None:
        """Of a killed one: nothing of its data is left."""
        shutil.rmtree(self.stack.site.folders.valkey)
        self.stack.site.folders.make()

    def valkey_file(self) -> Path:
        """The append-only file that grows."""
        return max(self.stack.site.folders.valkey.rglob("*.incr.aof"), key=lambda path: path.stat().st_mtime)

    def pause_valkey(self) -> None:
        self._signal_valkey(signal.SIGSTOP)

    def wake_valkey(self) -> None:
        self._signal_valkey(signal.SIGCONT)

    def registry(self, **fault: Any) -> tuple[int, int]:
        """Let it fail in some way, or, without any, be well; between which instants that began, ns."""
        before_ns = time.time_ns()
        address = f"{self.stack.address('registry')}/simulator/faults"
        httpx.put(address, json=fault, trust_env=False).raise_for_status()
        return before_ns, time.time_ns()

    def _signal_valkey(self, number: int) -> None:
        process = self.stack.processes[stack.VALKEY]
        if process.pid is not None and process.returncode is None:
            os.kill(process.pid, number)

    def line(self) -> dict[str, int]:
        """Queue number by ticket, of everybody in line, in order."""
        with self.client() as client:
            found = client.zrange(self.keys.waiting, 0, -1, withscores=True)
        return {ticket.decode(): int(number) for ticket, number in found}

    def pulse(self) -> str | None:
        """Why nobody is called, '' while people are."""
        with self.client() as client:
            said = client.get(self.keys.pulse)
        return None if said is None else said.decode()

    def calls(self) -> int:
        """How often somebody was called in the last minute."""
        with self.client() as client:
            return sum(int(batch.split()[0]) for batch in client.zrange(self.keys.calls, 0, -1))

    def serving(self) -> set[str]:
        with self.client() as client:
            return {ticket.decode() for ticket in client.zrange(self.keys.serving, 0, -1)}

    def rows(self) -> list[tuple[str, str, str]]:
        """(ticket, certificate id, keyed hash of the person) of everything issued."""
        with contextlib.closing(self.database()) as database:
            return list(database.execute("SELECT ticket_id, certificate_id, person_hash FROM issuance_passport"))

    def database(self) -> sqlite3.Connection:
        """For reading only."""
        path = self.stack.site.folders.data / "vestibule.sqlite3"
        return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
