"""What a tier vouches for before it goes through Redis, where others may write: signatures by Ed25519 (RFC 8032).

Web signs the requests it seals; the private tier signs the settings of rooms and the outcomes of tickets. Whoever
writes to Redis can move, delete and repeat what was signed, but make nothing.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from queueing import errors, sealing, tickets

SIGNATURE_BYTES = 64
# Seconds since the epoch by the clock of the process that sealed.
SEALED_AT = struct.Struct(">Q")
# No browser brings back a ticket that is older, so nobody waits for what such a request would lead to.
REQUEST_GOOD_FOR_S = tickets.MAX_AGE_S
# Fields of keys.settings: ours, and what is no part of it because it becomes known as the script publishes.
SIGNATURE = "signature"
UNSIGNED = (SIGNATURE, "epoch_began_us")
DIGEST_BYTES = 32
# Clocks of two machines differ; a request must not fail for that.
CLOCKS_DIFFER_S = 3_600


def signing_key(text: str) -> Ed25519PrivateKey:
    """Read base64url of the 32 raw bytes. Raises: ValueError."""
    return Ed25519PrivateKey.from_private_bytes(sealing.key_bytes(text))


def verifying_key(text: str) -> Ed25519PublicKey:
    """Read base64url of the 32 raw bytes. Raises: ValueError."""
    return Ed25519PublicKey.from_public_bytes(sealing.key_bytes(text))


def new_key_pair() -> tuple[str, str]:
    """(signing, verifying), each base64url of 32 raw bytes."""
    key = Ed25519PrivateKey.generate()
    return sealing.to_text(key.private_bytes_raw()), sealing.to_text(key.public_key().public_bytes_raw())


def verifying_text(signing_text: str) -> str:
    """The verifying key of a signing key, both as text. Raises: ValueError."""
    return sealing.to_text(signing_key(signing_text).public_key().public_bytes_raw())


def opener(issuing: X25519PublicKey, web: Ed25519PublicKey) -> str:
    """Names whoever opens what is sealed to the one key and signed with the other, in Redis and logs."""
    return f"{sealing.fingerprint(issuing)}-{sealing.fingerprint(web)}"


def sign_request(key: Ed25519PrivateKey, room: str, ticket_id: str, sealed: bytes, sealed_at_s: float) -> bytes:
    """The sealed request as it goes to Redis and into the cookie: time of sealing, signature, sealed bytes.

    72 bytes longer. The queue number is not part of it: it is given afterwards, and by Redis.
    """
    sealed_at = SEALED_AT.pack(int(sealed_at_s))
    return sealed_at + key.sign(_message("request", room, ticket_id, sealed_at, sealed)) + sealed


def verified_request(keys: Sequence[Ed25519PublicKey], room: str, ticket_id: str, signed: bytes, now_s: float) -> bytes:
    """The sealed request within, if web sealed it for this ticket, and not too long ago. Raises: Forged."""
    start, end = SEALED_AT.size, SEALED_AT.size + SIGNATURE_BYTES
    sealed_at, signature, sealed = signed[:start], signed[start:end], signed[end:]
    if not verifies(keys, signature, _message("request", room, ticket_id, sealed_at, sealed)):
        raise errors.Forged(f"the request of ticket {ticket_id} was not signed by web")
    if now_s - SEALED_AT.unpack(sealed_at)[0] > REQUEST_GOOD_FOR_S + CLOCKS_DIFFER_S:
        raise errors.Forged(f"the request of ticket {ticket_id} is older than any ticket")
    return sealed


def sign_settings(key: Ed25519PrivateKey, room: str, published: Mapping[str, str]) -> str:
    """For the field SIGNATURE of the published hash, of a withdrawn room's too."""
    return sealing.to_text(key.sign(_message("settings", room, "", *_sorted(published))))


def settings_verify(keys: Sequence[Ed25519PublicKey], room: str, published: Mapping[bytes, bytes]) -> bool:
    """Whether the private tier has written all of this hash, as it stands. What does not verify is not to be parsed."""
    signed = {name: value for name, value in published.items() if name.decode(errors="replace") not in UNSIGNED}
    try:
        signature = sealing.from_text(published.get(SIGNATURE.encode(), b"").decode())
    except ValueError:
        return False
    return verifies(keys, signature, _message("settings", room, "", *_sorted(signed)))


def prove_outcome(key: Ed25519PrivateKey, room: str, ticket_id: str, state: str, reason: str, document: bytes) -> bytes:
    """The field `proof` of an outcome: hash of the encrypted document, and a signature over all there is to tell.

    With the hash beside it, an outcome is verified without reading its document.
    """
    digest = hashlib.sha256(document).digest()
    return digest + key.sign(_outcome(room, ticket_id, state, reason, digest))


def outcome_verifies(
    keys: Sequence[Ed25519PublicKey], room: str, ticket_id: str, state: str, reason: str, proof: bytes
) -> bool:
    digest, signature = proof[:DIGEST_BYTES], proof[DIGEST_BYTES:]
    return verifies(keys, signature, _outcome(room, ticket_id, state, reason, digest))


def is_document_of(proof: bytes, document: bytes) -> bool:
    """Whether this is the encrypted document that a verified proof speaks of."""
    return hashlib.sha256(document).digest() == proof[:DIGEST_BYTES]


def verifies(keys: Sequence[Ed25519PublicKey], signature: bytes, message: bytes) -> bool:
    """Whether any of the keys made the signature: several while they are rotated."""
    for key in keys:
        try:
            key.verify(signature, message)
        except InvalidSignature:
            continue
        return True
    return False


def _sorted(published: Mapping[str, str] | Mapping[bytes, bytes]) -> list[bytes]:
    pairs = sorted((_bytes(name), _bytes(value)) for name, value in published.items())
    return [part for pair in pairs for part in pair]


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _outcome(room: str, ticket_id: str, state: str, reason: str, digest: bytes) -> bytes:
    return _message("outcome", room, ticket_id, state.encode(), reason.encode(), digest)


def _message(purpose: str, room: str, subject: str, *parts: bytes) -> bytes:
    """Nothing signed for one purpose, room or ticket reads as something of another: every part has its length."""
    named = [b"vestibule", purpose.encode(), b"1", room.encode(), subject.encode(), *parts]
    return b"".join(struct.pack(">I", len(part)) + part for part in named)
