"""What an usher sees of a room's pace once a second, and how true the waits were that newcomers were told.

Owns the hash keys.pace. Any number of ushers may look: whoever comes first writes, the others read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from queueing import keys, metrics, outlook, pace, settings
from queueing.store import Arg, Op, Store

# A bit less than the second between two looks, which are never quite even.
FRESH_US = 900_000
# What is older than the bins has nothing left to say.
TTL_MS = 2 * 3_600 * 1_000
# One for each second; people who wait for longer are not judged.
KEPT_FORECASTS = 2 * 3_600
# Upper ends of the horizons by which errors are told apart; whoever is called sooner than LEAST_S was told "at once".
HORIZONS = ((120.0, "under 2 min"), (600.0, "2 to 10 min"), (1_800.0, "10 to 30 min"), (float("inf"), "over 30 min"))
LEAST_S = 10.0
MARKS = ("at_us", "oldest_us", "middle_us", "youngest_us")


@dataclass(frozen=True, slots=True)
class Sight:
    """What keys.pace held, and what was seen since; None where that is fresh. `marks`: what the next one needs."""

    stored: Mapping[bytes, bytes]
    seen: pace.Observation | None = None
    marks: Mapping[str, str] = field(default_factory=dict)


def observe(slug: str) -> Op[Sight]:
    k = keys.RoomKeys(slug)
    used = [k.waiting, k.present, k.calls, k.settings, k.incarnation, k.pace]
    return Op("observe", used, [FRESH_US, *(int(since_s * 1e6) for since_s in pace.SINCE_S[:-1])], _sight)


def learn(slug: str, sight: Sight, state: pace.State, marks: Mapping[str, str]) -> Op[bool]:
    """False where somebody else's observation came first; theirs stays."""
    fields = {**pace.to_hash(state), **marks}
    args: list[Arg] = [sight.stored.get(b"at_us", b""), TTL_MS, *(text for pair in fields.items() for text in pair)]
    return Op("learn", [keys.RoomKeys(slug).pace], args, lambda answer: bool(answer == 1))


class Pacer:
    """One usher's eye on one room. It remembers what Redis would forget with its data."""

    def __init__(self, store: Store, slug: str) -> None:
        self._store = store
        self._slug = slug
        self._state = pace.State()
        # The largest queue number called; room time, µs, and what a newcomer was told then, from that number on.
        self._head = 0
        self._told: deque[tuple[int, float]] = deque(maxlen=KEPT_FORECASTS)

    def look(self, room_settings: settings.RoomSettings, standing: bool) -> None:
        """Once a second. `standing`: nobody can be called, for a reason that Redis does not know."""
        sight = self._store.run(observe(self._slug))
        marks = {name.decode(): text.decode() for name, text in sight.stored.items()}
        state = pace.from_hash(sight.stored) if sight.stored else self._state
        if sight.seen is not None:
            standing |= sight.seen.standing
            state = pace.advance(state, replace(sight.seen, standing=standing))
            marks = {**sight.marks, "standing": str(int(standing))}
            self._store.run(learn(self._slug, sight, state, marks))
        self._state = state
        if marks.get("standing") == "0":
            self._remember(int(marks["at_us"]), outlook.of(state, room_settings.calls_per_minute))
        else:
            self._told.clear()

    def judge(self, called: Iterable[tuple[int, int]]) -> None:
        """(queue number, called µs) of those just called: what came true of what they were told as they joined.

        Left out are those who were passed over, and whoever waited through a standstill: their time was another's.
        """
        for number, called_us in called:
            waited_s = (called_us - number) / 1e6
            told_s = self._told_to(number) if number > self._head else None
            self._head = max(self._head, number)
            if told_s is not None and waited_s >= LEAST_S:
                horizon = next(name for below_s, name in HORIZONS if waited_s < below_s)
                metrics.wait_ratio.labels(self._slug, horizon).observe(waited_s / told_s)

    def _remember(self, at_us: int, ahead: outlook.Outlook | None) -> None:
        last_us = self._told[-1][0] if self._told else at_us
        if not last_us <= at_us <= last_us + pace.GAP_S * 1e6 or ahead is None:
            self._told.clear()
        if ahead is not None:
            self._told.append((at_us, ahead.wait(ahead.waiting + 1).expected_s))

    def _told_to(self, number: int) -> float | None:
        """What a newcomer of that moment was told; forgets all before, for nobody called later joined earlier."""
        while len(self._told) > 1 and self._told[1][0] <= number:
            self._told.popleft()
        if not self._told or number < self._told[0][0]:
            return None
        at_us, told_s = self._told[0]
        next_us, next_s = self._told[1] if len(self._told) > 1 else (at_us + 1, told_s)
        return told_s + (next_s - told_s) * (number - at_us) / (next_us - at_us)


def _sight(answer: Sequence[Any]) -> Sight:
    stored = dict(zip(answer[0][::2], answer[0][1::2], strict=True))
    if len(answer) == 1:
        return Sight(stored)
    marks = dict(zip(MARKS, (mark.decode() for mark in answer[1]), strict=True))
    called, waiting, passed, capped, standing = answer[2]
    before_us = int(stored.get(b"at_us", marks["at_us"]))
    seen = pace.Observation(
        elapsed_s=(int(marks["at_us"]) - before_us) / 1e6,
        called=called,
        stayed=(answer[3][0], answer[3][1], answer[3][2]),
        waiting=waiting,
        present=(answer[4][0], answer[4][1], answer[4][2]),
        passed=passed,
        capped=capped == 1,
        standing=standing == 1,
    )
    return Sight(stored, seen, marks)
