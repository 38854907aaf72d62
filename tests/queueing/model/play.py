"""The steps of a history, each taken by the real line and by the model.

What is printed when a history breaks is the list of its steps, to be played again word for word: test_histories.py
keeps those that have been of use.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import replace
from typing import Any

from queueing import tickets
from queueing.room import Advance, Claim, Ended, Joined, Restored
from queueing.store import Op
from tests.queueing.model import losses, people, ushers, workers
from tests.queueing.model.judge import Judge
from tests.queueing.model.scripts import Scripts
from tests.queueing.model.subject import ROOM, Subject
from tests.queueing.model.timing import STEP_MS

PLENTY = 400
USHER = "usher"
JOINS_WINDOW_S, SLOW_S = 60, 600
# Often enough for any heartbeat to last.
BEAT_STEPS = 3


class Play(Judge):
    """Each public method is a step. `cookies` and `attempts` are what people and workers remember."""

    def __init__(self, scripts: Scripts, met: Counter[str] | None = None) -> None:
        super().__init__(scripts, met)
        self.cookies: dict[str, losses.Cookie] = {}
        self.attempts: dict[str, list[int]] = {}

    # ---- people and hubs

    def join(self, ticket: str, address: str = "here", allowed: int = 1_000) -> None:
        request, reference = _request(ticket), f"REF{ord(ticket[0]) // 2}"

        def expect(answer: Joined) -> Joined:
            self.met[answer.verdict] += 1
            expected = people.join(self.line, ticket, request, reference, address, allowed)
            if answer.ticket is not None and answer.ticket.number is not None:
                self.cookies[ticket] = losses.Cookie(answer.ticket.number, answer.epoch, answer.incarnation)
            # That one time runs by the server's own clock (lapse.lua).
            fits = answer.retry_after_s % SLOW_S <= JOINS_WINDOW_S
            return replace(expected, retry_after_s=answer.retry_after_s) if fits else expected

        op = ROOM.join(ticket, request, reference, address, allowed)
        self._step("join", [ticket, address, allowed], op, expect)

    def hold(self, ticket: str, hub: str) -> None:
        self._step("hold", [ticket, hub], ROOM.hold(ticket, hub), lambda _: people.hold(self.line, ticket, hub))

    def release(self, ticket: str, hub: str) -> None:
        op = ROOM.release(ticket, hub)
        self._step("release", [ticket, hub], op, lambda _: people.release(self.line, ticket, hub))

    def heartbeat(self, hub: str, sockets: int = 1) -> None:
        op = ROOM.heartbeat(hub, sockets)
        self._step("heartbeat", [hub, sockets], op, lambda _: people.heartbeat(self.line, hub, sockets, _nonce(op)))

    def poll(self, ticket: str, good_for_s: int) -> None:
        op = ROOM.poll(ticket, good_for_s * 1_000)
        self._step("poll", [ticket, good_for_s], op, lambda _: people.poll(self.line, ticket, good_for_s * 1_000))

    def look(self, ticket: str) -> None:
        self._step("look", [ticket], ROOM.look(ticket), lambda _: self.line.look(ticket))

    def leave(self, ticket: str) -> None:
        self._step("leave", [ticket], ROOM.leave(ticket), lambda _: people.leave(self.line, ticket))

    def restore(self, ticket: str, hub: str = "") -> None:
        self.restore_all([ticket], hub)

    def restore_all(self, brought: list[str], hub: str = "") -> None:
        """With what browsers have kept of the places, in one step; whoever never had one has nothing to bring."""
        lost = [ticket for ticket in brought if ticket in self.cookies]
        if not lost:
            return

        def expect(answers: list[Restored]) -> list[Restored]:
            self.met.update(f"restore: {answer.verdict}" for answer in answers)
            back = [losses.restore(self.line, ticket, self.cookies[ticket], _request(ticket), hub) for ticket in lost]
            # Told once everybody is back: whoever is brought later may have been before.
            return [Restored(verdict, self.line.look(ticket)) for ticket, verdict in zip(lost, back, strict=True)]

        op = ROOM.restore_all([self._ticket(ticket) for ticket in lost], hub)
        self._step("restore_all", [brought, hub], op, expect)

    # ---- workers

    def claim(self, ticket: str) -> None:
        op, known = ROOM.claim(ticket), self.attempts.setdefault(ticket, [])

        def expect(answer: Claim | None) -> Claim | None:
            known.extend([answer.attempt] if answer and answer.attempt not in known else [])
            return workers.claim(self.line, ticket, _nonce(op))

        self._step("claim", [ticket], op, expect)

    def renew(self, ticket: str, attempt: int) -> None:
        op = ROOM.renew(ticket, attempt)
        self._step("renew", [ticket, attempt], op, lambda _: workers.renew(self.line, ticket, attempt))

    def hand_back(self, ticket: str, attempt: int) -> None:
        op = ROOM.hand_back(ticket, attempt)
        self._step("hand_back", [ticket, attempt], op, lambda _: workers.hand_back(self.line, ticket, attempt))

    def finish(self, ticket: str, attempt: int, state: Ended = "issued", reason: str = "") -> None:
        document = b"passport" if state == "issued" else b""

        def expect(answer: bool) -> bool:
            self.met[f"{state} {'stands' if answer else 'comes too late'}"] += 1
            return workers.finish(self.line, ticket, attempt, state, reason, document)

        op = ROOM.finish(ticket, attempt, state, reason, document)
        self._step("finish", [ticket, attempt, state, reason], op, expect)

    # ---- the usher and staff

    def advance(self, may_call: int = 100, budget: int = PLENTY) -> None:
        def expect(answer: Advance) -> Advance:
            due = ushers.begin(self.line)
            if due is None:
                return ushers.NOTHING
            cleaned = ushers.done(self.line, due, self._subject.state)
            problem = ushers.problem(due, cleaned, budget, answer.more)
            self._must(not problem, problem)
            self.met.update(called=len(answer.called), marked=answer.marked, failed=len(answer.failed))
            self.met.update({"given back": answer.given_back, "lapsed": answer.lapsed, "more": answer.more})
            return ushers.advance(self.line, may_call, answer.more, cleaned)

        self._step("advance", [may_call, budget], _advance(may_call, budget), expect)

    def publish(self, **values: Any) -> None:
        """What a life knows already is not born again, whether its publisher thinks so or not. `version`: the next."""
        values = {"version": self.line.settings.version + 1} | values

        def expect(_answer: Any) -> Any:
            self.line.publish(**values)
            return replace(_answer, incarnation=self.line.life.incarnation, born=False)

        self._step("publish", values, ROOM.publish(replace(self.line.settings, **values), hold=True), expect)

    # ---- time, and what Redis may suffer

    def pass_time(self, steps: int, *alive: str) -> None:
        """So many steps of 8.5 s, with these hubs alive all the while; an usher who calls nobody may be one of them."""
        self._note("pass_time", [steps, *alive])
        hubs = [hub for hub in alive if hub != USHER]
        step_ms, steps = (STEP_MS, steps) if alive else (STEP_MS * steps, 1)
        lapse, advance = Subject.lapse(step_ms), _advance(0, PLENTY)
        ops: list[Op[Any]] = []
        expected: list[Any] = []
        self.line.pass_time(1)
        for left in reversed(range(steps)):
            self.line.pass_time(step_ms)
            ops.append(lapse)
            expected.append(None)
            for hub in hubs if left % BEAT_STEPS == 0 else []:
                ops.append(ROOM.heartbeat(hub, 1))
                expected.append(people.heartbeat(self.line, hub, 1, _nonce(ops[-1])))
            if USHER in alive:
                ops.append(advance)
                expected.append(self._ushered())
        before = self._subject.state
        answers = self._subject.ask(*ops)
        self._promises.passed(before, self.line.now)
        self._must(answers == expected, f"answers {answers}, the model {expected}")
        self._last = None
        self._compare_states()

    def _ushered(self) -> Advance:
        """A step that has time for everything."""
        self._promises.advanced(self.line.now)
        due = ushers.begin(self.line)
        return ushers.NOTHING if due is None else ushers.advance(self.line, 0, False, due)

    def clock_falls_back(self, seconds: int) -> None:
        """The server's clock is set back: the last number given lies in the future now."""
        self._note("clock_falls_back", [seconds])
        self.line.last_number += seconds * 1_000_000
        self._subject.set_last_number(self.line.last_number)
        self._last = None

    def clock_falls_behind_the_birth(self, seconds: int) -> None:
        """It is set back to before this life began: its hold is not for people of that time."""
        self._note("clock_falls_behind_the_birth", [seconds])
        life = self.line.life
        life.born_at += seconds * 1_000
        life.hold_until += seconds * 1_000 if life.hold_until else 0
        self._subject.set_birth(life.born_at, life.hold_until)
        self._promises.forget(self._subject.state, hold_until=0)
        self._last = None

    def lose(self) -> None:
        """Redis forgets everything. Until an usher has published the room again, nobody is told anything final."""
        self._note("lose", [])
        self._subject.lose()
        known = [ROOM.restore(self._ticket(ticket)) for ticket in self.cookies]
        answers = self._subject.ask(*known, ROOM.join("h", b"", "REF", "here", 1), _advance(1, 1))
        self._must({answer.verdict for answer in answers[:-1]} == {"unready"}, f"{answers} without a room")
        self._must(answers[-1] == ushers.NOTHING, f"{answers[-1]} without a room")
        self.line = self._born(self.line.settings, hold=True)
        self._forgotten()

    def reach_the_disk(self) -> None:
        self._note("reach_the_disk", [])
        self._disk = copy.deepcopy(self.line)
        self._subject.keep()

    def restart(self) -> None:
        """Redis dies, and comes back with what had reached the disk: all, or all but what came in the last moments."""
        self._note("restart", [])
        if self.line.now - self._disk.now > STEP_MS / 2 or self._disk.life.incarnation != self.line.life.incarnation:
            self._disk = copy.deepcopy(self.line)
            self._subject.keep()
        self._subject.restart()
        self._subject.ask()
        self.line = copy.deepcopy(self._disk)
        self.line.restarted = self.line.life.advanced_at is not None
        self.line.pass_time(self._subject.now - self.line.now)
        self._forgotten()

    def _ticket(self, id_: str) -> tickets.Ticket:
        cookie = self.cookies[id_]
        return tickets.Ticket(ROOM.slug, id_, cookie.epoch, cookie.incarnation, cookie.number, b"", b"", _request(id_))


def _request(ticket: str) -> bytes:
    return f"sealed {ticket}".encode()


def _nonce(op: Op[Any]) -> str:
    return str(op.args[-1])


def _advance(may_call: int, budget: int) -> Op[Advance]:
    """Who fails in one step fails in no order."""
    op = ROOM.advance(may_call, budget)

    def parse(raw: Any) -> Advance:
        answer = op.parse(raw)
        return replace(answer, failed=tuple(sorted(answer.failed)))

    return replace(op, parse=parse)
