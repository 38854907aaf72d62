"""What was issued, when, by which key, for which ticket. Owns the tables Certificate and Passport.

One row a ticket. The same person with the same facts is given the same certificate for as long as it is valid and not
revoked; other facts, such as another dose, another one. Workers at once are settled by unique constraints and by
conditional updates, in PostgreSQL and in SQLite: whoever is second takes what the first has written.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from issuance import certificate, revocations, signing_keys
from issuance.models import Certificate, Passport

_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Issue:
    """What a ticket is to be recorded with; `person_hash` and `facts_hash` as issuance.hashes makes them."""

    ticket_id: str
    room: str
    person_hash: str
    facts_hash: str


def record(issue: Issue, signer: signing_keys.Signer, now: datetime) -> Passport:
    """The row of this ticket, signed by `signer`; a repeat gets the same one, whatever else it brings.

    A signature of another signer is made anew under the same certificate id: workers hold the newest key alone, and
    what was signed before stays valid. Safe to repeat. Raises: django.db.Error.
    """
    at = now.replace(microsecond=0)  # the certificate counts in seconds
    with transaction.atomic():
        given = Passport.objects.filter(ticket_id=issue.ticket_id).first()
        if given is None:
            standing = _standing(issue.facts_hash, signer, at)
            given, _ = Passport.objects.get_or_create(
                ticket_id=issue.ticket_id,
                defaults={"room": issue.room, "person_hash": issue.person_hash, **_of(standing)},
            )
        while given.kid != signer.kid.hex():
            given = _signed_anew(given, signer, at)
    return given


def _standing(facts_hash: str, signer: signing_keys.Signer, at: datetime) -> Certificate:
    """The certificate that stands for these facts, by this signer."""
    fresh = _fresh(signer, at)
    found, is_new = Certificate.objects.get_or_create(facts_hash=facts_hash, defaults=fresh)
    while not is_new and (changes := _changes(found, fresh, at)):
        is_new = _replace(found, changes)
        found = Certificate.objects.get(facts_hash=facts_hash)
    return found


def _changes(found: Certificate, fresh: dict[str, object], at: datetime) -> dict[str, object]:
    """Nothing while it may stand as it is."""
    if found.expires_at <= at or revocations.current(found.certificate_id):
        return fresh
    if found.kid != fresh["kid"]:
        return {**fresh, "certificate_id": found.certificate_id}
    return {}


def _replace(found: Certificate, changes: dict[str, object]) -> bool:
    """False where somebody else was first."""
    same = Certificate.objects.filter(pk=found.pk, certificate_id=found.certificate_id, kid=found.kid)
    return bool(same.filter(issued_at=found.issued_at).update(**changes))


def _signed_anew(given: Passport, signer: signing_keys.Signer, at: datetime) -> Passport:
    times = {"issued_at": at, "expires_at": certificate.expires_at(at, signer)}
    Passport.objects.filter(pk=given.pk, kid=given.kid).update(kid=signer.kid.hex(), **times)
    return Passport.objects.get(pk=given.pk)


def _fresh(signer: signing_keys.Signer, at: datetime) -> dict[str, object]:
    return {
        "certificate_id": certificate.new_id(secrets.token_bytes(_ID_BYTES), signer.issuer.country),
        "kid": signer.kid.hex(),
        "issued_at": at,
        "expires_at": certificate.expires_at(at, signer),
    }


def _of(standing: Certificate) -> dict[str, object]:
    return {name: getattr(standing, name) for name in ("certificate_id", "kid", "issued_at", "expires_at")}
