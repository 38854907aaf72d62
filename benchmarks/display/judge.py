"""Compares what people see with the truth: the whole line is read from Redis, and every open page at that instant."""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass, field

import redis

from benchmarks.display.crowd import Crowd, Person
from queueing import keys

# The display may be behind by as much as the line moves in so long a time.
ALLOWED_S = 3.0
PACE_OVER_S = (10, 60)
# Nearer than this an error counts as if it were here: one place is one place.
NEAR = 50
# Where in line errors differ: up to these positions.
BANDS = (50, 500, 5_000, 1_000_000)
KEPT_WORST = 10


@dataclass
class Band:
    """Errors in places of the people in one stretch of the line; `worst` as in Verdict."""

    looks: int = 0
    places: int = 0
    most_places: int = 0
    worst: float = 0.0


@dataclass
class Verdict:
    """`worst`: error beyond three seconds of pace, as a share of the position; `cases`: the worst ones, to ask why."""

    instants: int = 0
    worst: float = 0.0
    waiting: list[int] = field(default_factory=list)
    bands: dict[int, Band] = field(default_factory=lambda: {upto: Band() for upto in BANDS})
    cases: list[tuple[float, int, dict[str, float | None]]] = field(default_factory=list)


class Judge:
    def __init__(self, client: redis.Redis, crowd: Crowd, slug: str) -> None:
        self.verdict = Verdict()
        self._client = client
        self._crowd = crowd
        self._keys = keys.RoomKeys(slug)
        self._cases = 0

    def look(self) -> None:
        """One instant: the truth is as old as its way from Redis."""
        asked_s = time.monotonic()
        line, calls_per_s = self._read()
        now_s = (asked_s + time.monotonic()) / 2
        allowed = ALLOWED_S * calls_per_s
        people = self._crowd.people
        self.verdict.instants += 1
        self.verdict.waiting.append(len(line))
        for position, member in enumerate(line, start=1):
            person = people.get(member)
            shown = person.page.look(now_s) if person is not None else None
            if person is not None and shown is not None:
                self._note(person, position, shown, allowed, now_s)

    def _read(self) -> tuple[list[bytes], float]:
        """Everybody in line, and its pace: calls per second in the last ten seconds or minute, whichever was faster."""
        with self._client.pipeline(transaction=False) as pipe:
            pipe.zrange(self._keys.waiting, 0, -1)
            pipe.time()
            pipe.zrange(self._keys.calls, 0, -1, withscores=True)
            line, (seconds, micros), batches = pipe.execute()
        calls = [(seconds + micros / 1e6 - called_us / 1e6, int(batch.split()[0])) for batch, called_us in batches]
        return line, max(sum(count for age_s, count in calls if age_s < over_s) / over_s for over_s in PACE_OVER_S)

    def _note(self, person: Person, position: int, shown: int, allowed: float, now_s: float) -> None:
        off = abs(shown - position)
        error = max(0.0, off - allowed) / max(NEAR, position)
        band = self.verdict.bands[next(upto for upto in BANDS if position <= upto)]
        band.looks += 1
        band.places += off
        band.most_places = max(band.most_places, off)
        band.worst = max(band.worst, error)
        self.verdict.worst = max(self.verdict.worst, error)
        kept = self.verdict.cases
        if error > 0 and (len(kept) < KEPT_WORST or error > kept[0][0]):
            self._cases += 1
            seen = person.page.sighting
            case = {
                "position": position,
                "shown": shown,
                "told": seen.position if seen else None,
                "pace_per_s": seen.pace_per_s if seen else None,
                "age_s": round(now_s - seen.at_s, 1) if seen else None,
                "allowed": round(allowed),
                "waiting": self.verdict.waiting[-1],
            }
            (heapq.heappush if len(kept) < KEPT_WORST else heapq.heapreplace)(kept, (error, self._cases, case))
