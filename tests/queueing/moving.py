"""Lines that move evenly, as an usher would see them: what the tests of pace and outlook start from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from queueing import outlook, pace

CAP = 6_000
NOBODY = (0, 0, 0)


def second(
    called: int = 4,
    waiting: int = 1_000,
    present: pace.Counts | None = None,
    lost: pace.Counts = NOBODY,
    **facts: Any,
) -> pace.Observation:
    """One second of a line that stays as it is. Unless told otherwise all are present and old, and nobody leaves."""
    present = present or (waiting, 0, 0)
    oldest, middle, youngest = (before - left for before, left in zip(present, lost, strict=True))
    stayed = (oldest - called, middle, youngest)
    return pace.Observation(
        **({"elapsed_s": 1.0, "passed": 0} | facts), called=called, stayed=stayed, waiting=waiting, present=present
    )


def after(seen: Iterable[pace.Observation], state: pace.State | None = None) -> pace.State:
    state = state or pace.State()
    for observation in seen:
        state = pace.advance(state, observation)
    return state


def known(state: pace.State, calls_per_minute: int = CAP) -> outlook.Outlook:
    found = outlook.of(state, calls_per_minute)
    assert found is not None
    return found


counts = st.tuples(st.integers(0, 50_000), st.integers(0, 5_000), st.integers(0, 5_000))
observations = st.builds(
    pace.Observation,
    elapsed_s=st.floats(0, 8),
    called=st.integers(0, 300),
    stayed=counts,
    waiting=st.integers(0, 100_000),
    present=counts,
    passed=st.integers(0, 50),
    capped=st.booleans(),
    standing=st.booleans(),
)


@st.composite
def states(draw: st.DrawFn) -> pace.State:
    """Any history: a few observations of any kind, each lasting for a while, the last one as it may be."""
    state = pace.State()
    for observation in draw(st.lists(observations, min_size=1, max_size=8)):
        state = after([observation] * draw(st.integers(1, 120)), state)
    return state
