"""Commands that come to an end: run in an environment of their own, their output read, their complaints logged."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from project.local import errors, folders, processes, watchdog

STEP_S = 0.1


def output(
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    guard: watchdog.Watchdog,
    still_wanted: Callable[[], None],
) -> str:
    """What it prints; `still_wanted` is called while waiting and may raise. Raises: CommandFailed."""
    with processes.opened(log) as complaints:
        child = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=folders.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            start_new_session=True,
            umask=processes.OWNER_ONLY,
        )
    guard.watch(child.pid)
    try:
        printed = _printed(child, still_wanted)
    finally:
        watchdog.signal_group(child.pid, signal.SIGKILL)
        child.communicate()
        guard.forget(child.pid)
    if child.returncode != 0:
        raise errors.CommandFailed(log.stem, child.returncode, processes.tail(log))
    return printed


def _printed(child: subprocess.Popen[str], still_wanted: Callable[[], None]) -> str:
    while True:
        try:
            return child.communicate(timeout=STEP_S)[0]
        except subprocess.TimeoutExpired:
            still_wanted()
