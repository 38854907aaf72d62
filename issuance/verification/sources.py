"""Where trust comes from: this deployment's own keys and revocations, or a trust list that anybody may fetch."""

import datetime
from pathlib import Path

import httpx
from cryptography import x509
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseTrouble

from issuance import errors, revocations, signing_keys, trust_list
from issuance.verification import trust

TIMEOUT_S = 10.0
# Of a hundred thousand revocations, which stand in a list twice.
LARGEST_LIST_BYTES = 8 * 1024 * 1024


def configured() -> trust.Trust:
    """The signers of SIGNING_KEYS_DIR, and what staff have revoked. Raises UnusableKeys where nobody can tell."""
    directory = _directory()
    try:
        revoked = revocations.current_ids()
    except (DatabaseTrouble, ImproperlyConfigured) as error:
        # Fails closed: without it a revoked certificate would be called valid.
        why = f"The database does not answer ({type(error).__name__}), so nobody knows what was revoked."
        raise errors.UnusableKeys(why) from None
    return trust.of_keys(directory, revoked)


def listed(source: str, authority: Path | None, now: datetime.datetime) -> trust.Trust:
    """The trust list in a file or at a URL, by the pinned authority: a file, or the one of SIGNING_KEYS_DIR.

    Raises BadTrustList, UnusableKeys.
    """
    pinned = _pinned(authority) if authority else signing_keys.authority(_directory())
    data = _fetched(source) if source.startswith(("https://", "http://")) else _read(Path(source))
    return trust.of_list(trust_list.read(data, pinned, now))


def _directory() -> Path:
    if not settings.SIGNING_KEYS_DIR:
        raise errors.UnusableKeys("Nobody is trusted here: SIGNING_KEYS_DIR is not set.")
    return Path(settings.SIGNING_KEYS_DIR)


def _pinned(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise errors.UnusableKeys(f"{path} is not there, or is not a certificate.") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise errors.BadTrustList(f"The trust list cannot be read: {error.strerror}.") from None


def _fetched(url: str) -> bytes:
    data = b""
    try:
        with httpx.stream("GET", url, timeout=TIMEOUT_S, follow_redirects=False) as answer:
            answer.raise_for_status()
            for piece in answer.iter_bytes():
                data += piece
                if len(data) > LARGEST_LIST_BYTES:
                    raise errors.BadTrustList("What is there is too large for a trust list.")
    except httpx.HTTPStatusError as error:
        raise errors.BadTrustList(f"No trust list is there: status {error.response.status_code}.") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise errors.BadTrustList(f"The trust list cannot be fetched ({type(error).__name__}).") from None
    return data
