"""Whose signatures count and who signs now: the folder of the certificate authority and its signers, read.

authority/   certificate.pem, which verifiers pin; private_key.pem, which makes signers and no process needs
signers/     a folder a document signer, named by its key id in hex; without a private key it is trusted, and idle
trust_list/  the same for those who sign trust lists
distrusted/  certificates that were taken off the trust list
serial       second of the last change to all this, so that of two copies the newer is known

Made here; changed by key_changes.py.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from issuance import errors, key_files, signer_certificates
from issuance.signer_certificates import Issuer

KID_LENGTH = 8  # bytes of the SHA-256 of a signer's certificate (hcert specification, 3.3.2)
_COORDINATE = 32  # bytes of r and of s on P-256

AUTHORITY = "authority"
SIGNERS = "signers"
TRUST_LIST = "trust_list"
DISTRUSTED = "distrusted"
SERIAL = "serial"

Kind = Literal["signer", "list"]
FOLDERS: dict[Kind, str] = {"signer": SIGNERS, "list": TRUST_LIST}
_PURPOSES = {"signer": signer_certificates.VACCINATION_SIGNER, "list": signer_certificates.TRUST_LIST_SIGNER}
_NAMES = {"signer": "document signer", "list": "signer of trust lists"}


@dataclass(frozen=True)
class Signer:
    """Who may sign now, documents or trust lists."""

    kid: bytes
    certificate: x509.Certificate
    private_key: ec.EllipticCurvePrivateKey

    @property
    def issuer(self) -> Issuer:
        return signer_certificates.issuer_of(self.certificate)

    @property
    def valid_from(self) -> datetime:
        return self.certificate.not_valid_before_utc

    @property
    def valid_until(self) -> datetime:
        return self.certificate.not_valid_after_utc

    def is_valid(self, now: datetime) -> bool:
        return self.valid_from <= now < self.valid_until

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


def create(directory: Path, now: datetime | None = None, issuer: Issuer = signer_certificates.SPECIMEN) -> bool:
    """Make authority, first signer and signer of trust lists, each where there is none yet; what is there stays.

    Whether anything was made. Safe to repeat and to run twice at once; every file appears whole, readable to its owner
    only. Raises: UnusableKeys where the authority is another issuer's, or its private key is needed and elsewhere.
    """
    now = now or datetime.now(UTC)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with key_files.locked(directory):
        made = _create_authority(directory, issuer, now)
        for kind, folder in FOLDERS.items():
            if not key_files.folders(directory / folder):
                add_signer(directory, kind, now)
                made = True
        return made


def add_signer(directory: Path, kind: Kind, begins: datetime) -> x509.Certificate:
    """Another one, whose certificate is valid from an hour before `begins` on. Take the lock first.

    Raises: UnusableKeys, also where the authority's private key is not here.
    """
    folder = directory / AUTHORITY
    if not key_files.has_private_key(folder):
        raise errors.UnusableKeys(
            f"The authority's private key is not in {folder}, so no signer can be made: it may lie offline. Run this"
            " where it is, or bring it here for the moment."
        )
    issuing = signer_certificates.Authority(*key_files.read_pair(folder))
    # Certificates count in seconds, and of two the later signs.
    begun = {one.not_valid_before_utc + signer_certificates.LEEWAY for one in certificates(directory, kind)}
    while begins.replace(microsecond=0) in begun:
        begins += timedelta(seconds=1)
    if begins >= issuing.certificate.not_valid_after_utc:
        raise errors.UnusableKeys(f"The authority in {directory} has expired: nobody believes signers of its making.")
    key = ec.generate_private_key(ec.SECP256R1())
    make = issuing.signer if kind == "signer" else issuing.list_signer
    certificate = make(key.public_key(), begins)
    key_files.write(directory / FOLDERS[kind] / key_id(certificate).hex(), certificate, key, key_files.modes(folder))
    count_change(directory)
    return certificate


def count_change(directory: Path) -> None:
    """Whoever has a copy of this folder can now tell that it is older. Take the lock first."""
    number = max(serial(directory) + 1, int(datetime.now(UTC).timestamp()))
    key_files.write_text(directory / SERIAL, f"{number}\n", key_files.modes(directory / AUTHORITY))


def load_signer(directory: Path, now: datetime | None = None) -> Signer:
    """The newest document signer that is valid now and whose private key is here.

    Raises: UnusableKeys, also where another one that could sign is damaged: for who starts, and should hear of it.
    """
    return _newest(directory, "signer", now or datetime.now(UTC))


def load_list_signer(directory: Path, now: datetime | None = None) -> Signer:
    """The same of those who sign trust lists."""
    return _newest(directory, "list", now or datetime.now(UTC))


def newest_valid(signers: list[Signer], now: datetime) -> Signer | None:
    valid = [signer for signer in signers if signer.is_valid(now)]
    return max(valid, key=lambda signer: (signer.valid_from, signer.kid), default=None)


def usable(directory: Path, kind: Kind = "signer") -> tuple[list[Signer], list[errors.UnusableKeys]]:
    """All whose private key is here, whether valid now or not; and what is wrong with the others."""
    found, wrong = [], []
    for folder in _with_private_key(directory, kind):
        try:
            found.append(_load(folder, directory, kind))
        except errors.UnusableKeys as error:
            # Where the folder has changed under our eyes, nothing is wrong with it.
            if key_files.has_private_key(folder):
                wrong.append(error)
    return found, wrong


def trust_list(directory: Path, now: datetime | None = None) -> list[TrustedCertificate]:
    """The signers whose signatures still count, oldest first; needs no private key. Raises: UnusableKeys."""
    now = now or datetime.now(UTC)
    return [
        TrustedCertificate(
            key_id(certificate),
            certificate.public_bytes(serialization.Encoding.DER),
            certificate.not_valid_after_utc,
        )
        for certificate in certificates(directory)
        if now < certificate.not_valid_after_utc
    ]


def certificates(directory: Path, kind: Kind = "signer") -> list[x509.Certificate]:
    """Of all that are trusted, oldest first, whatever their dates. Raises: UnusableKeys."""
    found = []
    for folder in key_files.folders(directory / FOLDERS[kind]):
        try:
            found.append(key_files.read_certificate(folder))
        except errors.UnusableKeys:
            # Not where it was taken off the list at this very moment.
            if folder.exists():
                raise
    return sorted(found, key=lambda certificate: certificate.not_valid_before_utc)


def authority(directory: Path) -> x509.Certificate:
    """What verifiers pin. Raises: UnusableKeys."""
    return key_files.read_certificate(directory / AUTHORITY)


def serial(directory: Path) -> int:
    """0 for a folder that no command of this version has changed yet. Raises: UnusableKeys."""
    try:
        return int((directory / SERIAL).read_text())
    except FileNotFoundError:
        return 0
    except (OSError, ValueError) as exc:
        raise errors.UnusableKeys(f"{directory / SERIAL} cannot be read as a number.") from exc


def key_id(certificate: x509.Certificate) -> bytes:
    return certificate.fingerprint(hashes.SHA256())[:KID_LENGTH]


def _create_authority(directory: Path, issuer: Issuer, now: datetime) -> bool:
    folder = directory / AUTHORITY
    if folder.exists():
        there = signer_certificates.issuer_of(authority(directory))
        if there != issuer:
            raise errors.UnusableKeys(
                f"The authority in {directory} is that of {there.country}, {there.organisation}, and stays: choose"
                " another folder for another one."
            )
        return False
    key = ec.generate_private_key(ec.SECP256R1())
    key_files.write(folder, signer_certificates.authority(key, issuer, now), key)
    return True


def _with_private_key(directory: Path, kind: Kind) -> list[Path]:
    return [folder for folder in key_files.folders(directory / FOLDERS[kind]) if key_files.has_private_key(folder)]


def _newest(directory: Path, kind: Kind, now: datetime) -> Signer:
    if not _with_private_key(directory, kind):
        raise errors.UnusableKeys(
            f"There is no {_NAMES[kind]} in {directory}: create one or mount the right folder (manage.py signing_keys)."
        )
    signers, wrong = usable(directory, kind)
    if wrong:
        raise wrong[0]
    newest = newest_valid(signers, now)
    if newest is None:
        last = max(signer.valid_until for signer in signers)
        coming = min((signer.valid_from for signer in signers if signer.valid_from > now), default=None)
        helps = f"one begins on {coming:%Y-%m-%d %H:%M} UTC" if coming else "rotate (manage.py signing_keys rotate)"
        raise errors.UnusableKeys(
            f"No {_NAMES[kind]} in {directory} is valid now; the last ends on {last:%Y-%m-%d}: {helps}."
        )
    return newest


def _load(folder: Path, directory: Path, kind: Kind) -> Signer:
    certificate, private_key = key_files.read_pair(folder)
    kid = key_id(certificate)
    if folder.name != kid.hex():
        raise errors.UnusableKeys(f"The certificate in {folder} has another key id: {kid.hex()}.")
    if not signer_certificates.is_issued_by(certificate, authority(directory)):
        raise errors.UnusableKeys(f"Signer {kid.hex()} was not issued by the authority in {directory}.")
    if not signer_certificates.is_for(certificate, _PURPOSES[kind]):
        raise errors.UnusableKeys(f"The certificate in {folder} is not one of a {_NAMES[kind]}.")
    return Signer(kid, certificate, private_key)
