"""The measurements, one after the other; bare and ours take turns, so that a busy machine troubles both alike."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.sockets import browsers, outcomes, people, posts, servers
from queueing import vouching

JOIN_ROUNDS = 3
MOST_JOINS_A_ROUND = 1_000
SLICES = 6
# What is asked before anything is measured, so that nothing is loaded later.
WARM_UP = 200
# Until what was opened or closed has been dealt with.
SETTLE_S = 2.0
SETTLE_S_A_SOCKET = 1 / 3_000
OUTCOME_SOCKETS = 10_000
GOING_AWAY = 1001


@dataclass(frozen=True, slots=True)
class Figures:
    """Ratios are ours to bare. `…_cpu_ms`: of the server's processor for each socket opened."""

    bytes_ratio: float
    connect_ratio: float
    outcome_p99_ms: float
    joins_ratio: float
    server: str
    sockets: int
    failed: int
    failed_bare: int
    bytes_ours: int
    bytes_bare: int
    connects_per_s_ours: float
    connects_per_s_bare: float
    connect_cpu_ms_ours: float
    connect_cpu_ms_bare: float
    slowest_connect_ms: float
    joins_per_s_ours: float
    joins_per_s_bare: float
    outcome_p50_ms: float
    outcome_max_ms: float
    outcome_sockets: int
    drain_s: float
    told_to_go: int


class Side:
    """One of the two servers, with its crowd and what has been measured of it."""

    def __init__(self, web: servers.Web, number: int) -> None:
        self.web = web
        self.crowd = browsers.Browsers(number)
        self.rates: list[float] = []
        self.opened = self.failed = 0
        self.cpu_s = self.slowest_ms = 0.0
        self._empty_bytes = 0

    def warm_up(self, those: Sequence[people.Person]) -> None:
        opened = self.crowd.open(self.web.port, self.web.room, [(person.ticket_id, person.cookie) for person in those])
        if opened.failed:
            raise RuntimeError("\n".join([f"{opened.failed} sockets did not open", *self.web.process.tail()]))
        self.crowd.close_these([person.ticket_id for person in those])

    def weigh_empty(self) -> None:
        self._empty_bytes = self.web.resident_bytes()

    def open(self, those: Sequence[people.Person]) -> None:
        before_s = self.web.cpu_s()
        asked = [(person.ticket_id, person.cookie) for person in those]
        opened = self.crowd.open(self.web.port, self.web.room, asked)
        self.cpu_s += self.web.cpu_s() - before_s
        self.opened += opened.opened
        self.failed += opened.failed
        self.rates.append(opened.opened / opened.seconds)
        self.slowest_ms = max(self.slowest_ms, opened.slowest_ms)

    def bytes_each(self) -> int:
        return round((self.web.resident_bytes() - self._empty_bytes) / self.opened)

    def end(self) -> None:
        self.crowd.end()
        self.web.process.kill()


def run(site: servers.Site, server: servers.Server, sockets: int, learn_s: float) -> Figures:
    room = people.Room(site.redis_url, [site.environment["TICKET_KEYS"]], vouching.signing_key(servers.TIER_SIGNING))
    room.publish()
    joins_ours, joins_bare = _joins(site, server, min(sockets, MOST_JOINS_A_ROUND))
    room.start_over()
    note(f"{sockets + WARM_UP} people join")
    crowd = room.join(sockets + WARM_UP)
    ours, bare = Side(site.ours(server, people.ROOM), 2), Side(site.bare(server), 3)
    try:
        _open(ours, bare, crowd)
        bytes_ours, bytes_bare = ours.bytes_each(), bare.bytes_each()
        bare.end()
        delays = _outcomes(ours, room, crowd[:sockets], learn_s)
        told, drain_s = _drain(ours)
    finally:
        ours.end()
        bare.end()
        room.close()
    return Figures(
        bytes_ratio=bytes_ours / bytes_bare,
        connect_ratio=_ratio(ours.rates, bare.rates),
        outcome_p99_ms=outcomes.rank(delays, 0.99),
        joins_ratio=_ratio(joins_ours, joins_bare),
        server=server,
        sockets=sockets,
        failed=ours.failed,
        failed_bare=bare.failed,
        bytes_ours=bytes_ours,
        bytes_bare=bytes_bare,
        connects_per_s_ours=statistics.median(ours.rates),
        connects_per_s_bare=statistics.median(bare.rates),
        connect_cpu_ms_ours=ours.cpu_s / ours.opened * 1_000,
        connect_cpu_ms_bare=bare.cpu_s / bare.opened * 1_000,
        slowest_connect_ms=ours.slowest_ms,
        joins_per_s_ours=statistics.median(joins_ours),
        joins_per_s_bare=statistics.median(joins_bare),
        outcome_p50_ms=outcomes.rank(delays, 0.5),
        outcome_max_ms=max(delays),
        outcome_sockets=min(sockets, OUTCOME_SOCKETS),
        drain_s=drain_s,
        told_to_go=told,
    )


def note(what: str) -> None:
    print(f"{what} …", file=sys.stderr)


def _joins(site: servers.Site, server: servers.Server, count: int) -> tuple[list[float], list[float]]:
    """POSTs a second of each round, of ours and of bare."""
    note(f"{JOIN_ROUNDS} rounds of {count} joins")
    ours, bare = site.ours(server, people.ROOM), site.bare(server)
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    for web in (bare, ours):
        asyncio.run(posts.per_second(web.port, web.post, WARM_UP))
    for _ in range(JOIN_ROUNDS):
        for web in (bare, ours):
            rates[web.name].append(asyncio.run(posts.per_second(web.port, web.post, count)))
    for web in (bare, ours):
        web.process.kill()
    return rates["ours"], rates["bare"]


def _open(ours: Side, bare: Side, crowd: Sequence[people.Person]) -> None:
    """All but the last of the crowd at both; those are for warming up."""
    sockets = len(crowd) - WARM_UP
    for side in (bare, ours):
        side.warm_up(crowd[sockets:])
    _settle(0)
    for side in (bare, ours):
        side.weigh_empty()
    note(f"{sockets} sockets each, in {SLICES} slices")
    size = -(-sockets // SLICES)
    for start in range(0, sockets, size):
        for side in (bare, ours):
            side.open(crowd[start : min(start + size, sockets)])
    _settle(sockets)


def _outcomes(ours: Side, room: people.Room, crowd: Sequence[people.Person], learn_s: float) -> list[float]:
    """With so many sockets open as the promise says, or fewer where there are not so many."""
    left = ours.crowd.close_these([person.ticket_id for person in crowd[OUTCOME_SOCKETS:]])
    note(f"outcomes, with {left} sockets open")
    _settle(len(crowd) - left)
    return outcomes.delays_ms(room, ours.crowd, left, learn_s)


def _drain(ours: Side) -> tuple[int, float]:
    """Stop the server: how many were told to come back elsewhere, and how long until it was gone."""
    open_before = ours.crowd.heard().still_open
    note(f"stopping, with {open_before} sockets open")
    began = time.monotonic()
    if not ours.web.stop():
        raise RuntimeError("the server did not stop")
    return ours.crowd.heard().closed.get(GOING_AWAY, 0), time.monotonic() - began


def _settle(sockets: int) -> None:
    time.sleep(SETTLE_S + sockets * SETTLE_S_A_SOCKET)


def _ratio(ours: Sequence[float], bare: Sequence[float]) -> float:
    """The median of the turns' ratios."""
    return statistics.median(one / other for one, other in zip(ours, bare, strict=True))
