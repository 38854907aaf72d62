"""Revoked certificates: staff revoke and lift, verifiers and the trust list read. Owns the table Revocation.

A revocation is of one certificate id, not of a person: who comes again, and is still in the registry, gets another id.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from issuance import certificate, errors
from issuance.models import Passport, Revocation


class NeverIssued(errors.IssuanceError):
    """No passport with this certificate id was issued here."""


def current_ids() -> list[str]:
    """The ids that are revoked now, sorted."""
    return sorted(Revocation.objects.filter(lifted_at=None).values_list("certificate_id", flat=True))


def current(certificate_id: str) -> Revocation | None:
    return Revocation.objects.filter(certificate_id=certificate_id, lifted_at=None).first()


def revoke(certificate_id: str, reason: str, by: str, now: datetime) -> bool:
    """False where it is revoked already: the first reason stands. Raises: NeverIssued.

    Settled by a unique constraint, so two members of staff at once revoke once.
    """
    if not Passport.objects.filter(certificate_id=certificate_id).exists():
        raise NeverIssued(_why_not(certificate_id))
    try:
        with transaction.atomic():
            Revocation.objects.create(certificate_id=certificate_id, reason=reason, revoked_by=by, revoked_at=now)
    except IntegrityError:
        return False
    return True


def lift(certificate_id: str, by: str, now: datetime) -> bool:
    """False where it is not revoked. The row stays and says who lifted it."""
    standing = Revocation.objects.filter(certificate_id=certificate_id, lifted_at=None)
    return bool(standing.update(lifted_at=now, lifted_by=by))


def _why_not(certificate_id: str) -> str:
    identifier, _, check = certificate_id.rpartition("#")
    try:
        is_whole = certificate.check_character(identifier) == check
    except ValueError:
        is_whole = False
    if not is_whole:
        return f"{certificate_id} is mistyped: its check character does not fit"
    return f"no passport with the id {certificate_id} was issued here"
