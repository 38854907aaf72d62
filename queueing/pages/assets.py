"""The pressed static files, in memory: by the name that pages use, and by the path that browsers ask for."""

from __future__ import annotations

import functools
import logging
from pathlib import Path

from django.conf import settings

from queueing import errors
from queueing.pages import press

log = logging.getLogger(__name__)

Stamp = frozenset[tuple[str, int]]


class Shelf:
    """Pressed once; where `watched`, again whenever a file in `frontend` has changed."""

    def __init__(self, frontend: Path, *, watched: bool) -> None:
        self._frontend = frontend
        self._watched = watched
        self._stamp = self._stamped()
        self._press()

    def url(self, name: str) -> str:
        self._freshen()
        return self._assets[name].path

    def at(self, path: str) -> press.Asset | None:
        self._freshen()
        return self._by_path.get(path)

    def page(self, name: str) -> bytes:
        """A static one, as `404.html`."""
        self._freshen()
        return self._pages[name]

    def _freshen(self) -> None:
        if not self._watched:
            return
        try:
            stamp = self._stamped()
            if stamp != self._stamp:
                self._stamp = stamp
                self._press()
        # Somebody is in the middle of a change.
        except (errors.Unpressable, OSError) as error:
            log.error("the pages stay as they were: %s", error)

    def _press(self) -> None:
        self._assets, self._pages = press.press(self._frontend)
        self._by_path = {asset.path: asset for asset in self._assets.values()}

    def _stamped(self) -> Stamp:
        return frozenset((str(file), file.stat().st_mtime_ns) for file in self._frontend.rglob("*.*"))


@functools.cache
def shelf() -> Shelf:
    """The one of this process. The first call presses, which takes a moment: to be made at the start."""
    return Shelf(settings.FRONTEND_DIR, watched=settings.FRONTEND_WATCHED)


def url(name: str) -> str:
    """The path of `room.js`, `site.css` or another part, for a page to name.

    Raises KeyError.
    """
    return shelf().url(name)
