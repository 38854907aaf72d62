"""Ends the process groups entrusted to it as soon as the process that started it is gone, however it went.

It runs as a process and a session of its own, reads "+<group>" and "-<group>" lines from its standard input, and
takes the end of that input for the end of its master: even `kill -9` closes a pipe. Unlike PR_SET_PDEATHSIG this
also works on macOS, reaches grandchildren and can insist.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence

# Longer than any of our processes needs to hand back its work and close its sockets.
GRACE_S = 8.0
STEP_S = 0.05


class Watchdog:
    """The master's end of the pipe."""

    def __init__(self, hold: Sequence[int] = ()) -> None:
        """`hold`: file descriptors kept open until the last group has ended, such as that of a lock."""
        read_end, self._write_end = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=read_end,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=hold,
            cwd="/",
            start_new_session=True,
        )
        os.close(read_end)

    def watch(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """Wait until everything still watched has ended."""
        os.close(self._write_end)
        self._process.wait()

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self._write_end, line.encode())


def signal_group(group: int, number: int) -> bool:
    """Send a signal to every process of a group; False when none is left."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        # macOS answers so for a group of zombies: nobody there to be ended.
        return False
    return True


def end_groups(groups: Iterable[int], grace_s: float = GRACE_S) -> None:
    """Ask all of them to end, wait, then insist."""
    left = {group for group in groups if signal_group(group, signal.SIGTERM)}
    deadline = time.monotonic() + grace_s
    while left and time.monotonic() < deadline:
        time.sleep(STEP_S)
        left = {group for group in left if signal_group(group, 0)}
    for group in left:
        signal_group(group, signal.SIGKILL)


def main() -> None:
    watched: dict[int, None] = {}
    for line in sys.stdin:
        if line.startswith("+"):
            watched[int(line[1:])] = None
        else:
            watched.pop(int(line[1:]), None)
    end_groups(watched)


if __name__ == "__main__":
    main()
