"""Whose word about the end of a ticket counts: the private tier's, by its signature. Reads nothing, writes nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from queueing import metrics, tickets, vouching
from queueing.room import TicketState

log = logging.getLogger(__name__)

# Ends that a worker reports, and the one among them that advance may tell without it.
TOLD_BY_WORKERS = ("issued", "refused", "failed", "admitted")
UNSIGNED_END = ("failed", "internal")


def vouched_for(keys: Sequence[Ed25519PublicKey], room: str, ticket_id: str, state: TicketState) -> TicketState:
    """The state as far as one may believe it. About 100 µs, and only for who was served.

    An end that is not signed is a failure without a reason: whoever writes to Redis could as well delete the ticket.
    """
    if state.state not in TOLD_BY_WORKERS or (state.state, state.reason) == UNSIGNED_END:
        return state
    if vouching.outcome_verifies(keys, room, ticket_id, state.state, state.reason or "", state.proof):
        return state
    metrics.forged.labels(room, "outcome").inc()
    log.error("the outcome of %s was not signed by the private tier", tickets.reference(ticket_id))
    return replace(state, state="failed", reason="internal", proof=b"")


def is_passport(keys: Sequence[Ed25519PublicKey], room: str, ticket_id: str, proof: bytes, locked: bytes) -> bool:
    """Whether the private tier has issued this very document, encrypted as it is, to this ticket."""
    issued = vouched_for(keys, room, ticket_id, TicketState("issued", proof=proof))
    return issued.state == "issued" and vouching.is_document_of(proof, locked)
