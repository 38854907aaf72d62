"""Whom to trust: signers' certificates by key id, and which certificates were revoked.

Whoever makes a Trust vouches for what is in it: that the signers are the authority's, and the list nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from issuance import signing_keys, trust_list


@dataclass(frozen=True)
class Trust:
    """`signers` by key id: eight bytes of a hash may be the same twice (hcert specification, 3.3.3).

    `revoked`: hashes, as trust_list.revocation_hash makes them.
    """

    signers: Mapping[bytes, tuple[x509.Certificate, ...]]
    revoked: frozenset[bytes] = frozenset()

    def revokes(self, certificate_id: str) -> bool:
        return trust_list.revocation_hash(certificate_id) in self.revoked


def of(certificates: Iterable[x509.Certificate], revoked_ids: Iterable[str] = ()) -> Trust:
    return Trust(_by_kid(certificates), frozenset(map(trust_list.revocation_hash, revoked_ids)))


def of_keys(directory: Path, revoked_ids: Iterable[str] = ()) -> Trust:
    """The signers of a folder of keys, those that have ended too. Needs no private key. Raises UnusableKeys."""
    return of(signing_keys.certificates(directory), revoked_ids)


def of_list(listed: trust_list.TrustList) -> Trust:
    """A list that has been verified; signers that have ended are not on it."""
    return Trust(
        _by_kid(x509.load_der_x509_certificate(one.certificate) for one in listed.certificates), listed.revoked
    )


def _by_kid(certificates: Iterable[x509.Certificate]) -> dict[bytes, tuple[x509.Certificate, ...]]:
    signers: dict[bytes, tuple[x509.Certificate, ...]] = {}
    for certificate in certificates:
        kid = signing_keys.key_id(certificate)
        signers[kid] = (*signers.get(kid, ()), certificate)
    return signers
