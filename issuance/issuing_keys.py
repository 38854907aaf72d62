"""The file behind ISSUING_PRIVATE_KEYS: what opens sealed requests, newest first. Workers read it when they start.

Web seals to the public half of the first. Messages name files and fingerprints, never a key.
"""

import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from issuance import errors, key_files
from queueing import sealing

# Of a file that is not there yet.
_MODE = 0o600


def read(path: Path) -> list[X25519PrivateKey]:
    """Newest first. Raises: UnusableKeys."""
    return [sealing.private_key(text) for text in _texts(path)]


def add(path: Path) -> str:
    """Put a new key in front, and make the file where there is none. What web is to be given: the public key.

    Raises: UnusableKeys, OSError.
    """
    private, public = sealing.new_key_pair()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _change(path, lambda texts: [private, *texts])
    return public


def drop(path: Path, fingerprint: str) -> None:
    """Take a key away for good. Raises: KeysRefused, UnusableKeys, OSError."""

    def without(texts: Sequence[str]) -> list[str]:
        kept = [text for text in texts if fingerprint_of(text) != fingerprint]
        if len(kept) == len(texts):
            raise errors.KeysRefused(f"There is no issuing key {fingerprint} in {path}.")
        if not kept:
            raise errors.KeysRefused(f"{fingerprint} is the only issuing key in {path}: make a new one first.")
        return kept

    _change(path, without)


def public_text(key: X25519PrivateKey) -> str:
    """As ISSUING_PUBLIC_KEY has it."""
    return sealing.to_text(key.public_key().public_bytes_raw())


def fingerprint_of(text: str) -> str:
    return sealing.fingerprint(sealing.private_key(text).public_key())


def _texts(path: Path) -> list[str]:
    try:
        texts = [text.strip() for text in path.read_text().split(",") if text.strip()]
        for text in texts:
            sealing.private_key(text)
    except FileNotFoundError:
        raise errors.UnusableKeys(f"There is no file {path}: manage.py issuing_keys new makes it.") from None
    except ValueError:
        # Not "from": nothing of a key may stand in a traceback.
        raise errors.UnusableKeys(f"{path} does not hold base64url of raw X25519 private keys.") from None
    return texts


def _change(path: Path, change: Callable[[Sequence[str]], list[str]]) -> None:
    """One at a time, the file whole, its permissions as they were."""
    with key_files.locked(path.parent):
        exists = path.exists()
        texts = change(_texts(path) if exists else [])
        mode = path.stat().st_mode & 0o777 if exists else _MODE
        draft = path.with_name(f".{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(",".join(texts) + "\n")
        draft.chmod(mode)
        draft.rename(path)
