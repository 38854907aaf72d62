"""The colours of a room as CSS for its page's head, which the page's policy allows by hash."""

from __future__ import annotations

import base64
import functools
import hashlib

from django.utils.safestring import SafeString, mark_safe

from queueing import palettes
from queueing.settings import RoomSettings

# By the number of rooms that one process shows at a time.
REMEMBERED = 200
_RULE = "@media(prefers-color-scheme:%s){:root{%s}}"


def css(room: RoomSettings) -> SafeString:
    """What differs from site.css, which it must follow; '' for the usual look."""
    return _css(room.colours("light"), room.colours("dark"))


@functools.lru_cache(REMEMBERED)
def source(style: str) -> str:
    """Of a `<style>` with exactly this in it, for style-src; '' for none."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" if style else ""


@functools.lru_cache(REMEMBERED)
def _css(light: tuple[str, str], dark: tuple[str, str]) -> SafeString:
    """Nothing is written but names of ours and colours of six digits."""
    changed = {"light": _changed("light", *light), "dark": _changed("dark", *dark)}
    return mark_safe("".join(_RULE % pair for pair in changed.items() if pair[1]))  # noqa: S308


def _changed(scheme: palettes.Scheme, accent: str, paper: str) -> str:
    usual = palettes.USUAL[scheme]
    palette = palettes.derive(scheme, accent, paper)
    return ";".join(f"--{name}:{colour}" for name, colour in palette.items() if colour != usual[name])
