"""Makes the secrets of a deployment, a file each, where docker-compose.yml looks for them: what is there stays.

`python -m deploy.make_secrets deploy/secrets`. The folder is closed to other users of the machine; the files in it
are readable, because a container's user has another number than ours and sees only those mounted for it.
"""

from __future__ import annotations

import argparse
import datetime
import ipaddress
import secrets
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from issuance import errors, issuing_keys, key_changes, key_files, signer_certificates, signing_keys
from issuance.signing_keys import Kind
from project.local import folders, redis_users
from queueing import vouching

SECRET_BYTES = 32
NAMES = ("web_secret_key", "private_secret_key", "ticket_keys", "record_key", "registry_token", "postgres_password")
# Ushers first: who signs must be on the list.
GIVEN: dict[str, Kind | None] = {"trust": "list", "signing": "signer", "certificates": None}
FILE_MODE = 0o444
# Long enough for a trial, short enough that nobody keeps it.
TRIAL_CERTIFICATE_DAYS = 90


def make(folder: Path, host: str) -> None:
    """Safe to repeat."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in NAMES:
        _once(folder / name, secrets.token_urlsafe(SECRET_BYTES))
    password = (folder / "postgres_password").read_text().strip()
    _once(folder / "database_url", f"postgres://vestibule:{password}@postgres:5432/vestibule")
    _make_redis_users(folder)
    _make_issuing_pair(folder)
    _make_signing_pair(folder, "web")
    _make_signing_pair(folder, "tier")
    _make_signers(folder)
    if not (folder / "tls_certificate").exists():
        _make_trial_certificate(folder, host)


def _once(path: Path, text: str) -> None:
    if not path.exists():
        _write(path, text)


def _write(path: Path, text: str) -> None:
    folders.write_private(path, text.rstrip("\n") + "\n")
    path.chmod(FILE_MODE)


def _make_issuing_pair(folder: Path) -> None:
    """The private tier opens with all keys of its list, the public tier seals to the first."""
    private = folder / "issuing_private_keys"
    if not private.exists():
        issuing_keys.add(private)
        private.chmod(FILE_MODE)
    public = issuing_keys.public_text(issuing_keys.read(private)[0])
    _write(folder / "issuing_public_key.env", f"ISSUING_PUBLIC_KEY={public}")


def _make_redis_users(folder: Path) -> None:
    """An address with a password for each kind of process, and for each server a file of who may do what.

    The files follow the addresses: take one away, and this process gets another password.
    """
    passwords = {}
    for user in redis_users.names(redis_users.COMMON, redis_users.TOUCH_POINT):
        passwords[user] = _address(folder / f"redis_url_{user}", "redis://redis:6379/0", user)
    _follow(folder / "redis_users", redis_users.file(passwords, redis_users.TOUCH_POINT))
    for process, user in redis_users.BROKER_USERS.items():
        passwords[user] = _address(folder / f"broker_url_{process}", "redis://broker:6379/0", user)
    _follow(folder / "broker_users", redis_users.file(passwords, redis_users.BROKER))


def _address(path: Path, server: str, user: str) -> str:
    """The password in it."""
    _once(path, redis_users.url(server, user, redis_users.new_password()))
    return redis_users.password(path.read_text().strip())


def _follow(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        _write(path, text)


def _make_signing_pair(folder: Path, whose: str) -> None:
    """One tier signs with the newest, the other verifies with all of its list."""
    _once(folder / f"{whose}_signing_key", vouching.new_key_pair()[0])
    newest = vouching.verifying_text((folder / f"{whose}_signing_key").read_text().strip())
    _keep_verifying(folder / f"{whose}_verifying_keys.env", f"{whose.upper()}_VERIFYING_KEYS", newest)


def _keep_verifying(path: Path, variable: str, newest: str) -> None:
    """Older ones stay, for what they have signed is still there; who rotates takes them away when nobody waits."""
    known = path.read_text().strip().partition("=")[2].split(",") if path.exists() else []
    if newest not in known:
        _write(path, f"{variable}={','.join([newest, *known])}")


def _make_signers(folder: Path) -> None:
    """`authority/` is to be kept offline; the others are given what they need of it, as often as it is here.

    Where it is away and was made before there were trust lists, ushers get certificates alone and say what is missing.
    """
    home, signing = folder / "authority", folder / "signing"
    if not signing.exists() or key_files.has_private_key(home / "authority"):
        signing_keys.create(home, issuer=_issuer(home))
    for name, kind in GIVEN.items():
        if home.exists():
            key_changes.hand_out(home, folder / name, kind, key_files.READABLE)
        elif not (folder / name).exists():
            key_changes.hand_out(signing, folder / name, kind, key_files.READABLE)


def _issuer(source: Path) -> signer_certificates.Issuer:
    """Whosever authority is there already."""
    if not (source / "authority").exists():
        return signer_certificates.SPECIMEN
    return signer_certificates.issuer_of(signing_keys.authority(source))


def _make_trial_certificate(folder: Path, host: str) -> None:
    """Signed by itself, so that the edge starts; browsers warn of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=TRIAL_CERTIFICATE_DAYS))
        .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, unencrypted = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, unencrypted)
    _write(folder / "tls_key", private.decode())
    _write(folder / "tls_certificate", certificate.public_bytes(pem).decode())


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.make_secrets")
    parser.add_argument("folder", type=Path, help="where docker-compose.yml looks: deploy/secrets")
    parser.add_argument("--host", default="localhost", help="whom the trial certificate names (default: %(default)s)")
    options = parser.parse_args()
    try:
        make(options.folder, options.host)
    except errors.UnusableKeys as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or options.folder}: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"{options.folder} has all secrets. Move {options.folder / 'authority'} to where no server is.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
