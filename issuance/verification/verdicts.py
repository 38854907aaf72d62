"""The verdict on a code: valid at an instant for somebody who trusts these signers, or not, and why. Pure, offline.

In this order: unpack, find the signer, verify the signature, and only then read what was signed. Source: hcert
specification 1.0.8.
"""

import datetime
from dataclasses import dataclass

from cryptography import x509

from issuance import errors
from issuance.verification import contents, envelope, signatures, trust

# Annex A.4 of the specification. Many signers of 2021 wrote the arc with a zero more.
_NUMBERS: dict[int, contents.Kind] = {1: "test", 2: "vaccination", 3: "recovery"}
_ARCS = ("1.3.6.1.4.1.1847.2021.1", "1.3.6.1.4.1.0.1847.2021.1")
_PURPOSES = {f"{arc}.{number}": kind for arc in _ARCS for number, kind in _NUMBERS.items()}
# The same in DER, tag and length included.
_ENCODED_ARCS = (bytes.fromhex("060b2b060104018e378f6501"), bytes.fromhex("060c2b06010401008e378f6501"))
_ENCODED_PURPOSES = {arc + bytes([number]): kind for arc in _ENCODED_ARCS for number, kind in _NUMBERS.items()}


@dataclass(frozen=True, repr=False)
class Verdict:
    """`fault` None: valid. `certificate` only where the signature holds, also of a code that is valid no more."""

    fault: errors.Fault | None
    kid: bytes | None = None
    certificate: contents.Certificate | None = None

    @property
    def valid(self) -> bool:
        return self.fault is None


def judge(text: str, trusted: trust.Trust, at: datetime.datetime) -> Verdict:
    """Never raises for what stands in `text`."""
    try:
        code = envelope.opened(text)
    except errors.Unverified as unverified:
        return Verdict(unverified.fault)
    try:
        signer = _signer(code, trusted)
        read = contents.read(code.payload)
    except errors.Unverified as unverified:
        return Verdict(unverified.fault, code.kid)
    return Verdict(_fault(read, signer, trusted, at), code.kid, read)


def _signer(code: envelope.Envelope, trusted: trust.Trust) -> x509.Certificate:
    candidates = trusted.signers.get(code.kid, ())
    if not candidates:
        raise errors.Unverified("unknown_issuer")
    signer = next((candidate for candidate in candidates if signatures.is_by(code, candidate)), None)
    if signer is None:
        raise errors.Unverified("bad_signature")
    return signer


def _fault(
    read: contents.Certificate, signer: x509.Certificate, trusted: trust.Trust, at: datetime.datetime
) -> errors.Fault | None:
    if max(read.issued_at, read.not_before) > at:
        return "not_yet_valid"
    # The second itself still counts: "after which" (section 3.3.5).
    if read.expires_at < at:
        return "expired"
    if read.issued_at < signer.not_valid_before_utc or read.expires_at > signer.not_valid_after_utc:
        return "outside_signer_validity"
    if not _may_sign(signer, read.kind):
        return "wrong_key_usage"
    if trusted.revokes(read.certificate_id):
        return "revoked"
    return None


def _may_sign(signer: x509.Certificate, kind: contents.Kind) -> bool:
    """Where the certificate names purposes, the kind must be among them; other purposes than these say nothing."""
    purposes = _purposes(signer)
    return not purposes or kind in purposes


def _purposes(signer: x509.Certificate) -> set[contents.Kind]:
    try:
        usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return set()
    except ValueError:
        # Some states' certificates are not quite DER, and a list without purposes, which is allowed, is no X.509.
        return {kind for oid, kind in _ENCODED_PURPOSES.items() if oid in signer.tbs_certificate_bytes}
    return {_PURPOSES[oid.dotted_string] for oid in usage if oid.dotted_string in _PURPOSES}
