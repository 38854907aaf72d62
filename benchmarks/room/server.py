"""A Valkey of the benchmark's own, started as `make up` starts one, with its data in a folder that goes with it."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from project.local import environments, ports, processes, valkey, watchdog


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Its address. It keeps no append-only file: writing one is no part of what commandstats count."""
    guard = watchdog.Watchdog()
    with tempfile.TemporaryDirectory(prefix="vestibule-benchmark-") as name:
        folder, port = Path(name), ports.free()
        command = [*valkey.command(valkey.find(), port, folder), "--appendonly", "no"]
        server = processes.Process("valkey", command, environments.inherited(), folder / "valkey.log", folder)
        try:
            server.start(guard)
            if not valkey.wait(valkey.url(port, 0), lambda: None):
                raise RuntimeError("\n".join(server.tail()))
            yield valkey.url(port, 0)
        finally:
            server.kill()
            guard.close()
