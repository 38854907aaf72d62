"""Eight processes that do the same thing at the same time, each with a connection of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import redis

from queueing.store import Store

PROCESSES = 8
# Longer than anything takes, even on a slow machine.
PATIENCE_S = 120


class Crowd:
    """The processes live as long as the context `running_crowd`: to start them takes seconds."""

    def __init__(self, inboxes: list[Any], answers: Any) -> None:
        self._inboxes = inboxes
        self._answers = answers

    def at_once(self, url: str, work: Callable[..., Any], *arguments: Any) -> list[Any]:
        """What `work(store, number, *arguments)` returns in each of them, by number."""
        for inbox in self._inboxes:
            inbox.put((work, url, arguments))
        answers = dict(self._answers.get(timeout=PATIENCE_S) for _ in self._inboxes)
        return [_unless_raised(answers[number]) for number in range(PROCESSES)]


@contextlib.contextmanager
def running_crowd() -> Iterator[Crowd]:
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(PROCESSES), context.Queue()
    inboxes = [context.Queue() for _ in range(PROCESSES)]
    members = [
        context.Process(target=_member, args=(number, inbox, barrier, answers), daemon=True)
        for number, inbox in enumerate(inboxes)
    ]
    for member in members:
        member.start()
    try:
        yield Crowd(inboxes, answers)
    finally:
        for member in members:
            member.terminate()
            member.join()


def _member(number: int, inbox: Any, barrier: Any, answers: Any) -> None:
    while True:
        work, url, arguments = inbox.get()
        with redis.Redis.from_url(url) as client:
            client.ping()
            barrier.wait(timeout=PATIENCE_S)
            try:
                answers.put((number, work(Store(client), number, *arguments)))
            except Exception as error:  # noqa: BLE001 told to the test, which raises it
                answers.put((number, _Raised(f"{error!r}\n{traceback.format_exc()}")))


class _Raised(str):
    __slots__ = ()


def _unless_raised(answer: Any) -> Any:
    if isinstance(answer, _Raised):
        raise AssertionError(answer)
    return answer
