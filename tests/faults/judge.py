"""What must hold whatever broke: pure judgements over what was seen from all sides. Each names what was broken.

Instants are µs of room time unless their name says otherwise.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.journeys import calls

MINUTE_US = 60_000_000
# How much later than the web process somebody may hear that the connection is gone.
GOODBYE_US = 1_000_000
# A frame that was under way when its ticket was called.
UNDER_WAY_US = 2_000_000
# Both clocks are compared by how long a join took.
CLOCKS_US = 200_000
# Until a busy web process has seen that a page was closed without a word.
SILENCE_US = 5_000_000
ENDS_OF_LEAVERS = frozenset({"left", "silent"})
MOST_EXAMPLES = 3

Stay = tuple[int, int]


@dataclass(frozen=True)
class Person:
    """One of the crowd. `expected`: how the registry's record of this person must end; `calls`: heard of by anybody."""

    number: int
    ticket: str
    joined_us: int
    end: str | None
    expected: str
    leaves: bool = False
    left_us: int | None = None
    calls: frozenset[int] = frozenset()
    seated: tuple[Stay, ...] = ()
    certificates: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limits:
    """`per_minute`: (since when, how many), in order."""

    active: int
    per_minute: tuple[tuple[int, int], ...]
    registry_per_s: int


@dataclass(frozen=True)
class Evidence:
    """`before`, `after`: queue numbers in Redis at the fault and after it; `rows`: (ticket, certificate, person hash).

    `asked`: the registry's own log; `searched`: whom for, search by search; `caught`: people whom the fault caught
    while they were served, who are served anew.
    """

    people: Sequence[Person]
    before: dict[str, int]
    after: dict[str, int]
    observed: frozenset[tuple[str, int]]
    most_serving: int
    rows: Sequence[tuple[str, str, str]]
    asked: Sequence[calls.Call]
    searched: Sequence[int]
    limits: Limits
    caught: frozenset[int] = frozenset()
    # From when to when the registry was ill, by its own clock, ns.
    ill: tuple[Stay, ...] = ()
    # From the death of a web process until its people are known to be away.
    unheard: tuple[Stay, ...] = ()


def broken_promises(evidence: Evidence) -> list[str]:
    """Empty where everything held."""
    judges = (
        places_lost,
        numbers_changed,
        not_ended,
        overtaken,
        called_after_leaving,
        served_twice,
        documents_differ,
        caps_exceeded,
        registry_overrun,
    )
    return [f"{judge.__name__}: {text}" for judge in judges for text in _few(list(judge(evidence)))]


def _few(texts: list[str]) -> list[str]:
    """What befell a whole crowd is told of some."""
    more = len(texts) - MOST_EXAMPLES
    return texts if more <= 0 else [*texts[:MOST_EXAMPLES], f"and {more} more like these"]


def places_lost(evidence: Evidence) -> Iterator[str]:
    """Whoever did not leave has met nothing but what can be overcome."""
    for person in evidence.people:
        if person.faults:
            yield f"person {person.number} met {', '.join(person.faults)}"
        elif person.end == "lapsed":
            yield f"person {person.number} was told that the place has gone"


def numbers_changed(evidence: Evidence) -> Iterator[str]:
    """The number in Redis is the one the person was given, before and after."""
    given = {person.ticket: person.joined_us for person in evidence.people}
    for when, line in (("before", evidence.before), ("after", evidence.after)):
        for ticket, number in line.items():
            if ticket in given and given[ticket] != number:
                yield f"ticket {ticket} had number {number} {when}, not {given[ticket]}"
    for ticket in evidence.after:
        if ticket not in given:
            yield f"ticket {ticket} is in line, and nobody has it"


def not_ended(evidence: Evidence) -> Iterator[str]:
    """Everybody who stayed gets the outcome that the registry's record leads to."""
    for person in evidence.people:
        if person.end is None:
            yield f"person {person.number} waits for ever"
        elif person.end != person.expected and not (person.leaves and person.end in ENDS_OF_LEAVERS):
            yield f"person {person.number} ended as {person.end}, not {person.expected}"


def overtaken(evidence: Evidence) -> Iterator[str]:
    """Nobody is called while somebody with a smaller number sits there and waits."""
    for late, early, at_us in overtakings(evidence.people):
        yield f"person {late} was called at {at_us} while person {early}, who came earlier, sat there"


def overtakings(people: Sequence[Person]) -> Iterator[tuple[int, int, int]]:
    """(who was called, the first of those overtaken, when)."""
    stays = sorted((stay[0], person.joined_us, stay[1], person.number) for person in people for stay in _waits(person))
    called = sorted((at_us, person.joined_us, person.number) for person in people for at_us in person.calls)
    sitting: list[tuple[int, int, int]] = []
    index = 0
    for at_us, joined_us, number in called:
        while index < len(stays) and stays[index][0] <= at_us:
            _, its_joined_us, until_us, its_number = stays[index]
            heapq.heappush(sitting, (its_joined_us, until_us, its_number))
            index += 1
        while sitting and sitting[0][1] < at_us:
            heapq.heappop(sitting)
        if sitting and sitting[0][0] < joined_us:
            yield number, sitting[0][2], at_us


def _waits(person: Person) -> Iterator[Stay]:
    """A stay ends with the call, though the news of it comes later; and a little early where the connection broke."""
    for since_us, until_us in person.seated:
        own = [at_us for at_us in person.calls if since_us - UNDER_WAY_US <= at_us <= until_us]
        ended_us = min(own) - 1 if own else until_us - GOODBYE_US
        if ended_us > since_us:
            yield since_us, ended_us


def called_after_leaving(evidence: Evidence) -> Iterator[str]:
    for person in evidence.people:
        if person.left_us is None:
            continue
        known_us = person.left_us + CLOCKS_US
        if person.end == "silent":
            known_us = max([person.left_us + SILENCE_US, *_unheard_until(person, evidence.unheard)])
        if any(at_us > known_us for at_us in person.calls):
            yield f"person {person.number} was called after leaving"


def _unheard_until(person: Person, unheard: Sequence[Stay]) -> Iterator[int]:
    """Where the web process died that should have seen the page being closed."""
    sat_until_us = person.seated[-1][1] if person.seated else person.joined_us
    for died_us, known_us in unheard:
        if died_us - SILENCE_US <= sat_until_us <= died_us + GOODBYE_US:
            yield known_us + CLOCKS_US


def served_twice(evidence: Evidence) -> Iterator[str]:
    """One row a ticket and a person; asked about again only where a fault caught the one who asked."""
    for what, column in (("ticket", 0), ("certificate", 1), ("person", 2)):
        for value, times in Counter(row[column] for row in evidence.rows).items():
            if times > 1:
                yield f"{times} rows for {what} {value}"
    again = {person: times for person, times in Counter(evidence.searched).items() if times > 1}
    if strangers := again.keys() - evidence.caught:
        yield f"people {sorted(strangers)} were asked about again, whom no fault caught being served"
    yield from (f"person {person} was asked about {times} times" for person, times in again.items() if times > 2)


def documents_differ(evidence: Evidence) -> Iterator[str]:
    """Everybody issued has the one certificate of their row, and nobody else has a row."""
    issued = {ticket: certificate for ticket, certificate, _ in evidence.rows}
    for person in evidence.people:
        if person.end == "issued" and set(person.certificates) != {issued.get(person.ticket)}:
            yield f"person {person.number} holds {person.certificates}, the row says {issued.get(person.ticket)}"
        if person.end == "refused" and person.ticket in issued:
            yield f"person {person.number} was refused and has a row"
    known = {person.ticket for person in evidence.people}
    yield from (f"a row for ticket {ticket}, which nobody has" for ticket in issued.keys() - known)


def caps_exceeded(evidence: Evidence) -> Iterator[str]:
    if evidence.most_serving > evidence.limits.active:
        yield f"{evidence.most_serving} were served at a time, {evidence.limits.active} may be"
    called = {(person.ticket, at_us) for person in evidence.people for at_us in person.calls} | evidence.observed
    instants = sorted(at_us for _, at_us in called)
    for index, at_us in enumerate(instants):
        count = index + 1 - bisect_right(instants, at_us - MINUTE_US)
        cap = [most for since_us, most in evidence.limits.per_minute if since_us <= at_us][-1]
        if count > cap:
            yield f"{count} calls in the minute until {at_us}, {cap} may be"
            return


def registry_overrun(evidence: Evidence) -> Iterator[str]:
    worst = calls.worst_second(list(evidence.asked))
    if worst > evidence.limits.registry_per_s:
        yield f"{worst} calls in a second, the contract allows {evidence.limits.registry_per_s}"
    well = [call for call in evidence.asked if not any(since <= call.time_ns <= until for since, until in evidence.ill)]
    refused = [call for call in well if call.status != 200]
    for asked_s, silent_s in calls.in_pauses(list(evidence.asked)):
        yield f"called {silent_s:.1f} s after it had asked for {asked_s:g} s of silence"
    if refused:
        yield f"{len(refused)} calls were not answered with 200: {Counter(call.status for call in refused)}"
