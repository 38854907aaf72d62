"""The trust list: whose signatures count, and which certificates were revoked. Made, and read by who verifies. Pure.

{"serial", "issued_at", "valid_until", "certificates": [{"kid", "certificate", "valid_until"}], "revoked": [hash],
"signed"}: `signed` is a compact JWS (RFC 7515: ES256, x5c) whose payload is all the rest. Verifiers believe the payload
alone, and it because its signer was issued, for this purpose, by the authority that they pin.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from issuance import signer_certificates, signing_keys
from issuance.errors import BadTrustList
from issuance.signing_keys import Signer, TrustedCertificate

# How long a verifier may go by a list: as long, whoever writes to Redis may hold back a revocation; and as long the
# private tier may be away before verifiers know nothing.
VALIDITY = timedelta(hours=48)
# Clocks of verifiers differ.
LEEWAY = timedelta(minutes=5)
TYPE = "trust-list+jws"
ALGORITHM = "ES256"
_COORDINATE = 32  # bytes of r and of s on P-256
_HASH_BYTES = 16


@dataclass(frozen=True)
class TrustList:
    """`serial` rises with every change to the keys; `revoked` are hashes, as revocation_hash makes them."""

    serial: int
    issued_at: datetime
    valid_until: datetime
    certificates: tuple[TrustedCertificate, ...]
    revoked: frozenset[bytes]
    signed_by: bytes
    """Key id of who signed the list."""

    def certificate(self, kid: bytes) -> x509.Certificate | None:
        """None where nobody with this key id is trusted."""
        found = next((one for one in self.certificates if one.kid == kid), None)
        return x509.load_der_x509_certificate(found.certificate) if found else None

    def revokes(self, certificate_id: str) -> bool:
        return revocation_hash(certificate_id) in self.revoked


def revocation_hash(certificate_id: str) -> bytes:
    """The first 16 bytes of the SHA-256 of the id as it stands in the certificate (UTF-8).

    Ids are random, so nobody finds one by its hash; whoever holds a certificate can tell whether it is listed.
    Source: kind and length of the hash are those of the EU's revocation lists (type UCI).
    """
    return hashlib.sha256(certificate_id.encode()).digest()[:_HASH_BYTES]


def make(
    certificates: Sequence[TrustedCertificate], revoked_ids: Iterable[str], serial: int, signer: Signer, now: datetime
) -> bytes:
    """The answer to `GET /api/trust-list`. It ends with its signer, if that comes first."""
    issued_at = now.replace(microsecond=0)
    revoked = sorted({revocation_hash(certificate_id) for certificate_id in revoked_ids})
    content = {
        "serial": serial,
        "issued_at": _written(issued_at),
        "valid_until": _written(min(issued_at + VALIDITY, signer.valid_until)),
        "certificates": [
            {"kid": _base64(one.kid), "certificate": _base64(one.certificate), "valid_until": _written(one.valid_until)}
            for one in certificates
        ],
        "revoked": [_base64(one) for one in revoked],
    }
    return _json(content | {"signed": _sign(_json(content), signer)})


def read(data: bytes, authority: x509.Certificate, now: datetime, at_least: TrustList | None = None) -> TrustList:
    """Believe nothing that the pinned authority does not stand behind. Raises: BadTrustList.

    `at_least`: the list this verifier has gone by so far; an older one would be a replay.
    """
    try:
        answer = json.loads(data)
        signed = answer.pop("signed")
        content, signer = _verified(signed, authority, now)
        if answer != content:
            raise BadTrustList("What stands beside the signature differs from what was signed.")
        found = _parsed(content, authority, signing_keys.key_id(signer))
    except BadTrustList:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        # Not "from": a parser quotes what it could not read.
        raise BadTrustList("This is not a trust list.") from None
    _check_dates(found, signer, now)
    if at_least and (found.serial, found.issued_at) < (at_least.serial, at_least.issued_at):
        raise BadTrustList(f"The list of {_written(found.issued_at)} is older than one that was seen before.")
    return found


def _sign(payload: bytes, signer: Signer) -> str:
    chain = [_base64(signer.certificate.public_bytes(serialization.Encoding.DER))]
    header = _json({"alg": ALGORITHM, "typ": TYPE, "x5c": chain})
    signing_input = f"{_base64url(header)}.{_base64url(payload)}"
    return f"{signing_input}.{_base64url(signer.sign(signing_input.encode()))}"


def _verified(signed: str, authority: x509.Certificate, now: datetime) -> tuple[Any, x509.Certificate]:
    """The payload, and who signed it."""
    signing_input, _, signature = signed.rpartition(".")
    header_text, _, payload_text = signing_input.partition(".")
    header = json.loads(_from_base64url(header_text))
    if header["alg"] != ALGORITHM or header["typ"] != TYPE or "crit" in header:
        raise BadTrustList("The signature is of a kind that a trust list does not have.")
    signer = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0], validate=True))
    _check_signer(signer, authority, now)
    if not _is_signed(signer, signing_input.encode(), _from_base64url(signature)):
        raise BadTrustList("The signature does not fit the list.")
    return json.loads(_from_base64url(payload_text)), signer


def _check_signer(signer: x509.Certificate, authority: x509.Certificate, now: datetime) -> None:
    if not signer_certificates.is_issued_by(signer, authority):
        raise BadTrustList("The list's signer was not issued by the authority.")
    if not signer_certificates.is_for(signer, signer_certificates.TRUST_LIST_SIGNER):
        raise BadTrustList("The list's signer may not sign trust lists.")
    for certificate, name in ((signer, "signer"), (authority, "authority")):
        if not certificate.not_valid_before_utc - LEEWAY <= now < certificate.not_valid_after_utc:
            raise BadTrustList(f"The certificate of the list's {name} is not valid now.")


def _is_signed(signer: x509.Certificate, data: bytes, signature: bytes) -> bool:
    key = signer.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or len(signature) != 2 * _COORDINATE:
        return False
    r, s = int.from_bytes(signature[:_COORDINATE], "big"), int.from_bytes(signature[_COORDINATE:], "big")
    try:
        key.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _parsed(content: Any, authority: x509.Certificate, signed_by: bytes) -> TrustList:
    return TrustList(
        serial=int(content["serial"]),
        issued_at=_instant(content["issued_at"]),
        valid_until=_instant(content["valid_until"]),
        certificates=tuple(_trusted(one, authority) for one in content["certificates"]),
        revoked=frozenset(base64.b64decode(one, validate=True) for one in content["revoked"]),
        signed_by=signed_by,
    )


def _trusted(line: Any, authority: x509.Certificate) -> TrustedCertificate:
    """Whoever signs lists may leave signers out, but cannot make any."""
    der = base64.b64decode(line["certificate"], validate=True)
    certificate = x509.load_der_x509_certificate(der)
    kid = signing_keys.key_id(certificate)
    if kid != base64.b64decode(line["kid"], validate=True):
        raise BadTrustList(f"Signer {kid.hex()} stands under another key id.")
    if not signer_certificates.is_issued_by(certificate, authority):
        raise BadTrustList(f"Signer {kid.hex()} was not issued by the authority.")
    if not signer_certificates.is_for(certificate, signer_certificates.VACCINATION_SIGNER):
        raise BadTrustList(f"Signer {kid.hex()} may not sign vaccination certificates.")
    return TrustedCertificate(kid, der, certificate.not_valid_after_utc)


def _check_dates(found: TrustList, signer: x509.Certificate, now: datetime) -> None:
    if found.issued_at > now + LEEWAY:
        raise BadTrustList(f"The list was issued in the future: {_written(found.issued_at)}.")
    if now >= found.valid_until:
        raise BadTrustList(f"The list has expired on {_written(found.valid_until)}: ask for a newer one.")
    if found.valid_until - found.issued_at > VALIDITY or found.valid_until > signer.not_valid_after_utc:
        raise BadTrustList("The list is valid for longer than a list may be.")


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _from_base64url(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
