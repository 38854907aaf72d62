"""Room time from where the crowd stands: both clocks may differ, and a join tells by how much."""

from __future__ import annotations


class RoomClock:
    """Turns this process's monotonic seconds into µs of room time; as good as half the quickest join took."""

    def __init__(self) -> None:
        self._width_s: float | None = None
        self._offset_us = 0

    def note(self, sent_s: float, received_s: float, joined_at_us: int) -> None:
        """A ticket asked for at `sent_s` and received at `received_s` got its number somewhere in between."""
        width_s = received_s - sent_s
        if self._width_s is None or width_s < self._width_s:
            self._width_s = width_s
            self._offset_us = joined_at_us - round((sent_s + received_s) / 2 * 1_000_000)

    def us(self, at_s: float | None) -> int | None:
        """None for None, and as long as nobody has joined."""
        if at_s is None or self._width_s is None:
            return None
        return round(at_s * 1_000_000) + self._offset_us

    def seconds_since(self, room_us: int, at_s: float) -> float:
        """How long before `at_s` the room's instant `room_us` was, never negative; 0 as long as nobody has joined."""
        if self._width_s is None:
            return 0.0
        return max(0.0, at_s - (room_us - self._offset_us) / 1_000_000)
