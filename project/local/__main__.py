"""`make up`: everything in one terminal until Ctrl-C, told in sentences.

Exit codes: 0 after Ctrl-C, SIGTERM or a closed terminal; 1 when something failed.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from project.local import errors, folders, lock, options, stack, terminal, welcome

# How often logs are looked through and processes looked after.
TURN_S = 0.25


class Wish:
    """Whether somebody wants us to stop; signals may come at any moment, so they only leave word."""

    def __init__(self, screen: terminal.Terminal) -> None:
        self._stop = False
        self._screen = screen
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._leave_word)
        # Ignored means started by nohup, to outlive its terminal.
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._leave_word)

    def check(self) -> None:
        """Raises: Interrupted."""
        if self._stop or self._screen.closed():
            self._screen.say("Stopping …")
            raise errors.Interrupted

    def _leave_word(self, number: int, frame: FrameType | None) -> None:
        self._stop = True


def main() -> int:
    directory = _arguments().directory
    screen = terminal.Terminal()
    wish = Wish(screen)
    try:
        folders.Folders(directory).make()
        with lock.hold(folders.Folders(directory).lock) as held:
            _run(options.from_environment(directory), held, wish, screen)
    except errors.Interrupted:
        screen.say("Everything is stopped.")
        return 0
    except errors.LocalError as trouble:
        screen.trouble(trouble)
        return 1
    except OSError as trouble:
        screen.plain(f"{trouble.filename or directory}: {trouble.strerror}.")
        return 1
    return 0


def _run(chosen: options.Options, held: lock.Lock, wish: Wish, screen: terminal.Terminal) -> None:
    with stack.running(chosen, hold=[held.descriptor], while_waiting=wish.check, say=screen.say) as vestibule:
        held.tell(vestibule.address())
        processes = list(vestibule.processes.values())
        screen.skip(processes)
        screen.frame(welcome.lines(vestibule))
        while True:
            screen.show_warnings(processes)
            vestibule.check()
            wish.check()
            time.sleep(TURN_S)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m project.local", description="Run all of Vestibule on this machine."
    )
    parser.add_argument(
        "--directory", type=Path, default=folders.DEFAULT, help="for data, logs and keys (default: var)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
