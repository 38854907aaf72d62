"""Codes of every kind, right and wrong, made from their parts with the libraries alone."""

import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509.oid import NameOID

from issuance import base45, signing_keys
from tests.issuance import samples

ES256, PS256 = -7, -37
AT = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
VACCINATION = {
    "tg": "840539006",
    "vp": "1119349007",
    "mp": "EU/1/20/1528",
    "ma": "ORG-100030215",
    "dn": 2,
    "sd": 2,
    "dt": "2021-06-14",
    "co": "XX",
    "is": "Nobody",
    "ci": samples.IDENTIFIER,
}
TEST = {key: VACCINATION[key] for key in ("tg", "co", "is", "ci")} | {
    "tt": "LP217198-3",
    "sc": "2026-11-20T08:00:00Z",
    "tr": "260415000",
}
RECOVERY = {key: VACCINATION[key] for key in ("tg", "co", "is", "ci")} | {
    "fr": "2026-10-01",
    "df": "2026-10-12",
    "du": "2027-03-30",
}
PERSON = {
    "ver": "1.3.0",
    "nam": {"fn": "Müller", "fnt": "MUELLER", "gn": "Anna", "gnt": "ANNA"},
    "dob": "1984-03-07",
}
PAYLOADS = {
    "vaccination": PERSON | {"v": [VACCINATION]},
    "test": PERSON | {"t": [TEST]},
    "recovery": PERSON | {"r": [RECOVERY]},
}


@dataclass(frozen=True)
class Signer:
    certificate: x509.Certificate
    key: Any

    @property
    def kid(self) -> bytes:
        return signing_keys.key_id(self.certificate)

    @property
    def algorithm(self) -> int:
        return PS256 if isinstance(self.key, rsa.RSAPrivateKey) else ES256

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        r, s = utils.decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
        size = (self.key.curve.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def signer(key=None, purposes=None, begins=AT - timedelta(days=30), ends=AT + timedelta(days=700)) -> Signer:
    """Signed by itself: who issued a signer is asked when the trust is made, not here."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a signer of the tests")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
    if purposes is not None:
        usage = x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid) for oid in purposes])
        builder = builder.add_extension(usage, critical=False)
    return Signer(builder.sign(key, hashes.SHA256()), key)


@dataclass(frozen=True)
class Parts:
    """A code before it is put together; what is None is made as it should be."""

    by: Signer
    payload: Any = None
    claims: dict[Any, Any] | None = None
    protected: Any = None
    unprotected: Any = None
    signature: bytes | None = None
    tags: tuple[int, ...] = (18,)
    behind: bytes = b""
    """Bytes behind the message, compressed with it."""

    def claimed(self) -> Any:
        times = {1: "XX", 4: int((AT + timedelta(days=180)).timestamp()), 6: int(AT.timestamp())}
        return times | {-260: {1: self.payload or PAYLOADS["vaccination"]}} | (self.claims or {})

    def message(self) -> bytes:
        protected = {1: self.by.algorithm, 4: self.by.kid} if self.protected is None else self.protected
        protected = protected if isinstance(protected, bytes) else cbor2.dumps(protected)
        claims = cbor2.dumps(self.claimed())
        signature = self.signature or self.by.sign(cbor2.dumps(["Signature1", protected, b"", claims]))
        message: Any = [protected, {} if self.unprotected is None else self.unprotected, claims, signature]
        for tag in self.tags:
            message = cbor2.CBORTag(tag, message)
        return cbor2.dumps(message) + self.behind

    def code(self) -> str:
        return packed(self.message())


def packed(message: bytes) -> str:
    return "HC1:" + base45.encode(zlib.compress(message))


def code(by: Signer, **parts: Any) -> str:
    return replace(Parts(by), **parts).code()
