"""The processes that are measured: Valkey, our web application, and the bare one, each on a free port of its own."""

from __future__ import annotations

import contextlib
import re
import secrets
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from project.local import environments, folders, ports, processes, valkey, watchdog
from queueing import sealing, vouching

Server = Literal["daphne", "uvicorn"]

# The private tier's, of this run.
TIER_SIGNING, TIER_VERIFYING = vouching.new_key_pair()
READY_S = 30
STEP_S = 0.05
ORIGIN = f"http://{ports.HOST}"
PING_S = "20"
BACKLOG = "4096"
UVICORN = (
    *("-m", "uvicorn", "--lifespan", "off", "--backlog", BACKLOG, "--no-access-log", "--log-level", "warning"),
    *("--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--ws-max-size", "65536"),
    *("--ws-ping-interval", PING_S, "--ws-ping-timeout", PING_S, "--timeout-graceful-shutdown", "15"),
)
DAPHNE = (
    *("-m", "daphne", "-v", "0", "--ping-interval", PING_S, "--ping-timeout", PING_S),
    *("--websocket_timeout", "172800", "-e"),
)


@dataclass(frozen=True, slots=True)
class Web:
    """One web process; `room` is the path of its WebSocket, `post` that of its POST."""

    name: str
    port: int
    room: str
    post: str
    process: processes.Process

    def resident_bytes(self) -> int:
        """Memory that the process holds, what it shares with others counted in part."""
        return _field(f"/proc/{self.process.pid}/smaps_rollup", "Pss") * 1024

    def cpu_s(self) -> float:
        """Seconds of processor since its start."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def stop(self) -> bool:
        """Ask it to stop; whether it went by itself."""
        self.process.terminate()
        return self.process.wait(READY_S)


class Site:
    """A place for all of them, with Valkey running; `environment` is the public tier's."""

    def __init__(self, guard: watchdog.Watchdog, folder: Path) -> None:
        self._guard = guard
        self._folder = folder
        port = ports.free()
        self.redis_url = valkey.url(port, 0)
        command = valkey.command(valkey.find(), port, folder)
        self._valkey = processes.Process("valkey", command, environments.inherited(), folder / "valkey.log", folder)
        self.environment = environments.inherited() | _public(self.redis_url)

    def start_valkey(self) -> None:
        self._valkey.start(self._guard)
        if not valkey.wait(self.redis_url, lambda: None):
            raise RuntimeError(self._valkey.tail())

    def ours(self, server: Server, room: str) -> Web:
        port = ports.free()
        command = {
            "daphne": ["-m", "project.serve", "--port", str(port)],
            "uvicorn": [
                *UVICORN,
                "--no-proxy-headers",
                "--no-server-header",
                "--port",
                str(port),
                "project.asgi:application",
            ],
        }[server]
        post = f"/api/rooms/{room}/tickets"
        return self._started("ours", port, f"/ws/rooms/{room}", post, command, self.environment)

    def bare(self, server: Server) -> Web:
        port = ports.free()
        endpoint = f"tcp:{port}:interface={ports.HOST}:backlog={BACKLOG}"
        command = {
            "daphne": [*DAPHNE, endpoint, "benchmarks.sockets.bare:application"],
            "uvicorn": [*UVICORN, "--port", str(port), "benchmarks.sockets.bare:application"],
        }[server]
        return self._started("bare", port, "/socket", "/post", command, environments.inherited())

    def close(self) -> None:
        self._valkey.kill()

    def _started(
        self, name: str, port: int, room: str, post: str, command: list[str], environment: Mapping[str, str]
    ) -> Web:
        log = self._folder / f"{name}-{port}.log"
        process = processes.Process(name, [sys.executable, *command], environment, log, folders.ROOT)
        process.start(self._guard)
        deadline = time.monotonic() + READY_S
        while not ports.taken(port):
            if time.monotonic() > deadline or process.died:
                raise RuntimeError("\n".join(process.tail()))
            time.sleep(STEP_S)
        return Web(name, port, room, post, process)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Site]:
    guard = watchdog.Watchdog()
    site = Site(guard, folder)
    try:
        site.start_valkey()
        yield site
    finally:
        site.close()
        guard.close()


def warm(web: Web) -> None:
    """One request, so that nothing is loaded later."""
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{ports.HOST}:{web.port}/", timeout=10) as answer:
        answer.read()


def _public(redis_url: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "project.settings.public",
        "REDIS_URL": redis_url,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "TICKET_KEYS": secrets.token_urlsafe(32),
        "ISSUING_PUBLIC_KEY": sealing.new_key_pair()[1],
        "WEB_SIGNING_KEY": vouching.new_key_pair()[0],
        "TIER_VERIFYING_KEYS": TIER_VERIFYING,
        "PUBLIC_ORIGINS": ORIGIN,
        "JOINS_PER_ADDRESS_PER_MIN": "100000000",
        "LOG_LEVEL": "WARNING",
    }


def _field(path: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+)", Path(path).read_text(), re.MULTILINE)
    return int(found[1]) if found else 0
