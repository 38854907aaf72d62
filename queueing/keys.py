"""Every Redis key of the waiting room: its name, type, members, scores, and what removes it.

All keys of a room share the hash tag `{slug}`, so that Redis Cluster keeps a room in one place.
Times are integer milliseconds since the epoch of Redis' own clock, queue numbers microseconds.
No key, field or member ever holds a name, a birth date, a document number or an address.
"""

from __future__ import annotations

from dataclasses import dataclass

# set: slugs of the published rooms; removed by: unpublishing a room
ROOMS = "rooms"
# zset: "worker process:its threads" → deadline of its last sign of life, ms; removed by: its end, the usher's sweep
WORKERS = "workers"
# string: why the private work cannot serve just now, and behind a space how many at a time it may try; written by the
# private work alone; removed by: an answer, its own TTL
UNABLE = "{permit:registry}:unable"
# zset: vouching.opener (an issuing key, a key of web) → until when a worker has both for sure, ms; removed by: the
# usher's sweep
OPENERS = "openers"
# string: the trust list as the private tier signed it, JSON; TTL: `trust_list.VALIDITY`
TRUST_LIST = "trust-list"


def worker(member: str) -> str:
    """hash: what a member of WORKERS has measured lately, numbers only; TTL: `attendance.TOLD_TTL_MS`."""
    return f"worker:{member}"


@dataclass(frozen=True, slots=True)
class RoomKeys:
    """Names of one room's keys; methods name those of one ticket, hub or minute."""

    slug: str

    def _name(self, suffix: str) -> str:
        return f"{{{self.slug}}}:{suffix}"

    @property
    def waiting(self) -> str:
        """zset: ticket → queue number, everyone in line; removed by: advance, leave, finish."""
        return self._name("waiting")

    @property
    def present(self) -> str:
        """zset: ticket → queue number, those of `waiting` who may be called; removed by: absence, advance, leave."""
        return self._name("present")

    @property
    def away(self) -> str:
        """zset: ticket → since when, ms; removed by: return, advance, leave."""
        return self._name("away")

    @property
    def serving(self) -> str:
        """zset: ticket → lease deadline, ms; removed by: finish, hand-back, advance, leave."""
        return self._name("serving")

    @property
    def hubs(self) -> str:
        """zset: web process → heartbeat deadline, ms; removed by: advance, once its tickets are marked."""
        return self._name("hubs")

    @property
    def servers(self) -> str:
        """hash: web process → open sockets, and a nonce at times (heartbeat.lua); removed by: advance, with the hub."""
        return self._name("servers")

    @property
    def polling(self) -> str:
        """zset: ticket → deadline of its last poll (or of its join), ms; removed by: hold, advance, leave, finish."""
        return self._name("polling")

    @property
    def calls(self) -> str:
        """zset: "count first-ticket µs" of each batch of calls → called at, µs, for a minute; removed by: advance."""
        return self._name("calls")

    @property
    def settings(self) -> str:
        """hash: the settings as published, of a withdrawn room the version alone; replaced by: the next publication."""
        return self._name("settings")

    @property
    def incarnation(self) -> str:
        """hash: this life of the room's state; removed by: nothing but loss.

        id, born_ms; last_us: the last queue number or instant of a call; alive_ms: the last advance; hold_until_ms:
        nobody is called before; settling_ms: when a standstill was over; stood_from_ms, stood_until_ms: the standstill
        after which polls of before it count; run_id: the Redis process; resumed_ms, stopped_ms: its restart.
        """
        return self._name("incarnation")

    @property
    def ended(self) -> str:
        """set: tickets that ended while lost ones may be restored; TTL: ends with that time."""
        return self._name("ended")

    @property
    def outage(self) -> str:
        """hash: began_ms, base, peak, returned_ms of a mass disappearance (advance.lua); removed by: advance."""
        return self._name("outage")

    @property
    def pulse(self) -> str:
        """string: why the usher calls nobody, empty while it calls; TTL: `usher.PULSE_TTL_MS`."""
        return self._name("pulse")

    @property
    def ladder(self) -> str:
        """string: MessagePack of incarnation, at µs, ranks and queue numbers (ladder.py); TTL: `room.LADDER_TTL_MS`."""
        return self._name("ladder")

    @property
    def pace(self) -> str:
        """hash: speed and leavers as learned (pace.State), and the marks of the last look; TTL: `pacing.TTL_MS`."""
        return self._name("pace")

    @property
    def held_prefix(self) -> str:
        return self._name("held:")

    @property
    def ticket_prefix(self) -> str:
        return self._name("ticket:")

    @property
    def sealed_prefix(self) -> str:
        return self._name("sealed:")

    @property
    def outcome_prefix(self) -> str:
        return self._name("outcome:")

    @property
    def reference_prefix(self) -> str:
        return self._name("ref:")

    @property
    def tally_prefix(self) -> str:
        return self._name("tally:")

    def held(self, hub: str) -> str:
        """set: the tickets one web process holds; removed by: release, advance."""
        return self.held_prefix + hub

    def ticket(self, ticket_id: str) -> str:
        """hash: number, reference, holder, attempt, tries, claimed, called_us; removed by: leave, finish, advance."""
        return self.ticket_prefix + ticket_id

    def sealed(self, ticket_id: str) -> str:
        """string: the sealed request, readable by the issuing tier alone; removed by: finish, leave, advance."""
        return self.sealed_prefix + ticket_id

    def outcome(self, ticket_id: str) -> str:
        """hash: state, reason, expires_ms, number, called_us, proof, document (encrypted); TTL: the room's result_ttl.

        proof: what the worker signed of it (vouching.py).
        """
        return self.outcome_prefix + ticket_id

    def reference(self, reference: str) -> str:
        """set: ids of the tickets with this reference; TTL: a day after the first of them has ended."""
        return self.reference_prefix + reference

    def joins(self, address_hash: str) -> str:
        """string: joins in this minute from one address (a keyed hash of it); TTL: one minute."""
        return self._name("joins:") + address_hash

    def tally(self, minute: int) -> str:
        """hash: how many joined, called and ended (by outcome) in one minute since the epoch; TTL: ten minutes."""
        return f"{self.tally_prefix}{minute}"
