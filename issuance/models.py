"""What was issued: one row a ticket, enough to make the same certificate again, and nobody's name or number.

Table issuance_passport. The dose is not stored either: it is asked of the registry again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date, datetime

from django.db import models

from issuance import certificate, signing_keys

_ID_BYTES = 16


class PassportManager(models.Manager["Passport"]):
    def check_writable(self) -> None:
        """Ask the database for a write that changes nothing, before a permit is spent. Raises: DatabaseError."""
        self.filter(pk=-1).update(room="")

    def record(
        self, ticket_id: str, room: str, person_hash: str, signer: signing_keys.Signer, now: datetime
    ) -> Passport:
        """The row of this ticket, made the first time; a repeat gets the same one, whatever else it brings.

        Settled by the unique constraint: of several callers at once one writes, all get its row.
        """
        issued_at = now.replace(microsecond=0)  # the certificate counts in seconds
        row, _ = self.get_or_create(
            ticket_id=ticket_id,
            defaults={
                "room": room,
                "certificate_id": certificate.new_id(secrets.token_bytes(_ID_BYTES)),
                "kid": signer.kid.hex(),
                "person_hash": person_hash,
                "issued_at": issued_at,
                "expires_at": certificate.expires_at(issued_at, signer),
            },
        )
        return row


class Passport(models.Model):
    ticket_id = models.CharField(max_length=22, unique=True)
    room = models.CharField(max_length=64)
    certificate_id = models.CharField(max_length=80, unique=True)
    kid = models.CharField("key id", max_length=16, help_text="Of the signer, in hex.")
    person_hash = models.CharField(max_length=64, db_index=True, help_text="Keyed: tells repeats, names nobody.")
    issued_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()

    objects = PassportManager()

    class Meta:
        ordering = ("-issued_at",)

    def __str__(self) -> str:
        return self.certificate_id


def person_hash(key: bytes, document_number: str, date_of_birth: date) -> str:
    """HMAC-SHA-256 in hex; the key is never in the database that this is stored in."""
    facts = f"{''.join(document_number.upper().split())}\n{date_of_birth.isoformat()}"
    return hmac.new(key, b"vestibule person\n" + facts.encode(), hashlib.sha256).hexdigest()
