"""How fast a line moves and how many leave it: one State a room, which an usher advances by what it observed.

Pure: no Redis and no clock, time is an argument. What a State says of a position is outlook's business.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from queueing import forecast

# Whoever cannot stand a line leaves it early, so leavers are counted by how long they had been in it: three classes of
# age, the oldest first, as they stand in line. A class is taken to be as old as the middle of its span.
SINCE_S = (240.0, 60.0, 0.0)
UNTIL_S = (math.inf, 240.0, 60.0)
TYPICAL_S = (240.0, 150.0, 30.0)
# Memory for how many leave: a quarter of an hour has enough leavers, and moods change within hours.
LEAVING_MEMORY_S = 900.0
# Persons × seconds in which nobody is taken to have left, before anybody was observed.
PATIENT = 1_000.0
# A class follows the whole line until it was observed for so many persons × seconds.
ALIKE = 3_000.0
# Nobody observed for longer than this: no usher was at work (its pulse has the same limit).
GAP_S = 5.0

Ages = tuple[float, float, float]
Counts = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Observation:
    """What happened in a room since the last one, and how it stands now. Tuples by class of age, the oldest first.

    `stayed`: of those present then, in the class of then, how many are present now. `passed`: who is in line before the
    first of those present. `capped`: new_users_per_minute is used up. `standing`: nobody could be called, for the room
    is paused or held, or no worker or broker is there.
    """

    elapsed_s: float
    called: int
    stayed: Counts
    waiting: int
    present: Counts
    passed: int
    capped: bool = False
    standing: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Everything known of a room's pace. Source: hash keys.pace.

    `bins`: calls in each of the last whole bins, oldest first; `calls` in the `elapsed_s` since; `uncapped_s` since the
    minute's cap was used up. The clock of these stands while the line does. `lost`, `exposed`: leavers, and persons ×
    seconds in which they could leave; both fade. `mixes`, `spread`: what the bins teach (forecast.Lesson).
    """

    bins: tuple[float, ...] = ()
    calls: float = 0.0
    elapsed_s: float = 0.0
    uncapped_s: float = math.inf
    lost: Ages = (0.0, 0.0, 0.0)
    exposed: Ages = (0.0, 0.0, 0.0)
    waiting: int = 0
    present: Ages = (0.0, 0.0, 0.0)
    passed: int = 0
    mixes: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()


def advance(state: State, seen: Observation) -> State:
    """A standstill, and a line that is empty, are not slowness: then only who stands where is taken over."""
    if not seen.standing and 0 < seen.elapsed_s <= GAP_S and any(seen.present):
        state = replace(
            _count_leavers(state, seen),
            calls=state.calls + seen.called,
            elapsed_s=state.elapsed_s + seen.elapsed_s,
            uncapped_s=0.0 if seen.capped else state.uncapped_s + seen.elapsed_s,
        )
    if state.elapsed_s >= forecast.BIN_S:
        state = _close_bin(state)
    oldest, middle, youngest = map(float, seen.present)
    return replace(state, waiting=seen.waiting, present=(oldest, middle, youngest), passed=seen.passed)


def leaving(state: State) -> Ages:
    """The hazard of leaving per second and person, by class of age."""
    of_all = max(0.0, sum(state.lost)) / (sum(state.exposed) + PATIENT)
    oldest, middle, youngest = (
        max(0.0, lost + of_all * ALIKE) / (exposed + ALIKE)
        for lost, exposed in zip(state.lost, state.exposed, strict=True)
    )
    return oldest, middle, youngest


def lesson(state: State) -> forecast.Lesson:
    """What the bins have taught; another version's, of another shape, is nothing."""
    parts = state.mixes
    if (len(parts), len(state.spread)) != (3 * len(forecast.STRETCHES), len(forecast.STRETCHES)):
        return forecast.NOTHING
    return forecast.Lesson(tuple(zip(parts[::3], parts[1::3], parts[2::3], strict=True)), state.spread)


def to_hash(state: State) -> dict[str, str]:
    """Exact: Python writes floats so that they read back the same."""
    texts: dict[str, str] = {}
    for field in fields(State):
        value = getattr(state, field.name)
        texts[field.name] = " ".join(map(repr, value)) if isinstance(value, tuple) else repr(value)
    return texts


def from_hash(stored: Mapping[bytes, bytes]) -> State:
    """A new State where nothing is stored, or something this version cannot read: it is learned again in a minute."""
    try:
        texts = {name.decode(): value.decode() for name, value in stored.items()}
        return State(
            bins=_floats(texts["bins"]),
            calls=float(texts["calls"]),
            elapsed_s=float(texts["elapsed_s"]),
            uncapped_s=float(texts["uncapped_s"]),
            lost=_ages(texts["lost"]),
            exposed=_ages(texts["exposed"]),
            waiting=int(texts["waiting"]),
            present=_ages(texts["present"]),
            passed=int(texts["passed"]),
            mixes=_floats(texts["mixes"]),
            spread=_floats(texts["spread"]),
        )
    except (KeyError, ValueError):
        return State()


def _count_leavers(state: State, seen: Observation) -> State:
    """Nothing to count where nobody was observed before."""
    if not any(state.present):
        return state
    fade = math.exp(-seen.elapsed_s / LEAVING_MEMORY_S)
    lost = [before * fade + now for before, now in zip(state.lost, _lost(state, seen), strict=True)]
    exposed = [before * fade + now * seen.elapsed_s for before, now in zip(state.exposed, state.present, strict=True)]
    return replace(state, lost=(lost[0], lost[1], lost[2]), exposed=(exposed[0], exposed[1], exposed[2]))


def _lost(state: State, seen: Observation) -> list[float]:
    """Of those present before: who is neither present now nor was called, less who came back. Calls take the oldest."""
    called, lost = float(seen.called), []
    for before, stayed in zip(state.present, seen.stayed, strict=True):
        gone = before - stayed
        of_these = min(called, max(0.0, gone))
        called -= of_these
        lost.append(gone - of_these)
    return lost


def _close_bin(state: State) -> State:
    """Whole bins are of one length, whenever the observation came that closed them."""
    calls = max(0.0, round(state.calls * forecast.BIN_S / state.elapsed_s, 2))
    bins = (*state.bins, calls)[-forecast.KEPT_BINS :]
    taught = forecast.learn(bins)
    mixes = tuple(part for mix in taught.mixes for part in mix)
    return replace(state, bins=bins, calls=0.0, elapsed_s=0.0, mixes=mixes, spread=taught.spread)


def _floats(text: str) -> tuple[float, ...]:
    return tuple(map(float, text.split()))


def _ages(text: str) -> Ages:
    """Raises: ValueError unless there is one for each class."""
    oldest, middle, youngest = _floats(text)
    return oldest, middle, youngest
