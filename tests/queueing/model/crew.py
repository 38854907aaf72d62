"""Several processes at once, each with a server of its own, so that they share nothing but the processor."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import redis

from project.local import watchdog
from tests import processes, servers

# More would not be faster: a history keeps its process and its server busy by turns.
HANDS = min(4, os.cpu_count() or 1)
# Longer than any piece of work takes, even on a slow machine.
PATIENCE_S = 3_600

BACKGROUND = 10

Work = Callable[[redis.Redis, Any], Any]


class WorkFailed(Exception):
    """A piece of work raised what it should not have raised; its traceback."""


@contextlib.contextmanager
def running_servers(guard: watchdog.Watchdog, folder: Path, count: int = HANDS) -> Iterator[list[str]]:
    """Addresses of so many servers, whose data nobody else reads."""
    with contextlib.ExitStack() as stack:
        urls = []
        for number in range(count):
            (folder / str(number)).mkdir()
            urls.append(stack.enter_context(servers.running_valkey(guard, folder / str(number))).url())
        yield urls


def spread(urls: list[str], work: Work, items: Iterable[Any]) -> Iterator[Any]:
    """What `work` returns for each item, in the order of getting done. Raises: WorkFailed."""
    context = multiprocessing.get_context("spawn")
    todo, done = context.Queue(), context.Queue()
    waiting = 0
    for item in items:
        todo.put(item)
        waiting += 1
    hands = [context.Process(target=_hand, args=(url, work, todo, done), daemon=True) for url in urls]
    for hand in hands:
        todo.put(None)
        hand.start()
    try:
        for _ in range(waiting):
            raised, answer = done.get(timeout=PATIENCE_S)
            if raised:
                raise WorkFailed(answer)
            yield answer
    finally:
        for hand in hands:
            hand.terminate()
            hand.join()


def _hand(url: str, work: Work, todo: Any, done: Any) -> None:
    processes.end_with_parent()
    # It only computes: whatever is measured at the same time goes first.
    os.nice(BACKGROUND)
    with redis.Redis.from_url(url) as client:
        while (item := todo.get()) is not None:
            try:
                done.put((False, work(client, item)))
            except Exception:  # noqa: BLE001 told to the parent, which raises it
                done.put((True, traceback.format_exc()))
