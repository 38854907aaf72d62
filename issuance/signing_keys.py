"""The certificate authority and the document signers: a folder of keys and X.509 certificates.

authority/  certificate.pem, which verifiers pin; private_key.pem, which signs signers and no worker needs
signers/    a folder a signer, named by its key id in hex, with the same two files; old ones stay trusted
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from issuance import errors, signer_certificates

KID_LENGTH = 8  # bytes of the SHA-256 of a signer's certificate (hcert specification, 3.3.2)
_COORDINATE = 32  # bytes of r and of s on P-256

_AUTHORITY = "authority"
_SIGNERS = "signers"
_CERTIFICATE = "certificate.pem"
_PRIVATE_KEY = "private_key.pem"


class UnusableKeys(errors.IssuanceError):
    """There is no key here to sign with; the message says what is wrong and with which folder."""


@dataclass(frozen=True)
class Signer:
    """A document signer that may sign now."""

    kid: bytes
    certificate: x509.Certificate
    private_key: ec.EllipticCurvePrivateKey

    @property
    def valid_from(self) -> datetime:
        return self.certificate.not_valid_before_utc

    @property
    def valid_until(self) -> datetime:
        return self.certificate.not_valid_after_utc

    def sign(self, data: bytes) -> bytes:
        """ES256 as COSE has it (RFC 9053, 2.1): r and s, 32 bytes each; the same for the same data."""
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = utils.decode_dss_signature(self.private_key.sign(data, algorithm))
        return r.to_bytes(_COORDINATE, "big") + s.to_bytes(_COORDINATE, "big")


@dataclass(frozen=True)
class TrustedCertificate:
    """One line of the trust list; `certificate` is DER."""

    kid: bytes
    certificate: bytes
    valid_until: datetime


def create(directory: Path, now: datetime | None = None) -> None:
    """Make a demo authority and its first signer where there is none yet; what is there stays.

    Safe to repeat and to run twice at once; every file appears whole, readable to its owner only.
    """
    now = now or datetime.now(UTC)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(directory):
        if not (directory / _AUTHORITY).exists():
            key = ec.generate_private_key(ec.SECP256R1())
            _write_pair(directory / _AUTHORITY, signer_certificates.authority(key, now), key)
        if not _signer_folders(directory):
            _add_signer(directory, now)


def load_signer(directory: Path, now: datetime | None = None) -> Signer:
    """The newest signer that is valid now and whose private key is here. Raises UnusableKeys."""
    now = now or datetime.now(UTC)
    folders = [folder for folder in _signer_folders(directory) if (folder / _PRIVATE_KEY).exists()]
    if not folders:
        raise UnusableKeys(f"There is no document signer in {directory}: create one or mount the right folder.")
    signers = [_load(folder) for folder in folders]
    valid = [signer for signer in signers if signer.valid_from <= now < signer.valid_until]
    if not valid:
        last = max(signer.valid_until for signer in signers)
        raise UnusableKeys(f"No document signer in {directory} is valid now; the last ends on {last:%Y-%m-%d}.")
    newest = max(valid, key=lambda signer: (signer.valid_from, signer.kid))
    _check_descent(directory, newest)
    return newest


def trust_list(directory: Path, now: datetime | None = None) -> list[TrustedCertificate]:
    """The signers whose signatures still count, oldest first; needs no private key. Raises UnusableKeys."""
    now = now or datetime.now(UTC)
    certificates = [_read_certificate(folder) for folder in _signer_folders(directory)]
    return [
        TrustedCertificate(
            key_id(certificate),
            certificate.public_bytes(serialization.Encoding.DER),
            certificate.not_valid_after_utc,
        )
        for certificate in sorted(certificates, key=lambda certificate: certificate.not_valid_before_utc)
        if now < certificate.not_valid_after_utc
    ]


def key_id(certificate: x509.Certificate) -> bytes:
    return certificate.fingerprint(hashes.SHA256())[:KID_LENGTH]


def _add_signer(directory: Path, now: datetime) -> None:
    authority = directory / _AUTHORITY
    if not (authority / _PRIVATE_KEY).exists():
        raise UnusableKeys(f"The authority's private key is not in {authority}, so no signer can be made.")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = signer_certificates.signer(
        key.public_key(), _read_certificate(authority), _read_private_key(authority), now
    )
    (directory / _SIGNERS).mkdir(mode=0o700, exist_ok=True)
    _write_pair(directory / _SIGNERS / key_id(certificate).hex(), certificate, key)


def _load(folder: Path) -> Signer:
    certificate, private_key = _read_certificate(folder), _read_private_key(folder)
    if private_key.public_key() != certificate.public_key():
        raise UnusableKeys(f"Private key and certificate in {folder} do not belong together.")
    kid = key_id(certificate)
    if folder.name != kid.hex():
        raise UnusableKeys(f"The certificate in {folder} has another key id: {kid.hex()}.")
    return Signer(kid, certificate, private_key)


def _check_descent(directory: Path, signer: Signer) -> None:
    authority = _read_certificate(directory / _AUTHORITY)
    try:
        signer.certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature) as exc:
        raise UnusableKeys(f"Signer {signer.kid.hex()} was not issued by the authority in {directory}.") from exc


def _signer_folders(directory: Path) -> list[Path]:
    folders = (directory / _SIGNERS).glob("*/")
    return sorted(folder for folder in folders if not folder.name.startswith("."))


def _read_certificate(folder: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate((folder / _CERTIFICATE).read_bytes())
    except (OSError, ValueError) as exc:
        raise UnusableKeys(f"{folder / _CERTIFICATE} is missing or is not a certificate.") from exc


def _read_private_key(folder: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key((folder / _PRIVATE_KEY).read_bytes(), password=None)
    except (OSError, ValueError) as exc:
        raise UnusableKeys(f"{folder / _PRIVATE_KEY} cannot be read as a private key.") from exc
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise UnusableKeys(f"{folder / _PRIVATE_KEY} is not a P-256 key.")
    return key


def _write_pair(folder: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    """Both files or neither: they are written aside and moved in place at once."""
    aside = folder.with_name(f".{secrets.token_hex(8)}")
    aside.mkdir(mode=0o700)
    pem = serialization.Encoding.PEM
    _write(aside / _CERTIFICATE, certificate.public_bytes(pem))
    unencrypted = serialization.NoEncryption()
    _write(aside / _PRIVATE_KEY, key.private_bytes(pem, serialization.PrivateFormat.PKCS8, unencrypted))
    aside.rename(folder)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
