"""Real servers for tests, on free loopback ports, with their data in folders of their own.

with servers.running_valkey(guard, folder) as server:
    server.kill()
    server.start()
"""

import contextlib
import getpass
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from project.local import environments, ports, processes, valkey, watchdog

READY_TIMEOUT_S = 30
STEP_S = 0.05
INITDB_SETTINGS = ("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
# Data that nobody will want back need not reach the disk.
POSTGRES_SETTINGS = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")


class Valkey:
    """One server; keeps port and data when it is started again."""

    def __init__(self, guard: watchdog.Watchdog, folder: Path, port: int | None = None) -> None:
        self.port = port or ports.free()
        self.folder = folder
        self._guard = guard
        command = valkey.command(valkey.find(), self.port, folder)
        self._process = processes.Process("valkey", command, environments.inherited(), folder / "valkey.log", folder)

    def url(self, database: int = 0) -> str:
        return valkey.url(self.port, database)

    def start(self) -> None:
        """Until it answers."""
        self._process.start(self._guard)
        assert valkey.wait(self.url(), lambda: None, READY_TIMEOUT_S), self._process.tail()

    def stop(self) -> None:
        processes.stop([self._process])

    def kill(self) -> None:
        self._process.kill()


@contextlib.contextmanager
def running_valkey(guard: watchdog.Watchdog, folder: Path, port: int | None = None) -> Iterator[Valkey]:
    server = Valkey(guard, folder, port)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextlib.contextmanager
def running_postgres(guard: watchdog.Watchdog, binaries: Path) -> Iterator[str]:
    """Its address. The server and its data are gone afterwards."""
    user = _postgres_user()
    with tempfile.TemporaryDirectory(prefix="vestibule-postgres-") as name:
        folder, port = Path(name), ports.free()
        shutil.chown(folder, user)
        _run_as(user, folder, binaries / "initdb", "-D", folder / "data", "-U", user, *INITDB_SETTINGS).wait()
        settings = ["-h", ports.HOST, "-p", str(port), "-k", folder, *POSTGRES_SETTINGS]
        server = _run_as(user, folder, binaries / "postgres", "-D", folder / "data", *settings)
        guard.watch(server.pid)
        try:
            address = f"postgres://{user}@{ports.HOST}:{port}/postgres"
            _wait_for_postgres(address, folder / "log")
            yield address
        finally:
            # "Immediate shutdown": nothing of it is needed any more.
            server.send_signal(signal.SIGQUIT)
            server.wait()
            guard.forget(server.pid)


def _postgres_user() -> str:
    """It refuses to run as root."""
    if os.geteuid() != 0:
        return getpass.getuser()
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _run_as(user: str, folder: Path, *command: str | Path) -> subprocess.Popen[bytes]:
    as_root = os.geteuid() == 0
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            user=user if as_root else None,
            group=pwd.getpwnam(user).pw_gid if as_root else None,
            extra_groups=[] if as_root else None,
            env=environments.inherited(),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_for_postgres(address: str, log: Path) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while True:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(STEP_S)
        else:
            return
