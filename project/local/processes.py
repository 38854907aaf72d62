"""One process of the stack: a session of its own, an environment of its own, a log file of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from project.local import watchdog

# Workers hand their tickets back and web processes tell their sockets before they go.
STOP_GRACE_S = 10.0
STEP_S = 0.02
# Nobody else reads what they write: databases, logs, append-only files.
OWNER_ONLY = 0o077
# Enough for the end of a traceback.
TAIL_LINES = 12
TAIL_BYTES = 16_384


class Process:
    """May be started again after it ended."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path, folder: Path
    ) -> None:
        self.name = name
        self.command = list(command)
        self.environment = dict(environment)
        self.log = log
        # Whether it ought to run: not so before its first start, nor once it was asked to end.
        self.wanted = False
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None
        self._watchdog: watchdog.Watchdog | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def returncode(self) -> int | None:
        """None while it runs, and before its first start."""
        return self._child.poll() if self._child else None

    @property
    def died(self) -> bool:
        """Whether it has ended though nobody asked it to."""
        return self.wanted and self.returncode is not None

    def start(self, guard: watchdog.Watchdog) -> None:
        """Does nothing while it runs. Its output goes straight into the file: no pipe fills up with nobody reading."""
        if self._child is not None and self._child.poll() is None:
            return
        # What an earlier run that died has left behind.
        self.kill()
        with opened(self.log) as output:
            self._child = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                umask=OWNER_ONLY,
            )
        self.wanted = True
        self._watchdog = guard
        guard.watch(self._child.pid)

    def terminate(self) -> None:
        """Ask its leader alone: processes of its own are its business, and a second SIGTERM may hurry them."""
        self.wanted = False
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and all it has started at once; safe to repeat."""
        self.wanted = False
        if self._child is None or self._watchdog is None:
            return
        watchdog.signal_group(self._child.pid, signal.SIGKILL)
        self._child.wait()
        self._watchdog.forget(self._child.pid)
        # The number may be another group's from now on.
        self._watchdog = None

    def wait(self, timeout_s: float) -> bool:
        """Whether it has ended."""
        if self._child is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(timeout_s)
        return self._child.poll() is not None

    def tail(self) -> list[str]:
        return tail(self.log)


@contextlib.contextmanager
def opened(log: Path) -> Iterator[int]:
    """A descriptor to write at its end."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def tail(log: Path) -> list[str]:
    """The last lines of a log; none when there is no such log."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return text.splitlines()[-TAIL_LINES:]


def stop(processes: Iterable[Process], grace_s: float = STOP_GRACE_S) -> None:
    """Ask all of them to end, wait, then insist; also ends what an already dead one has left behind."""
    chosen = list(processes)
    for process in chosen:
        process.terminate()
    deadline = time.monotonic() + grace_s
    for process in chosen:
        process.wait(max(STEP_S, deadline - time.monotonic()))
        process.kill()
