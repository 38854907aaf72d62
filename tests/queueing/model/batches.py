"""Thousands of histories, dealt out to several processes; the same numbers always mean the same histories."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import redis

from tests.queueing.model import crew, exploration
from tests.queueing.model.judge import Broken
from tests.queueing.model.scripts import Scripts

# Hypothesis remembers every history of a run: many thousands at once would make it slow.
BATCH = 250


@dataclass
class Progress:
    """What was played so far. `broken` is a counter-example, as short as it could be made."""

    met: Counter[str] = field(default_factory=Counter)
    broken: str = ""


def played(urls: list[str], histories: int, first: int = 1) -> Iterator[Progress]:
    """How far it has come, after each batch; batches are numbered from `first`. Ends with a counter-example."""
    progress = Progress()
    batches = [
        (first + number, min(BATCH, histories - start)) for number, start in enumerate(range(0, histories, BATCH))
    ]
    for met, broken in crew.spread(urls, play, batches):
        progress.met.update(met)
        progress.broken = broken
        yield progress
        if broken:
            return


def play(client: redis.Redis, batch: tuple[int, int]) -> tuple[Counter[str], str]:
    number, histories = batch
    met: Counter[str] = Counter()
    try:
        with contextlib.closing(Scripts(client)) as scripts:
            exploration.explore(scripts, histories, number, met)
    except Broken as broken:
        return met, f"batch {number}: {broken}"
    return met, ""
