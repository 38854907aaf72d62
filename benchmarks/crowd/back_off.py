"""How long a citizen waits before trying again; nobody ever gives up.

Pure but for the dice, and the same rules as the page's (frontend/static/js/backoff.js).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

GOING_AWAY, TRY_LATER = 1001, 1013
FIRST_S, LONGEST_S = 1.0, 30.0
# A server that goes away tells everybody at once; they come back spread over this.
SPREAD_S = 5.0
# A server that says "later" is full: nobody is back sooner than this, where it names no time itself.
LATER_S = 5.0
LONGEST_ASKED_S = 600.0


def delay_s(tries: int, rng: random.Random) -> float:
    """Full jitter below a ceiling that doubles with every failure before this one in a row."""
    return rng.random() * min(LONGEST_S, FIRST_S * 2.0 ** min(tries, 10))


def asked_delay_s(retry_after_s: float, rng: random.Random) -> float:
    """What the server asked for, and a tenth more (at least a second) to spread those it told the same."""
    return retry_after_s + rng.random() * max(1.0, retry_after_s / 10)


def delay_after_close_s(code: int, tries: int, rng: random.Random, reason: str = "") -> float:
    """`reason` of the close: whole seconds, where the server names them."""
    if code == GOING_AWAY:
        return rng.random() * SPREAD_S
    if code == TRY_LATER and reason.isascii() and reason.isdigit():
        return asked_delay_s(min(float(reason), LONGEST_ASKED_S), rng)
    if code == TRY_LATER:
        return LATER_S + delay_s(tries + 3, rng)
    return delay_s(tries, rng)


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds asked for by Retry-After, as a number or an HTTP date; None where absent or unreadable."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        asked = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (asked - datetime.now(UTC)).total_seconds()) if asked.tzinfo else None
