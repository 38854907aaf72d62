"""One picture of a room, drawn from the model or from everything that the server holds; the two must be equal.

A key that has no place in the picture is a stranger, and none may be there.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from queueing import keys, settings, settings_hash
from tests.queueing.model.line import WINDOW_MS, Line, Ticket

ROOM = keys.RoomKeys("model")
PREFIX = ROOM.waiting.removesuffix("waiting")
# Keys of the machine itself.
OWN = ("time", "deadlines")
# What stays until it is removed, and what expires by itself; a reference does so once a ticket of it has ended.
LASTING = {"waiting", "present", "away", "serving", "polling", "hubs", "servers", "held", "ticket", "sealed"}
LASTING |= {"settings", "incarnation", "outage", "ref"}
EXPIRING = {"outcome", "ref", "joins", "calls", "tally", "ended"}
State = dict[str, Any]
Found = Iterable[tuple[str, str, int, Any]]


def of_model(line: Line) -> State:
    holders = {ticket.holder for ticket in line.tickets.values() if ticket.holder}
    waiting = [(id_, line.tickets[id_].number) for id_ in line.waiting()]
    away = line.away()
    return {
        "waiting": waiting,
        "present": [(id_, number) for id_, number in waiting if id_ not in away],
        "away": away,
        "serving": {id_: line.tickets[id_].lease_until for id_ in line.serving()},
        "polling": {id_: t.polled_until for id_, t in line.tickets.items() if t.polled_until is not None},
        "hubs": dict(line.hubs),
        "servers": {hub: f"{count} {nonce}".strip() for hub, (count, nonce) in line.sockets.items()},
        "held": {hub: sorted(line.held(hub)) for hub in holders},
        "ticket": {id_: _fields(ticket) for id_, ticket in line.tickets.items()},
        "sealed": {id_: ticket.request.decode() for id_, ticket in line.tickets.items()},
        "outcome": {
            id_: _told(
                state=told.state,
                reason=told.reason,
                number=told.number,
                called_us=told.called_us,
                document=told.document.decode(),
                expires_ms=told.ends_at,
            )
            for id_, told in line.outcomes.items()
        },
        "ref": {name: sorted(ids) for name, ids in line.references.items()},
        "fading": sorted(line.fading_references),
        "joins": {address: count for address, (count, _until) in line.joins.items()},
        "calls": sorted(line.calls),
        "tally": dict(line.tally),
        "settings": _published(line.settings) | {"epoch_began_us": str(line.epoch_began)},
        "incarnation": _life(line),
        "ended": sorted(line.life.ended),
        "outage": _outage(line),
        "strangers": [],
    }


@functools.cache
def _published(room_settings: settings.RoomSettings) -> dict[str, str]:
    return settings_hash.of(room_settings)


def _fields(ticket: Ticket) -> dict[str, str]:
    return _told(
        number=ticket.number,
        reference=ticket.reference,
        holder=ticket.holder,
        attempt=ticket.attempt,
        claimed=ticket.claimed,
        tries=ticket.tries,
        called_us=ticket.called_us,
    )


def _life(line: Line) -> dict[str, str]:
    life = line.life
    return _told(
        last_us=line.last_number,
        id=life.incarnation,
        born_ms=life.born_at,
        hold_until_ms=life.hold_until,
        alive_ms=life.advanced_at,
        settling_ms=life.settling_since,
        stood_from_ms=life.stood_from,
        stood_until_ms=life.stood_until,
        stopped_ms=life.stopped_at,
        resumed_ms=life.resumed_at,
    )


def _outage(line: Line) -> dict[str, str]:
    if line.outage is None:
        return {}
    known = line.outage
    return _told(began_ms=known.began_at, base=known.base, peak=known.peak, returned_ms=known.returned_at)


def _told(**fields: str | int | None) -> dict[str, str]:
    """Nothing and 0 are not told apart."""
    return {name: str(value) for name, value in fields.items() if value}


def of_server(found: Found, now: int) -> State:
    state: State = {place: {} for place in READ} | {"waiting": [], "present": [], "calls": [], "ended": []}
    state |= {"fading": [], "strangers": []}
    for key, kind, ttl_ms, value in found:
        place, _, name = key.removeprefix(PREFIX).partition(":")
        if key in OWN:
            continue
        if not key.startswith(PREFIX) or place not in (EXPIRING if ttl_ms > 0 else LASTING):
            state["strangers"].append((key, kind, ttl_ms, value))
        elif name:
            state[place][name] = READ[place](value)
        else:
            state[place] = READ[place](value)
        if place == "ref" and ttl_ms > 0:
            state["fading"].append(name)
    state["fading"].sort()
    state["tally"] = dict(sum(state["tally"].values(), Counter()))
    state["calls"] = sorted(at for at in state["calls"] if at > now - WINDOW_MS)
    return state


def _instants(flat: list[str]) -> dict[str, int | str]:
    return dict(_numbers(flat))


def _calls(flat: list[str]) -> list[int]:
    """When each one was called, ms."""
    return [int(at_us) // 1_000 for batch, at_us in _numbers(flat) for _ in range(int(batch.split()[0]))]


def _counts(flat: list[str]) -> Counter[str]:
    return Counter({what: int(count) for what, count in _hash(flat).items()})


def _fields_in(flat: list[str]) -> dict[str, str]:
    """As _told has them; what is not told of a life is which process of the server knows it."""
    return {name: text for name, text in _hash(flat).items() if text not in ("", "0") and name != "run_id"}


def _hash(flat: list[str]) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _numbers(flat: list[str]) -> list[tuple[str, int | str]]:
    """In the order of the set; a number that is not exact stays text, and so differs from every number."""
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return [(member, int(score) if score.isdigit() else score) for member, score in pairs]


READ: dict[str, Callable[[Any], Any]] = {
    "waiting": _numbers,
    "present": _numbers,
    "away": _instants,
    "serving": _instants,
    "polling": _instants,
    "hubs": _instants,
    "servers": _hash,
    "held": sorted,
    "ticket": _fields_in,
    "sealed": str,
    "outcome": _fields_in,
    "ref": sorted,
    "joins": int,
    "calls": _calls,
    "tally": _counts,
    "settings": _hash,
    "incarnation": _fields_in,
    "ended": sorted,
    "outage": _fields_in,
}
