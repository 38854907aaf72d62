"""What one citizen does over HTTP: join, ask how the ticket stands, leave, fetch the passport.

Asks again, as the page does, until the server says something other than that it cannot just now.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic

from benchmarks.crowd import back_off, records, wire
from benchmarks.crowd.clock import RoomClock

# The form's fields of a seeded person, by number.
Claims = Callable[[int], Mapping[str, str]]

LEFT = frozenset({204, 401, 404, 410})
TOO_MANY, SERVER_TROUBLE = 429, 500
# Away for less than this share of the grace, nobody may lose their place.
SAFE_SHARE_OF_GRACE = 0.5


class Ticket:
    """One visit's ticket; `cookie` is all that proves it, what happens to it stands in the record."""

    def __init__(
        self,
        record: records.Record,
        claims: Claims,
        door: wire.Door,
        clock: RoomClock,
        rng: random.Random,
    ) -> None:
        self.cookie = ""
        self._record = record
        self._claims = claims
        self._door = door
        self._clock = clock
        self._rng = rng
        self._key = secrets.token_urlsafe(16)

    def age_s(self) -> float:
        """Seconds since the ticket got its number, which may be long before its answer arrived."""
        joined_at_us = self._record.joined_at_us
        return 0.0 if joined_at_us is None else self._clock.seconds_since(joined_at_us, monotonic())

    async def join(self) -> None:
        """Take a place; the record ends as `turned away` where the room does not want us."""
        self._record.stage = "joining"
        self._record.asked_at_s = monotonic()
        answer = await self._insist("join", self._post)
        if answer.status not in (200, 201) or not answer.cookie:
            self._record.fault(f"join_{answer.status}")
            self._record.end = "turned away"
            return
        self.cookie = answer.cookie
        self._record.joined(answer.json(), answer.sent_s, answer.received_s)
        if not self._record.troubles and self._record.joined_at_us is not None:
            self._clock.note(answer.sent_s, answer.received_s, self._record.joined_at_us)

    async def ask(self) -> None:
        """The socket was refused: the state decides whether the ticket still lives."""
        answer = await self._insist("ticket", lambda: self._door.ticket(self.cookie))
        if answer.status == 200:
            self.cookie = answer.cookie or self.cookie
            self._record.told(answer.json(), answer.received_s)
        elif answer.status == 401:
            self._gone("ticket_refused")
        elif answer.status == 410:
            self._gone("place_lost" if self._was_near() else None)
        else:
            self._record.fault(f"ticket_{answer.status}")

    async def leave(self) -> None:
        answer = await self._insist("leave", lambda: self._door.leave(self.cookie))
        if answer.status not in LEFT:
            self._record.fault(f"leave_{answer.status}")
        self._record.left_at_s = answer.received_s
        self._record.end = "left"

    async def fetch(self) -> None:
        answer = await self._insist("passport", lambda: self._door.passport(self.cookie))
        if answer.status != 200:
            self._record.fault(f"passport_{answer.status}")
        elif answer.content_type != "application/pdf" or not answer.content.startswith(b"%PDF-"):
            self._record.fault("passport_is_no_pdf")

    async def give_back(self) -> None:
        """Leave whatever place there may be, also one whose answer never reached us: the crowd is stopped."""
        record = self._record
        if record.asked_at_s is None or record.end not in (None, "silent"):
            return
        try:
            if not self.cookie:
                self.cookie = (await self._post()).cookie
            given_back = not self.cookie or (await self._door.leave(self.cookie)).status in LEFT
        except wire.Unreachable:
            given_back = False
        if not given_back:
            record.fault("not_given_back")

    async def _post(self) -> wire.Answer:
        return await self._door.join(self._claims(self._record.number), self._key)

    async def _insist(self, call: str, make: Callable[[], Awaitable[wire.Answer]]) -> wire.Answer:
        tries = 0
        while True:
            asked_s = None
            try:
                answer = await make()
                if answer.status != TOO_MANY and answer.status < SERVER_TROUBLE:
                    return answer
                self._note(call, answer.status)
                asked_s = answer.retry_after_s
            except wire.Unreachable as exc:
                self._record.trouble(f"{call}_{exc.kind}")
            delay_s = back_off.delay_s(tries, self._rng)
            await asyncio.sleep(delay_s if asked_s is None else back_off.asked_delay_s(asked_s, self._rng))
            tries += 1

    def _note(self, call: str, status: int) -> None:
        """Being busy is no fault; a server that breaks is, even when a later try is answered."""
        self._record.trouble(f"{call}_{status}")
        if status == SERVER_TROUBLE:
            self._record.fault(f"{call}_{status}")

    def _was_near(self) -> bool:
        away_s = monotonic() - (self._record.unhooked_at_s or monotonic())
        return away_s < SAFE_SHARE_OF_GRACE * self._record.kept_for_s

    def _gone(self, fault: str | None) -> None:
        if fault is not None:
            self._record.fault(fault)
        self._record.end = "lapsed"
