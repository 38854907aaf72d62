"""Whom to trust: signers' certificates by key id, and the ids of certificates that were revoked.

Whoever makes a Trust vouches for what is in it: that the signers are the authority's, and the list nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from issuance import signing_keys

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Trust:
    """`signers` by key id: eight bytes of a hash may be the same twice (hcert specification, 3.3.3)."""

    signers: Mapping[bytes, tuple[x509.Certificate, ...]]
    revoked: frozenset[str] = frozenset()


def of(certificates: Iterable[x509.Certificate], revoked: Iterable[str] = ()) -> Trust:
    signers: dict[bytes, tuple[x509.Certificate, ...]] = {}
    for certificate in certificates:
        kid = signing_keys.key_id(certificate)
        signers[kid] = (*signers.get(kid, ()), certificate)
    return Trust(signers, frozenset(revoked))


def of_keys(directory: Path, revoked: Iterable[str] = ()) -> Trust:
    """The signers of a folder of keys, those that have ended too. Needs no private key. Raises UnusableKeys."""
    listed = signing_keys.trust_list(directory, _BEGINNING)
    return of((x509.load_der_x509_certificate(one.certificate) for one in listed), revoked)
