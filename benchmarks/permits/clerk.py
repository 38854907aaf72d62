"""A worker process without its documents: threads that ask the registry about one citizen after the other.

Started by __main__, several at a time. What lies between a called ticket and the registry's answer is our own code.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections import Counter
from typing import get_args

import redis

from issuance import breaker, errors, inquiries, permits
from issuance.registry import people
from issuance.registry.client import Registry
from queueing import claims, metrics, store
from queueing.attendance import Attendance

FATES: tuple[permits.Fate, ...] = get_args(permits.Fate)


class Clerks:
    """The threads of one process. `leave`: the share of people who are gone when their slot has come near."""

    def __init__(self, redis_url: str, registry_url: str, rate_per_s: float, leave: float) -> None:
        self.counts: Counter[str] = Counter()
        self._store = store.Store(store.connect(redis_url))
        self._attendance = Attendance(self._store, threads=1)
        self._permits = permits.Permits(self._store.client, rate_per_s)
        self._breaker = breaker.Breaker(self._store.client)
        self._registry = Registry(registry_url)
        self._leave = leave

    def work(self, number: int, until_s: float) -> None:
        """One thread, until then."""
        chance = random.Random(number)
        while time.time() < until_s:
            visitor = _Visitor(self._attendance, chance.random() < self._leave)
            about = claims_of(people.person(chance.randrange(1, people.COUNT)))
            try:
                inquiries.Inquiry(self._registry, self._permits, self._breaker, "nobody", visitor.look).record(about)
                self.counts["answered"] += 1
            except errors.Refused:
                self.counts["answered"] += 1
            except errors.PersonAway:
                self.counts["gone"] += 1
            except (errors.Retryable, redis.RedisError) as error:
                self.counts[type(error).__name__] += 1

    def fates(self) -> dict[str, float]:
        """What became of this process' slots."""
        return {fate: metrics.permits.labels(fate)._value.get() for fate in FATES}  # noqa: SLF001 to be read from outside alone


class _Visitor:
    """Somebody who is there, or goes while the slot is awaited: at one of the looks."""

    def __init__(self, attendance: Attendance, leaves: bool) -> None:
        self._attendance = attendance
        self._looks = 0
        self._leaves = leaves

    def look(self) -> None:
        """What a worker does here: one script of the room."""
        self._attendance.check("benchmark", "nobody", 1)
        self._looks += 1
        if self._leaves and self._looks > 1:
            raise errors.PersonAway("gone")


def claims_of(person: people.Person) -> claims.Claims:
    return claims.Claims.model_validate(
        {
            "given_names": person.given_names,
            "family_name": person.family_name,
            "date_of_birth": person.date_of_birth.isoformat(),
            "document_number": person.document_number,
        }
    )


def main() -> None:
    """Reads its plan from the command line, says it is ready, and begins and ends at instants read from its input."""
    redis_url, registry_url, rate, leave, threads, first = sys.argv[1:]
    clerks = Clerks(redis_url, registry_url, float(rate), float(leave))
    print("ready", flush=True)
    begins_s, ends_s = map(float, sys.stdin.readline().split())
    time.sleep(max(0.0, begins_s - time.time()))
    working = [
        threading.Thread(target=clerks.work, args=(int(first) + number, ends_s)) for number in range(int(threads))
    ]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join()
    print(json.dumps({"fates": clerks.fates(), "counts": clerks.counts}))


if __name__ == "__main__":
    main()
