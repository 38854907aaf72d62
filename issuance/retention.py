"""What is old enough to go: records some time after their certificate has expired, tries after their window.

Nothing here runs by itself: `manage.py purge` does, from cron. Rows go in batches: no statement holds workers up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Model, OuterRef, QuerySet

from issuance.models import Certificate, Passport, Refusal, Revocation, Try

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Rules:
    """`retention` counts from the end of a certificate; `window`: how long a try counts."""

    retention: timedelta
    window: timedelta


def old(rules: Rules, now: datetime) -> dict[str, QuerySet[Model]]:
    """What may go, by the name people read; revocations last: they go with the last record of their certificate."""
    expired = now - rules.retention
    records = Passport.objects.filter(certificate_id=OuterRef("certificate_id"))
    return {
        "passports": Passport.objects.filter(expires_at__lt=expired),
        "certificates": Certificate.objects.filter(expires_at__lt=expired),
        "tries": Try.objects.filter(tried_at__lt=now - rules.window),
        "refusals": Refusal.objects.filter(refused_at__lt=now - rules.window),
        "revocations": Revocation.objects.filter(~Exists(records), revoked_at__lt=expired),
    }


def remove(rows: QuerySet[Model], batch: int = BATCH) -> Iterator[int]:
    """Remove them, a batch a transaction; yields how many each time. Safe to stop and to repeat."""
    while True:
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[:batch])
        if not ids:
            return
        # Asked once more: a row may have been written anew since it was found.
        yield rows.filter(pk__in=ids).delete()[0]
