"""What is kept of the files in `frontend/`, and a look whether they have changed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_on_change: list[Callable[[], None]] = []


def kept(make: Callable[..., T]) -> functools._lru_cache_wrapper[T]:
    """As functools.cache, until a file changes."""
    cached = functools.cache(make)
    _on_change.append(cached.cache_clear)
    return cached


def changed() -> None:
    for forget in _on_change:
        forget()


class Watch:
    """For whoever edits: a look costs a millisecond."""

    def __init__(self, frontend: Path) -> None:
        self._frontend = frontend
        self._seen = self._times()

    def look(self) -> None:
        """Forgets what was kept if a file has changed since the last look."""
        if (seen := self._times()) != self._seen:
            self._seen = seen
            changed()

    def _times(self) -> frozenset[tuple[str, int]]:
        return frozenset((str(file), file.stat().st_mtime_ns) for file in self._frontend.rglob("*.*") if file.is_file())
