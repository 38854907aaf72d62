"""The envelope of a code: from the text that a reader gives to what was signed, by whom and how. Nothing is checked.

Sources: hcert specification 1.0.8, sections 3.3 and 4.2; RFC 9052 (COSE), RFC 8392 section 7.2 (tags of a CWT). Bounded
before it is unpacked: whoever shows a code decides what is in it.
"""

import zlib
from dataclasses import dataclass
from typing import Any

import cbor2

from issuance import base45, errors
from issuance.verification import cbor

PREFIX = "HC1:"
# The largest QR code (version 40, level L) holds so many characters of this alphabet: ISO/IEC 18004.
LONGEST_TEXT = 4_296
# A certificate has 300 to 1,000 bytes; the fields of the schema are too short to fill a quarter of this.
LARGEST_UNPACKED = 16_384

_ALGORITHM, _CRITICAL, _KEY_ID = 1, 2, 4


@dataclass(frozen=True, repr=False)
class Envelope:
    """A COSE_Sign1 message; `payload` is what the signature is over, to be read only once it has been verified."""

    algorithm: int
    kid: bytes
    protected: bytes
    payload: bytes
    signature: bytes

    @property
    def signed(self) -> bytes:
        """The Sig_structure (RFC 9052, 4.4)."""
        return cbor2.dumps(["Signature1", self.protected, b"", self.payload])


def opened(text: str) -> Envelope:
    """Raises Unverified: `not_hc1` or `malformed`."""
    text = text.strip()
    if not text.startswith(PREFIX):
        raise errors.Unverified("not_hc1")
    try:
        return _envelope(cbor.loads(_unpacked(text.removeprefix(PREFIX))))
    except ValueError:
        # Not "from exc": what a library says may quote what it read.
        raise errors.Unverified("malformed") from None


def _unpacked(text: str) -> bytes:
    if len(text) > LONGEST_TEXT:
        raise ValueError("longer than any code")
    inflating = zlib.decompressobj()
    try:
        data = inflating.decompress(base45.decode(text), LARGEST_UNPACKED)
    except zlib.error as exc:
        raise ValueError("not compressed as the specification has it") from exc
    if not inflating.eof or inflating.unused_data:
        raise ValueError("too large, cut off, or with something behind it")
    return data


def _envelope(message: Any) -> Envelope:
    """A COSE_Sign1 with its tag, also behind that of a CWT; without any, the context says what it is."""
    if isinstance(message, cbor2.CBORTag) and message.tag == cbor.CWT:
        message = message.value
        _require(isinstance(message, cbor2.CBORTag))
    if isinstance(message, cbor2.CBORTag):
        _require(message.tag == cbor.COSE_SIGN1)
        message = message.value
    _require(isinstance(message, list | tuple) and len(message) == 4)
    protected, unprotected, payload, signature = message
    _require(isinstance(unprotected, dict) and all(type(part) is bytes for part in (protected, payload, signature)))
    headers = cbor.loads(protected) if protected else {}
    _require(isinstance(headers, dict) and _CRITICAL not in headers)
    # The key id may stand outside (section 3.3.3), what says how to verify may not.
    algorithm, kid = headers.get(_ALGORITHM), headers.get(_KEY_ID, unprotected.get(_KEY_ID))
    if type(algorithm) is not int or type(kid) is not bytes:
        raise ValueError("signed in no way that is known, or by nobody")
    return Envelope(algorithm, kid, protected, payload, signature)


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("not a signed message as the specification has it")
