"""How long it takes from an outcome in Redis to the frame in the browser, while a crowd is connected."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from benchmarks.sockets import browsers, people

# A busy registry's pace, and a slower one for smaller crowds, so that the line is not used up.
MOST_PER_S = 50
SOCKETS_PER_S = 200
# Until the pace of a room is known (outlook.ENOUGH_S), and a little: then pages count down by themselves.
WARM_S = 35.0
TIMED_S = 20.0
# An usher that has just come first hears every web process.
PATIENCE_S = 60.0
STEP_S = 0.002
# A frame that has not come by then is lost, and counts as this late.
LOST_S = 5.0


def delays_ms(room: people.Room, crowd: browsers.Browsers, sockets: int, learn_s: float) -> list[float]:
    """Let the line move until its pace is known, then time each outcome.

    Raises: RuntimeError, where nobody is called or no browser hears of anything: that is no figure.
    """
    per_s = max(1.0, min(MOST_PER_S, sockets / SOCKETS_PER_S))
    with room.open_for_calls() as called:
        _finish(room, called, per_s, round(per_s * learn_s))
        finished = _finish(room, called, per_s, round(per_s * TIMED_S))
        heard = _heard(crowd, finished)
    if finished.keys().isdisjoint(heard):
        raise RuntimeError("no browser has heard of an outcome")
    return [(heard.get(ticket_id, at_s + LOST_S) - at_s) * 1_000 for ticket_id, at_s in finished.items()]


def rank(values: Sequence[float], share: float) -> float:
    """The nearest rank."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _finish(room: people.Room, called: people.Called, per_s: float, count: int) -> dict[str, float]:
    """So many outcomes, evenly; the instant just before each."""
    finished: dict[str, float] = {}
    began_s = time.monotonic()
    while len(finished) < count:
        _wait_until(began_s + len(finished) / per_s)
        ticket_id = _next(called)
        finished[ticket_id] = time.monotonic()
        room.finish(ticket_id)
    return finished


def _next(called: people.Called) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while not called.tickets:
        if time.monotonic() > deadline:
            raise RuntimeError("nobody is called")
        time.sleep(STEP_S)
    return called.tickets.popleft()


def _wait_until(at_s: float) -> None:
    time.sleep(max(0.0, at_s - time.monotonic()))


def _heard(crowd: browsers.Browsers, finished: Mapping[str, float]) -> dict[str, float]:
    """Instants by ticket, once all have come or the last of them is lost."""
    until_s = time.monotonic() + LOST_S
    while True:
        heard = crowd.heard().outcomes
        if finished.keys() <= heard.keys() or time.monotonic() > until_s:
            return heard
        time.sleep(LOST_S / 20)
