"""The figures of a crowd, made from its records. Pure.

Names in Summary are the keys of `--json`; units stand in them.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.crowd import order
from benchmarks.crowd.clock import RoomClock
from benchmarks.crowd.records import Record

# How long a call may be under way before somebody who leaves, or the crowd's end, counts as not called.
NEWS_MARGIN_US = 5_000_000

# Who is called sooner was told "at once".
FORETOLD_FROM_S = 10.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Of `count` values, by nearest rank; None where there are none."""

    count: int
    p50: float | None
    p90: float | None
    p99: float | None
    max: float | None


@dataclass(frozen=True, slots=True)
class Effort:
    """What it cost the crowd's own process; memory is growth since before the first citizen."""

    elapsed_s: float
    cpu_s: float
    peak_sockets: int
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Summary:
    """`joined` = issued + refused + failed + admitted + left + gone_silent + lapsed + still_waiting.

    errors: broken promises by kind, people who met them. troubles: what was met and mended, times.
    wrong_order: PROTOCOL's pairs, among `order_judged` tickets. passed_over: pairs of one who was there all
    the time and never called, and a later one who was called meanwhile. positions_grown: frames with a higher
    position than the one before. told_larger: frames with a higher position than the page showed by then, so that
    its number stood still. call_news_ms and outcome_s count from the room's own instant of calling.
    wait_error: of those who waited 10 s and more and were there all the time, how far the middle of the band they were
    told as they joined was from their wait, as a fraction of it; waits_in_band: the share whose wait lay in that band.
    """

    size: int
    joined: int
    issued: int
    refused: dict[str, int]
    failed: dict[str, int]
    admitted: int
    left: int
    left_when_called: int
    gone_silent: int
    lapsed: int
    still_waiting: int
    turned_away: int
    not_joined: int
    dropped: int
    called_again: int
    errors: dict[str, int]
    troubles: dict[str, int]
    wrong_order: int
    order_judged: int
    passed_over: int
    positions_grown: int
    told_larger: int
    wait_s: Spread
    wait_error: Spread
    waits_in_band: float | None
    join_ms: Spread
    call_news_ms: Spread
    outcome_s: Spread
    joins_per_s: float | None
    frames_per_person_minute: float | None
    effort: Effort
    people: tuple[dict[str, Any], ...] = dataclasses.field(repr=False, default=())

    @property
    def is_good(self) -> bool:
        return self.wrong_order == 0 and not self.errors

    def as_json(self) -> dict[str, Any]:
        """Everything but the people."""
        return {name: value for name, value in dataclasses.asdict(self).items() if name != "people"}


def summary(records: Sequence[Record], clock: RoomClock, effort: Effort, ended_at_s: float) -> Summary:
    """`ended_at_s`: when the crowd was told to stop, or the last of it had gone."""
    ends = Counter(record.end for record in records)
    joined = [record for record in records if record.joined_at_us is not None]
    still_waiting = [record for record in joined if record.end is None]
    foretold = _foretold(joined)
    judged = [record for record in joined if record.present_throughout and record.called_at_us is not None]
    return Summary(
        size=len(records),
        joined=len(joined),
        issued=ends["issued"],
        refused=_reasons(records, "refused"),
        failed=_reasons(records, "failed"),
        admitted=ends["admitted"],
        left=ends["left"],
        left_when_called=sum(record.end == "left" and record.called_at_us is not None for record in records),
        gone_silent=ends["silent"],
        lapsed=ends["lapsed"],
        still_waiting=len(still_waiting),
        turned_away=ends["turned away"],
        not_joined=len(records) - len(joined) - ends["turned away"],
        dropped=sum(record.drops > 0 for record in records),
        called_again=sum(record.called_again for record in records),
        errors=dict(Counter(kind for record in records for kind in sorted(set(record.faults)))),
        troubles=dict(Counter(kind for record in records for kind in record.troubles)),
        wrong_order=order.wrong_order(_stays_until_called(judged)),
        order_judged=len(judged),
        passed_over=_passed_over(joined, clock, ended_at_s),
        positions_grown=sum(record.grown for record in records),
        told_larger=sum(record.told_larger for record in records),
        wait_s=spread(
            (record.called_at_us - record.joined_at_us) / 1_000_000
            for record in joined
            if record.called_at_us is not None and record.joined_at_us is not None
        ),
        wait_error=spread(abs(sum(band) / 2 - waited_s) / waited_s for waited_s, band in foretold),
        waits_in_band=_share(band[0] <= waited_s <= band[1] for waited_s, band in foretold),
        join_ms=spread(record.join_took_s * 1000 for record in joined if record.join_took_s is not None),
        call_news_ms=spread(_since_call(record, record.call_heard_at_s, clock) * 1000 for record in _told(judged)),
        outcome_s=spread(
            _since_call(record, record.outcome_heard_at_s, clock)
            for record in _told(judged)
            if record.outcome_heard_at_s is not None
        ),
        joins_per_s=_joins_per_s(joined),
        frames_per_person_minute=_frames_per_person_minute(records, ended_at_s),
        effort=effort,
        people=tuple(person(record, clock) for record in records),
    )


def person(record: Record, clock: RoomClock) -> dict[str, Any]:
    """One line of `--people-out`; `outcome` is how the visit ended, `waiting` where it did not."""
    return {
        "person": record.number,
        "joined_at_us": record.joined_at_us,
        "called_at_us": record.called_at_us,
        "leaving_at_us": clock.us(record.leaving_at_s),
        "left_at_us": clock.us(record.left_at_s),
        "how_left": record.how_left,
        "outcome": record.end or ("waiting" if record.joined_at_us is not None else "not joined"),
        "reason": record.reason,
        "drops": record.drops,
        "present_throughout": record.present_throughout,
        "errors": list(record.faults),
    }


def stages(records: Iterable[Record]) -> Counter[str]:
    """How many are where at this moment, by stage or by how it ended."""
    return Counter(record.end or record.stage for record in records)


def spread(values: Iterable[float]) -> Spread:
    ordered = sorted(values)
    if not ordered:
        return Spread(0, None, None, None, None)
    return Spread(len(ordered), *(round(_nearest_rank(ordered, share), 3) for share in (0.5, 0.9, 0.99, 1.0)))


def _nearest_rank(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _reasons(records: Iterable[Record], end: str) -> dict[str, int]:
    return dict(Counter(record.reason or "none given" for record in records if record.end == end))


def _stays_until_called(judged: Iterable[Record]) -> list[order.Stay]:
    return [
        order.Stay(record.joined_at_us, record.called_at_us)
        for record in judged
        if record.joined_at_us is not None and record.called_at_us is not None
    ]


def _passed_over(joined: Sequence[Record], clock: RoomClock, ended_at_s: float) -> int:
    waiters = []
    for record in joined:
        until_us = clock.us(record.leaving_at_s if record.leaving_at_s is not None else ended_at_s)
        is_uncalled = record.called_at_us is None and record.outcome is None
        if record.joined_at_us is None or until_us is None:
            continue
        if record.present_throughout and is_uncalled:
            waiters.append(order.Stay(record.joined_at_us, until_us - NEWS_MARGIN_US))
    return order.overtaken(waiters, _stays_until_called(joined))


def _told(judged: Iterable[Record]) -> list[Record]:
    """Those whose socket was there for the whole news, so that a delay is the system's and not their own."""
    return [record for record in judged if record.drops == 0]


def _since_call(record: Record, heard_at_s: float | None, clock: RoomClock) -> float:
    if record.called_at_us is None or heard_at_s is None:
        return 0.0
    return clock.seconds_since(record.called_at_us, heard_at_s)


def _foretold(joined: Iterable[Record]) -> list[tuple[float, tuple[float, float]]]:
    """(how long it was, what was told at joining)."""
    return [
        (waited_s, record.told_wait_s)
        for record in joined
        if record.told_wait_s and record.joined_at_us and record.called_at_us and record.present_throughout
        for waited_s in [(record.called_at_us - record.joined_at_us) / 1_000_000]
        if waited_s >= FORETOLD_FROM_S
    ]


def _share(facts: Iterable[bool]) -> float | None:
    known = list(facts)
    return round(sum(known) / len(known), 3) if known else None


def _joins_per_s(joined: Sequence[Record]) -> float | None:
    instants = [record.joined_at_us for record in joined if record.joined_at_us is not None]
    span_us = max(instants) - min(instants) if instants else 0
    return round((len(instants) - 1) * 1_000_000 / span_us, 1) if span_us else None


def _frames_per_person_minute(records: Sequence[Record], ended_at_s: float) -> float | None:
    hooked_s = sum(record.hooked_for_s for record in records)
    hooked_s += sum(ended_at_s - record.hooked_at_s for record in records if record.hooked_at_s is not None)
    return round(sum(record.frames for record in records) * 60 / hooked_s, 2) if hooked_s > 0 else None
