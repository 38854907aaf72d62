"""Gathers what everybody saw of one run: the crowd, Redis, the database, the registry."""

from __future__ import annotations

import functools
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from benchmarks.crowd.clock import RoomClock
from issuance.registry import people
from tests.faults import crowd, judge
from tests.faults.scene import Scene
from tests.faults.stage import Stage
from tests.journeys import calls

SEED = 1
OUTCOMES = {"vaccinated": "issued", "partial": "refused", "none": "refused", "twice": "refused"}


@functools.cache
def citizens(size: int, vaccinated: int, population: int) -> tuple[people.Person, ...]:
    """So many of the registry's people, of whom so many get a passport, well mixed."""
    wanted = {True: vaccinated, False: size - vaccinated}
    chosen = []
    for person in people.people(population, SEED):
        kind = person.kind == "vaccinated"
        if wanted[kind]:
            wanted[kind] -= 1
            chosen.append(person)
    assert len(chosen) == size, "the population is too small"
    return tuple(sorted(chosen, key=lambda person: person.document_number))


def persons(
    diaries: Iterable[crowd.Diary],
    clock: RoomClock,
    expected: Mapping[int, str],
    leavers: AbstractSet[int],
    observed: Iterable[tuple[str, int]],
) -> list[judge.Person]:
    """`expected` outcomes by number; calls that people did not hear of themselves are the observer's."""
    seen = defaultdict(set)
    for ticket, at_us in observed:
        seen[ticket].add(at_us)
    return [
        _person(diary, clock, expected[diary.number], diary.number in leavers, seen[diary.ticket]) for diary in diaries
    ]


def _person(diary: crowd.Diary, clock: RoomClock, expected: str, leaves: bool, seen: AbstractSet[int]) -> judge.Person:
    # Whoever has asked to leave waits no longer, whatever the socket does.
    leaving_at_s = diary.leaving_at_s or math.inf
    return judge.Person(
        number=diary.number,
        ticket=diary.ticket,
        joined_us=diary.joined_at_us or 0,
        end=diary.end,
        expected=expected,
        leaves=leaves,
        left_us=clock.us(diary.left_at_s),
        calls=frozenset(diary.calls | seen),
        seated=tuple(
            (clock.us(since_s) or 0, clock.us(min(until_s, leaving_at_s)) or 0) for since_s, until_s in diary.seated
        ),
        certificates=tuple(diary.certificates),
        faults=diary.faults,
    )


def registry_log(stage: Stage, ill: Sequence[tuple[int, int]]) -> tuple[Sequence[calls.Call], Sequence[int]]:
    """All calls, and whom the searches were for that were answered; what an ill registry says is no answer."""
    path = stage.stack.site.registry_calls
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    answered = [
        line
        for line in lines
        if line["kind"] == "patient"
        and line["status"] == 200
        and not any(began_ns <= line["time_ns"] <= ended_ns for began_ns, ended_ns in ill)
    ]
    searched = [line["person"] for line in answered if line["person"] is not None]
    return calls.read(path), searched


def gather(
    scene: Scene, by_number: dict[int, people.Person], after: dict[str, int], limits: judge.Limits
) -> judge.Evidence:
    observed = frozenset(scene.observer.calls)
    expected = {number: OUTCOMES[person.kind] for number, person in by_number.items()}
    leavers = {visit.number for visit in scene.crowd.plan.visits if visit.leaves}
    asked, searched = registry_log(scene.stage, scene.ill)
    return judge.Evidence(
        people=persons(scene.crowd.diaries, scene.crowd.clock, expected, leavers, observed),
        before=scene.waiting_before,
        after=after,
        observed=observed,
        most_serving=scene.observer.most_serving,
        rows=scene.stage.rows(),
        asked=asked,
        searched=searched,
        limits=limits,
        ill=tuple(scene.ill),
        unheard=tuple(scene.unheard),
        caught=frozenset(diary.number for diary in scene.crowd.diaries if diary.ticket in scene.caught),
    )
