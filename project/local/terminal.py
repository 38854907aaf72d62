"""What the operator sees: what is going on, the warnings of all processes, how to go on, and why it ended."""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import re
import select
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from honcho import colour, printer

from project.local import errors, processes

# A process in trouble repeats itself; the rest is in its log.
LINES_A_TURN = 8
LONGEST_LINE = 400
WIDTH = 78
# The levels worth an operator's attention: after date and time, or at the beginning, as uvicorn has it.
WORTH_SEEING = re.compile(r"(?:\S+ \S+ )?(?:WARNING|ERROR|CRITICAL)\b")
SELF = "make up"


class Terminal:
    """Prints "time name | line"; a terminal that was closed is no reason to fail."""

    def __init__(self) -> None:
        self._printer = printer.Printer(sys.stdout, width=len("registry"))
        self._colours = colour.get_colours()
        self._chosen: dict[str, str] = {}
        self._read: dict[Path, int] = {}
        self._terminal = sys.stdout.isatty()
        self._closed = False
        self._hang_up = select.poll()
        if self._terminal:
            self._hang_up.register(sys.stdout, 0)
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A person's name in letters that this terminal lacks is no reason to fail either.
            sys.stdout.reconfigure(errors="replace")

    def closed(self) -> bool:
        """Whether it was a terminal that is there no more: where `make` leads the session, SIGHUP reaches it alone."""
        return self._closed or bool(self._hang_up.poll(0))

    def say(self, line: str, name: str = SELF) -> None:
        if name not in self._chosen:
            self._chosen[name] = next(self._colours)
        now = datetime.datetime.now().astimezone()
        with self._reader_may_be_gone():
            self._printer.write(printer.Message("line", line[:LONGEST_LINE], now, name, self._chosen[name]))

    def plain(self, text: str) -> None:
        with self._reader_may_be_gone():
            print(text, flush=True)

    def show_warnings(self, running: Sequence[processes.Process]) -> None:
        """What has come into their logs since the last call, and is worth seeing."""
        for process in running:
            lines = [line for line in self._new_lines(process.log) if WORTH_SEEING.match(line)]
            for line in lines[:LINES_A_TURN]:
                self.say(line, process.name)
            if len(lines) > LINES_A_TURN:
                self.say(f"… and {len(lines) - LINES_A_TURN} more lines in {shortest(process.log)}", process.name)

    def skip(self, running: Sequence[processes.Process]) -> None:
        """Forget what has come so far: while all of them start, they miss each other, and say so."""
        for process in running:
            self._new_lines(process.log)

    def trouble(self, trouble: errors.LocalError) -> None:
        """One sentence, after the lines that led to it."""
        for line in getattr(trouble, "lines", ()):
            self.plain(f"    {line}")
        self.plain(str(trouble))

    def frame(self, lines: Sequence[str]) -> None:
        """Rules above and below only, so that everything inside can be copied."""
        rule = "─" * WIDTH
        self.plain("\n".join(["", rule, *(f"  {line}".rstrip() for line in lines), rule, ""]))

    @contextlib.contextmanager
    def _reader_may_be_gone(self) -> Iterator[None]:
        """What could not be written goes nowhere, or Python would complain of it at its end."""
        try:
            yield
        except OSError:
            self._closed = self._terminal
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)

    def _new_lines(self, log: Path) -> list[str]:
        """Whole lines only: the rest of one comes with the next call."""
        if not log.exists():
            return []
        with log.open("rb") as file:
            file.seek(self._read.get(log, 0))
            text = file.read()
        whole = text.rpartition(b"\n")[0]
        self._read[log] = self._read.get(log, 0) + (len(whole) + 1 if whole else 0)
        return whole.decode(errors="replace").splitlines()


def shortest(path: Path) -> str:
    """As seen from here, where that is shorter."""
    relative = os.path.relpath(path)
    return relative if len(relative) < len(str(path)) else str(path)
