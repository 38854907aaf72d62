"""Plants the bugs of bugs.toml, one at a time, and looks for them with random histories: all must be found."""

from __future__ import annotations

import functools
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import redis

from tests.queueing.model import crew, exploration, scripts, steps
from tests.queueing.model.judge import Broken

LIST = Path(__file__).with_name("bugs.toml")
# A bug that so many histories do not meet would be missed.
ENOUGH = 400
NUMBER = 1


@dataclass(frozen=True)
class Bug:
    """A text of one script replaced by another. `rule` is the promise that it breaks (docs/promises.md)."""

    rule: int
    name: str
    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Search:
    """How a planted bug was found: after how many histories, and by what. `found` is '' where it was missed."""

    bug: Bug
    histories: int
    found: str

    def __str__(self) -> str:
        how = (
            f"history {self.histories}: {self.found.splitlines()[0]}"
            if self.found
            else f"MISSED in {self.histories} histories"
        )
        return f"{self.bug.rule}  {self.bug.name}: {how}"


@functools.cache
def bugs() -> tuple[Bug, ...]:
    return tuple(Bug(**entry) for entry in tomllib.loads(LIST.read_text(encoding="utf-8"))["bug"])


def searched(urls: list[str]) -> Iterator[Search]:
    """All bugs of the list, in the order of being found."""
    return crew.spread(urls, search, bugs())


def search(client: redis.Redis, bug: Bug) -> Search:
    """Raises: NotPlanted."""
    planted = scripts.Scripts(client, scripts.with_change(scripts.sources(), bug.file, bug.old, bug.new))
    met: Counter[str] = Counter()
    try:
        exploration.explore(planted, ENOUGH, NUMBER, met, shrink=False)
    except Broken as broken:
        return Search(bug, met[steps.BROKEN], broken.problem)
    finally:
        planted.close()
    return Search(bug, met[steps.BEGUN], "")
