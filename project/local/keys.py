"""Throw-away keys, made once: each tier's in a folder of its own, one file a secret.

They are good for this machine only; production brings its own (docs/running.md).
"""

from __future__ import annotations

import secrets
from pathlib import Path

from issuance import errors as issuing_errors
from issuance import issuing_keys, signing_keys
from project import demo
from project.local import errors, folders
from queueing import vouching

SECRET_BYTES = 32
# Typed by a person who logs in to the console.
PASSWORD_BYTES = 9


def make(place: folders.Folders) -> None:
    """Safe to repeat: what is there stays. Raises: BadKeys."""
    try:
        _make(place)
    except (ValueError, issuing_errors.UnusableKeys) as exc:
        raise errors.BadKeys(place.top / "keys", str(exc)) from exc


def _make(place: folders.Folders) -> None:
    for tier in (place.public_keys, place.private_keys):
        _once(tier / "secret_key", demo.MARK + secrets.token_urlsafe(2 * SECRET_BYTES))
    _once(place.public_keys / "ticket_keys", demo.MARK + secrets.token_urlsafe(SECRET_BYTES))
    _once(place.private_keys / "record_key", demo.MARK + secrets.token_urlsafe(SECRET_BYTES))
    _once(place.private_keys / "registry_token", secrets.token_urlsafe(SECRET_BYTES))
    _once(place.console_password, secrets.token_urlsafe(PASSWORD_BYTES))
    _make_issuing_pair(place)
    _make_signing_pair(place.public_keys / "web_signing_key", place.private_keys / "web_verifying_keys")
    _make_signing_pair(place.private_keys / "tier_signing_key", place.public_keys / "tier_verifying_keys")
    signing_keys.create(place.signing_keys)


def _once(path: Path, text: str) -> None:
    if not path.exists():
        folders.write_private(path, text + "\n")


def _make_issuing_pair(place: folders.Folders) -> None:
    """The private tier opens with all, the public tier seals to the newest, after a rotation from the next start on."""
    private_path, public_path = place.private_keys / "issuing_private_keys", place.public_keys / "issuing_public_key"
    if not private_path.exists():
        issuing_keys.add(private_path)
    folders.write_private(public_path, issuing_keys.public_text(issuing_keys.read(private_path)[0]) + "\n")


def _make_signing_pair(signing: Path, verifying: Path) -> None:
    """One tier signs what it puts into Redis, the other verifies."""
    _once(signing, vouching.new_key_pair()[0])
    _once(verifying, vouching.verifying_text(signing.read_text().strip()))
