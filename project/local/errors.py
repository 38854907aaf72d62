"""What may keep `make up` from running; every message is the one sentence the operator reads.

LocalError
├── AlreadyRunning   another `make up` in this folder
├── PortTaken        a port asked for by name is somebody else's
├── NoServer         no Valkey or Redis server to be found
├── Unreachable      a server named by the environment does not answer
├── BadOption        a variable of the environment makes no sense
├── BadKeys          keys of an earlier run cannot be used
├── ProcessDied      one of ours ended by itself
├── CommandFailed    a step such as the database's preparation went wrong
└── NotReady         something of ours runs, but never said it was ready
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path


class LocalError(Exception):
    """The stack cannot run; the message says why and what to do."""


class AlreadyRunning(LocalError):
    """This folder's lock is held."""

    def __init__(self, address: str) -> None:
        where = f" at {address}" if address else ""
        super().__init__(f"Vestibule already runs from this folder{where}: stop it there with Ctrl-C.")


class PortTaken(LocalError):
    """The port was asked for, so no other one is taken instead."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is in use by another program: choose another one with PORT=….")


class NoServer(LocalError):
    """Neither the wheel nor the PATH has a server."""

    def __init__(self) -> None:
        super().__init__(
            "No Valkey or Redis server (7 or newer) was found: install one "
            "(Debian: apt install valkey-server or redis-server, macOS: brew install valkey), or name a running one "
            "with REDIS_URL."
        )


class Unreachable(LocalError):
    """The variable's value is not shown: it may hold a password."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"The server named by {variable} does not answer ({reason}).")


class BadOption(LocalError):
    """The value is not shown, for the same reason."""

    def __init__(self, variable: str, expected: str) -> None:
        super().__init__(f"{variable} must be {expected}.")


class BadKeys(LocalError):
    """`reason` never holds a key."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"The keys in {folder} are damaged ({reason}): remove that folder to have new ones made.")


class ProcessDied(LocalError):
    """Carries the last lines of its log as `lines`."""

    def __init__(self, name: str, returncode: int, lines: Sequence[str]) -> None:
        self.name = name
        self.returncode = returncode
        self.lines = lines
        how = f"was killed by signal {-returncode}" if returncode < 0 else f"ended with exit code {returncode}"
        super().__init__(f"The {name} process {how}, so everything was stopped.")


class CommandFailed(LocalError):
    """Carries the last lines of its log as `lines`."""

    def __init__(self, name: str, returncode: int, lines: Sequence[str]) -> None:
        self.name = name
        self.returncode = returncode
        self.lines = lines
        super().__init__(f"The {name} step failed with exit code {returncode}, so everything was stopped.")


class NotReady(LocalError):
    """`reasons`: what each of them says instead."""

    def __init__(self, reasons: Mapping[str, str], timeout_s: float) -> None:
        self.reasons = reasons
        listed = ", ".join(f"{name} ({reason})" for name, reason in reasons.items())
        super().__init__(f"Not ready after {timeout_s:.0f} s: {listed}. Everything was stopped.")


class Interrupted(Exception):
    """Ctrl-C, SIGTERM or a closed terminal: stop, there is nothing to complain of."""
