"""Where everything of one stack is to be found; chosen once, before anything is started."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass
from pathlib import Path

from project.local import errors, folders, options, ports, valkey

# Of the server that `make up` starts.
BROKER_DATABASE = 1


@dataclass(frozen=True, slots=True)
class Site:
    """`valkey_port`: None when somebody else runs the touch point. The addresses are ours: with all rights."""

    folders: folders.Folders
    options: options.Options
    redis_url: str
    broker_url: str
    database_url: str
    web_port: int
    console_port: int
    registry_port: int
    valkey_port: int | None

    def port(self, name: str) -> int:
        """The known port of a process by its name, or a free one for those nobody has to find."""
        known = {"web": self.web_port, "console": self.console_port, "registry": self.registry_port}
        return known.get(name) or ports.free()

    @property
    def web_url(self) -> str:
        return f"http://{ports.HOST}:{self.web_port}"

    @property
    def registry_url(self) -> str:
        return f"http://{ports.HOST}:{self.registry_port}"

    @property
    def registry_calls(self) -> Path:
        """The simulator's own log: one line a call."""
        return self.folders.logs / "registry-calls.jsonl"


def choose(chosen: options.Options) -> Site:
    """Raises: PortTaken, BadOption."""
    if chosen.port is not None and ports.taken(chosen.port):
        raise errors.PortTaken(chosen.port)
    web_port = ports.claim(chosen.port or ports.free())
    where = folders.Folders(chosen.directory.resolve())
    valkey_port = None if chosen.redis_url else ports.free()
    redis_url = chosen.redis_url or valkey.url(valkey_port or 0, 0)
    return Site(
        folders=where,
        options=chosen,
        redis_url=redis_url,
        broker_url=chosen.broker_url or _next_database(redis_url),
        database_url=chosen.database_url or f"sqlite:///{where.data / 'vestibule.sqlite3'}",
        web_port=web_port,
        console_port=ports.free(),
        registry_port=ports.free(),
        valkey_port=valkey_port,
    )


def _next_database(redis_url: str) -> str:
    """The broker's: its maintenance reads all keys of its logical database, so it gets one of its own."""
    parts = urllib.parse.urlsplit(redis_url)
    number = parts.path.strip("/") or "0"
    if parts.scheme not in ("redis", "rediss") or not number.isdecimal():
        raise errors.BadOption("BROKER_URL", "set together with a REDIS_URL that names no numbered database")
    return urllib.parse.urlunsplit(parts._replace(path=f"/{int(number) + 1}"))
