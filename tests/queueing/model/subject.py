"""The real line: runs operations on the server at the time of the history, and reads back all that it stores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from redis.exceptions import ResponseError

from queueing.room import WaitingRoom
from queueing.store import Op
from tests.queueing.model import states
from tests.queueing.model.scripts import TIME, Scripts
from tests.queueing.model.timing import START_MS

ROOM = WaitingRoom("model")
DEADLINES = "deadlines"
OBSERVE: Op[bytes] = Op("observe", [TIME, DEADLINES], [states.ROOM.joins("")], bytes)


class Subject:
    """`state` is all that the server held at `now`; the next operation comes 1 ms later."""

    def __init__(self, scripts: Scripts) -> None:
        self.state: states.State = {}
        self.now = 0
        self._scripts = scripts
        self._kept: list[bytes] = []
        self.lose()
        scripts.client.hset(TIME, mapping={"s": START_MS // 1_000, "us": 0})

    def ask(self, *ops: Op[Any]) -> list[Any]:
        """The answers, or the errors that the scripts raised."""
        *answers, observed = self._scripts.call([*ops, OBSERVE])
        self._see(observed)
        return [raw if isinstance(raw, ResponseError) else op.parse(raw) for op, raw in zip(ops, answers, strict=True)]

    @staticmethod
    def lapse(ms: int) -> Op[Any]:
        """Let so much time pass."""
        k = states.ROOM
        used = [TIME, DEADLINES, k.ended]
        return Op("lapse", used, [ms, k.joins(""), k.outcome_prefix], lambda raw: raw)

    def repeat(self) -> None:
        """Let the next operation come at the instant of the last one."""
        self._scripts.client.hincrby(TIME, "us", -1_000)

    def lose(self) -> None:
        """All but the time."""
        time = self._scripts.client.hgetall(TIME)
        self._scripts.client.flushdb()
        if time:
            self._scripts.client.hset(TIME, mapping=time)

    def keep(self) -> None:
        """This is what has reached the disk."""
        self._kept = self._dump([])

    def restart(self) -> None:
        """Another process goes on with what has reached the disk."""
        self._dump(self._kept)
        if self._scripts.client.hexists(states.ROOM.incarnation, "run_id"):
            self._scripts.client.hset(states.ROOM.incarnation, "run_id", "another")

    def set_last_number(self, number: int) -> None:
        self._scripts.client.hset(states.ROOM.incarnation, "last_us", number)

    def set_birth(self, born_ms: int, hold_until_ms: int) -> None:
        known = {"born_ms": born_ms, "hold_until_ms": hold_until_ms}
        self._scripts.client.hset(states.ROOM.incarnation, mapping=known)

    def _dump(self, kept: Sequence[bytes]) -> list[bytes]:
        (found,) = self._scripts.call([Op("dump", [TIME], list(kept), list)])
        return list(found)

    def _see(self, observed: bytes) -> None:
        now, found = json.loads(observed)
        self.now = int(now)
        self.state = states.of_server(found, self.now)
