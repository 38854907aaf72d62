"""The time of a history: it moves by steps of 8.5 s, and by 1 ms with each operation.

Every duration in play is 17 n + 9 s, and those that the scripts fix lie off the steps, too: no instant ever lies nearer
than a tenth of a second to a limit, and a limit that is too short by a second shows.
"""

from __future__ import annotations

START_MS = 4_000_000_000_000
STEP_MS = 8_500


def duration_s(number: int) -> int:
    """9, 26, 43 … s: half a second longer than 1, 3, 5 … steps."""
    return 17 * number + 9
