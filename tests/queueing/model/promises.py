"""The rules themselves, judged without the model (it could be wrong, too) by what the server holds around a step.

Rule 6 is Play.again().
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from queueing.settings import RoomSettings
from tests.queueing.model.line import POLLED_MS, TRIES, WINDOW_MS
from tests.queueing.model.states import State

# What may take a ticket out of line.
ENDING = ("advance", "leave", "finish")
# So long without an advance, and nobody could report; and so long at most that is forgiven.
STANDSTILL_MS = 10_000
OUTAGE_GRACE_MS = 900_000


class Promises:
    """Remembers when people were called and the line was advanced, whatever the server remembers of it."""

    def __init__(self) -> None:
        self._called_at: list[int] = []
        self._last_call_us = 0
        self._hold_until = 0
        self._advanced_at: int | None = None
        self._stood_still_at = 0

    def broken_by(self, name: str, answer: Any, before: State, after: State, settings: RoomSettings, now: int) -> str:
        """The first promise that this step has broken; '' if none."""
        problems = [*_places(before, after), *_positions(before, after)]
        if name == "advance":
            self.advanced(now)
            called = [id_ for id_, _at in answer.called]
            self._called_at += [now] * len(called)
            if list(answer.numbers) != [int(before["ticket"][id_]["number"]) for id_ in called]:
                problems.append(f"1: {answer.numbers} are not the numbers of {called}")
            problems += [*self._instants([at_us for _id, at_us in answer.called])]
            problems += [*_order(called, before, after, now), *self._caps(called, after, settings, now)]
            problems += [*_turns(called, answer.failed, before, now), *self._ends(before, after, settings, now)]
        elif name not in ENDING and before["ticket"].keys() - after["ticket"].keys():
            problems.append(f"3: {name} took somebody out of line")
        elif name == "claim" and answer is not None:
            problems += _claimed(before, after)
        elif name == "renew" and answer.here and not any(_is_here(id_, before, now) for id_ in before["serving"]):
            problems.append("8: somebody is said to be there, and nobody is")
        return f"promise {problems[0]}" if problems else ""

    def forget(self, known: State, hold_until: int) -> None:
        """Redis knows no more than this. Calls that it has forgotten are the ushers' to remember (usher.py)."""
        self._called_at = list(known["calls"])
        self._hold_until = hold_until
        self._last_call_us = 0

    def advanced(self, now: int) -> None:
        if self._advanced_at is not None and now - self._advanced_at > STANDSTILL_MS:
            self._stood_still_at = now
        self._advanced_at = now

    def passed(self, before: State, now: int) -> None:
        """Time has passed since `before`: what was an outage then is forgiven no longer than this."""
        if int(before["outage"].get("began_ms", now)) + OUTAGE_GRACE_MS < now:
            self._stood_still_at = 0

    def _instants(self, called_us: list[int]) -> Iterator[str]:
        for at_us in called_us:
            if at_us <= self._last_call_us:
                yield f"1: called at {at_us}, and the one before at {self._last_call_us}"
            self._last_call_us = at_us

    def _caps(self, called: list[str], after: State, settings: RoomSettings, now: int) -> Iterator[str]:
        if not called:
            return
        if now < self._hold_until:
            yield f"1: {called} were called before those before them could return"
        if len(after["serving"]) > settings.total_active_users:
            yield f"2: {len(after['serving'])} are served, {settings.total_active_users} may be"
        self._called_at = [at for at in self._called_at if at > now - WINDOW_MS]
        if len(self._called_at) > settings.new_users_per_minute:
            yield f"2: {len(self._called_at)} calls in a minute, {settings.new_users_per_minute} are allowed"

    def _ends(self, before: State, after: State, settings: RoomSettings, now: int) -> Iterator[str]:
        grace_ms = settings.grace_period_s * 1_000
        self.passed(before, now)
        for id_ in before["ticket"].keys() - after["ticket"].keys():
            if after["outcome"][id_].get("reason") != "away_too_long":
                continue
            if before["away"].get(id_, now) + grace_ms > now:
                yield f"5: {id_} lost its place within the grace"
            if now < self._stood_still_at + grace_ms:
                yield f"9: {id_} lost its place soon after nobody could report"


def _is_here(id_: str, state: State, now: int) -> bool:
    holder = state["ticket"][id_].get("holder", "")
    return bool(state["hubs"].get(holder, now) > now or state["polling"].get(id_, 0) > _polled_since(state, now))


def _polled_since(state: State, now: int) -> int:
    """Nobody can poll while nothing answers: who polled before is there until a while afterwards."""
    life = state["incarnation"]
    until = int(life.get("stood_until_ms", 0))
    return min(now, int(life["stood_from_ms"])) if until <= now < until + POLLED_MS else now


def _places(before: State, after: State) -> Iterator[str]:
    waiting, tickets, serving = dict(after["waiting"]), after["ticket"].keys(), after["serving"].keys()
    present, away = dict(after["present"]).keys(), after["away"].keys()
    if waiting.keys() & serving or waiting.keys() | serving != tickets or after["outcome"].keys() & tickets:
        yield "3: a ticket is in two places, or in none"
    if present & away or present | away != waiting.keys():
        yield "3: who waits is not either present or away"
    lost = before["ticket"].keys() - tickets - after["outcome"].keys()
    if lost:
        yield f"3: {sorted(lost)} vanished without an outcome"
    if after["sealed"].keys() - tickets or after["polling"].keys() - tickets:
        yield "3: something is left of a ticket that has ended"
    numbers = {id_: int(after["ticket"][id_]["number"]) for id_ in waiting}
    if numbers != waiting or any(number != waiting[id_] for id_, number in after["present"]):
        yield "5: a ticket in line has not its own number"


def _positions(before: State, after: State) -> Iterator[str]:
    """Who was given or brought back, or restored after a loss, stands before others again; nobody else does."""
    stood = {id_: position for position, (id_, _number) in enumerate(before["waiting"])}
    back = [number for id_, number in after["waiting"] if id_ not in stood]
    for position, (id_, number) in enumerate(after["waiting"]):
        if id_ in stood and position - stood[id_] > sum(other <= number for other in back):
            yield f"4: {id_} stood at {stood[id_] + 1} and stands at {position + 1}"
        if id_ in before["ticket"] and before["ticket"][id_]["number"] != after["ticket"][id_]["number"]:
            yield f"5: {id_} has another number"


def _order(called: list[str], before: State, after: State, now: int) -> Iterator[str]:
    began = int(after["settings"]["epoch_began_us"])
    numbers = {id_: int(before["ticket"][id_]["number"]) for id_ in called}
    if called != sorted(called, key=lambda id_: numbers[id_]):
        yield f"1: {called} were called in the wrong order"
    for id_, number in after["present"]:
        if began <= number < max(numbers.values(), default=0) and _is_here(id_, after, now):
            yield f"1: {id_} was there, and was passed over"
    for id_ in called:
        if not _is_here(id_, before, now) or id_ in before["away"]:
            yield f"5: {id_} was called and was not there"
        if numbers[id_] < began:
            yield f"5: {id_} was called, of a line that has ended"


def _turns(called: list[str], failed: tuple[str, ...], before: State, now: int) -> Iterator[str]:
    for id_ in called:
        if id_ in before["serving"] and before["serving"][id_] > now:
            yield f"7: {id_} was called again while its lease lasts"
    for id_ in failed:
        ticket = before["ticket"][id_]
        lapsed = "claimed" in ticket and before["serving"].get(id_, now) < now
        if not lapsed or int(ticket.get("tries", 0)) + 1 < TRIES:
            yield f"7: {id_} failed before its time"


def _claimed(before: State, after: State) -> Iterator[str]:
    for id_, ticket in after["ticket"].items():
        if ticket.get("attempt") != before["ticket"][id_].get("attempt") and "claimed" in before["ticket"][id_]:
            yield f"7: {id_} was given to a second attempt"
