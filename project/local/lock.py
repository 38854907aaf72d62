"""One stack per folder: a file lock, held until its last process has ended, that tells a second one the address."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from project.local import errors


class Lock:
    """The held lock file; its descriptor may be handed to the watchdog, which then outlives us with it."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def tell(self, address: str) -> None:
        """Write down what a second `make up` shall say."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, address.encode(), 0)


@contextlib.contextmanager
def hold(path: Path) -> Iterator[Lock]:
    """Raises: AlreadyRunning."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise errors.AlreadyRunning(path.read_text()) from exc
        held = Lock(descriptor)
        held.tell("")
        yield held
    finally:
        os.close(descriptor)
