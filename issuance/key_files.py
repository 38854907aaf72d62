"""A folder of one certificate and, perhaps, its private key: read, written whole, open to whom it is meant for.

Messages name the file and what is wrong with it, never what stands in it.
"""

import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from issuance import errors

CERTIFICATE = "certificate.pem"
PRIVATE_KEY = "private_key.pem"

Fingerprint = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Modes:
    """Permissions of files and folders, there from the moment at which they appear."""

    file: int
    folder: int


OWNERS_ALONE = Modes(0o600, 0o700)
# For containers, whose user has another number than ours, in a folder that is itself closed to others.
READABLE = Modes(0o444, 0o755)


def folders(directory: Path) -> list[Path]:
    """Those below, without drafts; none where there is no such directory. Raises: UnusableKeys."""
    try:
        with os.scandir(directory) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir())
    except FileNotFoundError:
        return []
    except OSError as exc:
        raise errors.UnusableKeys(f"{directory} cannot be read: {exc.strerror}.") from exc
    return [directory / name for name in names]


def has_private_key(folder: Path) -> bool:
    """One that we may not even look for is not ours."""
    try:
        return (folder / PRIVATE_KEY).exists()
    except OSError:
        return False


def modes(folder: Path) -> Modes:
    """As somebody has chosen for what is there. Raises: OSError."""
    return Modes((folder / CERTIFICATE).stat().st_mode & 0o777, folder.stat().st_mode & 0o777)


def read_certificate(folder: Path) -> x509.Certificate:
    """Raises: UnusableKeys."""
    try:
        return x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
    except (OSError, ValueError) as exc:
        raise errors.UnusableKeys(f"{folder / CERTIFICATE} is missing or is not a certificate.") from exc


def read_private_key(folder: Path) -> ec.EllipticCurvePrivateKey:
    """Raises: UnusableKeys."""
    try:
        key = serialization.load_pem_private_key((folder / PRIVATE_KEY).read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        # Not "from": a parser's message may quote what it could not read. TypeError: it wants a password.
        raise errors.UnusableKeys(f"{folder / PRIVATE_KEY} cannot be read as a private key.") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise errors.UnusableKeys(f"{folder / PRIVATE_KEY} is not a P-256 key.")
    return key


def read_pair(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Raises: UnusableKeys, also where the two do not belong together."""
    certificate, private_key = read_certificate(folder), read_private_key(folder)
    if private_key.public_key() != certificate.public_key():
        raise errors.UnusableKeys(f"Private key and certificate in {folder} do not belong together.")
    return certificate, private_key


def write(
    folder: Path,
    certificate: x509.Certificate,
    private_key: ec.EllipticCurvePrivateKey | None = None,
    as_: Modes = OWNERS_ALONE,
) -> None:
    """All of it or nothing: it is written aside and moved in place at once. Raises: OSError where it is there."""
    make_folder(folder.parent, as_)
    aside = folder.with_name(f".{secrets.token_hex(8)}")
    aside.mkdir(mode=0o700)
    pem = serialization.Encoding.PEM
    _write_file(aside / CERTIFICATE, certificate.public_bytes(pem), as_)
    if private_key is not None:
        unencrypted = serialization.NoEncryption()
        content = private_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, unencrypted)
        _write_file(aside / PRIVATE_KEY, content, as_)
    aside.chmod(as_.folder)
    _sync(aside)
    aside.rename(folder)
    _sync(folder.parent)


def make_folder(folder: Path, as_: Modes) -> None:
    """Nothing where it is there."""
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(as_.folder)


def write_text(path: Path, text: str, as_: Modes = OWNERS_ALONE) -> None:
    """Whole or not at all."""
    aside = path.with_name(f".{secrets.token_hex(8)}")
    _write_file(aside, text.encode(), as_)
    aside.rename(path)
    _sync(path.parent)


def remove_private_key(folder: Path) -> None:
    """For good. Nothing where there is none."""
    (folder / PRIVATE_KEY).unlink(missing_ok=True)
    _sync(folder)


def move(folder: Path, parent: Path) -> None:
    make_folder(parent, modes(folder))
    folder.rename(parent / folder.name)
    _sync(folder.parent)
    _sync(parent)


def fingerprint(watched: Iterable[Path]) -> Fingerprint:
    """Differs whenever a certificate or key in these folders has come, gone or been replaced; reads none of them.

    By inode besides the time: two changes may fall into one tick of a file system's clock.
    """
    found = []
    for folder in watched:
        for name in (CERTIFICATE, PRIVATE_KEY):
            try:
                status = (folder / name).stat()
            except OSError:
                continue
            found.append((str(folder), status.st_ino, status.st_ctime_ns))
    return tuple(found)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """One at a time, whoever else changes keys here."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write_file(path: Path, content: bytes, as_: Modes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, as_.file)
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    """Let a power cut not bring back what has gone."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
