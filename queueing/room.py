"""The line itself: what can happen to a room and to a ticket in it. Owns the keys of keys.RoomKeys, never people.

WaitingRoom only describes operations (store.Op); store.Store or store.AsyncStore runs them. Each is one script, so
atomic, and may be repeated: the same answer, no second effect.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from queueing import keys, settings, settings_hash, tickets, vouching
from queueing.store import Arg, Op

TicketStateName = Literal["waiting", "serving", "issued", "refused", "failed", "admitted", "left", "lapsed", "gone"]
Verdict = Literal["joined", "known", "unready", "closed", "crowded"]
Ended = Literal["issued", "refused", "failed", "admitted"]
Restoration = Literal["restored", "known", "gone", "unready"]

# About 3 ms of Redis: what one advance may spend on cleaning up, in tickets marked absent (an ended one counts four).
CLEANUP_BUDGET = 300
# A room whose state was lost calls nobody for so long: time for those who still wait to bring their places back.
HOLD_MS = 30_000
# A ladder that nobody refreshes is worse than none; one this young is not read again by a second usher.
LADDER_TTL_MS = 10_000
LADDER_FRESH_MS = 500


@dataclass(frozen=True, slots=True)
class TicketState:
    """What Redis says of a ticket. `position` while waiting; `called_us` once called; the rest once ended."""

    state: TicketStateName
    number: int | None = None
    position: int | None = None
    called_us: int | None = None
    reason: str | None = None
    expires_ms: int | None = None
    # What a worker has signed of it; advance and leave sign nothing.
    proof: bytes = b""

    @property
    def in_line(self) -> bool:
        return self.state in ("waiting", "serving")


@dataclass(frozen=True, slots=True)
class Publication:
    """`incarnation`: id of the state that now holds the settings; `born`: this call began it.

    `resumed_ms`: when Redis last restarted with this state, 0 for never. `withdrawn`: staff have removed the room.
    """

    incarnation: str
    born: bool
    resumed_ms: int = 0
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """Answer to a join; `ticket` is None unless it is `joined` or `known`, `retry_after_s` only for `crowded`."""

    verdict: Verdict
    incarnation: str = ""
    epoch: int = 0
    ticket: TicketState | None = None
    retry_after_s: int = 0


@dataclass(frozen=True, slots=True)
class Restored:
    """Answer to a restore; with `unready` nothing is known yet, and the ticket stays good."""

    verdict: Restoration
    ticket: TicketState


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's right to a ticket: `attempt` fences what it does, `sealed` is empty where the request is lost."""

    attempt: int
    sealed: bytes
    lease_ms: int


@dataclass(frozen=True, slots=True)
class Lease:
    """`held`: the attempt still has the ticket. `here`: the person is there; False once the lease is gone."""

    held: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Advance:
    """What one step of the usher did: (ticket, called_us) in calling order, tickets that failed, and counts.

    `numbers`: the queue numbers of the called.
    """

    more: bool
    called: tuple[tuple[str, int], ...]
    failed: tuple[str, ...]
    marked: int
    lapsed: int
    given_back: int
    numbers: tuple[int, ...] = field(default=(), compare=False)


class WaitingRoom:
    """Operations on one room, by its slug."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.keys = keys.RoomKeys(slug)

    def publish(self, wanted: settings.RoomSettings, hold: bool, signature: str = "") -> Op[Publication]:
        """Publish settings, making an incarnation where there is none. Older than the published, they change nothing.

        `hold`: a new incarnation calls nobody for HOLD_MS, because the room had a life before.
        `signature`: vouching.sign_settings; web shows nobody what has none.
        """
        published = settings_hash.of(wanted) | ({vouching.SIGNATURE: signature} if signature else {})
        fields = [text for pair in published.items() for text in pair]
        args: list[Arg] = [secrets.token_hex(8), wanted.epoch, HOLD_MS if hold else 0, wanted.version, *fields]
        return Op("publish", [self.keys.settings, self.keys.incarnation], args, _publication)

    def withdraw(self, version: int, signature: str = "") -> Op[Publication]:
        """Leave nothing but this version, which must be newer than all published, so that none of them comes back.

        `signature`: vouching.sign_settings, of the version alone.
        """
        args: list[Arg] = [secrets.token_hex(8), 0, 0, version, "version", version, vouching.SIGNATURE, signature]
        return Op("publish", [self.keys.settings, self.keys.incarnation], args, _publication)

    def join(
        self, ticket_id: str, sealed: bytes, reference: str, address_hash: str, joins_per_minute: int
    ) -> Op[Joined]:
        """Give a new ticket its number and place. `joins_per_minute` bounds new places per address, never repeats."""
        k = self.keys
        used = [k.waiting, k.present, k.serving, k.polling, k.settings, k.incarnation]
        own = [k.ticket(ticket_id), k.sealed(ticket_id), k.outcome(ticket_id), k.reference(reference)]
        args: list[Arg] = [ticket_id, sealed, reference, joins_per_minute, k.tally_prefix]
        return Op("join", [*used, *own, k.joins(address_hash)], args, _joined)

    def hold(self, ticket_id: str, hub: str) -> Op[TicketState]:
        """Let a web process keep the ticket present; the latest one to hold it wins."""
        k = self.keys
        used = [k.waiting, k.present, k.away, k.serving, k.polling, k.held(hub)]
        own = [k.ticket(ticket_id), k.outcome(ticket_id)]
        return Op("hold", [*used, *own, k.hubs], [ticket_id, hub, k.held_prefix], _ticket_state)

    def release(self, ticket_id: str, hub: str) -> Op[bool]:
        """Mark absent what this web process held; True where nobody holds it then, False where another one does."""
        k = self.keys
        used = [k.present, k.away, k.polling, k.held(hub), k.ticket(ticket_id), k.incarnation]
        return Op("release", used, [ticket_id, hub], _yes)

    def heartbeat(self, hub: str, sockets: int) -> Op[bool]:
        """Keep all tickets of a web process present; False when it must hold them again (new, or silent too long)."""
        k = self.keys
        return Op("heartbeat", [k.hubs, k.servers, k.settings], [hub, sockets, _nonce()], _yes)

    def poll(self, ticket_id: str, good_for_ms: int) -> Op[TicketState]:
        k = self.keys
        used = [k.waiting, k.present, k.away, k.serving, k.polling, k.ticket(ticket_id), k.outcome(ticket_id)]
        return Op("poll", used, [ticket_id, good_for_ms], _ticket_state)

    def look(self, ticket_id: str) -> Op[TicketState]:
        """Read what has become of a ticket; not a sign of life of it."""
        k = self.keys
        return Op("look", [k.waiting, k.serving, k.ticket(ticket_id), k.outcome(ticket_id)], [ticket_id], _ticket_state)

    def ladder(self) -> Op[bool]:
        """Publish where everybody stands; False where somebody else has just done so (or there is no state)."""
        k = self.keys
        return Op("ladder", [k.waiting, k.incarnation, k.ladder], [LADDER_TTL_MS, LADDER_FRESH_MS], _yes)

    def restore(self, ticket: tickets.Ticket, hub: str = "") -> Op[Restored]:
        """As restore_all, of one."""
        op = self.restore_all([ticket], hub)
        return Op(op.script, op.keys, op.args, lambda answers: _restored(answers[0]))

    def restore_all(self, lost: Sequence[tickets.Ticket], hub: str = "") -> Op[list[Restored]]:
        """Put tickets that Redis has lost back at their old numbers, held by `hub` or, without one, as if they polled.

        Only within ten minutes of the loss, once, and within its epoch; a ticket that is known stays as it is.
        """
        k = self.keys
        used = [k.waiting, k.present, k.serving, k.polling, k.settings, k.incarnation, k.ended, k.held(hub), k.hubs]
        proofs: list[Arg] = [hub, k.tally_prefix]
        for ticket in lost:
            reference = tickets.reference(ticket.id).replace("-", "")
            used += [k.ticket(ticket.id), k.sealed(ticket.id), k.outcome(ticket.id), k.reference(reference)]
            proofs += [ticket.id, ticket.number, ticket.epoch, ticket.incarnation, ticket.sealed, reference]
        return Op("restore", used, proofs, lambda answers: [_restored(answer) for answer in answers])

    def leave(self, ticket_id: str) -> Op[bool]:
        """Leave for good, or erase the document after an outcome; False when there was nothing to leave."""
        k = self.keys
        used = [k.waiting, k.present, k.away, k.serving, k.polling]
        own = [k.ticket(ticket_id), k.sealed(ticket_id), k.outcome(ticket_id), k.settings, k.ended, k.incarnation]
        return Op("leave", used + own, [ticket_id, k.held_prefix, k.reference_prefix, k.tally_prefix], _yes)

    def advance(self, may_call: int, budget: int = CLEANUP_BUDGET) -> Op[Advance]:
        """One step of the line, calling at most so many. Both caps are exact whoever else advances at the same time."""
        k = self.keys
        used = [k.waiting, k.present, k.away, k.serving, k.polling]
        used += [k.hubs, k.servers, k.calls, k.settings, k.incarnation, k.ended, k.outage]
        prefixes = [k.held_prefix, k.ticket_prefix, k.sealed_prefix, k.outcome_prefix, k.reference_prefix]
        return Op("advance", used, [may_call, budget, *prefixes, k.tally_prefix], _advance)

    def claim(self, ticket_id: str) -> Op[Claim | None]:
        """Take a called ticket on; None when it is not (or no longer) called, or another claim has it."""
        k = self.keys
        used = [k.serving, k.ticket(ticket_id), k.sealed(ticket_id), k.settings]
        return Op("claim", used, [ticket_id, _nonce()], _claim)

    def renew(self, ticket_id: str, attempt: int) -> Op[Lease]:
        """Keep the lease alive, and learn whether the person is still there."""
        k = self.keys
        used = [k.serving, k.ticket(ticket_id), k.hubs, k.polling, k.settings, k.incarnation]
        return Op("renew", used, [ticket_id, attempt], lambda answer: Lease(answer[0] == 1, answer[1] == 1))

    def hand_back(self, ticket_id: str, attempt: int) -> Op[bool]:
        """Back into the line at the old number, no try counted; False when this attempt has lost the ticket."""
        k = self.keys
        used = [k.waiting, k.present, k.away, k.serving, k.polling, k.hubs, k.ticket(ticket_id), k.incarnation]
        return Op("hand_back", used, [ticket_id, attempt], _yes)

    def finish(
        self, ticket_id: str, attempt: int, state: Ended, reason: str = "", document: bytes = b"", proof: bytes = b""
    ) -> Op[bool]:
        """End a ticket; False when it came too late (another attempt's turn, or the person has left).

        `proof`: vouching.prove_outcome; web tells nobody an outcome that has none.
        """
        k = self.keys
        used = [k.waiting, k.present, k.away, k.serving, k.polling]
        own = [k.ticket(ticket_id), k.sealed(ticket_id), k.outcome(ticket_id), k.settings, k.ended, k.incarnation]
        prefixes = [k.held_prefix, k.reference_prefix, k.tally_prefix]
        return Op("finish", used + own, [ticket_id, attempt, state, reason, document, *prefixes, proof], _yes)


def _nonce() -> str:
    """By which a repeat of an operation is known: Store repeats an Op as it is."""
    return secrets.token_hex(8)


def _yes(answer: Any) -> bool:
    return bool(answer == 1)


def _number(text: Any) -> int | None:
    return int(text) if text not in (b"", "", None) else None


def _ticket_state(answer: Sequence[Any]) -> TicketState:
    state, number, position, called_us, reason, expires_ms, proof = answer
    return TicketState(
        state=state.decode(),
        number=_number(number),
        position=_number(position),
        called_us=_number(called_us),
        reason=reason.decode() or None,
        expires_ms=_number(expires_ms),
        proof=proof,
    )


def _joined(answer: Sequence[Any]) -> Joined:
    verdict: Verdict = answer[0].decode()
    if verdict == "crowded":
        return Joined(verdict, retry_after_s=max(1, int(answer[1])))
    if verdict not in ("joined", "known"):
        return Joined(verdict)
    return Joined(verdict, answer[1].decode(), int(answer[2]), _ticket_state(answer[3:]))


def _publication(answer: Sequence[Any]) -> Publication:
    return Publication(answer[0].decode(), answer[1] == 1, withdrawn=answer[2] == 1)


def _restored(answer: Sequence[Any]) -> Restored:
    return Restored(answer[0].decode(), _ticket_state(answer[1:]))


def _claim(answer: Any) -> Claim | None:
    return Claim(answer[0], answer[1], answer[2]) if answer else None


def _advance(answer: Sequence[Any]) -> Advance:
    more, called, failed, (marked, lapsed, given_back), numbers = answer
    pairs = tuple((called[i].decode(), int(called[i + 1])) for i in range(0, len(called), 2))
    ids = tuple(id_.decode() for id_ in failed)
    return Advance(more == 1, pairs, ids, marked, lapsed, given_back, tuple(map(int, numbers)))
