"""Pages made by processes of their own: setting one is milliseconds of pure Python, which threads would take turns at.

Each process has one pipe, over which it gets a page and gives back a document. It holds no key and knows no database.
It ends when the pipe does: with the press, or with the worker, however that ends.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import multiprocessing
import os
import pickle
import queue
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from issuance import errors
from issuance.fonts import faces
from issuance.paper import facts

log = logging.getLogger(__name__)

Make = Callable[[facts.Page], bytes]

# A page takes milliseconds: whoever takes this long has been stopped, or is starved of memory or processor.
PATIENCE_S = 30.0
# Whoever still makes a page when its worker has finished everything else is not waited for much longer.
CLOSING_S = 5.0
# Made anew, of nothing of this process: it has threads, and a fork would copy what they hold.
_CONTEXT = multiprocessing.get_context("spawn")
_MADE, _MISSING_GLYPH, _FAILED = b"0", b"1", b"2"


class Press:
    """As many processes as `processes`; started by the first pages, or by `start`. Threads share it."""

    def __init__(self, make: Make, processes: int) -> None:
        self._make = make
        self._idle: queue.LifoQueue[_Hand | None] = queue.LifoQueue()
        self._hands: set[_Hand] = set()
        self._closing = threading.Event()
        for _ in range(processes):
            self._idle.put(None)
        self._processes = processes
        # Before multiprocessing's own, which would wait for them.
        atexit.register(self.close)

    def start(self) -> None:
        """So that nobody's passport waits for fonts to be read."""
        hands = [self._idle.get() for _ in range(self._processes)]
        for hand in hands:
            self._idle.put(hand or self._hand())

    def document(self, page: facts.Page) -> bytes:
        """A process that dies over a page is replaced, and the page tried once more.

        Raises: faces.MissingGlyph, PressBroken.
        """
        for _ in range(2):
            hand = self._idle.get()
            try:
                if self._closing.is_set():
                    break
                hand = hand or self._hand()
                return hand.document(page)
            except (OSError, EOFError) as error:
                log.warning("a process that makes pages has gone (%s)", type(error).__name__)
                if hand is not None:
                    self._end(hand)
                hand = None
            finally:
                self._idle.put(hand)
        raise errors.PressBroken("two processes in a row died over a page, or the worker ends")

    def close(self) -> None:
        """Waits for pages that are being made, but not for ever."""
        if self._closing.is_set():
            return
        self._closing.set()
        atexit.unregister(self.close)
        with contextlib.suppress(queue.Empty):
            for _ in range(self._processes):
                self._idle.get(timeout=CLOSING_S)
        for hand in list(self._hands):
            self._end(hand)

    def _hand(self) -> _Hand:
        hand = _Hand(self._make)
        self._hands.add(hand)
        return hand

    def _end(self, hand: _Hand) -> None:
        self._hands.discard(hand)
        hand.end()


class _Hand:
    """One process, and our end of its pipe."""

    def __init__(self, make: Make) -> None:
        self._pipe, theirs = _CONTEXT.Pipe()
        self._ending = threading.Lock()
        self._process: BaseProcess = _CONTEXT.Process(target=_work, args=(theirs, make), daemon=True, name="press")
        self._process.start()
        # The last copy of it must be theirs, or the end of that process would not be seen here.
        theirs.close()

    def document(self, page: facts.Page) -> bytes:
        """Raises: OSError or EOFError where the process is dead or silent, MissingGlyph, PressBroken."""
        self._pipe.send_bytes(pickle.dumps(page))
        if not self._pipe.poll(PATIENCE_S):
            raise TimeoutError
        answer = self._pipe.recv_bytes()
        kind, made = answer[:1], answer[1:]
        if kind == _MISSING_GLYPH:
            raise faces.MissingGlyph
        if kind == _FAILED:
            raise errors.PressBroken(f"a page could not be made ({made.decode()})")
        return made

    def end(self) -> None:
        """By one thread at a time: of two that wait for a process, one is told that it lives when it has gone."""
        with self._ending:
            self._pipe.close()
            self._process.join(1)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()


def _work(pipe: Connection, make: Make) -> None:
    # Whoever asks all processes of a terminal or a group to stop means the worker, which ends this one.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            page = pickle.loads(pipe.recv_bytes())  # noqa: S301 the worker's own
            pipe.send_bytes(_answer(make, page))
        except (OSError, EOFError):
            return


def _answer(make: Make, page: facts.Page) -> bytes:
    try:
        return _MADE + make(page)
    except faces.MissingGlyph:
        return _MISSING_GLYPH
    except Exception as error:  # noqa: BLE001 whatever it is, its message may quote the page
        return _FAILED + type(error).__name__.encode()


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
