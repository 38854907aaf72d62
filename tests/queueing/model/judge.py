"""Judges a history by what the real line and the model say of each step: every answer, all state, and the promises."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from redis.exceptions import ResponseError

from queueing.settings import RoomSettings
from queueing.store import Op
from tests.queueing.model import promises, states
from tests.queueing.model.line import Line
from tests.queueing.model.scripts import Scripts
from tests.queueing.model.subject import ROOM, Subject
from tests.queueing.model.timing import duration_s

START: dict[str, Any] = {
    "total_active_users": 3,
    "new_users_per_minute": 5,
    "heartbeat_ttl_s": duration_s(2),
    "grace_period_s": duration_s(2),
    "lease_s": duration_s(1),
    "result_ttl_s": duration_s(3),
}
# By place, or by name.
Arguments = list[Any] | dict[str, Any]
# A repeat of these answers as the first time did; of the others, that there is nothing left to do.
SAME_ANSWER = ("hold", "release", "heartbeat", "poll", "look", "claim", "renew", "finish", "publish")
# An advance goes on where the last one ended, as it should.
NOT_REPEATED = ("advance",)


class Broken(AssertionError):
    """The scripts and the model differ, or a promise is broken. The message is the history, to be played again."""

    def __init__(self, history: list[str], problem: str) -> None:
        super().__init__("\n    ".join(["", *history, *(f"# {line}" for line in problem.splitlines())]))
        self.problem = problem


@dataclass(slots=True)
class Step:
    """An operation that is repeated as it is, like those of Store; `answer` is the latest."""

    name: str
    op: Op[Any]
    expect: Callable[[Any], Any]
    answer: Any = None


class Judge:
    """One history, and its model `line`. `met` counts what it came across."""

    def __init__(self, scripts: Scripts, met: Counter[str] | None = None) -> None:
        self.met: Counter[str] = Counter() if met is None else met
        self._history: list[str] = []
        self._promises = promises.Promises()
        self._last: Step | None = None
        self._subject = Subject(scripts)
        self.line = self._born(RoomSettings(slug=ROOM.slug, **START), hold=False)
        self._disk = copy.deepcopy(self.line)
        self._subject.keep()

    def again(self) -> None:
        """The last step once more, as when its answer was lost: no second effect, and the answer that is promised."""
        self._note("again", [])
        if self._last is None or self._last.name in NOT_REPEATED:
            return
        first, before = self._last.answer, _without_counts(self._subject.state)
        self._subject.repeat()
        self._take(self._last)
        self._must(before == _without_counts(self._subject.state), "a repeat had a second effect")
        told = self._last.name not in SAME_ANSWER or self._last.answer == first
        self._must(told, "a repeat was answered differently")

    def must_be_over(self) -> None:
        self._must(not self.line.tickets, f"3: no outcome for {sorted(self.line.tickets)}")

    def _step(self, name: str, arguments: Arguments, op: Op[Any], expect: Callable[[Any], Any]) -> None:
        self._note(name, arguments)
        self._last = Step(name, op, expect)
        self._take(self._last)

    def _take(self, step: Step) -> None:
        try:
            step.answer = self._judged(step.name, step.op, step.expect)
        except Broken:
            raise
        except Exception as error:
            # Nonsense that nobody can read is wrong, too.
            raise Broken(self._history, f"{type(error).__name__}: {error}") from error

    def _judged(self, name: str, op: Op[Any], expect: Callable[[Any], Any]) -> Any:
        before = self._subject.state
        (answer,) = self._subject.ask(op)
        self._must(not isinstance(answer, ResponseError), f"{name} raised: {answer}")
        self.line.pass_time(self._subject.now - self.line.now)
        expected = expect(answer)
        self._must(answer == expected, f"{name} answered {answer}, the model {expected}")
        self._compare_states()
        broken = self._promises.broken_by(name, answer, before, self._subject.state, self.line.settings, self.line.now)
        self._must(not broken, broken)
        return answer

    def _compare_states(self) -> None:
        found, expected = self._subject.state, states.of_model(self.line)
        if found != expected:
            differ = [f"{place}: {what}, the model {expected[place]}" for place, what in found.items()]
            lines = [text for place, text in zip(found, differ, strict=True) if found[place] != expected[place]]
            self._must(False, "\n".join(["the server holds", *lines]))

    def _born(self, settings: RoomSettings, hold: bool) -> Line:
        (answer,) = self._subject.ask(ROOM.publish(settings, hold))
        self._must(answer.born, "no life began")
        return Line(settings, self._subject.now, answer.incarnation, hold)

    def _forgotten(self) -> None:
        self._last = None
        self._compare_states()
        life = self.line.life
        self._promises.forget(self._subject.state, life.hold_until if life.born_at <= self.line.now else 0)

    def _note(self, name: str, arguments: Arguments) -> None:
        named = isinstance(arguments, dict)
        shown = [f"{key}={value!r}" for key, value in arguments.items()] if named else map(repr, arguments)
        self._history.append(f"play.{name}({', '.join(shown)})")

    def _must(self, holds: bool, problem: str) -> None:
        if not holds:
            raise Broken(self._history, problem)


def _without_counts(state: states.State) -> states.State:
    return {place: what for place, what in state.items() if place != "joins"}
