"""Faults: the ways in which a registry fails, to be switched on while the simulator runs.

`PUT /simulator/faults` with a Fault as JSON; `{}` ends it. Calls still count, and the log says what was sent.
"""

import asyncio
import datetime
import email.utils
import time
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

BROKEN_OFF = frozenset({"drop", "hang", "cut", "trickle"})
BODIES = {
    "empty": b"",
    "html": b"<!doctype html><title>Maintenance</title><h1>We are back soon</h1>",
    "malformed": b'{"resourceType": "Bundle", "entry": [',
}

Kind = Literal["none", "drop", "hang", "status", "slow", "trickle", "cut", "empty", "html", "malformed"]


class Fault(BaseModel):
    """What goes wrong.

    drop: the connection is closed without an answer; hang: nothing comes; status: that status (503 unless said)
    and an OperationOutcome, with `retry_after_s` as seconds, HTTP-date or x-ms-retry-after-ms, or with
    `retry_after_text` as it stands; slow: the right answer after `delay_s`; trickle: the right answer, a byte per
    `delay_s`; cut: half of it; empty, html, malformed: a body that is no FHIR, under `status` (200 unless said).
    `kinds`, `people`: befalls only calls of these kinds (metadata, patient, …), only those about these numbers.
    `calls`: ends after so many; `lasts_s`: ends by itself.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Kind = "none"
    status: int | None = Field(default=None, ge=200, le=599)
    retry_after_s: float | None = Field(default=None, ge=0)
    retry_after_as: Literal["seconds", "date", "milliseconds"] = "seconds"
    retry_after_text: str | None = Field(default=None, pattern=r"^[\x20-\x7e]*$")
    delay_s: float = Field(default=1.0, ge=0)
    kinds: frozenset[str] = frozenset()
    people: frozenset[int] = frozenset()
    calls: int | None = Field(default=None, ge=1)
    lasts_s: float | None = Field(default=None, gt=0)

    def befalls(self, kind: str, person: int | None) -> bool:
        """Whether such a call is meant."""
        return (not self.kinds or kind in self.kinds) and (not self.people or person in self.people)

    def sent_status(self, status: int) -> int | None:
        """The status the caller sees instead of `status`; None where no whole head is sent."""
        if self.kind in ("drop", "hang"):
            return None
        if self.kind == "status":
            return self.status or 503
        if self.kind in BODIES:
            return self.status or 200
        return status


class Switch:
    """The fault that is on now."""

    def __init__(self) -> None:
        self._fault = Fault()
        self._calls_left: int | None = None
        self._ends_at: float | None = None

    def turn(self, fault: Fault) -> None:
        """Put this fault in the place of the present one."""
        self._fault = fault
        self._calls_left = fault.calls
        self._ends_at = None if fault.lasts_s is None else time.monotonic() + fault.lasts_s

    def now(self) -> Fault:
        """The present fault."""
        over = self._ends_at is not None and time.monotonic() >= self._ends_at
        if over or self._calls_left == 0:
            self.turn(Fault())
        return self._fault

    def next(self, kind: str, person: int | None) -> Fault:
        """The fault that befalls this call."""
        fault = self.now()
        if not fault.befalls(kind, person):
            return Fault()
        if self._calls_left is not None:
            self._calls_left -= 1
        return fault


def set_retry_after(headers: MutableHeaders, fault: Fault, now: datetime.datetime) -> None:
    """Say when to come back in the form that was chosen; `now` is the answer's Date."""
    seconds = fault.retry_after_s
    if fault.retry_after_text is not None:
        headers["retry-after"] = fault.retry_after_text
        return
    if seconds is None:
        return
    if fault.retry_after_as == "milliseconds":
        headers["x-ms-retry-after-ms"] = f"{seconds * 1_000:.0f}"
    elif fault.retry_after_as == "date":
        headers["retry-after"] = email.utils.format_datetime(now + datetime.timedelta(seconds=seconds), usegmt=True)
    else:
        headers["retry-after"] = f"{seconds:.0f}"


class Spoiled(Response):
    """An answer that does not arrive whole. The scope's `transport` is the connection (see __main__)."""

    def __init__(self, answer: Response, fault: Fault) -> None:
        super().__init__()
        self._answer = answer
        self._fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match self._fault.kind:
            case "drop":
                scope["transport"].close()
            case "cut":
                await self._begin(send, bytes(self._answer.body)[: len(self._answer.body) // 2])
                scope["transport"].close()
            case "trickle":
                if await self._trickle(receive, send):
                    return
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _begin(self, send: Send, body: bytes) -> None:
        answer = self._answer
        await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
        await send({"type": "http.response.body", "body": body, "more_body": True})

    async def _trickle(self, receive: Receive, send: Send) -> bool:
        """Whether the last byte went out before the caller hung up."""
        await self._begin(send, b"")
        gone = asyncio.ensure_future(receive())
        for byte in bytes(self._answer.body):
            await asyncio.wait({gone}, timeout=self._fault.delay_s)
            if gone.done():
                return True
            await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
        gone.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return True
