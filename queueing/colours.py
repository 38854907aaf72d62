"""Colours and how well they can be told apart: relative luminance and contrast ratio of WCAG 2.2. Pure.

A colour is text, `#rrggbb` or `#rgb`, as staff type it and as CSS takes it.
"""

from __future__ import annotations

import colorsys
import functools
import re
from collections.abc import Callable

COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
WHITE = "#ffffff"
# Of the channels, 0 to 1: how much each adds to what the eye takes for brightness (WCAG 2.2, relative luminance).
_WEIGHTS = (0.2126, 0.7152, 0.0722)
_LIGHTNESSES = 256

Channels = tuple[float, float, float]


def is_colour(text: str) -> bool:
    return COLOUR.fullmatch(text) is not None


@functools.lru_cache(maxsize=4_096)
def luminance(colour: str) -> float:
    """0 for black to 1 for white. Source: WCAG 2.2, relative luminance."""
    return sum(weight * _linear(value) for weight, value in zip(_WEIGHTS, _channels(colour), strict=True))


def contrast(one: str, other: str) -> float:
    """1 to 21, whichever comes first. Source: WCAG 2.2, contrast ratio."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def in_full(colour: str) -> str:
    """Six digits, in small letters. Raises: ValueError for what is no colour."""
    if not is_colour(colour):
        raise ValueError("no colour")
    return _text(_channels(colour))


def mix(colour: str, other: str, share: float) -> str:
    """`share` of the other one, 0 to 1, as CSS mixes in sRGB."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return _text([value + (wanted - value) * share for value, wanted in pairs])


def nearest(colour: str, passes: Callable[[str], bool]) -> str | None:
    """The same hue, as little lighter or darker as it takes to pass; None where no shade of it does."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    shades = sorted((step / (_LIGHTNESSES - 1) for step in range(_LIGHTNESSES)), key=lambda at: abs(at - lightness))
    tried = (_text(colorsys.hls_to_rgb(hue, shade, saturation)) for shade in shades)
    return next((shade for shade in tried if passes(shade)), None)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _channels(colour: str) -> Channels:
    digits = colour.removeprefix("#")
    wide = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    red, green, blue = (int(wide[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _text(channels: Channels | list[float]) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in channels)
