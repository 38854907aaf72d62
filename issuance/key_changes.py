"""Changes to the signing keys: rotate, retire, distrust, trust again, and handing each kind of process its part.

One at a time, each file whole. Whoever signs meanwhile sees the folder before or after a change, never between.
"""

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from issuance import errors, key_files, signing_keys
from issuance.key_files import Modes
from issuance.signing_keys import DISTRUSTED, FOLDERS, SIGNERS, Kind


def rotate(directory: Path, kind: Kind, begins: datetime | None = None) -> x509.Certificate:
    """Make a signer that signs from `begins` on (now); those there are stay trusted.

    Of those who sign trust lists the newest is enough: the others lose their private keys. Raises: UnusableKeys.
    """
    _check_there(directory)
    with key_files.locked(directory):
        before = key_files.folders(directory / FOLDERS[kind])
        made = signing_keys.add_signer(directory, kind, begins or datetime.now(UTC))
        if kind == "list":
            for folder in before:
                key_files.remove_private_key(folder)
        return made


def retire(directory: Path, kid: str) -> None:
    """Let it sign nothing more, at once and for good; what it has signed stays valid. Raises: KeysRefused."""
    with key_files.locked(directory):
        folder = _signer(directory, kid)
        if not key_files.has_private_key(folder):
            raise errors.KeysRefused(f"Signer {kid} is retired already: its private key is not in {directory}.")
        key_files.remove_private_key(folder)
        signing_keys.count_change(directory)


def distrust(directory: Path, kid: str) -> None:
    """Retire it and take it off the trust list: all that it has signed is invalid. Raises: KeysRefused."""
    with key_files.locked(directory):
        folder = _signer(directory, kid)
        key_files.remove_private_key(folder)
        key_files.move(folder, directory / DISTRUSTED)
        signing_keys.count_change(directory)


def trust(directory: Path, kid: str) -> None:
    """Put a distrusted one back on the trust list, as a retired one. Raises: KeysRefused."""
    with key_files.locked(directory):
        folder = directory / DISTRUSTED / kid
        if not _is_name(kid) or not folder.is_dir():
            raise errors.KeysRefused(f"There is no distrusted signer {kid} in {directory}.")
        key_files.move(folder, directory / SIGNERS)
        signing_keys.count_change(directory)


def hand_out(source: Path, target: Path, kind: Kind | None, as_: Modes = key_files.OWNERS_ALONE) -> None:
    """Bring a copy for one kind of process up to date: all certificates, the private keys of `kind` and no other.

    Workers are given those of signers, ushers that of the list, None for who only verifies. `source` is where all keys
    are: what it has retired, is retired. What was retired or distrusted in the copy stays so. Safe to repeat.
    Raises: KeysRefused, where the copy is another authority's.
    """
    _check_there(source)
    key_files.make_folder(target, as_)
    with key_files.locked(source), key_files.locked(target):
        _copy_authority(source, target, as_)
        for folder in key_files.folders(source / DISTRUSTED):
            _distrust_copy(folder, target, as_)
        for its_kind, name in FOLDERS.items():
            for folder in key_files.folders(source / name):
                _copy_signer(folder, target / name, its_kind == kind, as_)
        number = max(signing_keys.serial(source), signing_keys.serial(target))
        key_files.write_text(target / signing_keys.SERIAL, f"{number}\n", as_)


def _copy_authority(source: Path, target: Path, as_: Modes) -> None:
    ours = signing_keys.authority(source)
    if not (target / signing_keys.AUTHORITY).exists():
        key_files.write(target / signing_keys.AUTHORITY, ours, as_=as_)
    elif signing_keys.authority(target) != ours:
        raise errors.KeysRefused(f"{target} has keys of another authority: choose an empty folder.")


def _distrust_copy(folder: Path, target: Path, as_: Modes) -> None:
    copy = target / SIGNERS / folder.name
    if copy.exists():
        key_files.remove_private_key(copy)
        key_files.move(copy, target / DISTRUSTED)
    elif not (target / DISTRUSTED / folder.name).exists():
        key_files.write(target / DISTRUSTED / folder.name, key_files.read_certificate(folder), as_=as_)


def _copy_signer(folder: Path, parent: Path, with_private_key: bool, as_: Modes) -> None:
    if (parent.parent / DISTRUSTED / folder.name).exists():
        return
    copy = parent / folder.name
    has_private_key = key_files.has_private_key(folder)
    if not copy.exists():
        certificate = key_files.read_certificate(folder)
        key = key_files.read_pair(folder)[1] if with_private_key and has_private_key else None
        key_files.write(copy, certificate, key, as_)
    elif not (with_private_key and has_private_key):
        key_files.remove_private_key(copy)


def _signer(directory: Path, kid: str) -> Path:
    folder = directory / SIGNERS / kid
    if not _is_name(kid) or not folder.is_dir():
        known = ", ".join(one.name for one in key_files.folders(directory / SIGNERS)) or "none"
        raise errors.KeysRefused(f"There is no signer {kid} in {directory}; there are: {known}.")
    return folder


def _is_name(kid: str) -> bool:
    """A key id in hex, and so no way out of the folder."""
    return len(kid) == 2 * signing_keys.KID_LENGTH and set(kid) <= set("0123456789abcdef")


def _check_there(directory: Path) -> None:
    if not (directory / signing_keys.AUTHORITY).exists():
        raise errors.KeysRefused(f"There are no signing keys in {directory}: manage.py signing_keys create makes them.")
