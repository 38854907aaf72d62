"""The pressed static files, in memory: by the name that pages use, and by the path that browsers ask for."""

from __future__ import annotations

import logging
import urllib.parse
from pathlib import Path

from django.conf import settings

from queueing import errors
from queueing.pages import press, sources

log = logging.getLogger(__name__)

_last_good: dict[Path, Shelf] = {}


class Shelf:
    """Pressed once."""

    def __init__(self, frontend: Path) -> None:
        self._assets, self._pages = press.press(frontend)
        self._by_path = {asset.path: asset for asset in self._assets.values()}

    def named(self, name: str) -> press.Asset:
        """Raises KeyError."""
        return self._assets[name]

    def at(self, path: str) -> press.Asset | None:
        return self._by_path.get(path)

    def page(self, name: str) -> bytes:
        """A static one, as `404.en.html`."""
        return self._pages[name]


@sources.kept
def shelf() -> Shelf:
    """The one of this process. The first call presses, which takes a moment: to be made at the start."""
    frontend = Path(settings.FRONTEND_DIR)
    try:
        _last_good[frontend] = Shelf(frontend)
    except errors.Unpressable as error:
        # Whoever edits is in the middle of it. At the start there is nothing to fall back to.
        if frontend not in _last_good:
            raise
        log.error("the pages stay as they were: %s", error)
    return _last_good[frontend]


@sources.kept
def data(name: str) -> str:
    """A small picture as a `data:` URI: its own answer would be mostly headers.

    Raises KeyError.
    """
    asset = shelf().named(name)
    # Quotation marks of a kind that an attribute may hold.
    text = asset.content.decode().strip().replace('"', "'")
    return f"data:{asset.media_type}," + urllib.parse.quote(text, safe=" '=/:;,()")


def url(name: str) -> str:
    """The path of `room.js`, `site.css` or another, for a page to name.

    Raises KeyError.
    """
    return shelf().named(name).path
