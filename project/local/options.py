"""What one stack shall be like: `make up` learns it from the environment, tests say it themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from project import env
from project.local import errors, ports

WEB_PORT = 8000
HIGHEST_PORT = 65_535
REGISTRY_RATE_PER_S = 20.0
# For every process; and for the public tier alone.
COMMON = ("LOG_LEVEL", "LOG_LEVELS")
PUBLIC = ("JOINS_PER_ADDRESS_PER_MIN", "TRUSTED_PROXIES")


@dataclass(frozen=True, slots=True)
class Options:
    """None means: choose or start one."""

    # Holds data, logs and keys.
    directory: Path
    # The web process's port; a taken one is an error.
    port: int | None = None
    redis_url: str | None = None
    # Default: the next logical database of the same server.
    broker_url: str | None = None
    # Default: SQLite in the directory.
    database_url: str | None = None
    # The simulated registry: its contract, how many people it knows, which people, how long a call takes.
    registry_rate_per_s: float = REGISTRY_RATE_PER_S
    registry_people: int = 5_000
    registry_seed: int = 1
    registry_latency_ms: int = 100
    # Variables for every process, such as LOG_LEVEL; and for the public tier alone.
    common: Mapping[str, str] = field(default_factory=dict)
    public: Mapping[str, str] = field(default_factory=dict)


def from_environment(directory: Path) -> Options:
    """Raises: LocalError, naming the variable."""
    try:
        return Options(
            directory=directory,
            port=_web_port(),
            redis_url=_given("REDIS_URL"),
            broker_url=_given("BROKER_URL"),
            database_url=_given("DATABASE_URL"),
            registry_rate_per_s=env.decimal("REGISTRY_RATE_PER_S", REGISTRY_RATE_PER_S),
            common=_handed_on(COMMON),
            public=_handed_on(PUBLIC),
        )
    except ImproperlyConfigured as exc:
        raise errors.LocalError(f"{exc}.") from exc


def _web_port() -> int:
    """The one asked for, else the usual one or one near it."""
    port = env.integer("PORT", 0)
    if not 0 <= port <= HIGHEST_PORT:
        raise ImproperlyConfigured("PORT must be a port number")
    return port or ports.preferred(WEB_PORT)


def _given(name: str) -> str | None:
    return env.secret(name, "") or None


def _handed_on(names: Sequence[str]) -> dict[str, str]:
    given = {name: env.text(name, "") for name in names}
    return {name: value for name, value in given.items() if value}
