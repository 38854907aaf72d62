"""What crosses the touch point: requests sealed to the issuing tier, documents locked for the browser that waits.

Requests: HPKE base mode (RFC 9180), X25519, HKDF-SHA256, ChaCha20-Poly1305; `info` binds room and ticket.
Documents: AES-256-GCM with a random nonce; room and ticket are the associated data. Keys never leave the process.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from queueing import errors

KEY_BYTES = 32
NONCE_BYTES = 12
FINGERPRINT_CHARACTERS = 16
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


def _bound_to(purpose: str, room: str, ticket_id: str) -> bytes:
    return f"vestibule|{purpose}|1|{room}|{ticket_id}".encode()


def public_key(text: str) -> X25519PublicKey:
    """Read base64url of the 32 raw bytes. Raises: ValueError."""
    return X25519PublicKey.from_public_bytes(key_bytes(text))


def private_key(text: str) -> X25519PrivateKey:
    """Read base64url of the 32 raw bytes. Raises: ValueError."""
    return X25519PrivateKey.from_private_bytes(key_bytes(text))


def new_key_pair() -> tuple[str, str]:
    """(private, public), each base64url of 32 raw bytes."""
    key = X25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    return to_text(private), to_text(key.public_key().public_bytes_raw())


def fingerprint(key: X25519PublicKey | Ed25519PublicKey) -> str:
    """Names a key in lists, logs and Redis: the first 8 bytes of its SHA-256, in hex."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:FINGERPRINT_CHARACTERS]


def seal(key: X25519PublicKey, room: str, ticket_id: str, request: bytes) -> bytes:
    """Seal so that only the issuing tier opens it, and only for this ticket; 48 bytes longer than the request."""
    return SUITE.encrypt(request, key, info=_bound_to("request", room, ticket_id))


def open_sealed(keys: Iterable[X25519PrivateKey], room: str, ticket_id: str, sealed: bytes) -> bytes:
    """Open with the first key that fits (newest first). Raises: Unsealable."""
    for key in keys:
        try:
            return SUITE.decrypt(sealed, key, info=_bound_to("request", room, ticket_id))
        except (InvalidTag, ValueError):
            continue
    raise errors.Unsealable(f"no key opens the request of ticket {ticket_id}")


def lock(reply_key: bytes, room: str, ticket_id: str, document: bytes) -> bytes:
    """Encrypt a document for the browser that holds the reply key: nonce, then ciphertext."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(reply_key).encrypt(nonce, document, _bound_to("document", room, ticket_id))


def unlock(reply_key: bytes, room: str, ticket_id: str, locked: bytes) -> bytes:
    """Raises: Unsealable, for another ticket's document, another key or a changed byte."""
    nonce, ciphertext = locked[:NONCE_BYTES], locked[NONCE_BYTES:]
    try:
        return AESGCM(reply_key).decrypt(nonce, ciphertext, _bound_to("document", room, ticket_id))
    except (InvalidTag, ValueError):
        raise errors.Unsealable("the document does not open with this ticket's key") from None


def to_text(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Raises: ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise ValueError("not base64url") from None


def key_bytes(text: str) -> bytes:
    """The 32 raw bytes that base64url stands for. Raises: ValueError."""
    data = from_text(text)
    if len(data) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return data
