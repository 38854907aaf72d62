"""The signed ticket: what the browser keeps as a cookie, and the only credential there is.

It holds id, room, epoch, incarnation, queue number, reply key, a keyed hash of the details and the sealed request:
all that a place needs to be found again after Redis has lost it. Signed, never readable by scripts, never logged.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing

from queueing import errors, sealing

VERSION = "1"
ID_BYTES = 16
REPLY_KEY_BYTES = 32
DETAILS_BYTES = 16
# Browsers keep at least 4,096 bytes a cookie, name and attributes included (RFC 6265, 6.1).
MAX_BYTES = 3_500
# Longest wait a browser should survive: two days.
MAX_AGE_S = 172_800
# Crockford's base32: no I, L, O and U, so that a reference survives being read out.
REFERENCE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 7


@dataclass(frozen=True, slots=True, repr=False)
class Ticket:
    """One person's place in a room; `number` is the queue number in µs, `details` a keyed hash of what was typed."""

    room: str
    id: str
    epoch: int
    incarnation: str
    number: int
    reply_key: bytes
    details: bytes
    sealed: bytes

    def __repr__(self) -> str:
        return f"Ticket({self.room}, {reference(self.id)})"


@dataclass(frozen=True, slots=True)
class Identity:
    """What an idempotency key and the details lead to, the same every time."""

    id: str
    reply_key: bytes
    details: bytes


def identify(secret: bytes, room: str, idempotency_key: str, request: bytes) -> Identity:
    """Derive id and reply key by HMAC, so that a repeated request finds the same ticket and needs no memory."""
    seed = hmac.digest(secret, b"\0".join([b"ticket", room.encode(), idempotency_key.encode(), request]), "sha512")
    return Identity(
        sealing.to_text(seed[:ID_BYTES]),
        seed[ID_BYTES : ID_BYTES + REPLY_KEY_BYTES],
        details(secret, request),
    )


def details(secret: bytes, request: bytes) -> bytes:
    """A keyed hash that tells whether two requests carry the same details, and nothing else."""
    return hmac.digest(secret, b"details\0" + request, "sha256")[:DETAILS_BYTES]


def reference(ticket_id: str) -> str:
    """The short name for talking to staff, such as K7F-2QMX; it leads to the ticket, never opens it."""
    number = int.from_bytes(hashlib.sha256(b"reference\0" + ticket_id.encode()).digest()[:5], "big")
    letters = "".join(REFERENCE_ALPHABET[(number >> (5 * place)) & 31] for place in range(REFERENCE_LENGTH))
    return f"{letters[:3]}-{letters[3:]}"


def sign(ticket: Ticket, keys: Sequence[str]) -> str:
    """Sign with the first key. The text is safe in a cookie."""
    parts = [
        VERSION,
        ticket.room,
        ticket.id,
        str(ticket.epoch),
        ticket.incarnation,
        str(ticket.number),
        sealing.to_text(ticket.reply_key),
        sealing.to_text(ticket.details),
        sealing.to_text(ticket.sealed),
    ]
    return _signer(keys).sign(".".join(parts))


def verify(text: str, room: str, keys: Sequence[str]) -> Ticket:
    """Read a ticket of this room, signed by any of the keys. Raises: TicketInvalid."""
    if len(text) > MAX_BYTES:
        raise errors.TicketInvalid("the ticket is too long")
    try:
        parts = _signer(keys).unsign(text).split(".")
        version, its_room, id_, epoch, incarnation, number, reply_key, details_, sealed = parts
    except (signing.BadSignature, ValueError):
        raise errors.TicketInvalid("the ticket is not ours") from None
    if version != VERSION or its_room != room:
        raise errors.TicketInvalid("the ticket is for another room")
    return Ticket(
        room=room,
        id=id_,
        epoch=int(epoch),
        incarnation=incarnation,
        number=int(number),
        reply_key=sealing.from_text(reply_key),
        details=sealing.from_text(details_),
        sealed=sealing.from_text(sealed),
    )


def _signer(keys: Sequence[str]) -> signing.Signer:
    return signing.Signer(key=keys[0], fallback_keys=list(keys[1:]), salt="vestibule.ticket", algorithm="sha256")
