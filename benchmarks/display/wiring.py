"""What the processes of this benchmark share: the project's channel layer, and how fast people are served."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

# The private tier's, the same in all processes of this benchmark; it guards nothing.
TIER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def configure(url: str) -> None:
    """Django's settings, as far as the waiting room needs them."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    layer = {"hosts": [{"address": url, "socket_timeout": None}], "prefix": "hints", "capacity": 10_000, "expiry": 60}
    settings.configure(
        CHANNEL_LAYERS={"default": {"BACKEND": "queueing.hints.HintLayer", "CONFIG": layer}},
        LOGGING_CONFIG=None,
    )


def _surging(at_s: float) -> float:
    """A minute up, a minute down: from half to one and a half."""
    return 1 + 0.5 * math.sin(2 * math.pi * at_s / 120)


def _stalling(at_s: float) -> float:
    """Twelve seconds of each minute nobody is served."""
    return 0.0 if at_s % 60 > 48 else 60 / 48


# How fast people are served, around a mean of 1, by seconds since the doors opened.
PATTERNS: Mapping[str, Callable[[float], float]] = {
    "steady": lambda _at_s: 1.0,
    "surging": _surging,
    "stalling": _stalling,
}
