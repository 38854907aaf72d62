"""Free loopback ports."""

from __future__ import annotations

import contextlib
import random
import socket

HOST = "127.0.0.1"
# Below every system's ephemeral range: a port from it might be taken as the near end of some outgoing connection
# between being chosen and being listened on, above all when a process is started again under load.
LOWEST, HIGHEST = 15_000, 32_000
CONNECT_TIMEOUT_S = 0.5

_generator = random.SystemRandom()
_given: set[int] = set()


def free() -> int:
    """A port nobody listens on, never the same one twice in this process."""
    while True:
        port = _generator.randrange(LOWEST, HIGHEST)
        if port not in _given and not taken(port):
            _given.add(port)
            return port


def claim(port: int) -> int:
    """The port itself, which from now on `free` gives to nobody."""
    _given.add(port)
    return port


def preferred(port: int, tries: int = 10) -> int:
    """The port, or one of its next neighbours, or any."""
    for candidate in range(port, port + tries):
        if not taken(candidate):
            return candidate
    return free()


def taken(port: int) -> bool:
    """Whether somebody listens there, on this address or on all."""
    with socket.socket() as probe:
        probe.settimeout(CONNECT_TIMEOUT_S)
        if probe.connect_ex((HOST, port)) == 0:
            return True
    with socket.socket() as listener, contextlib.suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        return False
    return True
