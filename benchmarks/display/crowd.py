"""People at one web process: they come, wait, leave, fall silent, come back, are called. Their sockets end here."""

from __future__ import annotations

import asyncio
import heapq
import random
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks.display.page import Page
from queueing import tickets
from queueing.hub import Hub
from queueing.room import Joined, WaitingRoom
from queueing.sockets import Socket
from queueing.store import Op

# Of all who come.
LEAVING = 0.20
# Of those who leave: without a word, so that their place is kept for nobody; and as many more who do come back.
SILENT = 0.25
BACK_AFTER_S = (5, 60)
STEP_S = 0.05
CHUNK = 500
# Sockets being seated at a time.
AT_ONCE = 64
SEALED_BYTES = 300
PLENTY = 1_000_000


class Person:
    __slots__ = ("member", "page", "socket", "ticket")

    """`before`: who this was on the page before."""

    def __init__(self, ticket: tickets.Ticket, before: Person | None = None) -> None:
        self.ticket = ticket
        self.member = ticket.id.encode()
        self.page: Page = Page(before.page.seen) if before is not None else Page()
        self.socket: Socket | None = None


class Crowd:
    """`people` have an open page; `person_s` is for how long all pages were.

    `frames` is what pages heard, `position_frames` those of them that told where somebody stands.
    `troubles`: what went wrong for somebody, by kind; a browser would have tried again.
    """

    def __init__(self, hub: Hub, slug: str, calls_per_s: float, seed: int) -> None:
        self.people: dict[bytes, Person] = {}
        self.frames = 0
        self.position_frames = 0
        self.person_s = 0.0
        self.troubles: Counter[str] = Counter()
        self._rises = 0
        self._told_larger = 0
        self._arrivals_per_s = calls_per_s / (1 - LEAVING)
        self._leavers_per_s = self._arrivals_per_s * LEAVING
        self._hub = hub
        self._room = WaitingRoom(slug)
        self._dice = random.Random(seed)
        self._tasks: set[asyncio.Task[None]] = set()
        self._absent: list[tuple[float, str, Person]] = []

    async def come(self, count: int) -> None:
        """Many at once, as when the doors open."""
        for start in range(0, count, CHUNK):
            ids = [_new_id() for _ in range(min(CHUNK, count - start))]
            joined = await self._hub.store.run_many([self._join(id_) for id_ in ids])
            waiting = [Person(self._ticket(*pair)) for pair in zip(ids, joined, strict=True)]
            for first in range(0, len(waiting), AT_ONCE):
                await asyncio.gather(*map(self._open, waiting[first : first + AT_ONCE]))

    async def live(self) -> None:
        """Go on until cancelled: as many come as are called or leave."""
        at_s = time.monotonic()
        arrival_s, leaver_s, silent_s = at_s, at_s, at_s
        while True:
            before_s, at_s = at_s, time.monotonic()
            self.person_s += (at_s - before_s) * len(self.people)
            while arrival_s <= at_s:
                self._start(self._arrive())
                arrival_s += self._dice.expovariate(self._arrivals_per_s)
            while leaver_s <= at_s:
                self._start(self._leave(self._somebody()))
                leaver_s += self._dice.expovariate(self._leavers_per_s * (1 - SILENT))
            while silent_s <= at_s:
                self._start(self._fall_silent(self._somebody()))
                silent_s += self._dice.expovariate(self._leavers_per_s * SILENT * 2)
            while self._absent and self._absent[0][0] <= at_s:
                before = heapq.heappop(self._absent)[2]
                self._start(self._open(Person(before.ticket, before)))
            await asyncio.sleep(STEP_S)

    @property
    def rises(self) -> int:
        """How often somebody saw a larger number than the one before, be it on a new page."""
        return self._rises + sum(person.page.rises for person in self.people.values())

    @property
    def told_larger(self) -> int:
        """How many frames had a position above the number that the page showed then, which stood still."""
        return self._told_larger + sum(person.page.told_larger for person in self.people.values())

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.troubles[type(task.exception()).__name__] += 1

    def _somebody(self) -> Person | None:
        """Anybody who waits, as likely as any other."""
        everybody = list(self.people.values())
        person = self._dice.choice(everybody) if everybody else None
        return person if person is not None and person.page.sighting is not None else None

    async def _arrive(self) -> None:
        id_ = _new_id()
        await self._open(Person(self._ticket(id_, await self._hub.store.run(self._join(id_)))))

    async def _leave(self, person: Person | None) -> None:
        """With the button, as the consumer has it."""
        if person is not None:
            self._forget(person)
            await self._hub.store.run(self._room.leave(person.ticket.id))
            self._hub.tell_of_change(person.ticket)
            await self._close(person)

    async def _fall_silent(self, person: Person | None) -> None:
        if person is None:
            return
        person.page.look(time.monotonic())
        if self._dice.random() < 0.5:
            back_s = time.monotonic() + self._dice.uniform(*BACK_AFTER_S)
            heapq.heappush(self._absent, (back_s, person.ticket.id, person))
        await self._close(person)

    async def _open(self, person: Person) -> None:
        person.socket = Socket(self._sender(person))
        self.people[person.member] = person
        await self._hub.attach(person.ticket, person.socket)

    async def _close(self, person: Person) -> None:
        self._forget(person)
        if person.socket is not None:
            person.socket.closed = True
            await self._hub.detach(person.ticket, person.socket)

    def _forget(self, person: Person) -> None:
        if self.people.get(person.member) is person:
            del self.people[person.member]
            self._rises += person.page.rises
            self._told_larger += person.page.told_larger

    def _sender(self, person: Person) -> Callable[[dict[str, Any]], Awaitable[None]]:
        async def send(message: dict[str, Any]) -> None:
            if message["type"] != "websocket.send":
                self._start(self._close(person))
                return
            person.page.hear(message["text"], time.monotonic())
            self.frames += 1
            self.position_frames += person.page.sighting is not None
            if person.page.ended:
                self._start(self._close(person))

        return send

    def _join(self, id_: str) -> Op[Joined]:
        reference = tickets.reference(id_).replace("-", "")
        return self._room.join(id_, secrets.token_bytes(SEALED_BYTES), reference, id_[:4], PLENTY)

    def _ticket(self, id_: str, joined: Joined) -> tickets.Ticket:
        if joined.ticket is None or joined.ticket.number is None:
            raise RuntimeError(f"no place was given: {joined.verdict}")
        return tickets.Ticket(
            room=self._room.slug,
            id=id_,
            epoch=joined.epoch,
            incarnation=joined.incarnation,
            number=joined.ticket.number,
            reply_key=b"",
            details=b"",
            sealed=b"",
        )


def _new_id() -> str:
    return secrets.token_urlsafe(tickets.ID_BYTES)
